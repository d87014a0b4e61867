"""Coefficients with their intervals, from resamples or from leaving prompts out."""

from statistics import NormalDist

import numpy as np

from .kendall import jackknife_error
from .results import Estimate


def percentile(value: float, sampled: np.ndarray, confidence: float, why: str) -> Estimate:
    """A value with the percentile interval of its resamples; nothing, where there is a reason why not.

    Example:
        >>> percentile(0.5, np.linspace(0, 8, 9), 0.5, "")
        Estimate(value=0.5, low=2.0, high=6.0, reason='')
    """
    if why:
        return nothing(why)
    defined = sampled[~np.isnan(sampled)]
    if not len(defined):
        return Estimate(value, float("nan"), float("nan"), "every resample is constant")
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))


def on_fisher_scale(tau: float, without: np.ndarray, confidence: float, why: str) -> Estimate:
    """Kendall's tau with its jackknife interval, even on Fisher's z scale.

    Args:
        tau: the coefficient.
        without: shape (n,), the coefficient with each prompt left out.
        confidence: of the interval.
        why: the reason why it is undefined; empty where it is defined.
    """
    if why:
        return nothing(why)
    error = jackknife_error(without)
    if np.isnan(error):
        return Estimate(tau, error, error, "without one prompt, one side is constant")
    if error == 0 or abs(tau) == 1:
        return Estimate(tau, tau, tau)
    reach = normal_reach(confidence) * error / (1 - tau**2)
    low, high = np.tanh(np.arctanh(tau) + np.array([-reach, reach]))
    return Estimate(tau, float(low), float(high))


def around(difference: float, error: float, confidence: float) -> Estimate:
    """A difference of two coefficients, so many standard errors to both sides, inside [-2, 2].

    Example:
        >>> [round(end, 3) for end in (around(0.5, 0.1, 0.95).low, around(1.9, 0.1, 0.95).high)]
        [0.304, 2.0]
    """
    if np.isnan(error):
        return Estimate(difference, error, error, "without one prompt, one side is constant")
    reach = normal_reach(confidence) * error
    return Estimate(difference, max(difference - reach, -2.0), min(difference + reach, 2.0))


def normal_reach(confidence: float) -> float:
    """How many standard errors an interval reaches to each side: 1.96 for 95 %."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def nothing(why: str) -> Estimate:
    """An estimate that is undefined, and why."""
    return Estimate(float("nan"), float("nan"), float("nan"), why)


def why_undefined(predicted: np.ndarray, observed: np.ndarray, name: str) -> str:
    """Why a coefficient of these two rows is undefined; empty where it is defined."""
    if is_constant(observed):
        return "observed is constant"
    return f"{name} is constant" if is_constant(predicted) else ""


def is_constant(values: np.ndarray) -> bool:
    """Whether all values are equal up to rounding."""
    scale = np.abs(values).max()
    return bool(scale == 0 or np.ptp(values / scale) <= 1e-12)
