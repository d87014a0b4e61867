"""What each way to close the gap does to one measure, and to a head that learned from pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..modality_gap import MEASURES
from .forests import Line, forest
from .headlines import headline
from .looks import FIRM

if TYPE_CHECKING:
    import pandas as pd

BASELINE, BETTER, WORSE, UNCLEAR = "as it is", "better", "worse", "not clearly different"
KINDS = (BASELINE, BETTER, UNCLEAR, WORSE)
REFERENCE, CLOSED = "without crossing the gap", "pictures → prompts"
SIDES = {"image": "pictures", "text": "prompts"}
CHANCE = {"separability": 0.5}
LEGEND, MORE = 30, 20
"""Height of the legend above a forest plot, and of its second row in a narrow column, in pixels."""

ONE_ROW = 20
"""Characters of a legend's names that share a row in a narrow column."""


def closing_figure(frame: pd.DataFrame, measure: str, *, facts: Sequence[str] = ()) -> go.Figure:
    """One measure after each closing, with its interval; colours tell a paired difference from as it is.

    Args:
        frame: of `ClosingComparison`.
        measure: a name in it.
        facts: what the figure says of itself: data, encoder, how it was measured.

    Returns:
        One trace a verdict; a dashed line at the value of no closing, a dotted one at chance where there is
        such a thing.

    Raises:
        PPPError: when the measure was not compared.
    """
    mine = frame[frame["name"] == measure]
    if mine.empty:
        known = ", ".join(dict.fromkeys(frame["name"]))
        raise PPPError(f"No closing was measured by {measure!r}. Measured: {known}.")
    lines = [
        Line(row.closing_title, row.value, _known(row.low), _known(row.high), verdict(row))
        for row in mine.itertuples()
    ]
    better = MEASURES[measure].better
    figure = forest(
        lines, axis=f"{MEASURES[measure].title}{f', {better} is better' if better else ''}", kinds=KINDS
    )
    marks = {"dash": float(mine["value"].iloc[0])}
    if measure in CHANCE:
        marks["dot"] = CHANCE[measure]
    return _finished(figure, marks, facts)


def verdict(row) -> str:
    """What a row of `ClosingComparison` comes to, by its paired difference from no closing.

    Example:
        >>> from types import SimpleNamespace as Row
        >>> verdict(Row(closing="shift", better="smaller", difference_low=-0.9, difference_high=-0.7))
        'better'
        >>> verdict(Row(closing="shift", better="larger", difference_low=-0.1, difference_high=0.1))
        'not clearly different'
    """
    if row.closing == "none":
        return BASELINE
    rises, falls = row.difference_low > 0, row.difference_high < 0
    if not row.better or not (rises or falls):
        return UNCLEAR
    return BETTER if rises == (row.better == "larger") else WORSE


def task_figure(frame: pd.DataFrame, target: str, *, facts: Sequence[str] = ()) -> go.Figure:
    """What a head that learned from pictures can do with prompts after each closing, with intervals.

    Args:
        frame: of `TaskResult`.
        target: what was predicted.
        facts: what the figure says of itself.

    Returns:
        The ways that cross no gap first, then a line a closing, each with its bias where there is room.
    """
    own = frame[frame["head"] == frame["fed"]]
    crossed = frame[(frame["head"] == "image") & (frame["fed"] == "text")]
    lines = [_way(row, f"{SIDES[row.head]} → {SIDES[row.fed]}", REFERENCE) for row in own.itertuples()]
    lines += [_way(row, row.closing_title, CLOSED) for row in crossed.itertuples()]
    figure = forest(lines, axis=f"Pearson r with {target}", kinds=(REFERENCE, CLOSED))
    before = crossed.loc[crossed["closing"] == "none", "pearson"]
    return _finished(figure, {"dash": float(before.iloc[0])} if before.notna().all() else {}, facts)


def _way(row, name: str, kind: str) -> Line:
    value = 0.0 if row.pearson != row.pearson else row.pearson
    return Line(
        name,
        value,
        _known(row.pearson_low),
        _known(row.pearson_high),
        kind,
        note=f"bias {row.bias:+.2f}",
        mark="undefined" if row.pearson != row.pearson else "",
    )


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def _finished(figure: go.Figure, marks: dict[str, float], facts: Sequence[str]) -> go.Figure:
    for dash, value in marks.items():
        figure.add_vline(x=value, line={"color": FIRM, "width": 1, "dash": dash}, layer="below")
    low, high = figure.layout.xaxis.range
    # the figures at the right end keep clear of the lines
    figure.update_xaxes(range=[low, high + 0.14 * (high - low)])
    names = [trace.name for trace in figure.data] if figure.layout.showlegend else []
    legend = LEGEND * bool(names) + MORE * (len("".join(names)) > ONE_ROW)
    return headline(figure, facts, room=8 + legend)
