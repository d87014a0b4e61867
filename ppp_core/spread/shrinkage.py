"""Many noisy effects of one kind, each drawn towards what they have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..errors import PPPError

FEWEST = 4
"""With fewer effects nothing is known of how much they differ, and nothing is drawn."""


@dataclass(frozen=True)
class Shrunk:
    """Effects after shrinkage.

    Attributes:
        values, low, high: shape (n,).
        centre: what they are drawn towards; nan where nothing was drawn.
        sd: how much the true effects differ between each other, estimated; nan likewise.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: float
    sd: float


def shrink(effects: np.ndarray, errors: np.ndarray, *, confidence: float = 0.95) -> Shrunk:
    """Empirical Bayes: each effect is drawn to the mean of all, the more the less sure it is.

    The variance between true effects is Paule and Mandel's (statsmodels); intervals are Morris's, which
    allow for the mean and that variance being estimated. The effects are taken as independent.

    Args:
        effects: float, shape (n,).
        errors: their standard errors, above 0, shape (n,).
        confidence: of the intervals.

    Returns:
        The effects; unchanged, with their own intervals, where there are fewer than four.

    Raises:
        PPPError: for errors that are not above 0.

    Reference:
        Morris, Parametric empirical Bayes inference, Journal of the American Statistical Association 78
        (1983); Paule and Mandel, Journal of Research of the National Bureau of Standards 87 (1982).

    Example:
        >>> found = shrink(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 3.0]), np.array([0.1] * 5 + [2.0]))
        >>> found.values.round(2).tolist()
        [0.04, 0.12, 0.2, 0.28, 0.36, 1.33]
    """
    reach = NormalDist().inv_cdf((1 + confidence) / 2)
    if not (errors > 0).all() or not np.isfinite(effects).all():
        raise PPPError(f"shrink needs finite effects with errors above 0, got errors {errors.tolist()}.")
    k = len(effects)
    if k < FEWEST:
        return Shrunk(effects, effects - reach * errors, effects + reach * errors, math.nan, math.nan)
    from statsmodels.stats.meta_analysis import combine_effects

    squared = errors**2
    between = max(float(combine_effects(effects, squared, method_re="iterated").tau2), 0.0)
    weights = 1 / (squared + between)
    centre = float(np.average(effects, weights=weights))
    share = (k - 3) / (k - 1) * squared * weights  # of an effect that is given up; Morris (1983), (1.16)
    values = effects - share * (effects - centre)
    own = 1 - share * (1 - weights / weights.sum())
    mean_variance = k / weights.sum()
    extra = 2 / (k - 3) * share**2 * mean_variance * weights * (effects - centre) ** 2
    spread = np.sqrt(squared * own + extra)
    return Shrunk(values, values - reach * spread, values + reach * spread, centre, math.sqrt(between))
