"""What a fine-tuning strives for: small squared error, correlation, and no belief in a ceiling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from .settings import Settings

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Goal:
    """Observed values of several targets for the same prompts, standardised by the prompts learned from.

    Attributes:
        observed: float32, shape (n, k); 0 where missing.
        known: float32, shape (n, k): 1 where there is a value, 0 where not.
        at_top: float32, shape (n, k): 1 where a censored target's value is the highest there is.
        mean, scale: float64, shape (k,): from the standardised to the target's unit.
    """

    observed: np.ndarray
    known: np.ndarray
    at_top: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, observed: np.ndarray, inside: np.ndarray, settings: Settings) -> Self:
        """The goal of values (n, k), nan where missing, for a tower that learns from the rows ``inside``."""
        mean = np.nanmean(observed[inside], axis=0)
        scale = np.maximum(np.nanstd(observed[inside], axis=0), 1e-9)
        known = ~np.isnan(observed)
        top = observed == np.nanmax(observed[inside], axis=0)
        share = top[inside].sum(axis=0) / np.maximum(known[inside].sum(axis=0), 1)
        censored = top & (share >= settings.ceiling_share)
        standardised = np.nan_to_num((observed - mean) / scale)
        parts = (part.astype(np.float32) for part in (standardised, known, censored))
        return cls(*parts, mean, scale)

    @property
    def n_targets(self) -> int:
        """How many targets there are."""
        return self.observed.shape[1]

    def quality(self, scores: np.ndarray, rows: np.ndarray) -> float:
        """Mean over targets of Pearson's r between scores (n_rows, k) and what was observed there."""
        return float(np.mean([self._pearson(scores[:, k], rows, k) for k in range(self.n_targets)]))

    def _pearson(self, scores: np.ndarray, rows: np.ndarray, k: int) -> float:
        known = self.known[rows, k] > 0
        x, y = scores[known], self.observed[rows, k][known]
        if known.sum() < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
            return 0.0
        return float(np.corrcoef(x, y)[0, 1])


def loss_of(scores: "torch.Tensor", goal: Goal, rows: np.ndarray, settings: Settings) -> "torch.Tensor":
    """Mean loss of a batch's standardised scores (n, k).

    Squared error; where a censored target stands at its top, minus the log chance that a normal value of
    unit spread around the score lies above it (Tobin, Econometrica 26, 1958); and one minus Pearson's r.
    """
    import torch

    observed, known, at_top = (
        torch.from_numpy(part[rows]) for part in (goal.observed, goal.known, goal.at_top)
    )
    error = torch.square(scores - observed)
    hidden = -2 * torch.special.log_ndtr(scores - observed)  # twice, as the error is twice the normal's
    loss = (torch.where(at_top > 0, hidden, error) * known).sum() / known.sum().clamp(min=1)
    if not settings.correlation:
        return loss
    return loss + settings.correlation * (1 - _correlations(scores, observed, known)).mean()


def _correlations(x: "torch.Tensor", y: "torch.Tensor", known: "torch.Tensor") -> "torch.Tensor":
    """Pearson's r of each column over its known rows, shape (k,)."""
    n = known.sum(0).clamp(min=1)
    x = (x - (x * known).sum(0) / n) * known
    y = (y - (y * known).sum(0) / n) * known
    return (x * y).sum(0) / (x.norm(dim=0) * y.norm(dim=0) + 1e-6)
