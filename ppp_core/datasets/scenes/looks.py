"""Light on the whole picture, and the palette of the whole picture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .pen import Colour

if TYPE_CHECKING:
    from PIL.Image import Image

_TINTS: dict[str, tuple[Colour, Colour]] = {
    "morning": ((255, 244, 214), (222, 226, 246)),
    "sunset": ((255, 190, 140), (226, 150, 156)),
    "night": ((116, 126, 198), (92, 104, 176)),
}
"""Light from the left and on the right; noon's is white."""

_SHINES = {
    "morning": (1.0, 0.98, 0.92),
    "sunset": (1.0, 0.9, 0.78),
    "night": (0.74, 0.78, 0.98),
    "spotlight": (1.0, 1.0, 0.95),
}
"""Light on subjects, which stand out from the dark so that they are seen."""

_GLOOM = {"rain": (216, 222, 232), "storm": (176, 180, 200)}
_BRIGHT, _DARK = (255, 250, 232), (70, 66, 92)

_LUMA = (0.299, 0.587, 0.114)
_MONOCHROMES = ((1.06, 0.98, 0.82), (0.84, 0.96, 1.1), (1.0, 1.0, 1.0), (0.86, 1.06, 0.9))


def shine_of(light: str, weather: str) -> tuple[float, float, float] | None:
    """What the colours of subjects are multiplied with; None for white light."""
    red, green, blue = _SHINES.get(light, (1.0, 1.0, 1.0))
    if weather == "storm":
        return 0.88 * red, 0.9 * green, 0.94 * blue
    return None if (red, green, blue) == (1.0, 1.0, 1.0) else (red, green, blue)


def lit(image: Image, light: str, weather: str, *, centre: float) -> Image:
    """The picture in its light.

    Args:
        image: RGB.
        light, weather: levels.
        centre: where a spotlight points, 0 (left) to 1.
    """
    from PIL import ImageChops

    if light == "noon" and weather not in _GLOOM:
        return image
    return ImageChops.multiply(image, _light(image.width, light, weather, round(centre, 1)))


def coloured(image: Image, palette: str, which: int) -> Image:
    """The picture in a palette; ``which``, 0 to 3, is the tone of a monochrome one."""
    return image.convert("RGB", _matrix(palette, which))


@cache
def _light(side: int, light: str, weather: str, centre: float) -> Image:
    """What falls on each pixel, RGB."""
    from PIL import Image

    if light == "spotlight":
        colours = _between(_DARK, _BRIGHT, _spotlight(side, centre))
    else:
        share = np.broadcast_to(np.arange(side) / (side - 1), (side, side))
        colours = _between(*_TINTS.get(light, ((255, 255, 255), (255, 255, 255))), share)
    colours = colours * np.array(_GLOOM.get(weather, (255, 255, 255))) / 255
    return Image.fromarray(colours.round().astype(np.uint8))


def _between(one: Colour, other: Colour, share: np.ndarray) -> np.ndarray:
    """Colours between two, float64 of shape (side, side, 3)."""
    return np.array(one) + (np.array(other) - np.array(one)) * share[..., None]


def _spotlight(side: int, centre: float) -> np.ndarray:
    """A cone from above and a pool of light: 1 where it is bright, 0 where dark, shape (side, side)."""
    y, x = np.mgrid[0:side, 0:side] / side
    pool = ((x - centre) / 0.4) ** 2 + ((y - 0.68) / 0.4) ** 2
    cone = np.abs(x - centre) / (0.06 + 0.34 * y)
    inside = np.clip((1.15 - pool) / 0.3, 0, 1)
    beam = np.clip((1.05 - cone) / 0.2, 0, 1) * 0.55 * (y < 0.75)
    return np.maximum(inside, beam)


@cache
def _matrix(palette: str, which: int) -> tuple[float, ...]:
    """Twelve numbers: what each channel takes of red, green, blue and one."""
    if palette == "monochrome":
        return tuple(
            part for tone in _MONOCHROMES[which] for part in (*(tone * share for share in _LUMA), 0.0)
        )
    saturation, scale, shift = {
        "warm": (1.0, (1.08, 0.96, 0.68), (14.0, 4.0, 0.0)),
        "cold": (0.95, (0.7, 0.96, 1.1), (0.0, 4.0, 18.0)),
        "pastel": (0.75, (0.58, 0.58, 0.58), (104.0, 104.0, 104.0)),
        "vivid": (1.75, (1.06, 1.06, 1.06), (-6.0, -6.0, -6.0)),
    }[palette]
    rows = []
    for channel in range(3):
        grey = [(1 - saturation) * share for share in _LUMA]
        grey[channel] += saturation
        rows += [*(scale[channel] * part for part in grey), shift[channel]]
    return tuple(rows)
