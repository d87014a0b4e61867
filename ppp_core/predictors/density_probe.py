"""A kernel regression on what a prompt says, how common its scene is, and how rare its words are."""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from .base import Reads
from .captions import Captions, keep_captions
from .compact import CompactMatrix, compact
from .kernels import choose_penalty, median_squared_distance, squared_distances
from .multilayer_probe import LayerMap, fit_map
from .reading import Reading
from .word_rarity import WordRarity

N_COMPONENTS = 256
N_DENSITY, DENSITY_SHARE = 8, 0.3
N_RARITY, RARITY_SHARE = 6, 0.2
WIDTH_SHARE = 0.5
PENALTIES = (0.5, 1.0, 2.0, 4.0)
N_FOR_PENALTY = 1500
TAIL = 0.005


class DensityProbe:
    """Kernel ridge regression on all layers of a frozen encoder, caption density and the rarity of words.

    A point is the principal components of the layers (as in `MultilayerProbe`), beside the first principal
    components of the density features and of the rarity of words among the training captions (as in
    `CaptionDensity`: read the warning there), with three and two tenths of the layers' spread. So whether a
    crowded neighbourhood helps may depend on what the scene is. The kernel is rational quadratic,
    1 / (1 + d² / w), w half the median d².
    Everything kept is rounded before the last fit: a saved probe predicts what the fitted one does.

    Reference:
        Saunders, Gammerman and Vovk, ICML 1998, for the regression; Rasmussen and Williams, Gaussian
        Processes for Machine Learning, 2006, section 4.2, for the kernel.
    """

    name: ClassVar[str] = "density-probe"
    reads: ClassVar[Reads] = "reading"

    def __init__(self, arrays: Mapping[str, np.ndarray] | None = None):
        self._arrays = dict(arrays or {})
        if self._arrays:
            self._prepare()

    def fit(self, read: Reading, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from a reading of n prompts, all layers, and what was observed, float (n,)."""
        mapping = fit_map(read.view("all"), n_components=N_COMPONENTS, seed=seed)
        captions = keep_captions(read.view("last"), seed=seed)
        said = mapping(read.view("all"))
        spread = _spread(said)
        density = _fit_block(captions.density(read.view("last")), N_DENSITY, DENSITY_SHARE * spread)
        rare = WordRarity.of(read.prompts)
        rarity = _fit_block(rare.features(read.prompts), N_RARITY, RARITY_SHARE * spread)
        self._arrays = {
            "mean": mapping.mean,
            "layer_scale": mapping.layer_scale,
            "basis": mapping.basis.steps,
            "basis_scale": mapping.basis.scale,
            **{f"density.{name}": array for name, array in density.items()},
            **{f"rarity.{name}": array for name, array in rarity.items()},
            **{f"words.{name}": array for name, array in rare.arrays().items()},
            **{f"captions.{name}": array for name, array in captions.arrays().items()},
        }
        self._prepare_map()
        points = compact(self._point(read))
        self._arrays |= {"points": points.steps, "points_scale": points.scale}
        self._arrays |= _fit_dual(points.values, np.asarray(observed, np.float64), seed)
        self._prepare()
        return self

    def predict(self, read: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,), of a reading of n prompts."""
        width, _, centre = self._arrays["kernel"]
        return (_kernel(self._point(read), self._points, width) @ self._arrays["dual"]).astype(float) + centre

    def arrays(self) -> dict[str, np.ndarray]:
        """All that was learnt, rounded as it is used."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        return cls(arrays)

    def _prepare_map(self) -> None:
        kept = self._arrays
        basis = CompactMatrix(kept["basis"], kept["basis_scale"])
        self._map = LayerMap(kept["mean"], kept["layer_scale"], basis)
        self._captions = Captions.from_arrays(_part(kept, "captions."))
        self._rare = WordRarity.from_arrays(_part(kept, "words."))
        self._density, self._rarity = _part(kept, "density."), _part(kept, "rarity.")

    def _prepare(self) -> None:
        self._prepare_map()
        self._points = CompactMatrix(self._arrays["points"], self._arrays["points_scale"]).values

    def _point(self, read: Reading) -> np.ndarray:
        """Float32, shape (n, n_components + n_density + n_rarity)."""
        density = _block(self._captions.density(read.view("last")), self._density)
        rarity = _block(self._rare.features(read.prompts), self._rarity)
        return np.hstack([self._map(read.view("all")), density, rarity]).astype(np.float32)


def _part(arrays: Mapping[str, np.ndarray], start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _spread(points: np.ndarray) -> float:
    return float(np.sqrt(np.square(points).sum(axis=1).mean()))


def _fit_block(features: np.ndarray, n_components: int, spread: float) -> dict[str, np.ndarray]:
    """How features (n, m) become components of a given spread: cut at their tails, standardised, turned."""
    low, high = np.quantile(features, [TAIL, 1 - TAIL], axis=0)
    cut = features.clip(low, high)
    mean, scale = cut.mean(axis=0), cut.std(axis=0)
    scaling = np.stack([low, high, mean, np.where(scale > 0, scale, np.inf)])
    standard = (cut - mean) / scaling[3]
    _, _, axes = np.linalg.svd(standard, full_matrices=False)
    axes = axes[:n_components].T
    size = _spread(standard @ axes)
    return {"scaling": scaling, "axes": axes * (spread / size if size > 0 else 0.0)}


def _block(features: np.ndarray, learned: Mapping[str, np.ndarray]) -> np.ndarray:
    low, high, mean, scale = learned["scaling"]
    return (features.clip(low, high) - mean) / scale @ learned["axes"]


def _kernel(left: np.ndarray, right: np.ndarray, width: float) -> np.ndarray:
    kernel = squared_distances(left, right)
    kernel /= np.float32(width)
    kernel += 1
    return np.reciprocal(kernel, out=kernel)


def _fit_dual(points: np.ndarray, observed: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Weights of the training points; the penalty, which does not grow with n, is chosen on some of them."""
    from sklearn.kernel_ridge import KernelRidge

    width = WIDTH_SHARE * median_squared_distance(points, seed=seed) or 1.0
    centre = float(observed.mean())
    deviation = (observed - centre).astype(np.float32)
    some = np.random.default_rng(seed).permutation(len(points))[:N_FOR_PENALTY]
    penalty = choose_penalty(
        _kernel(points[some], points[some], width), deviation[some], PENALTIES, seed=seed
    )
    kernel = _kernel(points, points, width)
    dual = KernelRidge(alpha=penalty, kernel="precomputed").fit(kernel, deviation).dual_coef_
    return {"dual": dual.astype(np.float32), "kernel": np.array([width, penalty, centre])}
