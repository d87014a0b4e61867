"""What variance can mean: the same word for different things, never mixed. Importing this loads no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..datasets import DataSet


@dataclass(frozen=True)
class Meaning:
    """One meaning of variance.

    Attributes:
        name: the table's key.
        title: a few words for a chooser.
        within: what ends a sentence such as "spread …".
        about: what is compared with what, in one or two sentences.
        within_prompt: whether every prompt has a spread of its own; False where it lies between prompts.
    """

    name: str
    title: str
    within: str
    about: str
    within_prompt: bool = True


MEANINGS: dict[str, Meaning] = {
    one.name: one
    for one in (
        Meaning(
            "samples",
            "Across samples of one generator",
            "across samples of one generator",
            "How far apart the images are that one generator makes of one prompt from different seeds. Where "
            "several generators drew, each one's own spread is taken and pooled; they are not compared.",
        ),
        Meaning(
            "generators",
            "Across generators, each one's mean and scale removed",
            "across generators",
            "How far apart generators are on one prompt, beyond being better or worse, or more or less "
            "varied, on all prompts: each one's values are brought to one mean and one standard deviation.",
        ),
        Meaning(
            "generators-centred",
            "Across generators, each one's mean removed",
            "across generators, means removed",
            "How far apart generators are on one prompt, beyond being better or worse on all prompts; a "
            "generator whose values vary more keeps doing so.",
        ),
        Meaning(
            "generators-raw",
            "Across generators, as they are",
            "across generators, as they are",
            "How far apart generators are on one prompt. A good and a weak generator differ on every prompt, "
            "and the more so the better the good one does, so this mixes two things.",
        ),
        Meaning(
            "prompts",
            "Across prompts",
            "across prompts",
            "How far apart prompts with the same number of modifiers are in their mean. It says whether such "
            "prompts are alike, not whether the images of one prompt are.",
            within_prompt=False,
        ),
    )
}
"""Name -> meaning, in the order of choosers."""

DEFAULT_ORDER = ("generators", "samples", "prompts")
"""Which meaning is taken where none is asked for: the first that the data allows."""

FEW_GENERATORS = 3
"""With fewer of them, samples come first where there are any: two generators tell little of a spread."""


def meanings_of(dataset: DataSet, target: str) -> dict[str, str]:
    """Which meanings of variance the data allows.

    Args:
        dataset: the data set.
        target: one of its targets' names.

    Returns:
        Every name of `MEANINGS` with ``""`` where the data allows it, else with the reason why not.

    Raises:
        PPPError: for an unknown target, or one without any rating.
    """
    from .values import read_values

    found = read_values(dataset, target)
    values = found.values
    cells = values.groupby(["prompt_id", "system"]).size()
    systems = values.groupby("prompt_id")["system"].nunique()
    told = dict.fromkeys(MEANINGS, "")
    if not (cells > 1).any():
        told["samples"] = f"There is one value of each prompt and generator in {found.source}." + (
            " Settings of one generator are not samples: they differ by more than the seed."
            if found.settings
            else ""
        )
    if not (systems > 1).any():
        why = f"{found.source} has values of one generator only, {values['system'].iloc[0]}."
        if not found.told:
            why = f"{found.source} does not tell generators apart."
        told.update({name: why for name in told if name.startswith("generators")})
    return told


def default_meaning(dataset: DataSet, target: str) -> str:
    """The meaning that is taken where none is asked for.

    The first of `DEFAULT_ORDER` that the data allows; with fewer than `FEW_GENERATORS`, samples before
    generators.

    Raises:
        PPPError: as `meanings_of`.
    """
    from .values import read_values

    told = meanings_of(dataset, target)
    few = read_values(dataset, target).values["system"].nunique() < FEW_GENERATORS
    order = sorted(DEFAULT_ORDER, key=lambda name: name != "samples") if few else DEFAULT_ORDER
    return next(name for name in order if not told[name])
