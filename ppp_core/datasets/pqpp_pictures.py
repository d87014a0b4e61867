"""PQPP's pictures, as the authors publish them, joined to the prompts of an installed PQPP.

The authors' README: ``images/<image id>/`` holds ``image_4.png`` and ``image_5.png`` by SDXL, ``image_6.png``
the photograph of MS COCO that the caption is of (not generated, so it is left out), and ``image_7.png`` and
``image_8.png`` by GLIDE. The image id is the column ``image_id`` of their tables; the ids of captions in the
same tables are other numbers, some of them the same. DrawBench's pictures, where a copy has them, are laid
out as the authors' code writes them: ``drawbench_output/<10000 + index>/``, 4, 5 by SDXL and 6, 7 by GLIDE.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

COCO = {4: "SDXL", 5: "SDXL", 7: "GLIDE", 8: "GLIDE"}
DRAWBENCH = {4: "SDXL", 5: "SDXL", 6: "GLIDE", 7: "GLIDE"}
"""Number in a picture's name → its generator."""

COCO_FOLDERS = ("images", "output_images")
DRAWBENCH_FOLDER, DRAWBENCH_FIRST = "drawbench_output", 10_000
_TABLES = ("train.csv", "validation.csv", "test.csv")


def find_pictures(dataset: DataSet, tables: Path, root: str | Path) -> pd.DataFrame:
    """The pictures in a folder that are of prompts of this data set.

    Args:
        dataset: PQPP as it was read.
        tables: the folder with the authors' tables.
        root: the authors' folder ``images``, or one that has it, and ``drawbench_output`` where it is.

    Returns:
        Columns image_id, prompt_id, generator, seed (null), path (absolute).

    Raises:
        PPPError: when it is no folder, or holds no picture of these prompts.
    """
    import pandas as pd

    root = Path(root).expanduser().resolve()
    if not root.is_dir():
        raise PPPError(f"A folder with PQPP's pictures was wanted, {root} is none.")
    coco = next((root / name for name in COCO_FOLDERS if (root / name).is_dir()), root)
    wanted = [
        *_wanted(_of_captions(dataset, tables), coco, "", COCO),
        *_wanted(_of_drawbench(dataset), root / DRAWBENCH_FOLDER, f"{DRAWBENCH_FOLDER}/", DRAWBENCH),
    ]
    rows = [
        (name, prompt, generator, str(path)) for name, prompt, generator, path in wanted if path.is_file()
    ]
    if not rows:
        raise PPPError(
            f"{root} holds none of PQPP's pictures. Wanted: images/<image id>/image_4.png (SDXL) to "
            "image_8.png (GLIDE), as the authors publish them."
        )
    frame = pd.DataFrame(rows, columns=["image_id", "prompt_id", "generator", "path"], dtype="str")
    return frame.assign(seed=pd.array([pd.NA] * len(frame), dtype="Int64"))


def _wanted(
    folders: dict[str, str], root: Path, prefix: str, numbers: dict[int, str]
) -> list[tuple[str, str, str, Path]]:
    """Every picture that there may be: identifier, prompt_id, generator, path."""
    if not root.is_dir():
        return []
    here = {path.name for path in root.iterdir()}
    return [
        (f"{prefix}{folder}/image_{number}", prompt, generator, root / folder / f"image_{number}.png")
        for folder, prompt in folders.items()
        if folder in here
        for number, generator in numbers.items()
    ]


def _of_captions(dataset: DataSet, tables: Path) -> dict[str, str]:
    """Folder → prompt_id, joined on the prompt's text; no prompt is known by its image id."""
    from ..tables import read_table
    from ..tables.cleaning import need_column

    prompt_ids = dict(zip(dataset.prompts["prompt"], dataset.prompts["prompt_id"], strict=True))
    found: dict[str, str] = {}
    waiting = set(prompt_ids)
    for name in _TABLES:
        if not (tables / name).is_file():
            continue
        table = read_table(tables / name, prompt_column="best_caption")
        need_column("image_id", table.columns, name)
        texts = table["best_caption"].str.strip()
        for image_id, text in zip(table["image_id"].astype("str"), texts, strict=True):
            # the first of a repeated prompt is the one whose judgments are kept
            if text in waiting:
                waiting.remove(text)
                found[image_id] = prompt_ids[text]
    return found


def _of_drawbench(dataset: DataSet) -> dict[str, str]:
    ids = [one for one in dataset.prompts["prompt_id"] if one.startswith("drawbench-")]
    numbers = {one: one.removeprefix("drawbench-") for one in ids}
    return {str(DRAWBENCH_FIRST + int(n)): one for one, n in numbers.items() if n.isdecimal()}
