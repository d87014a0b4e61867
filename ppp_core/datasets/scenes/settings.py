"""The places: what is behind and beneath the subject. Indoors, the sky shows in a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from .pen import BLUE, CREAM, GREY, ORANGE, RED, STEEL, TAN, WHITE, WOOD, YELLOW, Colour, Pen, mixed, shaded
from .recording import Recorder, Recording
from .stage import Luck, Stage

# Outlines read better with their points beside each other than below each other.
# fmt: off

INDOORS = frozenset({"kitchen", "library"})
ARRANGEMENTS = 24
"""How many forms each place has."""


def draw_setting(stage: Stage) -> None:
    """Draws the scene's place over the sky."""
    scene = stage.scene
    lamps = scene.setting == "city" and scene.light in ("night", "sunset", "spotlight")
    stage.pen.replay(_recorded(scene.setting, scene.variant % ARRANGEMENTS, lamps))


@cache
def _recorded(setting: str, arrangement: int, lamps: bool) -> Recording:
    recorder = Recorder()
    if lamps:
        _city(recorder, Luck(arrangement, 10), lamps=True)
    else:
        SETTINGS[setting](recorder, Luck(arrangement, 10))
    return recorder.recording()


def _beach(pen: Pen, luck: Luck) -> None:
    pen.box(-0.1, 0.56, 1.1, 0.8, (48, 140, 190), line=False)
    for _ in range(9):
        x, y, long = luck.between(0, 1), luck.between(0.59, 0.69), luck.between(0.03, 0.08)
        pen.stroke([(x - long, y), (x + long, y)], 0.007, (170, 222, 240))
    shift = luck.between(-0.04, 0.04)
    pen.blob([(-0.2, 0.74), (0.1, 0.7 + shift), (0.4, 0.74), (0.7, 0.7 - shift), (1.2, 0.73), (1.2, 1.2),
        (-0.2, 1.2)], (214, 240, 244), line=False)
    pen.blob([(-0.2, 0.76), (0.1, 0.72 + shift), (0.4, 0.76), (0.7, 0.72 - shift), (1.2, 0.75), (1.2, 1.2),
        (-0.2, 1.2)], (242, 216, 158))
    for _ in range(14):
        x, y = luck.between(0, 1), luck.between(0.8, 0.99)
        pen.oval(x, y, 0.006, 0.004, (212, 180, 120), line=False)
    side = 1 if luck.chance(0.5) else -1
    _palm(pen, 0.5 + side * luck.between(0.36, 0.44), 0.8, side, luck.between(0.85, 1.1))


def _palm(pen: Pen, x: float, y: float, side: int, size: float) -> None:
    top_x, top_y = x - side * 0.07 * size, y - 0.46 * size
    pen.curve([(x, y), (x + side * 0.01, y - 0.22 * size), (top_x, top_y)], 0.035 * size, WOOD)
    for across, down in ((-0.2, 0.06), (-0.17, -0.07), (-0.05, -0.13), (0.1, -0.1), (0.2, 0.0), (0.16, 0.1)):
        a, b = top_x + across * size, top_y + down * size
        middle = (top_x + across * 0.55 * size, top_y + (down - 0.07) * size)
        pen.blob([(top_x, top_y), middle, (a, b), (middle[0], middle[1] + 0.05 * size)], (60, 140, 76))


def _forest(pen: Pen, luck: Luck) -> None:
    for number in range(9):
        x = (number + luck.between(0.1, 0.9)) / 9
        _pine(pen, x, 0.68, luck.between(0.36, 0.46), (46, 98, 84))
    pen.blob([(-0.2, 0.68), (0.2, 0.63), (0.6, 0.66), (1.2, 0.62), (1.2, 1.2), (-0.2, 1.2)], (104, 156, 78))
    for x in (luck.between(-0.02, 0.06), luck.between(0.16, 0.24), luck.between(0.76, 0.84),
        luck.between(0.94, 1.02)):
        _pine(pen, x, luck.between(0.74, 0.8), luck.between(0.52, 0.68), (38, 112, 62))
    for _ in range(10):
        x, y = luck.between(0, 1), luck.between(0.78, 0.98)
        pen.stroke([(x - 0.012, y - 0.02), (x, y), (x + 0.012, y - 0.02)], 0.006, (66, 118, 52))


def _pine(pen: Pen, x: float, ground: float, tall: float, colour: Colour, *, snow: bool = False) -> None:
    pen.box(x - 0.05 * tall, ground - 0.14 * tall, x + 0.05 * tall, ground, WOOD)
    for bottom, wide in ((0.1, 0.3), (0.36, 0.24), (0.6, 0.17)):
        low, high = ground - bottom * tall, ground - (bottom + 0.4) * tall
        pen.shape([(x - wide * tall, low), (x, high), (x + wide * tall, low)], colour)
        if snow:
            cap = [(x - 0.45 * wide * tall, low - 0.22 * tall), (x, high), (x + 0.45 * wide * tall,
                low - 0.22 * tall)]
            pen.shape(cap, WHITE, line=False)


def _city(pen: Pen, luck: Luck, *, lamps: bool = False) -> None:
    for row, (colour, low, high) in enumerate((((138, 150, 176), 0.3, 0.5), ((104, 112, 142), 0.14, 0.36))):
        left = -luck.between(0, 0.1)
        while left < 1:
            wide, tall = luck.between(0.13, 0.2), luck.between(low, high)
            tone = mixed(colour, (178, 128, 112) if luck.chance(0.4) else (120, 136, 150),
                luck.between(0.1, 0.6))
            top = 0.78 - tall - 0.06 * (1 - row)
            pen.box(left, top, left + wide, 0.8, tone)
            _windows(pen, luck, (left, top, wide), lamps, tone)
            left += wide + 0.004
    pen.box(-0.1, 0.76, 1.1, 0.82, (176, 174, 172))
    pen.box(-0.1, 0.82, 1.1, 1.1, (86, 88, 98))
    shift = luck.between(0, 0.2)
    for number in range(-1, 6):
        x = number * 0.2 + shift
        pen.shape([(x, 0.93), (x + 0.1, 0.93), (x + 0.09, 0.95), (x - 0.01, 0.95)], (240, 236, 220),
            line=False)


def _windows(pen: Pen, luck: Luck, building: tuple[float, float, float], lamps: bool, tone: Colour) -> None:
    left, top, wide = building
    for column in range(3):
        for row in range(int((0.74 - top) / 0.07)):
            x, y = left + wide * (0.18 + 0.27 * column), top + 0.03 + row * 0.07
            shining = lamps and luck.chance(0.55)
            colour = (255, 224, 130) if shining else mixed(tone, (206, 228, 240), 0.15 if lamps else 0.55)
            pen.box(x, y, x + wide * 0.15, y + 0.035, colour, line=False)


def _desert(pen: Pen, luck: Luck) -> None:
    if luck.chance(0.6):
        x = luck.between(0.2, 0.8)
        pen.shape([(x - 0.22, 0.68), (x, 0.4), (x + 0.22, 0.68)], (222, 176, 108))
        pen.shape([(x, 0.4), (x + 0.22, 0.68), (x + 0.06, 0.68)], (190, 142, 82), line=False)
    bump = luck.between(-0.05, 0.05)
    pen.blob([(-0.2, 0.66), (0.15, 0.58 + bump), (0.5, 0.66), (0.85, 0.6 - bump), (1.2, 0.66), (1.2, 1.2),
        (-0.2, 1.2)], (236, 188, 116))
    for x, size in ((luck.between(0.03, 0.14), luck.between(0.8, 1.2)), (luck.between(0.86, 0.97),
        luck.between(0.8, 1.3))):
        _saguaro(pen, x, 0.76, size)
    pen.blob([(-0.2, 0.86), (0.3, 0.74 - bump), (0.8, 0.8), (1.2, 0.74 + bump), (1.2, 1.2), (-0.2, 1.2)],
        (226, 170, 96))
    for _ in range(6):
        x, y = luck.between(0, 0.9), luck.between(0.84, 0.97)
        pen.curve([(x, y), (x + 0.05, y - 0.012), (x + 0.1, y)], 0.006, (196, 140, 74))


def _saguaro(pen: Pen, x: float, y: float, size: float) -> None:
    green = (70, 134, 84)
    pen.stroke([(x, y + 0.05), (x, y - 0.2 * size)], 0.04 * size, green)
    pen.curve([(x, y - 0.06 * size), (x - 0.06 * size, y - 0.07 * size), (x - 0.06 * size,
        y - 0.15 * size)], 0.026 * size, green)
    pen.curve([(x, y - 0.03 * size), (x + 0.06 * size, y - 0.04 * size), (x + 0.06 * size,
        y - 0.13 * size)], 0.026 * size, green)


def _snowy_field(pen: Pen, luck: Luck) -> None:
    peak = luck.between(0.2, 0.8)
    for x, top in ((peak, 0.34), (peak - 0.34, 0.44), (peak + 0.34, 0.42)):
        pen.shape([(x - 0.3, 0.7), (x, top), (x + 0.3, 0.7)], (140, 158, 190))
        pen.shape([(x - 0.09, top + 0.11), (x, top), (x + 0.09, top + 0.11), (x + 0.03, top + 0.09),
            (x - 0.03, top + 0.12)], WHITE, line=False)
    pen.blob([(-0.2, 0.66), (0.2, 0.6), (0.6, 0.67), (1.2, 0.6), (1.2, 1.2), (-0.2, 1.2)], (222, 232, 244))
    for x in (luck.between(0.02, 0.12), luck.between(0.2, 0.28), luck.between(0.74, 0.82),
        luck.between(0.88, 0.98)):
        _pine(pen, x, luck.between(0.7, 0.76), luck.between(0.22, 0.34), (58, 104, 88), snow=True)
    pen.blob([(-0.2, 0.8), (0.3, 0.74), (0.75, 0.8), (1.2, 0.75), (1.2, 1.2), (-0.2, 1.2)], (244, 248, 253))
    for _ in range(5):
        x, y = luck.between(0, 0.9), luck.between(0.84, 0.97)
        pen.curve([(x, y), (x + 0.05, y - 0.01), (x + 0.1, y)], 0.006, (204, 216, 236))


def _moon(pen: Pen, luck: Luck) -> None:
    x, y = luck.between(0.15, 0.85), luck.between(0.14, 0.24)
    pen.oval(x, y, 0.1, 0.1, (66, 132, 206))
    pen.blob([(x - 0.07, y - 0.03), (x - 0.02, y - 0.07), (x + 0.02, y - 0.02), (x - 0.03, y + 0.02)], (92,
        168, 92), line=False)
    pen.blob([(x + 0.01, y + 0.03), (x + 0.06, y), (x + 0.07, y + 0.04), (x + 0.02, y + 0.07)], (92, 168,
        92), line=False)
    pen.blob([(-0.2, 0.7), (0.15, 0.64), (0.5, 0.68), (0.85, 0.63), (1.2, 0.7), (1.2, 1.2), (-0.2, 1.2)],
        (168, 168, 178))
    for _ in range(9):
        x, y = luck.between(0, 1), luck.between(0.72, 0.97)
        size = luck.between(0.02, 0.06) * (y - 0.4) * 1.8
        pen.oval(x, y, size, size * 0.42, (132, 132, 144))
        pen.oval(x, y + size * 0.1, size * 0.8, size * 0.28, (148, 148, 160), line=False)


def _room(pen: Pen, wall: Colour, window: tuple[float, float, float, float]) -> None:
    """A wall with a hole where the sky shows, and a frame around it."""
    left, top, right, bottom = window
    for box in ((-0.1, -0.1, 1.1, top), (-0.1, bottom, 1.1, 1.1), (-0.1, top, left, bottom), (right, top,
        1.1, bottom)):
        pen.box(*box, wall, line=False)
    middle, frame = (left + right) / 2, (250, 246, 236)
    for points in ([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], [(middle,
        top), (middle, bottom)], [(left, (top + bottom) / 2), (right, (top + bottom) / 2)]):
        pen.stroke(points, 0.018, frame)
    pen.box(left - 0.03, bottom, right + 0.03, bottom + 0.03, frame)


def _kitchen(pen: Pen, luck: Luck) -> None:
    left = luck.between(0.12, 0.4)
    _room(pen, ((250, 228, 178), (206, 226, 204), (244, 206, 190))[luck.choice(3)], (left, 0.1,
        left + 0.46, 0.5))
    far = left + 0.62 if left < 0.27 else left - 0.2
    for number in range(3):
        x = min(max(far, 0.1), 0.86) + 0.06 * (number - 1)
        pen.stroke([(x, 0.12), (x, 0.2)], 0.008, GREY)
        pen.oval(x, 0.24, 0.027, 0.045, ((190, 110, 70), STEEL, (90, 96, 108))[number])
    pen.stroke([(min(max(far, 0.1), 0.86) - 0.1, 0.12), (min(max(far, 0.1), 0.86) + 0.1, 0.12)], 0.012, WOOD)
    for number in range(10):
        pen.box(number * 0.1, 0.56, number * 0.1 + 0.1, 0.66, (242, 244, 244) if number % 2 else (150, 190,
            204), line=False)
        pen.box(number * 0.1, 0.66, number * 0.1 + 0.1, 0.74, (150, 190, 204) if number % 2 else (242, 244,
            244), line=False)
    pen.box(-0.1, 0.74, 1.1, 0.8, (214, 208, 200))
    pen.box(-0.1, 0.8, 1.1, 1.1, (176, 122, 78))
    for x in (0.25, 0.5, 0.75):
        pen.stroke([(x, 0.8), (x, 1.05)], 0.008, (130, 84, 50))
        pen.oval(x - 0.04, 0.87, 0.01, 0.01, CREAM)
    if luck.chance(0.5):
        pen.box(0.02, 0.6, 0.14, 0.74, STEEL)
    else:
        for number, colour in enumerate((RED, YELLOW, BLUE)):
            pen.box(0.84 + number * 0.05, 0.66, 0.88 + number * 0.05, 0.745, colour)


def _library(pen: Pen, luck: Luck) -> None:
    _room(pen, (122, 78, 52), (0.34, 0.06, 0.66, 0.56))
    for left, right in ((-0.02, 0.29), (0.71, 1.02)):
        _shelves(pen, luck, left, right)
    pen.box(-0.1, 0.74, 1.1, 1.1, (150, 98, 60))
    for y in (0.8, 0.88, 0.97):
        pen.stroke([(-0.1, y), (1.1, y)], 0.005, (116, 72, 42))
    pen.oval(0.5, 0.92, 0.44, 0.1, (150, 50, 56))
    pen.oval(0.5, 0.92, 0.38, 0.075, (196, 120, 90), line=False)


def _shelves(pen: Pen, luck: Luck, left: float, right: float) -> None:
    pen.box(left, 0.02, right, 0.76, (92, 56, 36))
    books = (RED, BLUE, (70, 130, 90), YELLOW, (150, 100, 170), ORANGE, CREAM, TAN)
    for top in (0.05, 0.23, 0.41, 0.59):
        pen.box(left + 0.015, top, right - 0.015, top + 0.15, (58, 34, 24), line=False)
        x = left + 0.02
        while x < right - 0.05:
            wide, tall = luck.between(0.018, 0.036), luck.between(0.09, 0.135)
            colour = shaded(books[luck.choice(len(books))], 0.85)
            pen.box(x, top + 0.15 - tall, x + wide, top + 0.15, colour)
            x += wide + 0.002


SETTINGS: Mapping[str, Callable[[Pen, Luck], None]] = {
    "beach": _beach,
    "forest": _forest,
    "city": _city,
    "kitchen": _kitchen,
    "desert": _desert,
    "snowy field": _snowy_field,
    "moon": _moon,
    "library": _library,
}
"""Level of setting -> what draws it."""
