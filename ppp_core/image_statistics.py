"""What can be measured of a picture without asking anyone: colourfulness, contrast, sharpness and more.

Higher is more of it, everywhere.

Reference:
    Hasler and Süsstrunk (2003), Measuring colourfulness in natural images, SPIE Human Vision and Electronic
    Imaging VIII. Crété-Roffet, Dolmiere, Ladret and Nicolas (2007), The blur effect, same series XII.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

_DECIMALS = 6


def statistics(image: Image) -> dict[str, float]:
    """Measures a picture.

    Args:
        image: RGB, 16 pixels across at least.

    Returns:
        colourfulness (0 for grey, at most 300), contrast (standard deviation of luminance, 0 to 0.5),
        sharpness (one less the blur effect, 0 to 1), entropy (of the grey levels, 0 to 8 bits) and
        brightness (mean luminance, 0 to 1), rounded to six digits.

    Example:
        >>> from PIL import Image
        >>> statistics(Image.new("RGB", (32, 32), (255, 255, 255)))["brightness"]
        1.0
    """
    return {name: round(statistic(image, name), _DECIMALS) for name in STATISTICS}


def statistic(image: Image, name: str) -> float:
    """One of ``STATISTICS``, not rounded; arguments as of `statistics`."""
    return float(STATISTICS[name](image))


def colourfulness(pixels: np.ndarray) -> float:
    """Hasler and Süsstrunk's third measure, from 8-bit sRGB of shape (height, width, 3).

    Example:
        >>> colourfulness(np.full((4, 4, 3), 90, dtype=np.uint8))
        0.0
    """
    red, green, blue = (pixels[..., channel].astype(np.float64) for channel in range(3))
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def _colourfulness(image: Image) -> float:
    return colourfulness(np.asarray(image))


def _contrast(image: Image) -> float:
    return _luminance(image).std()


def _sharpness(image: Image) -> float:
    from skimage.measure import blur_effect

    luminance = _luminance(image)
    return 1 - blur_effect(luminance) if luminance.min() < luminance.max() else 0.0


def _entropy(image: Image) -> float:
    from skimage.measure import shannon_entropy

    return shannon_entropy(np.asarray(image.convert("L")))


def _brightness(image: Image) -> float:
    return _luminance(image).mean()


def _luminance(image: Image) -> np.ndarray:
    return np.asarray(image.convert("L")) / 255


STATISTICS: dict[str, Callable[[Image], float]] = {
    "colourfulness": _colourfulness,
    "contrast": _contrast,
    "sharpness": _sharpness,
    "entropy": _entropy,
    "brightness": _brightness,
}
"""Name -> what measures it."""
