"""What was expected of a prompt before its images were seen, and after; and which image stands first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import plotly.graph_objects as go

from .looks import FIRM, OKABE_ITO, QUIET, dressed
from .predictions import VALUE_COLOUR

if TYPE_CHECKING:
    from ..targets import Target

BEFORE_COLOUR, AFTER_COLOUR = VALUE_COLOUR, OKABE_ITO[0]
BEST, TIED = "best", "tied"


class Estimate(Protocol):
    """A value with its 90 % interval, such as a `Prediction`; an image's may have none."""

    value: float
    low: float | None
    high: float | None


class _Row(NamedTuple):
    """One line of the figure."""

    name: str
    estimate: Estimate
    colour: str
    symbol: str


def before_after_figure(target: Target, before: Estimate, after: Estimate, *, n_images: int) -> go.Figure:
    """Two estimates of one prompt with their 90 % intervals, one below the other, on the target's range.

    Args:
        target: what both are estimates of.
        before: from the words alone.
        after: with the images seen.
        n_images: how many images were seen.

    Returns:
        The figure, as wide as there is room, with a transparent background, for light and dark pages.
    """
    rows = (
        _Row("Before, from the words alone", before, BEFORE_COLOUR, "circle"),
        _Row(f"After, having seen {images(n_images)}", after, AFTER_COLOUR, "diamond"),
    )
    figure = go.Figure()
    for place, row in enumerate(rows):
        _draw(figure, row, place, target)
    margin = (target.high - target.low) * 0.02
    return dressed(
        figure,
        height=168,
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        xaxis={
            "range": [target.low - margin, target.high + margin],
            "title": {"text": f"{target.measure}, bars are 90 % intervals", "standoff": 6},
            "fixedrange": True,
            "gridcolor": QUIET,
            "zeroline": False,
            "showline": True,
            "linecolor": FIRM,
        },
        yaxis={"visible": False, "range": [1.45, -0.75], "fixedrange": True},
    )


def _draw(figure: go.Figure, row: _Row, place: int, target: Target) -> None:
    one, decimals = row.estimate, target.decimals
    value, low, high = (f"{number:.{decimals}f}" for number in (one.value, one.low, one.high))
    figure.add_trace(
        go.Scatter(
            x=[one.low, one.high],
            y=[place, place],
            mode="lines",
            line={"color": row.colour, "width": 8},
            opacity=0.45,
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[one.value],
            y=[place],
            mode="markers",
            marker={"color": row.colour, "size": 14, "symbol": row.symbol},
            name=row.name,
            hovertemplate=f"{row.name}: {value}, 90 % interval {low} to {high}<extra></extra>",
        )
    )
    for text, x, anchor in ((row.name, 0, "left"), (f"<b>{value}</b> ({low} to {high})", 1, "right")):
        figure.add_annotation(
            text=text, x=x, xref="paper", xanchor=anchor, y=place - 0.42, yanchor="middle",
            showarrow=False, font={"size": 12},
        )  # fmt: skip


def describe_before_after(target: Target, before: Estimate, after: Estimate, *, n_images: int) -> str:
    """The figure in words, for who cannot see it.

    Example:
        >>> from types import SimpleNamespace as Made
        >>> from ..targets import Target
        >>> target = Target("a/b", "Look", "rating", 0, 5, "people", "about {value}", "")
        >>> one, two = Made(value=2.6, low=1.5, high=3.75), Made(value=3.1, low=2.5, high=3.5)
        >>> describe_before_after(target, one, two, n_images=1)
        'Look: before 2.60 (90 % interval 1.50 to 3.75), after 1 image 3.10 (90 % interval 2.50 to 3.50).'
    """
    told = (
        f"{one.value:.{target.decimals}f} (90 % interval {one.low:.{target.decimals}f} to "
        f"{one.high:.{target.decimals}f})"
        for one in (before, after)
    )
    return f"{target.title}: before {next(told)}, after {images(n_images)} {next(told)}."


def images(n: int) -> str:
    """A number of images in words.

    Example:
        >>> images(1), images(8)
        ('1 image', '8 images')
    """
    return f"{n:,} image{'s' * (n != 1)}"


def standing(estimates: Sequence[Estimate | None]) -> tuple[str, ...]:
    """Which of several images is best, and which cannot be told from it.

    Args:
        estimates: one an image; None for an image without one.

    Returns:
        For each ``"best"`` (the highest value; the first of several), ``"tied"`` where its interval overlaps
        with the best one's (where there are no intervals: where its value is the same), and ``""`` for the
        others. An image alone is neither best nor tied.

    Example:
        >>> from types import SimpleNamespace as Made
        >>> near, far = Made(value=3.0, low=2.5, high=3.5), Made(value=1.0, low=0.5, high=1.5)
        >>> standing([far, near, Made(value=3.2, low=2.7, high=3.7), None])
        ('', 'tied', 'best', '')
    """
    known = [place for place, one in enumerate(estimates) if one is not None]
    if len(known) < 2:
        return ("",) * len(estimates)
    first = max(known, key=lambda place: estimates[place].value)
    best = estimates[first]
    return tuple(
        "" if one is None else BEST if place == first else TIED if _overlaps(one, best) else ""
        for place, one in enumerate(estimates)
    )


def _overlaps(one: Estimate, best: Estimate) -> bool:
    if one.high is None or best.low is None:
        return one.value >= best.value
    return one.high >= best.low
