"""From runs to a board: rows with intervals over seeds and ties, densities, and the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from ... import __version__
from ...datasets import DataSet
from ..results import COEFFICIENTS
from .board import JUDGES, Board, Figure, Row, row_key
from .ceilings import ceilings_table
from .lineups import Entrant, Lineup, lineups
from .metrics import metrics_table
from .runs import Run
from .subsets import subsets_table
from .tables import curves_table, relations_table, transfer_table

CELLS = 24
"""Cells of a density, each way."""

NOTE = (
    "Measured by us. A row is the mean of its seeds' coefficients; intervals (95 %) resample prompts, the "
    "same ones for all seeds and predictors; ties are by a paired test, Holm-adjusted at 5 % over all pairs "
    "of one target and part."
)


def build_board(
    runs: Sequence[Run],
    datasets: Mapping[str, DataSet] | None = None,
    *,
    resamples: int = 10_000,
    side_resamples: int = 2_000,
    command: str = "ppp benchmark",
    progress: Callable[[int, int], None] | None = None,
) -> Board:
    """The board that runs add up to.

    Args:
        runs: of one benchmark, as `read_runs` gives them.
        datasets: by name, where they are at hand: for groups by category, source, style and agreement, for
            relations of observed values, ceilings and automatic metrics. What they lack is left out.
        resamples: of the rows' intervals and tests.
        side_resamples: of the intervals in the tables beside the rows.
        command: what makes the runs again.
        progress: called with (steps done, steps in all).

    Returns:
        The board; rows by who judged, target and part, the highest Pearson first.
    """
    datasets = datasets or {}
    lines = lineups(runs)
    rows, density = [], {}
    for number, line in enumerate(lines, start=1):
        rows += rows_of(line, resamples=resamples)
        density |= _densities(line)
        if progress:
            progress(number, len(lines) + 1)
    options = {"resamples": side_resamples}
    tables = {
        "subsets": subsets_table(lines, datasets, **options),
        "transfer": transfer_table(runs, **options),
        "curves": curves_table(runs, **options),
        "relations": relations_table(lines, datasets, **options),
        "ceilings": ceilings_table([line.target for line in lines], datasets),
        "metrics": metrics_table(lines, datasets, **options),
    }
    if progress:
        progress(len(lines) + 1, len(lines) + 1)
    return Board(
        rows=tuple(sorted(rows, key=_order)),
        density=density,
        tables=tables,
        made=max((run.made for run in runs), default=date.today().isoformat()),
        command=command,
        versions=dict(runs[0].versions) if runs else {},
        note=NOTE,
    )


def rows_of(line: Lineup, *, resamples: int = 10_000) -> list[Row]:
    """The rows of one line-up: each predictor with its intervals, and whether it is tied with the best."""
    rankings = line.rankings(resamples=resamples)
    return [_row(line, rankings, position, one) for position, one in enumerate(line.entrants)]


def _row(line: Lineup, rankings: dict, position: int, entrant: Entrant) -> Row:
    figures = {}
    for name in COEFFICIENTS:
        one = rankings[name].predictors[position]
        if one.rank is not None:
            figures[name] = Figure(
                value=one.estimate.value,
                low=one.estimate.low,
                high=one.estimate.high,
                sd_seeds=one.sd_seeds,
                tied=bool(one.tied),
                p=one.p_adjusted,
                group=one.letters,
            )
    return Row(
        target=line.target,
        predictor=entrant.predictor,
        encoder=entrant.encoder,
        part=line.part,
        source="measured",
        by=f"PPP {__version__}",
        judged_by=line.judged_by,
        trained_on=entrant.trained_on,
        n=len(line),
        n_train=entrant.n_train,
        n_seeds=len(line.predicted[position]),
        n_tried=len(line.entrants),
        note="" if figures else "It predicts one value for all prompts: no correlation is defined.",
        figures=figures,
    )


def _densities(line: Lineup) -> dict[str, dict]:
    """Counts of predicted (x) by observed (y) in cells of one size, for rows that learned from the target."""
    found = {}
    for entrant, predicted in zip(line.entrants, line.means, strict=True):
        if not entrant.trained_on:
            counts, x_edges, y_edges = np.histogram2d(predicted, line.observed, bins=CELLS)
            key = row_key(line.target, entrant.predictor, entrant.encoder, line.part)
            found[key] = {
                "x_edges": x_edges.round(4).tolist(),
                "y_edges": y_edges.round(4).tolist(),
                "counts": counts.astype(int).tolist(),
            }
    return found


def _order(row: Row) -> tuple:
    value = row.figures["pearson"].value if "pearson" in row.figures else -2.0
    return JUDGES.index(row.judged_by), row.target, row.part, -value, row.predictor, row.encoder
