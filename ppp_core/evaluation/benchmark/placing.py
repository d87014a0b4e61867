"""A user's own predictions, or own scores, beside ours on the same prompts: who beats whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...datasets import DataSet
from ...datasets import observed as observed_of
from ...errors import PPPError
from ..family import Ranking, rank
from ..inputs import FEWEST, as_numbers
from ..results import COEFFICIENTS, Estimate
from .kept import prompt_hash

if TYPE_CHECKING:
    import pandas as pd

YOURS = "yours"


@dataclass(frozen=True)
class Competitor:
    """One of ours beside the user's.

    Attributes:
        key: of the board's row.
        estimate: its coefficient on the shared prompts, with its interval.
        p: that it and the user's correlate equally, Holm-adjusted over all pairs; nan without the user's.
        verdict: ``"beaten"`` (the user's is significantly better), ``"better"`` (this one is), ``"tied"``,
            or empty where there is nothing to compare with.
    """

    key: str
    estimate: Estimate
    p: float
    verdict: str


@dataclass(frozen=True)
class Placement:
    """Where a user's own stand.

    Attributes:
        target, measure: what was compared, and by which coefficient.
        n: prompts with all values.
        n_shared: prompts among them that ours predicted too: the comparison is on these.
        n_left_out: rows without the values that are needed.
        figures: the user's own coefficients on all n prompts, by name; empty where only scores came.
        shared: the user's coefficient on the shared prompts; None where only scores came, or none is shared.
        competitors: ours, the best first.
        judged_by: ``"your scores"``, or the target whose observed values judged.
    """

    target: str
    measure: str
    n: int
    n_shared: int
    n_left_out: int
    figures: Mapping[str, Estimate]
    shared: Estimate | None
    competitors: tuple[Competitor, ...]
    judged_by: str

    @property
    def place(self) -> int | None:
        """1 where the user's value is the highest of all; None without one."""
        if self.shared is None or np.isnan(self.shared.value):
            return None
        return 1 + sum(one.estimate.value > self.shared.value for one in self.competitors)

    @property
    def beaten(self) -> list[str]:
        """Keys of the rows that the user's beats significantly."""
        return [one.key for one in self.competitors if one.verdict == "beaten"]


def evaluate_predictions(
    frame: pd.DataFrame,
    *,
    target: str,
    predicted: str | None = None,
    observed: str | None = None,
    prompt_column: str = "prompt",
    dataset: DataSet | None = None,
    predictions: pd.DataFrame | None = None,
    measure: str = "pearson",
    resamples: int = 10_000,
) -> Placement:
    """Places a user's predictions, or scores, in a target's table.

    With predictions and scores, both are the user's. With predictions alone, the data set's observed
    values of the prompts judge. With scores alone, they judge our kept predictions of these prompts.
    Prompts are matched by what they say, case and punctuation aside.

    Args:
        frame: one row a prompt.
        target: in whose table to be placed.
        predicted, observed: columns of numbers, higher is better; at least one of them.
        prompt_column: of the prompts.
        dataset: of the target; needed where no observed column is given.
        predictions: our kept predictions, as `load_predictions` gives them; None for no comparison.
        measure: the coefficient that is compared.
        resamples: of the bootstrap.

    Returns:
        The placement.

    Raises:
        PPPError: when a column or the data set is missing, a prompt comes twice, or fewer than 4 prompts
            have all values.
    """
    if predicted is None and observed is None:
        raise PPPError("Name a column of predictions, a column of scores, or both; got neither.")
    for column in filter(None, (prompt_column, predicted, observed)):
        if column not in frame:
            raise PPPError(f"The table lacks the column {column!r}; it has {', '.join(map(str, frame))}.")
    hashes = _hashes(frame[prompt_column])
    truth = as_numbers(observed, frame[observed]) if observed else _observed(hashes, dataset, target)
    own = as_numbers(predicted, frame[predicted]) if predicted else np.zeros(len(frame))
    whole = ~(np.isnan(truth) | np.isnan(own))
    if whole.sum() < FEWEST:
        raise PPPError(
            f"A placement needs at least {FEWEST} prompts with all values, got {int(whole.sum())} of "
            f"{len(frame)}; do the prompts belong to {target}?"
        )
    own, truth = own[whole], truth[whole]
    hashes = [one for one, kept in zip(hashes, whole, strict=True) if kept]
    figures = {}
    if predicted:
        ranked = {name: rank([own], truth, measure=name, resamples=resamples) for name in COEFFICIENTS}
        figures = {name: found.predictors[0].estimate for name, found in ranked.items()}
    names, ours, shared = _ours(predictions, target, hashes)
    rows = ([own[shared]] if predicted else []) + list(ours)
    found = rank(rows, truth[shared], measure=measure, resamples=resamples) if names else None
    first = 1 if predicted else 0
    return Placement(
        target=target,
        measure=measure,
        n=len(truth),
        n_shared=len(shared) if names else 0,
        n_left_out=int((~whole).sum()),
        figures=figures,
        shared=found.predictors[0].estimate if found and predicted else None,
        competitors=tuple(_competitors(found, names, first)) if found else (),
        judged_by="your scores" if observed else target,
    )


def _hashes(prompts: Sequence[object]) -> list[str]:
    found: dict[str, int] = {}
    for row, prompt in enumerate(prompts, start=1):
        if not isinstance(prompt, str) or not prompt.strip():
            raise PPPError(f"Row {row} has no prompt; each row needs one.")
        one = prompt_hash(prompt)
        if one in found:
            raise PPPError(f"Rows {found[one]} and {row} hold the same prompt, {prompt!r}; keep one of them.")
        found[one] = row
    return list(found)


def _observed(hashes: Sequence[str], dataset: DataSet | None, target: str) -> np.ndarray:
    if dataset is None:
        name = target.partition("/")[0]
        raise PPPError(
            f"Without scores of your own, the data set {name} must be here to judge. "
            f"Get it with: ppp get {name}"
        )
    known = observed_of(dataset, target)
    known = known[known["split"] != "train"] if (known["split"] == "validation").any() else known
    values = {
        prompt_hash(text): value for text, value in zip(known["prompt"], known["observed"], strict=True)
    }
    return np.array([values.get(one, np.nan) for one in hashes])


def _ours(
    predictions: pd.DataFrame | None, target: str, hashes: Sequence[str]
) -> tuple[list[str], list[np.ndarray], np.ndarray]:
    """Our rows of the target, their values on the shared prompts, and the positions of those."""
    nothing = ([], [], np.empty(0, dtype=int))
    if predictions is None:
        return nothing
    mine = predictions[predictions["row_key"].str.startswith(f"{target} ")]
    wide = mine.pivot_table(index="prompt_hash", columns="row_key", values="predicted", aggfunc="first")
    where = {one: row for row, one in enumerate(hashes)}
    wide = wide[wide.index.isin(where)]
    # the part with the most of the user's prompts: rows of several parts share none
    counts = wide.notna().sum()
    wide = wide[counts.index[counts >= max(FEWEST, counts.max() / 2 if len(counts) else 0)]].dropna()
    if len(wide) < FEWEST or not len(wide.columns):
        return nothing
    shared = np.array([where[one] for one in wide.index])
    return list(wide.columns), [wide[name].to_numpy(np.float64) for name in wide], shared


def _competitors(found: Ranking, names: Sequence[str], first: int) -> list[Competitor]:
    competitors = []
    for position, name in enumerate(names, start=first):
        estimate = found.predictors[position].estimate
        p, verdict = float("nan"), ""
        if first:
            p = found.p_pairs[0][position]
            difference = found.predictors[0].estimate.value - estimate.value
            different = p < 1 - found.confidence
            verdict = ("beaten" if difference > 0 else "better") if different else "tied"
        competitors.append(Competitor(name, estimate, p, verdict))
    return sorted(competitors, key=lambda one: -np.nan_to_num(one.estimate.value, nan=-2.0))
