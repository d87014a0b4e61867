"""Several predictors, weighted by how well each does on prompts that it had not seen."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, Self

import numpy as np

from ..splits import folds
from .adapted_minilm import AdaptedMiniLM
from .base import Predictor, Reads
from .caption_density import CaptionDensity
from .density_probe import DensityProbe
from .nearest_mean import NearestMean
from .reading import Reading

N_FOLDS = 5
MEMBERS: dict[str, Callable[[], Predictor]] = {
    member.name: member for member in (NearestMean, CaptionDensity, DensityProbe, AdaptedMiniLM)
}


@dataclass(frozen=True)
class Contribution:
    """What one member adds.

    Attributes:
        name: of the member.
        alone: Pearson of its out-of-fold predictions with what was observed.
        weight: its share of all weights, 0 to 1, predictions scaled to unit spread.
        adds: Pearson of the ensemble less that of one without this member, out of fold.
    """

    name: str
    alone: float
    weight: float
    adds: float


class Ensemble:
    """Stacked regression: a weighted sum of other predictors, no weight negative.

    Each member predicts every training prompt from four fifths of the others (out of fold); the weights are
    fitted on those predictions by non-negative least squares, then every member learns from all prompts.
    A member that the encoder cannot feed (hidden layers, adapted scores) is left out.

    Attributes:
        out_of_fold: float64, shape (n,), after `fit`: the ensemble's prediction for each training prompt by
            members and weights that had not seen it.
        contributions: after `fit`: what each member adds.

    Reference:
        Wolpert, Stacked generalization, Neural Networks 5 (1992); Breiman, Stacked regressions, Machine
        Learning 24 (1996), for the weights that must not be negative.
    """

    name: ClassVar[str] = "ensemble"
    reads: ClassVar[Reads] = "reading"

    def __init__(self, members: Mapping[str, Predictor] | None = None, weights: np.ndarray | None = None):
        self.members = dict(members or {})
        self.weights = weights
        self.out_of_fold: np.ndarray | None = None
        self.contributions: tuple[Contribution, ...] = ()

    def fit(self, read: Reading, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from a reading of n prompts and what was observed, float (n,)."""
        parts = folds(read.prompts, k=min(N_FOLDS, len(observed) // 2), seed=seed)
        fresh = {name: make for name, make in MEMBERS.items() if _is_fed(make, read)}
        columns = [_predict_out_of_fold(make, read, observed, parts, seed) for make in fresh.values()]
        predicted = np.column_stack(columns)  # (n, n_members)
        self.weights = _fit_weights(predicted, observed)
        self.out_of_fold = _stack_out_of_fold(predicted, observed, parts)
        self.contributions = _contributions(list(fresh), predicted, observed, parts)
        self.members = {
            name: make().fit(read.view(make.reads), observed, seed=seed)
            for (name, make), weight in zip(fresh.items(), self.weights[:-1], strict=True)
            if weight > 0
        }
        self.weights = self.weights[[*(self.weights[:-1] > 0), True]]
        return self

    def predict(self, read: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,)."""
        predicted = [member.predict(read.view(member.reads)) for member in self.members.values()]
        return _weighted(np.column_stack(predicted), self.weights) if predicted else _constant(read, self)

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights, and every member's arrays under its name."""
        arrays = {"weights": self.weights}
        for place, (name, member) in enumerate(self.members.items()):
            arrays |= {f"{place}.{name}.{key}": array for key, array in member.arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        parts: dict[str, dict[str, np.ndarray]] = {}
        for key in sorted(set(arrays) - {"weights"}):
            _, name, rest = key.split(".", 2)
            parts.setdefault(name, {})[rest] = arrays[key]
        members = {name: MEMBERS[name].from_arrays(part) for name, part in parts.items()}
        return cls(members, arrays["weights"])

    def report(self) -> list[dict]:
        """`contributions` as plain values, for a card."""
        return [asdict(contribution) for contribution in self.contributions]


def _is_fed(make: Callable[[], Predictor], read: Reading) -> bool:
    if make.reads == "adapted":
        return read.adapted is not None
    return make is not DensityProbe or read.layers.ndim == 3


def _constant(read: Reading, ensemble: Ensemble) -> np.ndarray:
    return np.full(len(read.prompts), ensemble.weights[-1])


def _predict_out_of_fold(make, read: Reading, observed: np.ndarray, parts: list, seed: int) -> np.ndarray:
    predicted = np.empty(len(observed))
    for inside, outside in parts:
        member = make().fit(read.rows(inside).view(make.reads), observed[inside], seed=seed)
        predicted[outside] = member.predict(read.rows(outside).view(make.reads))
    return predicted


def _fit_weights(predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Weights (n_members + 1,), the constant last."""
    from sklearn.linear_model import LinearRegression

    spread = np.maximum(predicted.std(axis=0), 1e-12)
    model = LinearRegression(positive=True).fit(predicted / spread, observed)
    return np.append(model.coef_ / spread, model.intercept_)


def _weighted(predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return predicted @ weights[:-1] + weights[-1]


def _stack_out_of_fold(predicted: np.ndarray, observed: np.ndarray, parts: list) -> np.ndarray:
    """Weights fitted on four fifths of the rows, applied to the last, in turn."""
    stacked = np.empty(len(observed))
    for inside, outside in parts:
        stacked[outside] = _weighted(predicted[outside], _fit_weights(predicted[inside], observed[inside]))
    return stacked


def _contributions(names: list[str], predicted, observed, parts) -> tuple[Contribution, ...]:
    whole = _pearson(_stack_out_of_fold(predicted, observed, parts), observed)
    shares = _fit_weights(predicted, observed)[:-1] * predicted.std(axis=0)
    shares = shares / max(shares.sum(), 1e-12)
    found = []
    for place, name in enumerate(names):
        others = np.delete(predicted, place, axis=1)
        without = _pearson(_stack_out_of_fold(others, observed, parts), observed) if others.size else 0.0
        alone = _pearson(predicted[:, place], observed)
        found.append(Contribution(name, alone, float(shares[place]), whole - without))
    return tuple(found)


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
