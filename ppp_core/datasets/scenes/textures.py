"""Patterns that styles and painters lay over a picture: made once for each size."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .draws import uniform

if TYPE_CHECKING:
    from PIL.Image import Image

VARIANTS = 4
"""How many of each pattern there are."""

_N_CELLS = 90


@cache
def grain(side: int, variant: int) -> Image:
    """Fine paper tooth, RGB, to multiply with."""
    fine = uniform(101, variant, np.arange(side)[:, None], np.arange(side))
    levels = np.where(fine < 0.3, 234, 255)
    return _rgb(levels)


@cache
def pigment(side: int, variant: int) -> Image:
    """Soft clouds of thicker and thinner paint, RGB, to multiply with."""
    return _rgb(205 + 50 * _clouds(side, 8, 102, variant))


@cache
def wobble(side: int, variant: int) -> np.ndarray:
    """Where each pixel is taken from, positions in the flattened picture, int64 of shape (side * side,)."""
    reach = side / 75
    across = (_clouds(side, 14, 103, variant) - 0.5) * 2 * reach
    down = (_clouds(side, 14, 104, variant) - 0.5) * 2 * reach
    y, x = np.mgrid[0:side, 0:side]
    rows = np.clip((y + down).round().astype(np.int64), 0, side - 1)
    return (rows * side + np.clip((x + across).round().astype(np.int64), 0, side - 1)).ravel()


@cache
def margin(side: int, variant: int) -> Image:
    """An uneven edge that paint does not reach, mode L: 255 where there is paint."""
    y, x = np.mgrid[0:side, 0:side] / side
    inside = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) + 0.05 * (
        _clouds(side, 16, 105, variant) - 0.5
    )
    return _grey(np.clip((inside - 0.035) / 0.02, 0, 1) * 255)


@cache
def engraving(side: int, variant: int) -> np.ndarray:
    """How dark a pixel must be to become ink, 0 to 255: wavy lines, float64 of shape (side, side)."""
    y, x = np.mgrid[0:side, 0:side] / side
    wave = y * 30 + 0.5 * np.sin(x * 7 + variant) + _clouds(side, 5, 106, variant)
    return 20 + 125 * np.abs(2 * (wave % 1) - 1)


@cache
def hatching(side: int, variant: int) -> np.ndarray:
    """Slanted pencil lines, 0 to 255, float64 of shape (side, side)."""
    y, x = np.mgrid[0:side, 0:side] / side
    slant = (x + y) * 34 + 0.6 * _clouds(side, 12, 107, variant)
    return 120 * np.abs(2 * (slant % 1) - 1)


@cache
def panes(side: int, variant: int) -> np.ndarray:
    """Which pane of glass each pixel belongs to, int64 of shape (side, side)."""
    places = uniform(108, variant, np.arange(_N_CELLS)[:, None], np.arange(2))
    y, x = np.mgrid[0:side, 0:side] / side
    far = (x[..., None] - places[:, 0]) ** 2 + (y[..., None] - places[:, 1]) ** 2
    return far.argmin(axis=-1)


@cache
def leads(side: int, variant: int) -> Image:
    """The lead between panes, mode L: 255 where there is lead."""
    from PIL import Image

    small = panes(side // 2, variant)
    edge = np.zeros(small.shape, dtype=bool)
    edge[:, 1:] |= small[:, 1:] != small[:, :-1]
    edge[1:] |= small[1:] != small[:-1]
    return _grey(edge * 255.0).resize((side, side), Image.Resampling.NEAREST)


@cache
def glow(side: int, variant: int) -> Image:
    """Panes of different brightness, RGB, to multiply with."""
    bright = 196 + 59 * uniform(109, variant, np.arange(_N_CELLS))
    return _rgb(bright[panes(side, variant)])


def _clouds(side: int, cells: int, *address: int) -> np.ndarray:
    """Smooth random numbers from 0 to 1, shape (side, side)."""
    from PIL import Image

    coarse = uniform(*address, np.arange(cells)[:, None], np.arange(cells))
    small = Image.fromarray((255 * coarse).round().astype(np.uint8))
    return np.asarray(small.resize((side, side), Image.Resampling.BICUBIC)) / 255


def _grey(values: np.ndarray) -> Image:
    from PIL import Image

    return Image.fromarray(values.round().astype(np.uint8))


def _rgb(values: np.ndarray) -> Image:
    return _grey(values).convert("RGB")
