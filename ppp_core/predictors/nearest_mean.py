"""The few-shot baseline: what people said of the prompts most like this one."""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from .base import Reads
from .captions import Captions, keep_captions

NEIGHBOURS = (5, 10, 20, 40, 80, 160)
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 1.0)


class NearestMean:
    """Mean of the nearest training prompts' observed values, the nearer ones weighing more.

    A neighbour weighs ``exp(cosine / temperature)``. How many neighbours and which temperature is chosen
    by leaving one prompt after the other out of the training part, by squared error. A training prompt
    that is asked for again counts itself.

    Reference:
        Nadaraya, On estimating regression, Theory of Probability and Its Applications 1964; here the
        kernel's reach is the k nearest.

    Example:
        >>> vectors = np.random.default_rng(0).normal(size=(80, 4)).astype("float32")
        >>> NearestMean().fit(vectors, vectors[:, 0]).predict(vectors[:2]).shape
        (2,)
    """

    name: ClassVar[str] = "nearest-mean"
    reads: ClassVar[Reads] = "last"

    def fit(self, read: np.ndarray, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from embeddings (n, dim) and what was observed, float (n,)."""
        self.known = keep_captions(read, seed=seed)
        self.observed = observed.astype(np.float32)
        most = min(max(NEIGHBOURS), len(observed) - 1)
        positions, cosines = self.known.nearest(read, most, itself=False)
        order = np.argsort(-cosines, axis=1)
        values = self.observed[np.take_along_axis(positions, order, axis=1)]
        cosines = np.take_along_axis(cosines, order, axis=1)
        counts = sorted({min(count, most) for count in NEIGHBOURS})
        errors = {
            (count, temperature): np.square(
                _mean(values[:, :count], cosines[:, :count], temperature) - observed
            ).mean()
            for count in counts
            for temperature in TEMPERATURES
        }
        self.n_neighbours, self.temperature = min(errors, key=errors.__getitem__)
        return self

    def predict(self, read: np.ndarray) -> np.ndarray:
        """Predicted performance, float64 (n,), of embeddings (n, dim)."""
        positions, cosines = self.known.nearest(read, self.n_neighbours)
        return _mean(self.observed[positions], cosines, self.temperature)

    def arrays(self) -> dict[str, np.ndarray]:
        """The training prompts in their few directions, what was observed, and the two choices."""
        choice = np.array([self.n_neighbours, self.temperature], dtype=np.float64)
        return {**self.known.arrays(), "values": self.observed, "choice": choice}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        made = cls()
        made.known, made.observed = Captions.from_arrays(arrays), arrays["values"]
        count, made.temperature = arrays["choice"].tolist()
        made.n_neighbours = int(count)
        return made


def _mean(values: np.ndarray, cosines: np.ndarray, temperature: float) -> np.ndarray:
    """Weighted mean of each row, float64 (n,), of values and cosines (n, k)."""
    cosines = cosines.astype(np.float64)
    weights = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / temperature)
    return (weights * values).sum(axis=1) / weights.sum(axis=1)
