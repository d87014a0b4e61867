"""The styles, and the two painters' hands: from a plain picture to a finished one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from . import textures
from .pen import Outline

if TYPE_CHECKING:
    from PIL.Image import Image

_N_PIXELS = 64
"""Pixels across in pixel art, however large the picture."""

_LIFTED = [round(255 * (value / 255) ** 0.6) for value in range(256)]
"""Grey levels, brighter in the dark, for a pencil cannot go very dark."""

_INK, _LEAD, _PENCIL = (34, 26, 26), (20, 18, 24), (70, 70, 78)

OUTLINES: Mapping[str, Outline] = {
    "flat": Outline(),
    "woodcut": Outline(0.007, _INK),
    "watercolour": Outline(0.003),
    "sketch": Outline(0.005, _PENCIL),
    "pixel art": Outline(0.008),
    "stained glass": Outline(0.011, _LEAD),
}
"""Style -> the line around shapes, its width as a share of the picture."""


def styled(image: Image, style: str, variant: int) -> Image:
    """The picture in a style; ``variant``, 0 to 3, is which of its patterns is used."""
    return STYLES[style](image, variant)


def painted(image: Image, painter: str, variant: int) -> Image:
    """The picture from a painter's hand: ``smooth`` leaves it, ``grain`` works on rough paper."""
    from PIL import ImageChops

    return image if painter == "smooth" else ImageChops.multiply(image, textures.grain(image.width, variant))


def _flat(image: Image, variant: int) -> Image:
    return image


def _woodcut(image: Image, variant: int) -> Image:
    from PIL import Image, ImageOps

    side = image.width
    even = np.asarray(ImageOps.autocontrast(image.convert("L"), cutoff=1)) / 255
    paper = np.asarray(ImageOps.posterize(image, 3), dtype=np.float64)
    tinted = 0.62 * paper + 0.38 * np.array((255, 240, 206))
    cut = 255 * np.sqrt(even) < textures.engraving(side, variant)
    return Image.fromarray(np.where(cut[..., None], np.array(_INK), tinted).astype(np.uint8))


def _watercolour(image: Image, variant: int) -> Image:
    from PIL import Image, ImageChops, ImageFilter

    side = image.width
    moved = np.asarray(image).reshape(-1, 3)[textures.wobble(side, variant)].reshape(side, side, 3)
    wet = Image.fromarray(moved).filter(ImageFilter.BoxBlur(side / 160))
    soft = wet.filter(ImageFilter.BoxBlur(side / 40))
    edges = ImageChops.subtract(wet, soft, scale=2.0, offset=128)  # paint gathers at the edges of a stain
    gathered = ImageChops.add(wet, edges, scale=1.0, offset=-128)
    paint = Image.blend(gathered, Image.new("RGB", image.size, (255, 253, 246)), 0.24)
    paint = ImageChops.multiply(paint, textures.pigment(side, variant))
    paper = Image.new("RGB", image.size, (253, 250, 242))
    return Image.composite(paint, paper, textures.margin(side, variant))


def _sketch(image: Image, variant: int) -> Image:
    from PIL import Image, ImageFilter, ImageOps

    side = image.width
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=1).point(_LIFTED)
    around = np.asarray(grey.filter(ImageFilter.GaussianBlur(side / 70)), dtype=np.float64)
    flat = np.asarray(grey, dtype=np.float64)
    lines = np.clip(flat * 255 / (around + 1), 0, 255)
    shade = np.where(flat < textures.hatching(side, variant), 0.8, 1.0)
    pencil = np.clip((lines - 150) * 2.4, 40, 255) * shade
    wash = 0.28 * np.asarray(image) + 0.72 * 250
    return Image.fromarray((wash * (0.2 + 0.8 * pencil[..., None] / 255)).astype(np.uint8))


def _pixel_art(image: Image, variant: int) -> Image:
    from PIL import Image, ImageOps

    small = image.resize((_N_PIXELS, _N_PIXELS), Image.Resampling.BOX)
    return ImageOps.posterize(small, 4).resize(image.size, Image.Resampling.NEAREST)


def _stained_glass(image: Image, variant: int) -> Image:
    from PIL import ImageChops, ImageEnhance

    strong = ImageEnhance.Color(image).enhance(1.5)
    return ImageChops.multiply(strong, textures.glow(image.width, variant))


STYLES = {
    "flat": _flat,
    "woodcut": _woodcut,
    "watercolour": _watercolour,
    "sketch": _sketch,
    "pixel art": _pixel_art,
    "stained glass": _stained_glass,
}
"""Level of style -> what makes a picture of it."""
