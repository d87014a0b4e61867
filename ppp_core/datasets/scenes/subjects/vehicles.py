"""Things that travel, each drawn by a function of a pen."""

from math import cos, pi, sin

from ..pen import BLACK, CREAM, GLASS, GREY, ORANGE, RED, STEEL, WHITE, WOOD, YELLOW, Pen

# Outlines read better with their points beside each other than below each other.
# fmt: off


def _wheel(pen: Pen, x: float, y: float, size: float) -> None:
    pen.oval(x, y, size, size, BLACK)
    pen.oval(x, y, size * 0.5, size * 0.5, STEEL, line=False)


def car(pen: Pen) -> None:
    """From the side."""
    pen.blob([(-0.56, 0.24), (-0.38, -0.26), (0.2, -0.28), (0.52, 0.24)])
    pen.shape([(-0.42, 0.18), (-0.3, -0.14), (-0.06, -0.14), (-0.06, 0.18)], GLASS)
    pen.shape([(0.04, 0.18), (0.04, -0.14), (0.18, -0.14), (0.38, 0.18)], GLASS)
    pen.blob([(-0.97, 0.74), (-0.95, 0.34), (-0.5, 0.16), (0.5, 0.16), (0.93, 0.36), (0.97, 0.74), (0, 0.8)])
    pen.oval(0.9, 0.46, 0.07, 0.1, YELLOW)
    pen.oval(-0.92, 0.48, 0.05, 0.1, RED)
    pen.stroke([(0, 0.24), (0, 0.66)], 0.03, "dark")
    pen.stroke([(-0.2, 0.36), (-0.08, 0.36)], 0.05, "dark")
    for x in (-0.52, 0.54):
        _wheel(pen, x, 0.76, 0.24)


def bus(pen: Pen) -> None:
    """From the side, with a row of windows."""
    pen.shape([(-0.97, -0.5), (-0.9, -0.6), (0.88, -0.6), (0.97, -0.48), (0.97, 0.74), (-0.97, 0.74)])
    for x in (-0.78, -0.38, 0.02):
        pen.box(x, -0.4, x + 0.3, 0.0, GLASS)
    pen.box(0.42, -0.4, 0.66, 0.7, GLASS)
    pen.box(0.74, -0.4, 0.96, 0.06, GLASS)
    pen.box(-0.97, 0.16, 0.38, 0.3, "light", line=False)
    pen.oval(0.9, 0.52, 0.06, 0.08, YELLOW)
    for x in (-0.56, 0.2, 0.74) if pen.kind == 2 else (-0.56, 0.58):
        _wheel(pen, x, 0.76, 0.23)


def locomotive(pen: Pen) -> None:
    """A steam locomotive from the side."""
    smoke = (226, 226, 230)
    for x, y, size in ((0.5, -0.78, 0.14), (0.26, -0.9, 0.18), (-0.06, -0.86, 0.13)):
        pen.oval(x, y, size, size * 0.8, smoke)
    pen.shape([(0.42, -0.2), (0.34, -0.58), (0.74, -0.58), (0.66, -0.2)], BLACK)
    pen.oval(0.06, -0.2, 0.16, 0.18, YELLOW)
    pen.box(-0.3, -0.2, 0.82, 0.42)
    pen.oval(0.82, 0.11, 0.1, 0.31, "dark")
    for x in (0.1, 0.44):
        pen.box(x, -0.2, x + 0.08, 0.42, "light", line=False)
    pen.box(-0.9, -0.56, -0.26, 0.46, "dark")
    pen.box(-0.98, -0.68, -0.2, -0.54, BLACK)
    pen.box(-0.74, -0.42, -0.42, -0.08, GLASS)
    pen.box(-0.95, 0.42, 0.9, 0.6, BLACK)
    pen.shape([(0.82, 0.5), (1, 0.96), (0.7, 0.96)], RED)
    for x, size in ((-0.62, 0.3), (-0.02, 0.24), (0.48, 0.24)):
        pen.oval(x, 1 - size, size, size, RED)
        pen.oval(x, 1 - size, size * 0.3, size * 0.3, BLACK, line=False)
    pen.stroke([(-0.62, 0.72), (0.48, 0.76)], 0.07, STEEL)


def sailing_boat(pen: Pen) -> None:
    """With two sails, on a little water."""
    pen.stroke([(0, -0.98), (0, 0.5)], 0.07, WOOD)
    pen.blob([(0.06, -0.92), (0.5, -0.4), (0.72, 0.36), (0.4, 0.4), (0.06, 0.36), (0.06, -0.2)], WHITE)
    pen.blob([(-0.06, -0.7), (-0.34, -0.2), (-0.6, 0.34), (-0.3, 0.38), (-0.06, 0.34), (-0.06, -0.2)],
        "light" if pen.kind else CREAM)
    if pen.kind:
        pen.stroke([(0.12, 0.06), (0.52, 0.06)], 0.1, "main")
    pen.shape([(0, -1), (0.26, -0.92), (0, -0.84)], RED)
    pen.shape([(-0.92, 0.46), (0.96, 0.46), (0.66, 0.9), (-0.62, 0.9)])
    pen.stroke([(-0.8, 0.56), (0.84, 0.56)], 0.07, "light")
    pen.curve([(-1, 0.92), (-0.72, 0.84), (-0.44, 0.94), (-0.14, 0.84), (0.14, 0.94), (0.42, 0.84), (0.7,
        0.94), (1, 0.86)], 0.1, (104, 172, 222))


def airplane(pen: Pen) -> None:
    """In flight, from the side."""
    pen.shape([(-0.72, 0.0), (-0.96, -0.56), (-0.7, -0.56), (-0.42, 0.0)], "dark")
    pen.shape([(0.1, -0.08), (-0.14, -0.5), (0.04, -0.5), (0.36, -0.06)], "dark")
    pen.blob([(-0.96, 0.0), (-0.6, -0.14), (0.4, -0.2), (0.84, -0.12), (0.99, 0.08), (0.8, 0.24), (0.3,
        0.3), (-0.5, 0.2)])
    pen.shape([(0.2, 0.1), (-0.42, 0.72), (-0.16, 0.74), (0.5, 0.12)], "dark")
    pen.shape([(-0.9, 0.0), (-0.98, 0.24), (-0.84, 0.24), (-0.62, 0.04)], "dark")
    for x in (-0.44, -0.24, -0.04, 0.16, 0.36):
        pen.oval(x, -0.02, 0.06, 0.07, GLASS)
    pen.shape([(0.62, -0.12), (0.82, -0.08), (0.88, 0.02), (0.64, 0.02)], GLASS)


def bicycle(pen: Pen) -> None:
    """From the side."""
    for x in (-0.58, 0.58):
        rim = [(x + 0.38 * cos(turn * pi / 12), 0.58 + 0.38 * sin(turn * pi / 12)) for turn in range(25)]
        pen.stroke(rim, 0.07, BLACK)
        for turn in range(4):
            a, b = 0.36 * cos(turn * pi / 4), 0.36 * sin(turn * pi / 4)
            pen.stroke([(x - a, 0.58 - b), (x + a, 0.58 + b)], 0.02, GREY)
    pen.stroke([(-0.58, 0.58), (-0.28, -0.02), (0.4, -0.02), (-0.02, 0.6), (-0.58, 0.58)], 0.09)
    pen.stroke([(-0.34, -0.16), (-0.02, 0.6)], 0.09)
    pen.stroke([(0.58, 0.58), (0.36, -0.3)], 0.09)
    pen.curve([(0.36, -0.3), (0.5, -0.42), (0.72, -0.32)], 0.08, BLACK)
    pen.blob([(-0.56, -0.26), (-0.3, -0.28), (-0.14, -0.18), (-0.34, -0.12), (-0.54, -0.16)], BLACK)
    pen.oval(-0.02, 0.6, 0.1, 0.1, STEEL)
    if pen.kind:
        pen.shape([(0.48, -0.2), (0.98, -0.2), (0.9, 0.14), (0.56, 0.14)], WOOD)


def rocket(pen: Pen) -> None:
    """Upright, its engine burning."""
    pen.blob([(-0.2, 0.6), (0.2, 0.6), (0.14, 0.84), (0, 1), (-0.14, 0.84)], ORANGE)
    pen.blob([(-0.1, 0.6), (0.1, 0.6), (0, 0.84)], YELLOW, line=False)
    for side in (-1, 1):
        pen.blob([(side * 0.3, 0.1), (side * 0.66, 0.5), (side * 0.62, 0.86), (side * 0.3, 0.6)], RED)
    pen.blob([(0, -1), (0.24, -0.66), (0.36, -0.1), (0.3, 0.6), (0, 0.66), (-0.3, 0.6), (-0.36, -0.1),
        (-0.24, -0.66)])
    pen.blob([(0, -1), (0.2, -0.72), (0.26, -0.54), (0, -0.48), (-0.26, -0.54), (-0.2, -0.72)], RED)
    pen.oval(0, -0.16, 0.19, 0.19, STEEL)
    pen.oval(0, -0.16, 0.13, 0.13, GLASS, line=False)
    if pen.kind:
        pen.oval(0, 0.26, 0.12, 0.12, GLASS)
    pen.stroke([(0, 0.4), (0, 0.78)], 0.1, RED)


def hot_air_balloon(pen: Pen) -> None:
    """With its basket."""
    for x in (-0.2, 0.2):
        pen.stroke([(x * 1.5, 0.3), (x, 0.7)], 0.035, WOOD)
    pen.box(-0.22, 0.68, 0.22, 0.98, WOOD)
    pen.stroke([(-0.22, 0.72), (0.22, 0.72)], 0.06, CREAM)
    pen.blob([(0, -1), (0.52, -0.84), (0.78, -0.36), (0.6, 0.1), (0.26, 0.42), (-0.26, 0.42), (-0.6, 0.1),
        (-0.78, -0.36), (-0.52, -0.84)])
    pen.blob([(0, -1), (0.34, -0.8), (0.46, -0.34), (0.36, 0.1), (0.18, 0.42), (-0.18, 0.42), (-0.36, 0.1),
        (-0.46, -0.34), (-0.34, -0.8)], "light")
    pen.blob([(0, -1), (0.12, -0.8), (0.17, -0.34), (0.13, 0.1), (0.06, 0.42), (-0.06, 0.42), (-0.13, 0.1),
        (-0.17, -0.34), (-0.12, -0.8)], RED if pen.kind else "main")


DRAWINGS = {
    "car": car,
    "bus": bus,
    "locomotive": locomotive,
    "sailing boat": sailing_boat,
    "airplane": airplane,
    "bicycle": bicycle,
    "rocket": rocket,
    "hot-air balloon": hot_air_balloon,
}
