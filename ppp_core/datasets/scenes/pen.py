"""A pen that draws shapes in units of the thing drawn, wherever and however large that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]

WHITE, CREAM, BLACK = (250, 249, 245), (246, 232, 200), (38, 36, 44)
RED, PINK, ORANGE, YELLOW = (214, 58, 52), (240, 150, 160), (240, 150, 50), (250, 208, 74)
GREEN, LEAF, BLUE, GLASS = (76, 160, 80), (58, 128, 66), (70, 130, 205), (190, 224, 242)
WOOD, TAN, GREY, STEEL = (134, 88, 54), (206, 160, 110), (128, 130, 138), (186, 190, 198)

_STEPS = 6
_FEW, _THICK = 12, 7


@dataclass(frozen=True)
class Coat:
    """The colours of a thing: ``main`` and a darker and a lighter one of its kind."""

    main: Colour
    dark: Colour
    light: Colour


@dataclass(frozen=True)
class Outline:
    """The line around shapes.

    Attributes:
        width: in pixels of the canvas; 0 for none.
        ink: its colour; None for a dark shade of the shape's own.
    """

    width: float = 0.0
    ink: Colour | None = None


@dataclass(frozen=True)
class Mark:
    """One shape or line of a recording.

    Attributes:
        start, stop: its points, counted in coordinates.
        fill: its colour, or the name of one of the coat's.
        line: whether there is a line around it.
        width: of a line, in units; None for a filled shape.
    """

    start: int
    stop: int
    fill: str | Colour
    line: bool
    width: float | None


@dataclass(frozen=True)
class Recording:
    """Shapes and lines that can be drawn again and again, wherever and however large.

    Attributes:
        points: of all of them, float64 of shape (n, 2), in units.
        marks: in the order in which they are drawn.
    """

    points: np.ndarray
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Pen:
    """Draws on a canvas in units of a thing: x and y from -1 to 1, y downwards, the ground at 1.

    Attributes:
        canvas: what is drawn on.
        x, y: where the thing's centre is, in pixels.
        unit: pixels of one unit.
        coat: the thing's colours.
        outline: the line around its shapes.
        mirror: whether it faces the other way.
        tilt: sine of its angle.
        kind: 0, 1 or 2: which of its patterns it has.
        shine: the light on it, which all its colours are multiplied with; None for white.
        only: one colour in place of all; None for each its own.
    """

    canvas: ImageDraw
    x: float
    y: float
    unit: float
    coat: Coat = field(default_factory=lambda: coat_of(GREY))
    outline: Outline = field(default_factory=Outline)
    mirror: bool = False
    tilt: float = 0.0
    kind: int = 0
    shine: tuple[float, float, float] | None = None
    only: Colour | None = None

    def shape(self, points: Points, fill: str | Colour = "main", *, line: bool = True) -> None:
        """A polygon with straight sides."""
        self._fill(np.asarray(points, dtype=np.float64), fill, line)

    def blob(self, points: Points, fill: str | Colour = "main", *, line: bool = True) -> None:
        """A smooth closed curve through the points."""
        self._fill(_smooth(tuple(points)), fill, line)

    def oval(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | Colour = "main",
        *,
        line: bool = True,
    ) -> None:
        """An ellipse, by its centre and half its width and height."""
        self._fill(_circle(_corners(width * self.unit)) * (width, height) + (x, y), fill, line)

    def wedge(
        self, x: float, y: float, radius: float, start: float, end: float, fill: str | Colour = "main"
    ) -> None:
        """A part of a disc, between two shares of a turn, from the right clockwise."""
        turns = np.linspace(start, end, 24) * 2 * np.pi
        rim = np.stack([np.cos(turns), np.sin(turns)], axis=1) * radius + (x, y)
        self._fill(np.concatenate([rim, [(x, y)]]) if end - start < 0.999 else rim, fill, True)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: str | Colour = "main", *, line=True
    ) -> None:
        """A rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], fill, line=line)

    def stroke(self, points: Points, width: float, fill: str | Colour = "main") -> None:
        """A line through the points, of a width in units."""
        self._stroke(np.asarray(points, dtype=np.float64), width, fill)

    def curve(self, points: Points, width: float, fill: str | Colour = "main") -> None:
        """A smooth line through the points, of a width in units."""
        self._stroke(_smooth_line(tuple(points)), width, fill)

    def eyes(self, x: float, y: float, apart: float, size: float) -> None:
        """Two round eyes at both sides of a place."""
        for side in (-1, 1):
            self.eye(x + side * apart, y, size)

    def eye(self, x: float, y: float, size: float) -> None:
        """One round eye with a light in it."""
        self.oval(x, y, size, size * 1.1, BLACK, line=False)
        self.oval(x + size * 0.3, y - size * 0.4, size * 0.35, size * 0.35, WHITE, line=False)

    def colour(self, fill: str | Colour) -> Colour:
        """The colour of a name of the coat's, or as it is, in the light."""
        if self.only is not None:
            return self.only
        colour = getattr(self.coat, fill) if isinstance(fill, str) else fill
        if self.shine is None:
            return colour
        red, green, blue = (round(part * share) for part, share in zip(colour, self.shine, strict=True))
        return red, green, blue

    def replay(self, recording: Recording, *, rim: bool = False) -> None:
        """Draws what was recorded; for a rim, only the shapes that have a line around them."""
        placed = self.placed(recording.points)
        for mark in recording.marks:
            if mark.line or not rim:
                self._mark(placed[mark.start : mark.stop], mark)

    def _fill(self, points: np.ndarray, fill: str | Colour, line: bool) -> None:
        self._mark(self.placed(points), Mark(0, 0, fill, line, None))

    def _stroke(self, points: np.ndarray, width: float, fill: str | Colour) -> None:
        self._mark(self.placed(points), Mark(0, 0, fill, True, width))

    def _mark(self, placed: list[float], mark: Mark) -> None:
        colour = self.colour(mark.fill)
        ink = shaded(colour, 0.55) if self.outline.ink is None else self.outline.ink
        if mark.width is None:
            self.canvas.polygon(placed, fill=colour)
            if mark.line and self.outline.width:
                self.canvas.line([*placed, *placed[:4]], fill=ink, width=max(1, round(self.outline.width)))
            return
        thick = max(1, round(mark.width * self.unit))
        if self.outline.width:
            self._line(placed, ink, thick + 2 * round(self.outline.width * 0.75))
        if self.only is None:
            self._line(placed, colour, thick)

    def _line(self, placed: list[float], colour: Colour, thick: int) -> None:
        self.canvas.line(placed, fill=colour, width=thick)
        half = thick / 2 - 0.5
        if half > 1:  # round ends; and round corners, but where a thin curve shows none
            every = len(placed) <= _FEW or thick > _THICK
            corners = range(0, len(placed), 2 if every else len(placed) - 2)
            for place in corners:
                x, y = placed[place : place + 2]
                self.canvas.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    def placed(self, points: Points | np.ndarray) -> list[float]:
        """Pixels, as x, y, x, y …"""
        points = np.asarray(points, dtype=np.float64)
        x, y = points[:, 0], points[:, 1]
        if self.tilt:
            along = (1 - self.tilt**2) ** 0.5
            x, y = x * along - y * self.tilt, x * self.tilt + y * along
        placed = np.empty(2 * len(points))
        placed[0::2] = self.x + (-x if self.mirror else x) * self.unit
        placed[1::2] = self.y + y * self.unit
        return placed.tolist()


def rim_of(colour: Colour) -> Colour:
    """What sets a thing off from all that is behind it: dark around light, light around dark."""
    light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return shaded(colour, 0.45) if light > 205 else mixed(colour, WHITE, 0.85)


def coat_of(colour: Colour) -> Coat:
    """A colour with its darker and its lighter kind."""
    return Coat(colour, shaded(colour, 0.74), mixed(colour, WHITE, 0.45))


def shaded(colour: Colour, share: float) -> Colour:
    """A colour, darker: each channel times a share."""
    red, green, blue = colour
    return round(red * share), round(green * share), round(blue * share)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: ``share`` of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


COATS: Mapping[str, Colour] = {
    "red": (208, 48, 46),
    "orange": (238, 134, 40),
    "yellow": (246, 204, 60),
    "green": (86, 164, 76),
    "blue": (58, 116, 204),
    "purple": (136, 82, 176),
    "pink": (242, 146, 178),
    "brown": (140, 92, 58),
    "black": (62, 60, 68),
    "white": (244, 242, 238),
}


def _corners(radius: float) -> int:
    return 12 if radius < 4 else 20 if radius < 14 else 36


@cache
def _circle(n: int) -> np.ndarray:
    """Corners of a circle of radius 1, shape (n, 2)."""
    turns = np.arange(n) * (2 * np.pi / n)
    return np.stack([np.cos(turns), np.sin(turns)], axis=1)


@cache
def _smooth(points: tuple[tuple[float, float], ...]) -> np.ndarray:
    """A closed Catmull-Rom curve through the points, shape (n * steps, 2)."""
    knots = np.asarray(points, dtype=np.float64)
    return _curve(np.roll(knots, 1, axis=0), knots, np.roll(knots, -1, axis=0), np.roll(knots, -2, axis=0))


@cache
def _smooth_line(points: tuple[tuple[float, float], ...]) -> np.ndarray:
    """An open one, that ends with the last point."""
    knots = np.asarray([points[0], *points, points[-1]], dtype=np.float64)
    between = _curve(knots[:-3], knots[1:-2], knots[2:-1], knots[3:])
    return np.concatenate([between, knots[-1:]])


def _curve(before: np.ndarray, start: np.ndarray, end: np.ndarray, after: np.ndarray) -> np.ndarray:
    share = (np.arange(_STEPS) / _STEPS)[None, :, None]
    before, start, end, after = (part[:, None, :] for part in (before, start, end, after))
    curve = start + 0.5 * share * (
        end
        - before
        + share * (2 * before - 5 * start + 4 * end - after + share * (3 * (start - end) + after - before))
    )
    return curve.reshape(-1, 2)
