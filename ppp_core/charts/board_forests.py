"""Forest plots of a board: one target ranked, one method across data sets, subsets, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import MEASURED, NAMES, best_marks, interval, number, prompts, ranked, short
from .forests import Line, forest
from .looks import JUDGES, SOURCES

if TYPE_CHECKING:
    import pandas as pd

KINDS = {"sees images": "Sees the images", "text only": "Reads the prompt alone"}
BY = {
    "length": "Prompt length",
    "modifiers": "Number of modifiers",
    "style": "Whether a style is named",
    "category": "Category",
    "language": "Language",
    "agreement": "Raters' agreement",
    "source": "Source of the prompts",
}


def ranked_forest(
    rows: pd.DataFrame, target: str, *, measure: str = "pearson", chosen: str | None = None
) -> go.Figure:
    """Every method of one target, the best first, with who measured, ★ and ≈.

    Args:
        rows: of one view.
        target: one of its targets.
        measure: pearson, spearman or kendall.
        chosen: a method that is shaded.

    Raises:
        PPPError: when the target has no value of this measure.

    Example:
        >>> import pandas as pd
        >>> row = {"target": "t", "method": "m", "source": "measured", "part": "validation", "by": "PPP",
        ...        "n": 80, "pearson": 0.5, "pearson_low": 0.4, "pearson_high": 0.6, "pearson_tied": True}
        >>> figure = ranked_forest(pd.DataFrame([row]), "t")
        >>> figure.data[0].name, [note.text for note in figure.layout.annotations]
        ('Measured by us', ['m', '<b>.500</b> ★'])
    """
    order = ranked(rows, target, measure)
    if order.empty:
        raise PPPError(f"{target} has no {NAMES[measure]} among what is shown.")
    order = order.assign(mark=best_marks(order, measure))
    lines = [
        _line(
            row,
            measure,
            name=row.method,
            kind=SOURCES.get(row.source, row.source),
            mark=row.mark,
            note="" if row.source == MEASURED else f"{row.part}, {_n(row.n)}",
        )
        for row in order.itertuples()
    ]
    return forest(lines, axis=NAMES[measure], kinds=list(SOURCES.values()), chosen=chosen)


def across_forest(
    rows: pd.DataFrame, method: str, *, measure: str = "pearson", labels: Mapping[str, str] | None = None
) -> go.Figure:
    """One method on every target that it was measured on, in blocks by who judged.

    Args:
        rows: of one view.
        method: one of its methods.
        measure: pearson, spearman or kendall.
        labels: what targets are called.

    Raises:
        PPPError: when there is no value of this measure.
    """
    mine = rows[(rows["method"] == method) & rows[measure].notna()]
    order = {judge: place for place, judge in enumerate(JUDGES)}
    mine = mine.assign(_block=mine["judged_by"].map(order)).sort_values("_block", kind="stable")
    if mine.empty:
        raise PPPError(f"{method} has no {NAMES[measure]} among what is shown.")
    lines = [
        _line(
            row,
            measure,
            name=(labels or {}).get(row.target, row.target),
            kind=SOURCES.get(row.source, row.source),
            note=f"{row.target}, {row.part}, {_n(row.n)}",
        )
        for row in mine.itertuples()
    ]
    heads = [JUDGES.get(judge, judge) for judge in mine["judged_by"]]
    return forest(lines, axis=NAMES[measure], groups=heads, kinds=list(SOURCES.values()))


def subset_forest(subsets: pd.DataFrame, *, measure: str = "pearson") -> go.Figure:
    """One row of the board on parts of its prompts: by length, modifiers, category and so on.

    Args:
        subsets: of one row: columns by, group, n, and the measure's value, ``_low`` and ``_high``.
        measure: pearson, spearman or kendall.

    Raises:
        PPPError: when there is none.

    Example:
        >>> import pandas as pd
        >>> row = {"by": "length", "group": "1 to 8 words", "n": 80, "pearson": 0.5, "pearson_low": 0.4,
        ...        "pearson_high": 0.6}
        >>> [note.text for note in subset_forest(pd.DataFrame([row])).layout.annotations][-1]
        '<b>Prompt length</b>'
    """
    known = subsets[subsets[measure].notna()]
    if known.empty:
        raise PPPError(f"No subset was measured in {NAMES[measure]}.")
    known = known.assign(_order=known["by"].map({by: i for i, by in enumerate(dict.fromkeys(known["by"]))}))
    known = known.sort_values("_order", kind="stable")
    lines = [_line(row, measure, name=str(row.group), note=_n(row.n)) for row in known.itertuples()]
    return forest(lines, axis=NAMES[measure], groups=[BY.get(by, by) for by in known["by"]])


def metric_forest(metrics: pd.DataFrame, *, measure: str = "spearman") -> go.Figure:
    """Automatic metrics against people: those that see the images, and ours that read the prompt alone.

    Args:
        metrics: columns metric, kind ("sees images" or "text only"), n, and the measure's value, ``_low``,
            ``_high``, ``_tied`` and ``_p``.
        measure: pearson, spearman or kendall.

    Raises:
        PPPError: when there is none.
    """
    known = metrics[metrics[measure].notna()].sort_values(measure, ascending=False, kind="stable")
    if known.empty:
        raise PPPError(f"No metric was measured in {NAMES[measure]}.")
    lines = [
        _line(
            row,
            measure,
            name=row.metric,
            kind=KINDS.get(row.kind, row.kind),
            mark="★" if place == 0 else "≈" if number(getattr(row, f"{measure}_tied")) == 1 else "",
            note=_learned(row),
        )
        for place, row in enumerate(known.itertuples())
    ]
    return forest(lines, axis=NAMES[measure], kinds=list(KINDS.values())[::-1])


def _line(row, measure: str, *, name: str, kind: str = "", mark: str = "", note: str = "") -> Line:
    low, high = (number(getattr(row, f"{measure}_{end}")) for end in ("low", "high"))
    ends = interval(low, high, 3)
    p = number(getattr(row, f"{measure}_p", None))
    told = [
        f"<b>{escape(name)}</b>",
        f"{NAMES[measure]} {short(getattr(row, measure))}"
        + (f", 95 % interval {ends}" if ends else ", no interval told"),
        f"{getattr(row, 'part', '')}: {prompts(row.n)}".removeprefix(": "),
        escape(str(getattr(row, "by", "") if hasattr(row, "source") else "")),
        "" if p is None else f"against the best: p {p:.3f}, adjusted",
    ]
    return Line(
        name=name,
        value=float(getattr(row, measure)),
        low=low,
        high=high,
        kind=kind,
        mark=mark,
        note=note,
        detail="<br>".join(filter(None, told)),
    )


def _n(n: object) -> str:
    known = number(n)
    return "n not told" if known is None else f"n {int(known):,}"


def _learned(row) -> str:
    learned = getattr(row, "trained_on", "")
    return f"learned from {learned}, {_n(row.n)}" if learned else _n(row.n)


def own_forest(
    table: pd.DataFrame,
    *,
    measure: str = "pearson",
    labels: Mapping[str, str] | None = None,
    yours: tuple[float, float, float, int] | None = None,
) -> go.Figure:
    """The predictors that come with PPP on a user's prompts, and the user's own predictions.

    Args:
        table: a row a target: target, n, and the measure's value, ``_low`` and ``_high``.
        measure: pearson, spearman or kendall.
        labels: what targets are called.
        yours: value, low, high and n of the user's own predictions, where there are any.

    Raises:
        PPPError: when nothing is defined.
    """
    lines = [
        _line(row, measure, name=(labels or {}).get(row.target, row.target), kind="PPP's", note=_n(row.n))
        for row in table[table[measure].notna()].itertuples()
    ]
    if yours is not None and number(yours[0]) is not None:
        value, low, high, n = yours
        lines.append(Line("Your predictions", value, number(low), number(high), kind="yours", note=_n(n)))
    if not lines:
        raise PPPError("Nothing can be correlated with these scores: are they all the same?")
    return forest(sorted(lines, key=lambda line: -line.value), axis=NAMES[measure])
