"""How a target's values spread over the prompts of a data set."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..targets import Target

if TYPE_CHECKING:
    import pandas as pd

SPLIT_COLOURS = {"train": "#0072B2", "validation": "#E69F00", "test": "#009E73"}
"""Colours of Okabe and Ito (2008), told apart in every common kind of colour blindness."""

NO_SPLIT_COLOUR = "#0072B2"
MEAN_COLOUR = "#D55E00"
HALO_COLOUR = "rgba(255,255,255,0.85)"
"""Around the mean's line, so that it stands out from the bars on a dark page too."""
BINS = 30


def target_histogram(observed: pd.DataFrame, *, target: Target, bins: int = BINS) -> go.Figure:
    """A histogram of prompts over a target's whole scale, stacked by split, with the mean marked.

    The counting is done here, so the figure holds ``bins`` numbers a split however many prompts there are.

    Args:
        observed: columns observed (in the target's unit) and split (null for none), one row a prompt.
        target: gives the scale, the axis and the title.
        bins: equal intervals between the target's bounds.

    Returns:
        The figure, with a transparent background, for light and dark pages.

    Raises:
        PPPError: when there is no row, or fewer than one bin is asked for.

    Example:
        >>> import pandas as pd
        >>> target = Target("mine/look", "Look", "rating", 0.0, 4.0, "people", "about {value}", "")
        >>> rows = pd.DataFrame({"observed": [0.5, 1.5, 1.6, 4.0], "split": [None] * 4})
        >>> figure = target_histogram(rows, target=target, bins=4)
        >>> list(figure.data[0].y), figure.data[0].name
        ([1, 2, 0, 1], 'prompts')
    """
    if bins < 1:
        raise PPPError(f"target_histogram needs at least one bin, got {bins}.")
    if observed.empty:
        raise PPPError(f"target_histogram needs at least one prompt with {target.name}, got none.")
    edges = bin_edges(target, bins)
    figure = go.Figure()
    for name, values in _by_split(observed).items():
        figure.add_trace(_bars(name, values, edges, target))
    _mark_mean(figure, float(observed["observed"].mean()), target)
    return _dressed(figure, target, len(observed))


def bin_edges(target: Target, bins: int) -> list[float]:
    """``bins + 1`` equally spaced edges over a target's scale; a scale without width gets one of width 1.

    Example:
        >>> bin_edges(Target("a/b", "", "", 0.0, 1.0, "people", "", ""), 4)
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    low, high = target.low, target.high
    if high <= low:
        low, high = low - 0.5, low + 0.5
    return [low + (high - low) * step / bins for step in range(bins + 1)]


def describe(observed: pd.DataFrame, *, target: Target) -> str:
    """The figure in one sentence, for those who cannot see it and for a caption.

    Example:
        >>> import pandas as pd
        >>> target = Target("mine/look", "Look", "rating", 0.0, 4.0, "people", "about {value}", "")
        >>> describe(pd.DataFrame({"observed": [1.0, 2.0, 3.0]}), target=target)
        'Look over 3 prompts: mean 2.00, median 2.00, middle half 1.50 to 2.50, on 0 to 4.'
    """
    values, digits = observed["observed"], target.decimals
    quarter, middle, upper = (float(values.quantile(share)) for share in (0.25, 0.5, 0.75))
    return (
        f"{target.title} over {len(values):,} prompts: mean {values.mean():.{digits}f}, "
        f"median {middle:.{digits}f}, middle half {quarter:.{digits}f} to {upper:.{digits}f}, "
        f"on {target.low:.4g} to {target.high:.4g}."
    )


def _by_split(observed: pd.DataFrame) -> dict[str, pd.Series]:
    splits = observed["split"]
    named = {name: observed.loc[splits == name, "observed"] for name in SPLIT_COLOURS}
    rest = observed.loc[splits.isna(), "observed"]
    present = {name: values for name, values in named.items() if len(values)}
    return present | ({"no split" if present else "prompts": rest} if len(rest) else {})


def _bars(name: str, values: pd.Series, edges: list[float], target: Target) -> go.Bar:
    import numpy as np

    counts, _ = np.histogram(values.to_numpy(), bins=np.asarray(edges))
    width = edges[1] - edges[0]
    spans = [f"{low:.{target.decimals}f} to {low + width:.{target.decimals}f}" for low in edges[:-1]]
    return go.Bar(
        x=[edge + width / 2 for edge in edges[:-1]],
        y=counts.tolist(),
        width=width,
        name=name,
        customdata=spans,
        marker={"color": SPLIT_COLOURS.get(name, NO_SPLIT_COLOUR), "line": {"width": 0}},
        hovertemplate="%{customdata}<br>%{y:,} prompts<extra>" + name + "</extra>",
    )


def _mark_mean(figure: go.Figure, mean: float, target: Target) -> None:
    right = mean > (target.low + target.high) / 2
    figure.add_vline(x=mean, line={"color": HALO_COLOUR, "width": 6})
    figure.add_vline(
        x=mean,
        line={"color": MEAN_COLOUR, "width": 2, "dash": "dash"},
        annotation={
            "text": f"mean {mean:.{target.decimals}f}",
            "yanchor": "bottom",
            "xanchor": "right" if right else "left",
            "y": 1.0,
        },
    )


def _dressed(figure: go.Figure, target: Target, count: int) -> go.Figure:
    several = len(figure.data) > 1
    title, measure = escape(target.title), escape(target.measure)
    quiet = "rgba(128,128,128,0.25)"
    figure.update_layout(
        title={"text": f"{title}<br><sup>{count:,} prompts, {target.name}</sup>", "x": 0},
        xaxis={"title": f"{measure}, {target.low:.4g} to {target.high:.4g} (higher is better)"},
        yaxis={"title": "prompts", "gridcolor": quiet, "zerolinecolor": quiet},
        barmode="stack",
        bargap=0,
        showlegend=several,
        legend={"orientation": "h", "yanchor": "top", "y": -0.25, "x": 0},
        margin={"l": 10, "r": 10, "t": 80, "b": 10},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="x",
        height=380,
    )
    return figure
