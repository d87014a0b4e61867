"""Ridge regression on words and pairs of words, with its own vocabulary: a member of the ensemble."""

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np

from ..encoders.tfidf import Tfidf
from .base import Reads
from .linear import LinearHead, fit_ridge


class WordProbe:
    """The first row of every table, ``linear-probe`` on ``tfidf``, as one predictor that reads prompts.

    Example:
        >>> prompts = ["a red cat", "a red dog", "a blue cat", "a blue dog"] * 10
        >>> probe = WordProbe().fit(prompts, np.array([1.0, 1.0, 0.0, 0.0] * 10))
        >>> bool(np.diff(probe.predict(["a blue fox", "a red fox"]))[0] > 0.5)
        True
    """

    name: ClassVar[str] = "word-probe"
    reads: ClassVar[Reads] = "prompts"

    def __init__(self, words: Tfidf | None = None, head: LinearHead | None = None):
        self.words, self.head = words, head

    def fit(self, read: Sequence[str], observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns words, their rarity and their weights."""
        self.words = Tfidf().fit(read)
        self.head = fit_ridge(self.words.encode(read).vectors, observed, seed=seed)
        return self

    def predict(self, read: Sequence[str]) -> np.ndarray:
        """Predicted performance, float64 (n,); unknown words have no part in it."""
        return self.head.predict(self.words.encode(read).vectors)

    def arrays(self) -> dict[str, np.ndarray]:
        """Vocabulary (as the bytes of a JSON text), rarities and weights."""
        arrays, settings = self.words.state()
        text = json.dumps(settings, ensure_ascii=False).encode("utf-8")
        return {"settings": np.frombuffer(text, dtype=np.uint8), **arrays, **self.head.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        settings = json.loads(arrays["settings"].tobytes().decode("utf-8"))
        return cls(Tfidf.from_state({"idf": arrays["idf"]}, settings), LinearHead.from_arrays(arrays))
