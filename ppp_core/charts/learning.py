"""Learning curves and transfer: what more prompts bring, and what one target teaches about another."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import NAMES, interval, method_name, number, prompts, short
from .looks import COLOURS, DASHES, OKABE_ITO, SCALE, cell_texts, dressed

if TYPE_CHECKING:
    import pandas as pd


def learning_curves(curves: pd.DataFrame, *, measure: str = "pearson") -> go.Figure:
    """The coefficient over the number of training prompts, one line a predictor, its interval as a band.

    Args:
        curves: of one target, with the columns predictor, encoder, n_train, n, and the measure's value,
            ``_low`` and ``_high``.
        measure: pearson, spearman or kendall.

    Returns:
        Two traces a predictor: the band, then the line.

    Raises:
        PPPError: when there is no row.

    Example:
        >>> import pandas as pd
        >>> rows = [{"predictor": "length", "encoder": "", "n_train": n, "n": 80, "pearson": r,
        ...          "pearson_low": r - 0.1, "pearson_high": r + 0.1} for n, r in [(1000, 0.4), (100, 0.2)]]
        >>> figure = learning_curves(pd.DataFrame(rows))
        >>> list(figure.data[1].x), list(figure.data[1].y)
        ([100, 1000], [0.2, 0.4])
    """
    known = curves[curves[measure].notna()]
    if known.empty:
        raise PPPError("Learning curves need at least one measured point, got none.")
    figure = go.Figure()
    for place, ((predictor, encoder), rows) in enumerate(known.groupby(["predictor", "encoder"], sort=False)):
        rows = rows.sort_values("n_train", kind="stable")
        name = method_name(predictor, encoder)
        colour = OKABE_ITO[place % len(OKABE_ITO)]
        figure.add_trace(_band(rows, measure, colour, name))
        figure.add_trace(_line(rows, measure, colour, name, DASHES[place % len(DASHES)]))
    sizes = sorted({int(n) for n in known["n_train"]})
    return dressed(
        figure,
        height=440,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={
            "type": "log",
            "title": "prompts learned from",
            "tickvals": sizes,
            "ticktext": [f"{n:,}" for n in sizes],
        },
        yaxis={"title": f"{NAMES[measure]}, 95 % interval"},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.22, "yanchor": "top"},
        hovermode="closest",
    )


def _band(rows: pd.DataFrame, measure: str, colour: str, name: str) -> go.Scatter:
    known = rows[rows[f"{measure}_low"].notna() & rows[f"{measure}_high"].notna()]
    sizes = known["n_train"].astype(int).tolist()
    edge = [*known[f"{measure}_high"], *reversed(known[f"{measure}_low"].tolist())]
    return go.Scatter(
        x=[*sizes, *reversed(sizes)],
        y=edge,
        fill="toself",
        fillcolor=_faint(colour),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        legendgroup=name,
        name=f"{name}, interval",
    )


def _line(rows: pd.DataFrame, measure: str, colour: str, name: str, dash: str) -> go.Scatter:
    told = [
        f"{escape(name)}<br>{int(row.n_train):,} prompts learned from: {short(getattr(row, measure))}"
        f"<br>95 % interval {interval(getattr(row, f'{measure}_low'), getattr(row, f'{measure}_high'))}"
        f"<br>judged on {prompts(row.n)}"
        for row in rows.itertuples()
    ]
    return go.Scatter(
        x=rows["n_train"].astype(int).tolist(),
        y=rows[measure].tolist(),
        mode="lines+markers",
        line={"color": colour, "width": 2.5, "dash": dash},
        marker={"size": 8},
        name=escape(name),
        legendgroup=name,
        text=told,
        hovertemplate="%{text}<extra></extra>",
    )


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.15)"


def transfer_matrix(
    rows: pd.DataFrame, *, measure: str = "pearson", labels: Mapping[str, str] | None = None
) -> go.Figure:
    """A row what was learned from, a column what is predicted; the fixed colour scale of all matrices.

    Args:
        rows: of one predictor and encoder: trained_on, target, n, the measure's value, ``_low``, ``_high``.
        measure: pearson, spearman or kendall.
        labels: what targets are called; their names where there is none.

    Returns:
        A heatmap, in the rows' order, and its texts; a pair that was not measured is empty.

    Raises:
        PPPError: when there is no row.

    Example:
        >>> import pandas as pd
        >>> row = {"trained_on": "a/x", "target": "a/y", "n": 80, "pearson": 0.25, "pearson_low": 0.1,
        ...        "pearson_high": 0.4}
        >>> figure = transfer_matrix(pd.DataFrame([row]))
        >>> figure.data[0].z[0][0], figure.data[1].text[0]
        (0.25, '<b>.250</b><br>.10 to .40')
    """
    if rows.empty:
        raise PPPError("The transfer matrix needs at least one measured pair, got none.")
    labels = labels or {}
    teachers, targets = list(dict.fromkeys(rows["trained_on"])), list(dict.fromkeys(rows["target"]))
    cells = {(row.trained_on, row.target): row for row in rows.itertuples()}
    found = [[cells.get((teacher, target)) for target in targets] for teacher in teachers]
    figure = go.Figure(
        go.Heatmap(
            z=[[None if c is None else number(getattr(c, measure)) for c in row] for row in found],
            x=list(range(len(targets))),
            y=list(range(len(teachers))),
            customdata=[[_told(c, measure) for c in row] for row in found],
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=COLOURS,
            zmin=SCALE[0],
            zmax=SCALE[1],
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    known = [(i, j, c) for j, row in enumerate(found) for i, c in enumerate(row) if c is not None]
    known = [(i, j, c) for i, j, c in known if number(getattr(c, measure)) is not None]
    values = [getattr(c, measure) for _, _, c in known]
    texts = [_text(c, measure) for _, _, c in known]
    figure.add_trace(cell_texts([i for i, _, _ in known], [j for _, j, _ in known], texts, values))
    return dressed(
        figure,
        height=110 + 46 * len(teachers),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={**_names(targets, labels), "side": "top", "title": "predicted"},
        yaxis={**_names(teachers, labels), "autorange": "reversed", "title": "learned from"},
        dragmode=False,
    )


def _names(targets: list[str], labels: Mapping[str, str]) -> dict:
    words = [escape(labels.get(target, target)).replace(": ", ":<br>") for target in targets]
    still = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickangle": 0}
    return {"tickvals": list(range(len(targets))), "ticktext": words, **still}


def _text(cell, measure: str) -> str:
    ends = interval(getattr(cell, f"{measure}_low"), getattr(cell, f"{measure}_high"))
    return f"<b>{short(getattr(cell, measure))}</b>" + (f"<br>{ends}" if ends else "")


def _told(cell, measure: str) -> str:
    if cell is None:
        return "not measured"
    ends = interval(getattr(cell, f"{measure}_low"), getattr(cell, f"{measure}_high"), 3)
    return (
        f"learned from {escape(cell.trained_on)}<br>predicts {escape(cell.target)}<br>"
        f"{NAMES[measure]} {short(getattr(cell, measure))}, 95 % interval {ends}<br>{prompts(cell.n)}"
    )
