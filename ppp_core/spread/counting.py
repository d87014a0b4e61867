"""How the modifiers of a prompt are counted: the data set's own count, or one of PPP's definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from ..modifiers.kinds import DEFINITIONS

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet

GIVEN_COLUMN = "n_modifiers"

PPP_SHARE_WITHOUT = 0.5647
"""Share of PPP's DALL-E 2 prompts without a modifier, as published (arXiv 2306.08915); how they counted is
not told there."""


@dataclass(frozen=True)
class Count:
    """A way to count modifiers.

    Attributes:
        name: the table's key.
        title: a few words for a chooser.
        about: the rule in one sentence.
    """

    name: str
    title: str
    about: str


COUNTS: dict[str, Count] = {
    "given": Count(
        "given",
        "As the data set says",
        "The number of modifiers that the data set's authors put into each prompt.",
    ),
    **{one.name: Count(one.name, one.title, one.about) for one in DEFINITIONS.values()},
}
"""Name -> way to count, in the order of choosers."""


def counts_of(dataset: DataSet) -> dict[str, str]:
    """Which ways to count the data allows: every name of `COUNTS` with ``""``, or with the reason why not."""
    return {name: _why_not_given(dataset) if name == "given" else "" for name in COUNTS}


def _why_not_given(dataset: DataSet) -> str:
    import pandas as pd

    if GIVEN_COLUMN not in dataset.prompts.columns:
        return f"{dataset.card.title} does not tell how many modifiers a prompt has."
    given = pd.to_numeric(dataset.prompts[GIVEN_COLUMN], errors="coerce")
    if (given.ge(0) & given.mod(1).eq(0)).all():
        return ""
    return f"{dataset.card.title} does not tell a whole number of modifiers for every prompt."


def default_count(dataset: DataSet) -> str:
    """The data set's own count where it has one, else the count of known terms."""
    return "lexicon" if counts_of(dataset)["given"] else "given"


def count_prompts(dataset: DataSet, count: str) -> pd.Series:
    """The number of modifiers of every prompt.

    Args:
        dataset: the data set.
        count: a name of `COUNTS`.

    Returns:
        Whole numbers, indexed by prompt_id.

    Raises:
        PPPError: for an unknown way to count, or one that the data does not allow.
    """
    import pandas as pd

    if count not in COUNTS:
        raise unknown_name("count", count, COUNTS)
    if why := counts_of(dataset)[count]:
        others = ", ".join(name for name in COUNTS if name != "given")
        raise PPPError(f"{why} Count with one of: {others}.")
    prompts = dataset.prompts
    if count == "given":
        return pd.Series(prompts[GIVEN_COLUMN].to_numpy(int), index=prompts["prompt_id"])
    from ..modifiers import counts

    return pd.Series(counts(prompts["prompt"].tolist(), count), index=prompts["prompt_id"], dtype=int)
