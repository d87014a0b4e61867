"""Automatic metrics of images against people, and predictions from the text alone beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...datasets import DataSet, Target, observed
from ...errors import PPPError
from ..results import COEFFICIENTS
from .judging import LEFT_OUT
from .lineups import Lineup, flat, rankings

SEES, TEXT = "sees images", "text only"


def metrics_table(
    lines: Sequence[Lineup], datasets: Mapping[str, DataSet], *, resamples: int = 2_000
) -> list[dict]:
    """Metrics that models made of images, and text-only predictors that left the set out, against people.

    All are compared on the same prompts (means over a prompt's images), paired, Holm-adjusted over all
    pairs; metrics also image by image, which is another task.

    Args:
        lines: the board's line-ups; those of part ``"left out"`` are the text-only predictors.
        datasets: by name; those without automatic metrics give no records.
        resamples: of the intervals and tests.

    Returns:
        Records with the columns of ``TABLES["metrics"]``.
    """
    records = []
    for dataset in datasets.values():
        metrics = [target for target in dataset.card.targets if target.judged_by == "models"]
        people = [target for target in dataset.card.targets if target.judged_by == "people"]
        for target in people if metrics else ():
            left_out = [line for line in lines if (line.target, line.part) == (target.name, LEFT_OUT)]
            records += _by_prompt(dataset, target, metrics, left_out, resamples)
            records += _by_image(dataset, target, metrics, resamples)
    return records


def _by_prompt(
    dataset: DataSet, target: Target, metrics: Sequence[Target], left_out: Sequence[Lineup], resamples: int
) -> list[dict]:
    frame = observed(dataset, target.name).set_index("prompt_id")[["observed"]]
    about = []
    for metric in metrics:
        try:
            values = observed(dataset, metric.name).set_index("prompt_id")["observed"]
        except PPPError:  # a copy of the data without this metric
            continue
        frame[len(about)] = values
        about.append({"metric": metric.measure, "kind": SEES, "trained_on": ""})
    for line in left_out:
        for entrant, values in zip(line.entrants, line.means, strict=True):
            frame[len(about)] = frame.index.map(dict(zip(line.prompt_ids, values, strict=True)))
            name = " · ".join(filter(None, (entrant.predictor, entrant.encoder)))
            about.append({"metric": name, "kind": TEXT, "trained_on": entrant.trained_on})
    return _compared(target.name, "prompt", frame.dropna(), about, resamples)


def _by_image(dataset: DataSet, target: Target, metrics: Sequence[Target], resamples: int) -> list[dict]:
    ratings = dataset.ratings.dropna(subset="image_id")
    wide = ratings.pivot_table(index="image_id", columns="target", values="value", aggfunc="mean")
    known = [metric for metric in metrics if metric.name in wide]
    if target.name not in wide or not known:
        return []
    frame = wide[[target.name, *(metric.name for metric in known)]].dropna()
    frame.columns = ["observed", *range(len(known))]
    about = [{"metric": metric.measure, "kind": SEES, "trained_on": ""} for metric in known]
    return _compared(target.name, "image", frame, about, resamples)


def _compared(target: str, level: str, frame, about: Sequence[dict], resamples: int) -> list[dict]:
    if not about or len(frame) < 4:
        return []
    values = frame[list(range(len(about)))].to_numpy(np.float64).T
    found = rankings(list(values), frame["observed"].to_numpy(np.float64), resamples=resamples)
    records = []
    for position, one in enumerate(about):
        record = {"target": target, **one, "level": level, "n": len(frame), **flat(found, position)}
        for name in COEFFICIENTS:
            ranked = found[name].predictors[position]
            record |= {f"{name}_tied": bool(ranked.tied), f"{name}_p": ranked.p_adjusted}
        records.append(record)
    return records
