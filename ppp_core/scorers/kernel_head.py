"""Kernel regression on features of pictures and prompts: what the scorers that come with PPP are."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from ..errors import PPPError

PARTS = ("picture", "prompt", "both", "match")
"""What the kernel adds up: likeness of pictures, of prompts, the product of these, likeness of match."""


@dataclass(frozen=True)
class KernelHead:
    """Kernel ridge regression whose kernel is a sum of Gaussian kernels, times their shares.

    Attributes:
        mean, axes: float32, shapes (1280,) and (1280, k): from square roots of features to k numbers.
        points: float32, shape (m, k): the training pictures as such numbers.
        texts: float32, shape (n_prompts, d), rows of length 1: the training prompts; (1, 0) where a head
            sees pictures alone.
        text_of: int32, shape (m,): row of ``texts`` of each training picture.
        matches: float32, shape (m,): how well class names that fit each training picture fit its prompt.
        widths: float32, shape (3,): squared distances of pictures, prompts and matches at which their
            kernels fall to 1/e.
        shares: float32, shape (4,): of each of ``PARTS``.
        weights: float32, shape (m,): of each training picture.
        intercept: float32, shape (1,).
        bounds: float32, shape (2,): of the scale, to which scores are cut.
    """

    mean: np.ndarray
    axes: np.ndarray
    points: np.ndarray
    texts: np.ndarray
    text_of: np.ndarray
    matches: np.ndarray
    widths: np.ndarray
    shares: np.ndarray
    weights: np.ndarray
    intercept: np.ndarray
    bounds: np.ndarray

    def reduce(self, features: np.ndarray) -> np.ndarray:
        """Features of pictures, (n, 1280), none below zero, as (n, k) numbers."""
        return (np.sqrt(np.maximum(features, 0)) - self.mean) @ self.axes

    def kernel(self, points: np.ndarray, texts: np.ndarray | None, matches: np.ndarray | None) -> np.ndarray:
        """The kernel between pictures and the training pictures.

        Args:
            points: shape (n, k), as `reduce` gives them.
            texts: rows of length 1, shape (n, d); None for a head of pictures alone.
            matches: shape (n,), likewise.

        Returns:
            float64, shape (n, m).
        """
        share = dict(zip(PARTS, self.shares.tolist(), strict=True))
        alike = _gaussian(points, self.points, self.widths[0])
        total = share["picture"] * alike
        if texts is None or matches is None:
            return total
        prompts = _gaussian(texts, self.texts, self.widths[1])[:, self.text_of]
        total += prompts * (share["prompt"] + share["both"] * alike)
        if share["match"]:
            total += share["match"] * _gaussian(matches[:, None], self.matches[:, None], self.widths[2])
        return total

    def predict(
        self, features: np.ndarray, texts: np.ndarray | None = None, matches: np.ndarray | None = None
    ) -> np.ndarray:
        """Scores, float64 (n,), of features (n, 1280), texts and matches as in `kernel`."""
        found = self.kernel(self.reduce(features), texts, matches) @ self.weights + self.intercept[0]
        return np.clip(found.astype(np.float64), *self.bounds.astype(np.float64))

    def arrays(self) -> dict[str, np.ndarray]:
        """All as plain arrays; the large ones in half precision."""
        large = ("axes", "points", "texts")
        return {
            name: np.ascontiguousarray(array, np.float16 if name in large else array.dtype)
            for name, array in vars(self).items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The head whose `arrays` these are.

        Raises:
            PPPError: when one is missing, their shapes do not fit, or a number is not finite.
        """
        names = {field.name for field in fields(cls)}
        if set(arrays) != names:
            raise PPPError(f"A kernel head has {', '.join(sorted(names))}; got {', '.join(sorted(arrays))}.")
        wide = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
        head = cls(**{**wide, "text_of": np.asarray(arrays["text_of"], np.int32)})
        head._check()
        return head

    def rounded(self) -> Self:
        """The head as it will be read from a file."""
        return type(self).from_arrays(self.arrays())

    def with_weights(self, weights: np.ndarray, intercept: float) -> Self:
        """The same head with other weights, shape (m,), and another intercept."""
        told = np.array([intercept], np.float32)
        return replace(self, weights=np.asarray(weights, np.float32), intercept=told)

    def _check(self) -> None:
        m, k = self.points.shape if self.points.ndim == 2 else (0, 0)
        wanted = {
            "mean": (len(self.axes),),
            "axes": (len(self.axes), k),
            "text_of": (m,),
            "matches": (m,),
            "widths": (3,),
            "shares": (len(PARTS),),
            "weights": (m,),
            "intercept": (1,),
            "bounds": (2,),
        }
        found = {name: getattr(self, name).shape for name in wanted}
        wrong = [name for name in wanted if found[name] != wanted[name]]
        if wrong or not m or self.texts.ndim != 2:
            raise PPPError(
                f"The arrays of a kernel head do not fit together: {', '.join(wrong) or 'points'}."
            )
        if not 0 <= self.text_of.min() <= self.text_of.max() < len(self.texts):
            raise PPPError("The arrays of a kernel head do not fit together: text_of points at no text.")
        strange = [name for name, array in vars(self).items() if not np.isfinite(array).all()]
        if strange:
            raise PPPError(f"A kernel head holds numbers that are not finite: {', '.join(strange)}.")


def _gaussian(left: np.ndarray, right: np.ndarray, width: float) -> np.ndarray:
    """exp(−|a − b|² / width), float64 (n_left, n_right)."""
    left, right = left.astype(np.float64), right.astype(np.float64)
    distances = np.square(left).sum(1)[:, None] + np.square(right).sum(1) - 2 * left @ right.T
    return np.exp(-np.maximum(distances, 0) / width)
