"""Which prompts hold which modifiers, and what kind each is of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from .observations import OWN, Observations

if TYPE_CHECKING:
    import pandas as pd

BY = {
    "term": "Each modifier that the prompts name",
    "kind": "Each kind of modifier",
    "factor": "Each column of the data set: named or left open",
    "value": "Each value of the data set's columns",
}
MOST_VALUES = 60
"""A column of more different values tells of prompts, not of modifiers."""


@dataclass(frozen=True)
class Memberships:
    """Modifiers, and the prompts that hold them.

    Attributes:
        names: k modifiers, in alphabetical order.
        kinds: what kind each is of.
        there: whether a prompt holds it, bool, shape (n_prompts, k).
        times: how often it counts in the prompt, int, same shape.
        words: how many words it takes there, int, same shape.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    there: np.ndarray
    times: np.ndarray
    words: np.ndarray


def memberships(observations: Observations, by: str, columns: tuple[str, ...] | None = None) -> Memberships:
    """Finds the modifiers of the prompts that were observed.

    Args:
        observations: with the prompts.
        by: key of `BY`.
        columns: for ``factor`` and ``value``; None for `own_columns`.

    Raises:
        PPPError: an unknown key or column, or no modifier at all.
    """
    if by not in BY:
        raise unknown_name("way to tell modifiers apart", by, BY)
    prompts = observations.prompts
    if by in ("term", "kind"):
        found = _parsed(prompts["prompt"].tolist(), by, grammar=observations.count == "all")
    else:
        found = _columns(prompts, by, own_columns(prompts) if columns is None else columns)
    names = sorted({name for row in found for name in row})
    if not names:
        raise PPPError(f"The prompts of {observations.dataset} hold no modifier to compare by {by}.")
    place = {name: i for i, name in enumerate(names)}
    times, words = (np.zeros((len(found), len(names)), dtype=int) for _ in range(2))
    kinds: list[Counter] = [Counter() for _ in names]
    for i, row in enumerate(found):
        for name, (kind, count, length) in row.items():
            times[i, place[name]], words[i, place[name]] = count, length
            kinds[place[name]][kind] += 1
    told = tuple(one.most_common(1)[0][0] for one in kinds)
    return Memberships(tuple(names), told, times > 0, times, words)


def own_columns(prompts: pd.DataFrame) -> tuple[str, ...]:
    """The data set's own columns of modifiers: text, null where the prompt leaves it open, of few values.

    Args:
        prompts: as in ``Observations.prompts``.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"prompt": list("abcd"), "style": ["oil", None, "oil", None]})
        >>> own_columns(frame)
        ('style',)
    """
    from pandas.api.types import is_object_dtype, is_string_dtype

    found = []
    for name in prompts.columns:
        column = prompts[name]
        if name in (*OWN, "split") or not (is_string_dtype(column) or is_object_dtype(column)):
            continue
        known = column.dropna()
        few = 0 < known.nunique() <= min(MOST_VALUES, len(known) / 2)
        if few and len(known) < len(column):
            found.append(name)
    return tuple(found)


def _parsed(prompts: list[str], by: str, *, grammar: bool) -> list[dict[str, tuple[str, int, int]]]:
    from ..modifiers import KINDS, parse_all

    rows = []
    for parsed in parse_all(prompts, grammar=grammar):
        row: dict[str, tuple[str, int, int]] = {}
        for part in parsed.modifiers:
            name = part.term if by == "term" else KINDS[part.kind].title
            _, count, length = row.get(name, ("", 0, 0))
            row[name] = (part.kind if by == "term" else "kind", count + 1, length + len(part.text.split()))
        rows.append(row)
    return rows


def _columns(
    prompts: pd.DataFrame, by: str, columns: tuple[str, ...]
) -> list[dict[str, tuple[str, int, int]]]:
    if not columns:
        raise PPPError("The data set has no columns of modifiers of its own; compare by term or kind.")
    for name in columns:
        if name not in prompts.columns:
            raise unknown_name("column", name, prompts.columns)
    kinds = _kinds_of_values(prompts, columns) if by == "value" else {}
    rows: list[dict[str, tuple[str, int, int]]] = [{} for _ in range(len(prompts))]
    for name in columns:
        for row, value in zip(rows, prompts[name], strict=True):
            if isinstance(value, str) and value.strip():
                text = value.strip()
                key = name if by == "factor" else text
                row[key] = (kinds.get(text, name) if by == "value" else "factor", 1, len(text.split()))
    return rows


def _kinds_of_values(prompts: pd.DataFrame, columns: tuple[str, ...]) -> dict[str, str]:
    """What the lexicon says that a value is; the column's name for what it does not know."""
    from ..modifiers import parse

    values = {value.strip() for name in columns for value in prompts[name].dropna() if isinstance(value, str)}
    found = {value: parse(value, grammar=False).modifiers for value in sorted(values)}
    return {value: parts[0].kind for value, parts in found.items() if parts}
