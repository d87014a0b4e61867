"""Predictions after generation for all prompts of a data set, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...datasets import DataSet
from ...errors import PPPError
from ...predictors.after import AfterPrediction, TrainedAfter
from .data import counted_generator, counted_images

if TYPE_CHECKING:
    import pandas as pd

    from ...store import EmbeddingStore

_FIELDS = ("low", "high", "percentile", "n_images")


@dataclass(frozen=True)
class _Column:
    """What one predictor says.

    Attributes:
        target: its target's name.
        found: by prompt_id.
        unread: prompt_id → why its first picture cannot be read.
        n_failed: pictures that could not be read.
    """

    target: str
    found: dict[str, AfterPrediction]
    unread: dict[str, str]
    n_failed: int

    def of(self, ids: Sequence[str], field: str) -> list:
        """A field of these prompts; where there is no prediction NaN, and no pictures."""
        absent = 0 if field == "n_images" else float("nan")
        return [getattr(self.found[one], field) if one in self.found else absent for one in ids]

    def first_reason(self) -> str:
        """Why a picture could not be read."""
        partly = (why for one in self.found.values() for why in one.failed.values())
        return next(partly, None) or next(iter(self.unread.values()))


def after_table(
    dataset: DataSet,
    predictors: Sequence[TrainedAfter],
    *,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a prompt that has a readable picture: id, prompt, pictures seen, what each predictor says.

    For a target of one generator only that generator's pictures count, as in training.

    Args:
        dataset: with pictures on this machine.
        predictors: of different targets.
        store: where embeddings are looked up and kept.
        progress: called with (different pictures done, different pictures in all).

    Returns:
        The table, with the columns prompt_id, prompt, n_images (the most that a predictor has seen), then for
        each target ``<target>``, ``<target>_low``, ``<target>_high``, ``<target>_percentile``,
        ``<target>_n_images``, and unfamiliar; and what is to be told.

    Raises:
        PPPError: where a target stands there twice, no picture is here, or none can be read.
    """
    import pandas as pd

    targets = [trained.target.name for trained in predictors]
    for name in targets:
        if targets.count(name) > 1:
            raise PPPError(
                f"{name} stands there twice, and a table has one column of a target. Name it once."
            )
    columns = [_column(dataset, trained, store, progress) for trained in predictors]
    shown = {one for column in columns for one in column.found}
    unread = {one: why for column in columns for one, why in column.unread.items() if one not in shown}
    if not shown:
        if not unread:
            raise PPPError(_no_picture(dataset, targets))
        first = next(iter(unread.values()))
        raise PPPError(f"None of the pictures of {dataset.card.name} can be read. The first: {first}")
    prompts = dataset.prompts[dataset.prompts["prompt_id"].isin(shown)]
    ids = prompts["prompt_id"].tolist()
    seen = [column.of(ids, "n_images") for column in columns]
    table = pd.DataFrame({"prompt_id": ids, "prompt": prompts["prompt"].tolist()})
    table["n_images"] = [max(every) for every in zip(*seen, strict=True)]
    for column in columns:
        table[column.target] = column.of(ids, "value")
        for field in _FIELDS:
            table[f"{column.target}_{field}"] = column.of(ids, field)
    table["unfamiliar"] = [
        any(one in column.found and column.found[one].unfamiliar for column in columns) for one in ids
    ]
    notes = [
        line
        for trained, column in zip(predictors, columns, strict=True)
        for line in _notes(dataset, trained, column, len(ids))
    ]
    return table, (*notes, *_left_out(dataset, len(ids), unread))


def _column(dataset: DataSet, trained: TrainedAfter, store, progress) -> _Column:
    images = counted_images(dataset, trained.target.name)
    paths = images.groupby("prompt_id", sort=False)["path"].agg(list)
    prompts = dataset.prompts[dataset.prompts["prompt_id"].isin(paths.index)]
    ids = prompts["prompt_id"].tolist()
    if not ids:
        return _Column(trained.target.name, {}, {}, 0)
    pictures = [paths[one] for one in ids]
    found, unread = trained.predict_readable(
        prompts["prompt"].tolist(), pictures, store=store, progress=progress
    )
    return _Column(
        target=trained.target.name,
        found={ids[row]: one for row, one in found.items()},
        unread={ids[row]: why for row, why in unread.items()},
        n_failed=sum(len(one.failed) for one in found.values()) + sum(len(pictures[row]) for row in unread),
    )


def _notes(dataset: DataSet, trained: TrainedAfter, column: _Column, n_rows: int) -> list[str]:
    """What is to be told of one predictor."""
    name, notes = column.target, []
    generator = counted_generator(dataset, name)
    if generator is not None:
        notes.append(
            f"{name}: only pictures by {generator} count, as its ratings are of that generator alone."
        )
    if column.n_failed:
        notes.append(
            f"{name}: {column.n_failed:,} pictures could not be read, such as: {column.first_reason()}"
        )
    if n_rows > len(column.found):
        without = n_rows - len(column.found)
        notes.append(f"{name}: {without:,} prompts have no picture that counts or can be read, and no value.")
    if trained.card.get("data", {}).get("name") == dataset.card.name:
        notes.append(
            f"{name}: its predictor has learned from {dataset.card.name} itself, which flatters it here."
        )
    return notes


def _left_out(dataset: DataSet, n_rows: int, unread: dict[str, str]) -> list[str]:
    """What is to be told of prompts without a row."""
    notes, without = [], len(dataset.prompts) - n_rows - len(unread)
    if unread:
        one, why = next(iter(unread.items()))
        notes.append(
            f"{len(unread):,} prompts have no readable picture and no row; the first of {one!r}: {why}"
        )
    if without:
        notes.append(f"{without:,} prompts have no picture that counts on this machine and no row.")
    return notes


def _no_picture(dataset: DataSet, targets: Sequence[str]) -> str:
    generators = sorted({counted_generator(dataset, name) for name in targets} - {None})
    by = f" by {' or '.join(generators)}" if generators and dataset.images["path"].notna().any() else ""
    return f"No picture of {dataset.card.name}{by} is on this machine."
