"""Scorers that ask no model: statistics of a picture's pixels."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from ..image_statistics import statistic
from .base import check_sources, score_each

if TYPE_CHECKING:
    from ..store import EmbeddingStore
    from .base import Source

SMALLEST = 16
"""Pixels that the short side must have; the blur of a smaller picture is not defined."""


class ImageStatistic:
    """One of ``image_statistics.STATISTICS`` as a scorer.

    Args:
        name: such as ``"colourfulness"``.

    Example:
        >>> from PIL import Image
        >>> ImageStatistic("brightness").score([Image.new("RGB", (32, 32), "white"), b"no picture"])
        array([ 1., nan])
    """

    def __init__(self, name: str):
        self.name = name
        self.revision = f"1, scikit-image {version('scikit-image')}"

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """Measures pictures: float64, shape (n,); NaN for one that is no picture or under 16 pixels."""
        check_sources(self.name, pictures, prompts)
        return score_each(pictures, partial(statistic, name=self.name), smallest=SMALLEST)
