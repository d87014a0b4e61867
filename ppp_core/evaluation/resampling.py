"""Bootstrap of Pearson and Spearman coefficients over prompts, many predictors on the same resamples."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

# A resample whose spread is below this share of its mean square is constant up to rounding.
_CONSTANT = 1e-10
# Counts held at once: half a megabyte of 8-byte numbers stays in a processor's cache, which is 2.5 times
# faster than blocks that do not.
_BLOCK = 64_000


def bootstrap(
    predicted: np.ndarray,
    observed: np.ndarray,
    *,
    resamples: int,
    seed: int,
    measures: Sequence[str] = ("pearson", "spearman"),
) -> tuple[np.ndarray, ...]:
    """Pearson's and Spearman's coefficient of every predictor on resamples of the prompts.

    Prompts are drawn with replacement, a predictor's value and the observed value together. Every
    predictor meets the same resamples, so differences between two rows are paired. A resample is
    held as counts (how often each prompt was drawn): Pearson's sums are then matrix products, and
    Spearman's ranks are the mid-ranks *within the resample*, taken from running sums of the counts
    without sorting again. (Ranking once and resampling the ranks would be another, simpler
    statistic; it ignores that the ranks themselves vary.)

    Args:
        predicted: finite floats, shape (k, n).
        observed: finite floats, shape (n,).
        resamples: how many, such as 10,000.
        seed: of the draws. The same seed and n give the same resamples, whatever the values.
        measures: ``"pearson"``, ``"spearman"`` or both; Spearman's takes most of the time.

    Returns:
        One array a measure, in their order, of shape (k, resamples): Pearson's r, Spearman's rho;
        nan where a resample is constant and the coefficient is undefined.

    Reference:
        Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.

    Example:
        >>> steps = np.arange(8.0)
        >>> pearson, spearman = bootstrap(np.stack([steps, -steps]), steps, resamples=5, seed=0)
        >>> pearson.shape, spearman.round(6).tolist()
        ((2, 5), [[1.0, 1.0, 1.0, 1.0, 1.0], [-1.0, -1.0, -1.0, -1.0, -1.0]])
    """
    n = len(observed)
    makers = {"pearson": _pearson_maker, "spearman": _spearman_maker}
    make = [makers[measure](predicted, observed) for measure in measures]
    sampled = tuple(np.empty((len(predicted), resamples)) for _ in measures)
    done = 0
    for counts in draws(n, resamples, seed):
        columns = slice(done, done + len(counts))
        for coefficients, of in zip(sampled, make, strict=True):
            coefficients[:, columns] = of(counts)
        done += len(counts)
    return sampled


def _pearson_maker(predicted: np.ndarray, observed: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    features = _features(predicted, observed)
    return lambda counts: _pearson(counts @ features, len(observed), len(predicted))


def _spearman_maker(predicted: np.ndarray, observed: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    ties, observed_ties = [tie_bounds(values) for values in predicted], tie_bounds(observed)
    return lambda counts: _spearman(np.ascontiguousarray(counts.T), ties, observed_ties)


def draws(n: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Blocks of resamples as counts: how often each prompt was drawn.

    Args:
        n: prompts.
        resamples: how many in all.
        seed: the same seed and n give the same resamples.

    Yields:
        Shape (block, n), float64; each row sums to n.

    Example:
        >>> [counts.sum(axis=1).tolist() for counts in draws(4, 3, seed=0)]
        [[4.0, 4.0, 4.0]]
    """
    random = np.random.default_rng(seed)
    block = int(np.clip(_BLOCK // n, 1, 512))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = random.integers(0, n, size=(size, n))
        drawn += np.arange(size)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)


def _features(predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """What Pearson's sums are made of: y, y², then x, x², xy of every predictor; shape (n, 2 + 3k)."""
    y = _scaled(observed)
    columns = [y, y * y]
    for values in predicted:
        x = _scaled(values)
        columns += [x, x * x, x * y]
    return np.stack(columns, axis=1)


def _scaled(values: np.ndarray) -> np.ndarray:
    """Centred and brought to [-1, 1], so that squares neither overflow nor cancel."""
    scale = np.abs(values).max() or 1.0
    centred = values / scale - np.mean(values / scale)
    return centred / (np.abs(centred).max() or 1.0)


def _pearson(sums: np.ndarray, n: int, k: int) -> np.ndarray:
    """Pearson's r from weighted sums of `_features`, shape (block, 2 + 3k), to shape (k, block)."""
    means = sums.T / n
    y, yy = means[:2]
    x, xx, xy = means[2:].reshape(k, 3, -1).transpose(1, 0, 2)  # each (k, block)
    return _ratio(xy - x * y, _spread(xx, x), _spread(yy, y))


def _spread(mean_square: np.ndarray, mean: np.ndarray) -> np.ndarray:
    variance = mean_square - mean**2
    return np.where(variance > _CONSTANT * mean_square, variance, np.nan)


def _ratio(covariance: np.ndarray, variance: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.clip(covariance / np.sqrt(variance * other), -1.0, 1.0)


def tie_bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sorting order of values, and where each one's group of equals starts and ends in it.

    Example:
        >>> [part.tolist() for part in tie_bounds(np.array([5.0, 2.0, 5.0]))]
        [[1, 0, 2], [1, 0, 1], [3, 1, 3]]
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    return order, np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")


def _spearman(counts: np.ndarray, ties: list, observed_ties: tuple) -> np.ndarray:
    """Spearman's rho of resamples, from counts of shape (n, block) to shape (k, block)."""
    y = _doubled_midranks(counts, observed_ties)
    y_weighted = y * counts
    yy = np.einsum("nb,nb->b", y, y_weighted)
    rows = []
    for bounds in ties:
        x = _doubled_midranks(counts, bounds)
        xy = np.einsum("nb,nb->b", x, y_weighted)
        x *= x
        xx = np.einsum("nb,nb->b", x, counts)
        rows.append(_ratio(xy, np.where(xx > 0, xx, np.nan), np.where(yy > 0, yy, np.nan)))
    return np.stack(rows)


def _doubled_midranks(counts: np.ndarray, bounds: tuple) -> np.ndarray:
    """Twice the centred mid-rank of every prompt within each resample; whole numbers, shape (n, block).

    With `before` draws below a group of equals and `upto` draws up to its end, the group's mid-rank
    is (before + upto + 1) / 2, and the mean of all ranks is (n + 1) / 2.
    """
    order, start, end = bounds
    running = np.zeros((len(counts) + 1, counts.shape[1]))
    np.cumsum(counts[order], axis=0, out=running[1:])
    ranks = running[start]
    ranks += running[end]
    ranks -= len(counts)
    return ranks
