"""The three frames of every data set, what is checked in them, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from .cards import Card, Target

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("train", "validation", "test")

DECIMALS = 10
"""Means are rounded to so many digits after the point: sums of the same numbers in another order differ in
the last bits, which would break ties and shift rank correlations (by .001 on TIFA160)."""

PROMPT_COLUMNS = ("prompt_id", "prompt", "split")
IMAGE_COLUMNS = ("image_id", "prompt_id", "generator", "seed", "path")
RATING_COLUMNS = ("prompt_id", "image_id", "target", "generator", "value", "sd", "n_raters")


@dataclass(frozen=True)
class DataSet:
    """A data set in memory.

    Attributes:
        card: what it is.
        prompts: one row a prompt: prompt_id (unique), prompt, split (train, validation, test or null), then
            whatever the source tells of a prompt.
        images: one row an image: image_id (unique), prompt_id, generator, seed, path (null where the
            picture is not on this machine), then whatever the source tells of an image.
        ratings: one row a rating: prompt_id, image_id (null for a rating of the prompt as a whole), target,
            generator, value (in the target's unit, higher is better), sd (between raters), n_raters.
        notes: what was found bad, dropped or changed, one sentence each.
    """

    card: Card
    prompts: pd.DataFrame
    images: pd.DataFrame
    ratings: pd.DataFrame
    notes: tuple[str, ...] = ()

    def target(self, name: str) -> Target:
        """The target of this name. Raises PPPError for an unknown one."""
        for target in self.card.targets:
            if target.name == name:
                return target
        raise unknown_name("target", name, [target.name for target in self.card.targets])


def build(
    card: Card,
    prompts: pd.DataFrame,
    images: pd.DataFrame | None,
    ratings: pd.DataFrame,
    notes: Iterable[str] = (),
) -> DataSet:
    """Puts frames into canonical shape, drops ratings that are missing or out of bounds, checks the rest.

    Args:
        card: the data set's card; its targets give the bounds.
        prompts, images, ratings: frames as in `DataSet`; columns that are absent become null.
        notes: what the reader has found already.

    Returns:
        The data set, with a note for every kind of rating that was dropped.

    Raises:
        PPPError: when an identifier is repeated or refers to nothing, or a frame breaks its schema.
    """
    prompts = _shaped(prompts, PROMPT_COLUMNS, {"split": "str"})
    images = _empty(IMAGE_COLUMNS) if images is None else images
    images = _shaped(images, IMAGE_COLUMNS, {"generator": "str", "seed": "Int64", "path": "str"})
    types = {"image_id": "str", "generator": "str", "value": "float64", "sd": "float64", "n_raters": "Int64"}
    ratings, dropped = drop_bad_ratings(_shaped(ratings, RATING_COLUMNS, types), card.targets)
    dataset = DataSet(card, prompts, images, ratings, (*notes, *dropped))
    check(dataset)
    return dataset


def drop_bad_ratings(
    ratings: pd.DataFrame, targets: Iterable[Target]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leaves out ratings that are missing or outside their target's bounds, and says which.

    Args:
        ratings: columns prompt_id, target and value at least.
        targets: their bounds count; a rating of another target is left as it is.

    Returns:
        The ratings kept, and one note a target and kind of fault, with an example.
    """
    notes, bad = [], ratings["value"].isna()
    for name, count in ratings.loc[bad, "target"].value_counts(sort=False).items():
        notes.append(f"{name}: {_count(count, 'missing value')} left out.")
    for target in targets:
        mine = ratings["target"].eq(target.name) & ratings["value"].notna()
        out = mine & ~ratings["value"].between(target.low, target.high)
        if out.any():
            first = ratings[out].iloc[0]
            notes.append(
                f"{target.name}: {_count(int(out.sum()), 'value')} left out for not lying on "
                f"{target.low:g} to {target.high:g}, such as {first['value']:g} for {first['prompt_id']}."
            )
        bad |= out
    return ratings[~bad].reset_index(drop=True), tuple(notes)


def check(dataset: DataSet) -> None:
    """Raises PPPError when a frame breaks its schema or an identifier refers to nothing."""
    import pandera.errors

    name = dataset.card.name
    for kind, schema in _schemas(dataset).items():
        try:
            schema.validate(getattr(dataset, kind))
        except pandera.errors.SchemaError as error:
            reason = " ".join(str(error).split())[:300]
            raise PPPError(f"The data set {name} has a fault in its {kind}: {reason}") from error


def _schemas(dataset: DataSet) -> dict:
    import pandera.pandas as pa

    prompts, images = set(dataset.prompts["prompt_id"]), set(dataset.images["image_id"])
    targets = [target.name for target in dataset.card.targets]
    of_a_prompt = pa.Check(lambda ids: ids.isin(prompts), error="an identifier of a prompt")
    text = {"dtype": "str", "nullable": True}
    return {
        "prompts": pa.DataFrameSchema(
            {
                "prompt_id": pa.Column("str", unique=True),
                "prompt": pa.Column("str", pa.Check(lambda p: p.str.strip().ne(""), error="not empty")),
                "split": pa.Column(checks=pa.Check.isin(SPLITS), **text),
            }
        ),
        "images": pa.DataFrameSchema(
            {
                "image_id": pa.Column("str", unique=True),
                "prompt_id": pa.Column("str", of_a_prompt),
                "generator": pa.Column(**text),
                "seed": pa.Column("Int64", nullable=True),
                "path": pa.Column(**text),
            }
        ),
        "ratings": pa.DataFrameSchema(
            {
                "prompt_id": pa.Column("str", of_a_prompt),
                "image_id": pa.Column(checks=pa.Check(lambda ids: ids.isin(images)), **text),
                "target": pa.Column("str", pa.Check.isin(targets)),
                "generator": pa.Column(**text),
                "value": pa.Column("float64", pa.Check(lambda v: v.abs() < float("inf"), error="finite")),
                "sd": pa.Column("float64", pa.Check.ge(0), nullable=True),
                "n_raters": pa.Column("Int64", pa.Check.ge(1), nullable=True),
            }
        ),
    }


def observed(dataset: DataSet, target: str) -> pd.DataFrame:
    """How each prompt really did: the mean of its ratings, one row a prompt.

    Every rating counts the same, so a prompt's mean over its images is the mean of the images' means.
    Prompts without a rating of this target are left out.

    Args:
        dataset: the data set.
        target: one of its targets' names.

    Returns:
        Columns prompt_id, prompt, split, observed (in the target's unit, higher is better), n_ratings
        (rows averaged: rated images, or 1 where only the prompt's mean is published), sd (sample standard
        deviation between them; null for one), in the order of the prompts.

    Raises:
        PPPError: for an unknown target, or one without any rating.
    """
    known = dataset.target(target)
    mine = dataset.ratings.loc[dataset.ratings["target"] == known.name]
    if mine.empty:
        raise PPPError(f"The data set {dataset.card.name} has no ratings of {target}.")
    grouped = mine.groupby("prompt_id", sort=False)["value"].agg(["mean", "size", "std"])
    grouped.columns = ["observed", "n_ratings", "sd"]
    grouped["observed"] = grouped["observed"].round(DECIMALS).clip(known.low, known.high)
    prompts = dataset.prompts[["prompt_id", "prompt", "split"]]
    return prompts.merge(grouped, left_on="prompt_id", right_index=True, how="inner").reset_index(drop=True)


def export_frame(dataset: DataSet) -> pd.DataFrame:
    """One wide frame: prompt_id, prompt, split, then one column a target with the prompts' means.

    Targets without a rating have no column; prompts without a rating of a target have null there.
    """
    wide = dataset.prompts[["prompt_id", "prompt", "split"]].reset_index(drop=True)
    means = dataset.ratings.groupby(["prompt_id", "target"], sort=False)["value"].mean().round(DECIMALS)
    means = means.unstack("target")
    order = [target.name for target in dataset.card.targets if target.name in means.columns]
    return wide.merge(means[order], left_on="prompt_id", right_index=True, how="left")


def find_prompts(
    frame: pd.DataFrame, words: str, *, split: str | None = None, limit: int | None = None
) -> tuple[pd.DataFrame, int]:
    """The rows whose prompt holds every word, in any order, upper and lower case alike.

    Args:
        frame: with the columns prompt and split.
        words: separated by spaces; none for every row. Taken as they are, not as patterns.
        split: train, validation or test; None for all.
        limit: at most so many rows; None for all.

    Returns:
        The rows, at most ``limit``, and how many there are in all.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"prompt": ["A red cat", "a cat", "a dog"], "split": ["train", None, None]})
        >>> rows, count = find_prompts(frame, "CAT red")
        >>> rows["prompt"].tolist(), count
        (['A red cat'], 1)
    """
    if split is not None:
        frame = frame[frame["split"] == split]
    for word in words.split():
        frame = frame[frame["prompt"].str.contains(word, case=False, regex=False)]
    return (frame if limit is None else frame.head(limit)), len(frame)


def strip_prompts(prompts: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Takes outer white space off prompts; the prompt as published stays in ``published_prompt``.

    The column is added only where a prompt changed. Returns the frame and what changed.
    """
    stripped = prompts["prompt"].str.strip()
    changed = int((stripped != prompts["prompt"]).sum())
    if not changed:
        return prompts, ()
    kept = prompts.assign(prompt=stripped, published_prompt=prompts["prompt"])
    return kept, (f"{_count(changed, 'prompt')} published with spaces around; published_prompt keeps them.",)


def drop_repeated_prompts(prompts: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keeps the first of prompts with one text, within and across splits, and says how many went.

    Returns the frame without the repeated rows, and the notes.
    """
    repeated = prompts["prompt"].duplicated()
    if not repeated.any():
        return prompts, ()
    splits = prompts.groupby("prompt")["split"].nunique()
    across = int(prompts.loc[repeated, "prompt"].drop_duplicates().map(splits).gt(1).sum())
    note = (
        f"{_count(int(repeated.sum()), 'row')} left out for repeating an earlier prompt; the first row of "
        f"each is kept ({across:,} of these prompts stood in two splits)."
    )
    return prompts[~repeated].reset_index(drop=True), (note,)


def _shaped(frame: pd.DataFrame, columns: tuple[str, ...], types: dict[str, str]) -> pd.DataFrame:
    missing = {column: None for column in columns if column not in frame.columns}
    frame = frame.assign(**missing)
    rest = [column for column in frame.columns if column not in columns]
    loose = [column for column in rest if frame[column].dtype == object]
    text = dict.fromkeys([*(c for c in columns if c not in types), *loose], "str")
    return frame[[*columns, *rest]].astype({**text, **types}).reset_index(drop=True)


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})


def _count(count: int, what: str) -> str:
    return f"{count:,} {what} was" if count == 1 else f"{count:,} {what}s were"
