"""``ppp rate``."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar


def rate(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="a data set with pictures on this machine, or scenes")
    ] = None,
    scorer: Annotated[
        list[str] | None, typer.Option("--scorer", metavar="S", help="rate by this one; may be repeated")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR|FILE", help="weights that the scorer needs")
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="fetch absent weights of CLIP from the hub")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="list the scorers and what each needs")] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Rate a data set's pictures by models; the ratings become targets, in a block of their own."""
    if list_:
        _print_scorers(json=json)
        return
    if name is None or not scorer:
        raise PPPError("ppp rate wants a data set and --scorer S; `ppp rate --list` lists the scorers.")
    if folder is not None and len(scorer) > 1:
        raise PPPError(f"--folder goes with one scorer, got {len(scorer)}. Rate by one at a time.")
    rated = _rated(name, list(dict.fromkeys(scorer)), folder, download)
    if json:
        print_json({"format": 1, "dataset": name, "rated": [one.as_dict() for one in rated]})
        return
    for one in rated:
        print(f"{one.target.name}: {one.n:,} pictures rated, {one.n_new:,} of them now. {one.target.about}")


def _rated(name: str, scorers: list[str], folder: Path | None, download: bool) -> list:
    from ..datasets import load_dataset
    from ..errors import unknown_name
    from ..evaluation.rating import rate as rate_pictures
    from ..scorers import SCORERS
    from ..store import EmbeddingStore, home
    from ..store.paths import refuse_when_public

    refuse_when_public("Rating a data set")
    for one in scorers:
        if one not in SCORERS:
            raise unknown_name("scorer", one, SCORERS)
    dataset, store = load_dataset(name), EmbeddingStore(home() / "embeddings")
    rated = []
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


def _tell(found) -> None:
    if found.n_absent:
        note(f"{found.scorer}: {found.n_absent:,} pictures are not on this machine.")
    if found.failed:
        image_id, why = next(iter(found.failed.items()))
        note(f"{found.scorer}: {len(found.failed):,} pictures have no rating, such as {image_id}: {why}")


def _print_scorers(*, json: bool) -> None:
    from math import isfinite

    from ..scorers import SCORERS, scorer_status

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
        print_json({"format": 1, "scorers": rows})
        return
    rows = [
        [one.name, one.measures, one.sees, "here" if available[one.name] else one.get]
        for one in SCORERS.values()
    ]
    print_table(["name", "measures", "sees", "needs"], rows)
