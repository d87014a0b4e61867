"""Models of the spread and of the mean: how much a further modifier changes them.

A *location-scale* model has one regression for the mean and one for the logarithm of the variance. Here the
scale part is a gamma regression of the prompts' variances with a log link, each weighted by half its degrees
of freedom; the location part is a mixed model with a random intercept for each prompt and a fixed effect for
each generator.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .small_samples import log_variance_bias, log_variance_noise

if TYPE_CHECKING:
    import pandas as pd

MOST_FOR_MIXED = 2_000
"""Prompts up to which the mixed model is fitted; above, prompts' means are regressed, with the same slope
where every prompt has every generator."""


@dataclass(frozen=True)
class Slope:
    """What one further modifier goes with.

    Attributes:
        estimate: in the model's unit; nan where undefined.
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


def undefined(n: int, reason: str) -> Slope:
    """A slope that could not be had, and why."""
    return Slope(math.nan, math.nan, math.nan, math.nan, n, reason)


@dataclass(frozen=True)
class Fitted:
    """A gamma regression's coefficients and their robust standard errors, each of shape (k,)."""

    params: np.ndarray
    errors: np.ndarray


def fit_variance(
    variance: np.ndarray, df: np.ndarray, design: np.ndarray, owner: np.ndarray | None = None
) -> Fitted | None:
    """Gamma regression of variances with a log link, errors robust to what the variances really do.

    Args:
        variance: shape (n,), not negative; zeros are allowed, since only the first two moments count.
        df: degrees of freedom of each.
        design: shape (n, k), a column of ones first.
        owner: shape (n,), the prompt that a row belongs to, where prompts have several rows.

    Returns:
        The fit; None where it fails.

    Reference:
        Smyth, Generalized linear models with varying dispersion, JRSS B 51 (1989); errors: the sandwich with
        MacKinnon and White's third correction (HC3), which holds its level for small n; statsmodels gives the
        uncorrected one.
    """
    from statsmodels.genmod.families import Gamma
    from statsmodels.genmod.families.links import Log
    from statsmodels.genmod.generalized_linear_model import GLM

    if not (variance > 0).any():
        return None
    size = float(variance[variance > 0].mean())
    # a floor far below any real variance keeps the logarithms in statsmodels' deviance finite
    response = np.maximum(variance / size, 1e-8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = GLM(response, design, family=Gamma(Log()), var_weights=df / 2).fit(maxiter=100)
            errors = _robust_errors(response / fitted.mu - 1, df / 2, design, owner)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return None
    if not (np.isfinite(fitted.params).all() and np.isfinite(errors).all()):
        return None
    return Fitted(np.asarray(fitted.params), errors)


def _robust_errors(
    left: np.ndarray, weights: np.ndarray, design: np.ndarray, owner: np.ndarray | None
) -> np.ndarray:
    """HC3 of a log-link gamma regression, from what is left over as a share of the fitted variance.

    A prompt's rows are summed before they are squared.
    """
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    leverage = weights * np.einsum("ij,jk,ik->i", design, bread, design)
    score = design * (weights * left / np.maximum(1 - leverage, 1e-6))[:, None]
    if owner is not None:
        _, place = np.unique(owner, return_inverse=True)
        score = np.stack([np.bincount(place, column) for column in score.T], axis=1)
    return np.sqrt(np.diag(bread @ (score.T @ score) @ bread))


def location_scale(
    count: np.ndarray,
    variance: np.ndarray,
    df: np.ndarray,
    others: np.ndarray | None = None,
    owner: np.ndarray | None = None,
    power: float = 0.5,
) -> Slope:
    """By what share the standard deviation changes with each further modifier.

    Args:
        count: modifiers, shape (n,).
        variance: shape (n,).
        df: degrees of freedom of each.
        others: shape (n, k), what is held equal; None for nothing.
        owner: shape (n,), the prompt that a row belongs to, where prompts have several rows.
        power: that turns what is given as the variance into a standard deviation: 1 for absolute distances.

    Returns:
        A share: -0.07 is 7 % less spread with each further modifier.
    """
    n = len(count) if owner is None else len(np.unique(owner))
    if np.ptp(count) == 0:
        return undefined(n, "every prompt has the same number of modifiers")
    design, k = with_others(count, others)
    if k < design.shape[1]:
        return undefined(n, "what is held equal tells the number of modifiers entirely")
    if n - k < 4:
        return undefined(n, f"{n} prompts are too few for {k - 2} things to hold equal")
    fitted = fit_variance(variance, df, design, owner)
    if fitted is None:
        return undefined(n, "the model could not be fitted")
    return _as_share(_slope(fitted.params[1], fitted.errors[1], n - k, n), power)


def log_spread(count: np.ndarray, variance: np.ndarray, df: np.ndarray) -> Slope:
    """As `location_scale`, by least squares of the logarithm of the standard deviation.

    What few values do to the logarithm is taken out, and prompts are weighted by what the number of their
    values and the differences between prompts leave uncertain.

    Returns:
        A share; undefined where a prompt has no spread at all, since zero has no logarithm.
    """
    from statsmodels.regression.linear_model import WLS

    n = len(count)
    if np.ptp(count) == 0:
        return undefined(n, "every prompt has the same number of modifiers")
    if n < 6:
        return undefined(n, f"{n} prompts are too few")
    if (variance <= 1e-12 * max(variance.max(), 1e-300)).any():
        zeros = int((variance <= 1e-12 * max(variance.max(), 1e-300)).sum())
        return undefined(n, f"{zeros:,} of {n:,} prompts have no spread at all, and zero has no logarithm")
    response = np.log(variance) - log_variance_bias(df)
    noise = log_variance_noise(df)
    design = np.column_stack([np.ones(n), count])
    first = WLS(response, design, weights=1 / noise).fit()
    between = max(0.0, float(np.mean(first.resid**2 - noise)))
    fitted = WLS(response, design, weights=1 / (noise + between)).fit(cov_type="HC3")
    return _as_share(_slope(fitted.params[1], fitted.bse[1], n - 2, n), 0.5)


def quantile_slope(count: np.ndarray, spread: np.ndarray, share: float) -> Slope:
    """How a quantile of the spread changes with each further modifier, in the target's unit.

    Reference:
        Koenker and Bassett, Regression quantiles, Econometrica 46 (1978); errors: the sandwich with
        Hall and Sheather's bandwidth.
    """
    from statsmodels.regression.quantile_regression import QuantReg

    n = len(count)
    if np.ptp(count) == 0:
        return undefined(n, "every prompt has the same number of modifiers")
    if n < 10:
        return undefined(n, f"{n} prompts are too few")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = QuantReg(spread, np.column_stack([np.ones(n), count])).fit(q=share, max_iter=2000)
        except (np.linalg.LinAlgError, ValueError):
            return undefined(n, "the model could not be fitted")
    if not np.isfinite(fitted.bse[1]) or fitted.bse[1] <= 0:
        return undefined(n, "too many prompts have the same spread")
    return _slope(fitted.params[1], fitted.bse[1], n - 2, n)


def mean_slope(values: pd.DataFrame, count: np.ndarray) -> tuple[Slope, str]:
    """How mean performance changes with each further modifier, in the target's unit.

    Args:
        values: owner (position of the prompt), generator, raw; one row a value.
        count: modifiers of each prompt, shape (n,).

    Returns:
        The slope, and how it was had: ``"mixed"`` (random intercept for each prompt, fixed effect for each
        generator) or ``"means"`` (regression of the prompts' means, robust errors).
    """
    n = len(count)
    if np.ptp(count) == 0:
        return undefined(n, "every prompt has the same number of modifiers"), "means"
    if n < 6:
        return undefined(n, f"{n} prompts are too few"), "means"
    several = len(values) > n and n <= MOST_FOR_MIXED
    found = _mixed_slope(values, count) if several else None
    return (found, "mixed") if found is not None else (_slope_of_means(values, count), "means")


def _mixed_slope(values: pd.DataFrame, count: np.ndarray) -> Slope | None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    owner = values["owner"].to_numpy()
    design = np.column_stack([np.ones(len(owner)), count[owner], _dummies(values["generator"])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = MixedLM(values["raw"].to_numpy(float), design, groups=owner).fit(reml=True)
        except (np.linalg.LinAlgError, ValueError):
            return None
    error = float(fitted.bse_fe[1])
    if not fitted.converged or not np.isfinite(error):
        return None
    return _slope(float(fitted.fe_params[1]), error, len(count) - 2, len(count))


def _slope_of_means(values: pd.DataFrame, count: np.ndarray) -> Slope:
    from statsmodels.regression.linear_model import OLS

    adjusted = values["raw"] - values.groupby("generator", dropna=False)["raw"].transform("mean")
    means = adjusted.groupby(values["owner"]).mean().reindex(range(len(count))).to_numpy()
    if np.ptp(means) == 0:
        return undefined(len(count), "every prompt has the same mean")
    fitted = OLS(means, np.column_stack([np.ones(len(count)), count])).fit(cov_type="HC3")
    return _slope(fitted.params[1], fitted.bse[1], len(count) - 2, len(count))


def _dummies(names: pd.Series) -> np.ndarray:
    """0/1 columns of all names but the first, shape (n, k - 1)."""
    codes, kinds = names.factorize()
    return (codes[:, None] == np.arange(1, len(kinds))).astype(float)


def with_others(count: np.ndarray, others: np.ndarray | None) -> tuple[np.ndarray, int]:
    """Ones, the count, and what is held equal, without columns that others tell already; and the rank.

    The rank is below the number of columns where the count itself is told by the others.
    """
    import scipy.linalg

    n = len(count)
    held = np.column_stack([np.ones(n), *([] if others is None else [others])])
    scaled = held / np.maximum(np.linalg.norm(held, axis=0), 1e-300)
    _, upper, order = scipy.linalg.qr(scaled, mode="economic", pivoting=True)
    kept = sorted(order[: int((np.abs(np.diag(upper)) > 1e-9).sum())].tolist())
    design = np.column_stack([np.ones(n), count, held[:, [one for one in kept if one != 0]]])
    sizes = np.linalg.svd(design / np.linalg.norm(design, axis=0), compute_uv=False)
    return design, int((sizes > sizes[0] * 1e-9).sum())


def _slope(value: float, error: float, free: int, n: int) -> Slope:
    from scipy.stats import t as student

    reach = float(student.ppf(0.975, free)) * float(error)
    p = float(2 * student.sf(abs(value) / error, free)) if error > 0 else math.nan
    return Slope(float(value), float(value) - reach, float(value) + reach, p, n)


def _as_share(slope: Slope, power: float) -> Slope:
    """A slope of a logarithm as a share of the standard deviation."""
    ends = (math.expm1(power * end) for end in (slope.estimate, slope.low, slope.high))
    return Slope(*ends, slope.p, slope.n, slope.reason)
