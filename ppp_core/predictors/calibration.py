"""From a bare value to what may be claimed of it: interval, percentile, chance, noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

CONFIDENCE = 0.9
N_KNOWN = 201


@dataclass(frozen=True)
class Calibration:
    """What prompts that a predictor never learned from say about its predictions.

    Attributes:
        edges: float64, shape (n_bins - 1,): borders of the bins of predicted value.
        below: float64, shape (n_bins,): lower end of the 90 % interval minus the value, in each bin.
        above: float64, shape (n_bins,): upper end minus the value.
        known: float64, shape (201,): quantiles, 0 to 100 % by halves, of the values predicted for
            training prompts by models that had not seen them.
        slope: of the logistic curve from a difference of two values to the chance that people agree.
        noise: a change of the value that edits without visual content make, too, in 10 % of the cases.
    """

    edges: np.ndarray
    below: np.ndarray
    above: np.ndarray
    known: np.ndarray
    slope: float
    noise: float

    def interval(self, values: np.ndarray, *, lowest: float, highest: float) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the 90 % prediction intervals, cut at the target's bounds; shapes as ``values``."""
        bins = np.digitize(values, self.edges)
        low, high = values + self.below[bins], values + self.above[bins]
        return np.clip(low, lowest, highest), np.clip(high, lowest, highest)

    def percentile(self, values: np.ndarray) -> np.ndarray:
        """Share of the training prompts, in percent, that are predicted to do worse (ties count half)."""
        worse = np.searchsorted(self.known, values, side="left")
        tied_or_worse = np.searchsorted(self.known, values, side="right")
        return 100 * (worse + tied_or_worse) / 2 / len(self.known)

    def chance(self, difference: np.ndarray) -> np.ndarray:
        """Chance, in (0, 1), that people rate the first of two prompts above the second.

        Args:
            difference: value of the first minus value of the second. A tie in what people say
                counts half.
        """
        scaled = self.slope * np.asarray(difference, dtype=np.float64)
        return (1 + np.tanh(scaled / 2)) / 2  # the logistic function; this form cannot overflow

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as plain arrays."""
        return {
            "edges": self.edges,
            "below": self.below,
            "above": self.above,
            "known": self.known,
            "scalars": np.array([self.slope, self.noise]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The calibration whose `arrays` these are."""
        slope, noise = (float(value) for value in arrays["scalars"])
        return cls(arrays["edges"], arrays["below"], arrays["above"], arrays["known"], slope, noise)


def fit_calibration(
    predicted: np.ndarray,
    observed: np.ndarray,
    *,
    known: np.ndarray,
    pairs: np.ndarray,
    null_changes: np.ndarray,
    n_bins: int | None = None,
) -> Calibration:
    """Split conformal prediction, grouped by predicted value, and three readings beside it.

    Args:
        predicted: float, shape (n,), for prompts that the predictor did not learn from.
        observed: float, shape (n,), what people said of them.
        known: float, any length: predictions for training prompts by models that had not seen them.
        pairs: int, shape (n_pairs, 2): positions of prompts to compare, near in meaning, as variants are.
        null_changes: float, any length: changes of the value by edits without visual content.
        n_bins: bins of equal size; None: one for every 200 prompts, at least 2 and at most 5.

    Returns:
        The calibration. Marginal coverage inside a bin is at least 90 % for exchangeable prompts.

    Reference:
        Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005 (Mondrian, conformal
        predictive systems); Boström, crepes, COPA 2022, whose implementation this is.
    """
    n_bins = n_bins or int(np.clip(len(predicted) // 200, 2, 5))
    edges = np.quantile(predicted, np.arange(1, n_bins) / n_bins)
    below, above = _offsets(observed - predicted, np.digitize(predicted, edges), n_bins)
    return Calibration(
        edges=edges,
        below=below,
        above=above,
        known=np.quantile(known, np.linspace(0, 1, N_KNOWN)),
        slope=_fit_slope(*(part[pairs[:, 0]] - part[pairs[:, 1]] for part in (predicted, observed))),
        noise=float(np.quantile(np.abs(null_changes), 0.9)),
    )


def _offsets(residuals: np.ndarray, bins: np.ndarray, n_bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper ends of the 90 % interval around zero, one of each a bin."""
    from crepes import ConformalPredictiveSystem

    system = ConformalPredictiveSystem().fit(residuals, bins=bins, seed=0)
    ends = system.predict_int(
        np.zeros(n_bins),
        bins=np.arange(n_bins),
        confidence=CONFIDENCE,
        y_min=float(residuals.min()),
        y_max=float(residuals.max()),
    )
    return ends[:, 0], ends[:, 1]


def _fit_slope(predicted_difference: np.ndarray, observed_difference: np.ndarray) -> float:
    """The one parameter of a logistic curve through one half, by maximum likelihood; ties count half."""
    from scipy.optimize import minimize_scalar

    agrees = np.sign(observed_difference) / 2 + 0.5
    unit = float(np.std(predicted_difference)) or 1.0
    scaled = predicted_difference / unit

    def loss(slope: float) -> float:
        return float(
            np.mean(
                agrees * np.logaddexp(0, -slope * scaled) + (1 - agrees) * np.logaddexp(0, slope * scaled)
            )
        )

    return float(minimize_scalar(loss, bounds=(0, 20), method="bounded").x) / unit
