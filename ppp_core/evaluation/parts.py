"""Which prompts a predictor learns from, and which ones judge it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..datasets import DataSet, observed
from ..errors import PPPError
from ..splits import normalise_text
from ..targets import Target

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

    def rows(self, positions: np.ndarray) -> "Part":
        """Some of the prompts, by position; their ratings are counted in proportion."""
        return Part(
            prompts=[self.prompts[position] for position in positions],
            observed=self.observed[positions],
            n_ratings=round(self.n_ratings * len(positions) / max(len(self), 1)),
        )

    def digest(self) -> str:
        """SHA-256 of prompts and observed values: two equal parts have one digest."""
        lines = (f"{value:.6f}\t{text}" for text, value in zip(self.prompts, self.observed, strict=True))
        return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Joint:
    """Training prompts with all of a data set's targets, to learn several at once.

    Attributes:
        prompts: n texts.
        observed: float64, shape (n, k); nan where nothing was observed.
        targets: k names.
    """

    prompts: Sequence[str]
    observed: np.ndarray
    targets: tuple[str, ...]

    def within(self, train: Part, target: str) -> "Joint":
        """Without the prompts that have a value of this target and are not in this training part, and without
        any that says the same as one of those."""
        inside = {normalise_text(text) for text in train.prompts}
        mine = self.observed[:, self.targets.index(target)]
        said = [normalise_text(text) for text in self.prompts]
        outside = {text for text, value in zip(said, mine, strict=True) if not np.isnan(value)} - inside
        return self.rows(np.array([row for row, text in enumerate(said) if text not in outside], dtype=int))

    def rows(self, positions: np.ndarray) -> "Joint":
        """Some of the prompts, by position."""
        prompts = [self.prompts[position] for position in positions]
        return Joint(prompts, self.observed[positions], self.targets)

    def digest(self) -> str:
        """SHA-256 of prompts and values."""
        values = np.nan_to_num(self.observed, nan=-999.0).round(6)
        return hashlib.sha256("\n".join(self.prompts).encode("utf-8") + values.tobytes()).hexdigest()


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
        joint: the data set's training prompts with all targets that models did not make; None where there is
            nothing but the target itself.
        judging: normalised texts of all validation and test prompts, to keep them out of whatever is learned.
    """

    target: Target
    licence: str
    attribution: str
    citation: str
    train: Part
    held_out: Part | None
    n_left_out: int
    joint: Joint | None = None
    judging: frozenset[str] = frozenset()


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
        joint=_joint(dataset, others, learns_from="train" if has_validation else None),
        judging=frozenset(others),
    )


def _joint(dataset: DataSet, held_out: set[str], *, learns_from: str | None) -> Joint:
    """All prompts to learn from, by any target, none of which says the same as a held-out one."""
    targets = tuple(one.name for one in dataset.card.targets if one.judged_by != "models")
    mine = dataset.ratings[dataset.ratings["target"].isin(targets)]
    means = mine.groupby(["prompt_id", "target"], sort=False)["value"].mean().unstack("target")
    prompts = dataset.prompts[dataset.prompts["prompt_id"].isin(means.index)]
    inside = prompts["split"].eq(learns_from) if learns_from else prompts["split"].ne("test")
    prompts = prompts[inside & ~prompts["prompt"].map(normalise_text).isin(held_out)]
    values = means.reindex(index=prompts["prompt_id"], columns=list(targets))
    return Joint(prompts["prompt"].tolist(), values.to_numpy(dtype=np.float64), targets)


def _part(frame) -> Part:
    return Part(
        prompts=frame["prompt"].tolist(),
        observed=frame["observed"].to_numpy(dtype=np.float64),
        n_ratings=int(frame["n_ratings"].sum()),
    )
