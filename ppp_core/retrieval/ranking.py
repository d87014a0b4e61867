"""A ranking of documents for each query, with what is relevant; and how vectors make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import PPPError

SHALLOWEST = 10
"""Fewer documents a query cannot be kept: measures look at ten."""

DEPTH = 100
"""Documents a query that are kept unless told otherwise."""

DIGITS = 6
"""Cosines are rounded to so many digits: what differs by less, an order of summation decides."""

_BLOCK = 16_000_000  # cosines held at once: 64 MB

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ranking:
    """The best documents of each query, best first, and the ranks of all relevant ones.

    Attributes:
        name: of the data set or the run.
        encoder: what ranked; empty for a user's run.
        query_ids: n names.
        queries: n texts; empty where they are not told.
        doc_ids: m names of documents.
        docs: int32, shape (n, k): positions in ``doc_ids``, best first; -1 behind a ranking's end.
        scores: float64, shape (n, k), falling; nan behind a ranking's end.
        relevant: n arrays of positions in ``doc_ids``, judged at least 1, found or not.
        grades: n arrays of whole numbers from 1: how relevant each is.
        relevant_ranks: n arrays, rising, from 1: the ranks of the relevant documents that were found, in the
            whole ranking, however deep.
        corpus_mean, corpus_sd: float64, shape (n,): of a query's scores over all documents that were ranked.
        cosines: whether scores are cosines, -1 to 1.
        text, image: unit vectors, float32, shapes (n, dim) and (m, dim); None where there are none.
        prompts: unit vectors, float32, of all prompts that images were made from, queries or not; else None.
        notes: what was left out or merged.
    """

    name: str
    encoder: str
    query_ids: tuple[str, ...]
    queries: tuple[str, ...]
    doc_ids: tuple[str, ...]
    docs: np.ndarray
    scores: np.ndarray
    relevant: tuple[np.ndarray, ...]
    grades: tuple[np.ndarray, ...]
    relevant_ranks: tuple[np.ndarray, ...]
    corpus_mean: np.ndarray
    corpus_sd: np.ndarray
    cosines: bool
    text: np.ndarray | None = None
    image: np.ndarray | None = None
    prompts: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.query_ids)

    @property
    def k(self) -> int:
        """Documents that are kept of each query, at most."""
        return self.docs.shape[1]

    @property
    def n_relevant(self) -> np.ndarray:
        """int, shape (n,): relevant documents of each query, found or not."""
        return np.array([len(one) for one in self.relevant], int)

    @property
    def hits(self) -> np.ndarray:
        """bool, shape (n, k): which of the kept documents are relevant."""
        return np.stack([np.isin(found, mine) for found, mine in zip(self.docs, self.relevant, strict=True)])

    @property
    def levels(self) -> np.ndarray:
        """Scores that are above zero, float64 (n, k): (1 + cosine) / 2, or a run's own scores as they are."""
        return (1 + self.scores) / 2 if self.cosines else self.scores

    @property
    def corpus_level(self) -> np.ndarray:
        """``corpus_mean`` on the scale of ``levels``."""
        return (1 + self.corpus_mean) / 2 if self.cosines else self.corpus_mean

    def rows(self, kept: np.ndarray, *notes: str) -> Ranking:
        """Some queries, by positions or bool (n,), with further notes."""
        at = np.arange(len(self))[kept]
        some = {
            key: tuple(getattr(self, key)[i] for i in at)
            for key in ("query_ids", "relevant", "grades", "relevant_ranks")
        }
        arrays = {key: getattr(self, key)[at] for key in ("docs", "scores", "corpus_mean", "corpus_sd")}
        return replace(
            self,
            **some,
            **arrays,
            queries=tuple(self.queries[i] for i in at) if self.queries else (),
            text=None if self.text is None else self.text[at],
            notes=(*self.notes, *notes),
        )


def rank_vectors(
    text: np.ndarray,
    image: np.ndarray,
    relevant: Sequence[np.ndarray],
    *,
    k: int | None = DEPTH,
    name: str = "",
    encoder: str = "",
    query_ids: Sequence[str] = (),
    queries: Sequence[str] = (),
    doc_ids: Sequence[str] = (),
    prompts: np.ndarray | None = None,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> Ranking:
    """Ranks all images for each text by cosine, a block of texts at a time.

    Of images with the same cosine the one of the lower position comes first, so give them in an order that
    knows nothing of relevance.

    Args:
        text: shape (n, dim), finite, not all zero in a row.
        image: shape (m, dim).
        relevant: n arrays of positions in ``image``, at least one each.
        k: images kept of each ranking, at least 10; None for all.
        name, encoder: for the result.
        query_ids, doc_ids: names; numbers from 0 when left out.
        queries: texts of the queries, where known.
        prompts: vectors of all prompts that images were made from; those of the texts when left out.
        notes: for the result.
        progress: called with (texts done, texts in all).

    Raises:
        PPPError: for vectors that do not fit or have no direction, k below 10, a text without a relevant
            image.

    Example:
        >>> eye = np.eye(3)
        >>> found = rank_vectors(eye, eye[[1, 0, 2]], [np.array([1]), np.array([0]), np.array([0])])
        >>> found.docs.tolist(), [ranks.tolist() for ranks in found.relevant_ranks]
        ([[1, 0, 2], [0, 1, 2], [2, 0, 1]], [[1], [1], [2]])
    """
    text, image = _unit("text", text), _unit("image", image)
    if text.shape[1] != image.shape[1] or len(relevant) != len(text):
        raise PPPError(
            f"rank_vectors needs vectors of one length and an array of relevant images a text, got text "
            f"{text.shape}, image {image.shape} and {len(relevant)} arrays."
        )
    kept = check_depth(k, len(image))
    relevant = tuple(np.unique(np.asarray(one, int)) for one in relevant)
    for number, one in enumerate(relevant):
        if not len(one) or one[0] < 0 or one[-1] >= len(image):
            raise PPPError(f"Text {number} needs relevant images from 0 to {len(image) - 1}, got {one}.")
    docs, scores = np.empty((len(text), kept), np.int32), np.empty((len(text), kept))
    mean, deviation = np.empty(len(text)), np.empty(len(text))
    ranks = []
    size = max(1, _BLOCK // len(image))
    for start in range(0, len(text), size):
        found = np.round((text[start : start + size] @ image.T).astype(np.float64), DIGITS)
        for row, similar in enumerate(found, start):
            docs[row] = _best(similar, kept)
            scores[row] = similar[docs[row]]
            mean[row], deviation[row] = similar.mean(), similar.std()
            ranks.append(_ranks_of(similar, relevant[row]))
        if progress:
            progress(start + len(found), len(text))
    return Ranking(
        name=name,
        encoder=encoder,
        query_ids=tuple(query_ids) or tuple(map(str, range(len(text)))),
        queries=tuple(queries),
        doc_ids=tuple(doc_ids) or tuple(map(str, range(len(image)))),
        docs=docs,
        scores=scores,
        relevant=relevant,
        grades=tuple(np.ones(len(one), int) for one in relevant),
        relevant_ranks=tuple(ranks),
        corpus_mean=mean,
        corpus_sd=deviation,
        cosines=True,
        text=text,
        image=image,
        prompts=text if prompts is None else _unit("prompt", prompts),
        notes=tuple(notes),
    )


def check_depth(k: int | None, m: int) -> int:
    """How many documents are kept of m. Raises PPPError for fewer than ten.

    Example:
        >>> check_depth(None, 500), check_depth(100, 60)
        (500, 60)
    """
    if k is not None and k < SHALLOWEST:
        raise PPPError(f"A ranking needs k of at least {SHALLOWEST} documents a query, got {k}.")
    return m if k is None else min(k, m)


def _best(similar: np.ndarray, k: int) -> np.ndarray:
    """Positions of the k highest values, falling, the lower position first where they are equal."""
    if k < len(similar):
        least = -np.partition(-similar, k - 1)[k - 1]
        candidates = np.flatnonzero(similar >= least)
    else:
        candidates = np.arange(len(similar))
    return candidates[np.argsort(-similar[candidates], kind="stable")][:k]


def _ranks_of(similar: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Ranks from 1 that positions have in the whole ranking, rising."""
    at = similar[positions][:, None]
    before = (similar > at).sum(axis=1)
    tied = ((similar == at) & (np.arange(len(similar)) < positions[:, None])).sum(axis=1)
    return np.sort(1 + before + tied)


def _unit(side: str, vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    if vectors.ndim != 2 or not len(vectors):
        raise PPPError(f"rank_vectors needs {side} vectors of shape (n, dim), got {vectors.shape}.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        row = int(np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))[0])
        raise PPPError(f"The {side} vector in row {row} has no direction: it is zero or not finite.")
    return vectors / lengths
