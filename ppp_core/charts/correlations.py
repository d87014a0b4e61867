"""The matrix of correlations: who predicts what, how well, with intervals and ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ..errors import PPPError
from ..evaluation.benchmark_view import NAMES, best_marks, interval, number, prompts, short
from .looks import COLOURS, FIRM, JUDGES, SCALE, SOURCES, dressed, ink

if TYPE_CHECKING:
    import pandas as pd

ROW = 42
"""Height of a row in pixels."""

LONGEST_NAME = 38
"""Characters of a row's label before it is broken into two lines."""

LOW_ROW = 0.8
"""Height of a row of others' figures, which have no interval, in rows."""

RULE = -2.0
"""Where the line below a block's title is, in rows above the first."""

BLOCK_GAP, GROUP_GAP = 0.35, 0.65
WIDEST_LABEL = 13
"""Characters of a column's label before it is broken into lines."""

NEEDED = ("target", "judged_by", "method", "source", "part", "n", "by")


def correlation_matrix(
    rows: pd.DataFrame,
    *,
    measure: str = "pearson",
    labels: Mapping[str, str] | None = None,
    chosen: tuple[str, str] | None = None,
    spread: bool = False,
) -> go.Figure:
    """A row a method, a column a target; the cell is the coefficient with its interval.

    Columns stand in blocks by who judged, with a gap between: values made by models never stand in a
    block with people's. Rows stand in groups by who measured: published figures and an author's re-runs
    below our own. The colour scale is the same for every choice, −0.2 to 0.8.

    Args:
        rows: of one board, with the columns target, judged_by, method, source, part, n, by, and the
            measure's value, ``_low``, ``_high`` and ``_tied``; at most one row a (method, source, target).
        measure: pearson, spearman or kendall.
        labels: what a column is called, by target; the target's name where there is none.
        chosen: (target, method) of a cell that gets a frame.
        spread: shows the standard deviation between seeds instead of the interval.

    Returns:
        The figure. Its last trace has the cells' texts and an invisible point a cell, to click;
        ``customdata`` is (target, method, source).

    Raises:
        PPPError: when there is no row, or two rows want one cell.

    Example:
        >>> import pandas as pd
        >>> row = {"target": "a/b", "judged_by": "people", "method": "length", "source": "measured",
        ...        "part": "validation", "n": 80, "by": "PPP", "pearson": 0.5, "pearson_low": 0.3,
        ...        "pearson_high": 0.7, "pearson_tied": True}
        >>> figure = correlation_matrix(pd.DataFrame([row]))
        >>> figure.data[0].z[0][0], figure.data[1].text[0]
        (0.5, '<b>.500</b> ★<br>.30 to .70')
    """
    _check(rows, measure)
    grid = _grid(rows)
    rows = rows.assign(mark=best_marks(rows, measure))
    cells = {(r.source, r.method, r.target): r for r in rows.itertuples()}
    figure = go.Figure()
    for judge, targets in grid.blocks.items():
        for source, methods in grid.groups.items():
            found = [[cells.get((source, method, target)) for target in targets] for method in methods]
            if any(cell is not None for row in found for cell in row):
                origin = (grid.columns[targets[0]], grid.lines[source, methods[0]])
                _add_block(figure, found, origin, measure, source, f"{judge}, {source}")
    _add_points(figure, cells, measure, grid, spread=spread)
    _add_heads(figure, rows, grid, labels or {})
    if chosen is not None:
        _frame(figure, cells, chosen, grid)
    return _laid_out(figure, grid, measure)


def row_told(row: object, measure: str) -> str:
    """A coefficient with everything that it needs to be believed, on separate lines, as escaped HTML."""
    ends = interval(getattr(row, f"{measure}_low"), getattr(row, f"{measure}_high"), 3)
    seeds = number(getattr(row, "n_seeds", None)) or 1
    lines = [
        f"<b>{escape(row.method)}</b> on {escape(row.target)}",
        f"{NAMES[measure]} {short(getattr(row, measure))}"
        + (f", 95 % interval {ends}" if ends else ", no interval published"),
        f"{escape(str(row.part))}: {prompts(row.n)}" + (f", mean of {int(seeds)} seeds" if seeds > 1 else ""),
        f"{SOURCES.get(row.source, row.source)}: {escape(str(row.by))}",
    ]
    if isinstance(getattr(row, "trained_on", None), str) and row.trained_on:
        lines.insert(2, f"learned from {escape(row.trained_on)}")
    return "<br>".join(lines)


def _check(rows: pd.DataFrame, measure: str) -> None:
    if rows.empty:
        raise PPPError("The matrix needs at least one measured correlation, got none.")
    absent = [c for c in (*NEEDED, measure, f"{measure}_low", f"{measure}_high") if c not in rows.columns]
    if absent:
        raise PPPError(f"The matrix needs the columns {', '.join(absent)}, which the table lacks.")
    twice = rows.duplicated(["method", "source", "target"])
    if twice.any():
        row = rows[twice].iloc[0]
        raise PPPError(f"Two rows want the cell of {row['method']} and {row['target']}; select one part.")


@dataclass(frozen=True)
class _Grid:
    """Where everything stands, one unit a column and a row; rows run downwards.

    Attributes:
        blocks: the targets of each judge.
        groups: the methods of each source.
        columns: the place of each target.
        lines: the place of each (source, method).
    """

    blocks: dict[str, list[str]]
    groups: dict[str, list[str]]
    columns: dict[str, float]
    lines: dict[tuple[str, str], float]

    @property
    def right(self) -> float:
        return max(self.columns.values()) + 0.55

    @property
    def bottom(self) -> float:
        return max(self.lines.values()) + 0.5


def _grid(rows: pd.DataFrame) -> _Grid:
    blocks = _grouped(rows, "judged_by", "target", JUDGES)
    groups = _grouped(rows, "source", "method", SOURCES)
    keyed = {source: [(source, method) for method in methods] for source, methods in groups.items()}
    return _Grid(blocks, groups, _places(blocks, BLOCK_GAP), _places(keyed, GROUP_GAP))


def _grouped(rows: pd.DataFrame, by: str, member: str, order: Iterable[str]) -> dict[str, list[str]]:
    known = list(order)
    names = sorted(rows[by].unique(), key=lambda name: known.index(name) if name in known else len(known))
    return {name: list(dict.fromkeys(rows.loc[rows[by] == name, member])) for name in names}


def _step(group: str) -> float:
    return 1.0 if group not in SOURCES or group == "measured" else LOW_ROW


def _places(groups: Mapping[str, Sequence], gap: float) -> dict:
    places, here = {}, 0.0
    for group, members in groups.items():
        for member in members:
            places[member] = here
            here += _step(group)
        here += gap
    return places


def _add_block(figure, found, origin: tuple[float, float], measure: str, source: str, name: str) -> None:
    """One block of cells; even steps, so that a single row or column has its size, too."""
    figure.add_trace(
        go.Heatmap(
            z=[[None if c is None else number(getattr(c, measure)) for c in row] for row in found],
            x0=origin[0],
            dx=1,
            y0=origin[1],
            dy=_step(source),
            coloraxis="coloraxis",
            xgap=3,
            ygap=3,
            hoverinfo="skip",
            name=name,
        )
    )


def _cell_text(cell, measure: str, spread: bool) -> str:
    first = f"<b>{short(getattr(cell, measure))}</b>{f' {cell.mark}' if cell.mark else ''}"
    if spread:
        between = number(getattr(cell, f"{measure}_sd_seeds", None))
        second = "one seed" if between is None else f"± {short(between)}"
    else:
        second = interval(getattr(cell, f"{measure}_low"), getattr(cell, f"{measure}_high"))
    return f"{first}<br>{second}" if second else first


def _add_points(figure, cells, measure: str, grid: _Grid, *, spread: bool) -> None:
    rows = [row for row in cells.values() if number(getattr(row, measure)) is not None]
    figure.add_trace(
        go.Scatter(
            x=[grid.columns[row.target] for row in rows],
            y=[grid.lines[row.source, row.method] for row in rows],
            mode="markers+text",
            marker={"symbol": "square", "size": 30, "opacity": 0},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            text=[_cell_text(row, measure, spread) for row in rows],
            textfont={"size": 12, "color": [ink(getattr(row, measure)) for row in rows]},
            customdata=[[row.target, row.method, row.source] for row in rows],
            hovertext=[row_told(row, measure) for row in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
            name="cells",
        )
    )


def _add_heads(figure, rows, grid: _Grid, labels: Mapping[str, str]) -> None:
    counts = rows[rows["source"] == "measured"].groupby("target")["n"].max()
    for target, place in grid.columns.items():
        count = f"<br>n {int(counts[target]):,}" if target in counts else ""
        _write(figure, place, -0.6, f"{_wrapped(labels.get(target, target))}{count}", 11, "center")
    for judge, targets in grid.blocks.items():
        left, right = grid.columns[targets[0]] - 0.47, grid.columns[targets[-1]] + 0.47
        words = _wrapped(JUDGES.get(judge, judge), max(16, int(13 * (right - left))))
        line = {"color": FIRM, "width": 2}
        figure.add_shape(type="line", x0=left, x1=right, y0=RULE, y1=RULE, line=line)
        _write(figure, left, RULE - 0.05, f"<b>{words}</b>", 12, "left")
    for source, methods in grid.groups.items():
        if source != "measured":
            top = grid.lines[source, methods[0]] - 0.4
            _write(figure, -0.47, top, f"<b>{SOURCES.get(source, source)}</b>", 12, "left")


def _write(figure, x: float, y: float, text: str, size: int, xanchor: str) -> None:
    how = {"xanchor": xanchor, "yanchor": "bottom", "align": xanchor, "showarrow": False}
    figure.add_annotation(x=x, y=y, text=text, font={"size": size}, **how)


def _wrapped(label: str, width: int = WIDEST_LABEL) -> str:
    from textwrap import wrap

    return "<br>".join(escape(line) for line in wrap(label, width, break_long_words=False))


def _named(source: str, method: str) -> str:
    """A row's label; a long one in two lines, so that the cells keep their room."""
    from textwrap import wrap

    mark = {"measured": "", "author's re-run": "◆ "}.get(source, "◇ ")
    lines = wrap(mark + method, LONGEST_NAME, max_lines=2, placeholder=" …", break_on_hyphens=False)
    return "<br>".join(map(escape, lines))


def _frame(figure, cells, chosen: tuple[str, str], grid: _Grid) -> None:
    for row in cells.values():
        if (row.target, row.method) == tuple(chosen):
            x, y = grid.columns[row.target], grid.lines[row.source, row.method]
            half = _step(row.source) / 2
            box = {"x0": x - 0.5, "x1": x + 0.5, "y0": y - half, "y1": y + half}
            figure.add_shape(type="rect", **box, line={"color": "#E69F00", "width": 4})


def _laid_out(figure, grid: _Grid, measure: str) -> go.Figure:
    above = -RULE + 0.95
    bar = {
        "title": {"text": f"{NAMES[measure]}, the same scale everywhere", "side": "top"},
        "orientation": "h",
        "thickness": 9,
        "len": 0.3,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "tickvals": [-0.2, 0, 0.2, 0.4, 0.6, 0.8],
    }
    return dressed(
        figure,
        height=int(74 + ROW * (grid.bottom + above)),
        margin={"l": 8, "r": 8, "t": 28, "b": 46},
        coloraxis={"colorscale": COLOURS, "cmin": SCALE[0], "cmax": SCALE[1], "colorbar": bar},
        xaxis={"visible": False, "range": [-0.55, grid.right], "fixedrange": True},
        yaxis={
            "range": [grid.bottom, -above],
            "tickvals": list(grid.lines.values()),
            "ticktext": [_named(source, method) for source, method in grid.lines],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
            "ticklabelstandoff": 4,
            "tickfont": {"size": 12},
        },
        hovermode="closest",
        hoverdistance=40,
        dragmode=False,
        showlegend=False,
    )
