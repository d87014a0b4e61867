"""The forest of modifiers: what each does to the mean or to the spread, shrunken and as measured."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log
from textwrap import shorten
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import number
from .headlines import headline
from .looks import FIRM, OKABE_ITO, QUIET, dressed

if TYPE_CHECKING:
    import pandas as pd

ROW = 46
"""Height of a modifier in pixels: its name above, the shrunken and the measured effect below."""

LONGEST = 30
"""Characters of a modifier's name that have room beside its n on a phone."""

MOST = 30
"""More modifiers are cut: those named in most prompts stay, and the figure says so."""

SHRUNKEN, MEASURED = "shrunken", "as measured"
SOLID, OPEN = OKABE_ITO[0], OKABE_ITO[6]

ALPHA = 0.05
PERCENTS = (-90, -80, -65, -50, -35, -20, -10, 0, 10, 25, 50, 100, 200, 400, 900)
"""Changes of a standard deviation that an axis of log ratios may be labelled with."""

MOST_TICKS = 7
"""About so many labels have room on a phone."""


def modifier_forest(
    rows: pd.DataFrame, *, axis: str, facts: Sequence[str] = (), digits: int = 2, most: int = MOST
) -> go.Figure:
    """Modifiers from top to bottom; the shrunken effect with its interval, and below it the measured one.

    Args:
        rows: of one outcome, in the order wanted: outcome (``"mean"`` or ``"spread"``), modifier, kind,
            n_with, effect, low, high, shrunk, shrunk_low, shrunk_high, p_adjusted; of ``"spread"`` also
            shrunk_percent, and effects are log ratios of standard deviations, labelled in per cent.
        axis: what the effect is, with its unit.
        facts: what the figure says of itself.
        digits: after the point, of the figures at the right.
        most: so many modifiers are shown at most, those in most prompts.

    Returns:
        Two traces: shrunken and as measured. ★ marks what is told from nothing at 5 %, adjusted for the
        number of modifiers.

    Raises:
        PPPError: when no modifier has an effect.

    Example:
        >>> import pandas as pd
        >>> row = {"outcome": "mean", "modifier": "oil painting", "kind": "medium", "n_with": 12,
        ...        "effect": 0.4, "low": 0.1, "high": 0.7, "shrunk": 0.2, "shrunk_low": 0.1,
        ...        "shrunk_high": 0.3, "p_adjusted": 0.01}
        >>> figure = modifier_forest(pd.DataFrame([row]), axis="mean")
        >>> [trace.name for trace in figure.data], list(figure.data[1].x)
        (['shrunken', 'as measured'], [0.4])
        >>> [note.text for note in figure.layout.annotations][1]
        '<b>+0.20</b> ★'
    """
    known = rows[rows["shrunk"].notna()] if len(rows) else rows
    if known.empty:
        raise PPPError("A forest of modifiers needs at least one modifier with an effect, got none.")
    kept = known[known["n_with"].rank(method="first", ascending=False) <= most]
    shown = list(kept.itertuples())
    figure = go.Figure(
        [
            _trace(shown, ("shrunk", "shrunk_low", "shrunk_high"), SHRUNKEN),
            _trace(shown, ("effect", "low", "high"), MEASURED),
        ]
    )
    for place, row in enumerate(shown):
        _write(figure, _name(row), place - 0.36, x=0, xanchor="left")
        _write(figure, f"<b>{_figure(row, digits)}</b>{_star(row)}", place - 0.36, x=1, xanchor="right")
        line = {"color": FIRM, "width": 1}
        figure.add_shape(type="line", x0=0, x1=0, y0=place - 0.2, y1=place + 0.36, line=line)
    cut = f"{len(shown)} of {len(known)} modifiers shown, those in most prompts"
    if len(shown) == len(known):
        cut = f"{len(shown)} modifier{'s' * (len(shown) > 1)}"
    return headline(_laid_out(figure, shown, axis), [*facts, cut, "95 % intervals"], room=34)


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus, and none for zero.

    Example:
        >>> signed(0.126), signed(-0.5, 1), signed(0.001)
        ('+0.13', '−0.5', '0.00')
    """
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def percent_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Places and words of an axis of log ratios, in per cent of change.

    Example:
        >>> percent_ticks(-0.5, 0.3)[1]
        ['−35 %', '−20 %', '0 %', '+25 %']
    """
    apart, kept = (high - low) / MOST_TICKS, [(0.0, 0)]
    for sign in (-1, 1):
        side = [percent for percent in PERCENTS if percent * sign > 0]
        last = 0.0
        for percent in sorted(side, key=abs):
            place = log(1 + percent / 100)
            if abs(place - last) >= apart and low <= place <= high:
                kept.append((place, percent))
                last = place
    kept.sort()
    return [place for place, _ in kept], [f"{signed(percent, 0)} %" for _, percent in kept]


def _is_spread(row) -> bool:
    return row.outcome == "spread"


def _figure(row, digits: int) -> str:
    return f"{signed(row.shrunk_percent, 0)} %" if _is_spread(row) else signed(row.shrunk, digits)


def _star(row) -> str:
    p = number(row.p_adjusted)
    return " ★" if p is not None and p < ALPHA else ""


def _name(row) -> str:
    name = str(row.modifier)
    name = shorten(name, LONGEST, placeholder=" …") if len(name) > LONGEST else name
    kind = f"{row.kind}, " if row.kind and len(name) + len(str(row.kind)) <= LONGEST else ""
    return f"{escape(name)}  <span style='opacity:.7'>{escape(kind)}n {int(row.n_with):,}</span>"


def _trace(shown: Sequence, columns: tuple[str, str, str], name: str) -> go.Scatter:
    first = name == SHRUNKEN
    colour = SOLID if first else OPEN
    found = [tuple(number(getattr(row, column)) for column in columns) for row in shown]
    return go.Scatter(
        x=[value for value, _, _ in found],
        y=[place + (0.0 if first else 0.22) for place in range(len(shown))],
        mode="markers",
        name=name,
        marker={
            "color": colour,
            "size": 10 if first else 7,
            "symbol": "circle" if first else "square-open",
            "line": {"width": 2, "color": colour},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_gap(high, value) for value, _, high in found],
            "arrayminus": [_gap(value, low) for value, low, _ in found],
            "color": colour,
            "thickness": 2.5 if first else 1.2,
            "width": 0,
        },
        text=[_told(row, one, name) for row, one in zip(shown, found, strict=True)],
        hovertemplate="%{text}<extra></extra>",
    )


def _gap(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else max(upper - lower, 0.0)


def _told(row, found: tuple, name: str) -> str:
    from math import expm1

    words = [
        "unknown" if one is None else f"{signed(100 * expm1(one), 0)} %" if _is_spread(row) else signed(one)
        for one in found
    ]
    kind = f" ({escape(row.kind)})" if row.kind else ""
    return (
        f"<b>{escape(str(row.modifier))}</b>{kind}<br>{name}: {words[0]}, 95 % interval {words[1]} to "
        f"{words[2]}<br>{int(row.n_with):,} prompts have it"
    )


def _write(figure: go.Figure, text: str, place: float, *, x: float, xanchor: str) -> None:
    figure.add_annotation(
        text=text,
        x=x,
        xref="paper",
        y=place,
        xanchor=xanchor,
        yanchor="middle",
        showarrow=False,
        font={"size": 12},
    )


def _laid_out(figure: go.Figure, shown: Sequence, axis: str) -> go.Figure:
    columns = ("shrunk", "shrunk_low", "shrunk_high", "effect")
    ends = [number(getattr(row, column)) for row in shown for column in columns]
    low, high = (pick([0.0, *(end for end in ends if end is not None)]) for pick in (min, max))
    span = (high - low) or 0.1
    low, high = low - 0.05 * span, high + 0.05 * span
    ticks = {}
    if _is_spread(shown[0]):
        places, words = percent_ticks(low, high)
        ticks = {"tickvals": places, "ticktext": words, "tickangle": 0}
    return dressed(
        figure,
        height=int(ROW * (len(shown) + 0.4) + 100),
        xaxis={
            "title": {"text": axis, "standoff": 6},
            "range": [low, high],
            "fixedrange": True,
            "gridcolor": QUIET,
            "zeroline": False,
            **ticks,
        },
        yaxis={"visible": False, "range": [len(shown) - 0.35, -0.75], "fixedrange": True},
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
        },
        dragmode=False,
        hovermode="closest",
    )
