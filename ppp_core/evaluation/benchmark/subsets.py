"""How predictors do on kinds of prompts: long and short, with modifiers, where raters agree, and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...datasets import DataSet
from ...errors import PPPError
from ...modifiers import counts
from ..reliability import agreement
from .board import row_key
from .lineups import POOLED, Lineup, flat

FEWEST = 15
"""Prompts below which a group's correlation is not told."""

COLUMNS = ("category", "source", "language")
"""Columns of a data set's prompts whose values are groups."""

_MANY = 3

Groups = dict[tuple[str, str], np.ndarray]
"""By (kind, group): the positions of its prompts."""


def segments_after_first(prompt: str) -> int:
    """How many comma-separated segments follow the first: the plainest count of modifiers.

    The definition ``segments`` of `ppp_core.modifiers`: empty segments, a tool's settings and negative
    prompts do not count. It knows no grammar: "a red, shiny apple" counts one.

    Example:
        >>> segments_after_first("a fox, oil painting, 4k,"), segments_after_first("a fox in the snow")
        (2, 0)
    """
    return counts([prompt], "segments")[0]


def groups_of(line: Lineup, dataset: DataSet | None = None) -> Groups:
    """The groups that a line-up's prompts fall into.

    Args:
        line: n prompts.
        dataset: of its target, for groups that the text does not tell; None for none of those.

    Returns:
        By kind and name of the group, the positions of its prompts: ``length`` (thirds by words),
        ``modifiers`` (as the data set counts them, else comma-separated segments after the first),
        ``style`` (whether the data set names one), ``category``, ``source``, ``language``, and
        ``agreement`` (halves by the spread between raters), as far as they are known.
    """
    table = None if dataset is None else dataset.prompts.set_index("prompt_id").loc[list(line.prompt_ids)]
    known = set() if table is None else set(table.columns)
    groups = _thirds(np.array([len(prompt.split()) for prompt in line.prompts]))
    counted = "n_modifiers" in known
    numbers = table["n_modifiers"] if counted else counts(line.prompts, "segments")
    groups |= _by_value("modifiers", [_count_name(int(number)) for number in numbers])
    if "style" in known:
        groups |= _by_value("style", np.where(table["style"].notna(), "style named", "no style named"))
    for column in COLUMNS:
        if column in known:
            groups |= _by_value(column, table[column].astype(object).where(table[column].notna(), ""))
    if dataset is not None:
        groups |= _agreement(line, dataset)
    return groups


def subsets_table(
    lines: Sequence[Lineup], datasets: Mapping[str, DataSet], *, resamples: int = 2_000
) -> list[dict]:
    """Every row's correlation on every group of its prompts.

    Args:
        lines: the board's line-ups.
        datasets: by name; where one is absent, groups that the text does not tell are left out.
        resamples: of the intervals.

    Returns:
        Records with the columns of ``TABLES["subsets"]``. A kind with one group is left out, and so is a
        group of fewer than 15 prompts, and what learned from one other data set.
    """
    records = []
    for line in lines:
        dataset = datasets.get(line.target.partition("/")[0])
        kept = [one for one in line.entrants if not one.trained_on or one.trained_on.startswith(POOLED)]
        for (kind, group), rows in large_groups(groups_of(line, dataset)).items() if kept else ():
            found = line.rows(rows).rankings(resamples=resamples)
            for one in kept:
                position = line.entrants.index(one)
                name = (line.target, one.predictor, one.encoder)
                identity = dict(zip(("target", "predictor", "encoder"), name, strict=True))
                records.append({
                    "key": row_key(*name, line.part, one.trained_on),
                    **identity,
                    "trained_on": one.trained_on,
                    "part": line.part,
                    "by": kind,
                    "group": group,
                    "n": len(rows),
                    **flat(found, position),
                })  # fmt: skip
    return records


def large_groups(groups: Groups) -> Groups:
    """Groups of at least 15 prompts, of kinds that have more than one such group.

    Example:
        >>> sizes = {("source", "a"): 20, ("source", "b"): 30, ("category", "c"): 50, ("source", "d"): 3}
        >>> list(large_groups({name: np.arange(n) for name, n in sizes.items()}))
        [('source', 'a'), ('source', 'b')]
    """
    large = {name: rows for name, rows in groups.items() if len(rows) >= FEWEST}
    kinds = [kind for kind, _ in large]
    return {name: rows for name, rows in large.items() if kinds.count(name[0]) > 1}


def _thirds(words: np.ndarray) -> Groups:
    low, high = np.floor(np.quantile(words, [1 / 3, 2 / 3]))
    thirds = {
        f"short: up to {low:.0f} words": words <= low,
        f"middle: to {high:.0f} words": (words > low) & (words <= high),
        f"long: more than {high:.0f} words": words > high,
    }
    return {("length", name): np.flatnonzero(rows) for name, rows in thirds.items() if rows.any()}


def _count_name(count: int) -> str:
    return f"{_MANY} or more" if count >= _MANY else str(count)


def _by_value(kind: str, values: Sequence[str]) -> Groups:
    values = np.asarray(values, dtype=object)
    return {(kind, name): np.flatnonzero(values == name) for name in sorted(set(values)) if name}


def _agreement(line: Lineup, dataset: DataSet) -> Groups:
    try:
        halves = agreement(dataset, line.target)
    except PPPError:  # ratings that do not tell the spread between raters
        return {}
    agree = dict(zip(halves["prompt_id"], halves["agree"], strict=True))
    found = [agree.get(one) for one in line.prompt_ids]
    return {
        ("agreement", "raters agree"): np.flatnonzero([one is not None and bool(one) for one in found]),
        ("agreement", "raters differ"): np.flatnonzero([one is not None and not one for one in found]),
    }
