"""Animals, each drawn by a function of a pen."""

from ..pen import BLACK, CREAM, ORANGE, PINK, WHITE, YELLOW, Pen

# Outlines read better with their points beside each other than below each other.
# fmt: off


def cat(pen: Pen) -> None:
    """Sits and looks at one."""
    pen.curve([(0.45, 0.85), (0.85, 0.75), (0.88, 0.25), (0.7, 0.0)], 0.16)
    pen.blob([(-0.5, 1), (-0.52, 0.5), (-0.3, 0), (0.3, 0), (0.52, 0.5), (0.5, 1), (0, 1)])
    if pen.kind == 0:
        pen.blob([(-0.2, 0.95), (-0.24, 0.5), (0, 0.2), (0.24, 0.5), (0.2, 0.95)], "light", line=False)
    for side in (-1, 1):
        pen.oval(side * 0.24, 0.93, 0.19, 0.1)
        pen.shape([(side * 0.58, -0.5), (side * 0.52, -1), (side * 0.1, -0.74)])
        pen.shape([(side * 0.5, -0.62), (side * 0.47, -0.86), (side * 0.26, -0.72)], PINK, line=False)
    pen.oval(0, -0.34, 0.6, 0.47)
    if pen.kind == 1:
        for x in (-0.16, 0, 0.16):
            pen.stroke([(x, -0.78), (x, -0.6)], 0.06, "dark")
        for y in (0.3, 0.5, 0.7):
            pen.stroke([(-0.44, y), (-0.2, y + 0.04)], 0.06, "dark")
            pen.stroke([(0.44, y), (0.2, y + 0.04)], 0.06, "dark")
    pen.oval(0, -0.14, 0.26, 0.17, "light", line=False)
    pen.eyes(0, -0.38, 0.26, 0.1)
    pen.shape([(-0.08, -0.24), (0.08, -0.24), (0, -0.15)], PINK, line=False)
    for side in (-1, 1):
        pen.stroke([(side * 0.2, -0.16), (side * 0.8, -0.24)], 0.025, BLACK)
        pen.stroke([(side * 0.2, -0.1), (side * 0.8, -0.04)], 0.025, BLACK)


def dog(pen: Pen) -> None:
    """Sits, with hanging ears and its tongue out."""
    pen.curve([(0.4, 0.85), (0.75, 0.7), (0.85, 0.4)], 0.16)
    pen.blob([(-0.5, 1), (-0.5, 0.5), (-0.3, 0.05), (0.3, 0.05), (0.5, 0.5), (0.5, 1), (0, 1)])
    pen.blob([(-0.22, 0.9), (-0.24, 0.5), (0, 0.25), (0.24, 0.5), (0.22, 0.9)], "light", line=False)
    for side in (-1, 1):
        pen.oval(side * 0.26, 0.93, 0.2, 0.1)
    pen.blob([(-0.48, -0.4), (-0.36, -0.84), (0, -0.94), (0.36, -0.84), (0.48, -0.4), (0.34, -0.02),
        (-0.34, -0.02)])
    if pen.kind == 1:
        pen.oval(0.24, -0.5, 0.2, 0.22, "dark", line=False)
    for side in (-1, 1):
        pen.blob([(side * 0.34, -0.86), (side * 0.66, -0.66), (side * 0.74, -0.16), (side * 0.52, -0.1),
            (side * 0.42, -0.5)], "dark")
    pen.blob([(-0.08, 0.02), (0.08, 0.02), (0.11, 0.26), (0, 0.32), (-0.11, 0.26)], (226, 96, 110))
    pen.blob([(-0.34, -0.14), (-0.16, -0.38), (0.16, -0.38), (0.34, -0.14), (0.16, 0.06), (-0.16, 0.06)],
        "light")
    pen.oval(0, -0.3, 0.15, 0.1, BLACK, line=False)
    pen.stroke([(0, -0.22), (0, -0.06)], 0.04, BLACK)
    pen.eyes(0, -0.54, 0.22, 0.09)


def rabbit(pen: Pen) -> None:
    """Sits, with two long ears."""
    pen.oval(0.5, 0.72, 0.17, 0.17, WHITE)
    pen.blob([(-0.5, 1), (-0.5, 0.6), (-0.28, 0.2), (0.28, 0.2), (0.5, 0.6), (0.5, 1), (0, 1)])
    pen.oval(0, 0.7, 0.26, 0.26, "light", line=False)
    for side in (-1, 1):
        lean = 0.06 if pen.kind == 0 else 0.2
        x = side * 0.22
        pen.blob([(x - 0.14, -0.2), (x - 0.16 + side * lean, -0.8), (x + side * lean, -1),
            (x + 0.16 + side * lean, -0.8), (x + 0.14, -0.2)])
        pen.blob([(x - 0.05, -0.3), (x - 0.07 + side * lean, -0.75), (x + side * lean, -0.88),
            (x + 0.07 + side * lean, -0.75), (x + 0.05, -0.3)], PINK, line=False)
        pen.oval(side * 0.26, 0.92, 0.22, 0.1)
    pen.oval(0, -0.02, 0.44, 0.38)
    pen.oval(0, 0.12, 0.22, 0.15, "light", line=False)
    pen.eyes(0, -0.08, 0.2, 0.08)
    pen.oval(0, 0.05, 0.07, 0.05, PINK, line=False)
    pen.box(-0.07, 0.16, 0.07, 0.28, WHITE)


def mouse(pen: Pen) -> None:
    """From the side, with a round ear and a long tail."""
    pen.curve([(-0.6, 0.8), (-0.95, 0.85), (-0.95, 0.4), (-0.75, 0.3)], 0.06, PINK)
    pen.blob([(-0.75, 0.75), (-0.55, 0.2), (0, 0.02), (0.5, 0.25), (0.98, 0.72), (0.6, 0.96), (0, 1),
        (-0.6, 0.98)])
    pen.oval(0.02, 0.9, 0.3, 0.1, "light", line=False)
    for x, y, size in ((0.5, 0.1, 0.26), (0.14, 0.02, 0.34)):
        pen.oval(x, y, size, size)
        pen.oval(x, y, size * 0.62, size * 0.62, PINK, line=False)
    pen.eye(0.6, 0.48, 0.08)
    pen.oval(0.97, 0.72, 0.07, 0.07, PINK)
    for y in (0.66, 0.86):
        pen.stroke([(0.8, 0.76), (0.52, y)], 0.025, BLACK)
    for x in (-0.3, 0.4):
        pen.oval(x, 0.97, 0.14, 0.06, PINK)


def pig(pen: Pen) -> None:
    """From the side, looking at one."""
    pen.curve([(-0.75, 0.1), (-0.92, 0.0), (-0.86, -0.14), (-0.98, -0.2)], 0.07)
    for x in (-0.5, -0.22, 0.2, 0.46):
        pen.box(x - 0.11, 0.5, x + 0.11, 0.92)
        pen.box(x - 0.11, 0.88, x + 0.11, 1, BLACK, line=False)
    pen.oval(-0.08, 0.2, 0.74, 0.52)
    if pen.kind == 1:
        pen.oval(-0.35, 0.08, 0.16, 0.13, "dark", line=False)
        pen.oval(-0.1, 0.42, 0.12, 0.09, "dark", line=False)
    for x in (0.2, 0.74):
        side = 1 if x > 0.47 else -1
        pen.shape([(x - 0.14, -0.3), (x + side * 0.12, -0.72), (x + 0.16, -0.3)], "dark")
    pen.oval(0.47, -0.05, 0.46, 0.42)
    pen.oval(0.5, 0.08, 0.24, 0.18, "light")
    for x in (0.41, 0.59):
        pen.oval(x, 0.08, 0.05, 0.08, "dark", line=False)
    pen.eyes(0.48, -0.2, 0.2, 0.07)


def elephant(pen: Pen) -> None:
    """From the side, its trunk hanging or raised."""
    pen.curve([(-0.72, 0.0), (-0.88, 0.2), (-0.86, 0.45)], 0.06)
    for x in (-0.5, -0.18, 0.12):
        pen.box(x - 0.13, 0.4, x + 0.13, 1)
        pen.box(x - 0.13, 0.92, x + 0.13, 1, "light", line=False)
    pen.oval(-0.2, 0.12, 0.58, 0.52)
    if pen.kind == 2:
        pen.curve([(0.55, 0.1), (0.85, 0.2), (0.95, -0.2), (0.82, -0.5)], 0.2)
    else:
        pen.curve([(0.6, 0.0), (0.78, 0.3), (0.72, 0.7), (0.88, 0.88)], 0.2)
    pen.oval(0.45, -0.2, 0.4, 0.42)
    pen.curve([(0.55, 0.2), (0.72, 0.42), (0.94, 0.4)], 0.1, WHITE)
    pen.blob([(0.3, -0.5), (0.0, -0.72), (-0.32, -0.4), (-0.22, 0.1), (0.05, 0.22), (0.26, -0.05)], "dark")
    pen.eye(0.56, -0.28, 0.075)


def bird(pen: Pen) -> None:
    """A small bird from the side."""
    pen.shape([(-0.45, 0.3), (-1, 0.05), (-0.95, 0.5)], "dark")
    for x in (-0.05, 0.18):
        pen.stroke([(x, 0.62), (x, 0.96), (x + 0.16, 0.98)], 0.06, ORANGE)
    pen.blob([(-0.62, 0.24), (-0.1, -0.1), (0.15, -0.62), (0.5, -0.72), (0.74, -0.42), (0.62, 0.1), (0.25,
        0.62), (-0.25, 0.62)])
    pen.blob([(0.6, -0.1), (0.52, 0.25), (0.2, 0.58), (0.0, 0.55), (0.25, 0.1)], "light", line=False)
    pen.blob([(-0.7, 0.36), (-0.3, -0.02), (0.12, 0.02), (0.16, 0.28), (-0.2, 0.46)], "dark")
    pen.shape([(0.7, -0.46), (1, -0.34), (0.7, -0.22)], ORANGE)
    pen.eye(0.48, -0.42, 0.09)


def owl(pen: Pen) -> None:
    """From the front, with large eyes."""
    for side in (-1, 1):
        pen.shape([(side * 0.2, -0.7), (side * 0.62, -1), (side * 0.62, -0.4)], "dark")
        pen.oval(side * 0.2, 0.95, 0.14, 0.07, ORANGE)
    pen.blob([(-0.6, -0.5), (-0.3, -0.82), (0.3, -0.82), (0.6, -0.5), (0.62, 0.4), (0.3, 0.92), (-0.3,
        0.92), (-0.62, 0.4)])
    pen.oval(0, 0.42, 0.38, 0.44, "light", line=False)
    for row, y in enumerate((0.16, 0.36, 0.56)):
        for x in (-0.2, 0, 0.2) if row % 2 == 0 else (-0.1, 0.1):
            pen.stroke([(x - 0.06, y), (x, y + 0.07), (x + 0.06, y)], 0.035, "dark")
    for side in (-1, 1):
        pen.blob([(side * 0.55, -0.2), (side * 0.76, 0.2), (side * 0.62, 0.72), (side * 0.44, 0.4)], "dark")
        pen.oval(side * 0.27, -0.4, 0.28, 0.28, WHITE)
        pen.oval(side * 0.27, -0.4, 0.18, 0.18, YELLOW, line=False)
        pen.oval(side * 0.27, -0.4, 0.1, 0.1, BLACK, line=False)
    pen.shape([(-0.1, -0.3), (0.1, -0.3), (0, -0.08)], ORANGE)


def penguin(pen: Pen) -> None:
    """From the front, with a white belly."""
    for side in (-1, 1):
        pen.oval(side * 0.22, 0.94, 0.22, 0.08, ORANGE)
        pen.blob([(side * 0.42, -0.1), (side * 0.72, 0.3), (side * 0.7, 0.58), (side * 0.42, 0.4)], "dark")
    pen.blob([(-0.34, -0.7), (0, -0.95), (0.34, -0.7), (0.4, -0.3), (0.54, 0.3), (0.4, 0.85), (0, 0.94),
        (-0.4, 0.85), (-0.54, 0.3), (-0.4, -0.3)])
    pen.blob([(0, -0.12), (0.3, 0.15), (0.36, 0.5), (0.2, 0.84), (-0.2, 0.84), (-0.36, 0.5), (-0.3, 0.15)],
        WHITE, line=False)
    for side in (-1, 1):
        pen.oval(side * 0.16, -0.5, 0.2, 0.22, WHITE, line=False)
    pen.eyes(0, -0.54, 0.14, 0.08)
    pen.shape([(-0.13, -0.42), (0.13, -0.42), (0, -0.22)], ORANGE)


def duck(pen: Pen) -> None:
    """From the side, as a bath toy."""
    pen.shape([(-0.6, 0.4), (-0.98, -0.1), (-0.3, 0.2)])
    pen.blob([(-0.85, 0.3), (-0.3, 0.2), (0.2, 0.12), (0.62, 0.3), (0.72, 0.62), (0.4, 0.96), (-0.4, 0.97),
        (-0.78, 0.7)])
    pen.blob([(-0.55, 0.46), (-0.1, 0.3), (0.3, 0.42), (0.1, 0.72), (-0.3, 0.74)], "light")
    pen.shape([(0.68, -0.42), (1, -0.36), (1, -0.2), (0.66, -0.14)], ORANGE)
    pen.oval(0.38, -0.3, 0.4, 0.38)
    pen.oval(0.35, 0.08, 0.24, 0.12, line=False)
    pen.eye(0.5, -0.4, 0.085)


def fish(pen: Pen) -> None:
    """From the side."""
    pen.shape([(-0.5, 0.3), (-0.98, -0.15), (-0.86, 0.3), (-0.98, 0.75)], "dark")
    pen.blob([(-0.2, -0.1), (0.1, -0.5), (0.4, -0.1)], "dark")
    pen.blob([(-0.1, 0.7), (0.05, 0.95), (0.25, 0.7)], "dark")
    pen.blob([(-0.6, 0.3), (-0.2, -0.12), (0.4, -0.18), (0.95, 0.28), (0.4, 0.76), (-0.2, 0.7)])
    if pen.kind == 0:
        for x in (-0.28, -0.02, 0.24):
            pen.curve([(x, 0.08), (x + 0.1, 0.3), (x, 0.52)], 0.05, "light")
    else:
        for x in (-0.25, 0.05):
            pen.curve([(x, -0.08), (x + 0.07, 0.3), (x, 0.66)], 0.13, "light")
    pen.curve([(0.4, -0.08), (0.5, 0.28), (0.4, 0.6)], 0.04, "dark")
    pen.eye(0.66, 0.16, 0.095)
    pen.curve([(0.9, 0.36), (0.78, 0.44), (0.68, 0.42)], 0.04, BLACK)


def whale(pen: Pen) -> None:
    """From the side, blowing water."""
    water = (150, 205, 240)
    pen.curve([(0.28, -0.1), (0.26, -0.5), (0.0, -0.7), (-0.1, -0.5)], 0.09, water)
    pen.curve([(0.3, -0.1), (0.32, -0.5), (0.58, -0.7), (0.68, -0.5)], 0.09, water)
    pen.blob([(-0.7, 0.35), (-0.98, -0.25), (-0.72, -0.1), (-0.5, -0.3), (-0.55, 0.2)], "dark")
    pen.blob([(-0.85, 0.2), (-0.4, 0.36), (0.0, -0.02), (0.5, -0.1), (0.96, 0.3), (0.88, 0.78), (0.3,
        0.98), (-0.4, 0.86), (-0.75, 0.55)])
    pen.blob([(0.93, 0.56), (0.85, 0.8), (0.3, 0.98), (-0.3, 0.88), (0.3, 0.74)], WHITE, line=False)
    pen.blob([(0.2, 0.62), (0.0, 0.95), (-0.2, 0.98), (-0.1, 0.66)], "dark")
    pen.eye(0.62, 0.4, 0.08)
    pen.curve([(0.93, 0.52), (0.78, 0.6), (0.66, 0.56)], 0.04, BLACK)


def turtle(pen: Pen) -> None:
    """From the side, with its shell."""
    for x in (-0.45, 0.4):
        pen.oval(x, 0.84, 0.2, 0.16, "light")
    pen.shape([(-0.7, 0.6), (-0.98, 0.72), (-0.66, 0.8)], "light")
    pen.blob([(0.5, 0.66), (0.62, 0.3), (0.8, 0.1), (0.99, 0.28), (0.9, 0.52), (0.7, 0.76)], "light")
    pen.blob([(-0.82, 0.72), (-0.6, 0.08), (-0.05, -0.2), (0.5, 0.1), (0.7, 0.72), (0, 0.8)])
    for x, y in ((-0.06, 0.16), (-0.42, 0.4), (0.3, 0.38), (-0.06, 0.56)):
        pen.shape([(x - 0.18, y), (x - 0.09, y - 0.15), (x + 0.09, y - 0.15), (x + 0.18, y), (x + 0.09,
            y + 0.15), (x - 0.09, y + 0.15)], "dark")
    pen.stroke([(-0.84, 0.74), (0.72, 0.74)], 0.1, "dark")
    pen.eye(0.84, 0.26, 0.07)


def snail(pen: Pen) -> None:
    """From the side, with its house."""
    for x in (0.66, 0.86):
        pen.stroke([(x, 0.4), (x + 0.08, 0.02)], 0.06, CREAM)
        pen.oval(x + 0.08, 0.0, 0.08, 0.08, BLACK)
    pen.blob([(-0.98, 0.98), (-0.6, 0.8), (0.4, 0.74), (0.56, 0.4), (0.8, 0.28), (0.96, 0.46), (0.86,
        0.86), (0.6, 1), (-0.4, 1)], CREAM)
    pen.oval(-0.1, 0.26, 0.6, 0.58)
    pen.curve([(0.32, 0.5), (0.28, 0.02), (-0.14, -0.16), (-0.5, 0.16), (-0.38, 0.56), (-0.02, 0.6), (0.12,
        0.3), (-0.08, 0.1), (-0.24, 0.26), (-0.1, 0.38)], 0.08, "dark")
    pen.curve([(0.9, 0.66), (0.8, 0.72), (0.72, 0.68)], 0.035, BLACK)


def butterfly(pen: Pen) -> None:
    """From above, wings open."""
    for side in (-1, 1):
        pen.blob([(side * 0.05, 0.0), (side * 0.3, -0.75), (side * 0.8, -0.9), (side * 0.96, -0.5),
            (side * 0.7, -0.05), (side * 0.2, 0.12)])
        pen.blob([(side * 0.06, 0.08), (side * 0.5, 0.06), (side * 0.8, 0.36), (side * 0.64, 0.84),
            (side * 0.32, 0.8), (side * 0.12, 0.4)], "dark")
        pen.oval(side * 0.64, -0.5, 0.16, 0.18, "light", line=False)
        pen.oval(side * 0.48, 0.44, 0.12, 0.13, "light", line=False)
        if pen.kind == 1:
            pen.oval(side * 0.36, -0.3, 0.1, 0.1, WHITE, line=False)
        pen.curve([(0, -0.5), (side * 0.1, -0.8), (side * 0.28, -0.96)], 0.035, BLACK)
    pen.oval(0, 0.1, 0.09, 0.58, BLACK)
    pen.oval(0, -0.5, 0.12, 0.12, BLACK)


def bee(pen: Pen) -> None:
    """From the side, striped."""
    for x, lean in ((-0.12, -0.34), (0.12, 0.12)):
        pen.blob([(x, 0.0), (x + lean - 0.24, -0.6), (x + lean, -0.86), (x + lean + 0.24, -0.6)], (222,
            238, 248))
    pen.shape([(-0.72, 0.22), (-0.98, 0.34), (-0.72, 0.46)], BLACK)
    pen.oval(-0.1, 0.34, 0.72, 0.46)
    for x, height in ((-0.45, 0.36), (-0.15, 0.43), (0.15, 0.41)):
        pen.stroke([(x, 0.34 - height), (x, 0.34 + height)], 0.13, BLACK)
    pen.oval(0.6, 0.28, 0.34, 0.34)
    pen.eye(0.7, 0.2, 0.09)
    pen.curve([(0.84, 0.4), (0.74, 0.48), (0.62, 0.44)], 0.035, BLACK)
    for x in (0.5, 0.72):
        pen.curve([(x, -0.02), (x + 0.06, -0.24), (x + 0.2, -0.32)], 0.04, BLACK)


DRAWINGS = {
    one.__name__: one
    for one in (cat, dog, rabbit, mouse, pig, elephant, bird, owl, penguin, duck, fish, whale, turtle,
        snail, butterfly, bee)
}  # fmt: skip
