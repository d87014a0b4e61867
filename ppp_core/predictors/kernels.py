"""Distances and penalties of kernel regressions."""

from collections.abc import Sequence

import numpy as np


def squared_distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances, (n_left, n_right), of points (n_left, k) and (n_right, k).

    Example:
        >>> squared_distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
        array([[25.,  1.]])
    """
    # |a - b|^2 = |a|^2 + |b|^2 - 2ab
    cross = left @ right.T
    cross *= -2
    cross += np.square(left).sum(axis=1)[:, None]
    cross += np.square(right).sum(axis=1)
    return np.maximum(cross, 0, out=cross)


def median_squared_distance(points: np.ndarray, *, seed: int) -> float:
    """Median squared distance of some 1,500 points to all: the median heuristic for a kernel's width."""
    some = np.random.default_rng(seed).permutation(len(points))[:1500]
    return float(np.median(squared_distances(points[some], points)))


def choose_penalty(
    kernel: np.ndarray, observed: np.ndarray, penalties: Sequence[float], *, seed: int
) -> float:
    """The penalty with the smallest squared error of kernel ridge regression, three-fold cross-validation.

    Args:
        kernel: shape (n, n).
        observed: shape (n,), centred.
        penalties: to choose from.
        seed: of the folds.
    """
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.model_selection import GridSearchCV, KFold

    folds = KFold(n_splits=3, shuffle=True, random_state=seed)
    model = KernelRidge(kernel="precomputed")
    search = GridSearchCV(
        model, {"alpha": list(penalties)}, scoring="neg_mean_squared_error", cv=folds, refit=False
    ).fit(kernel, observed)
    return float(search.best_params_["alpha"])
