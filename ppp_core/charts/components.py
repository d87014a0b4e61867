"""Where variance comes from, and what averaging images brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import number, short
from .headlines import headline
from .looks import OKABE_ITO, dressed

if TYPE_CHECKING:
    import pandas as pd

ROW = 44


def components_figure(components: pd.DataFrame, *, facts: Sequence[str] = ()) -> go.Figure:
    """Each source's share of the variance as a bar with its 95 % interval.

    Args:
        components: one row a source, in the order wanted: title, share (0 to 1), share_low, share_high
            (null where unknown).
        facts: what the figure says of itself.

    Returns:
        One trace of bars, in per cent; the source's name stands above its bar.

    Raises:
        PPPError: when there is no source.

    Example:
        >>> import pandas as pd
        >>> row = {"title": "Prompt", "share": 0.4, "share_low": 0.3, "share_high": 0.5}
        >>> rows = pd.DataFrame([row])
        >>> list(components_figure(rows).data[0].x)
        [40.0]
    """
    known = components[components["share"].notna()]
    if known.empty:
        raise PPPError("A figure of variance components needs at least one source, got none.")
    shares = [100 * share for share in known["share"]]
    ends = [
        (number(low), number(high)) for low, high in zip(known["share_low"], known["share_high"], strict=True)
    ]
    pairs = list(zip(shares, ends, strict=True))
    above = [0.0 if high is None else max(100 * high - share, 0.0) for share, (_, high) in pairs]
    below = [0.0 if low is None else max(share - 100 * low, 0.0) for share, (low, _) in pairs]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=list(range(len(shares))),
            orientation="h",
            width=0.34,
            marker={"color": [OKABE_ITO[i % len(OKABE_ITO)] for i in range(len(shares))]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": above,
                "arrayminus": below,
                "color": "rgba(128,128,128,1)",
                "thickness": 2,
                "width": 5,
            },
            hovertemplate="%{x:.1f} % of the variance<extra></extra>",
        )
    )
    for place, (title, share, (low, high)) in enumerate(zip(known["title"], shares, ends, strict=True)):
        told = "" if low is None or high is None else f", {100 * low:.0f} to {100 * high:.0f} %"
        figure.add_annotation(
            text=f"{title}: <b>{share:.0f} %</b>{told}",
            x=0,
            xref="paper",
            y=place - 0.36,
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            font={"size": 12},
        )
    figure = dressed(
        figure,
        height=ROW * len(shares) + 70,
        xaxis={
            "title": {"text": "per cent of the variance", "standoff": 6},
            "fixedrange": True,
            "rangemode": "tozero",
        },
        yaxis={"visible": False, "range": [len(shares) - 0.55, -0.7], "fixedrange": True},
        showlegend=False,
        dragmode=False,
    )
    return headline(figure, facts)


def images_figure(curve: pd.DataFrame, *, facts: Sequence[str] = ()) -> go.Figure:
    """How a predictor's correlation with the observed mean grows with the images that are averaged.

    Args:
        curve: one row a number of images: images, pearson, low, high, formula (by attenuation; null where
            it has no answer).
        facts: what the figure says of itself.

    Returns:
        The band, the measured line, and the formula's.

    Raises:
        PPPError: when there is no number of images.

    Example:
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"images": [1, 2], "pearson": [0.3, 0.4], "low": [0.2, 0.3],
        ...                      "high": [0.4, 0.5], "formula": [0.31, 0.4]})
        >>> [trace.name for trace in images_figure(rows).data]
        ['95 % interval', 'measured on fewer images', 'attenuation formula']
    """
    if curve.empty:
        raise PPPError("A curve over the number of images needs at least one point, got none.")
    rows = curve.sort_values("images", kind="stable")
    images = rows["images"].astype(int).tolist()
    known = rows[rows["low"].notna() & rows["high"].notna()]
    places = known["images"].astype(int).tolist()
    figure = go.Figure(
        [
            go.Scatter(
                x=[*places, *reversed(places)],
                y=[*known["high"], *reversed(known["low"].tolist())],
                fill="toself",
                fillcolor="rgba(0,114,178,0.16)",
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                name="95 % interval",
            ),
            go.Scatter(
                x=images,
                y=rows["pearson"].tolist(),
                mode="lines+markers",
                line={"color": OKABE_ITO[0], "width": 2.5},
                marker={"size": 9},
                name="measured on fewer images",
                text=[
                    f"{n} images: {short(value)}" for n, value in zip(images, rows["pearson"], strict=True)
                ],
                hovertemplate="%{text}<extra></extra>",
            ),
        ]
    )
    if "formula" in rows and rows["formula"].notna().any():
        figure.add_trace(
            go.Scatter(
                x=images,
                y=rows["formula"].tolist(),
                mode="lines",
                line={"color": OKABE_ITO[1], "width": 2, "dash": "dash"},
                name="attenuation formula",
                hovertemplate="%{x} images, by the formula: %{y:.3f}<extra></extra>",
            )
        )
    figure = dressed(
        figure,
        height=380,
        xaxis={
            "title": {"text": "images of a prompt that are averaged", "standoff": 6},
            "tickvals": images,
            "fixedrange": True,
        },
        yaxis={"title": {"text": "Pearson r", "standoff": 6}, "fixedrange": True},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"},
        dragmode=False,
    )
    return headline(figure, facts)
