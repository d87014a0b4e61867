"""``tfidf``, the baseline: weighted counts of words and pairs of words, fitted on training prompts."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from ..errors import PPPError
from .base import Encoded, Layers, readable_prompts

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

MAX_FEATURES = 20_000
_WORD = re.compile(r"(?u)\b\w+\b")
_STATE_VERSION = 1


class Tfidf:
    """Words and pairs of words, log-scaled counts times inverse document frequency, rows of length one.

    Nothing is cut: ``truncated`` is always 0. Vectors are a ``scipy.sparse.csr_array``, float32.

    Attributes:
        dim: number of features; 0 before `fit`.
        revision: hash of the fitted state, or ``"unfitted"``.

    Example:
        >>> encoder = Tfidf().fit(["a red cat", "a blue dog", "a red dog"])
        >>> encoded = encoder.encode(["a red bird"])
        >>> encoded.vectors.shape == (1, encoder.dim), encoded.tokens.tolist()
        (True, [3])
        >>> again = Tfidf.from_state(*encoder.state())
        >>> (again.encode(["a red bird"]).vectors != encoded.vectors).nnz, again.revision == encoder.revision
        (0, True)
    """

    name = "tfidf"
    n_layers = 1
    max_tokens = 1_000_000  # words; a prompt of more characters than that is refused before

    def __init__(self):
        self.dim = 0
        self.revision = "unfitted"
        self._vectorizer: TfidfVectorizer | None = None

    def fit(self, prompts: Sequence[str]) -> Self:
        """Learns the words and their rarity, replacing what was learned before.

        Raises:
            PPPError: on no prompts, or prompts without a single word.
        """
        vectorizer = _new_vectorizer()
        try:
            vectorizer.fit(readable_prompts(prompts))
        except ValueError as error:
            if isinstance(error, PPPError):
                raise
            raise PPPError(
                f"tfidf needs training prompts with words, got {len(prompts)} without any."
            ) from error
        return self._with(vectorizer)

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order; unknown words count as tokens and leave no trace in the vector.

        Raises:
            PPPError: before `fit`; on no prompts, or values that are not texts.
        """
        texts = readable_prompts(prompts, layers)
        if self._vectorizer is None:
            raise PPPError("tfidf must be fitted on training prompts before it encodes. Call fit first.")
        vectors = self._vectorizer.transform(texts)
        tokens = np.array([len(_WORD.findall(text)) for text in texts])
        return Encoded(_as_array(vectors), tokens, np.zeros_like(tokens))

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the words of one prompt, in order."""
        (text,) = readable_prompts([prompt])
        return [match.span() for match in _WORD.finditer(text)]

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """What was learned, as arrays and JSON values: ``idf``, float32, (dim,), and the vocabulary in order.

        Raises:
            PPPError: before `fit`.
        """
        if self._vectorizer is None:
            raise PPPError("tfidf has no state before it is fitted. Call fit first.")
        vocabulary = self._vectorizer.get_feature_names_out().tolist()
        return {"idf": self._vectorizer.idf_}, {"version": _STATE_VERSION, "vocabulary": vocabulary}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping) -> Self:
        """The encoder that gave this `state`.

        Raises:
            PPPError: when the vocabulary and the weights do not fit together.
        """
        vocabulary = values.get("vocabulary", [])
        idf = np.asarray(arrays.get("idf", ()), np.float32)
        if values.get("version") != _STATE_VERSION:
            raise PPPError(f"tfidf reads state version {_STATE_VERSION}, got {values.get('version')!r}.")
        if idf.shape != (len(vocabulary),) or not len(set(vocabulary)) == len(vocabulary) > 0:
            raise PPPError(
                "tfidf needs one weight for each word of its vocabulary, "
                f"got {len(vocabulary)} words and weights of shape {idf.shape}."
            )
        vectorizer = _new_vectorizer(vocabulary)
        vectorizer.idf_ = idf
        return cls()._with(vectorizer)

    def _with(self, vectorizer: "TfidfVectorizer") -> Self:
        self._vectorizer = vectorizer
        self.dim = len(vectorizer.idf_)
        arrays, values = self.state()
        words = json.dumps(values["vocabulary"]).encode()
        self.revision = hashlib.sha256(words + arrays["idf"].tobytes()).hexdigest()
        return self


def _new_vectorizer(vocabulary: Sequence[str] | None = None) -> "TfidfVectorizer":
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        token_pattern=_WORD.pattern,
        ngram_range=(1, 2),
        sublinear_tf=True,
        max_features=None if vocabulary else MAX_FEATURES,
        vocabulary=vocabulary,
        dtype=np.float32,
    )


def _as_array(matrix):
    from scipy.sparse import csr_array

    return csr_array(matrix)
