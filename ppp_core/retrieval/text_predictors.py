"""Predictors that look at the prompt alone, before anything is retrieved: what the others must beat."""

from __future__ import annotations

import numpy as np

from ..predictors.linear import fit_ridge
from .ranking import Ranking

_SAME = 1 - 1e-6


def length(ranking: Ranking) -> np.ndarray:
    """Words of the prompt; float64 (n,)."""
    return np.array([len(query.split()) for query in ranking.queries], float)


def prompt_density(ranking: Ranking, *, k: int = 10, block: int = 512) -> np.ndarray:
    """How near the k nearest other prompts of the collection are: mean cosine, float64 (n,).

    A prompt whose vector is the same does not count. nan where there is no other prompt.
    """
    found = np.full(len(ranking), np.nan)
    for start in range(0, len(ranking), block):
        near = (ranking.text[start : start + block] @ ranking.prompts.T).astype(np.float64)
        near = -np.sort(-np.where(near > _SAME, -np.inf, near), axis=1)[:, :k]
        for row, one in enumerate(near, start):
            others = one[np.isfinite(one)]
            found[row] = others.mean() if len(others) else np.nan
    return found


def text_probe(
    text: np.ndarray, observed: np.ndarray, parts: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """A measure of each query from its text vector, by ridge regression on other queries; float64 (n,).

    Args:
        text: shape (n, dim).
        observed: the measure, shape (n,).
        parts: positions to learn from and to predict, as of `folds`; every query is predicted once.
    """
    found = np.full(len(text), np.nan)
    for learn, test in parts:
        if np.ptp(observed[learn]) > 0:
            found[test] = fit_ridge(text[learn], observed[learn]).predict(text[test])
    return found
