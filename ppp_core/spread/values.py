"""The values behind a spread: one row a value, with the prompt and the system that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..targets import Target

UNTOLD = "(not told)"
FULL = 0.95
"""Share of prompt-by-generator cells filled from which plain means of generators are fair."""


@dataclass(frozen=True)
class Values:
    """A target's values, before any adjustment.

    Attributes:
        target: what is measured.
        values: prompt_id, system (generator, with its setting where the data tells one), generator,
            image_id, seed, raw (in the target's unit).
        source: the data set's title.
        told: whether generators are told apart.
        settings: whether one generator has several settings, each a system of its own.
        notes: what was put together how, one sentence each.
    """

    target: Target
    values: pd.DataFrame
    source: str
    told: bool
    settings: bool
    notes: tuple[str, ...] = ()


def read_values(dataset: DataSet, target: str) -> Values:
    """A target's values with their systems.

    A target that is an average over systems, and whose parts are targets of their own (``a/b-average`` beside
    ``a/b-one`` and ``a/b-two``), is read from those.

    Args:
        dataset: the data set.
        target: one of its targets' names.

    Returns:
        The values, in the order of the ratings.

    Raises:
        PPPError: for an unknown target, or one without any rating.
    """
    known = dataset.target(target)
    rows, notes = _rows(dataset, known)
    if rows.empty:
        raise PPPError(f"The data set {dataset.card.name} has no ratings of {target}.")
    images = dataset.images.set_index("image_id")
    setting = rows["image_id"].map(images["setting"]) if "setting" in images.columns else None
    known_by_image = rows["image_id"].map(images["generator"])
    named = rows["generator"].where(rows["generator"].notna(), known_by_image)
    told = bool(named.notna().any())
    generator = named.fillna(UNTOLD).astype(str)
    system, settings = generator, False
    if setting is not None:
        several = setting.groupby(generator).transform("nunique") > 1
        settings = bool(several.any())
        system = generator.where(~several, generator + " " + setting.fillna("").astype(str))
    values = rows[["prompt_id", "image_id"]].assign(
        system=system, generator=generator, seed=rows["image_id"].map(images["seed"]), raw=rows["value"]
    )
    if settings:
        n_generators, n_systems = generator.nunique(), system.nunique()
        notes = (
            *notes,
            f"{n_generators} generators in {n_systems} settings: each setting counts as a generator of its "
            "own.",
        )
    return Values(known, values.reset_index(drop=True), dataset.card.title, told, settings, notes)


def _rows(dataset: DataSet, target: Target) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The ratings of a target, or of the targets that it averages; and a note where it is the latter."""
    mine = dataset.ratings[dataset.ratings["target"] == target.name]
    stem, dash, last = target.name.rpartition("-")
    if not dash or last != "average" or mine["generator"].notna().any():
        return mine, ()
    parts = [
        one.name
        for one in dataset.card.targets
        if one.name.rpartition("-")[0] == stem and one != target and one.judged_by == target.judged_by
    ]
    theirs = dataset.ratings[dataset.ratings["target"].isin(parts)]
    if theirs["generator"].nunique() < 2:
        return mine, ()
    return theirs, (f"{target.name} averages {' and '.join(parts)}, which are read as its generators.",)


def average_samples(values: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One value a prompt and system: samples of one system are averaged, and that is told.

    Returns the frame with image_id and seed null where several were averaged, and the notes.
    """
    keys = ["prompt_id", "system"]
    sizes = values.groupby(keys, sort=False).size()
    if (sizes == 1).all():
        return values, ()
    first = values.groupby(keys, sort=False).agg(
        image_id=("image_id", "first"),
        generator=("generator", "first"),
        seed=("seed", "first"),
        raw=("raw", "mean"),
    )
    first.loc[sizes > 1, ["image_id", "seed"]] = None
    note = (
        f"Up to {sizes.max()} samples of a generator and prompt were averaged first; what is left of their "
        "own variance is part of the spread across generators."
    )
    return first.reset_index()[values.columns], (note,)


def adjust_systems(values: pd.DataFrame, *, scale: bool) -> tuple[pd.Series, tuple[str, ...]]:
    """Values with each system's mean, and its scale where asked, brought to what is common.

    Means and standard deviations are those over all of a system's values. With ``scale``, a value becomes
    the overall mean plus its standard score times the root mean square of the systems' standard deviations,
    so the unit stays the target's.

    Args:
        values: as in `Values`.
        scale: whether the standard deviation is brought to one size as well.

    Returns:
        The adjusted values, in the rows' order, and the notes.
    """
    import numpy as np

    grouped = values.groupby("system")["raw"]
    means, deviations = grouped.mean(), grouped.std()
    adjusted = values["raw"] - values["system"].map(means)
    notes = []
    if scale:
        flat = deviations[~(deviations > 0)].index.tolist()
        common = float(np.sqrt((deviations[deviations > 0] ** 2).mean())) if len(flat) < len(means) else 1.0
        factor = (common / deviations).where(deviations > 0, 1.0)
        adjusted = adjusted * values["system"].map(factor)
        if flat:
            notes.append(f"No scale could be removed of {', '.join(flat)}: its values do not vary.")
    filled = len(values) / (values["prompt_id"].nunique() * len(means))
    if filled < FULL:
        notes.append(
            f"Only {filled:.0%} of prompts and generators have a value, so a generator's mean is partly that "
            "of the prompts it drew."
        )
    return adjusted + values["raw"].mean(), tuple(notes)
