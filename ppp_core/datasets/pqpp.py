"""PQPP: human judgments of generated images, and retrieval performance, for MS COCO captions and DrawBench.

The URLs name one revision of the authors' repository, whose training and validation files are the ones
hashed here, byte for byte. The test file's hash was never taken here, so that nothing had to open it;
it is checked for its columns only. The authors publish DrawBench's scores in another layout than
``drawbench.csv``, so that file comes with ``ppp get pqpp --from DIR`` alone.

Reference:
    Poesina et al. (2025), PQPP: A Joint Benchmark for Text-to-Image Prompt and Query Performance
    Prediction, CVPR.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .cards import Card, SourceFile, Target

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

_RAW = "https://raw.githubusercontent.com/Eduard6421/PQPP/6f75de17a8caae939ff5358728da34380eedb987/dataset/"
_SPLITS = {"train.csv": "train", "validation.csv": "validation", "test.csv": "test"}
_DRAWBENCH_SPLITS = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}
_MEASURES = {"p10": "P@10", "rr": "RR"}
_SHORT = {"average": "SDXL + GLIDE", "sdxl": "SDXL", "glide": "GLIDE", "clip": "CLIP", "blip2": "BLIP-2"}


def _hbpp(system: str, title: str, images: str, generator: str) -> Target:
    return Target(
        name=f"pqpp/hbpp-{system}",
        title=title,
        measure="HBPP",
        low=-1.0,
        high=2.0,
        judged_by="people",
        reads_as=f"on -1 to 2, people would judge {images} of this prompt about {{value}}",
        about=f"Mean of people's judgments of {generator}: 2 highly relevant, 1 somewhat, 0 irrelevant, "
        "-1 unrealistic.",
        label=f"Images: {_SHORT[system]}",
    )


def _retrieval(measure: str, system: str, title: str, reads_as: str, about: str) -> Target:
    return Target(
        name=f"pqpp/{measure}-{system}",
        title=title,
        measure=_MEASURES[measure],
        low=0.0,
        high=1.0,
        judged_by="retrieval",
        reads_as=reads_as,
        about=about,
        label=f"Search {_MEASURES[measure]}: {_SHORT[system]}",
    )


def _p10(system: str, engine: str) -> Target:
    return _retrieval(
        "p10",
        system,
        f"{engine} search: relevant images in the top ten",
        f"on 0 to 1, about {{value}} of the first ten images that {engine} finds would be relevant",
        f"Share of relevant images among the first ten that {engine} finds in COCO train2017.",
    )


def _rr(system: str, engine: str) -> Target:
    return _retrieval(
        "rr",
        system,
        f"{engine} search: how early the first relevant image comes",
        f"on 0 to 1, one over the rank of the first relevant image that {engine} finds is about {{value}}",
        f"One over the rank of the first relevant image that {engine} finds in COCO train2017.",
    )


CARD = Card(
    name="pqpp",
    title="PQPP",
    about="10,000 MS COCO captions, and DrawBench prompts, with people's judgments of four images each "
    "(two by SDXL, two by GLIDE), and how well CLIP and BLIP-2 find images for them.",
    citation="Poesina, Costache, Chifu, Mothe, Ionescu (2025). PQPP: A Joint Benchmark for Text-to-Image "
    "Prompt and Query Performance Prediction. CVPR. arXiv:2406.04746.",
    homepage="https://github.com/Eduard6421/PQPP",
    licence="CC BY 4.0",
    attribution="PQPP by Poesina et al. (CVPR 2025), CC BY 4.0; captions from MS COCO (CC BY 4.0) and "
    "prompts from DrawBench (Saharia et al. 2022).",
    targets=(
        _hbpp("average", "Relevance of generated images", "images", "two SDXL and two GLIDE images"),
        _hbpp("sdxl", "Relevance of SDXL images", "SDXL images", "two SDXL images"),
        _hbpp("glide", "Relevance of GLIDE images", "GLIDE images", "two GLIDE images"),
        _p10("clip", "CLIP"),
        _p10("blip2", "BLIP-2"),
        _rr("clip", "CLIP"),
        _rr("blip2", "BLIP-2"),
    ),
    files=(
        SourceFile(
            "train.csv",
            _RAW + "train.csv",
            "ea5852087bc4026732d967c012c63c29bd613332faa94dd36111bd6bb610154b",
            847_910,
        ),
        SourceFile(
            "validation.csv",
            _RAW + "validation.csv",
            "50432e1b998956962f54ea5d7a15cbf93303cc980a8c3892f80b1f9d966457c8",
            288_725,
        ),
        SourceFile("test.csv", _RAW + "test.csv", required=False),
        SourceFile(
            "drawbench.csv",
            "",
            "e13a2240c0791ee342683dbf98c72d017cf491fbfde9218d1e2434c53eeae64e",
            14_125,
            required=False,
        ),
    ),
    judgments="Two SDXL and two GLIDE images of each prompt were judged. The authors count over 1.6 million "
    "judgments of generated and retrieved images together (published); the files hold means only, not how "
    "many people judged each image.",
    notes=(
        "DrawBench prompts carry the judgments of generated images only; its retrieval figures are nearly "
        "all zero and are left out.",
        "The splits are consecutive slices, so their averages drift a little.",
        "The pictures (33 GB) are on the authors' own storage and are not fetched; `ppp get pqpp --images "
        "DIR` takes a folder that has them.",
    ),
)

_COLUMNS = {
    "avg_generative_score": "pqpp/hbpp-average",
    "sdxl_score": "pqpp/hbpp-sdxl",
    "glide_score": "pqpp/hbpp-glide",
    "clip_pk": "pqpp/p10-clip",
    "blip2_pk": "pqpp/p10-blip2",
    "clip_rr": "pqpp/rr-clip",
    "blip2_rr": "pqpp/rr-blip2",
}
_SYSTEMS = {"sdxl": "SDXL", "glide": "GLIDE", "clip": "CLIP", "blip2": "BLIP-2"}


def read(folder: Path) -> DataSet:
    """Reads the authors' files from a folder.

    Args:
        folder: with train.csv and validation.csv, and test.csv and drawbench.csv where there are.

    Returns:
        Prompts named ``coco-<caption id>`` and ``drawbench-<index>``, with the columns source and category;
        no images; ratings of whole prompts.

    Raises:
        PPPError: when a file is missing or lacks a column.
    """
    import pandas as pd

    from .frames import build, drop_repeated_prompts, strip_prompts

    parts = [_coco(folder / name, split) for name, split in _SPLITS.items() if _wanted(folder, name)]
    if (folder / "drawbench.csv").exists():
        parts.append(_drawbench(folder / "drawbench.csv"))
    rows, stripped = strip_prompts(pd.concat(parts, ignore_index=True))
    rows, repeated = drop_repeated_prompts(rows)
    rows, renamed = _distinct(rows)
    notes = (*stripped, *repeated, *renamed, *_absent(folder))
    return build(CARD, rows.drop(columns=list(_COLUMNS)), None, _ratings(rows), notes)


def pictures(dataset: DataSet, folder: Path, root: str | Path) -> pd.DataFrame:
    """The authors' pictures in a folder, joined to the prompts; see `pqpp_pictures.find_pictures`."""
    from .pqpp_pictures import find_pictures

    return find_pictures(dataset, folder, root)


def _wanted(folder: Path, name: str) -> bool:
    return name != "test.csv" or (folder / name).exists()


def _coco(path: Path, split: str) -> pd.DataFrame:
    from ..tables import read_table
    from ..tables.cleaning import need_column, need_numbers

    frame = read_table(path, prompt_column="best_caption")
    need_column("id", frame.columns, path.name)
    frame = need_numbers(frame, _COLUMNS, path.name).rename(columns={"best_caption": "prompt"})
    identifiers = "coco-" + frame["id"].astype("str")
    return frame[["prompt", *_COLUMNS]].assign(
        prompt_id=identifiers, split=split, source="MS COCO", category=None
    )


def _drawbench(path: Path) -> pd.DataFrame:
    from ..errors import PPPError
    from ..tables import read_table
    from ..tables.cleaning import need_column, need_numbers

    frame = read_table(path, prompt_column="prompt")
    scores = [column for column, target in _COLUMNS.items() if target.startswith("pqpp/hbpp")]
    for column in ("index", "split", "category"):
        need_column(column, frame.columns, path.name)
    frame = need_numbers(frame, scores, path.name)
    splits = frame["split"].map(_DRAWBENCH_SPLITS)
    if splits.isna().any():
        strange = frame.loc[splits.isna(), "split"].iloc[0]
        raise PPPError(f"{path.name}: the split must be train, val or test, got {strange!r}.")
    identifiers = "drawbench-" + frame["index"].astype("str")
    kept = frame[["prompt", "category", *scores]]
    return kept.assign(prompt_id=identifiers, split=splits, source="DrawBench")


def _distinct(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Makes identifiers unique: the authors' id columns are not promised to be."""
    from hashlib import sha256

    again = rows["prompt_id"].duplicated()
    if not again.any():
        return rows, ()
    marks = rows.loc[again, "prompt"].map(lambda prompt: sha256(prompt.encode()).hexdigest()[:8])
    rows.loc[again, "prompt_id"] = rows.loc[again, "prompt_id"] + "-" + marks
    return rows, (f"{int(again.sum()):,} prompts had another prompt's id; their own got a suffix.",)


def _ratings(rows: pd.DataFrame) -> pd.DataFrame:
    long = rows.melt("prompt_id", list(_COLUMNS), "column", "value")
    targets = long["column"].map(_COLUMNS)
    systems = targets.str.rpartition("-")[2].map(_SYSTEMS)
    long = long.assign(target=targets, generator=systems).drop(columns="column")
    coco_only = ~long["target"].str.startswith("pqpp/hbpp") & ~long["prompt_id"].str.startswith("coco-")
    return long[~coco_only]


def _absent(folder: Path) -> tuple[str, ...]:
    absent = [file.path for file in CARD.files if not (folder / file.path).exists()]
    return (f"Not in this copy: {', '.join(absent)}.",) if absent else ()
