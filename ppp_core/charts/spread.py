"""Spread, mean and predicted width against the number of modifiers: points, bands, n at each count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import number
from .headlines import headline
from .looks import OKABE_ITO, dressed

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 3_000
"""More prompts are drawn at random (seed 0), and the figure says so; bands always use all."""

JITTER = 0.3
"""How far points of one count are moved sideways at most, in counts."""

MANY = 1_000
"""Points from which on they are fainter, so that it can be seen where most are."""

GOLDEN = 0.6180339887498949
BLUE, ORANGE = "#2E86C9", OKABE_ITO[1]
BAND = "rgba(213,94,0,0.18)"
POINTS = "points"


def count_figure(
    points: pd.DataFrame,
    trend: pd.DataFrame,
    *,
    y: str,
    middle: str,
    title: str,
    facts: Sequence[str] = (),
    counted: str = "modifiers",
    named: str = "mean of the prompts",
    chosen: str = "",
    clickable: bool = False,
    truth: Mapping[int, float] | None = None,
    height: int = 430,
) -> go.Figure:
    """A point a prompt over its number of modifiers; mean, 95 % band and n at each count; a smooth trend.

    Args:
        points: one row a prompt: prompt_id, count and ``y``; rows without a value are left out. May be
            empty, where only aggregates are known.
        trend: one row a count: count, n_prompts, ``middle``, low, high and, where there is one, smooth.
        y: column of the points' values.
        middle: column of the counts' values.
        title: of the vertical axis, with its unit.
        facts: what the figure says of itself: data, target, meaning of variance, interval.
        counted: what is counted, for the horizontal axis.
        named: what the values at each count are, for the legend.
        chosen: prompt_id of a point that gets a ring.
        clickable: whether pointing at a point says that a click shows its images.
        truth: count -> the value that is known to be true, of simulated data; none for real data.
        height: in pixels, without the facts.

    Returns:
        Traces: the points (``customdata`` is [prompt_id]; to click), the band, the smooth trend, the mean
        at each count with its interval, the truth, the ring. Points are moved sideways by at most .3 counts.

    Raises:
        PPPError: when there is no count, or a column is absent.

    Example:
        >>> import pandas as pd
        >>> points = pd.DataFrame({"prompt_id": ["a", "b"], "count": [0, 0], "sd": [0.5, 0.7]})
        >>> trend = pd.DataFrame({"count": [0], "n_prompts": [2], "spread": [0.6], "low": [0.5],
        ...                       "high": [0.7]})
        >>> figure = count_figure(points, trend, y="sd", middle="spread", title="SD")
        >>> list(figure.data[0].y), figure.layout.xaxis.ticktext
        ([0.5, 0.7], ('0<br>n 2',))
    """
    _check(points, trend, y, middle)
    shown = thinned(points[points[y].notna()] if len(points) else points)
    trend = trend.sort_values("count", kind="stable")
    figure = go.Figure()
    if len(shown):
        figure.add_trace(_points(shown, y, clickable))
    known = trend[trend["low"].notna() & trend["high"].notna()]
    if len(known) > 1:
        figure.add_trace(_band(known))
    if "smooth" in trend and trend["smooth"].notna().sum() > 1:
        figure.add_trace(_smooth(trend))
    figure.add_trace(_means(trend, middle, counted, named))
    if truth:
        figure.add_trace(_truth(truth))
    _ring(figure, shown, y, chosen)
    cut = _cut(len(shown), int(points[y].notna().sum()) if len(points) else 0)
    figure = _laid_out(figure, trend, title, counted, height)
    if middle == "spread":  # a standard deviation has a zero, which keeps small changes small
        figure.update_yaxes(rangemode="tozero")
    return headline(figure, [*facts, cut])


def thinned(points: pd.DataFrame, most: int = MOST_POINTS) -> pd.DataFrame:
    """At most so many rows, drawn at random with seed 0, in their order.

    Example:
        >>> import pandas as pd
        >>> len(thinned(pd.DataFrame({"a": range(10)}), most=4))
        4
    """
    return points if len(points) <= most else points.sample(most, random_state=0).sort_index()


def jittered(counts: Sequence[float]) -> list[float]:
    """Places beside their counts: evenly spread within ±.3 and the same every time.

    Example:
        >>> [round(place, 2) for place in jittered([0, 0, 1])]
        [-0.3, 0.07, 0.7]
    """
    seen: dict[float, int] = {}
    places = []
    for count in counts:
        turn = seen[count] = seen.get(count, -1) + 1
        places.append(float(count) + JITTER * (2 * ((turn * GOLDEN) % 1.0) - 1))
    return places


def _check(points: pd.DataFrame, trend: pd.DataFrame, y: str, middle: str) -> None:
    if trend.empty:
        raise PPPError("A figure over the number of modifiers needs at least one count, got none.")
    wanted = {"points": ["prompt_id", "count", y], "trend": ["count", "n_prompts", middle, "low", "high"]}
    for name, frame in {"points": points, "trend": trend}.items():
        absent = [column for column in wanted[name] if column not in frame.columns]
        if absent and len(frame):
            raise PPPError(f"The figure's {name} lack the columns {', '.join(absent)}.")


def _points(shown: pd.DataFrame, y: str, clickable: bool) -> go.Scatter:
    opacity = 0.6 if len(shown) <= MANY else 0.25
    return go.Scatter(
        x=jittered(shown["count"].tolist()),
        y=shown[y].tolist(),
        mode="markers",
        name="a prompt",
        meta=POINTS,
        customdata=[[one] for one in shown["prompt_id"]],
        marker={"color": BLUE, "size": 7, "opacity": opacity},
        selected={"marker": {"opacity": opacity}},
        unselected={"marker": {"opacity": opacity}},
        hovertemplate=f"a prompt: %{{y:.3g}}{'<br>click for its images' * clickable}<extra></extra>",
    )


def _band(known: pd.DataFrame) -> go.Scatter:
    counts = known["count"].tolist()
    return go.Scatter(
        x=[*counts, *reversed(counts)],
        y=[*known["high"], *reversed(known["low"].tolist())],
        fill="toself",
        fillcolor=BAND,
        line={"width": 0},
        mode="lines",
        name="95 % band",
        hoverinfo="skip",
    )


def _smooth(trend: pd.DataFrame) -> go.Scatter:
    known = trend[trend["smooth"].notna()]
    return go.Scatter(
        x=known["count"].tolist(),
        y=known["smooth"].tolist(),
        mode="lines",
        line={"color": ORANGE, "width": 2, "dash": "dot"},
        name="one-way trend",
        hoverinfo="skip",
    )


def _truth(truth: Mapping[int, float]) -> go.Scatter:
    counts = sorted(truth)
    return go.Scatter(
        x=counts,
        y=[truth[count] for count in counts],
        mode="lines",
        line={"color": OKABE_ITO[2], "width": 2.5, "dash": "dash"},
        name="known truth",
        hovertemplate="known truth: %{y:.3g}<extra></extra>",
    )


def _means(trend: pd.DataFrame, middle: str, counted: str, named: str) -> go.Scatter:
    rows = trend[trend[middle].notna()]
    ends = [(number(low), number(high)) for low, high in zip(rows["low"], rows["high"], strict=True)]
    values = rows[middle].tolist()
    told = [
        f"{int(row.count_)} {escape(counted)}: {escape(named)} {value:.3g}"
        + (f"<br>95 % interval {low:.3g} to {high:.3g}" if low is not None and high is not None else "")
        + f"<br>{int(row.n_prompts):,} prompts"
        for row, value, (low, high) in zip(
            rows.rename(columns={"count": "count_"}).itertuples(), values, ends, strict=True
        )
    ]
    pairs = list(zip(values, ends, strict=True))
    return go.Scatter(
        x=rows["count"].tolist(),
        y=values,
        mode="lines+markers",
        line={"color": ORANGE, "width": 2.5},
        marker={"color": ORANGE, "size": 11, "symbol": "diamond", "line": {"width": 1, "color": "#FFFFFF"}},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [0.0 if high is None else max(high - value, 0.0) for value, (_, high) in pairs],
            "arrayminus": [0.0 if low is None else max(value - low, 0.0) for value, (low, _) in pairs],
            "color": ORANGE,
            "thickness": 2,
            "width": 5,
        },
        name=named,
        text=told,
        hovertemplate="%{text}<extra></extra>",
    )


def _ring(figure: go.Figure, shown: pd.DataFrame, y: str, chosen: str) -> None:
    if not chosen or not len(shown) or chosen not in set(shown["prompt_id"]):
        return
    place = shown["prompt_id"].tolist().index(chosen)
    figure.add_trace(
        go.Scatter(
            x=[figure.data[0].x[place]],
            y=[shown[y].iloc[place]],
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 17,
                "color": OKABE_ITO[2],
                "line": {"width": 3, "color": OKABE_ITO[2]},
            },
            name="the chosen prompt",
            hoverinfo="skip",
        )
    )


def _cut(shown: int, there: int) -> str:
    if not there:
        return "aggregates, no single prompts"
    some = ", drawn at random" if shown < there else ""
    return f"{shown:,} of {there:,} prompts{some}, jittered"


def _laid_out(figure, trend: pd.DataFrame, title: str, counted: str, height: int) -> go.Figure:
    counts = [int(count) for count in trend["count"]]
    ticks = [f"{count}<br>n {int(n):,}" for count, n in zip(counts, trend["n_prompts"], strict=True)]
    return dressed(
        figure,
        height=height,
        xaxis={
            "title": {"text": f"number of {counted}", "standoff": 18},
            "tickvals": counts,
            "ticktext": ticks,
            "tickangle": 0,
            "range": [min(counts) - 0.55, max(counts) + 0.55],
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"title": {"text": title, "standoff": 6}, "zeroline": False, "fixedrange": True},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.24, "yanchor": "top"},
        hovermode="closest",
        clickmode="event+select",
        dragmode=False,
    )


def groups_figure(
    named: Mapping[str, pd.DataFrame], *, middle: str, title: str, facts: Sequence[str] = ()
) -> go.Figure:
    """The means at each count of several groups in one figure, each with its 95 % interval.

    Args:
        named: name of the group -> its trend, as in `count_figure`; at least one with a row.
        middle: column of the counts' values.
        title: of the vertical axis, with its unit.
        facts: what the figure says of itself.

    Returns:
        One trace a group, moved sideways a little so that intervals do not cover each other.

    Raises:
        PPPError: when no group has a count.
    """
    known = {name: trend for name, trend in named.items() if len(trend)}
    if not known:
        raise PPPError("A comparison needs at least one group with a count, got none.")
    figure = go.Figure()
    for place, (name, trend) in enumerate(known.items()):
        trace = _means(trend.sort_values("count", kind="stable"), middle, "modifiers", name)
        colour = OKABE_ITO[place % len(OKABE_ITO)]
        shift = min(0.07, 0.6 / len(known)) * (place - (len(known) - 1) / 2)
        trace.x = [x + shift for x in trace.x]
        trace.update(name=escape(name), line_color=colour, error_y_color=colour, marker_color=colour)
        figure.add_trace(trace)
    counts = sorted({int(count) for trend in known.values() for count in trend["count"]})
    figure = dressed(
        figure,
        height=400,
        xaxis={
            "title": {"text": "number of modifiers", "standoff": 6},
            "tickvals": counts,
            "range": [min(counts) - 0.55, max(counts) + 0.55],
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"title": {"text": title, "standoff": 6}, "zeroline": False, "fixedrange": True},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
        showlegend=True,
        dragmode=False,
    )
    return headline(figure, facts)
