"""Ratings that scorers gave to a data set's pictures, kept beside it: ``$PPP_HOME/ratings/<name>/<scorer>``.

A data set's own files are never changed by them; `load_dataset` adds them as targets judged by models.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError
from ..store import home, write_atomically
from ..targets import Target

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

FORMAT = 1
_METADATA = b"ppp"
_COLUMNS = ("image_id", "prompt_id", "key", "value")


@dataclass(frozen=True)
class KeptRatings:
    """What one scorer said of the pictures of one data set.

    Attributes:
        target: what the ratings become; its bounds hold them all.
        revision: of the scorer; ratings of another revision are not taken over.
        frame: columns image_id, prompt_id, key (what was rated: picture and, where it counts, prompt, as
            hashes) and value (float64, finite, higher is better).
    """

    target: Target
    revision: str
    frame: pd.DataFrame


def ratings_folder(name: str) -> Path:
    """Where the ratings of a data set's pictures are kept."""
    return home() / "ratings" / name


def write_ratings(name: str, scorer: str, kept: KeptRatings) -> None:
    """Keeps ratings of a data set, whole or not at all; those that stood there are replaced.

    Raises:
        PPPError: when they cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {"format": FORMAT, "revision": kept.revision, "target": asdict(kept.target)}
    table = pa.Table.from_pandas(kept.frame[list(_COLUMNS)], preserve_index=False)
    table = table.replace_schema_metadata({_METADATA: json.dumps(told, ensure_ascii=False).encode()})
    with write_atomically(ratings_folder(name) / f"{scorer}.parquet") as path:
        pq.write_table(table, path)


def read_ratings(name: str, scorer: str) -> KeptRatings | None:
    """What `write_ratings` kept; None where there is nothing, or nothing that can be read."""
    try:
        return _read(ratings_folder(name) / f"{scorer}.parquet")
    except (OSError, ValueError, KeyError, TypeError):
        return None


def with_ratings(dataset: DataSet) -> DataSet:
    """The data set with one more target a scorer, and a note where not every picture is rated.

    A file that cannot be read is told in a note; nothing else depends on it.
    """
    folder = ratings_folder(dataset.card.name)
    paths = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    for path in paths:
        if path.name.startswith("."):
            continue  # a write under way
        try:
            dataset = _with_one(dataset, _read(path))
        except (OSError, ValueError, KeyError, TypeError) as error:
            told = f"The ratings by {path.stem} cannot be read ({type(error).__name__}). Run ppp rate again."
            dataset = replace(dataset, notes=(*dataset.notes, told))
    return dataset


def forget_ratings(name: str) -> int:
    """Deletes all ratings that are kept of a data set; returns of how many targets they were."""
    folder = ratings_folder(name)
    paths = [path for path in folder.glob("*.parquet") if not path.name.startswith(".")]
    shutil.rmtree(folder, ignore_errors=True)
    return len(paths)


def with_forgotten(dataset: DataSet, n_targets: int) -> DataSet:
    """The data set with a note that ratings of its former pictures are forgotten, where any were."""
    if not n_targets:
        return dataset
    told = f"Ratings of the pictures before are forgotten: {n_targets:,} target{'s' * (n_targets > 1)}."
    if dataset.images["path"].notna().any():
        told += f" Rate these with: ppp rate {dataset.card.name}"
    return replace(dataset, notes=(*dataset.notes, told))


def ratings_stamp(name: str) -> str:
    """Changes whenever ratings of a data set are written; empty where there are none."""
    folder = ratings_folder(name)
    paths = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    return " ".join(f"{path.name} {path.stat().st_mtime_ns}" for path in paths)


def _read(path: Path) -> KeptRatings:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    told: Mapping = json.loads((table.schema.metadata or {}).get(_METADATA, b"{}"))
    if told.get("format") != FORMAT or set(table.column_names) != set(_COLUMNS):
        raise ValueError(f"{path.name} holds no ratings of this version")
    frame = table.to_pandas()
    text = {column: frame[column].astype("str") for column in _COLUMNS[:3]}
    return KeptRatings(Target(**told["target"]), told["revision"], frame.assign(**text))


def _with_one(dataset: DataSet, kept: KeptRatings) -> DataSet:
    import pandas as pd

    if any(target.name == kept.target.name for target in dataset.card.targets):
        told = f"{kept.target.name} is the data set's own; the ratings of that scorer are not used."
        return replace(dataset, notes=(*dataset.notes, told))
    images = dataset.images[["image_id", "prompt_id", "generator"]]
    rows = kept.frame.merge(images, on=["image_id", "prompt_id"], how="inner")
    if rows.empty:
        return dataset
    ratings = pd.DataFrame(
        {
            "prompt_id": rows["prompt_id"],
            "image_id": rows["image_id"],
            "target": pd.Series(kept.target.name, index=rows.index, dtype="str"),
            "generator": rows["generator"],
            "value": rows["value"],
            "sd": float("nan"),
            "n_raters": pd.array([pd.NA] * len(rows), dtype="Int64"),
        }
    )
    notes = dataset.notes
    if len(rows) < len(images):
        notes = (*notes, f"{kept.target.name}: {len(rows):,} of {len(images):,} pictures are rated.")
    return replace(
        dataset,
        card=replace(dataset.card, targets=(*dataset.card.targets, kept.target)),
        ratings=pd.concat([dataset.ratings, ratings[dataset.ratings.columns]], ignore_index=True),
        notes=notes,
    )


def check_rateable(dataset: DataSet) -> None:
    """Raises PPPError when none of a data set's pictures is on this machine."""
    if not len(dataset.images) or dataset.images["path"].isna().all():
        name = dataset.card.name
        raise PPPError(
            f"No picture of the data set {name} is on this machine, so there is nothing to rate. "
            f"Get them with: ppp get {name} --from DIR, or ppp import FILE --name N --images DIR"
        )
