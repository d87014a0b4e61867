"""Kendall's tau-b and its jackknife: the coefficient with each prompt left out in turn."""

import numpy as np

from .resampling import tie_bounds

# Pairs compared at once.
_BLOCK = 4_000_000


def kendall(predicted: np.ndarray, observed: np.ndarray) -> tuple[float, np.ndarray]:
    """Kendall's tau-b, and tau-b of all the samples that leave one prompt out.

    Leaving prompt i out takes away the pairs that it is in. So one table of pairs gives every
    leave-one-out value exactly; it is compared in blocks: time grows with n², memory does not.

    Args:
        predicted: finite floats, shape (n,).
        observed: finite floats, shape (n,).

    Returns:
        tau-b, in [-1, 1], nan where either side is constant; and shape (n,): the leave-one-out
        values, nan where what is left is constant.

    Reference:
        Kendall, The treatment of ties in ranking problems, Biometrika 33 (1945), for tau-b;
        Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 11, for the jackknife.

    Example:
        >>> tau, without = kendall(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 3.0]))
        >>> round(tau, 6), without.round(6).tolist()  # two of four prompts stand in the one wrong pair
        (0.666667, [0.333333, 0.333333, 1.0, 1.0])
    """
    n = len(observed)
    net = _net_concordance(predicted, observed)  # (n,)
    x_ties = _other_members(predicted)
    y_ties = _other_members(observed)
    tau = _tau(net.sum() / 2, x_ties.sum() / 2, y_ties.sum() / 2, n)
    without = _tau(net.sum() / 2 - net, x_ties.sum() / 2 - x_ties, y_ties.sum() / 2 - y_ties, n - 1)
    return float(tau), without


def _tau(net: np.ndarray, x_ties: np.ndarray, y_ties: np.ndarray, n: int) -> np.ndarray:
    """tau-b from pairs: concordant less discordant, tied in x, tied in y, among n prompts."""
    pairs = n * (n - 1) / 2
    untied = np.sqrt((pairs - x_ties) * (pairs - y_ties))
    return np.clip(net / np.where(untied > 0, untied, np.nan), -1.0, 1.0)


def _other_members(values: np.ndarray) -> np.ndarray:
    """How many other prompts share each prompt's value, shape (n,)."""
    _, start, end = tie_bounds(values)
    return (end - start - 1).astype(float)


def _net_concordance(predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """For each prompt, with how many others it is in the same order on both sides, less the opposite."""
    n = len(observed)
    step = max(1, _BLOCK // n)
    net = np.empty(n)
    for first in range(0, n, step):
        rows = slice(first, first + step)
        signs = _signs(predicted, rows)
        signs *= _signs(observed, rows)
        net[rows] = signs.sum(axis=1, dtype=np.int64)
    return net


def _signs(values: np.ndarray, rows: slice) -> np.ndarray:
    """1, 0 or -1: whether the row's value is above, equal to or below the column's; int8."""
    some = values[rows, None]
    return (some > values).astype(np.int8) - (some < values).astype(np.int8)


def jackknife_error(without: np.ndarray) -> float:
    """Standard error from leave-one-out values of shape (n,); nan where one of them is undefined.

    Example:
        >>> values = np.array([1.0, 2.0, 6.0])
        >>> means = (values.sum() - values) / 2
        >>> bool(np.isclose(jackknife_error(means), values.std(ddof=1) / np.sqrt(3)))
        True
    """
    n = len(without)
    return float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2)))
