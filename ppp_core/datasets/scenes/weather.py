"""What falls and drifts in front: rain, snow, fog, storm."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .pen import WHITE
from .stage import Stage

if TYPE_CHECKING:
    from PIL.Image import Image

_FOG = (222, 224, 226)


def draw_weather(stage: Stage) -> None:
    """Draws what falls, on the canvas."""
    weather = stage.scene.weather
    if weather == "rain":
        _rain(stage, 90, lean=0.02)
    elif weather == "storm":
        _bolt(stage)
        _rain(stage, 140, lean=0.07)
    elif weather == "snow":
        _snow(stage)
    elif weather == "fog":
        stage.image.paste(_FOG, (0, 0), _drift(stage.side))


def veiled(image: Image, weather: str) -> Image:
    """The picture, behind fog where there is fog."""
    if weather != "fog":
        return image
    from PIL import Image

    return Image.composite(Image.new("RGB", image.size, _FOG), image, _fog_mask(image.width))


def _rain(stage: Stage, n: int, *, lean: float) -> None:
    luck, draw, side = stage.luck(20), stage.pen.canvas, stage.side
    for number in range(n):
        x, y, long = luck.between(0, 1.1), luck.between(-0.05, 1), luck.between(0.04, 0.09)
        ends = (x * side, y * side, (x - lean * long / 0.06) * side, (y + long) * side)
        draw.line(ends, fill=(196, 216, 236) if number % 2 else (150, 178, 208), width=max(1, side // 160))


def _bolt(stage: Stage) -> None:
    luck = stage.luck(21)
    x = luck.between(0.15, 0.85)
    side = 1 if luck.chance(0.5) else -1
    bend = (
        (0.02, 0.06),
        (-0.03, 0.26),
        (0.015, 0.26),
        (-0.05, 0.5),
        (0.06, 0.21),
        (0.02, 0.21),
        (0.07, 0.06),
    )
    stage.pen.shape([(x + side * across, down) for across, down in bend], (255, 240, 140))


def _snow(stage: Stage) -> None:
    luck = stage.luck(22)
    for _ in range(110):
        x, y, size = luck.between(0, 1), luck.between(0, 1), luck.between(0.004, 0.012)
        stage.dot(x, y, size, WHITE)


@cache
def _drift(side: int) -> Image:
    """Thin fog before the subjects, in two layers."""
    from PIL import Image

    height = np.arange(side) / side
    layers = np.exp(-(((height - 0.84) / 0.05) ** 2)) + 0.7 * np.exp(-(((height - 0.66) / 0.04) ** 2))
    column = Image.fromarray((255 * (0.04 + 0.22 * layers)).round().astype(np.uint8)[:, None])
    return column.resize((side, side), Image.Resampling.NEAREST)


@cache
def _fog_mask(side: int) -> Image:
    from PIL import Image

    height = np.arange(side) / side
    thick = 0.26 + 0.42 * np.exp(-(((height - 0.6) / 0.22) ** 2))
    column = Image.fromarray((255 * thick).round().astype(np.uint8)[:, None])
    return column.resize((side, side), Image.Resampling.NEAREST)
