"""``ppp score``, ``ppp train`` and ``ppp correlate``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar

File = Annotated[
    str, typer.Argument(metavar="FILE|-", help="CSV, TSV, Parquet, JSON lines or text; - is standard input")
]


def score(
    file: File,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="T", help="what to predict, or a folder that `ppp train` wrote"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="file to write")] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="csv, tsv, parquet or json (one object a line)")
    ] = None,
    prompt_column: Annotated[str, typer.Option("--prompt-column", help="column of prompts")] = "prompt",
    explain: Annotated[
        bool, typer.Option("--explain", help="add <target>_phrases: what each phrase adds, as JSON")
    ] = False,
) -> None:
    """Predict how well prompts will do, with 90 % intervals, before any image exists."""
    from ..batch import score_file, score_stream
    from ..predictors.shipped import DEFAULT_TARGET, find_trained

    predictors = [find_trained(name) for name in target or [DEFAULT_TARGET]]
    if out is None:
        with progress_bar("scored", unit="prompts", shown=not sys.stdout.isatty()) as update:
            result = score_stream(
                file,
                sys.stdout.buffer,
                predictors,
                format=format or "csv",
                prompt_column=prompt_column,
                explained=explain,
                progress=update,
            )
    else:
        with progress_bar("scored", unit="prompts") as update:
            result = score_file(
                file,
                out,
                predictors,
                format=format,
                prompt_column=prompt_column,
                explained=explain,
                progress=update,
            )
    _note_encoders(*(predictor.encoder for predictor in predictors))
    for line in result.told():
        note(line)


def train(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="such as pqpp/hbpp-average")],
    predictor: Annotated[str, typer.Option("--predictor", metavar="P")],
    encoder: Annotated[str, typer.Option("--encoder", metavar="E", help="a name, or a folder")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="folder to make")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0)] = 0,
    captions: Annotated[
        str | None,
        typer.Option("--captions", metavar="FILE", help="known captions, for caption-density"),
    ] = None,
) -> None:
    """Train a predictor of a target, calibrate it, measure it on held-out prompts, and keep it."""
    from ..predictors import predictor_class
    from ..predictors.artefact import refuse_existing
    from ..store.paths import refuse_when_public

    refuse_when_public("Training a predictor")
    kind = predictor_class(predictor)
    refuse_existing(out)
    if kind.reads == "images":
        if captions is not None:
            raise PPPError(f"{predictor} reads no captions.")
        _train_after(target, predictor, encoder, out, seed)
    else:
        _train_before(target, predictor, encoder, out, seed, captions)


def _train_before(
    target: str, predictor: str, encoder: str, out: Path, seed: int, captions: str | None
) -> None:
    """A predictor that reads prompts alone."""
    from ..datasets import POOLED, installed, load_dataset
    from ..encoders import load_encoder
    from ..evaluation.parts import target_data
    from ..evaluation.results import Estimate
    from ..evaluation.training import train as train_predictor
    from ..predictors.artefact import save_trained
    from ..store import EmbeddingStore, home

    name = target.partition("/")[0]
    data = target_data(load_dataset(name), target)
    own = POOLED[name].source_names() if name in POOLED else (name,)
    others = [one.name for one in installed() if one.name not in own]
    strangers = {other: load_dataset(other).prompts["prompt"].tolist() for other in others}
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("training", unit="steps") as update:
        trained = train_predictor(
            data,
            predictor=predictor,
            encoder=load_encoder(encoder),
            seed=seed,
            strangers=strangers,
            captions=_captions(captions),
            store=store,
            progress=update,
        )
    save_trained(trained, out)
    _note_encoders(trained.encoder)
    if store.problem:
        note(store.problem)
    held_out, inside = trained.card["held_out"], trained.card["coverage"][0]
    for name in ("pearson", "spearman", "kendall"):
        print(f"{name:9}{_interval(Estimate(**held_out[name]))}")
    print(f"on {held_out['n']:,} prompts not learned from ({held_out['part']}); 95 % intervals")
    print(f"90 % prediction intervals held {inside['inside']:.1%} of {inside['n']:,} observed values")
    print(f"written to {out}")


def _train_after(target: str, predictor: str, encoder: str, out: Path, seed: int) -> None:
    """A predictor that reads prompts with their pictures."""
    from ..datasets import load_dataset
    from ..encoders import load_encoder, load_joint_encoder
    from ..evaluation.after.data import after_data
    from ..evaluation.after.training import TEXT_ENCODER, train_after
    from ..predictors.after_artefact import save_after
    from ..store import EmbeddingStore, home

    dataset, joint = load_dataset(target.partition("/")[0]), load_joint_encoder(encoder)
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("seen", unit="pictures") as update:
        data = after_data(dataset, target, joint, store=store, progress=update)
    with progress_bar("training", unit="steps") as update:
        trained = train_after(
            data,
            predictor=predictor,
            encoder=joint,
            text_encoder=load_encoder(TEXT_ENCODER),
            seed=seed,
            store=store,
            progress=update,
        )
    save_after(trained, out)
    _note_encoders(trained.encoder)
    for line in (store.problem, *(f"{one}: {why}" for one, why in list(data.failed.items())[:1])):
        if line:
            note(line)
    _print_after(trained.card)
    print(f"written to {out}")


def _print_after(card: dict) -> None:
    from types import SimpleNamespace

    held_out = card["held_out"]
    told = {"words alone": held_out["words_alone"]["spearman"]}
    told |= {f"{one['n_images']} seen": one["spearman"] for one in held_out["by_images_seen"]}
    if held_out["pictures"]:
        told["each picture"] = held_out["pictures"]["spearman"]
    for name, figure in told.items():
        print(f"{name:13}{_interval(SimpleNamespace(**{'reason': '', **figure}))}")
    print(f"Spearman, on {held_out['n']:,} prompts not learned from ({held_out['part']}); 95 % intervals")
    for one in card["coverage"]:
        print(f"90 % prediction intervals with {one['n_images']} seen held {one['inside']:.1%}")


def _captions(file: str | None) -> list[str] | None:
    """The captions of a file, each once and without blank ones."""
    if file is None:
        return None
    from ..tables import read_table

    table = read_table(file, prompt_column="prompt")
    return list(dict.fromkeys(text for text in table["prompt"] if isinstance(text, str) and text.strip()))


def _note_encoders(*encoders: object) -> None:
    """Tells what the encoders have to say, each thing once."""
    for line in dict.fromkeys(line for encoder in encoders for line in getattr(encoder, "notes", ())):
        note(line)


def correlate(
    file: File,
    predicted: Annotated[list[str], typer.Option("--predicted", metavar="C", help="column; at most two")],
    observed: Annotated[str, typer.Option("--observed", metavar="C", help="column of what came true")],
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Correlate predictions with what was observed; two prediction columns are compared, paired."""
    from ..evaluation import compare
    from ..tables import numbers, read_table

    if len(predicted) > 2:
        raise PPPError(f"correlate takes one or two --predicted columns, got {len(predicted)}.")
    table = read_table(file, text_ok=False)
    columns = {name: numbers(table, name) for name in (*predicted, observed)}
    if len(predicted) == 1:
        _print_correlation(columns, predicted[0], observed, json)
        return
    result = compare(columns[predicted[0]], columns[predicted[1]], columns[observed])
    if json:
        print_json({"predicted": predicted, "observed": observed, **result.as_dict()})
        return
    rows = [
        [name, *(_interval(getattr(part, name)) for part in (result.a, result.b, result))]
        for name in ("pearson", "spearman", "kendall")
    ]
    print_table(["", *predicted, "difference"], rows)
    verdict = {"a": f"{predicted[0]} is better", "b": f"{predicted[1]} is better", "tied": "tied"}
    print(f"{result.n:,} prompts, {result.n_dropped:,} left out for a missing value; 95 % intervals")
    print(f"Williams t({result.williams.df}) = {result.williams.t:.2f}, p = {result.williams.p:.3g}")
    print(f"By Pearson: {verdict[result.verdict]}.")


def _print_correlation(columns, predicted: str, observed: str, json: bool) -> None:
    from ..evaluation import correlate as correlate_values

    result = correlate_values(columns[predicted], columns[observed])
    if json:
        print_json({"predicted": predicted, "observed": observed, **result.as_dict()})
        return
    for name in ("pearson", "spearman", "kendall"):
        print(f"{name:9}{_interval(getattr(result, name))}")
    print(f"{result.n:,} prompts, {result.n_dropped:,} left out for a missing value; 95 % intervals")


def _interval(estimate) -> str:
    if estimate.reason:
        return f"undefined ({estimate.reason})"
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"
