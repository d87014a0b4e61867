"""What a picture is drawn on, and the luck that decides what a scene leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .draws import uniform
from .pen import Colour, Outline, Pen
from .plan import Scene

if TYPE_CHECKING:
    from PIL.Image import Image

_N_LUCK = 1024


class Luck:
    """Random numbers of one scene, one after another.

    Args:
        variant: two scenes with the same variant have the same luck.
        purpose: numbers for another purpose are others, so that more trees move no cloud.
    """

    def __init__(self, variant: int, purpose: int):
        self._numbers = iter(uniform(variant, purpose, np.arange(_N_LUCK)).tolist())

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * next(self._numbers)

    def choice(self, n: int) -> int:
        """A whole number from 0 to n - 1."""
        return int(n * next(self._numbers))

    def chance(self, share: float) -> bool:
        """Whether something happens that does in such a share of scenes."""
        return next(self._numbers) < share


@dataclass(frozen=True)
class Stage:
    """A canvas with a scene to be drawn on it.

    Attributes:
        image: the canvas, square, mode RGB, larger than the picture.
        scene: what is to be drawn.
        pen: draws on the whole canvas, x and y from 0 to 1.
        outline: the line around all shapes.
    """

    image: Image
    scene: Scene
    pen: Pen
    outline: Outline = field(default_factory=Outline)

    def luck(self, purpose: int) -> Luck:
        """The scene's luck for a purpose."""
        return Luck(self.scene.variant, purpose)

    def dot(self, x: float, y: float, size: float, colour: Colour) -> None:
        """A small disc, by its middle and half its width, as shares of the canvas."""
        x, y, half = x * self.side, y * self.side, max(size * self.side, 0.8)
        self.pen.canvas.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    @property
    def side(self) -> int:
        """Pixels of the canvas, across and down."""
        return self.image.width


def stage_for(image: Image, scene: Scene, outline: Outline) -> Stage:
    """A stage on a canvas."""
    from PIL import ImageDraw

    pen = Pen(ImageDraw.Draw(image), 0.0, 0.0, image.width, outline=outline)
    return Stage(image, scene, pen, outline)
