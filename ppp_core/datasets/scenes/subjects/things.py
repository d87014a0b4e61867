"""Things of a household, each drawn by a function of a pen."""

from math import cos, pi, sin

from ..pen import BLACK, BLUE, CREAM, GREY, ORANGE, RED, STEEL, WHITE, WOOD, YELLOW, Pen

# Outlines read better with their points beside each other than below each other.
# fmt: off


def cup(pen: Pen) -> None:
    """With a handle, and steam."""
    for x in (-0.3, 0.02, 0.34) if pen.kind else (-0.14, 0.2):
        pen.curve([(x - 0.12, -0.5), (x - 0.2, -0.68), (x - 0.04, -0.8), (x - 0.12, -0.98)], 0.06, WHITE)
    pen.curve([(0.5, -0.1), (0.95, -0.1), (0.9, 0.42), (0.44, 0.5)], 0.14)
    pen.blob([(-0.7, -0.3), (-0.66, 0.3), (-0.42, 0.84), (0.3, 0.84), (0.54, 0.3), (0.58, -0.3)])
    pen.oval(-0.06, -0.3, 0.64, 0.15, "light")
    pen.oval(-0.06, -0.28, 0.54, 0.1, (92, 56, 36), line=False)
    pen.oval(-0.06, 0.92, 0.74, 0.08, "dark")


def teapot(pen: Pen) -> None:
    """With spout, handle and lid."""
    pen.curve([(-0.5, 0.0), (-0.95, -0.05), (-0.92, 0.5), (-0.5, 0.62)], 0.13, "dark")
    pen.blob([(0.44, 0.16), (0.7, -0.06), (0.78, -0.34), (0.98, -0.38), (0.9, 0.1), (0.5, 0.66)])
    pen.oval(0, 0.32, 0.64, 0.58)
    pen.oval(0, 0.92, 0.4, 0.08, "dark")
    pen.oval(0, -0.22, 0.36, 0.12, "light")
    pen.oval(0, -0.42, 0.11, 0.11, "dark")
    pen.blob([(-0.44, 0.2), (-0.3, -0.02), (-0.22, 0.04), (-0.36, 0.34)], "light", line=False)
    if pen.kind:
        for x in (-0.18, 0.1, 0.38):
            pen.oval(x, 0.46, 0.1, 0.1, WHITE, line=False)


def bottle(pen: Pen) -> None:
    """With a cork and a label."""
    pen.box(-0.14, -1, 0.14, -0.78, WOOD)
    pen.blob([(-0.16, -0.8), (0.16, -0.8), (0.18, -0.4), (0.42, -0.1), (0.44, 0.4), (0.42, 0.96), (0, 1),
        (-0.42, 0.96), (-0.44, 0.4), (-0.42, -0.1), (-0.18, -0.4)])
    pen.box(-0.43, 0.16, 0.43, 0.7, CREAM)
    for y in (0.34, 0.52):
        pen.stroke([(-0.26, y), (0.26, y)], 0.05, GREY)
    pen.stroke([(-0.24, -0.1), (-0.28, 0.06)], 0.08, "light")


def clock(pen: Pen) -> None:
    """A round alarm clock."""
    for side in (-1, 1):
        pen.stroke([(side * 0.42, 0.72), (side * 0.6, 0.96)], 0.14, "dark")
        pen.oval(side * 0.46, -0.72, 0.27, 0.2, "dark")
    pen.stroke([(0, -0.7), (0, -0.95)], 0.1, "dark")
    pen.oval(0, 0.12, 0.8, 0.8)
    pen.oval(0, 0.12, 0.62, 0.62, WHITE)
    for hour in range(12):
        x, y = sin(hour * pi / 6), -cos(hour * pi / 6)
        long = 0.4 if hour % 3 == 0 else 0.47
        pen.stroke([(x * long, 0.12 + y * long), (x * 0.54, 0.12 + y * 0.54)], 0.05, BLACK)
    hours = ((0.24, -0.06), (-0.22, -0.1), (0.2, 0.32))[pen.kind]
    pen.stroke([(0, 0.12), (hours[0], hours[1])], 0.09, BLACK)
    pen.stroke([(0, 0.12), (0.0, -0.32)], 0.06, BLACK)
    pen.oval(0, 0.12, 0.07, 0.07, RED, line=False)


def lamp(pen: Pen) -> None:
    """A table lamp."""
    pen.oval(0, 0.92, 0.44, 0.09, WOOD)
    pen.blob([(-0.1, 0.1), (0.1, 0.1), (0.12, 0.36), (0.26, 0.6), (0.1, 0.86), (-0.1, 0.86), (-0.26, 0.6),
        (-0.12, 0.36)], WOOD)
    pen.oval(0, 0.14, 0.16, 0.14, (255, 240, 170))
    pen.shape([(-0.36, -0.9), (0.36, -0.9), (0.78, 0.12), (-0.78, 0.12)])
    pen.stroke([(-0.4, -0.8), (0.4, -0.8)], 0.07, "light")
    pen.stroke([(-0.7, 0.02), (0.7, 0.02)], 0.07, "light")


def chair(pen: Pen) -> None:
    """A wooden chair, seen a little from the side."""
    pen.stroke([(-0.42, 0.2), (-0.42, 0.8)], 0.12, "dark")
    pen.stroke([(0.36, 0.16), (0.36, 0.8)], 0.12, "dark")
    for x in (-0.5, 0.3):
        pen.stroke([(x, -0.92), (x, 0.1)], 0.13)
    for y in (-0.8, -0.48, -0.18) if pen.kind else (-0.78, -0.34):
        pen.stroke([(-0.5, y), (0.3, y)], 0.13, "light")
    pen.shape([(-0.56, 0.06), (0.36, 0.06), (0.66, 0.34), (-0.36, 0.34)])
    pen.shape([(-0.36, 0.34), (0.66, 0.34), (0.66, 0.44), (-0.36, 0.44)], "dark")
    pen.stroke([(-0.3, 0.44), (-0.3, 0.96)], 0.13)
    pen.stroke([(0.6, 0.44), (0.6, 0.96)], 0.13)


def book(pen: Pen) -> None:
    """Open."""
    pen.shape([(-0.98, -0.28), (0, -0.12), (0.98, -0.28), (0.98, 0.66), (0, 0.86), (-0.98, 0.66)])
    pen.blob([(0, -0.1), (-0.45, -0.4), (-0.9, -0.36), (-0.9, 0.54), (-0.45, 0.5), (0, 0.76)], WHITE)
    pen.blob([(0, -0.1), (0.45, -0.4), (0.9, -0.36), (0.9, 0.54), (0.45, 0.5), (0, 0.76)], CREAM)
    for y in (-0.14, 0.06, 0.26):
        pen.stroke([(-0.76, y), (-0.46, y - 0.01), (-0.16, y + 0.16)], 0.045, GREY)
        pen.stroke([(0.76, y), (0.46, y - 0.01), (0.16, y + 0.16)], 0.045, GREY)
    pen.stroke([(0, -0.1), (0, 0.78)], 0.06, "dark")
    if pen.kind:
        pen.shape([(0.3, 0.6), (0.46, 0.58), (0.46, 0.98), (0.38, 0.9), (0.3, 0.98)], RED)


def key(pen: Pen) -> None:
    """With a ring and a bit."""
    pen.stroke([(-0.2, 0.2), (0.9, 0.2)], 0.16)
    for x, long in ((0.84, 0.34), (0.62, 0.24), (0.42, 0.34 if pen.kind else 0.12)):
        pen.box(x - 0.08, 0.24, x + 0.08, 0.3 + long)
    pen.oval(-0.52, 0.2, 0.46, 0.46)
    pen.oval(-0.56, 0.2, 0.22, 0.22, "dark")
    pen.oval(-0.56, 0.2, 0.15, 0.15, (70, 66, 74), line=False)


def umbrella(pen: Pen) -> None:
    """Open."""
    pen.curve([(0, -0.2), (0, 0.78), (0.14, 0.95), (0.3, 0.78)], 0.09, WOOD)
    pen.stroke([(0, -1), (0, -0.8)], 0.07, WOOD)
    pen.blob([(-0.98, 0.1), (-0.76, -0.5), (0, -0.88), (0.76, -0.5), (0.98, 0.1), (0.64, 0.0), (0.33,
        0.12), (0, 0.0), (-0.33, 0.12), (-0.64, 0.0)])
    pen.blob([(0, -0.88), (0.34, -0.5), (0.36, 0.1), (0, 0.0), (-0.36, 0.1), (-0.34, -0.5)],
        "light" if pen.kind else "dark")


def candle(pen: Pen) -> None:
    """Burning, in its holder."""
    pen.oval(0, 0.88, 0.6, 0.12, STEEL)
    pen.curve([(0.5, 0.86), (0.86, 0.8), (0.8, 0.6), (0.54, 0.72)], 0.08, STEEL)
    pen.box(-0.24, -0.2, 0.24, 0.84)
    pen.blob([(-0.24, -0.2), (-0.24, 0.2), (-0.14, 0.3), (-0.06, 0.0), (0.1, 0.1), (0.24, -0.2), (0,
        -0.28)], "light")
    pen.stroke([(0, -0.24), (0, -0.38)], 0.05, BLACK)
    pen.blob([(0, -0.98), (0.2, -0.58), (0.12, -0.36), (-0.12, -0.36), (-0.2, -0.58)], ORANGE)
    pen.blob([(0, -0.74), (0.1, -0.52), (0, -0.38), (-0.1, -0.52)], YELLOW, line=False)


def crown(pen: Pen) -> None:
    """With jewels."""
    pen.shape([(-0.78, 0.7), (-0.92, -0.5), (-0.42, 0.06), (0, -0.8), (0.42, 0.06), (0.92, -0.5), (0.78,
        0.7)])
    pen.box(-0.78, 0.64, 0.78, 0.98, "dark")
    for x, y in ((-0.92, -0.56), (0, -0.86), (0.92, -0.56)):
        pen.oval(x, y, 0.12, 0.12, "light")
    for x, jewel in ((-0.45, BLUE), (0, RED), (0.45, BLUE)):
        pen.oval(x, 0.81, 0.11, 0.11, jewel)
    pen.shape([(0, 0.1), (0.15, 0.3), (0, 0.5), (-0.15, 0.3)], RED if pen.kind else BLUE)


def bell(pen: Pen) -> None:
    """With its clapper."""
    pen.oval(0, -0.84, 0.15, 0.14, "dark")
    pen.oval(0, 0.84, 0.18, 0.15, "dark")
    pen.blob([(0, -0.76), (0.42, -0.56), (0.54, 0.1), (0.84, 0.6), (0.8, 0.76), (0, 0.8), (-0.8, 0.76),
        (-0.84, 0.6), (-0.54, 0.1), (-0.42, -0.56)])
    pen.curve([(-0.62, 0.46), (0, 0.56), (0.62, 0.46)], 0.08, "dark")
    pen.blob([(-0.32, -0.3), (-0.2, -0.54), (-0.12, -0.44), (-0.24, 0.1)], "light", line=False)


def balloon(pen: Pen) -> None:
    """On a string."""
    pen.curve([(0, 0.3), (0.12, 0.52), (-0.1, 0.74), (0.04, 0.98)], 0.035, BLACK)
    pen.shape([(-0.12, 0.4), (0.12, 0.4), (0, 0.24)], "dark")
    pen.blob([(0, -0.98), (0.46, -0.8), (0.6, -0.36), (0.4, 0.1), (0, 0.3), (-0.4, 0.1), (-0.6, -0.36),
        (-0.46, -0.8)])
    pen.blob([(-0.4, -0.4), (-0.3, -0.72), (-0.16, -0.78), (-0.26, -0.42)], "light", line=False)


def guitar(pen: Pen) -> None:
    """Upright."""
    pen.shape([(-0.15, -1), (0.15, -1), (0.1, -0.74), (-0.1, -0.74)], BLACK)
    for y in (-0.94, -0.82):
        for side in (-1, 1):
            pen.oval(side * 0.2, y, 0.06, 0.045, STEEL)
    pen.blob([(-0.3, -0.16), (0, -0.22), (0.3, -0.16), (0.38, 0.08), (0.3, 0.28), (0.54, 0.56), (0.46,
        0.88), (0, 1), (-0.46, 0.88), (-0.54, 0.56), (-0.3, 0.28), (-0.38, 0.08)])
    pen.box(-0.08, -0.78, 0.08, 0.2, WOOD)
    for y in (-0.6, -0.42, -0.24):
        pen.stroke([(-0.07, y), (0.07, y)], 0.035, CREAM)
    pen.oval(0, 0.3, 0.18, 0.17, BLACK)
    pen.box(-0.24, 0.66, 0.24, 0.75, WOOD)
    for x in (-0.04, 0.04):
        pen.stroke([(x, -0.74), (x, 0.7)], 0.02, WHITE)


DRAWINGS = {
    one.__name__: one
    for one in (cup, teapot, bottle, clock, lamp, chair, book, key, umbrella, candle, crown, bell, balloon,
        guitar)
}
