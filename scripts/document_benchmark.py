"""Writes docs/benchmark.md from the measured board and what others published."""

import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

from ppp_core.evaluation.benchmark import Board, Figure, Row, load_board, load_published
from ppp_core.evaluation.benchmark.board import JUDGES
from ppp_core.store import write_atomically

ROOT = Path(__file__).parents[1]
TEMPLATE = Path(__file__).with_name("benchmark.md.in")
DOCUMENT = ROOT / "docs" / "benchmark.md"
JUDGED = {
    "people": "judged by people",
    "retrieval": "people's relevance judgments of retrieved images",
    "user": "a user's own scores",
    "models": "made by models: never to be read beside the others",
}


def main() -> None:
    write_document()


def write_document() -> None:
    """Writes the page from the files that come with PPP."""
    text = document(load_board(), load_published())
    with write_atomically(DOCUMENT) as path:
        path.write_text(text, encoding="utf-8")


def document(board: Board, published: Board) -> str:
    """The page, from a measured board and the published one."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        made=board.made,
        command=board.command,
        versions=", ".join(f"{name} {number}" for name, number in board.versions.items()),
        targets=_targets(board, published),
        ranges=_ranges(published),
        left_out=_left_out(board),
        metrics=_metrics(board),
        ceilings=_ceilings(board),
        transfer=_transfer(board),
        relations=_relations(board),
        curves=_curves(board),
    )


def _targets(board: Board, published: Board) -> str:
    """A table a target: ours, then what others published."""
    own = [row for row in board.rows if not row.trained_on]
    parts = []
    for judge in JUDGES:
        for target in dict.fromkeys(row.target for row in own if row.judged_by == judge):
            mine = [row for row in own if row.target == target]
            others = [row for row in published.rows if row.target == target and row.level == "prompt"]
            others.sort(key=lambda row: -row.figures["pearson"].value)
            lines = [_row(row) for row in (*mine, *others)]
            head = (
                "method",
                "sees",
                "part",
                "prompts",
                "seeds",
                "Pearson",
                "Spearman",
                "Kendall τ-b",
                "source",
            )
            parts.append(f"### `{target}` ({JUDGED[judge]})\n{_table(head, lines)}")
    return "\n".join(parts)


def _row(row: Row) -> list[str]:
    method = f"`{row.predictor}`" if row.source == "measured" else row.predictor
    method += f", {row.encoder}" if row.encoder else ""
    source = "measured by us" if row.source == "measured" else f"{row.source}: {row.by}"
    figures = [_figure(row.figures.get(name)) for name in ("pearson", "spearman", "kendall")]
    return [method, row.needs, row.part, _count(row.n), _count(row.n_seeds), *figures, source]


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    if figure.tied is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]{' *' if figure.tied else ''}"


def _ranges(published: Board) -> str:
    names = ("dataset", "judged_by", "predictor", "span", "source", "by")
    found = [{**one, "span": f"{one['low']:.3f} to {one['high']:.3f}"} for one in published.tables["ranges"]]
    lines = [[one[name] for name in names] for one in found]
    return _table(("prompts", "scores made by", "method", "Pearson", "source", "by"), lines)


def _left_out(board: Board) -> str:
    """The best predictor of each source, for targets that were left out of training."""
    best: dict[tuple, Row] = {}
    for row in board.rows:
        if row.trained_on and "spearman" in row.figures:
            pair = (row.target, row.trained_on)
            if pair not in best or row.figures["spearman"].value > best[pair].figures["spearman"].value:
                best[pair] = row
    lines = [
        [f"`{target}`", f"`{source}`", f"`{row.predictor}`", row.encoder, _count(row.n),
         _figure(row.figures["pearson"]), _figure(row.figures["spearman"])]
        for (target, source), row in sorted(best.items())
    ]  # fmt: skip
    return _table(("target", "learned from", "predictor", "encoder", "prompts", "Pearson", "Spearman"), lines)


def _metrics(board: Board) -> str:
    found = [one for one in board.tables.get("metrics", ()) if one["level"] == "prompt"]
    found.sort(key=lambda one: -_known(one["spearman"]))
    lines = [
        [one["metric"], f"`{one['trained_on']}`" if one["trained_on"] else "–", one["kind"], f"{one['n']:,}",
         _ends(one, "spearman") + (" *" if one["spearman_tied"] else "")]
        for one in found
        if one["kind"] != "text only" or _known(one["spearman"]) >= _best_text(found) - 0.05
    ]  # fmt: skip
    return _table(("metric or predictor", "learned from", "sees", "prompts", "Spearman"), lines)


def _best_text(records: Sequence[dict]) -> float:
    return max((_known(one["spearman"]) for one in records if one["kind"] == "text only"), default=-2.0)


def _ceilings(board: Board) -> str:
    lines = [
        [f"`{one['target']}`", f"{one['n']:,}", _ends(one, "reliability"), _ends(one, "ceiling"), one["how"]]
        for one in board.tables.get("ceilings", ())
    ]
    return _table(("target", "prompts", "reliability", "highest Pearson", "what counts as noise"), lines)


def _transfer(board: Board) -> str:
    """The matrix of the predictor and encoder with the highest mean on its own targets."""
    records = list(board.tables.get("transfer", ()))
    own = [one for one in records if one["trained_on"] == one["target"]]
    kinds = dict.fromkeys((one["predictor"], one["encoder"]) for one in own)
    if not kinds:
        return "Not measured yet: `ppp benchmark --transfer`.\n"

    def mean(kind: tuple) -> float:
        values = [_known(one["pearson"]) for one in own if (one["predictor"], one["encoder"]) == kind]
        return sum(values) / len(values)

    best = max(kinds, key=mean)
    cells = {
        (one["trained_on"], one["target"]): _ends(one, "pearson")
        for one in records
        if (one["predictor"], one["encoder"]) == best
    }
    targets = list(dict.fromkeys(target for _, target in cells))
    lines = [[f"`{one}`", *(cells.get((one, other), "–") for other in targets)] for one in targets]
    title = f"`{best[0]}`{', ' if best[1] else ''}{best[1]}, Pearson; a row learned from its target.\n\n"
    return title + _table(("learned from", *(f"`{target}`" for target in targets)), lines)


def _relations(board: Board) -> str:
    lines = [
        [
            f"`{one['x']}`",
            f"`{one['y']}`",
            one["part"],
            f"{one['n']:,}",
            _ends(one, "pearson"),
            _ends(one, "kendall"),
        ]
        for one in board.tables.get("relations", ())
        if one["kind"] == "observed"
    ]
    return _table(("target", "target", "part", "prompts", "Pearson", "Kendall τ-b"), lines)


def _curves(board: Board) -> str:
    records = list(board.tables.get("curves", ()))
    if not records:
        return "Not measured yet: `ppp benchmark --curves`.\n"
    sizes = sorted({one["n_train"] for one in records})
    kinds = dict.fromkeys((one["target"], one["predictor"], one["encoder"]) for one in records)
    cells = {
        (one["target"], one["predictor"], one["encoder"], one["n_train"]): one["pearson"] for one in records
    }
    lines = [
        [
            f"`{kind[0]}`",
            f"`{kind[1]}`",
            kind[2] or "–",
            *(_short(cells.get((*kind, size))) for size in sizes),
        ]
        for kind in kinds
    ]
    return _table(("target", "predictor", "encoder", *(f"{size:,}" for size in sizes)), lines)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ends(record: dict, name: str) -> str:
    if record[name] is None:
        return "–"
    return f"{record[name]:.3f} [{record[f'{name}_low']:.3f}, {record[f'{name}_high']:.3f}]"


def _known(value: float | None) -> float:
    return -2.0 if value is None else value


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    if not lines:
        return "Not measured yet.\n"
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
