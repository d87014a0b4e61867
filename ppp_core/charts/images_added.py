"""What each more picture adds to the words alone, as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..errors import PPPError
from ..evaluation.after.images_added import AddedRow, ImagesAdded
from ..evaluation.benchmark_view import interval, prompts, short
from .looks import FIRM, OKABE_ITO, dressed

LINES = {
    "both": ("pictures and words", OKABE_ITO[0], "solid", "circle"),
    "pictures": ("pictures alone", OKABE_ITO[1], "dash", "square"),
}
"""What is read: its label, colour, dash and mark."""

AGAINST = {
    "all": "against the mean over all of a prompt's pictures",
    "unseen": "against the mean over its pictures that were not seen",
}
MEASURES = {"spearman": "Spearman's ρ", "pearson": "Pearson's r"}


def images_added_figure(
    curves: Sequence[ImagesAdded],
    *,
    measure: str = "spearman",
    against: str = "all",
    labels: Mapping[str, str] | None = None,
    among: Sequence[ImagesAdded] = (),
) -> go.Figure:
    """The coefficient over the number of pictures seen, a panel a target, 95 % intervals as bands.

    The line of pictures and words begins at the words alone, no picture seen, where that was measured
    against the same; the level of the words alone goes on as a thin line.

    Args:
        curves: one a target.
        measure: spearman or pearson.
        against: ``"all"`` or ``"unseen"``; see `AddedRow`.
        labels: what targets are called; their names where there is none.
        among: further curves that the axis has room for, so that figures beside each other have one scale.

    Returns:
        For each target: two traces (band, line) of each kind of reading, and the level of the words.

    Raises:
        PPPError: on no curve, or one that was not measured so.

    Example:
        >>> from ppp_core.evaluation.after.images_added import load_images_added
        >>> figure = images_added_figure(list(load_images_added().values()))
        >>> list(figure.data[1].x), figure.data[1].name
        ([0, 1, 2, 3, 4], 'pictures and words')
    """
    if not curves:
        raise PPPError("The figure of what pictures add needs at least one curve, got none.")
    titles = [escape((labels or {}).get(curve.target, curve.target)) for curve in curves]
    figure = make_subplots(cols=len(curves), shared_yaxes=True, subplot_titles=titles)
    for column, curve in enumerate(curves, start=1):
        rows = [row for row in curve.rows if row.against == against]
        if not rows:
            raise PPPError(f"The curve of {curve.target} was not measured {AGAINST[against]}.")
        sizes = sorted({row.n_images for row in rows})
        for reads in LINES:
            mine = [row for row in rows if row.reads == reads]
            if reads == "both":
                mine = [row for row in rows if row.reads == "words" and row.n_images == 0] + mine
            traces = (_band(mine, reads, measure, sizes), _line(mine, reads, measure, sizes))
            for trace in traces:
                figure.add_trace(trace, row=1, col=column)
            _label(figure, mine, reads, measure, sizes, column)
        level = _level(rows, measure, sizes)
        figure.add_trace(level, row=1, col=column)
        figure.add_annotation(
            x=level.x[-1],
            y=level.y[-1],
            text="words<br>alone",
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"color": FIRM, "size": 11},
            row=1,
            col=column,
        )
        figure.update_xaxes(
            tickvals=list(range(len(sizes))),
            ticktext=["none:<br>words alone" if size == 0 else str(size) for size in sizes],
            range=[-0.4, len(sizes) - 0.6],
            title_text="pictures of a prompt seen",
            col=column,
        )
    figure.update_yaxes(range=_range([*curves, *among], measure, against))
    figure.update_yaxes(title_text=f"{MEASURES[measure]}, 95 % interval", col=1)
    return dressed(figure, height=420, margin={"l": 8, "r": 40, "t": 40, "b": 8}, showlegend=False)


def _range(curves: Sequence[ImagesAdded], measure: str, against: str) -> list[float]:
    """From the lowest end of an interval to the highest, and zero, with some room."""
    found = [getattr(row, measure) for curve in curves for row in curve.rows if row.against == against]
    ends = [0.0, *(end for one in found for end in (one.low, one.high) if end == end)]
    room = 0.05 * (max(ends) - min(ends))
    return [min(ends) - room, max(ends) + room]


def _band(rows: list[AddedRow], reads: str, measure: str, sizes: list[int]) -> go.Scatter:
    name, colour, _, _ = LINES[reads]
    places = [sizes.index(row.n_images) for row in rows]
    figures = [getattr(row, measure) for row in rows]
    return go.Scatter(
        x=[*places, *reversed(places)],
        y=[*(one.high for one in figures), *(one.low for one in reversed(figures))],
        fill="toself",
        fillcolor=_faint(colour),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        name=f"{name}, interval",
    )


def _line(rows: list[AddedRow], reads: str, measure: str, sizes: list[int]) -> go.Scatter:
    name, colour, dash, mark = LINES[reads]
    return go.Scatter(
        x=[sizes.index(row.n_images) for row in rows],
        y=[getattr(row, measure).value for row in rows],
        mode="lines+markers",
        line={"color": colour, "width": 2.5, "dash": dash},
        marker={"size": 9, "symbol": mark},
        name=name,
        text=[_told(row, name, measure) for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )


def _level(rows: list[AddedRow], measure: str, sizes: list[int]) -> go.Scatter:
    """The words alone: one level against all pictures, one value a size against those unseen."""
    words = sorted((row for row in rows if row.reads == "words"), key=lambda row: row.n_images)
    values = [getattr(row, measure).value for row in words]
    places = [sizes.index(row.n_images) for row in words]
    if len(words) == 1:
        places, values = [0, len(sizes) - 1], [values[0], values[0]]
    return go.Scatter(
        x=places,
        y=values,
        mode="lines",
        line={"color": FIRM, "width": 1.5, "dash": "dot"},
        name="words alone",
        hoverinfo="skip",
        showlegend=False,
    )


def _label(
    figure: go.Figure, rows: list[AddedRow], reads: str, measure: str, sizes: list[int], column: int
) -> None:
    """The line's name: above its higher end, or below its lower one, so that the line is clear of it."""
    name, colour, _, _ = LINES[reads]
    above = reads == "both"
    rises = getattr(rows[-1], measure).value >= getattr(rows[0], measure).value
    last = rises == above
    point = rows[-1] if last else rows[0]
    figure.add_annotation(
        x=sizes.index(point.n_images),
        y=getattr(point, measure).value,
        text=name,
        showarrow=False,
        xanchor="right" if last else "left",
        yanchor="bottom" if above else "top",
        yshift=10 if above else -10,
        font={"color": colour, "size": 13},
        row=1,
        col=column,
    )


def _told(row: AddedRow, name: str, measure: str) -> str:
    figure = getattr(row, measure)
    seen = {0: "no picture seen", 1: "1 picture seen"}.get(row.n_images, f"{row.n_images} pictures seen")
    read = "words alone" if row.reads == "words" else name
    told = f"{read}, {seen}: {short(figure.value)}<br>95 % interval {interval(figure.low, figure.high)}"
    if row.over_words is not None and row.reads == "both" and measure == "spearman":
        told += f"<br>over the words alone {short(row.over_words.value)}"
        told += f" ({interval(row.over_words.low, row.over_words.high)})"
    return f"{told}<br>{AGAINST[row.against]}<br>{prompts(row.n_prompts)}"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"
