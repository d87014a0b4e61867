"""Two views of a prompt that both hold on other data sets: middle layers, and an adapted encoder's score."""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from ..splits import folds
from .base import Reads
from .intermediate_probe import IntermediateProbe
from .reading import Reading

N_FOLDS = 5
ADAPTED_SHARE = 0.5
"""Of an adapted score beside the probe's, both at unit spread; fixed, as the probe's penalty is, because what
is best for prompts like those learned from need not be best for others."""


class TransferProbe:
    """`IntermediateProbe`, and half as much of the adapted score that goes best with what was observed.

    Both are brought to unit spread over the training prompts (the probe's by predictions out of fold), added,
    and brought to the target's unit by least squares.

    Attributes:
        out_of_fold: float64, shape (n,), after `fit`: predictions for the training prompts by models that had
            not seen them.
    """

    name: ClassVar[str] = "transfer-probe"
    reads: ClassVar[Reads] = "reading"

    def __init__(self, probe: IntermediateProbe | None = None, scaling: np.ndarray | None = None):
        self.probe = probe or IntermediateProbe()
        self._scaling = scaling
        self.out_of_fold: np.ndarray | None = None

    def fit(self, read: Reading, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from a reading of all layers and adapted scores, and what was observed, float (n,).

        Raises:
            PPPError: when the encoder has one layer, or no adapted scores.
        """
        adapted = np.asarray(read.view("adapted"), np.float64)
        column = int(np.argmax([_correlation(score, observed) for score in adapted.T]))
        said = np.empty(len(observed))
        for inside, outside in folds(read.prompts, k=N_FOLDS, seed=seed):
            part = IntermediateProbe().fit(read.rows(inside), observed[inside])
            said[outside] = part.predict(read.rows(outside))
        self.probe.fit(read, observed)
        score = adapted[:, column]
        self._scaling = np.array(
            [column, said.mean(), _spread(said), score.mean(), _spread(score), 1.0, 0.0], np.float64
        )
        joined = self._joined(said, adapted)
        slope, intercept = np.polyfit(joined, observed, 1) if np.ptp(joined) else (0.0, np.mean(observed))
        self._scaling[5:] = slope, intercept
        self.out_of_fold = self._joined(said, adapted)
        return self

    def predict(self, read: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,)."""
        return self._joined(self.probe.predict(read), np.asarray(read.view("adapted"), np.float64))

    def arrays(self) -> dict[str, np.ndarray]:
        """The probe's arrays, and how the two are joined."""
        return {**self.probe.arrays(), "scaling": self._scaling}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        return cls(IntermediateProbe.from_arrays(arrays), arrays["scaling"])

    def _joined(self, said: np.ndarray, adapted: np.ndarray) -> np.ndarray:
        column, said_mean, said_spread, score_mean, score_spread, slope, intercept = self._scaling
        score = (adapted[:, int(column)] - score_mean) / score_spread
        return slope * ((said - said_mean) / said_spread + ADAPTED_SHARE * score) + intercept


def _spread(values: np.ndarray) -> float:
    return max(float(values.std()), 1e-12)


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0
