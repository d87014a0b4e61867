"""A ridge regression on middle layers and a prompt's wording, made to hold on other data sets."""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np

from .base import Reads
from .reading import Reading
from .wording import wording

PENALTY = 0.002
"""Of the squared weights, where the layers together have unit spread and the loss is a mean."""

WORDING_SPREAD = 0.3
"""Spread of the counts together, where that of the layers is 1."""

FARTHEST = 4.0
"""A count farther than so many standard deviations from its mean counts as so many."""


class IntermediateProbe:
    """Ridge regression on the middle layers of a frozen encoder and six counts of words, fixed penalty.

    The last layers of a sentence encoder are shaped by the data that it was trained on; layers in the middle
    keep more of a prompt's make-up and carry over better to prompts of another kind. Each of them is centred
    and scaled to unit spread. The penalty is fixed: cross-validation would choose what is best for prompts
    like those learned from.

    Reference:
        Alain and Bengio, Understanding intermediate layers using linear classifier probes, 2016; here the
        middle third of the layers is joined, and what is predicted is a number.

    Example:
        >>> layers = np.random.default_rng(0).normal(size=(60, 7, 8)).astype("float32")
        >>> reading = Reading(["a cat"] * 60, layers, np.full(60, 2), np.zeros(60, int))
        >>> probe = IntermediateProbe().fit(reading, layers[:, 3, 0])
        >>> probe.arrays()["weights"].shape  # the layers 2, 3 and 4 of 0 to 6
        (3, 8)
    """

    name: ClassVar[str] = "intermediate-probe"
    reads: ClassVar[Reads] = "reading"

    def __init__(self, arrays: Mapping[str, np.ndarray] | None = None):
        self._arrays = dict(arrays or {})

    def fit(self, read: Reading, observed: np.ndarray, *, seed: int = 0) -> Self:
        """Learns from a reading of all layers and what was observed, float (n,). Nothing is random.

        Raises:
            PPPError: when the encoder has one layer only.
        """
        layers = _middle(read.view("all")).astype(np.float64)
        counts = wording(read.prompts)
        n, n_layers, dim = layers.shape
        mean = layers.mean(axis=0)
        layers -= mean
        spread = np.sqrt(n_layers * np.square(layers).sum(axis=2).mean(axis=0))  # of each layer
        scale = 1 / np.maximum(spread, 1e-12)
        centre, width = counts.mean(axis=0), np.maximum(counts.std(axis=0), 1e-12)
        # (n, n_layers, dim) -> (n, n_layers * dim), the counts behind
        features = np.hstack([(layers * scale[:, None]).reshape(n, -1), _standard(counts, centre, width)])
        level = features.mean(axis=0)  # zero but for counts that were held at the limit
        found = _ridge(features - level, observed - np.mean(observed))
        weights = (found[: n_layers * dim].reshape(n_layers, dim) * scale[:, None]).astype(np.float32)
        intercept = np.mean(observed) - level @ found - np.sum(mean * weights)
        self._arrays = {
            "weights": weights,
            "count_weights": found[n_layers * dim :],
            "count_mean": centre,
            "count_spread": width,
            "intercept": np.array([intercept]),
        }
        return self

    def predict(self, read: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,), of a reading of all layers."""
        kept = self._arrays
        by_layers = np.einsum("nld,ld->n", _middle(read.view("all")), kept["weights"], dtype=np.float64)
        counts = _standard(wording(read.prompts), kept["count_mean"], kept["count_spread"])
        return by_layers + counts @ kept["count_weights"] + kept["intercept"]

    def arrays(self) -> dict[str, np.ndarray]:
        """Weights of the layers, float32 (n_middle_layers, dim), those of the counts, and their scale."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        return cls(arrays)


def _middle(layers: np.ndarray) -> np.ndarray:
    """The layers of the middle third, at least one: (n, n_layers, dim) -> (n, n_middle, dim)."""
    margin = (layers.shape[1] - 1) // 3
    return layers[:, margin : layers.shape[1] - margin]


def _standard(counts: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    held = np.clip((counts - mean) / spread, -FARTHEST, FARTHEST)
    return held * (WORDING_SPREAD / np.sqrt(counts.shape[1]))


def _ridge(features: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """The weights w that minimise mean((features w - deviation)²) + PENALTY |w|²."""
    n, n_features = features.shape
    if n < n_features:  # the same weights from the smaller system
        inner = features @ features.T
        inner[np.diag_indices(n)] += PENALTY * n
        return features.T @ np.linalg.solve(inner, deviation)
    inner = features.T @ features
    inner[np.diag_indices(n_features)] += PENALTY * n
    return np.linalg.solve(inner, features.T @ deviation)
