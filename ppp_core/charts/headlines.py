"""What a figure says of itself, above it: data, target, meaning, n, interval."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

WIDEST = 48
"""Characters of a line that have room on a phone, at this size."""

SIZE, LINE = 12, 16
"""Size of the letters and height of a line, in pixels."""

NAME = "headline"


def headline(figure: go.Figure, facts: Sequence[str], *, room: int = 8) -> go.Figure:
    """Writes facts above a figure, in as many lines as a phone needs, and makes room for them.

    Args:
        figure: changed in place and given back; it grows by the height of the lines.
        facts: in their order; empty ones are left out. They are text, not markup.
        room: pixels between the lines and the figure.

    Example:
        >>> figure = headline(go.Figure(layout={"height": 300}), ["Scenes, simulated", "240 <prompts>"])
        >>> facts_of(figure), figure.layout.height, figure.layout.margin.t
        ('Scenes, simulated · 240 &lt;prompts&gt;', 316, 30)
    """
    lines = wrapped(facts)
    if not lines:
        return figure
    height = LINE * len(lines)
    figure.add_annotation(
        text="<br>".join(escape(line) for line in lines),
        name=NAME,
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=room,
        align="left",
        showarrow=False,
        font={"size": SIZE},
        opacity=0.85,
    )
    figure.update_layout(margin_t=height + room + 6, height=(figure.layout.height or 400) + height)
    return figure


def facts_of(figure: go.Figure) -> str:
    """What `headline` wrote above a figure; empty where it wrote nothing."""
    return next((note.text for note in figure.layout.annotations if note.name == NAME), "")


def wrapped(facts: Sequence[str], widest: int = WIDEST) -> list[str]:
    """Facts in lines of at most ``widest`` characters; a longer fact is broken between words.

    Example:
        >>> wrapped(["AGIQA-3K", "", "alignment", "across generators"], 22)
        ['AGIQA-3K · alignment', 'across generators']
    """
    lines: list[str] = []
    for fact in filter(None, facts):
        if lines and len(lines[-1]) + len(fact) + 3 <= widest:
            lines[-1] += f" · {fact}"
        else:
            lines += wrap(fact, widest)
    return lines
