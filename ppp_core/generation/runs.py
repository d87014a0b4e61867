"""A list of runs that was drawn and rated, as the table that the analysis of an experiment reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets.frames import DataSet


def scored_runs(dataset: DataSet, target: str) -> pd.DataFrame:
    """The runs of an experiment with their scores, ready for `analyse_experiment`.

    Args:
        dataset: that `generate` made of a plan's runs, rated since.
        target: the rating to take, such as ``<data set>/quality-lite``.

    Returns:
        One row a picture, in the order of the runs: what the plan said of it, prompt, generator, and score
        (null where there is no rating).

    Raises:
        PPPError: for an unknown target, or a data set that no list of runs was drawn for.
    """
    known = dataset.target(target)
    if "pair_id" not in dataset.images:
        raise PPPError(
            f"The pictures of {dataset.card.name} have no column 'pair_id': they are no runs of a plan."
        )
    mine = dataset.ratings[dataset.ratings["target"] == known.name]
    scores = mine.groupby("image_id")["value"].mean().rename("score")
    runs = dataset.images.merge(dataset.prompts[["prompt_id", "prompt"]], on="prompt_id")
    runs = runs.merge(scores, left_on="image_id", right_index=True, how="left")
    return runs.drop(columns=["image_id", "prompt_id", "path", "flaw"])
