"""Predictors of retrieval against its measures, as a forest plot."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError, unknown_name
from ..evaluation.benchmark_view import short
from ..retrieval import FAMILIES, MEASURES
from .forests import Line, forest

if TYPE_CHECKING:
    import pandas as pd

_AXES = {"pearson": "Pearson r", "spearman": "Spearman ρ", "kendall": "Kendall τ"}


def predictors_forest(
    correlations: pd.DataFrame,
    *,
    measures: Sequence[str] = ("P@10", "RR"),
    coefficient: str = "pearson",
) -> go.Figure:
    """How each predictor goes with each measure: a line each with its interval, a colour a measure.

    Args:
        correlations: as of `RetrievalEvaluation`.
        measures: names of `MEASURES`, in the order of their colours.
        coefficient: ``"pearson"``, ``"spearman"`` or ``"kendall"``.

    Returns:
        The figure, headed by what the predictors look at; undefined coefficients are left out.

    Raises:
        PPPError: for unknown names, or nothing to draw.

    Example:
        >>> import pandas as pd
        >>> row = {"predictor": "nqc", "title": "NQC", "family": "scores", "measure": "RR", "n": 60}
        >>> numbers = {"pearson": 0.3, "pearson_low": 0.1, "pearson_high": 0.5}
        >>> figure = predictors_forest(pd.DataFrame([row | numbers]))
        >>> figure.data[0].name, list(figure.data[0].x)
        ('RR', [0.3])
    """
    for one in measures:
        if one not in MEASURES:
            raise unknown_name("measure", one, MEASURES)
    if coefficient not in _AXES:
        raise unknown_name("coefficient", coefficient, _AXES)
    mine = correlations[correlations["measure"].isin(measures) & correlations[coefficient].notna()]
    if mine.empty:
        raise PPPError(f"No predictor has a correlation with {' or '.join(measures)} to draw.")
    places = {name: place for place, name in enumerate(dict.fromkeys(mine["predictor"]))}
    families, colours = list(FAMILIES), list(measures)
    rows = sorted(
        mine.itertuples(),
        key=lambda one: (families.index(one.family), places[one.predictor], colours.index(one.measure)),
    )
    lines = [_line(one, coefficient) for one in rows]
    return forest(
        lines, axis=_AXES[coefficient], groups=[FAMILIES[one.family] for one in rows], kinds=colours
    )


def _line(row, coefficient: str) -> Line:
    value, low, high = (float(getattr(row, f"{coefficient}{end}")) for end in ("", "_low", "_high"))
    known = low == low and high == high
    interval = f" [{short(low)}, {short(high)}]" if known else ""
    return Line(
        name=row.title,
        value=value,
        low=low if known else None,
        high=high if known else None,
        kind=row.measure,
        detail=f"<b>{escape(row.title)}</b><br>{row.measure}: {short(value)}{interval}<br>{row.n:,} queries",
        note=row.measure,
    )
