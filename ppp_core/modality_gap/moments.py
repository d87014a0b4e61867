"""Means over pairs of rows, on many resamples at once, without ever holding all pairs.

A resample is a row of weights: how often each group of pairs was drawn. A mean over two rows of different
groups is then a weighted sum of a matrix from both sides, so all resamples share one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..evaluation.resampling import draws

_BLOCK = 512  # rows of a matrix that are held at once


@dataclass(frozen=True)
class Weights:
    """The data as they are, then resamples of their groups.

    Attributes:
        rows: float32, shape (1 + resamples, n): how often each row counts; the first row is all ones.
        groups: int, shape (n,).
    """

    rows: np.ndarray
    groups: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Sum of the weights, float64, shape (1 + resamples,)."""
        return self.rows.sum(axis=1, dtype=np.float64)

    @property
    def strangers(self) -> np.ndarray:
        """Weight of all ordered pairs of rows of different groups, float64, shape (1 + resamples,)."""
        sizes = np.bincount(self.groups)
        first = np.unique(self.groups, return_index=True)[1]
        mine = self.rows[:, first].astype(np.float64) * sizes  # (1 + resamples, n_groups)
        return self.total**2 - (mine**2).sum(axis=1)

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Weighted means of values (n,) or (n, k): shape (1 + resamples,) or (1 + resamples, k)."""
        summed = self.rows.astype(np.float64) @ np.asarray(values, np.float64)
        return summed / (self.total if summed.ndim == 1 else self.total[:, None])


def resampled(groups: np.ndarray, *, resamples: int, seed: int) -> Weights:
    """Weights of the data and of resamples, drawn group by group with replacement.

    Example:
        >>> weights = resampled(np.array([0, 0, 1]), resamples=2, seed=0)
        >>> weights.rows.shape, weights.rows[0].tolist(), weights.strangers[0].item()
        ((3, 3), [1.0, 1.0, 1.0], 4.0)
    """
    counts = [np.ones((1, int(groups.max()) + 1))]
    if resamples:
        counts += list(draws(counts[0].shape[1], resamples, seed))
    return Weights(np.concatenate(counts)[:, groups].astype(np.float32), groups)


def quadratic(weights: Weights, blocks: Iterator[tuple[slice, np.ndarray]]) -> np.ndarray:
    """Weighted means of a matrix over rows and columns of different groups, shape (1 + resamples,).

    Args:
        weights: of rows and columns alike.
        blocks: the matrix by rows: which, and their values, float32 (block, n).
    """
    summed = np.zeros(len(weights.rows))
    for rows, values in blocks:
        values = np.where(weights.groups[rows, None] == weights.groups, np.float32(0), values)
        summed += np.einsum("rn,rn->r", weights.rows[:, rows] @ values, weights.rows, dtype=np.float64)
    return summed / np.maximum(weights.strangers, 1.0)


def cosines(left: np.ndarray, right: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Cosines of unit vectors (n, dim) with others (m, dim), by blocks of rows, float32 (block, m)."""
    for start in range(0, len(left), _BLOCK):
        rows = slice(start, min(start + _BLOCK, len(left)))
        yield rows, np.clip(left[rows] @ right.T, -1, 1)
