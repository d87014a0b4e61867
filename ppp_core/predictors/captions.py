"""How crowded the neighbourhood of a prompt is among known captions, in an encoder's space."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..errors import PPPError
from .compact import CompactMatrix, compact

N_COMPONENTS = 96
MIN_CAPTIONS = 20
NEAREST = (1, 5, 20, 100, 500)
MEANS = (5, 20, 100)
COSINES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
WIDTHS = (0.2, 0.1, 0.05, 0.025)  # each half of the one before: its kernel is the square
SAME = 0.9995
"""Cosine from which on a caption is the prompt itself, and does not count."""

_ROWS = 512
_NO_MASS = 1e-9


def _names(space: str) -> Iterator[str]:
    yield from (f"{space}cosine-to-{k}" for k in NEAREST)
    yield from (f"{space}mean-cosine-of-{k}" for k in MEANS)
    yield from (f"{space}log-share-above-{cosine}" for cosine in COSINES)
    yield from (f"{space}log-mass-within-{width}" for width in WIDTHS)
    yield f"{space}mean-cosine"


DENSITY_NAMES = (*_names(""), *_names("centred-"))
"""What `Captions.density` gives: of the space as it is, and of the same about the captions' centre."""


@dataclass(frozen=True)
class Captions:
    """Known captions, kept small: unit vectors in the directions in which they differ most.

    Attributes:
        basis: (dim, n_components): those directions.
        points: (n_captions, n_components): the captions in them.
    """

    basis: CompactMatrix
    points: CompactMatrix

    def __post_init__(self):
        points = _unit(self.points.values)
        centre = points.mean(axis=0)
        for name, value in {
            "_basis": self.basis.values,
            "_centre": centre,
            "_known": points.T.copy(),
            "_known_centred": _unit(points - centre).T.copy(),
        }.items():
            object.__setattr__(self, name, value)

    def density(self, vectors: np.ndarray) -> np.ndarray:
        """How common each prompt's scene is among the captions; see `DENSITY_NAMES`.

        A caption that is the prompt itself (a cosine of at least `SAME`) does not count, so that the
        captions' own densities compare with those of prompts that are not among them.

        Args:
            vectors: shape (n, dim), dense or scipy-sparse; need not be normalised.

        Returns:
            float64, shape (n, 38): cosines with the nearest captions, natural logarithms of the share
            of captions above a cosine, of the mean of ``exp((cosine - 1) / width)`` over them, and the
            mean cosine with all.
        """
        starts = range(0, vectors.shape[0], _ROWS)
        return np.concatenate([self._density(vectors[start : start + _ROWS]) for start in starts])

    def nearest(self, vectors: np.ndarray, k: int, *, itself: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """The captions nearest to each prompt, in no order.

        Args:
            vectors: shape (n, dim), dense or scipy-sparse; need not be normalised.
            k: how many; at most one fewer than there are captions.
            itself: whether a caption that is the prompt itself counts; where not, its cosine is -1.

        Returns:
            Their positions, int, and their cosines, float32, both of shape (n, k).
        """
        found = []
        for start in range(0, vectors.shape[0], _ROWS):
            cosines = self._points_of(vectors[start : start + _ROWS]) @ self._known
            if not itself:
                cosines[cosines >= SAME] = -1
            positions = np.argpartition(cosines, -k, axis=1)[:, -k:]
            found.append((positions, np.take_along_axis(cosines, positions, axis=1)))
        positions, cosines = zip(*found, strict=True)
        return np.concatenate(positions), np.concatenate(cosines)

    def _points_of(self, vectors: np.ndarray) -> np.ndarray:
        return _unit(np.asarray(_unit(vectors) @ self._basis, dtype=np.float32))

    def _density(self, vectors: np.ndarray) -> np.ndarray:
        points = self._points_of(vectors)
        cosines = points @ self._known
        others = cosines < SAME
        centred = _unit(points - self._centre) @ self._known_centred
        return np.column_stack([_features(cosines, others), _features(centred, others)])

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as plain arrays."""
        return {
            "basis": self.basis.steps,
            "basis_scale": self.basis.scale,
            "points": self.points.steps,
            "points_scale": self.points.scale,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The captions whose `arrays` these are."""
        return cls(
            basis=CompactMatrix(arrays["basis"], arrays["basis_scale"]),
            points=CompactMatrix(arrays["points"], arrays["points_scale"]),
        )


def keep_captions(vectors: np.ndarray, *, seed: int = 0) -> Captions:
    """Keeps captions in one byte a number: 6,000 take 0.6 MB, whatever the encoder.

    Args:
        vectors: of the captions, shape (n, dim), dense or scipy-sparse; need not be normalised.
        seed: of the decomposition.

    Raises:
        PPPError: on fewer than 20 captions, among which nothing is common or rare.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> crowd, strays = rng.normal(9, 1, size=(90, 8)), 9 * rng.normal(size=(30, 8))
        >>> density = keep_captions(np.concatenate([crowd, strays])).density(np.eye(8) + [[1], [-1]] * 4)
        >>> density.shape
        (8, 38)
        >>> density[:2, DENSITY_NAMES.index("log-share-above-0.8")].round(1).tolist()
        [-0.3, -5.5]
    """
    n_captions, dim = vectors.shape
    if n_captions < MIN_CAPTIONS:
        raise PPPError(f"A caption density needs at least {MIN_CAPTIONS} captions, got {n_captions}.")
    unit = _unit(vectors)
    n_components = min(N_COMPONENTS, n_captions - 1, dim)
    if n_components == dim:
        basis = compact(np.eye(dim))
    else:
        from sklearn.decomposition import TruncatedSVD

        basis = compact(TruncatedSVD(n_components, random_state=seed).fit(unit).components_.T)
    return Captions(basis, compact(np.asarray(unit @ basis.values)))


def _features(cosines: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Shape (n, 19), of cosines (n, n_captions) and which of them count."""
    counted = others.sum(axis=1).clip(1)
    cosines[~others] = -1
    n_nearest = min(max(NEAREST), cosines.shape[1] - 1)
    nearest = -np.sort(np.partition(-cosines, n_nearest - 1, axis=1)[:, :n_nearest], axis=1)
    sums = np.cumsum(nearest, axis=1, dtype=np.float64)
    columns = [nearest[:, min(k, n_nearest) - 1] for k in NEAREST]
    columns += [sums[:, min(k, n_nearest) - 1] / min(k, n_nearest) for k in MEANS]
    columns += [np.log(((cosines > cosine).sum(axis=1) + 0.5) / counted) for cosine in COSINES]
    kernel = np.exp((cosines - 1) / WIDTHS[0])
    kernel[~others] = 0
    for _ in WIDTHS:
        columns.append(np.log(kernel.sum(axis=1) / counted + _NO_MASS))
        np.square(kernel, out=kernel)
    columns.append((cosines.sum(axis=1) + (~others).sum(axis=1)) / counted)
    return np.column_stack(columns).astype(np.float64)


def _unit(vectors: np.ndarray) -> np.ndarray:
    if not isinstance(vectors, np.ndarray):
        return vectors  # sparse TF-IDF rows have length one already, or are empty
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
