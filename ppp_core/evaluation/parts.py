"""Which prompts a predictor learns from, and which ones judge it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..datasets import DataSet, observed
from ..errors import PPPError
from ..targets import Target
from .splits import normalise_text

MIN_PROMPTS = 60


@dataclass(frozen=True)
class Part:
    """Some prompts with what people said of them.

    Attributes:
        prompts: n texts.
        observed: float64, shape (n,).
        n_ratings: ratings behind them, in all.
    """

    prompts: Sequence[str]
    observed: np.ndarray
    n_ratings: int

    def __len__(self) -> int:
        return len(self.prompts)

    def digest(self) -> str:
        """SHA-256 of prompts and observed values: two equal parts have one digest."""
        lines = (f"{value:.6f}\t{text}" for text, value in zip(self.prompts, self.observed, strict=True))
        return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class TargetData:
    """The prompts of one target, split.

    Attributes:
        target: what is predicted.
        licence, attribution, citation: of the data set.
        train: to learn from.
        held_out: to calibrate and judge on; None where the data set has no validation part, and
            cross-validation does both.
        n_left_out: training prompts left out because a held-out part holds the same words.
    """

    target: Target
    licence: str
    attribution: str
    citation: str
    train: Part
    held_out: Part | None
    n_left_out: int


def target_data(dataset: DataSet, target: str) -> TargetData:
    """Splits a target's prompts into what may be learned from and what judges.

    The test part, where there is one, is in neither. A training prompt that says the same as a
    validation or test prompt, but for case and punctuation, is left out and counted.

    Raises:
        PPPError: for an unknown target, and where fewer than 60 prompts could be learned from.
    """
    frame = observed(dataset, target)
    has_validation = bool((frame["split"] == "validation").any())
    train = frame[frame["split"] == "train"] if has_validation else frame[frame["split"] != "test"]
    held_out = frame[frame["split"] == "validation"]
    others = {
        normalise_text(text) for text in frame.loc[frame["split"].isin(("validation", "test")), "prompt"]
    }
    said_elsewhere = train["prompt"].map(normalise_text).isin(others)
    kept = train[~said_elsewhere]
    if len(kept) < MIN_PROMPTS:
        raise PPPError(
            f"Training needs at least {MIN_PROMPTS} prompts with a value of {target}, got {len(kept)}."
        )
    card = dataset.card
    return TargetData(
        target=dataset.target(target),
        licence=card.licence,
        attribution=card.attribution,
        citation=card.citation,
        train=_part(kept),
        held_out=_part(held_out) if has_validation else None,
        n_left_out=int(said_elsewhere.sum()),
    )


def _part(frame) -> Part:
    return Part(
        prompts=frame["prompt"].tolist(),
        observed=frame["observed"].to_numpy(dtype=np.float64),
        n_ratings=int(frame["n_ratings"].sum()),
    )
