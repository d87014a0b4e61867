"""Expected P@10 and RR from calibrated probabilities that each retrieved document is relevant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import PPPError
from ..splits import folds
from .ranking import Ranking

FEATURES = ("score", "z-top", "z-corpus", "log-rank", "step", "z-first")
IMAGE_FEATURES = ("like-first-ten", "like-query-best")
FEWEST_QUERIES = 10
BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Whether probabilities mean what they say, over all query-document pairs, none seen in fitting.

    Attributes:
        n: pairs.
        mean: mean probability.
        rate: share of the pairs that are relevant.
        brier: mean squared error of the probabilities.
        brier_rate: the same where every pair is given the rate.
        error: expected calibration error: mean distance of probability and share in ten bins of one size.
        bins: of each bin, mean probability and share that is relevant.
    """

    n: int
    mean: float
    rate: float
    brier: float
    brier_rate: float
    error: float
    bins: tuple[tuple[float, float], ...]


def relevance_features(ranking: Ranking, *, k: int = 100) -> np.ndarray:
    """What is known of each of the first k documents of each query, float64 (n, k, features).

    Its score, the score in standard deviations within the first k and over the corpus, the logarithm of the
    rank, the step from the score before, the best score over the corpus; and where there are images, how
    like the first ten and the very first it is. nan behind a ranking's end. No relevance is used.
    """
    scores = ranking.scores[:, :k]
    here = np.isfinite(scores)
    known = np.where(here, scores, 0)
    count = np.maximum(here.sum(axis=1, keepdims=True), 1)
    mean = known.sum(axis=1, keepdims=True) / count
    deviation = np.sqrt((np.square(known - mean) * here).sum(axis=1, keepdims=True) / count)
    over = (scores - ranking.corpus_mean[:, None]) / np.maximum(ranking.corpus_sd[:, None], 1e-12)
    step = np.diff(scores, axis=1, prepend=scores[:, :1])
    features = [
        scores,
        (scores - mean) / np.maximum(deviation, 1e-12),
        over,
        np.broadcast_to(np.log(np.arange(1, scores.shape[1] + 1)), scores.shape),
        step,
        np.broadcast_to(over[:, :1], scores.shape),
    ]
    if ranking.image is not None:
        features += list(_likenesses(ranking, k))
    found = np.stack(features, axis=2)
    return np.where(here[:, :, None], found, np.nan)


def relevance_probabilities(
    rankings: Ranking | Sequence[Ranking],
    *,
    k: int = 100,
    n_folds: int = 5,
    seed: int = 0,
    parts: Sequence[tuple[np.ndarray, np.ndarray]] | None = None,
) -> np.ndarray:
    """The probability that each of the first k documents is relevant, learned from other queries.

    A logistic regression on `relevance_features`, standardised and with squares, strength fixed in advance
    (C = 1). Queries are dealt to folds; the documents of a query are told by a fit that saw neither it nor a
    query that says the same. A probability is what the regression says: it is fitted on all retrieved
    documents, so it is calibrated by its loss; `calibration` tells how well.

    Args:
        rankings: one, or several whose queries follow each other.
        k: documents a query.
        n_folds: folds.
        seed: of the folds.
        parts: positions to learn from and to predict; from `folds` when left out.

    Returns:
        float64, shape (n, k): from 0 to 1; nan behind a ranking's end, and where nothing relevant was
        retrieved for the other queries, or nothing else.

    Raises:
        PPPError: for fewer than 10 queries.
    """
    rankings = as_several(rankings)
    parts = parts_of(rankings, n_folds=n_folds, seed=seed) if parts is None else parts
    width = max(min(k, one.k) for one in rankings)
    features = np.concatenate([_padded(relevance_features(one, k=k), width) for one in rankings])
    hits = np.concatenate([_padded(one.hits[:, :k].astype(float), width) for one in rankings])
    found = np.full(hits.shape, np.nan)
    for learn, test in parts:
        found[test] = _predicted(features[learn], hits[learn], features[test])
    return found


def expected_precision(probabilities: np.ndarray, *, k: int = 10) -> np.ndarray:
    """Expected P@k: the sum of the first k probabilities over k; float64 (n,).

    Example:
        >>> expected_precision(np.array([[0.5, 0.25, 0.25]]), k=2).tolist()
        [0.375]
    """
    found = np.where(np.isnan(probabilities[:, :k]), 0, probabilities[:, :k]).sum(axis=1) / k
    return np.where(np.isnan(probabilities[:, 0]), np.nan, found)


def expected_reciprocal_rank(probabilities: np.ndarray) -> np.ndarray:
    """Expected RR: Σ_k p_k Π_{j<k} (1 − p_j) / k, as if documents were independent; float64 (n,).

    Example:
        >>> expected_reciprocal_rank(np.array([[0.5, 0.5]])).tolist()
        [0.625]
    """
    known = np.where(np.isnan(probabilities), 0, probabilities)
    none_before = np.cumprod(1 - known, axis=1)
    first = known * np.concatenate([np.ones((len(known), 1)), none_before[:, :-1]], axis=1)
    found = (first / np.arange(1, known.shape[1] + 1)).sum(axis=1)
    return np.where(np.isnan(probabilities[:, 0]), np.nan, found)


def calibration(probabilities: np.ndarray, hits: np.ndarray) -> Calibration:
    """How calibrated probabilities are.

    Args:
        probabilities: shape (n, k); nan is left out.
        hits: bool or 0 and 1, the same shape.

    Example:
        >>> found = calibration(np.array([[0.5, 0.5]]), np.array([[True, False]]))
        >>> found.n, found.rate, found.brier, found.error
        (2, 0.5, 0.25, 0.0)
    """
    here = ~np.isnan(probabilities)
    said, seen = probabilities[here], np.asarray(hits)[here].astype(float)
    if not len(said):
        raise PPPError("calibration needs at least one probability, got none.")
    edges = np.quantile(said, np.arange(1, BINS) / BINS)
    number = np.searchsorted(edges, said, side="left")  # equal probabilities share a bin
    bins = [part for one in range(BINS) if len(part := np.flatnonzero(number == one))]
    pairs = tuple((float(said[part].mean()), float(seen[part].mean())) for part in bins)
    sizes = np.array([len(part) for part in bins]) / len(said)
    rate = float(seen.mean())
    return Calibration(
        n=len(said),
        mean=float(said.mean()),
        rate=rate,
        brier=float(np.square(said - seen).mean()),
        brier_rate=rate * (1 - rate),
        error=float(sizes @ [abs(one - other) for one, other in pairs]),
        bins=pairs,
    )


def as_several(rankings: Ranking | Sequence[Ranking]) -> list[Ranking]:
    """A list of rankings, at least one query in all."""
    several = [rankings] if isinstance(rankings, Ranking) else list(rankings)
    if not sum(map(len, several)):
        raise PPPError("At least one query was wanted, got none.")
    return several


def parts_of(
    rankings: Ranking | Sequence[Ranking], *, n_folds: int = 5, seed: int = 0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Folds over the queries of rankings; queries that say the same are in one.

    Raises:
        PPPError: for fewer than 10 queries.
    """
    several = as_several(rankings)
    told = [text for one in several for text in (one.queries or one.query_ids)]
    if len(told) < FEWEST_QUERIES:
        raise PPPError(
            f"Learning relevance from other queries needs at least {FEWEST_QUERIES} queries, got {len(told)}."
        )
    return folds(told, k=n_folds, seed=seed)


def _predicted(learn: np.ndarray, hits: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Probabilities (n_test, k) from features (n, k, f) and hits (n, k) of other queries."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    found = np.full(test.shape[:2], np.nan)
    seen, asked = ~np.isnan(learn).any(axis=2), ~np.isnan(test).any(axis=2)
    if len(np.unique(hits[seen])) < 2 or not asked.any():
        return found
    scaler = StandardScaler().fit(learn[seen])
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(_squared(scaler, learn[seen]), hits[seen] > 0)
    found[asked] = fitted.predict_proba(_squared(scaler, test[asked]))[:, 1]
    return found


def _squared(scaler, features: np.ndarray) -> np.ndarray:
    # beyond four standard deviations nothing is extrapolated
    scaled = scaler.transform(features).clip(-4, 4)
    return np.concatenate([scaled, np.square(scaled)], axis=1)


def _likenesses(ranking: Ranking, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Each image's mean cosine to the other first ten; its cosine to the first (of that, to the second)."""
    shape = (len(ranking), min(k, ranking.k))
    ten, best = np.zeros(shape), np.zeros(shape)
    for row, docs in enumerate(ranking.docs[:, :k]):
        vectors = ranking.image[docs].astype(np.float64)
        alike = vectors @ vectors[:10].T  # (k, 10)
        at = np.arange(alike.shape[1])
        alike[at, at] = 0
        others = np.full(len(alike), alike.shape[1])
        others[at] -= 1
        ten[row] = alike.sum(axis=1) / np.maximum(others, 1)
        best[row] = alike[:, 0]
        best[row, 0] = alike[0, 1] if alike.shape[1] > 1 else 0
    return ten, best


def _padded(values: np.ndarray, width: int) -> np.ndarray:
    missing = width - values.shape[1]
    return np.pad(values, [(0, 0), (0, missing), *[(0, 0)] * (values.ndim - 2)], constant_values=np.nan)
