"""PQPP's network on how a prompt's pictures go together; it never sees the words."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

import numpy as np

from ..errors import PPPError
from .base import Reads
from .correlation_pictures import correlation_pictures, fit_reduction
from .seen import Seen

CHANNELS = (16, 32, 64)
HIDDEN = 128
N_DIMENSIONS = 32
LARGEST = 16
_BATCH = 512

Of = Literal["images", "dimensions"]


class CorrelationCNN:
    """A small network on the correlation matrix of a prompt's pictures, taken as a picture itself.

    ``of="images"``: Pearson correlations between the pictures' embeddings, as many rows as pictures; their
    order is random while learning, and when asked the pictures that go best with the others come first, so
    the order in which they are given is of no account. ``of="dimensions"``, as in the authors' code:
    correlations between the embeddings' dimensions over the pictures, of 32 principal components here.

    Three convolutions of 3 × 3 with ReLU and, as far as the matrix is large enough, pooling, a hidden layer
    with dropout, and a sigmoid on the range of what was observed. Learned with random numbers of each
    prompt's pictures; an eighth of the prompts is not learned from and picks the epoch. Torch learns; what is
    learned is asked without it.

    Args:
        of: which matrix.
        epochs, patience: at most, and without a better one.

    Reference:
        Poesina et al., PQPP, CVPR 2025. Different here: 32 components for CLIP's 512 dimensions, a hidden
        layer of 128 for 512, one setting in place of a grid that the validation part picks from, random
        numbers of pictures, early stopping inside the training part, a fixed seed.
    """

    name: ClassVar[str] = "correlation-cnn"
    reads: ClassVar[Reads] = "images"

    def __init__(self, *, of: Of = "images", epochs: int = 40, patience: int = 6):
        if of not in ("images", "dimensions"):
            raise PPPError(f"correlation-cnn is of 'images' or of 'dimensions', got {of!r}.")
        self.of, self.epochs, self.patience = of, epochs, patience
        self._arrays: dict[str, np.ndarray] = {}

    def fit(self, read: Seen, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from what was seen and what people said of each picture, (m,), or of each prompt, (n,)."""
        if len(read.prompt_of) == 0:
            raise PPPError("correlation-cnn learns from pictures, got none.")
        said = np.asarray(observed, np.float64)
        if len(said) == len(read.prompt_of):
            said = read.means(said)
        low, high = float(said.min()), float(said.max())
        high = high if high > low else low + 1
        if self.of == "images":
            size = int(np.clip(read.counts.max(), 2, LARGEST))
            arrays = {"images": np.array([size])}
        else:
            arrays = fit_reduction(read.pictures, N_DIMENSIONS)
        from .correlation_training import learn

        wanted = (said - low) / (high - low)
        weights = learn(
            read,
            wanted,
            arrays,
            channels=CHANNELS,
            hidden=HIDDEN,
            epochs=self.epochs,
            patience=self.patience,
            seed=seed,
        )
        self._arrays = {**arrays, **weights, "bounds": np.array([low, high])}
        return self

    def predict(self, read: Seen) -> np.ndarray:
        """Value of each prompt, float64 (n,), of all its pictures together."""
        pictures = correlation_pictures(read, self._arrays)
        parts = [self._forward(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
        low, high = self._arrays["bounds"]
        return low + (high - low) * np.concatenate(parts)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that was learnt."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted network from the arrays of another."""
        made = cls(of="images" if "images" in arrays else "dimensions")
        made._arrays = dict(arrays)
        return made

    def _forward(self, pictures: np.ndarray) -> np.ndarray:
        """From matrices (b, s, s) to numbers in (0, 1), float64 (b,)."""
        maps = pictures[:, None]  # (b, 1, s, s)
        for layer in range(len(CHANNELS)):
            weight, bias = self._arrays[f"conv{layer}.weight"], self._arrays[f"conv{layer}.bias"]
            maps = np.maximum(_convolve(maps, weight) + bias[:, None, None], 0)
            if maps.shape[-1] >= 4:
                maps = _pool(maps)
        flat = maps.reshape(len(maps), -1)
        hidden = np.maximum(flat @ self._arrays["hidden.weight"].T + self._arrays["hidden.bias"], 0)
        last = (hidden @ self._arrays["last.weight"].T + self._arrays["last.bias"])[:, 0].astype(np.float64)
        return (1 + np.tanh(last / 2)) / 2


def _convolve(maps: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """3 × 3 with a border of zeros: (b, c, s, s) and (k, c, 3, 3) to (b, k, s, s)."""
    padded = np.pad(maps, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))  # (b, c, s, s, 3, 3)
    b, c, s, _ = maps.shape
    flat = windows.transpose(0, 2, 3, 1, 4, 5).reshape(b * s * s, c * 9)
    return (flat @ weight.reshape(len(weight), -1).T).reshape(b, s, s, -1).transpose(0, 3, 1, 2)


def _pool(maps: np.ndarray) -> np.ndarray:
    """The largest of each 2 × 2; an odd last row and column are left out."""
    b, c, s, _ = maps.shape
    half = s // 2
    return maps[:, :, : 2 * half, : 2 * half].reshape(b, c, half, 2, half, 2).max(axis=(3, 5))
