"""Matrices in one byte a number, so that an artefact stays small."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CompactMatrix:
    """A matrix kept as int8 with one scale a column; error at most half a step of the column's largest / 127.

    Attributes:
        steps: int8, shape (n, k).
        scale: float32, shape (k,).
    """

    steps: np.ndarray
    scale: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """The matrix, float32 (n, k)."""
        return self.steps.astype(np.float32) * self.scale


def compact(matrix: np.ndarray) -> CompactMatrix:
    """Rounds a matrix (n, k) to 255 levels a column.

    Example:
        >>> compact(np.array([[127.0, 0.0], [-50.2, 0.0]])).values.tolist()
        [[127.0, 0.0], [-50.0, 0.0]]
    """
    largest = np.abs(matrix).max(axis=0)
    scale = np.where(largest > 0, largest / 127, 1.0).astype(np.float32)
    return CompactMatrix(steps=np.rint(matrix / scale).astype(np.int8), scale=scale)
