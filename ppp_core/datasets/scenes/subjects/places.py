"""Buildings, plants and figures that stand somewhere, each drawn by a function of a pen."""

from math import cos, pi, sin

from ..pen import BLACK, CREAM, GLASS, GREEN, GREY, LEAF, ORANGE, RED, STEEL, WHITE, WOOD, YELLOW, Pen

# Outlines read better with their points beside each other than below each other.
# fmt: off


def house(pen: Pen) -> None:
    """With roof, door, windows and chimney."""
    pen.box(0.36, -0.86, 0.58, -0.3, GREY)
    pen.box(-0.74, -0.12, 0.74, 1)
    pen.shape([(-0.98, -0.08), (0, -0.92), (0.98, -0.08)], "dark")
    pen.box(-0.18, 0.36, 0.18, 1, WOOD)
    pen.oval(0.1, 0.7, 0.04, 0.04, YELLOW, line=False)
    for x in (-0.46, 0.46):
        pen.box(x - 0.18, 0.12, x + 0.18, 0.5, GLASS)
        pen.stroke([(x, 0.12), (x, 0.5)], 0.04, WHITE)
        pen.stroke([(x - 0.18, 0.31), (x + 0.18, 0.31)], 0.04, WHITE)
    if pen.kind:
        pen.oval(0, -0.4, 0.15, 0.15, GLASS)


def castle(pen: Pen) -> None:
    """With two towers and a gate."""
    pen.box(-0.6, -0.1, 0.6, 1)
    for x in (-0.45, -0.15, 0.15, 0.45):
        pen.box(x - 0.09, -0.28, x + 0.09, -0.08)
    for x in (-0.72, 0.72):
        pen.box(x - 0.25, -0.42, x + 0.25, 1, "light")
        pen.shape([(x - 0.34, -0.4), (x, -0.98), (x + 0.34, -0.4)], RED if pen.kind else "dark")
        pen.box(x - 0.08, -0.12, x + 0.08, 0.18, BLACK)
    pen.blob([(-0.24, 1.0), (-0.24, 0.5), (0, 0.26), (0.24, 0.5), (0.24, 1.0)], WOOD)
    pen.stroke([(0, 0.34), (0, 0.98)], 0.03, BLACK)
    for x, y in ((-0.34, 0.14), (0.34, 0.14)):
        pen.box(x - 0.06, y - 0.1, x + 0.06, y + 0.12, BLACK)
    pen.stroke([(0, -0.16), (0, -0.76)], 0.05, WOOD)
    pen.shape([(0, -0.76), (0.32, -0.64), (0, -0.5)], YELLOW)


def lighthouse(pen: Pen) -> None:
    """Striped, on a rock."""
    for side in (-1, 1):
        pen.shape([(side * 0.14, -0.66), (side * 0.98, -0.92), (side * 0.98, -0.46)], (255, 240, 160),
            line=False)
    pen.blob([(-0.8, 1), (-0.62, 0.78), (-0.2, 0.7), (0.3, 0.72), (0.66, 0.8), (0.82, 1), (0, 1)], GREY)
    pen.shape([(-0.24, -0.46), (0.24, -0.46), (0.4, 0.84), (-0.4, 0.84)], WHITE)
    for top, bottom in ((-0.3, -0.06), (0.2, 0.46)):
        left, right = 0.24 + 0.16 * (top + 0.46) / 1.3, 0.24 + 0.16 * (bottom + 0.46) / 1.3
        pen.shape([(-left, top), (left, top), (right, bottom), (-right, bottom)])
    pen.box(-0.34, -0.52, 0.34, -0.42, BLACK)
    pen.box(-0.18, -0.8, 0.18, -0.52, YELLOW)
    pen.shape([(-0.28, -0.78), (0, -1), (0.28, -0.78)])
    pen.blob([(-0.12, 0.84), (-0.12, 0.64), (0, 0.54), (0.12, 0.64), (0.12, 0.84)], WOOD)


def windmill(pen: Pen) -> None:
    """With four sails."""
    pen.shape([(-0.3, -0.3), (0.3, -0.3), (0.5, 1), (-0.5, 1)])
    pen.blob([(-0.38, -0.28), (-0.2, -0.56), (0.2, -0.56), (0.38, -0.28), (0, -0.22)], "dark")
    pen.blob([(-0.14, 1), (-0.14, 0.72), (0, 0.6), (0.14, 0.72), (0.14, 1)], WOOD)
    pen.box(-0.09, 0.16, 0.09, 0.38, GLASS)
    start = (0.3, 0.7, 1.1)[pen.kind]
    for sail in range(4):
        a, b = cos(start + sail * pi / 2), sin(start + sail * pi / 2)
        pen.shape(
            [(a * r - b * w, -0.3 + b * r + a * w) for r, w in ((0.2, 0.02), (0.2, 0.22), (0.72, 0.22),
                (0.72, 0.02))], CREAM
        )
        pen.stroke([(0, -0.3), (a * 0.74, -0.3 + b * 0.74)], 0.06, WOOD)
    pen.oval(0, -0.3, 0.1, 0.1, BLACK)


def tent(pen: Pen) -> None:
    """Open at the front."""
    pen.stroke([(0, -0.6), (0, -0.82)], 0.06, WOOD)
    if pen.kind:
        pen.shape([(0, -0.9), (0.34, -0.78), (0, -0.66)], RED)
    pen.shape([(-0.98, 0.98), (0, -0.66), (0.98, 0.98)])
    pen.shape([(-0.4, 0.98), (0, -0.4), (0.4, 0.98)], (58, 50, 56))
    pen.shape([(-0.4, 0.98), (0, -0.4), (-0.1, 0.3), (-0.28, 0.98)], "light")
    pen.shape([(0.4, 0.98), (0, -0.4), (0.1, 0.3), (0.28, 0.98)], "light")
    pen.stroke([(-0.98, 0.98), (0, -0.66), (0.98, 0.98)], 0.07, "dark")


def tree(pen: Pen) -> None:
    """A leafy tree."""
    pen.shape([(-0.14, 0.2), (0.14, 0.2), (0.2, 1), (-0.2, 1)], WOOD)
    pen.stroke([(0, 0.4), (0.34, 0.1)], 0.1, WOOD)
    pen.blob([(-0.78, 0.1), (-0.92, -0.26), (-0.66, -0.6), (-0.3, -0.86), (0.12, -0.98), (0.52, -0.8),
        (0.82, -0.46), (0.9, -0.04), (0.6, 0.28), (0.2, 0.3), (-0.3, 0.34)])
    pen.blob([(-0.5, -0.4), (-0.2, -0.7), (0.16, -0.76), (-0.1, -0.5), (-0.3, -0.2)], "light", line=False)
    pen.blob([(0.7, -0.2), (0.66, 0.1), (0.2, 0.2), (-0.1, 0.22), (0.3, 0.0)], "dark", line=False)
    if pen.kind == 1:
        for x, y in ((-0.4, 0.0), (0.1, -0.3), (0.5, -0.4), (0.3, 0.06), (-0.1, -0.05)):
            pen.oval(x, y, 0.09, 0.09, RED)


def flower(pen: Pen) -> None:
    """With stalk and leaves."""
    pen.curve([(0, -0.2), (0.05, 0.3), (0, 1)], 0.1, LEAF)
    pen.blob([(0.02, 0.7), (0.3, 0.3), (0.66, 0.26), (0.44, 0.62)], GREEN)
    pen.blob([(0.02, 0.84), (-0.3, 0.5), (-0.64, 0.46), (-0.4, 0.8)], GREEN)
    n = (6, 8, 5)[pen.kind]
    for petal in range(n):
        a, b = cos(2 * pi * petal / n - pi / 2), sin(2 * pi * petal / n - pi / 2)
        pen.blob(
            [(a * r - b * w, -0.4 + b * r + a * w) for r, w in ((0.1, 0.08), (0.36, 0.2), (0.58, 0), (0.36,
                -0.2), (0.1, -0.08))]
        )
    pen.oval(0, -0.4, 0.2, 0.2, YELLOW)


def cactus(pen: Pen) -> None:
    """In a pot."""
    pen.curve([(-0.1, 0.3), (-0.52, 0.22), (-0.56, -0.3)], 0.26)
    pen.curve([(0.1, 0.12), (0.52, 0.06), (0.56, -0.5)], 0.26)
    pen.blob([(-0.26, 0.6), (-0.26, -0.7), (0, -0.98), (0.26, -0.7), (0.26, 0.6)])
    for x, y in ((0, -0.7), (-0.1, -0.4), (0.1, -0.2), (-0.08, 0.06), (0.08, 0.3), (-0.55, -0.1), (0.55,
        -0.28)):
        pen.stroke([(x - 0.05, y - 0.05), (x + 0.05, y + 0.05)], 0.03, WHITE)
        pen.stroke([(x + 0.05, y - 0.05), (x - 0.05, y + 0.05)], 0.03, WHITE)
    if pen.kind:
        pen.oval(0.04, -0.94, 0.14, 0.09, (236, 120, 160))
    pen.shape([(-0.46, 0.52), (0.46, 0.52), (0.34, 1), (-0.34, 1)], (190, 104, 66))
    pen.box(-0.5, 0.46, 0.5, 0.6, (204, 120, 78))


def snowman(pen: Pen) -> None:
    """With a hat, a scarf and a carrot for a nose."""
    for side in (-1, 1):
        pen.stroke([(side * 0.36, 0.12), (side * 0.92, -0.2)], 0.06, WOOD)
    pen.oval(0, 0.62, 0.5, 0.4, WHITE)
    pen.oval(0, 0.1, 0.38, 0.33, WHITE)
    pen.oval(0, -0.38, 0.3, 0.28, WHITE)
    pen.box(-0.4, -0.66, 0.4, -0.56)
    pen.box(-0.24, -0.98, 0.24, -0.62)
    pen.curve([(-0.28, -0.16), (0, -0.1), (0.28, -0.16)], 0.14)
    pen.stroke([(0.16, -0.12), (0.22, 0.2)], 0.13)
    pen.eyes(0, -0.44, 0.12, 0.05)
    pen.shape([(0, -0.4), (0.34, -0.32), (0, -0.28)], ORANGE)
    for y in (0.08, 0.26, 0.5, 0.7):
        pen.oval(-0.04, y, 0.05, 0.05, BLACK, line=False)


def robot(pen: Pen) -> None:
    """From the front."""
    pen.stroke([(0, -0.7), (0, -0.9)], 0.06, STEEL)
    pen.oval(0, -0.92, 0.09, 0.08, RED)
    for side in (-1, 1):
        pen.curve([(side * 0.4, 0.06), (side * 0.78, 0.16), (side * 0.74, 0.5)], 0.13, STEEL)
        pen.oval(side * 0.74, 0.56, 0.13, 0.13, "dark")
        pen.box(side * 0.22 - 0.1, 0.6, side * 0.22 + 0.1, 0.9, STEEL)
        pen.box(side * 0.24 - 0.18, 0.86, side * 0.24 + 0.18, 1, "dark")
        pen.box(side * 0.54 - 0.07, -0.52, side * 0.54 + 0.07, -0.28, STEEL)
    pen.box(-0.44, -0.04, 0.44, 0.64)
    pen.box(-0.28, 0.12, 0.28, 0.44, "light")
    for x, light in ((-0.14, RED), (0.02, YELLOW), (0.18, GREEN)):
        pen.oval(x, 0.28, 0.06, 0.06, light, line=False)
    pen.box(-0.5, -0.72, 0.5, -0.1)
    pen.eyes(0, -0.46, 0.22, 0.13) if pen.kind else pen.box(-0.36, -0.58, 0.36, -0.34, BLACK)
    if not pen.kind:
        for x in (-0.18, 0.18):
            pen.oval(x, -0.46, 0.08, 0.08, (110, 230, 240), line=False)
    pen.box(-0.26, -0.26, 0.26, -0.16, WHITE)


DRAWINGS = {
    one.__name__: one
    for one in (house, castle, lighthouse, windmill, tent, tree, flower, cactus, snowman, robot)
}
