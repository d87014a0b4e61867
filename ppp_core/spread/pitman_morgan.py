"""Whether two variances differ where the values come in pairs.

The variances of x and y are equal exactly where their sum and their difference are uncorrelated.

Reference:
    Pitman, A note on normal correlation, Biometrika 31 (1939); Morgan, A test for the significance of the
    difference between the two variances in a sample from a normal bivariate population, ibid.;
    Snedecor and Cochran, Statistical Methods (7th ed., 1980), section 10.13, for the limits of the ratio;
    McCulloch, Tests for equality of variances with paired data, Communications in Statistics 16 (1987), for
    Spearman's coefficient in its place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import PPPError


@dataclass(frozen=True)
class PairedVariances:
    """Two variances of values in pairs, compared.

    Attributes:
        n: pairs.
        r: correlation of sum and difference; above 0 where the second varies more; nan where undefined.
        t: of that correlation.
        df: its degrees of freedom.
        p: two-sided; nan where undefined.
        log_ratio: log of the second standard deviation over the first.
        low, high: limits of that, exact for normal values.
        spearman: rank correlation of sum and difference.
        p_spearman: two-sided, by the normal approximation, which is careful for few pairs.
    """

    n: int
    r: float
    t: float
    df: int
    p: float
    log_ratio: float
    low: float
    high: float
    spearman: float
    p_spearman: float


def pitman_morgan(
    first: np.ndarray, second: np.ndarray, *, lost: int = 0, confidence: float = 0.95
) -> PairedVariances:
    """Compares the variances of two columns of one length whose rows belong together.

    Args:
        first, second: finite floats, shape (n,), n at least 3.
        lost: degrees of freedom lost beforehand, where means of groups were taken out of both.
        confidence: of the limits.

    Returns:
        The comparison; nan where a column, or every pair, is constant.

    Raises:
        PPPError: for different lengths or too few pairs.

    Example:
        >>> found = pitman_morgan(np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 6, 4, 10, 8]))
        >>> round(found.r, 2), round(found.p, 3), round(float(np.exp(found.log_ratio)), 2)
        (0.78, 0.119, 2.0)
    """
    n, df = len(first), len(first) - 2 - lost
    if len(first) != len(second) or df < 1:
        raise PPPError(
            f"Pitman and Morgan's test needs 3 or more pairs{f' and {lost} more' if lost else ''}, "
            f"got {len(first)} and {len(second)} values."
        )
    from scipy.special import stdtr

    from ..evaluation.correlation import spearman

    total, apart = first + second, second - first
    if not (np.ptp(first) and np.ptp(second)):
        return _undefined(n, df)
    log_ratio = 0.5 * math.log(float(np.var(second)) / float(np.var(first)))
    if not (np.ptp(total) and np.ptp(apart)):  # parallel, or mirrored: equal beyond doubt
        return PairedVariances(n, 0.0, 0.0, df, 1.0, log_ratio, log_ratio, log_ratio, 0.0, 1.0)
    r = float(np.corrcoef(total, apart)[0, 1])
    value = r * math.sqrt(df / max(1 - r**2, 1e-300))
    low, high = _limits(first, second, log_ratio, df, confidence)
    rank = spearman(total, apart)
    return PairedVariances(
        n, r, value, df, float(2 * stdtr(df, -abs(value))), log_ratio, low, high, rank, _rank_p(rank, n - 1)
    )


def combined(tests: Sequence[PairedVariances]) -> tuple[float, float]:
    """Several prompts' tests as one: Stouffer's sum of signed normal scores, weighted by √df.

    Each test is exact for normal values whatever its own scale, so the sum is, too.

    Args:
        tests: of different prompts; undefined ones are left out.

    Returns:
        z, above 0 where the second values vary more, and its two-sided p; nan for none.
    """
    from scipy.special import ndtr, ndtri, stdtr

    known = [one for one in tests if math.isfinite(one.p)]
    if not known:
        return math.nan, math.nan
    scores = [math.copysign(float(ndtri(stdtr(one.df, -min(abs(one.t), 1e6)))), one.t) for one in known]
    weights = np.sqrt([one.df for one in known])
    z = float(np.dot(weights, scores) / np.sqrt((weights**2).sum()))
    return z, float(2 * ndtr(-abs(z)))


def combined_ranks(tests: Sequence[PairedVariances]) -> tuple[float, float]:
    """The same of the rank correlations, which under no difference have mean 0 and variance 1 / (n - 1).

    Returns:
        The mean rank correlation, weighted by n - 1, and its two-sided p; nan for none.
    """
    known = [one for one in tests if math.isfinite(one.spearman)]
    if not known:
        return math.nan, math.nan
    weights = np.array([one.n - 1 for one in known])
    mean = float(np.average([one.spearman for one in known], weights=weights))
    return mean, _rank_p(mean, int(weights.sum()))


def _rank_p(mean: float, weight: int) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(mean) * math.sqrt(weight)))


def _limits(
    first: np.ndarray, second: np.ndarray, log_ratio: float, df: int, confidence: float
) -> tuple[float, float]:
    from scipy.special import stdtrit

    r = float(np.corrcoef(first, second)[0, 1])
    reach = -float(stdtrit(df, (1 - confidence) / 2))
    k = 1 + 2 * (1 - min(r**2, 1.0)) * reach**2 / df
    width = 0.5 * math.log(k + math.sqrt(k**2 - 1))  # k - sqrt(k² - 1) is its inverse
    return log_ratio - width, log_ratio + width


def _undefined(n: int, df: int) -> PairedVariances:
    nan = math.nan
    return PairedVariances(n, nan, nan, df, nan, nan, nan, nan, nan, nan)
