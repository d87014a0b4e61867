"""Predictions after generation for all prompts of a data set, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...datasets import DataSet
from ...errors import PPPError
from ...predictors.after import TrainedAfter

if TYPE_CHECKING:
    import pandas as pd

    from ...store import EmbeddingStore


def after_table(
    dataset: DataSet,
    predictors: Sequence[TrainedAfter],
    *,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a prompt that has a picture: id, prompt, pictures seen, and what each predictor says.

    Args:
        dataset: with pictures on this machine.
        predictors: of different targets.
        store: where embeddings are looked up and kept.
        progress: called with (different pictures done, different pictures in all).

    Returns:
        The table, with the columns prompt_id, prompt, n_images, then for each target ``<target>``,
        ``<target>_low``, ``<target>_high``, ``<target>_percentile``, and unfamiliar; and what is to be told.

    Raises:
        PPPError: where no picture is here, or none of a prompt can be read.
    """
    import pandas as pd

    images = dataset.images[dataset.images["path"].notna()]
    if images.empty:
        raise PPPError(f"No picture of {dataset.card.name} is on this machine.")
    paths = images.groupby("prompt_id", sort=False)["path"].agg(list)
    prompts = dataset.prompts[dataset.prompts["prompt_id"].isin(paths.index)]
    pictures = [paths[one] for one in prompts["prompt_id"]]
    texts = prompts["prompt"].tolist()
    table = pd.DataFrame({"prompt_id": prompts["prompt_id"].tolist(), "prompt": texts})
    notes, unfamiliar = [], [False] * len(table)
    for trained in predictors:
        found = trained.predict_many(texts, pictures, store=store, progress=progress)
        table["n_images"] = [one.n_images for one in found]
        name = trained.target.name
        for column, field in ((name, "value"), *((f"{name}_{one}", one) for one in _FIELDS)):
            table[column] = [getattr(one, field) for one in found]
        unfamiliar = [a or one.unfamiliar for a, one in zip(unfamiliar, found, strict=True)]
        n_failed = sum(len(one.failed) for one in found)
        if n_failed:
            first = next(why for one in found for why in one.failed.values())
            notes.append(f"{name}: {n_failed:,} pictures could not be read, such as: {first}")
        if trained.card.get("data", {}).get("name") == dataset.card.name:
            notes.append(
                f"{name}: its predictor has learned from {dataset.card.name} itself, which flatters it here."
            )
    table["unfamiliar"] = unfamiliar
    without = len(dataset.prompts) - len(table)
    if without:
        notes.append(f"{without:,} prompts have no picture on this machine and no row.")
    return table, tuple(notes)


_FIELDS = ("low", "high", "percentile")
