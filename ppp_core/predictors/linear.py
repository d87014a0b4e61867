"""Ridge regression on standardised features: what every linear predictor is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from .base import Read

PENALTIES = tuple(10.0**power for power in range(-1, 6))


@dataclass(frozen=True)
class LinearHead:
    """A linear map of features, in the features' own units.

    Attributes:
        weights: float32, shape (n_features,).
        intercept: float64, shape (1,).
    """

    weights: np.ndarray
    intercept: np.ndarray

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Values, float64 (n,), of features (n, n_features), dense or scipy-sparse."""
        return np.asarray(features @ self.weights, dtype=np.float64) + self.intercept

    def arrays(self) -> dict[str, np.ndarray]:
        """The two arrays by name."""
        return {"weights": self.weights, "intercept": self.intercept}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The head whose `arrays` these are."""
        return cls(weights=arrays["weights"], intercept=arrays["intercept"])


def fit_ridge(features: np.ndarray, observed: np.ndarray, *, seed: int = 0) -> LinearHead:
    """Ridge regression; the penalty is chosen by cross-validation among ``PENALTIES``.

    Dense features are standardised (constant ones get weight zero), the penalty is chosen by leaving
    one out, and the standardisation is folded into the weights. Sparse ones, such as TF-IDF, are taken
    as they are (standardising would give rare words the weight of common ones), and five folds choose.

    Args:
        features: shape (n, n_features), dense or scipy-sparse.
        observed: float, shape (n,).
        seed: of the folds.

    Returns:
        A head that takes features as they came.

    Example:
        >>> steps = np.arange(1000.0)[:, None]
        >>> fit_ridge(steps, 3 + 2 * steps[:, 0]).predict(np.array([[30.0]])).round(0)
        array([63.])
    """
    if not isinstance(features, np.ndarray):
        return _fit_sparse(features, observed, seed=seed)
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features.astype(np.float64))
    ridge = RidgeCV(alphas=PENALTIES).fit(scaler.transform(features), observed)
    weights = ridge.coef_ / scaler.scale_
    return LinearHead(weights.astype(np.float32), np.array([ridge.intercept_ - scaler.mean_ @ weights]))


def _fit_sparse(features, observed: np.ndarray, *, seed: int) -> LinearHead:
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV, KFold

    folds = KFold(n_splits=5, shuffle=True, random_state=seed)
    search = GridSearchCV(
        Ridge(solver="sparse_cg"), {"alpha": PENALTIES[:3]}, scoring="neg_mean_squared_error", cv=folds
    ).fit(features, observed)
    ridge = search.best_estimator_
    return LinearHead(ridge.coef_.astype(np.float32), np.array([float(ridge.intercept_)]))


class LinearPredictor:
    """A ridge regression on features; a child says by `features` which they are."""

    def __init__(self, head: LinearHead | None = None):
        self.head = head

    @staticmethod
    def features(read: Read) -> np.ndarray:
        """Features (n, n_features) of what is read; as they come unless a child says otherwise."""
        return read

    def fit(self, read: Read, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from what is read and what was observed, float (n,). Returns itself."""
        self.head = fit_ridge(self.features(read), observed, seed=seed)
        return self

    def predict(self, read: Read) -> np.ndarray:
        """Predicted performance, float64 (n,)."""
        return self.head.predict(self.features(read))

    def arrays(self) -> dict[str, np.ndarray]:
        """The head's weights and intercept."""
        return self.head.arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        return cls(LinearHead.from_arrays(arrays))
