"""From a picture to the numbers that a network takes: one square in the middle, resized and scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError

if TYPE_CHECKING:
    from PIL import Image

_LONGEST = 8  # times the short side: what is longer is a strip


@dataclass(frozen=True)
class Preprocessing:
    """Short side to a size, bicubic with smoothing, the square in the middle, values scaled.

    Attributes:
        short: pixels of the short side after resizing.
        side: pixels of the square that is taken from the middle.
        mean, deviation: of the values from 0 to 1 that become 0 and 1 deviation.
    """

    short: int
    side: int
    mean: float
    deviation: float

    def __str__(self) -> str:
        return (
            f"short side to {self.short} pixels (bicubic, smoothed), the {self.side} × {self.side} in the "
            f"middle, values from 0 to 1 less {self.mean:g}, divided by {self.deviation:g}"
        )

    def pixels(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """float32, shape (n, 3, side, side), channels red, green, blue.

        Example:
            >>> from PIL import Image
            >>> pixels = Preprocessing(4, 4, 0.5, 0.5).pixels([Image.new("RGB", (9, 5), (255, 0, 255))])
            >>> pixels.shape, pixels[0, :, 0, 0].tolist()
            ((1, 3, 4, 4), [1.0, -1.0, 1.0])
        """
        found = np.empty((len(pictures), 3, self.side, self.side), np.float32)
        for row, picture in enumerate(pictures):
            found[row] = np.asarray(self._square(picture)).transpose(2, 0, 1)
        # (value / 255 - mean) / deviation, in place
        found *= 1 / (255 * self.deviation)
        found -= self.mean / self.deviation
        return found

    def _square(self, picture: "Image.Image") -> "Image.Image":
        """What torchvision's Resize and CenterCrop do: the long side cut down, the middle rounded."""
        from PIL import Image

        width, height = picture.size
        long = int(self.short * max(width, height) / min(width, height))
        sizes = (self.short, long) if width <= height else (long, self.short)
        left, top = (round((size - self.side) / 2) for size in sizes)
        square = (left, top, left + self.side, top + self.side)
        if long <= _LONGEST * self.short:
            return picture.resize(sizes, Image.Resampling.BICUBIC).crop(square)
        # a strip: the middle alone is resized, or one of a million pixels would become a giant
        across, down = width / sizes[0], height / sizes[1]
        box = (square[0] * across, square[1] * down, square[2] * across, square[3] * down)
        return picture.resize((self.side, self.side), Image.Resampling.BICUBIC, box=box)


def middle_of_strip(picture: "Image.Image") -> "Image.Image":
    """A picture that is no strip as it is; of a strip, the middle that is eight times as long as it is wide.

    For preparations that resize by the short side and then take the square in the middle: what is cut off
    here they never show, but would resize first, to gigabytes for a strip of a pixel's width.

    Example:
        >>> from PIL import Image
        >>> [middle_of_strip(Image.new("RGB", size)).size for size in ((100_000, 4), (9, 4))]
        [(32, 4), (9, 4)]
    """
    width, height = picture.size
    short = min(width, height)
    if max(width, height) <= _LONGEST * short:
        return picture
    across, down = min(width, _LONGEST * short), min(height, _LONGEST * short)
    left, top = (width - across) // 2, (height - down) // 2
    return picture.crop((left, top, left + across, top + down))


def readable_pictures(pictures: "Sequence[Image.Image]") -> "list[Image.Image]":
    """The pictures in mode RGB, as every image encoder needs them.

    Raises:
        PPPError: on no pictures, a single picture instead of a list, or values that are no pictures.

    Example:
        >>> readable_pictures([])
        Traceback (most recent call last):
        ppp_core.errors.PPPError: An image encoder needs at least one picture, got none.
    """
    from PIL import Image

    if isinstance(pictures, Image.Image):
        raise PPPError("An image encoder needs a list of pictures, got one picture. Put it in a list.")
    if len(pictures) == 0:
        raise PPPError("An image encoder needs at least one picture, got none.")
    for number, picture in enumerate(pictures, start=1):
        if not isinstance(picture, Image.Image):
            raise PPPError(
                f"Picture {number} must be a picture of Pillow's, got {type(picture).__name__}. "
                "Read files with read_picture."
            )
    return [picture if picture.mode == "RGB" else _read(picture) for picture in pictures]


def _read(picture: "Image.Image") -> "Image.Image":
    from .pictures import read_picture

    return read_picture(picture).image
