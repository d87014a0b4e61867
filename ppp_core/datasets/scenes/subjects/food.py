"""Things to eat, each drawn by a function of a pen."""

from ..pen import CREAM, GREEN, LEAF, PINK, RED, TAN, WHITE, WOOD, YELLOW, Pen

# Outlines read better with their points beside each other than below each other.
# fmt: off


def apple(pen: Pen) -> None:
    """With its stalk and a leaf."""
    pen.curve([(0, -0.45), (0.02, -0.75), (0.12, -0.95)], 0.1, WOOD)
    pen.blob([(0.06, -0.66), (0.3, -0.96), (0.7, -0.9), (0.46, -0.62)], GREEN)
    pen.blob([(0, -0.42), (0.4, -0.6), (0.82, -0.3), (0.82, 0.3), (0.5, 0.88), (0.2, 1), (0, 0.9), (-0.2,
        1), (-0.5, 0.88), (-0.82, 0.3), (-0.82, -0.3), (-0.4, -0.6)])
    pen.blob([(-0.62, -0.1), (-0.44, -0.36), (-0.34, -0.24), (-0.5, 0.14)], "light", line=False)


def pear(pen: Pen) -> None:
    """With its stalk."""
    pen.curve([(0, -0.7), (0.05, -0.98)], 0.1, WOOD)
    if pen.kind:
        pen.blob([(0.05, -0.78), (0.25, -1), (0.55, -0.9), (0.35, -0.72)], GREEN)
    pen.blob([(0, -0.82), (0.26, -0.66), (0.34, -0.2), (0.66, 0.3), (0.6, 0.8), (0.2, 1), (-0.2, 1), (-0.6,
        0.8), (-0.66, 0.3), (-0.34, -0.2), (-0.26, -0.66)])
    pen.blob([(-0.42, 0.3), (-0.28, 0.02), (-0.2, 0.2), (-0.34, 0.6)], "light", line=False)


def banana(pen: Pen) -> None:
    """One, bent."""
    pen.shape([(0.6, -0.98), (0.78, -0.95), (0.8, -0.6), (0.6, -0.6)], WOOD)
    pen.blob([(0.56, -0.66), (0.84, -0.68), (0.92, 0.0), (0.6, 0.62), (0.0, 0.94), (-0.66, 0.9), (-0.9,
        0.66), (-0.4, 0.5), (0.1, 0.2), (0.44, -0.2)])
    pen.curve([(0.7, -0.6), (0.7, 0.0), (0.34, 0.48), (-0.2, 0.7), (-0.7, 0.72)], 0.05, "dark")
    pen.oval(-0.86, 0.72, 0.1, 0.09, WOOD)


def strawberry(pen: Pen) -> None:
    """With seeds and green leaves."""
    pen.blob([(0, -0.5), (0.5, -0.62), (0.8, -0.3), (0.66, 0.3), (0.25, 0.86), (0, 1), (-0.25, 0.86),
        (-0.66, 0.3), (-0.8, -0.3), (-0.5, -0.62)])
    for y, places in ((-0.2, (-0.5, -0.17, 0.17, 0.5)), (0.1, (-0.36, 0, 0.36)), (0.4, (-0.2, 0.2)), (0.68,
        (0,))):
        for x in places:
            pen.oval(x, y, 0.045, 0.075, CREAM, line=False)
    pen.shape([(0, -0.5), (-0.2, -0.22), (-0.28, -0.5), (-0.62, -0.4), (-0.4, -0.68), (-0.5, -0.86),
        (-0.14, -0.74), (0, -0.84), (0.14, -0.74), (0.5, -0.86), (0.4, -0.68), (0.62, -0.4), (0.28, -0.5),
        (0.2, -0.22)], GREEN)
    pen.curve([(0, -0.72), (0.06, -1)], 0.08, LEAF)


def carrot(pen: Pen) -> None:
    """With its green tuft."""
    for x, top in ((-0.28, -0.86), (0, -1), (0.28, -0.86)):
        pen.blob([(0, -0.4), (x - 0.14, top + 0.2), (x, top), (x + 0.14, top + 0.2)], GREEN)
    pen.blob([(-0.38, -0.36), (0, -0.5), (0.38, -0.36), (0.3, 0.1), (0.12, 0.7), (0, 1), (-0.12, 0.7),
        (-0.3, 0.1)])
    for y, left, right in ((-0.16, -0.36, -0.08), (0.1, 0.06, 0.3), (0.34, -0.22, 0)):
        pen.stroke([(left, y), (right, y + 0.03)], 0.05, "dark")


def mushroom(pen: Pen) -> None:
    """With a spotted cap."""
    pen.blob([(-0.24, 0.1), (0.24, 0.1), (0.3, 0.6), (0.36, 1), (-0.36, 1), (-0.3, 0.6)], CREAM)
    pen.blob([(-0.95, 0.2), (-0.8, -0.4), (-0.3, -0.86), (0.3, -0.86), (0.8, -0.4), (0.95, 0.2), (0.5,
        0.3), (0, 0.24), (-0.5, 0.3)])
    spots = ((-0.5, -0.16, 0.17), (0.02, -0.46, 0.2), (0.5, -0.14, 0.16), (0.02, 0.06, 0.1), (-0.34, -0.62,
        0.09))
    for x, y, size in spots[: 5 - pen.kind]:
        pen.oval(x, y, size, size * 0.9, WHITE, line=False)


def cupcake(pen: Pen) -> None:
    """In its paper, with icing and a cherry."""
    pen.shape([(-0.62, 0.2), (0.62, 0.2), (0.46, 1), (-0.46, 1)], TAN)
    for x in (-0.36, -0.12, 0.12, 0.36):
        pen.stroke([(x * 1.25, 0.24), (x, 0.98)], 0.045, WOOD)
    pen.blob([(-0.78, 0.22), (-0.7, -0.12), (0, -0.24), (0.7, -0.12), (0.78, 0.22), (0, 0.36)])
    pen.blob([(-0.58, -0.12), (-0.48, -0.4), (0, -0.5), (0.48, -0.4), (0.58, -0.12), (0, 0)])
    pen.blob([(-0.36, -0.4), (-0.2, -0.62), (0, -0.72), (0.2, -0.62), (0.36, -0.4), (0, -0.3)])
    for x, y in ((-0.5, 0.08), (-0.1, 0.14), (0.3, 0.04), (-0.26, -0.22), (0.2, -0.26), (0.55, 0.12)):
        pen.stroke([(x - 0.04, y), (x + 0.05, y - 0.05)], 0.05, YELLOW if pen.kind else WHITE)
    pen.oval(0, -0.8, 0.17, 0.17, RED)


def ice_cream_cone(pen: Pen) -> None:
    """Two or three balls in a waffle."""
    pen.shape([(-0.46, 0.0), (0.46, 0.0), (0, 1)], TAN)
    for share in (0.25, 0.55):
        pen.stroke([(-0.46 + 0.92 * share, 0.02), (0.46 * share, 1 - share)], 0.04, WOOD)
        pen.stroke([(0.46 - 0.92 * share, 0.02), (-0.46 * share, 1 - share)], 0.04, WOOD)
    if pen.kind:
        pen.oval(-0.28, -0.16, 0.36, 0.34, CREAM)
        pen.oval(0.28, -0.16, 0.36, 0.34, PINK)
        pen.oval(0, -0.6, 0.4, 0.38)
    else:
        pen.oval(0, -0.12, 0.52, 0.42, CREAM)
        pen.oval(0, -0.56, 0.46, 0.42)
    pen.blob([(-0.2, -0.68), (-0.06, -0.84), (0.04, -0.78), (-0.14, -0.6)], "light", line=False)


DRAWINGS = {
    "apple": apple,
    "pear": pear,
    "banana": banana,
    "strawberry": strawberry,
    "carrot": carrot,
    "mushroom": mushroom,
    "cupcake": cupcake,
    "ice cream cone": ice_cream_cone,
}
