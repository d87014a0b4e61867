"""Random numbers that are the same on every machine, each with an address of its own.

A number is a function of whole numbers that name it (data set, painter, prompt, seed, purpose), so any part
of a data set can be made by itself. Only whole-number arithmetic, sums and one division are used.

Reference:
    Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA: the mixing step.
"""

from __future__ import annotations

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_N_UNIFORMS = 12


def mixed(*address: int | np.ndarray) -> np.ndarray:
    """uint64 numbers that look random, one an address; arrays are broadcast against each other.

    Example:
        >>> int(mixed(1, 2)), mixed(1, np.arange(3)).shape
        (2549061549998628137, (3,))
    """
    state = np.uint64(0)
    with np.errstate(over="ignore"):
        for part in address:
            state = _stirred(state ^ (np.asarray(part, dtype=np.uint64) * _GOLDEN + _GOLDEN))
    return state


def uniform(*address: int | np.ndarray) -> np.ndarray:
    """float64 numbers from 0 (included) to 1 (not), 53 bits each."""
    return (mixed(*address) >> np.uint64(11)) * 2.0**-53


def choices(n: int, *address: int | np.ndarray) -> np.ndarray:
    """Positions from 0 to n - 1, all equally likely, int64."""
    return (uniform(*address) * n).astype(np.int64)


def bell(*address: int | np.ndarray) -> np.ndarray:
    """Nearly normal numbers: mean 0, variance 1 exactly, never beyond 6.

    Each is the sum of twelve uniform numbers less six: no logarithm or root, so no machine differs.
    """
    total = -_N_UNIFORMS / 2
    for number in range(_N_UNIFORMS):
        total = total + uniform(*address, number)
    return total


def orders(rows: int, n: int, *address: int | np.ndarray) -> np.ndarray:
    """Random orders of 0 … n - 1, one a row, int64 of shape (rows, n)."""
    return np.argsort(mixed(*address, np.arange(rows)[:, None], np.arange(n)), axis=1, kind="stable")


def _stirred(state: np.ndarray) -> np.ndarray:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))
