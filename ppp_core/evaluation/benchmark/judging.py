"""Which prompts judge a predictor of a target, and that none of them was learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...datasets import DataSet, observed
from ...errors import PPPError
from ...splits import normalise_text
from ..parts import Part, TargetData

SPLITS = ("validation", "test")
OUT_OF_FOLD, LEFT_OUT = "out of fold", "left out"


@dataclass(frozen=True)
class Judges:
    """Prompts that judge, with what was observed.

    Attributes:
        part: ``"validation"``, ``"test"``, ``"out of fold"`` (each judged by a predictor that had not
            learned from it) or ``"left out"`` (another data set than the one learned from).
        prompt_ids, prompts: of n prompts.
        observed: float64, shape (n,).
    """

    part: str
    prompt_ids: list[str]
    prompts: list[str]
    observed: np.ndarray

    def __len__(self) -> int:
        return len(self.prompts)

    def digest(self) -> str:
        """SHA-256 of prompts and observed values, in their order."""
        return Part(self.prompts, self.observed, len(self)).digest()

    def rows(self, kept: Iterable[int], part: str | None = None) -> Judges:
        """Some of them, by position."""
        kept = list(kept)
        prompts = [self.prompts[row] for row in kept]
        return Judges(part or self.part, [self.prompt_ids[row] for row in kept], prompts, self.observed[kept])

    def without(self, learned: set[str], part: str | None = None) -> Judges:
        """Those whose normalised text is not among ``learned``."""
        kept = [row for row, text in enumerate(self.prompts) if normalise_text(text) not in learned]
        return self.rows(kept, part)


def judges_of(dataset: DataSet, data: TargetData, split: str = "validation") -> Judges:
    """The prompts that judge a predictor of this target.

    Args:
        dataset: where the target is.
        data: what `target_data` gave for it.
        split: ``"validation"``, or, where the data set has no such part, its training prompts out of fold;
            or ``"test"``.

    Raises:
        PPPError: for another split, and for ``"test"`` where the data set on this machine has no test rows.
    """
    if split not in SPLITS:
        raise PPPError(f"The split must be {' or '.join(SPLITS)}, got {split!r}.")
    frame = observed(dataset, data.target.name)
    if split == "validation" and data.held_out is None:
        names: dict[str, str] = {}
        for prompt_id, prompt in zip(frame["prompt_id"], frame["prompt"], strict=True):
            names.setdefault(prompt, prompt_id)
        prompts = list(data.train.prompts)
        return Judges(OUT_OF_FOLD, [names[text] for text in prompts], prompts, data.train.observed)
    rows = frame[frame["split"] == split]
    if rows.empty:
        raise PPPError(
            f"The copy of {dataset.card.name} on this machine has no test rows for {data.target.name}: "
            "a test.csv of the authors, or a split column of your own, was wanted. Use --split validation."
        )
    values = rows["observed"].to_numpy(np.float64)
    return Judges(split, rows["prompt_id"].tolist(), rows["prompt"].tolist(), values)


def learned_texts(data: TargetData) -> set[str]:
    """The normalised texts of all prompts that a predictor of this target, or its encoder, may learn from."""
    joint = data.joint.prompts if data.joint else ()
    return {normalise_text(prompt) for prompt in (*data.train.prompts, *joint)}
