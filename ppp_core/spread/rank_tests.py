"""Rank correlation of spread with the number of modifiers, alone and with other things held equal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ranked:
    """A rank correlation.

    Attributes:
        estimate: in [-1, 1]; nan where undefined.
        low, high: 95 % interval.
        p: two-sided.
        n: prompts.
        reason: why it is undefined; empty otherwise.
    """

    estimate: float
    low: float
    high: float
    p: float
    n: int
    reason: str = ""


def rank_correlations(
    count: np.ndarray, values: np.ndarray, *, resamples: int, seed: int
) -> tuple[Ranked, Ranked]:
    """Spearman's rho and Kendall's tau-b with intervals over prompts.

    Args:
        count: modifiers, shape (n,).
        values: shape (n,), such as standard deviations.
        resamples: of Spearman's bootstrap; Kendall's interval is a jackknife's.
        seed: of the bootstrap.

    Returns:
        Spearman, Kendall; p values are scipy's.

    Example:
        >>> steps = np.arange(10.0)
        >>> spearman, kendall = rank_correlations(steps, -steps, resamples=100, seed=0)
        >>> round(spearman.estimate, 6), round(kendall.estimate, 6)
        (-1.0, -1.0)
    """
    from scipy.stats import kendalltau, spearmanr

    from ..evaluation import correlate

    n = len(count)
    why = _undefined(count, values)
    if n < 4 or why:
        nothing = Ranked(*(math.nan,) * 4, n, why or f"{n} prompts are too few")
        return nothing, nothing
    found = correlate(count, values, resamples=resamples, seed=seed)
    p_values = (spearmanr(count, values).pvalue, kendalltau(count, values).pvalue)
    return tuple(
        Ranked(one.value, one.low, one.high, float(p), n, one.reason)
        for one, p in zip((found.spearman, found.kendall), p_values, strict=True)
    )


def partial_rank(count: np.ndarray, values: np.ndarray, others: np.ndarray) -> Ranked:
    """Spearman's rho of count and values with other things held equal.

    Both sides' ranks are regressed on the others; what is left is correlated. The interval is Fisher's z with
    Bonett and Wright's variance; p is Student's t. Both lose one degree of freedom for each dimension of the
    others.

    Args:
        count: shape (n,).
        values: shape (n,).
        others: shape (n, k), such as ranks of other measures or 0/1 columns; k may be 0.

    Returns:
        The partial correlation; undefined where the others tell one side entirely.

    Reference:
        Bonett and Wright, Sample size requirements for estimating Pearson, Kendall and Spearman correlations,
        Psychometrika 65 (2000).

    Example:
        >>> length = np.arange(30.0)
        >>> count, values = length + np.tile([0, 5], 15), -length - np.tile([5, 0], 15)
        >>> bool(partial_rank(count, values, length[:, None]).estimate > 0.9)
        True
    """
    from scipy.stats import rankdata
    from scipy.stats import t as student

    n = len(count)
    why = _undefined(count, values)
    if why:
        return Ranked(*(math.nan,) * 4, n, why)
    design = np.column_stack([np.ones(n), others])
    basis, k = _basis(design)
    left = [_left_over(rankdata(side), basis) for side in (count, values)]
    free = n - 1 - k
    if free < 4:
        return Ranked(*(math.nan,) * 4, n, f"{n} prompts are too few for {k - 1} things to hold equal")
    if any(one is None for one in left):
        return Ranked(*(math.nan,) * 4, n, "what is held equal tells the number of modifiers entirely")
    rho = float(np.clip(left[0] @ left[1], -1, 1))
    if abs(rho) == 1:
        return Ranked(rho, rho, rho, 0.0, n)
    reach = 1.959964 * math.sqrt((1 + rho**2 / 2) / (free - 1))
    low, high = np.tanh(np.arctanh(rho) + np.array([-reach, reach]))
    t = rho * math.sqrt(free / (1 - rho**2))
    return Ranked(rho, float(low), float(high), float(2 * student.sf(abs(t), free)), n)


def clustered_rank(
    count: np.ndarray, values: np.ndarray, others: np.ndarray, owner: np.ndarray, part: np.ndarray
) -> Ranked:
    """As `partial_rank`, where every prompt has several rows.

    Args:
        count: shape (rows,).
        values: shape (rows,), ranked within each part.
        others: shape (rows, k).
        owner: shape (rows,), the prompt of each row.
        part: shape (rows,), the sets of rows that are ranked by themselves.

    Returns:
        The partial correlation over all rows; errors are the sandwich over prompts.
    """
    from scipy.stats import rankdata
    from scipy.stats import t as student

    n = len(np.unique(owner))
    why = _undefined(count, values)
    if why:
        return Ranked(*(math.nan,) * 4, n, why)
    ranks = np.empty(len(values))
    for one in np.unique(part):
        ranks[part == one] = rankdata(values[part == one]) / (part == one).sum()
    basis, k = _basis(np.column_stack([np.ones(len(count)), others]))
    x, y = (_left_over(side, basis) for side in (rankdata(count), ranks))
    free = n - 1 - k
    if free < 4:
        return Ranked(*(math.nan,) * 4, n, f"{n} prompts are too few for {k - 1} things to hold equal")
    if x is None or y is None:
        return Ranked(*(math.nan,) * 4, n, "what is held equal tells the number of modifiers entirely")
    rho = float(x @ y)
    score = np.bincount(np.unique(owner, return_inverse=True)[1], x * (y - rho * x))
    error = math.sqrt(float(score @ score) * n / free)
    reach = float(student.ppf(0.975, free)) * error
    p = float(2 * student.sf(abs(rho) / error, free)) if error > 0 else 0.0
    return Ranked(rho, max(rho - reach, -1.0), min(rho + reach, 1.0), p, n)


def _basis(design: np.ndarray) -> tuple[np.ndarray, int]:
    """An orthonormal basis of the columns' space, and its dimension."""
    left, sizes, _ = np.linalg.svd(design / np.maximum(np.linalg.norm(design, axis=0), 1e-300), False)
    k = int((sizes > sizes[0] * 1e-9).sum())
    return left[:, :k], k


def _left_over(ranks: np.ndarray, basis: np.ndarray) -> np.ndarray | None:
    """What the basis does not tell of the ranks, as a unit vector; None where it tells all."""
    left = ranks - basis @ (basis.T @ ranks)
    size = np.linalg.norm(left)
    return None if size < 1e-8 * np.linalg.norm(ranks) else left / size


def _undefined(count: np.ndarray, values: np.ndarray) -> str:
    if np.ptp(count) == 0:
        return "every prompt has the same number of modifiers"
    return "the spread is the same for every prompt" if np.ptp(values) == 0 else ""
