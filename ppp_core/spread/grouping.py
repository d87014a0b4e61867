"""Groups of prompts to ask the same question of: by a column of the data set, or by length."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import unknown_name

if TYPE_CHECKING:
    from .observations import Observations

LENGTH = "length"
"""By words, in thirds of the prompts."""

MOST_GROUPS = 16
FEWEST_A_GROUP = 5
"""A column makes groups when it has at most so many values, in so many prompts each on average."""


def ways_to_group(observations: Observations) -> dict[str, str]:
    """What the prompts can be grouped by.

    Args:
        observations: as `observations` gives them.

    Returns:
        Name -> title: a column of the data set's own that makes few groups of several prompts, and
        ``"length"`` where prompts differ in their number of words.

    Example:
        >>> import pandas as pd
        >>> from types import SimpleNamespace
        >>> prompts = pd.DataFrame({"words": [2, 3] * 10, "style": ["anime", None] * 10})
        >>> ways_to_group(SimpleNamespace(prompts=prompts))
        {'style': 'Style', 'length': 'Length in words'}
    """
    from .observations import OWN

    prompts = observations.prompts
    found = {}
    for column in (one for one in prompts.columns if one not in (*OWN, "n_modifiers")):
        n_groups = prompts[column].nunique(dropna=False)
        if 1 < n_groups <= MOST_GROUPS and len(prompts) / n_groups >= FEWEST_A_GROUP:
            found[column] = str(column).replace("_", " ").capitalize()
    if prompts["words"].nunique() > 1:
        found[LENGTH] = "Length in words"
    return found


def grouped(observations: Observations, by: str) -> dict[str, Observations]:
    """The prompts in groups; generators' means and scales stay those of all prompts.

    Args:
        observations: as `observations` gives them.
        by: a name of `ways_to_group`.

    Returns:
        Name of the group -> its prompts; lengths from the shortest.

    Raises:
        PPPError: for an unknown way.
    """
    known = ways_to_group(observations)
    if by not in known:
        raise unknown_name("way to group", by, known)
    if by != LENGTH:
        return observations.strata(by)
    import pandas as pd

    words = observations.prompts["words"]
    thirds = pd.qcut(words, 3, labels=False, duplicates="drop")
    ends = words.groupby(thirds).agg(["min", "max"])
    names = {third: _words(int(row["min"]), int(row["max"])) for third, row in ends.iterrows()}
    named = replace(observations, prompts=observations.prompts.assign(length=thirds.map(names)))
    found = named.strata(LENGTH)
    return {name: found[name] for name in names.values()}


def _words(low: int, high: int) -> str:
    return f"{low} words" if low == high else f"{low} to {high} words"
