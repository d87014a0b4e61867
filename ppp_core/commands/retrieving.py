"""``ppp retrieve``."""

import math
from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar

_SHOWN = ("P@10", "RR")


def retrieve(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="a data set with images")] = None,
    encoder: Annotated[
        str | None,
        typer.Option("--encoder", metavar="E", help="a joint encoder, or a folder; default: the best here"),
    ] = None,
    k: Annotated[
        str, typer.Option("--k", metavar="K", help="images kept of each ranking, at least 10, or all")
    ] = "100",
    learned: Annotated[
        bool, typer.Option("--learned", help="ask with prompts that the encoder was trained on, too")
    ] = False,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="your own run, in the format of TREC")
    ] = None,
    qrels: Annotated[
        Path | None, typer.Option("--qrels", metavar="FILE", help="what is relevant for it")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="texts of its queries: name, tab, text")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="write the run, the qrels and a table of all queries here"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="S", help="of resamples and folds")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Search a data set's images with its prompts; measure the answers, and what predicts them."""
    from ..retrieval import evaluate_retrieval, export
    from ..retrieval.exporting import check_folder

    if out is not None:
        check_folder(out)
    _check(name, run, qrels, {"--encoder": encoder, "--learned": learned}, queries)
    ranking = _ranking(name, encoder, _depth(k), learned, run, qrels, queries)
    with progress_bar("measures correlated") as update:
        evaluation = evaluate_retrieval(ranking, seed=seed, progress=update)
    written = export(ranking, evaluation, out) if out is not None else ()
    if json:
        print_json({"format": 1, **evaluation.as_dict()})
    else:
        _print(evaluation)
    for path in written:
        note(f"Written: {path}")


def _check(name, run, qrels, of_dataset: dict, queries) -> None:
    """Either a data set, or a run with its qrels."""
    if (name is None) == (run is None):
        raise PPPError("ppp retrieve wants a data set, or --run FILE --qrels FILE; not both, not neither.")
    if (run is None) != (qrels is None):
        missing, given = ("--run", "--qrels") if run is None else ("--qrels", "--run")
        raise PPPError(f"{given} goes with {missing}, which was not given.")
    if run is None and queries is not None:
        raise PPPError("--queries goes with --run; a data set brings its own prompts.")
    for option, given in of_dataset.items():
        if run is not None and given:
            raise PPPError(f"{option} needs a data set; a run is ranked already.")


def _depth(k: str) -> int | None:
    if k.strip().lower() == "all":
        return None
    try:
        return int(k)
    except ValueError as error:
        raise PPPError(f"--k wants a whole number of at least 10, or all, got {k!r}.") from error


def _ranking(name, encoder, k, learned, run, qrels, queries):
    from ..retrieval import rank_dataset, read_ranking

    if run is not None:
        return read_ranking(run, qrels, queries=queries, k=k)
    from ..datasets import load_dataset
    from ..encoders import best_joint_encoder, load_joint_encoder
    from ..store import EmbeddingStore, home

    dataset = load_dataset(name)
    joint = load_joint_encoder(encoder or best_joint_encoder())
    if joint.is_stand_in:
        note(f"{joint.name} is a small stand-in, not CLIP. {joint.retrieval}")
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("images embedded") as update:
        ranking = rank_dataset(dataset, joint, k=k, learned=learned, store=store, progress=update)
    if store.problem:
        note(store.problem)
    return ranking


def _print(evaluation) -> None:
    from ..retrieval import POST_RETRIEVAL

    by = f", ranked by {evaluation.encoder}" if evaluation.encoder else ""
    searched = f"{evaluation.n_images:,} {'images' if evaluation.encoder else 'documents'}"
    print(
        f"{evaluation.name}{by}: {evaluation.n_queries:,} queries, {searched}, {evaluation.k:,} kept of each "
        "ranking."
    )
    print()
    rows = [[one.title, _figure(one.value, one.low, one.high)] for one in evaluation.measures.itertuples()]
    print_table(["measure", f"mean [{evaluation.confidence:.0%} interval]"], rows)
    frame = evaluation.correlations
    if len(frame):
        print()
        _print_correlations(frame)
    for predictor, why in evaluation.absent.items():
        print(f"{POST_RETRIEVAL[predictor].title} is not given: {why.rstrip('.')}.")
    found = evaluation.calibration
    if found is not None:
        print(
            f"Probabilities of relevance: {found.mean:.3f} on average, {found.rate:.3f} of "
            f"{found.n:,} documents were relevant; calibration error {found.error:.3f}."
        )
    for line in evaluation.notes:
        print(line)


def _print_correlations(frame) -> None:
    table = frame.set_index(["predictor", "measure"])
    rows = []
    for predictor in dict.fromkeys(frame["predictor"]):
        cells = []
        for measure in _SHOWN:
            known = (predictor, measure) in table.index
            one = table.loc[(predictor, measure)] if known else None
            ends = ("pearson", "pearson_low", "pearson_high")
            cells.append(_figure(*one[list(ends)], decimals=2) if known else "-")
            cells.append(_figure(one["kendall"], math.nan, math.nan, decimals=2) if known else "-")
        rows.append([frame.loc[frame["predictor"] == predictor, "title"].iloc[0], *cells])
    header = [f"{one}, {coefficient}" for one in _SHOWN for coefficient in ("Pearson", "Kendall")]
    print_table(["predictor", *header], rows)


def _figure(value: float, low: float, high: float, *, decimals: int = 3) -> str:
    if math.isnan(value):
        return "-"
    if math.isnan(low):
        return f"{value:.{decimals}f}"
    return f"{value:.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}]"
