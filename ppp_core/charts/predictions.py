"""A prediction drawn over what is known."""

from __future__ import annotations

import plotly.graph_objects as go

from ..predictors.trained import Prediction, TrainedPredictor

KNOWN_COLOUR = "rgba(127, 140, 155, 0.55)"
VALUE_COLOUR = "#D55E00"
BAND_COLOUR = "rgba(213, 94, 0, 0.16)"


def prediction_figure(trained: TrainedPredictor, prediction: Prediction) -> go.Figure:
    """The observed values of the training prompts, the 90 % interval as a band, the value as a line.

    Args:
        trained: whose training prompts are drawn, in 36 equal parts of the target's range.
        prediction: by it.

    Returns:
        The figure, with a transparent background, for light and dark pages; the bars' heights are
        shares of the training prompts in percent.
    """
    target, counts = trained.target, trained.observed
    width = (target.high - target.low) / len(counts)
    total = max(int(counts.sum()), 1)
    figure = go.Figure(
        go.Bar(
            x=[target.low + width * (part + 0.5) for part in range(len(counts))],
            y=[100 * int(count) / total for count in counts],
            width=width * 0.92,
            marker={"color": KNOWN_COLOUR, "line": {"width": 0}},
            hovertemplate="%{y:.1f} % of known prompts near %{x:.2f}<extra></extra>",
        )
    )
    figure.add_vrect(x0=prediction.low, x1=prediction.high, fillcolor=BAND_COLOUR, line_width=0)
    figure.add_vline(x=prediction.value, line={"color": VALUE_COLOUR, "width": 3})
    margin = (target.high - target.low) * 0.02
    figure.update_layout(
        height=170,
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        bargap=0,
        dragmode=False,
        xaxis={
            "range": [target.low - margin, target.high + margin],
            "title": {"text": f"{target.measure} of {total:,} known prompts", "standoff": 6},
            "fixedrange": True,
            "showgrid": False,
        },
        yaxis={"visible": False, "fixedrange": True},
    )
    return figure


def score_histogram(values: list[float], *, title: str, low: float, high: float) -> go.Figure:
    """How the values of a batch spread over the target's range.

    Args:
        values: at least one.
        title: of the axis.
        low, high: the target's bounds.
    """
    figure = go.Figure(
        go.Histogram(
            x=values,
            xbins={"start": low, "end": high, "size": (high - low) / 36},
            marker={"color": "#0072B2"},
            hovertemplate="%{y} prompts near %{x}<extra></extra>",
        )
    )
    figure.update_layout(
        height=220,
        margin={"l": 8, "r": 8, "t": 8, "b": 40},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis={"range": [low, high], "title": {"text": title}, "fixedrange": True},
        yaxis={"title": {"text": "prompts"}, "fixedrange": True},
        bargap=0.06,
    )
    return figure
