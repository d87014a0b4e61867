"""``ppp datasets``, ``ppp get`` and ``ppp import``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table, progress_bar


def datasets(json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """List the data sets: those on this machine, those that can be had, and simulated ones."""
    from ..datasets import DATASETS, installed, simulated

    here = {one.name: one for one in installed()}
    if json:
        print_json(
            {
                "installed": [{**asdict(one), "folder": str(one.folder)} for one in here.values()],
                "available": [
                    {"name": name, "title": entry.CARD.title, "licence": entry.CARD.licence}
                    for name, entry in DATASETS.items()
                    if name not in here
                ],
                "simulated": [
                    {
                        "name": one.name,
                        "title": one.title,
                        "n_prompts": one.n_prompts,
                        "n_images": one.n_images,
                    }
                    for one in simulated()
                ],
            }
        )
        return
    rows = [
        [one.name, one.title, f"{one.n_prompts:,}", f"{one.n_ratings:,}", str(one.folder)]
        for one in here.values()
    ]
    rows += [
        [name, entry.CARD.title, "-", "-", f"not installed: ppp get {name}"]
        for name, entry in DATASETS.items()
        if name not in here
    ]
    rows += [
        [one.name, one.title, f"{one.n_prompts:,}", f"{one.n_ratings:,}", "drawn by PPP, nothing to get"]
        for one in simulated()
    ]
    print_table(["name", "title", "prompts", "ratings", "where"], rows)


def get(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="data sets, as `ppp datasets` lists")],
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="take the files from a folder instead")
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option("--images", metavar="DIR", help="pqpp: the folder of its pictures; they stay there"),
    ] = None,
) -> None:
    """Fetch data sets from their authors, check them, and keep them with their licence."""
    from ..datasets import get_dataset

    if images is not None and len(names) > 1:
        raise PPPError(f"--images goes with one data set, got {len(names)}. Get them one at a time.")
    for name in names:
        with progress_bar(name, unit="bytes") as update:
            dataset = get_dataset(name, source=source, images=images, progress=update)
        for line in dataset.notes:
            note(f"{name}: {line}")
        print(f"{name}: {len(dataset.prompts):,} prompts, {len(dataset.ratings):,} ratings.")
        if images is not None:
            print(f"{name}: {len(dataset.images):,} pictures.")
        print(f"{name}: {dataset.card.licence}. {dataset.card.attribution}")


def import_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE|DIR", help="CSV, TSV, Parquet or JSON lines; or a folder of pictures"),
    ],
    name: Annotated[str, typer.Option("--name", metavar="N", help="name of the new data set")],
    images: Annotated[Path | None, typer.Option("--images", metavar="DIR", help="folder of images")] = None,
    prompt_column: Annotated[
        str | None, typer.Option("--prompt-column", metavar="C", help="column of prompts")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="replace a data set of this name")] = False,
    duplicates: Annotated[
        str,
        typer.Option(
            "--duplicates", help="refuse; mean: average repeated prompts; images: each row is an image"
        ),
    ] = "refuse",
) -> None:
    """Make a data set of your own table (every numeric column becomes a target), or of your pictures."""
    from ..datasets import import_dataset
    from ..datasets.layouts import import_pictures

    if file.is_dir():
        if images is not None or prompt_column is not None:
            raise PPPError("A folder of pictures tells its prompts itself: no --images, no --prompt-column.")
        dataset = import_pictures(file, name=name, replace=replace)
    else:
        dataset = import_dataset(
            file,
            name=name,
            images=images,
            prompt_column=prompt_column,
            replace=replace,
            duplicates=duplicates,
        )
    for line in dataset.notes:
        note(line)
    targets = ", ".join(target.name for target in dataset.card.targets) or "none"
    print(f"{name}: {len(dataset.prompts):,} prompts; targets: {targets}.")
