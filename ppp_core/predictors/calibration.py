"""From a bare value to what may be claimed of it: interval, percentile, chance, noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

CONFIDENCE = 0.9
N_KNOWN = 201
PROMPTS_A_BIN = 150
FEWEST = 20


@dataclass(frozen=True)
class Calibration:
    """What prompts that a predictor never learned from say about its predictions.

    Attributes:
        edges: float64, shape (n_bins - 1,): borders of the bins of predicted value.
        below: float64, shape (n_bins,), or (2 * n_bins,) with short prompts' bins first: lower end of
            the 90 % interval minus the value.
        above: the same of the upper end.
        known: float64, shape (201,): quantiles, 0 to 100 % by halves, of the values predicted for
            training prompts by models that had not seen them.
        slope: of the logistic curve from a difference of two values to the chance that people agree.
        noise: a change of the value that edits without visual content make, too, in 10 % of the cases.
        length_edge: words of a prompt above which it counts as long; infinite where length plays no part.
    """

    edges: np.ndarray
    below: np.ndarray
    above: np.ndarray
    known: np.ndarray
    slope: float
    noise: float
    length_edge: float = np.inf

    def interval(
        self, values: np.ndarray, *, lowest: float, highest: float, words: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the 90 % prediction intervals, cut at the target's bounds; shapes as ``values``.

        Args:
            values: predicted, float, shape (n,).
            lowest, highest: the target's bounds.
            words: of each prompt, int, shape (n,); None counts every prompt as short.
        """
        bins = _bins(values, words, self.edges, self.length_edge)
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
            "scalars": np.array([self.slope, self.noise, self.length_edge]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The calibration whose `arrays` these are."""
        scalars = (float(value) for value in arrays["scalars"])
        return cls(arrays["edges"], arrays["below"], arrays["above"], arrays["known"], *scalars)


def fit_calibration(
    predicted: np.ndarray,
    observed: np.ndarray,
    *,
    known: np.ndarray,
    pairs: np.ndarray,
    null_changes: np.ndarray,
    words: np.ndarray | None = None,
    n_bins: int | None = None,
) -> Calibration:
    """Split conformal prediction, grouped by predicted value and length, and three readings beside it.

    Args:
        predicted: float, shape (n,), for prompts that the predictor did not learn from.
        observed: float, shape (n,), what people said of them.
        known: float, any length: predictions for training prompts by models that had not seen them.
        pairs: int, shape (n_pairs, 2): positions of prompts to compare, near in meaning, as variants are.
        null_changes: float, any length: changes of the value by edits without visual content.
        words: of each prompt, int, shape (n,), to calibrate short and long prompts (halves) apart;
            None does not.
        n_bins: bins of predicted value, of equal size; None: one for every 150 prompts, at most 5.

    Returns:
        The calibration. For prompts exchangeable with these, coverage inside a bin is 90 % within one over
        its size, if the predictor has learned from none of them (split conformal). Out-of-fold predictions
        of other models (cross-conformal) carry no such guarantee for the predictor that learned from all.

    Reference:
        Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005 (Mondrian, conformal
        predictive systems); Boström, crepes, COPA 2022, whose implementation this is.
    """
    n_bins = n_bins or int(np.clip(len(predicted) // PROMPTS_A_BIN, 1, 5))
    edges = np.quantile(predicted, np.arange(1, n_bins) / n_bins)
    by_length = words is not None and len(predicted) >= PROMPTS_A_BIN
    length_edge = float(np.median(words)) if by_length else np.inf
    bins = _bins(predicted, words, edges, length_edge)
    below, above = _offsets(observed - predicted, bins, n_bins * (1 + by_length))
    return Calibration(
        edges=edges,
        below=below,
        above=above,
        known=np.quantile(known, np.linspace(0, 1, N_KNOWN)),
        slope=_fit_slope(*(part[pairs[:, 0]] - part[pairs[:, 1]] for part in (predicted, observed))),
        noise=float(np.quantile(np.abs(null_changes), 0.9)),
        length_edge=length_edge,
    )


def _bins(values: np.ndarray, words: np.ndarray | None, edges: np.ndarray, length_edge: float) -> np.ndarray:
    """The bin of each prompt; long prompts' bins come after short ones'."""
    is_long = np.zeros(len(values), dtype=int) if words is None else (np.asarray(words) > length_edge)
    return np.digitize(values, edges) + (len(edges) + 1) * is_long


def _offsets(residuals: np.ndarray, bins: np.ndarray, n_bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper ends of the 90 % interval around zero, one of each a bin.

    A bin of fewer than 20 prompts, as ties can leave, takes the ends of all prompts together.
    """
    every = np.ones(len(residuals), dtype=bool)
    members = [bins == one for one in range(n_bins)]
    ends = [_ends(residuals[inside if inside.sum() >= FEWEST else every]) for inside in members]
    return tuple(np.array(ends).T)


def _ends(residuals: np.ndarray) -> tuple[float, float]:
    from crepes import ConformalPredictiveSystem

    system = ConformalPredictiveSystem().fit(residuals, seed=0)
    ((low, high),) = system.predict_int(
        np.zeros(1), confidence=CONFIDENCE, y_min=float(residuals.min()), y_max=float(residuals.max())
    )
    return float(low), float(high)


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
