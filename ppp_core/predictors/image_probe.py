"""A kernel regression on a prompt with the pictures made from it."""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from ..errors import PPPError
from .base import Reads
from .picture_kernel import ROWS, PictureKernel, Shares, fit_kernel, solve
from .seen import Seen

N_ANCHORS = 4000
PENALTY, PROMPT_PENALTY = 0.1, 5.0
TEXT_WIDTH = 0.5


class ImageProbe:
    """Kernel ridge regression on a joint encoder's prompts and pictures, and on its network's features.

    A picture's value is learned from what people said of it, or of its prompt where ratings are of prompts
    alone; a prompt's value is the mean over its pictures. Beside it, the same kernel learns what a picture
    says of its prompt, whoever made it: people's mean over all of the prompt's pictures.

    The kernel adds likenesses of the pictures, times those of their prompts, times those of the interaction
    features [t; i; t·i; |t − i|], and of the cosines of prompt and picture. With more than 4,000 pictures to
    learn from, all are learned from and a random 4,000 are compared with (Nyström). Everything kept is
    rounded before the last fit: a saved probe predicts what the fitted one does.

    Reference:
        Poesina et al., PQPP, CVPR 2025, whose fine-tuned CLIP reads prompt and pictures; the interaction
        features [t; i; t·i; |t − i|] are those of Conneau et al., InferSent, EMNLP 2017. Williams and
        Seeger, Using the Nyström method to speed up kernel machines, NeurIPS 2000.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> images = rng.normal(size=(120, 6)).astype(np.float32)
        >>> seen = Seen([f"p{n}" for n in range(40)], np.ones((40, 6), np.float32), images,
        ...             np.repeat(np.arange(40), 3))
        >>> probe = ImageProbe().fit(seen, images[:, 0])
        >>> probe.predict(seen).shape, probe.image_values(seen).shape
        ((40,), (120,))
    """

    name: ClassVar[str] = "image-probe"
    reads: ClassVar[Reads] = "images"
    shares: ClassVar[Shares] = Shares(picture=0.5, both=0.5, mixed=0.1, match=0.2)

    def __init__(self, arrays: Mapping[str, np.ndarray] | None = None):
        self._arrays = dict(arrays or {})
        if self._arrays:
            self._prepare()

    def fit(self, read: Seen, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from what was seen and what people said of each picture, (m,), or of each prompt, (n,)."""
        if len(read.prompt_of) == 0:
            raise PPPError("image-probe learns from pictures, got none.")
        said = np.asarray(observed, np.float64)
        said = said if len(said) == len(read.prompt_of) else said[read.prompt_of]
        both = np.column_stack([said, read.means(said)[read.prompt_of]])  # (m, 2)
        anchors = np.arange(len(said))
        if len(said) > N_ANCHORS:
            anchors = np.sort(np.random.default_rng(seed).permutation(len(said))[:N_ANCHORS])
        kernel = fit_kernel(read, shares=self.shares, text_width=TEXT_WIDTH, anchors=anchors, seed=seed)
        centre = float(said.mean())
        weights = solve(kernel, read, both - centre, (PENALTY, PROMPT_PENALTY))
        self._arrays = {
            **kernel.arrays(),
            "weights": weights.astype(np.float32),
            "centre": np.array([centre]),
        }
        self._prepare()
        return self

    def predict(self, read: Seen) -> np.ndarray:
        """Value of each prompt, float64 (n,): the mean over its pictures; NaN for one without any."""
        return read.means(self.image_values(read))

    def image_values(self, read: Seen) -> np.ndarray:
        """Value of each picture, float64 (m,)."""
        return self.image_views(read)[:, 0]

    def image_views(self, read: Seen) -> np.ndarray:
        """Value of each picture, and what it says of its prompt; float64 (m, 2)."""
        values = np.empty((len(read.prompt_of), 2))
        points = self._kernel.points(read)
        for start in range(0, len(values), ROWS):
            rows = np.arange(start, min(start + ROWS, len(values)))
            values[rows] = self._kernel(points.rows(rows)) @ self._arrays["weights"]
        return values + self._arrays["centre"]

    def arrays(self) -> dict[str, np.ndarray]:
        """All that was learnt, rounded as it is used."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted probe from the arrays of another."""
        return cls(arrays)

    def _prepare(self) -> None:
        self._kernel = PictureKernel.from_arrays(self._arrays)
