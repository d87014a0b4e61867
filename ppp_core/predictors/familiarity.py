"""Is this prompt like anything the predictor has learned from?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from .compact import CompactMatrix, compact

N_COMPONENTS = 48
N_NEAREST = 5
FAMILIAR_SHARE = 0.95


@dataclass(frozen=True)
class Familiarity:
    """Distance to the nearest training prompts, and from where on it is called unfamiliar.

    Attributes:
        basis: (dim, n_components): directions in which training prompts differ.
        points: (n_training, n_components): the training prompts in them.
        threshold: distance that 95 % of prompts of the same kind stay below.
    """

    basis: CompactMatrix
    points: CompactMatrix
    threshold: float

    def __post_init__(self):
        object.__setattr__(self, "_basis", self.basis.values)
        object.__setattr__(self, "_points", self.points.values.T.copy())

    def distance(self, vectors: np.ndarray) -> np.ndarray:
        """One minus the mean cosine with the five nearest training prompts; 0 is nearest.

        Args:
            vectors: last layer, shape (n, dim), dense or scipy-sparse; need not be normalised.

        Returns:
            float64, shape (n,). What a prompt says outside the training prompts' directions counts
            as distance too.
        """
        similar = _unit(vectors) @ self._basis @ self._points
        n_nearest = min(N_NEAREST, similar.shape[1])
        nearest = np.partition(similar, -n_nearest, axis=1)[:, -n_nearest:]
        return 1 - nearest.mean(axis=1, dtype=np.float64)

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as plain arrays."""
        return {
            "basis": self.basis.steps,
            "basis_scale": self.basis.scale,
            "points": self.points.steps,
            "points_scale": self.points.scale,
            "threshold": np.array([self.threshold]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The familiarity whose `arrays` these are."""
        return cls(
            basis=CompactMatrix(arrays["basis"], arrays["basis_scale"]),
            points=CompactMatrix(arrays["points"], arrays["points_scale"]),
            threshold=float(arrays["threshold"][0]),
        )


def fit_familiarity(training: np.ndarray, held_out: np.ndarray, *, seed: int = 0) -> Familiarity:
    """Keeps the training prompts and sets the threshold on prompts of the same kind.

    Args:
        training: last layer of the training prompts, (n, dim), dense or scipy-sparse.
        held_out: the same of prompts of the same source that are not among them, (m, dim).
        seed: of the decomposition.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> cats, dogs = (rng.normal(size=(99, 8)) + 9 * np.eye(8)[axis] for axis in (0, 1))
        >>> familiarity = fit_familiarity(cats[:60], cats[60:])
        >>> bool((familiarity.distance(dogs) > familiarity.threshold).all())
        True
    """
    from sklearn.decomposition import TruncatedSVD

    unit = _unit(training)
    n_components = min(N_COMPONENTS, min(unit.shape) - 1)
    basis = compact(TruncatedSVD(n_components, random_state=seed).fit(unit).components_.T)
    points = compact(unit @ basis.values)
    draft = Familiarity(basis, points, threshold=np.inf)
    return Familiarity(basis, points, float(np.quantile(draft.distance(held_out), FAMILIAR_SHARE)))


def _unit(vectors: np.ndarray) -> np.ndarray:
    if not isinstance(vectors, np.ndarray):
        return vectors  # sparse TF-IDF rows have length one already, or are empty
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
