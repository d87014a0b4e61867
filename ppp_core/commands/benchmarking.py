"""``ppp benchmark``."""

import math
from pathlib import Path
from typing import Annotated

import typer

from .console import note, print_json, print_table, progress_bar


def benchmark(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="folder of the runs and the board")],
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="T", help="a target, or a data set for all of its")
    ] = None,
    predictor: Annotated[
        list[str] | None, typer.Option("--predictor", metavar="P", help="default: those that fit in seconds")
    ] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option("--encoder", metavar="E", help="a name, or a folder; default: those here"),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", min=1, help="seeds 0 to N - 1")] = 1,
    split: Annotated[
        str, typer.Option("--split", help="validation, or test where the data has one")
    ] = "validation",
    transfer: Annotated[
        bool, typer.Option("--transfer", help="judge each predictor by all other targets too")
    ] = False,
    curves: Annotated[bool, typer.Option("--curves", help="learn from fewer prompts as well")] = False,
    translations: Annotated[
        Path | None,
        typer.Option("--translations", metavar="FILE", help="prompt_id or prompt, language, translation"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print the board as JSON")] = False,
) -> None:
    """Measure predictors side by side, with intervals and ties; what is measured already is read."""
    from ..datasets import load_dataset
    from ..evaluation.benchmark import evaluate_translations, make_plan, run_plan
    from ..evaluation.benchmark.board import save_board
    from ..evaluation.benchmark.building import build_board
    from ..evaluation.benchmark.runs import read_runs
    from ..evaluation.benchmark.translations import check_translations
    from ..store import EmbeddingStore, home
    from ..store.paths import refuse_when_public
    from ..tables import read_table

    refuse_when_public("Running a benchmark")
    table = read_table(translations, text_ok=False) if translations else None
    if table is not None:
        check_translations(table)
    plan = make_plan(
        target or (),
        predictor or (),
        encoder or (),
        seeds=seeds,
        split=split,
        transfer=transfer,
        curves=curves,
    )
    for line in plan.skipped:
        note(f"left out: {line}")
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("measured", unit="fits") as update:
        outcome = run_plan(plan, out, store=store, progress=lambda step: update(step.done, step.total))
    for line in outcome.failed:
        note(f"failed: {line}")
    runs = read_runs(out)
    names = dict.fromkeys(run.key.target.partition("/")[0] for run in runs)
    datasets = {name: load_dataset(name) for name in names}
    command = _command(target, predictor, encoder, seeds, split, transfer, curves, out)
    with progress_bar("compared", unit="targets") as update:
        board = build_board(runs, datasets, command=command, progress=update)
    if table is not None:
        found = evaluate_translations(plan, table, seeds=seeds, store=store)
        board = board.with_table("languages", found.records)
        for line in found.notes:
            note(line)
    save_board(board, out / "board.json")
    if store.problem:
        note(store.problem)
    if json:
        print_json(board.as_dict())
        return
    _print_board(board)
    print(f"{outcome.n_measured:,} runs measured, {outcome.n_read:,} read; written to {out / 'board.json'}")


def _print_board(board) -> None:
    """The rows by target, the best first; ties with the best marked; then translations by language."""
    header = [
        "target",
        "predictor",
        "encoder",
        "trained on",
        "part",
        "n",
        "seeds",
        "Pearson",
        "tied",
        "Spearman",
    ]
    rows = []
    for row in board.rows:
        pearson, spearman = (row.figures.get(name) for name in ("pearson", "spearman"))
        what = [
            row.target,
            row.predictor,
            row.encoder or "-",
            row.trained_on or "-",
            row.part,
            row.n,
            row.n_seeds,
        ]
        rows.append([*what, _interval(pearson), _tie(pearson), _interval(spearman)])
    print_table(header, rows)
    print("95 % intervals; * not significantly below the best of its target and part (Holm, 5 %)")
    languages = board.tables.get("languages", ())
    if languages:
        header = ["target", "predictor", "encoder", "language", "text", "n", "Pearson"]
        rows = [[*(one[name] or "-" for name in header[:-1]), _ends(one, "pearson")] for one in languages]
        print_table(header, rows)
        print("Observed values are those of the original prompt's images: nobody drew from the translations.")


def _ends(record: dict, name: str) -> str:
    return _spoken(record[name], record[f"{name}_low"], record[f"{name}_high"])


def _interval(figure) -> str:
    return _spoken(figure.value, figure.low, figure.high) if figure else "undefined"


def _spoken(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or math.isnan(value):
        return "undefined"
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"


def _tie(figure) -> str:
    return "*" if figure and figure.tied else ""


def _command(target, predictor, encoder, seeds, split, transfer, curves, out) -> str:
    """The command line that does this again."""
    import shlex

    words = ["ppp", "benchmark"]
    for option, values in (("--target", target), ("--predictor", predictor), ("--encoder", encoder)):
        for value in values or ():
            words += [option, value]
    words += ["--seeds", str(seeds)] if seeds > 1 else []
    words += ["--split", split] if split != "validation" else []
    words += [name for name, on in (("--transfer", transfer), ("--curves", curves)) if on]
    return shlex.join([*words, "--out", str(out)])
