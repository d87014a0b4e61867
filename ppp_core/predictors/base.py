"""What a predictor is: something that reads prompts, or their embeddings, and gives one value each."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np

Reads = Literal["prompts", "last", "all", "adapted", "reading", "images"]
"""What a predictor reads: the prompts themselves, their last layer, all layers of a frozen encoder, what an
adapted encoder adds to them, the whole reading, or prompts with the pictures made from them."""

Read = Sequence[str] | np.ndarray | Any
"""A list of prompts; embeddings (n, dim); embeddings of every layer (n, n_layers, dim); a
whole `Reading`, or `Seen` (of reading.py and seen.py, which build on this)."""


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
