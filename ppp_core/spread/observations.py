"""Prompts with their number of modifiers and their spread: what every analysis starts from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from .counting import COUNTS, count_prompts, default_count
from .meanings import MEANINGS, Meaning, default_meaning, meanings_of
from .small_samples import c4
from .values import Values, adjust_systems, average_samples, read_values

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..targets import Target

OWN = ("prompt_id", "prompt", "count", "n", "df", "words", "mean", "sd", "variance")
"""The columns of ``Observations.prompts`` before those of the data set."""


@dataclass(frozen=True)
class Observations:
    """Prompts with their number of modifiers, their mean and their spread, under one meaning of variance.

    Attributes:
        dataset: the data set's title.
        target: what is measured.
        meaning: which variance, a name of `MEANINGS`.
        count: how modifiers were counted, a name of `COUNTS`.
        generator: the one generator that was asked for; empty for all.
        prompts: one row a prompt, in the data set's order: prompt_id, prompt, count (modifiers), n (values),
            df (degrees of freedom of its variance), words, mean (of the values as they are, in the target's
            unit), sd (standard deviation with the small-sample correction c4, in the target's unit, null
            where there are not two values), variance (unbiased), then the data set's own columns.
        values: one row a value: prompt_id, generator (with its setting where there are several), image_id,
            seed (both null where samples were averaged), value (adjusted as the meaning says, in the target's
            unit), raw. For ``prompts``: one row a prompt, generator null, its mean.
        notes: what was left out, averaged or adjusted, one sentence each.
    """

    dataset: str
    target: Target
    meaning: str
    count: str
    generator: str
    prompts: pd.DataFrame
    values: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> Meaning:
        """The meaning of variance, with its words."""
        return MEANINGS[self.meaning]

    def where(self, rows: Iterable) -> Observations:
        """Some of the prompts; generators' means and scales stay those of all prompts.

        Args:
            rows: one true or false a row of ``prompts``, or prompt_ids.

        Raises:
            PPPError: when nothing is left, or a prompt_id is unknown.
        """
        import numpy as np

        rows = np.asarray(list(rows))
        known = self.prompts["prompt_id"]
        if rows.dtype == bool and len(rows) == len(known):
            mask = rows
        else:
            there = set(known)
            unknown = [str(one) for one in rows if one not in there]
            if unknown:
                raise PPPError(f"No prompt is called {unknown[0]!r} among the {len(known):,} observed.")
            mask = known.isin(rows).to_numpy()
        if not mask.any():
            raise PPPError("No prompt is left; choose some.")
        prompts = self.prompts[mask].reset_index(drop=True)
        values = self.values[self.values["prompt_id"].isin(prompts["prompt_id"])].reset_index(drop=True)
        return replace(self, prompts=prompts, values=values)

    def strata(self, by: str) -> dict[str, Observations]:
        """The prompts by a column of ``prompts``, such as a data set's own; null is ``"none"``.

        Raises:
            PPPError: for an unknown column.
        """
        if by not in self.prompts.columns:
            raise unknown_name("column", by, self.prompts.columns)
        names = self.prompts[by].astype("object").where(self.prompts[by].notna(), "none").astype(str)
        return {name: self.where((names == name).to_numpy()) for name in sorted(names.unique())}


def observations(
    dataset: DataSet,
    target: str,
    *,
    meaning: str | None = None,
    count: str | None = None,
    generator: str | None = None,
) -> Observations:
    """Counts modifiers and measures the spread of every prompt.

    Args:
        dataset: the data set.
        target: one of its targets' names.
        meaning: which variance, a name of `MEANINGS`; None for the first that the data allows of generators,
            samples, prompts.
        count: how to count modifiers, a name of `COUNTS`; None for the data set's own count, or the count of
            known terms where it has none.
        generator: only values of this one (with its setting, such as ``"sd1.5 lowcorr"``); None for all.

    Returns:
        The observations. Prompts without a value are left out.

    Raises:
        PPPError: for an unknown name, or what the data does not allow.
    """
    found = read_values(dataset, target)
    meaning = default_meaning(dataset, target) if meaning is None else meaning
    count = default_count(dataset) if count is None else count
    _check(dataset, target, meaning, count)
    found = _of_generator(found, generator, meaning)
    counted = count_prompts(dataset, count)
    values, notes = _adjusted(found, meaning)
    prompts = _prompts(dataset, values, counted, within=MEANINGS[meaning].within_prompt)
    if not MEANINGS[meaning].within_prompt:
        values = _means(prompts)
    columns = ["prompt_id", "generator", "image_id", "seed", "value", "raw"]
    return Observations(
        dataset=dataset.card.title,
        target=found.target,
        meaning=meaning,
        count=count,
        generator=generator or "",
        prompts=prompts,
        values=values[columns].reset_index(drop=True),
        notes=(*found.notes, *notes, *_alone(prompts, meaning)),
    )


def _check(dataset: DataSet, target: str, meaning: str, count: str) -> None:
    if meaning not in MEANINGS:
        raise unknown_name("meaning of variance", meaning, MEANINGS)
    if count not in COUNTS:
        raise unknown_name("count", count, COUNTS)
    allowed = meanings_of(dataset, target)
    if allowed[meaning]:
        others = ", ".join(name for name, why in allowed.items() if not why)
        raise PPPError(f"{target} has no variance {meaning!r}: {allowed[meaning]} It has: {others}.")


def _of_generator(found: Values, generator: str | None, meaning: str) -> Values:
    if generator is None:
        return found
    if meaning.startswith("generators"):
        raise PPPError("One generator has no variance across generators; choose samples or prompts.")
    mine = (found.values["system"] == generator) | (found.values["generator"] == generator)
    if not mine.any():
        raise unknown_name("generator", generator, sorted(set(found.values["system"])))
    return replace(found, values=found.values[mine].reset_index(drop=True))


def _adjusted(found: Values, meaning: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Values with the columns value, cell (what a value is compared within), and generator as the system."""
    values, notes = found.values, ()
    if meaning.startswith("generators"):
        values, notes = average_samples(values)
    value = values["raw"]
    if meaning in ("generators", "generators-centred"):
        value, more = adjust_systems(values, scale=meaning == "generators")
        notes = (*notes, *more)
    if meaning == "samples" and not found.told:
        notes = (*notes, f"{found.source} does not tell generators; a prompt's images are taken as one's.")
    cell = values["system"] if meaning == "samples" else ""
    return values.assign(value=value, cell=cell, generator=values["system"]), notes


def _prompts(dataset: DataSet, values: pd.DataFrame, counted: pd.Series, *, within: bool) -> pd.DataFrame:
    import numpy as np

    cells = values.groupby(["prompt_id", "cell"], sort=False)["value"]
    centred = values["value"] - cells.transform("mean")
    grouped = values.assign(square=centred**2).groupby("prompt_id", sort=False)
    table = grouped.agg(n=("value", "size"), mean=("raw", "mean"), squares=("square", "sum"))
    table["df"] = table["n"] - values.groupby("prompt_id", sort=False)["cell"].nunique()
    if not within:
        table["df"], table["n"] = 0, 1
    df = table["df"].to_numpy()
    table["variance"] = (table.pop("squares") / table["df"].where(df > 0)).astype(float)
    table["sd"] = np.sqrt(table["variance"]) / c4(df + 1)
    prompts = dataset.prompts.merge(table, left_on="prompt_id", right_index=True, how="inner")
    prompts["count"] = prompts["prompt_id"].map(counted).astype(int)
    prompts["words"] = prompts["prompt"].str.split().str.len()
    rest = [column for column in dataset.prompts.columns if column not in OWN]
    return prompts[[*OWN, *rest]].reset_index(drop=True)


def _means(prompts: pd.DataFrame) -> pd.DataFrame:
    """One value a prompt: its mean."""
    empty = dict.fromkeys(("generator", "image_id", "seed"))
    return prompts[["prompt_id"]].assign(value=prompts["mean"], raw=prompts["mean"], **empty)


def _alone(prompts: pd.DataFrame, meaning: str) -> tuple[str, ...]:
    alone = int((prompts["df"] < 1).sum())
    if not MEANINGS[meaning].within_prompt or not alone:
        return ()
    return (f"{alone:,} of {len(prompts):,} prompts have a single value and no spread of their own.",)
