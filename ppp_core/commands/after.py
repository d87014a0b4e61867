"""``ppp after``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from ..store.paths import refuse_when_public
from .console import note, print_json, print_table, progress_bar


def after(
    given: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROMPT IMAGE… | NAME]", help="a prompt and its pictures; or a data set's name"
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="T", help="what to predict, or a folder that `ppp train` wrote"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F", help="of a data set: one row a prompt; of --curve: JSON"),
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="of --out: csv, tsv, parquet or json (one object a line)")
    ] = None,
    curve: Annotated[
        str | None,
        typer.Option("--curve", metavar="NAME", help="measure what each more picture adds, on a data set"),
    ] = None,
    predictor: Annotated[
        str, typer.Option("--predictor", metavar="P", help="of --curve: image-probe or correlation-cnn")
    ] = "image-probe",
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="E", help="of --curve: a joint encoder")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Predict how well a prompt does once some of its pictures are there, beside what was to be expected."""
    given = given or []
    if out is not None:
        refuse_when_public("Writing a file")
    if curve is not None:
        if given:
            raise PPPError("--curve NAME takes no prompt and no pictures beside it.")
        _curve(curve, target, predictor, encoder, out, json)
    elif out is not None and len(given) == 1:
        _dataset(given[0], target, out, format, json)
    elif out is None and len(given) > 1:
        _prompt(given[0], given[1:], target, json)
    else:
        raise PPPError(
            "ppp after wants a prompt and at least one picture; or the name of a data set and --out F; "
            "or --curve NAME."
        )


def _predictors(names: list[str] | None) -> list:
    """Trained predictors after generation: the shipped ones of targets, or those in folders."""
    from ..predictors.after import after_targets, find_after

    return [find_after(name) for name in names or after_targets()]


def _prompt(prompt: str, pictures: list[str], targets: list[str] | None, json: bool) -> None:
    from ..predictors.after import before_after

    found = [before_after(trained, prompt, pictures) for trained in _predictors(targets)]
    if json:
        print_json({"format": 1, "predictions": [_as_dict(one, pictures) for one in found]})
        return
    for one in found:
        print(f"{one.after.target}: {one.sentence}")
        if one.after.unfamiliar:
            print("The prompt is unlike anything that was learned from.")
    rows = [[name, *(_cell(one.after.images[place]) for one in found)] for place, name in enumerate(pictures)]
    if any(any(one.after.images) for one in found):
        print_table(["picture", *(one.after.target for one in found)], rows)
    for place, why in found[0].after.failed.items():
        note(f"{pictures[place]}: {why}")


def _cell(image) -> str:
    if image is None:
        return "-"
    bounds = "" if image.low is None else f" ({image.low:.2f} to {image.high:.2f})"
    return f"{image.value:.2f}{bounds}{', unlike the training pictures' if image.unfamiliar else ''}"


def _as_dict(found, pictures: list[str]) -> dict:
    told = asdict(found.after)
    failed = {pictures[place]: why for place, why in found.after.failed.items()}
    before = asdict(found.before) if found.before else None
    return {"before": before, "after": {**told, "failed": failed}, "sentence": found.sentence}


def _dataset(name: str, targets: list[str] | None, out: Path, format: str | None, json: bool) -> None:
    from ..datasets import load_dataset
    from ..evaluation.after.table import after_table
    from ..store import EmbeddingStore, home
    from ..tables import output_format, write_table

    output_format(format or out.suffix, out)
    predictors, store = _predictors(targets), EmbeddingStore(home() / "embeddings")
    with progress_bar("seen", unit="pictures") as update:
        table, notes = after_table(load_dataset(name), predictors, store=store, progress=update)
    write_table(table, out, format=format)
    if json:
        told = {"dataset": name, "n_prompts": len(table), "targets": [one.target.name for one in predictors]}
        print_json({"format": 1, **told, "out": str(out), "notes": list(notes)})
        return
    for line in notes:
        note(line)
    print(f"{len(table):,} prompts written to {out}")


def _curve(
    name: str, targets: list[str] | None, predictor: str, encoder: str | None, out: Path | None, json: bool
) -> None:
    from ..evaluation.after.measuring import curve_targets, measure_curve
    from ..store import EmbeddingStore, home

    for target in targets or ():
        if targets.count(target) > 1:
            raise PPPError(f"{target} stands there twice. Name it once.")
    store, curves = EmbeddingStore(home() / "embeddings"), []
    for target in targets or curve_targets(name):
        with progress_bar(target, unit="folds") as update:
            curves.append(
                measure_curve(target, predictor=predictor, encoder=encoder, store=store, progress=update)
            )
    if out is not None:
        from ..evaluation.after.images_added import write_images_added

        write_images_added(curves, out)
        note(f"written to {out}")
    if json:
        print_json({"format": 1, "curves": [one.as_dict() for one in curves]})
        return
    for one in curves:
        print(f"{one.target}, {one.predictor} on {one.encoder}; {one.how}")
        rows = [
            [row.n_images, row.reads, row.against, _figure(row.spearman), _figure(row.pearson)]
            for row in one.rows
        ]
        print_table(["pictures seen", "reads", "against", "Spearman", "Pearson"], rows)


def _figure(told) -> str:
    if told.value != told.value:
        return "undefined"
    return f"{told.value:+.3f} [{told.low:+.3f}, {told.high:+.3f}]"
