"""The spectral residual, against plain loops and against what is known of a picture."""

import numpy as np
import pytest
from PIL import Image

from ppp_core.scorers.saliency import SHRUNK, _area_means, _grey, _stretched, spectral_residual


def test_grey_is_luminance_rounded():
    pixels = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]]], np.uint8)
    expected = [255, 76, 150, 29, round(0.299 * 10 + 0.587 * 20 + 0.114 * 30)]
    assert _grey(pixels).tolist() == [expected]


@pytest.mark.parametrize(("size", "wanted"), [(12, 2), (13, 2), (17, 3), (7, 7), (6, 1)])
def test_areas_are_means_of_what_they_cover(size, wanted):
    values = np.random.default_rng(0).random((size, 3))
    fine = 60  # each row as so many equal slices: an area is a whole number of them, or nearly
    slices = np.repeat(values, wanted * fine, axis=0)
    expected = slices.reshape(wanted, -1, 3).mean(axis=1)
    np.testing.assert_allclose(_area_means(values, wanted), expected, atol=1e-12)


@pytest.mark.parametrize(("size", "wanted"), [(3, 8), (50, 8), (1, 4)])
def test_stretching_is_linear_between_centres(size, wanted):
    values = np.random.default_rng(0).random((size, 2))
    centres = (np.arange(wanted) + 0.5) * size / wanted - 0.5
    expected = np.stack([np.interp(centres, np.arange(size), column) for column in values.T], axis=1)
    np.testing.assert_allclose(_stretched(values, wanted), expected, atol=1e-12)


def by_loops(image, side):
    """The published steps, with the blurs as sums over neighbours."""
    grey = np.asarray(image.convert("L"), float)
    rows, columns = (size // SHRUNK for size in grey.shape)
    small = np.rint(grey.reshape(rows, SHRUNK, columns, SHRUNK).mean(axis=(1, 3)))
    spectrum = np.fft.fft2(small)
    amplitude = np.log(np.abs(spectrum) + 1e-6)
    padded = np.pad(amplitude, 1, mode="reflect")
    around = sum(padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)) / 9
    found = np.abs(np.fft.ifft2(np.exp(amplitude - around) * np.exp(1j * np.angle(spectrum)))) ** 2
    kernel = np.array([np.exp(-(step**2) / 12.5) for step in range(-4, 5)])
    kernel = np.outer(kernel, kernel) / kernel.sum() ** 2
    padded = np.pad(found, 4, mode="reflect")
    found = sum(kernel[i, j] * padded[i : i + rows, j : j + columns] for i in range(9) for j in range(9))
    found = _stretched(_stretched(found, side).T, side).T
    most = np.quantile(found, 0.95)
    return (np.minimum(found, most) - found.min()) / most


def spotted(rows=16, columns=22, seed=1):
    """A noisy grey picture with a bright spot; each field of 6 × 6 pixels has one grey."""
    values = np.clip(120 + 10 * np.random.default_rng(seed).normal(size=(rows, columns)), 0, 255)
    values[5:8, 15:18] = 250
    large = np.repeat(np.repeat(values.astype(np.uint8), SHRUNK, axis=0), SHRUNK, axis=1)
    return Image.fromarray(large).convert("RGB")


def test_the_map_is_that_of_the_published_steps():
    found = spectral_residual(spotted(), side=40)
    assert (found.dtype, found.shape) == (np.float32, (40, 40))
    np.testing.assert_allclose(found, by_loops(spotted(), 40), atol=1e-5)
    assert found.min() == 0.0
    assert found.max() <= 1.0


def test_what_stands_out_stands_out():
    found = spectral_residual(spotted(), side=44)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert 5 * 44 / 16 - 3 <= row <= 8 * 44 / 16 + 3
    assert 15 * 2 - 3 <= column <= 18 * 2 + 3


@pytest.mark.parametrize("size", [(6, 6), (6, 5000), (7, 13), (6, 300_000)])
def test_small_pictures_and_strips_have_a_map(size):
    found = spectral_residual(Image.new("RGB", size, "red"), side=16)
    assert found.shape == (16, 16)
    assert np.isfinite(found).all()
