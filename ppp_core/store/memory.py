"""Embeddings kept in memory for a while: nothing of them reaches a disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np

from ..errors import PPPError
from .embeddings import EncoderKey, Found, as_found, check_shapes, text_hash


class MemoryStore:
    """Does what `EmbeddingStore` does, for as long as the process lasts; what was asked for longest ago goes.

    Several threads may use it at once. It keeps embeddings and remarks, never texts or pictures: those are
    known by their hash alone.

    Args:
        most: embeddings that are kept at once; as many remarks beside them.

    Attributes:
        problem: None: there is no disk that could fail.

    Raises:
        PPPError: unless at least one may be kept.

    Example:
        >>> store = MemoryStore(most=1)
        >>> key = EncoderKey("tiny", "1", "last", (2,))
        >>> for text in ("a cat", "a dog"):
        ...     kept = store.put(key, [text], np.ones((1, 2), np.float32), np.array([2]), np.array([0]))
        >>> store.get(key, ["a cat", "a dog"]).found.tolist()
        [False, True]
    """

    def __init__(self, *, most: int = 1_024):
        if most < 1:
            raise PPPError(f"A store in memory keeps at least one embedding, got {most}.")
        self.problem: str | None = None
        self._most = most
        self._rows: OrderedDict[tuple, tuple[bytes, int, int]] = OrderedDict()
        self._remarks: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: EncoderKey, texts: Sequence[str]) -> Found:
        """What is kept of these texts, embedded by this encoder; arguments as of `EmbeddingStore.get`."""
        with self._lock:
            return as_found(key, [_recalled(self._rows, (key, text_hash(text))) for text in texts])

    def put(
        self,
        key: EncoderKey,
        texts: Sequence[str],
        vectors: np.ndarray,
        tokens: np.ndarray,
        truncated: np.ndarray,
    ) -> int:
        """Keeps embeddings; arguments and errors as of `EmbeddingStore.put`. Returns how many came."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        check_shapes(key, len(texts), vectors, tokens, truncated)
        with self._lock:
            for text, vector, seen, cut in zip(texts, vectors, tokens, truncated, strict=True):
                row = (vector.astype("<f4").tobytes(), int(seen), int(cut))
                _keep(self._rows, (key, text_hash(text)), row, self._most)
        return len(texts)

    def get_remarks(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """What was remarked on each of these texts (names of pictures), whatever encoded them."""
        with self._lock:
            return [_recalled(self._remarks, text_hash(text)) or () for text in texts]

    def put_remarks(self, remarks: Mapping[str, Sequence[str]]) -> int:
        """Keeps remarks by text; returns how many texts came."""
        with self._lock:
            for text, lines in remarks.items():
                _keep(self._remarks, text_hash(text), tuple(lines), self._most)
        return len(remarks)


def _recalled(kept: OrderedDict, key: object) -> object | None:
    if key not in kept:
        return None
    kept.move_to_end(key)
    return kept[key]


def _keep(kept: OrderedDict, key: object, value: object, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
