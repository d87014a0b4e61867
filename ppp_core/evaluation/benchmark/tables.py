"""The tables beside the board's rows that compare targets or sizes: transfer, learning curves, relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from ...datasets import DataSet, observed
from .lineups import Lineup, flat, gather, own_lineups, rankings
from .plan import HUMAN
from .runs import Run

FEWEST = 20
"""Prompts below which a correlation is not shown in a table beside the rows."""


def transfer_table(runs: Iterable[Run], *, resamples: int = 2_000) -> list[dict]:
    """How predictors of one target do on another, and on their own beside it: nothing is fitted again.

    Args:
        runs: of a benchmark; those of targets that nothing else was judged by give no records.
        resamples: of the intervals.

    Returns:
        Records with the columns of ``TABLES["transfer"]``.
    """
    whole = [run for run in runs if run.key.n_train is None]
    involved = {name for run in whole if run.key.trained_on != run.key.target
                for name in (run.key.trained_on, run.key.target)}  # fmt: skip
    records = []
    for line in gather(run for run in whole if run.key.target in involved):
        found = line.rankings(resamples=resamples)
        for position, entrant in enumerate(line.entrants):
            records.append({
                "trained_on": entrant.trained_on or line.target,
                "target": line.target,
                "predictor": entrant.predictor,
                "encoder": entrant.encoder,
                "part": line.part,
                "n": len(line),
                "n_seeds": len(line.predicted[position]),
                **flat(found, position),
            })  # fmt: skip
    return records


def curves_table(runs: Iterable[Run], *, resamples: int = 2_000) -> list[dict]:
    """Correlation by how many prompts were learned from: the mean over random subsets of each size.

    Args:
        runs: of a benchmark; those of a curve learned from fewer prompts than there are. The last point
            of a curve is the run that learned from all (with the seeds it has).
        resamples: of the intervals.

    Returns:
        Records with the columns of ``TABLES["curves"]``, by size.
    """
    own = [run for run in runs if run.key.trained_on == run.key.target]
    now = {(run.key.target, run.key.part): run.prompt_ids for run in own if run.key.n_train is None}
    own = [run for run in own if run.prompt_ids == now.get((run.key.target, run.key.part))]
    curves: dict[tuple, dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in own:
        key = run.key
        curves[key.target, key.predictor, key.encoder, key.part][key.n_train or run.n_learned].append(run)
    records = []
    for (target, predictor, encoder, part), sizes in curves.items():
        if len(sizes) < 2:
            continue
        ordered = sorted(sizes)
        predicted = [np.stack([run.predicted for run in sizes[size]]) for size in ordered]
        found = rankings(predicted, sizes[ordered[0]][0].observed, resamples=resamples)
        for position, size in enumerate(ordered):
            some = sizes[size]
            records.append({
                "target": target,
                "predictor": predictor,
                "encoder": encoder,
                "part": part,
                "n_train": size,
                "n_draws": len({run.key.draw for run in some}),
                "n_seeds": len({run.key.seed for run in some}),
                "n": len(some[0]),
                **flat(found, position),
            })  # fmt: skip
    return records


def relations_table(
    lines: Sequence[Lineup], datasets: Mapping[str, DataSet], *, resamples: int = 2_000
) -> list[dict]:
    """How two targets of one data set go together: as observed, and as one predictor predicts them.

    Args:
        lines: the board's line-ups.
        datasets: by name; the observed values of their train and validation parts are taken (all prompts,
            where there are no parts), never those of a test part.
        resamples: of the intervals.

    Returns:
        Records with the columns of ``TABLES["relations"]``; kind is ``"observed"`` or ``"predicted"``.
    """
    targets = list(dict.fromkeys(line.target for line in lines))
    records = []
    for name, dataset in datasets.items():
        mine = [target for target in targets if target.partition("/")[0] == name]
        for x, y in combinations(mine, 2):
            for part, one, other in _observed_pairs(dataset, x, y):
                if len(one) >= FEWEST:
                    found = flat(rankings([one], other, resamples=resamples), 0)
                    about = {"x": x, "y": y, "kind": "observed", "predictor": "", "encoder": ""}
                    records.append({**about, "part": part, "n": len(one), **found})
    return records + _predicted_relations(list(own_lineups(lines)), resamples)


def _observed_pairs(dataset: DataSet, x: str, y: str):
    frame = observed(dataset, x).merge(observed(dataset, y)[["prompt_id", "observed"]], on="prompt_id")
    parts = [part for part in ("train", "validation") if (frame["split"] == part).any()]
    for part in parts or ["all"]:
        rows = frame[frame["split"] == part] if parts else frame[frame["split"] != "test"]
        yield part, rows["observed_x"].to_numpy(), rows["observed_y"].to_numpy()


def _predicted_relations(lines: Sequence[Lineup], resamples: int) -> list[dict]:
    records = []
    for one, other in combinations(lines, 2):
        judged = {one.judged_by, other.judged_by} <= set(HUMAN)
        if one.target.partition("/")[0] != other.target.partition("/")[0] or one.part != other.part:
            continue
        where = {name: row for row, name in enumerate(other.prompt_ids)}
        both = [row for row, name in enumerate(one.prompt_ids) if name in where]
        if not judged or len(both) < FEWEST:
            continue
        there = [where[one.prompt_ids[row]] for row in both]
        names = [(entrant.predictor, entrant.encoder) for entrant in other.entrants]
        for position, entrant in enumerate(one.entrants):
            name = (entrant.predictor, entrant.encoder)
            if name in names:
                x, y = one.means[position, both], other.means[names.index(name), there]
                about = {"x": one.target, "y": other.target, "kind": "predicted", "predictor": name[0]}
                found = flat(rankings([x], y, resamples=resamples), 0)
                records.append({**about, "encoder": name[1], "part": one.part, "n": len(both), **found})
    return records
