"""Correlation of predicted with observed performance, with intervals; and of two predictors.

Intervals for Pearson and Spearman are percentile intervals of a bootstrap over prompts, 10,000
resamples. Kendall's tau-b costs n² a resample, so its interval comes from the jackknife (every prompt
left out once, exactly), put on Fisher's z scale so that it stays inside [-1, 1].
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError
from .inputs import as_numbers, check_options, complete
from .intervals import around, is_constant, nothing, on_fisher_scale, percentile, why_undefined
from .kendall import jackknife_error, kendall
from .resampling import bootstrap, tie_bounds
from .results import Comparison, Correlation, Estimate
from .williams import williams


def correlate(
    predicted: ArrayLike,
    observed: ArrayLike,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Correlation:
    """Pearson, Spearman and Kendall (tau-b) of predicted with observed performance, with intervals.

    A prompt with a missing value (NaN) on either side is dropped and counted. Where one side is
    constant the coefficients are nan and say why.

    Args:
        predicted: shape (n,), any unit.
        observed: shape (n,), any unit; higher is better on both sides.
        resamples: of the bootstrap, at least 100.
        confidence: of the intervals, between 0 and 1.
        seed: of the bootstrap. The same seed and n resample the same prompts, so the intervals of
            `correlate`, `correlate_many` and `compare` agree.

    Returns:
        The correlation.

    Raises:
        PPPError: shapes that differ, values that are infinite or no numbers, fewer than 4 prompts.

    Reference:
        Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 11 and 13;
        Fieller, Hartley and Pearson, Tests for rank correlation coefficients, Biometrika 44 (1957),
        for the z transform of tau (they give a fixed variance; here the jackknife's is used, which
        holds with ties).

    Example:
        >>> result = correlate([1, 2, 3, 4, 5], [1, 2, 4, 3, float("nan")])
        >>> result.n, result.n_dropped, round(result.pearson.value, 3), round(result.kendall.value, 3)
        (4, 1, 0.8, 0.667)
    """
    predicted = as_numbers("predicted", predicted)
    if predicted.ndim != 1:
        raise PPPError(f"correlate needs predicted to be one row of numbers, got shape {predicted.shape}.")
    options = {"resamples": resamples, "confidence": confidence, "seed": seed}
    return _correlate("correlate", predicted[None], observed, **options)[0]


def correlate_many(
    predicted: ArrayLike,
    observed: ArrayLike,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> list[Correlation]:
    """As `correlate`, for several predictors at once on the same resamples.

    Args:
        predicted: shape (k, n), one row a predictor. A prompt that any of them lacks is dropped for all.
        observed: shape (n,).
        resamples: of the bootstrap, at least 100.
        confidence: of the intervals, between 0 and 1.
        seed: of the bootstrap.

    Returns:
        k correlations, in the rows' order.

    Raises:
        PPPError: as `correlate`.

    Example:
        >>> up, down = correlate_many([[1, 2, 3, 4], [4, 3, 2, 1]], [10, 20, 30, 40], resamples=100)
        >>> round(up.pearson.value, 3), round(down.pearson.value, 3)
        (1.0, -1.0)
    """
    predicted = as_numbers("predicted", predicted)
    if predicted.ndim != 2:
        raise PPPError(f"correlate_many needs predicted as (predictors, prompts), got {predicted.shape}.")
    if not len(predicted):
        raise PPPError("correlate_many needs at least one predictor, got none.")
    options = {"resamples": resamples, "confidence": confidence, "seed": seed}
    return _correlate("correlate_many", predicted, observed, **options)


def compare(
    predicted_a: ArrayLike,
    predicted_b: ArrayLike,
    observed: ArrayLike,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Whether predictor a correlates better than predictor b with the same observed performance.

    The differences are paired: each resample draws the same prompts for both. A prompt that lacks
    any of the three values is dropped and counted.

    Args:
        predicted_a: shape (n,).
        predicted_b: shape (n,).
        observed: shape (n,), higher is better.
        resamples: of the bootstrap, at least 100.
        confidence: of the intervals and the verdict, between 0 and 1.
        seed: of the bootstrap.

    Returns:
        Both correlations, their differences (a less b) with intervals, Williams' t, and a verdict.

    Raises:
        PPPError: as `correlate`.

    Example:
        >>> observed = list(range(12))
        >>> wrong = [3, 9, 1, 8, 0, 11, 2, 5, 10, 4, 7, 6]
        >>> result = compare(observed, wrong, observed, resamples=500)
        >>> result.verdict, round(result.pearson.value, 2)
        ('a', 0.82)
    """
    a, b = as_numbers("predicted_a", predicted_a), as_numbers("predicted_b", predicted_b)
    if a.ndim != 1 or a.shape != b.shape:
        raise PPPError(
            "compare needs two predictions of one length, "
            f"got predicted_a {a.shape} and predicted_b {b.shape}."
        )
    check_options(resamples, confidence)
    both, observed, dropped = complete("compare", np.stack([a, b]), as_numbers("observed", observed))
    sampled = bootstrap(both, observed, resamples=resamples, seed=seed)
    left_out = [kendall(row, observed) for row in both]
    first, second = (
        _one(row, observed, dropped, (sampled[0][i], sampled[1][i]), left_out[i], confidence)
        for i, row in enumerate(both)
    )
    why = why_undefined(both[0], observed, "predicted_a") or why_undefined(both[1], observed, "predicted_b")
    return Comparison(
        n=first.n,
        n_dropped=dropped,
        a=first,
        b=second,
        pearson=_difference(first.pearson, second.pearson, sampled[0], confidence, why),
        spearman=_difference(first.spearman, second.spearman, sampled[1], confidence, why),
        kendall=_kendall_difference(left_out, confidence, why),
        williams=williams(first.pearson.value, second.pearson.value, pearson(*both), first.n),
        confidence=confidence,
    )


def pearson(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of two finite rows of one length; nan where either is constant.

    Example:
        >>> round(pearson(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 7.0])), 4)
        0.9934
    """
    if is_constant(x) or is_constant(y):
        return float("nan")
    return float(np.clip(_unit(x) @ _unit(y), -1.0, 1.0))


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rho: Pearson's r of the mid-ranks; nan where either row is constant.

    Example:
        >>> round(spearman(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 10.0, 10.0, 1000.0])), 4)
        0.9487
    """
    if is_constant(x) or is_constant(y):
        return float("nan")
    return pearson(*(start + end + 1.0 for _, start, end in (tie_bounds(x), tie_bounds(y))))


def _correlate(
    who: str, predicted: np.ndarray, observed: ArrayLike, *, resamples: int, confidence: float, seed: int
) -> list[Correlation]:
    check_options(resamples, confidence)
    predicted, observed, dropped = complete(who, predicted, as_numbers("observed", observed))
    sampled = zip(*bootstrap(predicted, observed, resamples=resamples, seed=seed), strict=True)
    return [
        _one(row, observed, dropped, pair, kendall(row, observed), confidence)
        for row, pair in zip(predicted, sampled, strict=True)
    ]


def _one(
    predicted: np.ndarray,
    observed: np.ndarray,
    dropped: int,
    sampled: tuple[np.ndarray, np.ndarray],
    left_out: tuple[float, np.ndarray],
    confidence: float,
) -> Correlation:
    why = why_undefined(predicted, observed, "predicted")
    undefined = np.isnan(sampled[0]) | np.isnan(sampled[1])
    return Correlation(
        n=len(observed),
        n_dropped=dropped,
        pearson=percentile(pearson(predicted, observed), sampled[0], confidence, why),
        spearman=percentile(spearman(predicted, observed), sampled[1], confidence, why),
        kendall=on_fisher_scale(*left_out, confidence, why),
        confidence=confidence,
        resamples=len(sampled[0]),
        undefined_resamples=int(undefined.sum()),
    )


def _difference(a: Estimate, b: Estimate, sampled: np.ndarray, confidence: float, why: str) -> Estimate:
    return percentile(a.value - b.value, sampled[0] - sampled[1], confidence, why)


def _kendall_difference(left_out: Sequence[tuple], confidence: float, why: str) -> Estimate:
    if why:
        return nothing(why)
    (a, without_a), (b, without_b) = left_out
    return around(a - b, jackknife_error(without_a - without_b), confidence)


def _unit(values: np.ndarray) -> np.ndarray:
    scaled = values / np.abs(values).max()
    centred = scaled - scaled.mean()
    return centred / np.linalg.norm(centred)
