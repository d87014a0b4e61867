"""Runs side by side: all predictors of one target on the prompts that every one of them was judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...errors import PPPError
from ..family import Ranking, rank
from ..results import COEFFICIENTS, Estimate
from .judging import LEFT_OUT, OUT_OF_FOLD
from .runs import Run, RunKey

POOLED = "ppp/"
"""How targets begin that pool several data sets."""

_SHARED = 0.5
"""Share of the prompts of the largest run that all must have; less, and the runs are of different data."""


@dataclass(frozen=True)
class Entrant:
    """A predictor in a line-up: what it is, whatever its seeds.

    Attributes:
        predictor, encoder: names; encoder is empty where there is none.
        trained_on: the target learned from where that is another; else empty.
        n_train: prompts learned from.
        revision: of the encoder.
    """

    predictor: str
    encoder: str
    trained_on: str
    n_train: int
    revision: str = ""


@dataclass(frozen=True)
class Lineup:
    """Predictors of one target on the same n prompts.

    Attributes:
        target, part, judged_by: as in a run.
        entrants: the predictors.
        predicted: one array a predictor, float64, shape (n_seeds, n).
        observed: float64, shape (n,).
        prompt_ids, prompts: of the n prompts.
    """

    target: str
    part: str
    judged_by: str
    entrants: tuple[Entrant, ...]
    predicted: tuple[np.ndarray, ...]
    observed: np.ndarray
    prompt_ids: tuple[str, ...]
    prompts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.prompts)

    @cached_property
    def means(self) -> np.ndarray:
        """Predictions averaged over seeds, float64, shape (n_entrants, n)."""
        return np.stack([one.mean(axis=0) for one in self.predicted])

    def rows(self, kept: Sequence[int]) -> Lineup:
        """The same predictors on some of the prompts, by position."""
        kept = np.asarray(kept, dtype=int)
        return replace(
            self,
            predicted=tuple(one[:, kept] for one in self.predicted),
            observed=self.observed[kept],
            prompt_ids=tuple(self.prompt_ids[row] for row in kept),
            prompts=tuple(self.prompts[row] for row in kept),
        )

    def rankings(self, *, resamples: int = 10_000) -> dict[str, Ranking]:
        """By coefficient: values, intervals and ties of the predictors, in their order."""
        return rankings(self.predicted, self.observed, resamples=resamples)


def rankings(
    predicted: Sequence[np.ndarray], observed: np.ndarray, *, resamples: int = 10_000
) -> dict[str, Ranking]:
    """All three coefficients of several predictors, ranked; arguments as in `rank`."""
    return {name: rank(predicted, observed, measure=name, resamples=resamples) for name in COEFFICIENTS}


def flat(rankings: dict[str, Ranking], position: int) -> dict[str, float]:
    """One predictor's coefficients with their intervals as columns: pearson, pearson_low, …"""
    found = {}
    for name, ranking in rankings.items():
        estimate: Estimate = ranking.predictors[position].estimate
        found |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return found


def lineups(runs: Iterable[Run]) -> list[Lineup]:
    """Runs of the board's rows, by target and part: see `is_row`."""
    runs = list(runs)
    judged_by = {run.key.target: run.judged_by for run in runs}
    unsplit = {run.key.target for run in runs if run.key.part == OUT_OF_FOLD and _is_own(run.key)}
    return gather(run for run in runs if is_row(run.key, judged_by, unsplit))


def is_row(key: RunKey, judged_by: dict[str, str], unsplit: set[str]) -> bool:
    """Whether a run is in a row of the board, and not in a table beside it alone.

    That is a predictor of its own target; and one that learned from another data set where that pools
    several, or where the target's data set has no held-out part and people judged images on both sides.
    """
    if key.n_train is not None:
        return False
    if _is_own(key):
        return True
    if key.part != LEFT_OUT:
        return False
    if key.trained_on.startswith(POOLED):
        return True
    same = judged_by.get(key.trained_on) == judged_by.get(key.target) == "people"
    return key.target in unsplit and same


def gather(runs: Iterable[Run]) -> list[Lineup]:
    """Line-ups of runs, one a target and part, in the order in which they come.

    Raises:
        PPPError: when runs of one target and part were judged by different data.
    """
    grouped: dict[tuple, dict[tuple, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        key = run.key
        trained_on = "" if _is_own(key) else key.trained_on
        grouped[key.target, key.part][key.predictor, key.encoder, trained_on].append(run)
    return [_lineup(target, part, entries) for (target, part), entries in grouped.items()]


def _lineup(target: str, part: str, entries: dict[tuple, list[Run]]) -> Lineup:
    every = [run for some in entries.values() for run in some]
    shared = set(every[0].prompt_ids).intersection(*(run.prompt_ids for run in every))
    if len(shared) < max(4, _SHARED * max(len(run) for run in every)):
        raise PPPError(
            f"The runs of {target} ({part}) were judged by different prompts: {len(shared):,} are in all. "
            "Keep runs of one copy of the data in one folder."
        )
    first = every[0]
    kept = [row for row, one in enumerate(first.prompt_ids) if one in shared]
    ids = [first.prompt_ids[row] for row in kept]
    return Lineup(
        target=target,
        part=part,
        judged_by=first.judged_by,
        entrants=tuple(
            Entrant(*name, n_train=some[0].n_learned, revision=some[0].revision)
            for name, some in entries.items()
        ),
        predicted=tuple(
            np.stack([_values(run, ids) for run in sorted(some, key=lambda run: run.key.seed)])
            for some in entries.values()
        ),
        observed=first.observed[kept],
        prompt_ids=tuple(ids),
        prompts=tuple(first.prompts[row] for row in kept),
    )


def _values(run: Run, prompt_ids: list[str]) -> np.ndarray:
    if run.prompt_ids == prompt_ids:
        return run.predicted
    where = {one: row for row, one in enumerate(run.prompt_ids)}
    return run.predicted[[where[one] for one in prompt_ids]]


def _is_own(key: RunKey) -> bool:
    return key.trained_on == key.target


def own_lineups(lines: Iterable[Lineup]) -> Iterator[Lineup]:
    """Those in which every predictor learned from the target that judges it."""
    return (line for line in lines if not any(one.trained_on for one in line.entrants))
