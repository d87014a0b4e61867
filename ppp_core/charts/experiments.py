"""Experiments in pairs: what a plan can find, what was found, how many images two prompts need."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..spread.power import mean_power, spread_power
from .forests import Line, forest
from .headlines import headline
from .looks import DASHES, FIRM, OKABE_ITO, dressed

if TYPE_CHECKING:
    from ..spread.experiment import Plan
    from ..spread.experiment_analysis import ExperimentResult
    from ..spread.images_needed import ImagesNeeded

SEEDS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
FEWEST_OF_ONE = 4
"""Seeds that the spread of a single base prompt needs."""


def plan_figure(plan: Plan) -> go.Figure:
    """The chance to find the effects that a plan looks for, over seeds a prompt; the plan's own is marked.

    Args:
        plan: of `plan_experiment`.

    Returns:
        Two traces, the effect on the mean and the change of the spread; per cent.

    Example:
        >>> from ppp_core.spread.experiment import plan_experiment
        >>> figure = plan_figure(plan_experiment(["a cat", "a dog"], ["oil painting"], seeds=4))
        >>> [trace.name for trace in figure.data]
        ['mean: effect of 0.5 SD', 'spread: 20 % less']
    """
    power = plan.power
    sizes = sorted({*SEEDS, plan.n_seeds})
    sizes = [n for n in sizes if n <= max(64, plan.n_seeds)]
    change = f"{abs(100 * (1 - power.ratio)):.0f} % {'less' if power.ratio < 1 else 'more'}"
    mean = [mean_power(plan.n_prompts, n, power.effect, alpha=power.alpha) for n in sizes]
    some = [n for n in sizes if plan.n_prompts > 1 or n >= FEWEST_OF_ONE]
    spread = [spread_power(plan.n_prompts, n, power.ratio, alpha=power.alpha) for n in some]
    traces = [
        _line(sizes, mean, f"mean: effect of {abs(power.effect):g} SD", 0),
        _line(some, spread, f"spread: {change}", 1),
    ]
    figure = _laid_out(go.Figure(traces), sizes, "seeds a prompt", "chance to find it, per cent")
    figure.add_hline(y=100 * power.wanted, line={"color": FIRM, "dash": "dash", "width": 1.5})
    figure.add_vline(x=plan.n_seeds, line={"color": OKABE_ITO[2], "width": 2, "dash": "dot"})
    prompts = f"{plan.n_prompts:,} base prompt{'s' * (plan.n_prompts > 1)}"
    facts = [prompts, f"level {power.alpha:.3g} a test", f"dashed: {power.wanted:.0%}", "dotted: this plan"]
    return headline(figure, facts)


def images_needed_figure(needed: ImagesNeeded) -> go.Figure:
    """The chance to order two prompts rightly, and to find their difference, over images a prompt.

    Args:
        needed: of `images_needed`.

    Returns:
        Two traces, in per cent; a third one for prompts taken at random where the data told of them.

    Example:
        >>> from ppp_core.spread.images_needed import images_needed
        >>> [trace.name for trace in images_needed_figure(images_needed(0.5, 1.0)).data]
        ['the better one comes first', 'the difference is significant']
    """
    curve = needed.curve.sort_values("images", kind="stable")
    images = curve["images"].astype(int).tolist()
    traces = [
        _line(images, curve["right_order"].tolist(), "the better one comes first", 0),
        _line(images, curve["power"].tolist(), "the difference is significant", 1),
    ]
    if "random_pairs" in curve:
        name = "two prompts at random come in the right order"
        traces.append(_line(images, curve["random_pairs"].tolist(), name, 2))
    figure = _laid_out(go.Figure(traces), [], "images a prompt", "chance, per cent")
    figure.update_layout(xaxis={"type": "log", "tickvals": _sparse(images), "ticktext": None})
    return headline(figure, ["two prompts", "equal numbers of images", "normal scores"])


def experiment_forest(result: ExperimentResult, outcome: str) -> go.Figure:
    """What each modifier did in the experiment, with 95 % intervals.

    Args:
        result: of `analyse_experiment`.
        outcome: ``"mean"`` (difference with less without, in the scores' unit) or ``"spread"`` (change of
            the standard deviation, in per cent).

    Raises:
        PPPError: for another outcome, or when nothing was found.
    """
    if outcome not in ("mean", "spread"):
        raise PPPError(f"The outcome is 'mean' or 'spread', got {outcome!r}.")
    rows = result.effects if outcome == "mean" else result.spread
    columns = ("effect", "low", "high") if outcome == "mean" else ("percent", "percent_low", "percent_high")
    known = rows[rows[columns[0]].notna()]
    lines = [
        Line(
            name=str(row.modifier),
            value=float(getattr(row, columns[0])),
            low=_known(getattr(row, columns[1])),
            high=_known(getattr(row, columns[2])),
            note=f"{int(row.n_prompts)} prompts, {int(row.n_pairs)} pairs",
            detail=_told(row, columns),
        )
        for row in known.itertuples()
    ]
    axis = "with less without, in the scores' unit" if outcome == "mean" else "change of the SD, per cent"
    return headline(forest(lines, axis=axis), ["paired experiment", f"effect on the {outcome}"])


def _told(row, columns: tuple[str, str, str]) -> str:
    value, low, high = (getattr(row, column) for column in columns)
    return f"<b>{escape(str(row.modifier))}</b><br>{value:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}"


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # nan is unequal to itself


def _sparse(values: Sequence[int]) -> list[int]:
    """Ticks of a logarithmic axis that do not run into each other: each at least 1.6 times the last."""
    kept: list[int] = []
    for value in values:
        if not kept or value >= 1.6 * kept[-1]:
            kept.append(value)
    return kept


def _line(x: Sequence[float], shares: Sequence[float], name: str, place: int) -> go.Scatter:
    return go.Scatter(
        x=list(x),
        y=[100 * share for share in shares],
        mode="lines+markers",
        line={"color": OKABE_ITO[place], "width": 2.5, "dash": DASHES[place]},
        marker={"size": 7},
        name=name,
        hovertemplate="%{x}: %{y:.0f} %<extra>" + escape(name) + "</extra>",
    )


def _laid_out(figure: go.Figure, ticks: Sequence[int], x: str, y: str) -> go.Figure:
    return dressed(
        figure,
        height=340,
        xaxis={
            "title": {"text": x, "standoff": 6},
            "type": "log",
            "tickvals": _sparse(ticks),
            "ticktext": [f"{n}" for n in _sparse(ticks)],
            "fixedrange": True,
        },
        yaxis={"title": {"text": y, "standoff": 6}, "range": [0, 103], "fixedrange": True},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.24, "yanchor": "top"},
        showlegend=True,
        dragmode=False,
    )
