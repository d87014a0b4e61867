"""Where a picture draws the eye, by its spectral residual: what SAMP-Net is given beside the picture.

Reference:
    Hou and Zhang (2007), Saliency Detection: A Spectral Residual Approach, CVPR. Scales, blurs and the cut at
    a quantile are those that SAMP-Net's authors publish; they use OpenCV, whose rounding is followed here.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

SHRUNK = 6
"""The map is computed on a picture so many times smaller, so each side must have so many pixels."""

_GREY = (9798, 19235, 3735)  # red, green, blue, in 1/32768
_BLUR_SIGMA, _BLUR_RADIUS = 2.5, 4
_QUANTILE = 0.95


def spectral_residual(image: "Image.Image", *, side: int) -> np.ndarray:
    """How much each place stands out: float32, shape (side, side), 0 to 1.

    Args:
        image: mode RGB, at least `SHRUNK` pixels on each side.
        side: of the square that the map is stretched to.

    Example:
        >>> from PIL import Image
        >>> image = Image.new("RGB", (96, 96), "white")
        >>> image.paste("black", (60, 60, 72, 72))
        >>> found = spectral_residual(image, side=8)
        >>> found.shape, (found[5, 5] > found[1, 1]).item()
        ((8, 8), True)
    """
    from scipy.ndimage import correlate1d, uniform_filter

    grey = _shrunk(_grey(np.asarray(image.convert("RGB"))))
    spectrum = np.fft.fft2(grey)
    amplitude = np.log(np.abs(spectrum) + 1e-6)
    residual = amplitude - uniform_filter(amplitude, 3, mode="mirror")
    found = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    steps = np.arange(-_BLUR_RADIUS, _BLUR_RADIUS + 1)
    kernel = np.exp(-(steps**2) / (2 * _BLUR_SIGMA**2))
    for axis in (0, 1):
        found = correlate1d(found, kernel / kernel.sum(), axis=axis, mode="mirror")
    found = _stretched(_stretched(found, side).T, side).T
    most = np.quantile(found, _QUANTILE)
    if most > 0:
        found = np.minimum(found, most)
        found = (found - found.min()) / most
    return found.astype(np.float32)


def _grey(pixels: np.ndarray) -> np.ndarray:
    """Luminance of 8-bit pixels, (height, width, 3), rounded to 8 bits."""
    return (pixels.astype(np.int64) @ np.array(_GREY) + (1 << 14)) >> 15


def _shrunk(grey: np.ndarray) -> np.ndarray:
    """A sixth of the size, each value the mean of the area it stands for, rounded to 8 bits."""
    rows, columns = (size // SHRUNK for size in grey.shape)
    means = _area_means(_area_means(grey, rows).T, columns).T
    return np.clip(np.rint(means), 0, 255)


def _area_means(values: np.ndarray, wanted: int) -> np.ndarray:
    """Means over so many equal stretches of the rows, which may begin and end within one."""
    size = len(values)
    totals = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    edges = np.arange(wanted + 1) * size / wanted
    whole = np.minimum(np.floor(edges).astype(int), size - 1)
    at = totals[whole] + (edges - whole)[:, None] * (totals[whole + 1] - totals[whole])
    return np.diff(at, axis=0) / (size / wanted)


def _stretched(values: np.ndarray, wanted: int) -> np.ndarray:
    """So many rows, linearly between the centres of those that are there."""
    size = len(values)
    places = np.clip((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0, size - 1)
    low = np.floor(places).astype(int)
    high, share = np.minimum(low + 1, size - 1), (places - low)[:, None]
    return (1 - share) * values[low] + share * values[high]
