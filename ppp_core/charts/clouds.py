"""Predicted against observed: every prompt, or how many stand where; what the predictor missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from .looks import FIRM, OKABE_ITO, dressed

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 20_000
CELLS = 24
DENSE = [(0.0, "rgba(46,134,201,0)"), (0.02, "rgba(46,134,201,0.22)"), (1.0, "rgba(46,134,201,1)")]
"""One colour, from clear to full: it stands out more, the more there are, on light and on dark pages."""

POINT = "#D55E00"
MEAN = OKABE_ITO[1]


def density_cloud(
    density: Mapping,
    *,
    unit: str,
    names: tuple[str, str] = ("predicted", "observed"),
    diagonal: bool = True,
) -> go.Figure:
    """How many prompts stand where, from counts alone.

    Args:
        density: ``x_edges`` and ``y_edges`` (equal steps), and ``counts``: first index x, second y.
        unit: of both axes.
        names: of the axes.
        diagonal: draws the line where both are equal.

    Returns:
        One heatmap, square roots of counts as colour, counts on pointing.

    Raises:
        PPPError: when edges and counts do not fit.

    Example:
        >>> grid = {"x_edges": [0, 1, 2], "y_edges": [0, 1, 2], "counts": [[1, 0], [0, 4]]}
        >>> density_cloud(grid, unit="HBPP").data[0].customdata
        ([1, 0], [0, 4])
    """
    figure = go.Figure(_heat(density, unit, names))
    return _axes(figure, unit, names, _limits(density), diagonal=diagonal)


def cloud(
    pairs: pd.DataFrame,
    *,
    unit: str,
    names: tuple[str, str] = ("predicted", "observed"),
    diagonal: bool = True,
) -> go.Figure:
    """Every prompt as a point, over how many stand where.

    Args:
        pairs: columns predicted and observed, one row a prompt, in one unit.
        unit: of both axes.
        names: of the axes.
        diagonal: draws the line where both are equal.

    Returns:
        The density, then the points. Beyond 20,000 points the density alone is drawn; where many prompts
        share few places, a circle a place, its area the number of prompts. The title says how many are shown.

    Raises:
        PPPError: when there is no row.

    Example:
        >>> import pandas as pd
        >>> figure = cloud(pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.5, 1.0]}), unit="HBPP")
        >>> figure.layout.title.text, list(figure.data[1].x)
        ('2 of 2 prompts shown', [0.0, 1.0])
    """
    if pairs.empty:
        raise PPPError("A scatter needs at least one prompt, got none.")
    places = pairs.groupby(["predicted", "observed"]).size()
    if len(places) < len(pairs) / 4:
        return _bubbles(places, unit, names, diagonal=diagonal)
    grid = counted(pairs)
    figure = go.Figure(_heat(grid, unit, names))
    shown = len(pairs) if len(pairs) <= MOST_POINTS else 0
    if shown:
        figure.add_trace(
            go.Scatter(
                x=pairs["predicted"].tolist(),
                y=pairs["observed"].tolist(),
                mode="markers",
                marker={"color": POINT, "size": 5, "opacity": 0.35},
                name="prompts",
                hoverinfo="skip",
            )
        )
    title = (
        f"{shown:,} of {len(pairs):,} prompts shown" if shown else f"{len(pairs):,} prompts, counted in cells"
    )
    figure = _axes(figure, unit, names, _limits(grid), diagonal=diagonal)
    figure.update_layout(title={"text": title, "x": 0, "font": {"size": 12}}, margin_t=30)
    return figure


def _bubbles(places: pd.Series, unit: str, names: tuple[str, str], *, diagonal: bool) -> go.Figure:
    x, y = (places.index.get_level_values(level).tolist() for level in (0, 1))
    counts = [int(count) for count in places]
    figure = go.Figure(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            marker={
                "size": counts,
                "sizemode": "area",
                "sizeref": 2 * max(counts) / 26**2,
                "sizemin": 1.5,
                "color": "#2E86C9",
                "opacity": 0.8,
                "line": {"width": 0},
            },
            customdata=counts,
            hovertemplate=f"%{{customdata:,}} prompts<br>{names[0]} %{{x:.2f}}<br>"
            f"{names[1]} %{{y:.2f}}<extra></extra>",
            name="prompts",
        )
    )
    total = sum(counts)
    figure = _axes(figure, unit, names, (min(*x, *y), max(*x, *y)), diagonal=diagonal)
    title = f"{total:,} of {total:,} prompts shown, in {len(counts):,} places; area: number of prompts"
    figure.update_layout(title={"text": title, "x": 0, "font": {"size": 12}}, margin_t=30)
    return figure


def counted(pairs: pd.DataFrame, cells: int = CELLS) -> dict:
    """Counts of pairs in a square grid over their range, as `density_cloud` reads them.

    Example:
        >>> import pandas as pd
        >>> counted(pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.0, 1.0]}), cells=2)["counts"]
        [[1, 0], [0, 1]]
    """
    import numpy as np

    x, y = pairs["predicted"].to_numpy(float), pairs["observed"].to_numpy(float)
    counts, x_edges, y_edges = np.histogram2d(x, y, bins=cells)
    return {"x_edges": x_edges.tolist(), "y_edges": y_edges.tolist(), "counts": counts.astype(int).tolist()}


def residuals(pairs: pd.DataFrame, *, unit: str) -> go.Figure:
    """Observed less predicted, over predicted; above zero the prompt did better than predicted.

    Args:
        pairs: columns predicted and observed.
        unit: of both.

    Returns:
        The points and their mean in ten groups of equal size, by predicted value.

    Example:
        >>> import pandas as pd
        >>> pairs = pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.5, 0.5]})
        >>> list(residuals(pairs, unit="HBPP").data[0].y)
        [0.5, -0.5]
    """
    if pairs.empty:
        raise PPPError("Residuals need at least one prompt, got none.")
    left = (pairs["observed"] - pairs["predicted"]).rename("left")
    order = pairs.assign(left=left).sort_values("predicted", kind="stable").reset_index(drop=True)
    groups = order.groupby(order.index * min(10, len(order)) // len(order))[["predicted", "left"]].mean()
    figure = go.Figure(
        [
            go.Scatter(
                x=pairs["predicted"].tolist(),
                y=left.tolist(),
                mode="markers",
                marker={"color": OKABE_ITO[0], "size": 5, "opacity": 0.3},
                hoverinfo="skip",
                name="prompts",
            ),
            go.Scatter(
                x=groups["predicted"].tolist(),
                y=groups["left"].tolist(),
                mode="lines+markers",
                line={"color": MEAN, "width": 3},
                name="mean of ten groups",
                hovertemplate="near %{x:.2f}: %{y:+.2f}<extra></extra>",
            ),
        ]
    )
    figure.add_hline(y=0, line={"color": FIRM, "dash": "dash"})
    return dressed(
        figure,
        height=380,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        title={
            "text": "Observed less predicted; the line is the mean of ten groups",
            "x": 0,
            "font": {"size": 12},
        },
        xaxis={"title": f"predicted {escape(unit)}", "zeroline": False},
        yaxis={"title": "observed − predicted", "zeroline": False},
        showlegend=False,
    )


def worst_misses(pairs: pd.DataFrame, *, count: int = 10) -> pd.DataFrame:
    """The prompts that a predictor missed by most, the worst first.

    Args:
        pairs: columns prompt, predicted, observed.
        count: at most so many.

    Returns:
        Columns prompt, observed, predicted, miss (observed less predicted).

    Example:
        >>> import pandas as pd
        >>> pairs = pd.DataFrame({"prompt": ["a", "b"], "predicted": [1.0, 0.0], "observed": [1.0, -2.0]})
        >>> worst_misses(pairs, count=1)[["prompt", "miss"]].values.tolist()
        [['b', -2.0]]
    """
    miss = pairs["observed"] - pairs["predicted"]
    order = miss.abs().sort_values(ascending=False, kind="stable").index[:count]
    return (
        pairs.loc[order, ["prompt", "observed", "predicted"]].assign(miss=miss[order]).reset_index(drop=True)
    )


def _heat(density: Mapping, unit: str, names: tuple[str, str]) -> go.Heatmap:
    counts = [list(row) for row in density["counts"]]
    x, y = _middles(density["x_edges"]), _middles(density["y_edges"])
    if len(counts) != len(x) or any(len(row) != len(y) for row in counts):
        raise PPPError(
            f"A density needs counts of {len(x)} × {len(y)} cells, "
            f"got {len(counts)} × {len(counts[0]) if counts else 0}."
        )
    by_y = [list(row) for row in zip(*counts, strict=True)]
    return go.Heatmap(
        x=x,
        y=y,
        z=[[count**0.5 for count in row] for row in by_y],
        customdata=by_y,
        colorscale=DENSE,
        showscale=False,
        hovertemplate=f"%{{customdata}} prompts<br>{names[0]} about %{{x:.2f}}<br>"
        f"{names[1]} about %{{y:.2f}}<extra>{escape(unit)}</extra>",
        name="prompts a cell",
    )


def _middles(edges: Sequence[float]) -> list[float]:
    return [(low + high) / 2 for low, high in pairwise(edges)]


def _limits(density: Mapping) -> tuple[float, float]:
    ends = [*density["x_edges"], *density["y_edges"]]
    return min(ends), max(ends)


def _axes(figure, unit, names, limits, *, diagonal: bool = True) -> go.Figure:
    if diagonal:
        low, high = limits
        line = {"color": FIRM, "dash": "dash", "width": 1.5}
        figure.add_shape(type="line", x0=low, y0=low, x1=high, y1=high, line=line)
    return dressed(
        figure,
        height=380,
        xaxis={"title": f"{names[0]} {escape(unit)}", "zeroline": False},
        yaxis={"title": f"{names[1]} {escape(unit)}", "zeroline": False},
        showlegend=False,
    )
