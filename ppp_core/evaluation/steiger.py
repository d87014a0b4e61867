"""Are two correlations equal that were measured on the same prompts? Steiger's and Meng's z."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError
from .correlation import pearson
from .inputs import FEWEST, as_numbers, complete
from .intervals import normal_reach

_ONE = 1 - 1e-12  # a correlation of 1, but for rounding, which has no place on Fisher's scale


@dataclass(frozen=True)
class ZTest:
    """A test of two dependent correlations on Fisher's z scale.

    Attributes:
        difference: artanh of the first correlation less artanh of the second.
        low: lower end of the interval of the difference, on the same scale.
        high: upper end of it.
        z: the difference over its standard error under equality; positive where the first is higher.
        p: two-sided, in [0, 1].
        n: prompts.

    All numbers but n are nan where the test is undefined.
    """

    difference: float
    low: float
    high: float
    z: float
    p: float
    n: int


def steiger(
    r_xy: float,
    r_uv: float,
    *,
    r_xu: float,
    r_xv: float,
    r_yu: float,
    r_yv: float,
    n: int,
    confidence: float = 0.95,
) -> ZTest:
    """Tests whether two correlations of four variables, measured on the same prompts, are equal.

    Such as predicted and observed generation (x, y) against predicted and observed retrieval (u, v).
    Correlations that share a variable: let it be x and u (``r_xu=1``); then it is Steiger's test for
    that case. `williams` is preferred there.

    Args:
        r_xy: Pearson's r of the first pair.
        r_uv: Pearson's r of the second pair.
        r_xu, r_xv, r_yu, r_yv: Pearson's r between the pairs.
        n: prompts, at least 4.
        confidence: of the interval.

    Returns:
        The test.

    Raises:
        PPPError: a correlation outside [-1, 1], or too few prompts.

    Reference:
        Steiger, Tests for comparing elements of a correlation matrix, Psychological Bulletin 87 (1980),
        equations 2 and 15: Fisher's z with the covariance taken at the mean of both correlations. The
        interval is ours: the difference with the standard error of that test.

    Example:
        Steiger's case B: correlations of .5 and .6 between two variables at two times, n = 103. (He gives
        −1.4045 after rounding.)

        >>> test = steiger(0.5, 0.6, r_xu=0.8, r_xv=0.5, r_yu=0.5, r_yv=0.7, n=103)
        >>> round(test.z, 3), round(test.p, 2)
        (-1.405, 0.16)
    """
    given = {"r_xy": r_xy, "r_uv": r_uv, "r_xu": r_xu, "r_xv": r_xv, "r_yu": r_yu, "r_yv": r_yv}
    _check("steiger", given, n)
    mean = (r_xy + r_uv) / 2
    if math.isclose(r_xu, 1.0, abs_tol=1e-12):  # then r_yu is r_xy and r_xv is r_uv, equal under the null
        r_xv = r_yu = mean
    if math.isnan(sum(given.values())) or max(abs(r_xy), abs(r_uv)) >= _ONE:
        return _undefined(n)
    covariance = _covariance(mean, r_xu, r_xv, r_yu, r_yv) / (1 - mean**2) ** 2
    return _z_test(r_xy, r_uv, (2 - 2 * covariance) / (n - 3), n, confidence)


def meng(r_a: float, r_b: float, r_ab: float, n: int, *, confidence: float = 0.95) -> ZTest:
    """Tests whether two predictors correlate equally with the same observed values.

    The same question as `williams`; on Fisher's scale, with an interval of the difference.

    Args:
        r_a: Pearson's r of predictor a with the observed values.
        r_b: Pearson's r of predictor b with the observed values.
        r_ab: Pearson's r of the two predictors.
        n: prompts, at least 4.
        confidence: of the interval.

    Returns:
        The test.

    Raises:
        PPPError: a correlation outside [-1, 1], or too few prompts.

    Reference:
        Meng, Rosenthal and Rubin, Comparing correlated correlation coefficients, Psychological
        Bulletin 111 (1992), equations 1 to 3.

    Example:
        Their example, n = 15: Z = 1.68 (one-sided p = .047), interval from −.129 to 1.671.

        >>> test = meng(0.63, -0.03, -0.19, 15)
        >>> round(test.z, 2), round(test.p / 2, 3), round(test.low, 3), round(test.high, 3)
        (1.68, 0.047, -0.129, 1.672)
    """
    _check("meng", {"r_a": r_a, "r_b": r_b, "r_ab": r_ab}, n)
    if math.isnan(r_a + r_b + r_ab) or max(abs(r_a), abs(r_b)) >= _ONE:
        return _undefined(n)
    mean_square = (r_a**2 + r_b**2) / 2
    f = min(1.0, (1 - r_ab) / (2 * (1 - mean_square)))
    h = (1 - f * mean_square) / (1 - mean_square)
    return _z_test(r_a, r_b, 2 * (1 - r_ab) * h / (n - 3), n, confidence)


def compare_pairs(
    x: ArrayLike, y: ArrayLike, u: ArrayLike, v: ArrayLike, *, confidence: float = 0.95
) -> ZTest:
    """Whether x correlates with y as u with v, on the same prompts: `steiger` from the values.

    Args:
        x, y: the first pair, shape (n,) each.
        u, v: the second pair, shape (n,) each. A prompt that lacks any of the four is left out.
        confidence: of the interval.

    Returns:
        The test; its ``n`` counts the prompts used. Undefined where a side is constant.

    Raises:
        PPPError: shapes that differ, values that are infinite or no numbers, fewer than 4 prompts.

    Example:
        >>> steps = list(range(8))
        >>> near, far = [0, 1, 2, 3, 4, 5, 7, 6], [5, 2, 0, 6, 1, 7, 3, 4]
        >>> test = compare_pairs(steps, near, steps, far)
        >>> test.n, test.z > 2
        (8, True)
    """
    sides = [as_numbers(name, values) for name, values in (("x", x), ("y", y), ("u", u), ("v", v))]
    if any(side.ndim != 1 or side.shape != sides[0].shape for side in sides):
        shapes = ", ".join(str(side.shape) for side in sides)
        raise PPPError(f"compare_pairs needs four vectors of one length, got {shapes}.")
    (x, y, u), v, _ = complete("compare_pairs", np.stack(sides[:3]), sides[3])
    between = {"r_xu": pearson(x, u), "r_xv": pearson(x, v), "r_yu": pearson(y, u), "r_yv": pearson(y, v)}
    return steiger(pearson(x, y), pearson(u, v), **between, n=len(v), confidence=confidence)


def _covariance(mean: float, r_xu: float, r_xv: float, r_yu: float, r_yv: float) -> float:
    """Asymptotic covariance of r_xy and r_uv, times n, both of them taken as their mean."""
    return 0.5 * (
        (r_xu - mean * r_yu) * (r_yv - r_yu * mean)
        + (r_xv - r_xu * mean) * (r_yu - mean * r_xu)
        + (r_xu - r_xv * mean) * (r_yv - mean * r_xv)
        + (r_xv - mean * r_yv) * (r_yu - r_yv * mean)
    )


def _z_test(first: float, second: float, variance: float, n: int, confidence: float) -> ZTest:
    difference = math.atanh(first) - math.atanh(second)
    if variance <= 1e-12:  # the same pair twice: no difference, and no error to measure it by
        return ZTest(0.0, 0.0, 0.0, 0.0, 1.0, n) if abs(difference) <= 1e-6 else _undefined(n)
    error = math.sqrt(variance)
    reach = normal_reach(confidence) * error
    z = difference / error
    p = 2 * NormalDist().cdf(-abs(z))
    return ZTest(difference, difference - reach, difference + reach, z, p, n)


def _undefined(n: int) -> ZTest:
    return ZTest(math.nan, math.nan, math.nan, math.nan, math.nan, n)


def _check(who: str, correlations: dict[str, float], n: int) -> None:
    for name, value in correlations.items():
        if abs(value) > 1:
            raise PPPError(f"{who} needs correlations in [-1, 1], got {name}={value:g}.")
    if n < FEWEST:
        raise PPPError(f"{who} needs at least {FEWEST} prompts, got {n}.")
