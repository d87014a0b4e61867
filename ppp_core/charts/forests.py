"""Forest plots: a line an interval, ranked, with room for names on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import shorten

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import short
from .looks import CLEAR, FIRM, OKABE_ITO, QUIET, dressed

ROW = 44
"""Height of a line in pixels: a name above, its interval below."""


LONGEST = 52
"""Characters of a line's name and note that have room on a phone."""


@dataclass(frozen=True)
class Line:
    """One line of a forest plot.

    Attributes:
        name: what was measured.
        value: its coefficient.
        low, high: ends of its interval; None where unknown.
        kind: lines of one kind share colour and sign, such as who measured.
        mark: ★ for the best, ≈ for tied, or nothing.
        detail: further facts for whoever points at it.
        note: a few quiet words beside the name, such as the part and n.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    kind: str = ""
    mark: str = ""
    detail: str = ""
    note: str = ""


SIGNS = ("circle", "diamond-open", "square-open", "triangle-up", "x-open", "star")


def forest(
    lines: Sequence[Line],
    *,
    axis: str,
    groups: Sequence[str] = (),
    kinds: Sequence[str] = (),
    chosen: str | None = None,
) -> go.Figure:
    """Lines from top to bottom in their order, each with its name above and its figure at the right.

    Args:
        lines: at least one.
        axis: title of the axis, such as ``"Pearson r"``.
        groups: a heading above a line, one a line; a heading is drawn where it changes. None for no headings.
        kinds: the known kinds in a fixed order, so that each keeps its colour; others follow.
        chosen: name of a line that is shaded.

    Returns:
        The figure; one trace a kind. Intervals are error bars, missing ones have none.

    Raises:
        PPPError: when there is no line, or headings and lines differ in number.

    Example:
        >>> figure = forest([Line("a", 0.5, 0.4, 0.6), Line("b", 0.2)], axis="Pearson r")
        >>> list(figure.data[0].x), list(figure.data[0].error_x.array)
        ([0.5, 0.2], [0.1, 0.0])
    """
    if not lines:
        raise PPPError("A forest plot needs at least one line, got none.")
    if groups and len(groups) != len(lines):
        raise PPPError(f"A forest plot needs one heading a line, got {len(groups)} for {len(lines)}.")
    places, heads = _places(lines, groups)
    figure = go.Figure()
    for number, kind in enumerate(dict.fromkeys([*kinds, *(line.kind for line in lines)])):
        mine = [place for place, line in enumerate(lines) if line.kind == kind]
        if mine:
            figure.add_trace(_trace([lines[i] for i in mine], [places[i] for i in mine], kind, number))
    for line, place in zip(lines, places, strict=True):
        _name(figure, line, place)
        if line.name == chosen:
            figure.add_hrect(
                y0=place - 0.62,
                y1=place + 0.34,
                fillcolor="rgba(230,159,0,0.16)",
                line_width=0,
                layer="below",
            )
    for text, place in heads:
        _write(figure, f"<b>{escape(text)}</b>", place, x=0, size=13, xanchor="left")
    for place in places:  # a short mark of zero a line, clear of the names
        line = {"color": FIRM, "width": 1}
        figure.add_shape(type="line", x0=0, x1=0, y0=place - 0.16, y1=place + 0.16, line=line)
    return _laid_out(figure, lines, places[-1], axis, several=len(figure.data) > 1)


def _places(lines: Sequence[Line], groups: Sequence[str]) -> tuple[list[float], list[tuple[str, float]]]:
    places, heads, here = [], [], 0.0
    for number in range(len(lines)):
        if groups and (number == 0 or groups[number] != groups[number - 1]):
            here += 0.25 if number else 0.0
            heads.append((groups[number], here - 0.3))
            here += 0.75
        places.append(here)
        here += 1.0
    return places, heads


def _trace(lines: Sequence[Line], places: Sequence[float], kind: str, number: int) -> go.Scatter:
    colour = OKABE_ITO[number % len(OKABE_ITO)]
    above = [0.0 if line.high is None else round(line.high - line.value, 9) for line in lines]
    below = [0.0 if line.low is None else round(line.value - line.low, 9) for line in lines]
    return go.Scatter(
        x=[line.value for line in lines],
        y=list(places),
        mode="markers",
        name=kind,
        marker={
            "color": colour,
            "size": 10,
            "symbol": SIGNS[number % len(SIGNS)],
            "line": {"width": 2, "color": colour},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": above,
            "arrayminus": below,
            "color": colour,
            "thickness": 2.5,
            "width": 0,
        },
        text=[line.detail or escape(line.name) for line in lines],
        hovertemplate="%{text}<extra></extra>",
    )


def _name(figure: go.Figure, line: Line, place: float) -> None:
    """Name and note, as far as they fit beside the figure on a phone; the rest is told on pointing."""
    name = shorten(line.name, LONGEST, placeholder=" …") if len(line.name) > LONGEST else line.name
    fits = line.note and len(name) + len(line.note) <= LONGEST
    note = f"  <span style='opacity:.7'>{escape(line.note)}</span>" if fits else ""
    _write(figure, f"{escape(name)}{note}", place - 0.34, x=0, size=12, xanchor="left")
    mark = f" {line.mark}" if line.mark else ""
    _write(figure, f"<b>{short(line.value)}</b>{mark}", place - 0.34, x=1, size=12, xanchor="right")


def _write(figure: go.Figure, text: str, place: float, *, x: float, size: int, xanchor: str) -> None:
    figure.add_annotation(
        text=text,
        x=x,
        xref="paper",
        y=place,
        xanchor=xanchor,
        yanchor="middle",
        showarrow=False,
        font={"size": size},
        bgcolor=CLEAR,
    )


def _laid_out(
    figure: go.Figure, lines: Sequence[Line], last: float, axis: str, *, several: bool
) -> go.Figure:
    ends = [end for line in lines for end in (line.value, line.low, line.high) if end is not None]
    span = max(max(ends), 0.0) - min(min(ends), 0.0) or 0.1
    low, high = min(min(ends), 0.0) - 0.04 * span, max(max(ends), 0.0) + 0.04 * span
    legend = 30 if several else 0
    return dressed(
        figure,
        height=int(ROW * (last + 1.15) + 56 + legend),
        margin={"l": 6, "r": 6, "t": 6 + legend, "b": 6},
        xaxis={
            "title": {"text": f"{axis}, 95 % interval", "standoff": 6},
            "range": [low, high],
            "fixedrange": True,
            "gridcolor": QUIET,
            "zeroline": False,
        },
        yaxis={"visible": False, "range": [last + 0.5, -0.65], "fixedrange": True},
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
        },
        showlegend=several,
        dragmode=False,
        hovermode="closest",
    )
