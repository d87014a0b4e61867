"""Spread and mean at each count, with bands over prompts and a monotone trend.

Bands come from drawing prompts anew within each count. The values within a prompt are not drawn anew: a
prompt's standard deviation already varies with the values that it happened to get, so a second draw would
count that twice, and would make every standard deviation smaller.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .small_samples import c4

if TYPE_CHECKING:
    import pandas as pd

    from .sample import Sample


def spread_trend(sample: Sample, *, resamples: int, seed: int) -> pd.DataFrame:
    """The spread at each count.

    Args:
        sample: the prompts.
        resamples: of the bands.
        seed: of the draws.

    Returns:
        count, n_prompts, spread, low, high, smooth. Within prompts, spread is the mean of the corrected
        standard deviations; between prompts, the corrected standard deviation of their means. Bands are null
        for a single prompt.
    """
    measure = _mean if sample.within else _deviation
    values = sample.spread if sample.within else sample.mean
    return _trend(sample.count, values, "spread", measure, resamples=resamples, seed=seed)


def mean_trend(count: np.ndarray, mean: np.ndarray, *, resamples: int, seed: int) -> pd.DataFrame:
    """Mean performance at each count: count, n_prompts, mean, low, high, smooth, as `spread_trend`."""
    return _trend(count, mean, "mean", _mean, resamples=resamples, seed=seed)


def _trend(count, values, name: str, measure, *, resamples: int, seed: int) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for place, one in enumerate(np.unique(count)):
        mine = values[count == one]
        low, high = _band(mine, measure, resamples=resamples, seed=seed + place)
        center = float(measure(mine, np.ones((1, len(mine))))[0])
        rows.append((int(one), len(mine), center, low, high))
    frame = pd.DataFrame(rows, columns=["count", "n_prompts", name, "low", "high"])
    return frame.assign(smooth=monotone(frame[name].to_numpy(), frame["n_prompts"].to_numpy()))


def monotone(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The closest sequence that only rises or only falls, whichever is closer; nan stays nan.

    Args:
        values: shape (k,), in the order of the counts.
        weights: shape (k,), how much each counts.

    Reference:
        Barlow, Bartholomew, Bremner and Brunk, Statistical Inference under Order Restrictions (1972).

    Example:
        >>> monotone(np.array([3.0, 1.0, 2.0, 0.0]), np.ones(4)).tolist()
        [3.0, 1.5, 1.5, 0.0]
    """
    from scipy.optimize import isotonic_regression

    known = np.isfinite(values)
    fitted = np.full(len(values), math.nan)
    if known.any():
        ways = [
            isotonic_regression(values[known], weights=weights[known].astype(float), increasing=up).x
            for up in (False, True)
        ]
        fitted[known] = min(ways, key=lambda way: float(weights[known] @ (way - values[known]) ** 2))
    return fitted


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted means of values (n,), for rows of weights (draws, n)."""
    return weights @ values / weights.sum(axis=1)


def _deviation(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Corrected standard deviations of values (n,), for rows of weights (draws, n) that sum to n."""
    n = len(values)
    if n < 2:
        return np.full(len(weights), math.nan)
    centred = values - values.mean()
    mean = weights @ centred / n
    squares = np.maximum(weights @ centred**2 - n * mean**2, 0.0)
    return np.sqrt(squares / (n - 1)) / c4(n)


def _band(values: np.ndarray, measure, *, resamples: int, seed: int) -> tuple[float, float]:
    """A percentile interval over prompts."""
    from ..evaluation.resampling import draws

    n = len(values)
    if n < 2:
        return math.nan, math.nan
    tail = expanded_tail(n)
    found = np.concatenate([measure(values, weights) for weights in draws(n, resamples, seed)])
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def expanded_tail(n: int) -> float:
    """The share to cut off at each end of a bootstrap of n prompts for a 95 % interval: 2.5 % for many.

    Reference:
        Hesterberg, What teachers should know about the bootstrap, The American Statistician 69 (2015): the
        expanded percentile interval.

    Example:
        >>> round(expanded_tail(10), 4), round(expanded_tail(1000), 4)
        (0.0086, 0.0248)
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    return float(norm.cdf(-math.sqrt(n / (n - 1)) * student.ppf(0.975, n - 1)))
