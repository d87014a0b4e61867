"""The effect of the mean on the spread: a rating near an end of its scale cannot vary.

On a bounded scale, prompts that do better may vary less for no other reason than the ceiling. Two ways take
that out. The main one lets the data say how the spread goes with the mean, by a smooth curve fitted beside
the count, so that what the count itself does is not taken out with it; spread and mean come from different
values of a prompt (see `halves`). The other divides each standard deviation
by the largest that the scale allows at that mean; it needs no fit, but takes out too much unless ratings are
nearly all at the two ends, and then sees a trend of the spread where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .halves import MANY_COUNTS
from .models import fit_variance

if TYPE_CHECKING:
    from .halves import Halves
    from .sample import Sample

KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the knots: Harrell's choice for four."""


def smooth_columns(values: np.ndarray) -> np.ndarray:
    """A natural cubic spline: columns whose combinations are smooth curves, straight at the ends.

    Args:
        values: shape (n,).

    Returns:
        Shape (n, k): the standardised values, and up to two columns of their curvature; k = 0 where all are
        equal. Columns have mean 0 and standard deviation 1.

    Reference:
        Harrell, Regression Modeling Strategies (2015), section 2.4.5.

    Example:
        >>> smooth_columns(np.arange(100.0)).shape, smooth_columns(np.ones(5)).shape
        ((100, 3), (5, 0))
    """
    values = np.asarray(values, dtype=float)
    if np.ptp(values) == 0:
        return np.empty((len(values), 0))
    x = (values - values.mean()) / values.std()
    knots = np.unique(np.quantile(x, KNOTS))
    columns = [x]
    if len(knots) > 2:
        last, before = knots[-1], knots[-2]
        size = (last - knots[0]) ** 2
        for knot in knots[:-2]:
            bend = _cubed(x - knot) - _cubed(x - before) * (last - knot) / (last - before)
            bend += _cubed(x - last) * (before - knot) / (last - before)
            columns.append(bend / size)
    scaled = [(one - one.mean()) / one.std() for one in columns if one.std() > 1e-9]
    return np.column_stack(scaled)


def _cubed(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0) ** 3


def largest_spread(mean: np.ndarray, low: float, high: float) -> np.ndarray:
    """The largest standard deviation that values between low and high can have; nan at the ends.

    Reference:
        Bhatia and Davis, A better bound on the variance, American Mathematical Monthly 107 (2000).

    Example:
        >>> largest_spread(np.array([0.0, 1.0, 2.5]), 0, 5).round(3).tolist()
        [nan, 2.0, 2.5]
    """
    room = (np.asarray(mean, dtype=float) - low) * (high - np.asarray(mean, dtype=float))
    return np.sqrt(np.where(room > 0, room, np.nan))


def mean_adjusted(sample: Sample, halves: Halves | None) -> np.ndarray:
    """By what each standard deviation is to be multiplied to be as if all prompts had the median mean.

    The curve is that of a gamma regression of the variance on a smooth function of the mean and on the count.

    Args:
        sample: with a spread within prompts.
        halves: of `halves_of`; None where values cannot be split, and the mean is that of the same values.

    Returns:
        Factors, shape (n,); all 1 where the means are equal; all nan where the curve cannot be fitted.
    """
    whole = sample.mean if halves is None else halves.whole
    owner = np.arange(sample.n) if halves is None else halves.owner
    rows = whole if halves is None else halves.mean
    curve = smooth_columns(np.concatenate([rows, whole]))
    if not curve.shape[1]:
        return np.ones(sample.n)
    levels, count = np.unique(sample.count), sample.count[owner]
    dummies = count[:, None] == levels[1:] if len(levels) <= MANY_COUNTS else count[:, None]
    design = np.column_stack([np.ones(len(rows)), curve[: len(rows)], dummies]).astype(float)
    source = sample if halves is None else halves
    fitted = fit_variance(source.variance, source.df, design)
    if fitted is None:
        return np.full(sample.n, np.nan)
    told = curve[len(rows) :] @ fitted.params[1 : 1 + curve.shape[1]]
    typical = told[np.argmin(np.abs(whole - np.median(whole)))]
    return np.exp((typical - told) / 2)
