"""How many modifiers prompts have, under each way to count, beside what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go

from ..errors import PPPError
from .headlines import headline
from .looks import FIRM, OKABE_ITO, dressed


def counts_figure(
    counts: Mapping[str, Mapping[int, int]],
    *,
    published: tuple[str, float] | None = None,
    facts: Sequence[str] = (),
    most: int = 10,
) -> go.Figure:
    """How many prompts have how many modifiers, in per cent, under each way to count.

    Args:
        counts: title of the way to count -> number of modifiers -> prompts.
        published: name and per cent of a published share of prompts without any, marked at 0.
        facts: what the figure says of itself.
        most: counts above stand together in the last bar.

    Returns:
        One trace a way to count, in their order, and the published mark.

    Raises:
        PPPError: when there is nothing to count.

    Example:
        >>> figure = counts_figure({"Known terms": {0: 3, 2: 1}}, published=("PPP", 56.47))
        >>> list(figure.data[0].y), figure.data[1].y
        ([75.0, 0.0, 25.0], (56.47,))
    """
    totals = {title: sum(found.values()) for title, found in counts.items()}
    if not any(totals.values()):
        raise PPPError("The distribution of counts needs at least one prompt, got none.")
    last = min(max(count for found in counts.values() for count in found), most)
    figure = go.Figure()
    for place, (title, found) in enumerate(counts.items()):
        figure.add_trace(_bars(title, found, totals[title], last, place, cut=most))
    if published is not None:
        figure.add_trace(_published(*published))
    top = 1.25 * max([*(max(bars.y) for bars in figure.data), *([published[1]] if published else [])])
    names = [str(count) for count in range(last)]
    above = any(count > last for found in counts.values() for count in found)
    ticks = [*names, f"{last} or more" if above else str(last)]
    figure = dressed(
        figure,
        height=380,
        barmode="group",
        bargap=0.25,
        xaxis={
            "title": {"text": "number of modifiers", "standoff": 6},
            "tickvals": list(range(last + 1)),
            "ticktext": ticks,
            "fixedrange": True,
            "zeroline": False,
            "range": [-0.6, last + 0.6],
        },
        yaxis={"title": "per cent of the prompts", "fixedrange": True, "range": [0, top]},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
        dragmode=False,
    )
    return headline(figure, facts)


def _bars(title: str, found: Mapping[int, int], total: int, last: int, place: int, *, cut: int) -> go.Bar:
    heap = [0] * (last + 1)
    for count, n in found.items():
        heap[min(int(count), cut, last)] += int(n)
    shares = [100 * n / total if total else 0.0 for n in heap]
    return go.Bar(
        x=list(range(last + 1)),
        y=shares,
        name=escape(title),
        customdata=heap,
        marker={"color": OKABE_ITO[place % len(OKABE_ITO)], "line": {"width": 0}},
        hovertemplate=f"{escape(title)}<br>%{{x}}: %{{customdata:,}} of {total:,} prompts, "
        "%{y:.1f} %<extra></extra>",
    )


def _published(name: str, share: float) -> go.Scatter:
    return go.Scatter(
        x=[0],
        y=[share],
        mode="markers+text",
        marker={"symbol": "line-ew-open", "size": 44, "color": FIRM, "line": {"width": 4, "color": FIRM}},
        text=[f"{share:g} %"],
        textposition="top center",
        cliponaxis=False,
        name=f"◇ {escape(name)}",
        hovertemplate=f"{escape(name)}: {share:g} % have none<extra></extra>",
    )
