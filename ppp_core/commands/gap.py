"""``ppp gap``."""

import math
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar


def gap(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FILE.npz", help="a data set with pictures, or arrays text and image"),
    ],
    encoder: Annotated[
        str | None,
        typer.Option("--encoder", metavar="E", help="a joint encoder, or a folder; default: the best here"),
    ] = None,
    one_image: Annotated[
        bool, typer.Option("--one-image", help="one picture a prompt, drawn at random")
    ] = False,
    n: Annotated[
        int | None, typer.Option("--n", metavar="N", help="at most so many pairs, at random")
    ] = None,
    learned: Annotated[
        bool, typer.Option("--learned", help="keep prompts that the encoder was trained on")
    ] = False,
    closing: Annotated[
        list[str] | None,
        typer.Option("--closing", metavar="C", help="compare this way to close the gap, or all"),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="T", help="does the gap matter for predicting this one?"),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="S", help="of resamples, folds and samples")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Measure how far apart prompts and pictures lie in a joint space, and what closing the gap does."""
    from ..modality_gap import measure_gap

    if target is not None and _is_file(name):
        raise PPPError("--target needs a data set; a file of vectors tells no target.")
    pairs = _pairs(name, encoder, one_image=one_image, n=n, seed=seed)
    pairs = pairs if learned else pairs.held_out()
    measured = measure_gap(pairs, seed=seed)
    comparison = _compared(pairs, closing, seed) if closing else None
    task = _task(pairs, target, seed) if target else None
    relevance = _relevance(pairs, target, seed) if target else None
    if json:
        found = {"closings": comparison, "task": task, "relevance": relevance}
        found = {key: one and one.as_dict() for key, one in found.items()}
        print_json({"format": 1, **measured.as_dict(), **found})
        return
    _print(measured)
    if comparison is not None:
        _print_closings(comparison)
    if task is not None:
        _print_task(task)
        _print_relevance(relevance)


def _is_file(name: str) -> bool:
    return name.lower().endswith(".npz")


def _pairs(name: str, encoder: str | None, *, one_image: bool, n: int | None, seed: int):
    """Pairs of a file or of a data set, which is embedded; what is told on the way goes to standard error."""
    from ..modality_gap import pairs_of, read_npz

    if _is_file(name):
        told = {"--encoder": encoder, "--one-image": one_image}
        for option, given in told.items():
            if given:
                raise PPPError(f"{option} needs a data set; {name} holds vectors that are embedded already.")
        pairs = read_npz(name)
        if n is None or n >= len(pairs):
            return pairs
        from ..modality_gap.measures import sample

        return sample(pairs, largest=n, seed=seed)
    from ..datasets import load_dataset
    from ..encoders import best_joint_encoder, load_joint_encoder
    from ..store import EmbeddingStore, home

    dataset = load_dataset(name)
    joint = load_joint_encoder(encoder or best_joint_encoder())
    if joint.is_stand_in:
        note(f"{joint.name} is a small stand-in, not CLIP. {joint.retrieval}")
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("pictures embedded") as update:
        pairs = pairs_of(dataset, joint, n=n, one_image=one_image, seed=seed, store=store, progress=update)
    if store.problem:
        note(store.problem)
    return pairs


def _compared(pairs, closings: list[str], seed: int):
    from ..modality_gap import compare_closings

    names = None if "all" in closings else closings
    with progress_bar("closings measured") as update:
        return compare_closings(pairs, names=names, seed=seed, progress=update)


def _task(pairs, target: str, seed: int):
    from ..modality_gap import quality_task

    with progress_bar("heads trained") as update:
        return quality_task(pairs, target, seed=seed, progress=update)


def _relevance(pairs, target: str, seed: int):
    from ..modality_gap import gap_relevance

    return gap_relevance(pairs, target, seed=seed)


def _print(measured) -> None:
    from ..modality_gap import LITERATURE, MEASURES

    by = f", embedded by {measured.encoder}" if measured.encoder else ""
    print(
        f"{measured.name}{by}: {measured.n:,} pairs of {measured.n_groups:,} prompts and "
        f"{measured.n_images:,} pictures, {measured.dim:,} dimensions."
    )
    print()
    others = {one.measure: f"{one.value:.{one.decimals}f}" for one in LITERATURE if one.kind != "published"}
    others |= {one.measure: f"{one.value:.{one.decimals}f}" for one in LITERATURE if one.kind == "published"}
    rows = [
        [
            row.title,
            _interval(row.value, row.low, row.high, MEASURES[row.name].decimals),
            row.better or "-",
            others.get(row.name, "-"),
        ]
        for row in measured.frame.itertuples()
    ]
    print_table(["measure", f"value [{measured.confidence:.0%} interval]", "better", "CLIP on COCO"], rows)
    print("CLIP on COCO: published, or measured by us on published vectors; other data, so no target.")
    for line in measured.notes:
        print(line)


def _print_closings(comparison) -> None:
    from ..modality_gap import MEASURES

    frame = comparison.frame
    print()
    names = ["l2m", "rmg", "energy", "separability", "cosine-dprime", "t2i-r1", "i2t-r1"]
    rows = []
    for title, mine in frame.groupby("closing_title", sort=False):
        mine = mine.set_index("name")
        rows.append([title, *(f"{mine.at[one, 'value']:.{MEASURES[one].decimals}f}" for one in names)])
    print_table(["closing", *names], rows)
    for line in comparison.notes[-1:]:
        print(line)


def _print_task(task) -> None:
    print()
    print(task.answer)
    rows = [
        [
            f"{row.head} → {row.fed}",
            row.closing_title,
            _interval(row.pearson, row.pearson_low, row.pearson_high, 3),
            _interval(row.spearman, row.spearman_low, row.spearman_high, 3),
            f"{row.bias:+.2f}",
            f"{row.rmse:.2f}",
        ]
        for row in task.frame.itertuples()
    ]
    print_table(["trained on → fed", "closing", "Pearson", "Spearman", "bias", "RMSE"], rows)
    for line in task.notes:
        print(line)


def _print_relevance(relevance) -> None:
    print()
    print(relevance.answer)
    rows = [
        [row.question, row.level, row.n, _interval(row.spearman, row.low, row.high, 3)]
        for row in relevance.frame.itertuples()
    ]
    print_table(["gap of a pair against", "level", "n", "Spearman"], rows)
    for line in relevance.notes:
        print(line)


def _interval(value: float, low: float, high: float, decimals: int) -> str:
    if math.isnan(value):
        return "-"
    if math.isnan(low):
        return f"{value:.{decimals}f}"
    return f"{value:.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}]"
