"""``ppp rate``."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar


def rate(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|DIR|FILE", help="a data set with pictures; or a folder or table that import reads"
        ),
    ] = None,
    scorer: Annotated[
        list[str] | None, typer.Option("--scorer", metavar="S", help="rate by this one; may be repeated")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR|FILE", help="weights that the scorer needs")
    ] = None,
    download: Annotated[bool, typer.Option("--download", help="fetch absent weights")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="F", help="write the ratings: one row a picture")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="of --out: csv, tsv, parquet or json")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="DIR", help="the folder of a table's pictures")
    ] = None,
    prompt_column: Annotated[
        str | None, typer.Option("--prompt-column", metavar="C", help="a table's column of prompts")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="list the scorers and what each needs")] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Rate pictures by models: a data set's become targets, in a block of their own; a folder's a table."""
    if list_:
        _print_scorers(json=json)
        return
    if name is None or not scorer:
        raise PPPError("ppp rate wants a data set and --scorer S; `ppp rate --list` lists the scorers.")
    if folder is not None and len(scorer) > 1:
        raise PPPError(f"--folder goes with one scorer, got {len(scorer)}. Rate by one at a time.")
    scorers = list(dict.fromkeys(scorer))
    _check(scorers, out, format)
    dataset, own = _pictures(name, images, prompt_column)
    if own and out is None:
        raise PPPError(f"{name} is no data set: say where its ratings go with --out F, or ppp import it.")
    rated = _rated(dataset, scorers, folder, download)
    if out is not None:
        _write(dataset, rated, out, format)
    if json:
        print_json({"format": 1, "dataset": name, "rated": [one.as_dict() for one in rated]})
        return
    for one in rated:
        told = one.scorer if own else one.target.name
        print(f"{told}: {one.n:,} pictures rated, {one.n_new:,} of them now. {one.target.about}")


def _check(scorers: list[str], out: Path | None, format: str | None) -> None:
    """What can be told before anything is read."""
    from ..errors import unknown_name
    from ..scorers import SCORERS
    from ..store.paths import refuse_when_public
    from ..tables import output_format

    refuse_when_public("Rating a data set")
    for one in scorers:
        if one not in SCORERS:
            raise unknown_name("scorer", one, SCORERS)
    if out is not None:
        output_format(format or out.suffix, out)


def _pictures(name: str, images: Path | None, prompt_column: str | None) -> tuple:
    """What is to be rated, and whether it is no data set but a folder or a table of one's own."""
    from ..datasets import installed, load_dataset, simulated
    from ..evaluation.rating import unnamed_dataset

    known = {one.name for one in (*installed(), *simulated())}
    if images is None and prompt_column is None and (name in known or not Path(name).expanduser().exists()):
        return load_dataset(name), False
    dataset = unnamed_dataset(name, images=images, prompt_column=prompt_column)
    for line in dataset.notes:
        note(line)
    return dataset, True


def _rated(dataset, scorers: list[str], folder: Path | None, download: bool) -> list:
    from ..evaluation.rating import rate as rate_pictures
    from ..store import EmbeddingStore, home

    store, rated = EmbeddingStore(home() / "embeddings"), []
    for one in scorers:
        with progress_bar(one, unit="pictures") as update:
            found = rate_pictures(
                dataset, one, folder=folder, download=download, store=store, progress=update
            )
        _tell(found)
        rated.append(found)
    if store.problem:
        note(store.problem)
    return rated


def _write(dataset, rated: list, out: Path, format: str | None) -> None:
    from ..evaluation.rating import ratings_table
    from ..tables import write_table

    write_table(ratings_table(dataset, rated), out, format=format)
    note(f"written to {out}")


def _tell(found) -> None:
    for line in found.notes:
        note(f"{found.scorer}: {line}")
    if found.n_absent:
        note(f"{found.scorer}: {found.n_absent:,} pictures are not on this machine.")
    if found.failed:
        image_id, why = next(iter(found.failed.items()))
        note(f"{found.scorer}: {len(found.failed):,} pictures have no rating, such as {image_id}: {why}")


def _print_scorers(*, json: bool) -> None:
    from math import isfinite

    from ..scorers import PPP_METRICS, SCORERS, scorer_status

    available = {one.name: one.available for one in scorer_status()}
    if json:
        plain = (
            "name",
            "title",
            "measures",
            "direction",
            "sees",
            "licence",
            "needs",
            "get",
            "about",
            "judged",
        )
        rows = [{key: getattr(one, key) for key in plain} for one in SCORERS.values()]
        for row, one in zip(rows, SCORERS.values(), strict=True):
            row["low"], row["high"] = (value if isfinite(value) else None for value in (one.low, one.high))
            row["available"] = available[one.name]
            row["ppp_metric"] = one.name in PPP_METRICS
        print_json({"format": 1, "scorers": rows})
        return
    rows = [
        [
            f"{one.name} *" if one.name in PPP_METRICS else one.name,
            one.measures,
            one.sees,
            "here" if available[one.name] else one.get,
        ]
        for one in SCORERS.values()
    ]
    print_table(["name", "measures", "sees", "needs"], rows)
    print("* one of PPP's six metrics (arXiv 2306.08915)")
