"""A map of prompts and pictures in two dimensions: points of both, and lines between partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from .gap_colours import GREY, SCALE, Colouring, palette
from .headlines import headline
from .looks import CLEAR, OKABE_ITO, dressed

if TYPE_CHECKING:
    from ..modality_gap import Projection

SIDES = {"text": "prompts", "image": "pictures"}
COLOURS = {"text": OKABE_ITO[1], "image": OKABE_ITO[0]}
SYMBOLS = {"text": "circle", "image": "diamond"}
LINES, RING, PLACED = "partners", "selected", "your prompt"
MANY = 2_000
"""Pairs from which on points are drawn by WebGL."""

MOST_LINES = 1_500
"""Pairs from which on lines are left out, and it is said: they would hide the points."""

BUTTONS = 28
"""Height of the strip for Plotly's buttons, in pixels."""

ENTRY, SHORT = 19, 12
"""Height of a row of the legend, in pixels, and characters of a name that share a row with others."""

OVER = {"text": "circle-open", "image": "diamond-open"}
OVER_COLOURS = {"text": OKABE_ITO[4], "image": OKABE_ITO[2]}

Limits = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Spot:
    """A prompt that was put on the map.

    Attributes:
        x, y: where.
        label: what it is.
    """

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Overlay:
    """Another data set's prompts and pictures, put on the map.

    Attributes:
        title: of the data set.
        text_xy, image_xy: shapes (m, 2).
        shown: how many of how many.
    """

    title: str
    text_xy: Sequence[Sequence[float]]
    image_xy: Sequence[Sequence[float]]
    shown: str


def gap_map(
    projection: Projection,
    *,
    text_xy: Sequence[Sequence[float]] | None = None,
    image_xy: Sequence[Sequence[float]] | None = None,
    colouring: Colouring | None = None,
    hover: Sequence[str] | None = None,
    lines: bool = True,
    chosen: Sequence[int] = (),
    spot: Spot | None = None,
    overlay: Overlay | None = None,
    limits: Limits | None = None,
    facts: Sequence[str] = (),
    labels: bool = True,
    height: int = 400,
) -> go.Figure:
    """Points of prompts (circles) and pictures (diamonds), with what the map keeps and shows written above.

    Args:
        projection: the map.
        text_xy, image_xy: where the points stand instead, shape (n, 2) each, such as after a closing.
        colouring: one value a pair of the projection, in its order; by modality when left out.
        hover: one text a pair, shown when pointed at; escaped here.
        lines: draws a line between partners, up to `MOST_LINES` pairs.
        chosen: positions among the pairs, as in ``projection.rows``, that get a ring.
        spot: a prompt put on the map.
        overlay: another data set put on the map, in open symbols; grey where colours mean something.
        limits: ends of both axes; chosen by Plotly when left out.
        facts: what the figure says of itself, before how many are shown and how faithful it is.
        labels: Plotly shows a label at the point that is pointed at; without, something else listens, and
            finds the texts of ``hover`` as they are.
        height: in pixels, without the facts.

    Returns:
        Traces in this order: lines, prompts, pictures (``customdata`` is [position among the pairs]), then
        entries of the legend, the overlay, rings and the spot, where there are any.

    Raises:
        PPPError: when coordinates, colours or texts are not one a pair.
    """
    places = {
        "text": _places("text_xy", projection.text_xy if text_xy is None else text_xy, projection.n),
        "image": _places("image_xy", projection.image_xy if image_xy is None else image_xy, projection.n),
    }
    for what, values in (("colours", colouring and colouring.values), ("texts", hover)):
        if values is not None and len(values) != projection.n:
            raise PPPError(f"A map of {projection.n} pairs needs as many {what}, got {len(values)}.")
    drawn = lines and projection.n <= MOST_LINES
    figure = go.Figure([_lines(places)] if drawn else [])
    for side, points in places.items():
        figure.add_trace(_points(projection, side, points, colouring, hover, labels))
    _legend(figure, colouring)
    _overlay(figure, overlay, GREY if colouring else None)
    _ring(figure, projection, places, chosen)
    _spot(figure, spot)
    figure = _laid_out(figure, projection, limits, height)
    left_out = f"lines left out above {MOST_LINES:,} pairs" if lines and not drawn else ""
    over = f"over it, open: {overlay.title}, {overlay.shown}" if overlay else ""
    figure = headline(figure, [*facts, projection.shown, over, faithful(projection), left_out])
    # Plotly's buttons have a strip of their own: over the facts, neither could be read
    margin = figure.layout.margin.t + BUTTONS
    return figure.update_layout(margin_t=margin, height=figure.layout.height + BUTTONS + _legend_rows(figure))


def faithful(projection: Projection) -> str:
    """How far a map can be trusted, in words.

    Example:
        >>> from types import SimpleNamespace
        >>> faithful(SimpleNamespace(trustworthiness=0.912, overlap=0.345))
        'trustworthiness .91, keeps 34 % of the 15 nearest neighbours'
    """
    trust = f"{projection.trustworthiness:.2f}".removeprefix("0")
    return f"trustworthiness {trust}, keeps {projection.overlap:.0%} of the 15 nearest neighbours".replace(
        "%", " %"
    )


def common_limits(*places: Sequence[Sequence[float]], margin: float = 0.06) -> Limits:
    """Ends of both axes that have room for all places.

    Example:
        >>> common_limits([[0, 1]], [[2, 1]], margin=0.5)
        ((-1.0, 3.0), (0.5, 1.5))
    """
    ends = []
    for axis in (0, 1):
        values = [float(one[axis]) for some in places for one in some]
        room = margin * ((max(values) - min(values)) or 1.0)
        ends.append((min(values) - room, max(values) + room))
    return ends[0], ends[1]


def _places(what: str, xy: Sequence[Sequence[float]], n: int) -> list[tuple[float, float]]:
    points = [(round(float(x), 5), round(float(y), 5)) for x, y in xy]
    if len(points) != n:
        raise PPPError(f"A map of {n} pairs needs as many places in {what}, got {len(points)}.")
    return points


def _lines(places: dict[str, list[tuple[float, float]]]) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in zip(places["text"], places["image"], strict=True):
        x += [start[0], end[0], None]
        y += [start[1], end[1], None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": f"rgba(128,128,128,{0.35 if len(places['text']) < 300 else 0.18})", "width": 1},
        name=LINES,
        hoverinfo="skip",
        meta=LINES,
    )


def _points(projection, side: str, points, colouring: Colouring | None, hover, labels: bool) -> go.Scatter:
    kind = go.Scattergl if projection.n > MANY else go.Scatter
    opacity = 0.8 if projection.n <= 400 else 0.5
    word = "prompt" if side == "text" else "picture"
    told = [_broken(text) if labels else text for text in hover] if hover is not None else None
    template = f"{word}{'<br>%{text}' * (told is not None)}<extra></extra>"
    pointed = {"hovertemplate": template} if labels else {"hoverinfo": "none"}
    return kind(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        name=SIDES[side],
        meta=side,
        customdata=[[int(row)] for row in projection.rows],
        marker={"symbol": SYMBOLS[side], "size": 7, "opacity": opacity, **_colours(side, colouring)},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.25}},
        text=told,
        showlegend=colouring is None,
        **pointed,
    )


def _broken(text: str) -> str:
    """A text for pointing at, in lines of some words; markup stays text."""
    return "<br>".join(escape(line) for part in text.splitlines() for line in wrap(part, 48)[:5])


def _colours(side: str, colouring: Colouring | None) -> dict:
    if colouring is None:
        return {"color": COLOURS[side]}
    if not colouring.numbers:
        colours = palette(colouring)
        return {"color": [colours[name] for name in colouring.values]}
    known = [value for value in colouring.values if value is not None]
    return {
        "color": [GREY if value is None else value for value in colouring.values],
        "cmin": min(known),
        "cmax": max(known),
        "colorscale": SCALE,
        "showscale": side == "image",
        "colorbar": {
            "title": {"text": escape(colouring.title), "side": "right"},
            "thickness": 10,
            "len": 0.9,
        },
    }


def _legend(figure: go.Figure, colouring: Colouring | None) -> None:
    if colouring is None:
        return
    entries = [(word, "rgba(128,128,128,1)", SYMBOLS[side]) for side, word in SIDES.items()]
    if not colouring.numbers:
        entries += [(escape(name), colour, "square") for name, colour in palette(colouring).items()]
    for name, colour, symbol in entries:
        marker = {"color": colour, "symbol": symbol, "size": 9}
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker))


def _legend_rows(figure: go.Figure) -> int:
    """Pixels that the legend needs besides its first row, in a narrow column: the points keep their room."""
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    in_a_row = 3 if max(map(len, names)) <= SHORT else 1
    return ENTRY * (-(-len(names) // in_a_row) - 1)


def _overlay(figure: go.Figure, overlay: Overlay | None, colour: str | None) -> None:
    if overlay is None:
        return
    for side, xy in (("text", overlay.text_xy), ("image", overlay.image_xy)):
        marker = {"symbol": OVER[side], "size": 7, "color": colour or OVER_COLOURS[side], "opacity": 0.7}
        # WebGL draws beneath all else; the others are told to
        kind, beneath = (go.Scattergl, {}) if len(xy) > MANY else (go.Scatter, {"zorder": -1})
        figure.add_trace(
            kind(
                x=[round(float(x), 5) for x, _ in xy],
                y=[round(float(y), 5) for _, y in xy],
                mode="markers",
                marker=marker,
                name=f"{SIDES[side]}, {escape(overlay.title)}",
                hoverinfo="skip",
                **beneath,
            )
        )


def _ring(figure: go.Figure, projection, places, chosen: Sequence[int]) -> None:
    wanted = set(chosen)
    at = [place for place, row in enumerate(projection.rows) if int(row) in wanted]
    if not at:
        return
    rings = [points[place] for points in places.values() for place in at]
    figure.add_trace(
        go.Scatter(
            x=[x for x, _ in rings],
            y=[y for _, y in rings],
            mode="markers",
            marker={"symbol": "circle-open", "size": 12, "color": OKABE_ITO[3], "line": {"width": 1.5}},
            name=RING,
            hoverinfo="skip",
        )
    )


def _spot(figure: go.Figure, spot: Spot | None) -> None:
    if spot is None:
        return
    figure.add_trace(
        go.Scatter(
            x=[spot.x],
            y=[spot.y],
            mode="markers",
            marker={
                "symbol": "star",
                "size": 17,
                "color": OKABE_ITO[3],
                "line": {"width": 1.5, "color": "#FFFFFF"},
            },
            name=PLACED,
            text=[_broken(spot.label)],
            hovertemplate="your prompt<br>%{text}<extra></extra>",
        )
    )


def _laid_out(figure: go.Figure, projection, limits: Limits | None, height: int) -> go.Figure:
    x, y = ({"range": list(ends)} if limits else {} for ends in limits or (None, None))
    return dressed(
        figure,
        height=height,
        xaxis={"title": {"text": escape(projection.x_title), "standoff": 4}, "zeroline": False, **x},
        yaxis={"title": {"text": escape(projection.y_title), "standoff": 4}, "zeroline": False, **y},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.17, "yanchor": "top"},
        dragmode="lasso",
        modebar={"bgcolor": CLEAR},
    )
