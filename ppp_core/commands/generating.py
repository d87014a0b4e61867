"""``ppp generate``."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, progress_bar

if TYPE_CHECKING:
    import pandas as pd

_IMAGES, _SEED = 4, 0


def generate(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|NAME",
            help="prompts: a table, a text file, a plan's runs, a data set; - is standard input",
        ),
    ],
    pipeline: Annotated[
        str, typer.Option("--pipeline", metavar="DIR|HUB", help="of diffusers: a folder, or owner/name")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NEW", help="of the new data set")],
    images: Annotated[
        int | None, typer.Option("--images", metavar="N", help="a prompt; 4 if not told")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", help="of each prompt's first image; 0 if not told")
    ] = None,
    steps: Annotated[
        int | None, typer.Option("--steps", metavar="N", help="the pipeline's own if not told")
    ] = None,
    guidance: Annotated[
        float | None, typer.Option("--guidance", metavar="G", help="the pipeline's own if not told")
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="in pixels; the pipeline's own if not told")
    ] = None,
    negative: Annotated[
        str, typer.Option("--negative", metavar="TEXT", help="what should not be there")
    ] = "",
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="D", help="such as cuda or cpu; a graphics card if there is one"),
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="fetch an absent pipeline from the hub")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="the first N rows only")
    ] = None,
    prompt_column: Annotated[str, typer.Option("--prompt-column", metavar="C")] = "prompt",
    replace: Annotated[bool, typer.Option("--replace", help="draw anew what has this name")] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Draw prompts with a text-to-image model of yours, and make a data set of the pictures."""
    from ..datasets.importing import check_name
    from ..generation import generate as draw
    from ..generation import load_pipeline
    from ..store.paths import refuse_when_public

    refuse_when_public("Drawing pictures")
    check_name(name, True)
    rows = _rows(source, prompt_column, limit)
    if "seed" in rows and (images is not None or seed is not None):
        raise PPPError(
            f"{source} is a list of runs: its column 'seed' says what to draw. Leave --images and --seed out."
        )
    wide = _size(size)
    loaded = load_pipeline(pipeline, download=download, device=device)
    drawn = 0
    try:
        with progress_bar("drawing", unit="pictures") as update:

            def report(done: int, total: int | None = None) -> None:
                nonlocal drawn
                drawn = done
                update(done, total)

            dataset = draw(
                rows,
                loaded,
                name=name,
                images=_IMAGES if images is None else images,
                seed=_SEED if seed is None else seed,
                steps=steps,
                guidance=guidance,
                size=wide,
                negative=negative,
                progress=report,
                replace=replace,
            )
    except KeyboardInterrupt:
        note(f"{drawn:,} pictures were drawn and are kept. The same command {_again(replace)}goes on.")
        raise
    _tell(dataset, loaded, drawn, json=json)


def _rows(source: str, prompt_column: str, limit: int | None) -> "pd.DataFrame":
    """The prompts of a file, with its other columns, or those of a data set."""
    from ..datasets import load_dataset
    from ..tables import read_table, restore_formulas

    path = Path(source).expanduser()
    if source == "-" or path.suffix or path.is_file():
        table = restore_formulas(read_table(source, prompt_column=prompt_column))
        for line in table.attrs.get("notes", ()):
            note(line)
        if prompt_column != "prompt":
            table = table.drop(columns="prompt", errors="ignore").rename(columns={prompt_column: "prompt"})
    else:
        table = load_dataset(source).prompts
        table = table[[column for column in table.columns if column != "seed"]]
    return table if limit is None else table.head(limit)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,5})\s*[x×]\s*(\d{1,5})", text.strip().lower())
    if not found:
        raise PPPError(f"--size is width and height in pixels, such as 512x768, got {text!r}.")
    return int(found[1]), int(found[2])


def _again(replace: bool) -> str:
    return "without --replace " if replace else ""


def _tell(dataset, pipeline, drawn: int, *, json: bool) -> None:
    from ..datasets.shelf import folder_of

    name, images = dataset.card.name, dataset.images
    flawed = int(images["flaw"].ne("").sum())
    folder = folder_of(name) / "pictures"
    if json:
        print_json(
            {
                "format": 1,
                "dataset": name,
                "pipeline": pipeline.name,
                "revision": pipeline.revision,
                "n_prompts": len(dataset.prompts),
                "n_images": len(images),
                "n_new": drawn,
                "n_flawed": flawed,
                "folder": str(folder),
                "notes": list(dataset.notes),
            }
        )
        return
    for line in dataset.notes:
        note(line)
    print(
        f"{name}: {len(images) - flawed:,} pictures of {len(dataset.prompts):,} prompts, {drawn:,} drawn now."
    )
    print(f"They are in {folder}. Next: ppp rate {name} --scorer quality-lite")
