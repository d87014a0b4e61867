"""Post-retrieval predictors that look at nothing but scores.

`Ranking.levels` are the scores that they see: for a joint encoder (1 + cosine) / 2, because some divide by a
score or take its logarithm; for a user's run its own scores as they are. A query that found nothing is nan.
"""

from __future__ import annotations

import numpy as np

from .ranking import Ranking


def top_score(ranking: Ranking) -> np.ndarray:
    """The best score, as it is; float64 (n,). The baseline."""
    return ranking.scores[:, 0].copy()


def sigma_k(ranking: Ranking, *, k: int = 100) -> np.ndarray:
    """Standard deviation of the first k scores; float64 (n,).

    Example:
        >>> from ppp_core.retrieval import as_ranking
        >>> found = as_ranking({"q": {"a": 3.0, "b": 1.0}}, {"q": {"a": 1}})
        >>> sigma_k(found).tolist()
        [1.0]
    """
    return _deviation(ranking.levels[:, :k])


def sigma_max(ranking: Ranking, *, k: int = 100) -> np.ndarray:
    """The largest standard deviation of the first 1, 2, … k scores; float64 (n,)."""
    levels = ranking.levels[:, :k]
    here = np.isfinite(levels)
    # about each query's best score, so that squares do not cancel
    away = np.where(here, levels - levels[:, :1], 0)
    count = np.maximum(here.cumsum(axis=1), 1)
    mean = away.cumsum(axis=1) / count
    variance = np.maximum(np.square(away).cumsum(axis=1) / count - mean**2, 0)
    return np.where(here[:, 0], np.sqrt(variance.max(axis=1)), np.nan)


def nqc(ranking: Ranking, *, k: int = 100) -> np.ndarray:
    """Standard deviation of the first k scores over the absolute score of the corpus; float64 (n,).

    The score of the corpus is the mean of a query's scores over all documents. nan where it is 0.
    """
    return _over(sigma_k(ranking, k=k), np.abs(ranking.corpus_level))


def wig(ranking: Ranking, *, k: int = 5) -> np.ndarray:
    """By how much the first k scores exceed the corpus' score on average; float64 (n,)."""
    return _mean(ranking.levels[:, :k]) - ranking.corpus_level


def wig_by_length(ranking: Ranking, *, k: int = 5) -> np.ndarray:
    """`wig` over the square root of the query's length in words, as published; float64 (n,)."""
    words = np.array([max(1, len(query.split())) for query in ranking.queries])
    return wig(ranking, k=k) / np.sqrt(words)


def smv(ranking: Ranking, *, k: int = 100) -> np.ndarray:
    """Size and spread of the first k scores: mean of s |ln(s / mean)|, over the corpus' score; float64 (n,).

    nan for a query with a score that is not above 0.
    """
    levels = ranking.levels[:, :k]
    positive = np.where(np.isfinite(levels), levels > 0, True).all(axis=1)
    safe = np.where(levels > 0, levels, np.nan)
    spread = safe * np.abs(np.log(safe / _mean(safe)[:, None]))
    return np.where(positive, _over(_mean(spread), np.abs(ranking.corpus_level)), np.nan)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row's finite values; nan for a row without any."""
    here = np.isfinite(values)
    count = here.sum(axis=1)
    return _over(np.where(here, values, 0).sum(axis=1), np.where(count > 0, count, np.nan))


def _deviation(values: np.ndarray) -> np.ndarray:
    return np.sqrt(_mean(np.square(values - _mean(values)[:, None])))


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return above / np.where(below == 0, np.nan, below)
