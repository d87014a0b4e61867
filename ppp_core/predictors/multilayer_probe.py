"""A kernel regression on all hidden layers of a frozen encoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from .base import Reads
from .compact import CompactMatrix, compact
from .kernels import choose_penalty, median_squared_distance, squared_distances

N_COMPONENTS = 128
FIRST_LAYER_WEIGHT, LAST_LAYER_WEIGHT = 0.4, 1.4
PENALTIES = (0.5, 1.0, 1.5, 2.5)


@dataclass(frozen=True)
class LayerMap:
    """All layers of an embedding to a few components.

    Attributes:
        mean: float32, shape (n_layers, dim).
        layer_scale: float32, shape (n_layers,): weight of a layer over its spread.
        basis: (n_layers * dim, n_components).
    """

    mean: np.ndarray
    layer_scale: np.ndarray
    basis: CompactMatrix

    def __call__(self, layers: np.ndarray) -> np.ndarray:
        """Components, float32 (n, n_components), of embeddings (n, n_layers, dim)."""
        return _flatten(layers, self.mean, self.layer_scale) @ self.basis.values


class MultilayerProbe:
    """Kernel ridge regression with a Gaussian kernel on all layers of a frozen encoder.

    Each layer is centred, scaled to unit spread and weighted (later layers more), all are joined and
    reduced by PCA; the kernel's width is the median distance between training prompts (the median
    heuristic), its penalty is chosen by three-fold cross-validation inside the training part. What is
    kept is rounded to one byte a number *before* the last fit, so a saved probe predicts exactly
    what the fitted one does.

    Reference:
        Saunders, Gammerman and Vovk, Ridge regression learning algorithm in dual variables, ICML 1998.

    Example:
        >>> layers = np.random.default_rng(0).normal(size=(60, 3, 8)).astype("float32")
        >>> MultilayerProbe().fit(layers, layers[:, 2, 0]).predict(layers[:5]).shape
        (5,)
    """

    name: ClassVar[str] = "multilayer-probe"
    reads: ClassVar[Reads] = "all"

    def __init__(self, arrays: Mapping[str, np.ndarray] | None = None):
        self._arrays = dict(arrays or {})
        if self._arrays:
            self._prepare()

    def fit(self, read: np.ndarray, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from embeddings (n, n_layers, dim) and what was observed, float (n,)."""
        from sklearn.kernel_ridge import KernelRidge

        mapping = fit_map(read, seed=seed)
        points = compact(mapping(read))
        width = median_squared_distance(points.values, seed=seed)
        kernel = np.exp(squared_distances(points.values, points.values) / -width)
        centre = float(np.mean(observed))
        deviation = (observed - centre).astype(np.float32)  # as the kernel: half the time, same figures
        penalty = choose_penalty(kernel, deviation, PENALTIES, seed=seed)
        dual = KernelRidge(alpha=penalty, kernel="precomputed").fit(kernel, deviation).dual_coef_
        self._arrays = {
            "mean": mapping.mean,
            "layer_scale": mapping.layer_scale,
            "basis": mapping.basis.steps,
            "basis_scale": mapping.basis.scale,
            "points": points.steps,
            "points_scale": points.scale,
            "dual": dual.astype(np.float32),
            "kernel": np.array([width, penalty, centre]),
        }
        self._prepare()
        return self

    def predict(self, read: np.ndarray) -> np.ndarray:
        """Predicted performance, float64 (n,), of embeddings (n, n_layers, dim)."""
        width, _, centre = self._arrays["kernel"]
        kernel = squared_distances(self._map(read), self._points)
        np.exp(kernel / np.float32(-width), out=kernel)
        return (kernel @ self._arrays["dual"]).astype(np.float64) + centre

    def arrays(self) -> dict[str, np.ndarray]:
        """All that was learnt, rounded as it is used."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        return cls(arrays)

    def _prepare(self) -> None:
        kept = self._arrays
        basis = CompactMatrix(kept["basis"], kept["basis_scale"])
        self._map = LayerMap(kept["mean"], kept["layer_scale"], basis)
        self._points = CompactMatrix(kept["points"], kept["points_scale"]).values


def _flatten(layers: np.ndarray, mean: np.ndarray, layer_scale: np.ndarray) -> np.ndarray:
    # (n, n_layers, dim) -> (n, n_layers * dim)
    return ((layers - mean) * layer_scale[:, None]).reshape(len(layers), -1)


def fit_map(layers: np.ndarray, *, n_components: int = N_COMPONENTS, seed: int = 0) -> LayerMap:
    """The map of layers (n, n_layers, dim): centred, scaled, weighted, their first principal components."""
    from sklearn.decomposition import PCA

    mean = layers.mean(axis=0).astype(np.float32)
    spread = np.sqrt(np.square(layers - mean).sum(axis=2).mean(axis=0))
    weights = np.linspace(FIRST_LAYER_WEIGHT, LAST_LAYER_WEIGHT, layers.shape[1])
    layer_scale = (weights / np.maximum(spread, 1e-12)).astype(np.float32)
    flat = _flatten(layers, mean, layer_scale)
    n_components = min(n_components, *flat.shape)
    pca = PCA(n_components, svd_solver="auto", random_state=seed).fit(flat)
    return LayerMap(mean, layer_scale, compact(pca.components_.T))
