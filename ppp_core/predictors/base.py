"""What a predictor is: something that reads prompts, or their embeddings, and gives one value each."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Protocol, Self

import numpy as np

Reads = Literal["prompts", "last", "all"]
"""What a predictor reads: the prompts themselves, their last layer, or all layers of an encoder."""

Read = Sequence[str] | np.ndarray
"""A list of prompts; embeddings (n, dim); or embeddings of every layer (n, n_layers, dim)."""


class Predictor(Protocol):
    """Read prompts, predict performance.

    Attributes:
        name: key of the ``PREDICTORS`` table.
        reads: what `fit` and `predict` take as ``read``.
    """

    name: ClassVar[str]
    reads: ClassVar[Reads]

    def fit(self, read: Read, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from what was observed, float (n_prompts,), higher is better. Returns itself."""
        ...

    def predict(self, read: Read) -> np.ndarray:
        """Predicted performance, float64 (n_prompts,), in the unit of what was observed."""
        ...

    def arrays(self) -> dict[str, np.ndarray]:
        """All that was learnt, as plain arrays: `from_arrays` of them predicts the same."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        ...
