"""What the tests of an analysis work on: arrays over prompts, and over their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .observations import Observations

FEWEST_PROMPTS = 30
FEWEST_COUNTS = 2
FEWEST_AT_A_COUNT = 5
SMALLEST = f"{FEWEST_PROMPTS} prompts, and {FEWEST_AT_A_COUNT} at each of {FEWEST_COUNTS} counts"
"""What is wanted before a verdict is given."""

MOST_AT_THE_MIDDLE = 0.1
"""Across prompts: share of a count's prompts on its very median above which no verdict is given."""


@dataclass(frozen=True)
class Sample:
    """Prompts that have a spread, as arrays of shape (n,) unless told.

    Attributes:
        rows: positions in the observations' prompts.
        count: number of modifiers, float.
        spread: what goes up or down: the prompt's corrected standard deviation; for ``prompts``, the distance
            of its mean from the median of its count, corrected for the size of that group.
        variance: unbiased, of the prompt's values; for ``prompts``, the squared distance of its mean from the
            mean of its count, corrected likewise.
        df: degrees of freedom of that variance.
        mean: of the values as they are.
        words: of the prompt.
        low, high: the target's bounds; infinite for a user's own column, whose scale is not known.
        owner: shape (n_values,), the position in this sample that a value belongs to.
        centred: shape (n_values,), values less the mean of what they are compared within, corrected for its
            size; for ``prompts``, the prompts' means as they are.
        centred_at_median: the same, from the median.
        within: whether every prompt has a spread of its own.
        at_the_middle: for ``prompts``, the largest share of a count's prompts that tie with its median:
            where values come in steps, distances from it tell more of the steps than of the spread. Else 0.
    """

    rows: np.ndarray
    count: np.ndarray
    spread: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    mean: np.ndarray
    words: np.ndarray
    low: float
    high: float
    owner: np.ndarray
    centred: np.ndarray
    centred_at_median: np.ndarray
    within: bool
    at_the_middle: float = 0.0

    @property
    def n(self) -> int:
        """Prompts."""
        return len(self.count)

    @property
    def sizes(self) -> dict[int, int]:
        """Prompts at each count that is there."""
        counts, sizes = np.unique(self.count.astype(int), return_counts=True)
        return dict(zip(counts.tolist(), sizes.tolist(), strict=True))

    @property
    def lacks(self) -> str:
        """What is missing for a verdict; empty where there is enough."""
        full = [count for count, size in self.sizes.items() if size >= FEWEST_AT_A_COUNT]
        if self.n < FEWEST_PROMPTS:
            return f"{self.n:,} prompts with a spread, {FEWEST_PROMPTS} are wanted"
        if len(full) < FEWEST_COUNTS:
            return f"{len(full)} count with {FEWEST_AT_A_COUNT} prompts or more, {FEWEST_COUNTS} are wanted"
        if self.at_the_middle > MOST_AT_THE_MIDDLE:
            return (
                f"{self.at_the_middle:.0%} of the prompts of one count stand exactly on its middle, at most "
                f"{MOST_AT_THE_MIDDLE:.0%} are wanted, since distances from it then follow the scale's steps"
            )
        return ""


def sample_of(observations: Observations) -> Sample:
    """The prompts of some observations that have a spread."""
    make = _within if observations.told.within_prompt else _between
    return make(observations)


def _within(observations: Observations) -> Sample:
    prompts = observations.prompts
    rows = np.flatnonzero(prompts["df"].to_numpy() > 0)
    kept = prompts.iloc[rows]
    values = observations.values
    owner = values["prompt_id"].map(dict(zip(kept["prompt_id"], range(len(kept)), strict=True)))
    values = values.assign(owner=owner)[owner.notna()]
    keys = ["owner", "generator"] if observations.meaning == "samples" else ["owner"]
    cells = values.groupby(keys)["value"]
    size = cells.transform("size").to_numpy(float)
    values, size = values[size > 1], size[size > 1]
    factor = np.sqrt(size / (size - 1))
    cells = values.groupby(keys)["value"]
    return Sample(
        rows=rows,
        spread=kept["sd"].to_numpy(float),
        variance=kept["variance"].to_numpy(float),
        df=kept["df"].to_numpy(float),
        owner=values["owner"].to_numpy(int),
        centred=(values["value"] - cells.transform("mean")).to_numpy() * factor,
        centred_at_median=(values["value"] - cells.transform("median")).to_numpy() * factor,
        within=True,
        **_plain(observations, rows),
    )


def _between(observations: Observations) -> Sample:
    import pandas as pd

    prompts = observations.prompts
    size = prompts.groupby("count")["mean"].transform("size").to_numpy()
    rows = np.flatnonzero(size > 1)
    kept, size = prompts.iloc[rows], size[rows].astype(float)
    grouped = kept.groupby("count")["mean"]
    factor = np.sqrt(size / (size - 1))
    mean = kept["mean"].to_numpy(float)
    from_median = np.abs(mean - grouped.transform("median").to_numpy(float))
    middle = pd.Series(from_median == 0).groupby(kept["count"].to_numpy())
    beyond_one = (middle.sum() - 1).clip(lower=0) / middle.size()  # one of an odd number is the median itself
    return Sample(
        rows=rows,
        at_the_middle=float(beyond_one.max()) if len(rows) else 0.0,
        spread=from_median * factor,
        variance=((mean - grouped.transform("mean").to_numpy(float)) * factor) ** 2,
        df=np.ones(len(rows)),
        owner=np.arange(len(rows)),
        centred=mean,
        centred_at_median=mean,
        within=False,
        **_plain(observations, rows),
    )


def _plain(observations: Observations, rows: np.ndarray) -> dict:
    target = observations.target
    # a user's own column is bounded by its least and greatest value, which are no ends of a scale
    low, high = (-np.inf, np.inf) if target.judged_by == "user" else (target.low, target.high)
    kept = observations.prompts.iloc[rows]
    return {
        "count": kept["count"].to_numpy(float),
        "mean": kept["mean"].to_numpy(float),
        "words": kept["words"].to_numpy(float),
        "low": low,
        "high": high,
    }
