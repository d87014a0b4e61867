"""From a picture to a network's numbers, against torchvision's own transforms."""

import numpy as np
import pytest
from PIL import Image

from ppp_core.encoders.efficientnet_lite0 import PREPROCESSING
from ppp_core.encoders.picture_pixels import Preprocessing, readable_pictures
from ppp_core.errors import PPPError


def noise(width, height, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("preprocessing", [PREPROCESSING, Preprocessing(40, 36, 0.4, 0.25)])
@pytest.mark.parametrize(
    "size", [(256, 256), (300, 200), (37, 91), (255, 257), (40, 300), (1, 5), (640, 481)]
)
def test_pixels_are_those_of_torchvision(preprocessing, size):
    from torchvision import transforms

    plain = transforms.Compose(
        [
            transforms.Resize(preprocessing.short, transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(preprocessing.side),
            transforms.ToTensor(),
            transforms.Normalize([preprocessing.mean] * 3, [preprocessing.deviation] * 3),
        ]
    )
    picture = noise(*size)
    found = preprocessing.pixels([picture])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], plain(picture).numpy(), atol=1e-4)


@pytest.mark.parametrize("size", [(2, 40_000), (40_000, 2)])
def test_the_middle_of_a_strip_is_seen_without_a_giant(size, monkeypatch):
    """A strip would be 256 × 5,120,000 pixels, resized whole."""
    made = []
    resize = Image.Image.resize

    def counted(self, wanted, *arguments, **options):
        made.append(wanted)
        return resize(self, wanted, *arguments, **options)

    monkeypatch.setattr(Image.Image, "resize", counted)
    strip = Image.new("RGB", size, "black")
    strip.paste("white", (size[0] // 2 - 20, size[1] // 2 - 20, size[0] // 2 + 20, size[1] // 2 + 20))
    assert PREPROCESSING.pixels([strip]).min() == 1
    assert made == [(256, 256)]


def test_a_strip_is_seen_as_any_other_picture():
    waves = np.sin(np.arange(99)[:, None, None] / 5 + np.arange(11)[:, None] / 4 + np.arange(3))
    strip = Image.fromarray((127 + 100 * waves).astype(np.uint8))
    small = Preprocessing(16, 16, 0.5, 0.5)
    whole = np.asarray(strip.resize((16, 144), Image.Resampling.BICUBIC).crop((0, 64, 16, 80)))
    found = (small.pixels([strip])[0].transpose(1, 2, 0) + 1) * 127.5
    assert np.abs(found - whole).max() < 1.01  # Pillow rounds between its two passes, in either order


def test_preprocessing_is_told_in_words():
    assert str(PREPROCESSING) == (
        "short side to 256 pixels (bicubic, smoothed), the 256 × 256 in the middle, values from 0 to 1 "
        "less 0.5, divided by 0.5"
    )


def test_what_is_no_list_of_pictures_is_refused():
    with pytest.raises(PPPError, match="needs a list of pictures, got one picture"):
        readable_pictures(noise(2, 2))
    with pytest.raises(PPPError, match=r"Picture 2 must be a picture of Pillow's, got str. Read files with"):
        readable_pictures([noise(2, 2), "a.png"])
    assert [one.mode for one in readable_pictures([Image.new("LA", (2, 2))])] == ["RGB"]
