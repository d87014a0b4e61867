"""A user's own table of prompts and scores, as a data set."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import PPPError
from ..store.paths import refuse_when_public
from . import rated, user
from .builtin import DATASETS
from .cards import Card, Target
from .shelf import folder_of, load_dataset, locked, new_folder, write_manifest

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

RESERVED = {*DATASETS, "ppp", "scenes"}
"""Names that no import may take: the built-in sets, ``ppp`` (targets pooled over several sets), and
``scenes``, kept free for PPP's own simulated set, so that no import of today comes to stand in its way."""
MOSTLY = 0.5
"""Share of numbers above which a text column is taken for a broken column of numbers."""

DUPLICATES = ("refuse", "mean", "images")
_PICTURE_COLUMNS = ("image", "image_path", "path", "file_name", "filename", "file")
_NO_SCORES = {"id", "index", "prompt_id", "image_id", "row", "seed", "n_modifiers", "unnamed: 0", ""}
_SPLITS = {"train": "train", "training": "train", "val": "validation", "valid": "validation"}
_SPLITS |= {"validation": "validation", "dev": "validation", "test": "test"}


def import_dataset(
    path: str | Path | BinaryIO,
    *,
    name: str,
    images: str | Path | None = None,
    prompt_column: str | None = None,
    duplicates: str = "refuse",
    replace: bool = False,
    format: str | None = None,
) -> DataSet:
    """Imports a CSV, TSV, Parquet or JSON-lines table; every column of numbers becomes a target.

    A target is called ``<name>/<column>``, the column in small letters with hyphens. A column ``split``
    (train, validation, test) gives the splits. Columns named id, index, prompt_id, image_id, row, seed
    or n_modifiers are no targets; text columns and n_modifiers stay with the prompts.

    Args:
        path: the file, or an open binary stream; at most 200 MB.
        name: small letters, digits and hyphens; no built-in name.
        images: a folder of pictures; the table then has a column ``image`` (or image_path, path, file_name,
            filename, file) with a file name in it, one row an image (and, where known, columns
            ``generator`` and ``seed``), and numbers are ratings of images. There need be none: the data set
            then has no target until it is rated. The pictures stay where they are.
        prompt_column: the column of prompts; None for "prompt".
        duplicates: ``"refuse"``; ``"mean"`` to average the numbers of repeated prompts; ``"images"`` where
            every row is an image without a picture file (and, where known, a column ``generator``, ``seed``).
        replace: whether a data set of this name may be replaced; ratings made of its pictures are forgotten.
        format: the file's format; None for its suffix.

    Returns:
        The data set; its notes tell how many numbers are missing, what was left out, and how many targets
        of ratings were forgotten.

    Raises:
        PPPError: for a bad name, no prompts, an empty or a repeated prompt, a word or an infinity among
            numbers, no numbers at all (each with its row), in a public demo, or a name that is taken.
            Nothing is written then.
    """
    refuse_when_public("Importing a data set")
    check_name(name, replace)
    dataset = read_own_table(
        path, name=name, images=images, prompt_column=prompt_column, duplicates=duplicates, format=format
    )
    with locked(name), new_folder(name) as folder:
        check_name(name, replace)
        user.write(folder, dataset)
        write_manifest(folder, dataset, origin="user", source=_source(path))
    forgotten = rated.forget_ratings(name)
    return rated.with_forgotten(load_dataset(name), forgotten)


def read_own_table(
    path: str | Path | BinaryIO,
    *,
    name: str,
    images: str | Path | None = None,
    prompt_column: str | None = None,
    duplicates: str = "refuse",
    format: str | None = None,
) -> DataSet:
    """The data set that a file stands for; writes nothing. Arguments and errors as in `import_dataset`."""
    from ..tables import MAX_BYTES, read_table, restore_formulas

    if duplicates not in DUPLICATES:
        raise PPPError(f"duplicates is one of {', '.join(DUPLICATES)}, got {duplicates!r}.")
    column = prompt_column or "prompt"
    read = read_table(path, format=format, prompt_column=column, text_ok=False, max_bytes=MAX_BYTES)
    table = restore_formulas(read)
    notes = list(read.attrs["notes"])
    if not table.equals(read):
        notes.append("An apostrophe before a formula sign, as exports put it, was taken off some cells.")
    return frames_of(
        table,
        name=name,
        source=_source(path),
        prompt_column=column,
        images=images,
        duplicates=duplicates,
        notes=tuple(notes),
    )


def _source(path: str | Path | BinaryIO) -> str:
    name = Path(getattr(path, "name", "upload") if not isinstance(path, (str, Path)) else path).name
    return name.encode("utf-8", "replace").decode()


def frames_of(
    table: pd.DataFrame,
    *,
    name: str,
    source: str,
    prompt_column: str = "prompt",
    images: str | Path | None = None,
    duplicates: str = "refuse",
    notes: tuple[str, ...] = (),
) -> DataSet:
    """The data set that a table stands for; writes nothing. Arguments and errors as in `import_dataset`."""
    from .frames import build

    table = table.rename(columns={prompt_column: "prompt"}).reset_index(drop=True)
    table = table.assign(prompt=table["prompt"].str.strip())
    _refuse_empty(table["prompt"])
    if images is not None:
        table = _named_pictures(table)
    scores = _scores(table, needed=images is None)
    table = table.assign(**{column: scores[column] for column in scores.columns})
    targets = _targets(name, source, scores, needed=images is None)
    if images is None and duplicates == "refuse":
        _refuse_repeated(table["prompt"])
    prompts, prompt_ids = _prompts(table, list(scores.columns))
    pictures, image_ids = _images(table, prompt_ids, images, each_row=duplicates == "images")
    ratings, told = _ratings(scores, targets, prompt_ids, image_ids)
    repeated = len(table) - len(prompts)
    if image_ids is None and repeated:
        told.append(f"{repeated:,} rows repeated a prompt; its numbers are averaged.")
    return build(_card(name, source, targets), prompts, pictures, ratings, (*notes, *told))


def check_name(name: str, replace: bool) -> None:
    """Raises PPPError for a built-in name, or one that is taken and may not be replaced."""
    if name in RESERVED:
        raise PPPError(f"The name {name!r} is taken by a built-in data set. Choose another.")
    if (folder_of(name) / "manifest.json").exists() and not replace:
        raise PPPError(f"There is a data set {name!r} already. Choose another name, or replace it.")


def _refuse_empty(prompts: pd.Series) -> None:
    empty = prompts.eq("")
    if empty.any():
        raise PPPError(
            f"Row {_row(int(empty.idxmax()))} has no prompt ({int(empty.sum()):,} such rows). "
            "Fill it or take it out."
        )


def _refuse_repeated(prompts: pd.Series) -> None:
    again = prompts.duplicated()
    if again.any():
        second = int(again.idxmax())
        first = int(prompts.eq(prompts[second]).idxmax())
        raise PPPError(
            f"Rows {_row(first)} and {_row(second)} have the same prompt {prompts[second][:60]!r} "
            f"({int(again.sum()):,} repeated in all). Take them out, or say what they are (on the command "
            "line: --duplicates mean averages them, --duplicates images takes each row for an image)."
        )


def _named_pictures(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its column of pictures called ``image``, whichever of the usual names it has."""
    if "image" in table:
        return table
    found = next((column for column in table.columns if str(column).lower() in _PICTURE_COLUMNS), None)
    return table if found is None else table.rename(columns={found: "image"})


def _scores(table: pd.DataFrame, *, needed: bool) -> pd.DataFrame:
    """The columns of numbers, as float64; text that is mostly numbers is refused with its row."""
    import pandas as pd

    scores = {}
    for column in table.columns:
        if column in ("prompt", "split", "generator", "image") or str(column).strip().lower() in _NO_SCORES:
            continue
        values = table[column]
        if pd.api.types.is_bool_dtype(values):
            continue
        numbers = values if pd.api.types.is_numeric_dtype(values) else _numbers_in(values, column)
        if numbers is not None:
            scores[column] = _finite(numbers.astype("float64"), column)
    if not scores and needed:
        raise PPPError(
            f"No column of numbers was found beside the prompts; at least one score was wanted. "
            f"Columns: {', '.join(map(repr, table.columns))}."
        )
    return pd.DataFrame(scores, index=table.index)


def _numbers_in(values: pd.Series, column: str) -> pd.Series | None:
    import pandas as pd

    texts = values.map(lambda value: value if isinstance(value, str) else None)
    written = texts.str.strip().where(texts.notna() & texts.str.strip().ne(""))
    numbers = pd.to_numeric(written, errors="coerce")
    missing_words = written.str.lower().isin(["na", "n/a", "nan", "null", "none", "#n/a", "-"])
    words = written.notna() & numbers.isna() & ~missing_words
    if not words.any() or numbers.notna().sum() <= MOSTLY * written.notna().sum():
        return None
    first = int(words.idxmax())
    raise PPPError(
        f"Column {column!r}, row {_row(first)}: a number was wanted, got {values[first]!r} "
        f"({int(words.sum()):,} such cells). Correct it, or leave it empty."
    )


def _finite(numbers: pd.Series, column: str) -> pd.Series:
    infinite = numbers.abs().eq(float("inf"))
    if infinite.any():
        first = int(infinite.idxmax())
        raise PPPError(
            f"Column {column!r}, row {_row(first)}: a finite number was wanted, got {numbers[first]}."
        )
    return numbers


def _targets(name: str, source: str, scores: pd.DataFrame, *, needed: bool) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for column, values in scores.items():
        if values.notna().any():
            slug = re.sub(r"[^a-z0-9]+", "-", str(column).lower()).strip("-") or "score"
            targets[column] = _target(f"{name}/{slug}", str(column), source, values)
    named = [target.name for target in targets.values()]
    repeated = next((one for one in named if named.count(one) > 1), None)
    if repeated:
        both = [repr(column) for column, target in targets.items() if target.name == repeated]
        raise PPPError(f"The columns {' and '.join(both)} would both be called {repeated}. Rename one.")
    if not targets and needed:
        raise PPPError("Every score is missing; at least one number was wanted.")
    return targets


def _target(name: str, column: str, source: str, values: pd.Series) -> Target:
    low, high = float(values.min()), float(values.max())
    readable = column.replace("{", "(").replace("}", ")")
    return Target(
        name=name,
        title=column,
        measure=column,
        low=low,
        high=high,
        judged_by="user",
        reads_as=f"on {low:g} to {high:g}, {readable} would be about {{value}}",
        about=f"Column {column!r} of {source}; its bounds are the least and the greatest value there.",
    )


def _prompts(table: pd.DataFrame, scores: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    from hashlib import sha256

    import pandas as pd

    prompt_ids = table["prompt"].map(lambda prompt: sha256(prompt.encode()).hexdigest()[:16])
    kept = table.drop(columns=[*scores, *(c for c in ("image", "generator", "prompt_id") if c in table)])
    kept = kept.assign(prompt_id=prompt_ids, split=_split(table))
    for column in kept.columns.difference(["prompt_id", "prompt", "split"]):
        if not pd.api.types.is_numeric_dtype(kept[column]):
            kept[column] = kept[column].astype("str")
    return kept.drop_duplicates("prompt_id").reset_index(drop=True), prompt_ids


def _split(table: pd.DataFrame) -> pd.Series | None:
    if "split" not in table:
        return None
    written = table["split"].astype("str").str.strip().str.lower()
    splits = written.map(_SPLITS)
    strange = splits.isna() & written.notna() & written.ne("")
    if strange.any():
        first = int(strange.idxmax())
        raise PPPError(
            f"Column 'split', row {_row(first)}: train, validation or test was wanted, got "
            f"{table['split'][first]!r}."
        )
    return splits


def _images(
    table: pd.DataFrame, prompt_ids: pd.Series, folder: str | Path | None, *, each_row: bool
) -> tuple[pd.DataFrame | None, pd.Series | None]:
    import pandas as pd

    if folder is None and not each_row:
        return None, None
    if folder is None:
        image_ids = pd.Series([f"row-{number + 1}" for number in range(len(table))], dtype="str")
        frame = pd.DataFrame({"image_id": image_ids, "prompt_id": prompt_ids})
    else:
        image_ids, paths = _pictures(table, Path(folder).expanduser().resolve())
        frame = pd.DataFrame({"image_id": image_ids, "prompt_id": prompt_ids, "path": paths})
    if "generator" in table:
        frame["generator"] = table["generator"].astype("str")
    if "seed" in table:
        frame["seed"] = _seeds(table["seed"])
    return frame, image_ids


def _pictures(table: pd.DataFrame, root: Path) -> tuple[pd.Series, list[str]]:
    """Names and full paths of the pictures that a table names, one row an image."""
    if not root.is_dir():
        raise PPPError(f"A folder of pictures was wanted, {root} is none.")
    user.refuse_not_utf8(root, "the folder")
    if "image" not in table:
        raise PPPError("With a folder of pictures the table needs a column 'image' with their file names.")
    image_ids = table["image"].astype("str")
    paths = [_picture(root, name, row) for row, name in enumerate(image_ids)]
    again = image_ids.duplicated()
    if again.any():
        row = int(again.idxmax())
        raise PPPError(f"Column 'image', row {_row(row)}: {image_ids[row]!r} came before. One row an image.")
    return image_ids, paths


def _seeds(values: pd.Series) -> pd.Series:
    """Whole numbers as they are; anything else is no seed."""
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    return numbers.where(numbers.eq(numbers.round())).astype("Int64")


def _picture(root: Path, name: object, row: int) -> str:
    path = (root / str(name)).resolve()
    if not isinstance(name, str) or not path.is_relative_to(root) or not path.is_file():
        raise PPPError(f"Column 'image', row {_row(row)}: there is no picture {name!r} in {root}.")
    if not user.is_utf8(path):
        raise PPPError(
            f"Column 'image', row {_row(row)}: the name of what {name!r} links to is not UTF-8. Rename it."
        )
    return str(path)


def _ratings(
    scores: pd.DataFrame, targets: dict[str, Target], prompt_ids: pd.Series, image_ids: pd.Series | None
) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    from .frames import RATING_COLUMNS

    parts, notes = [], []
    for column, values in scores.items():
        missing = int(values.isna().sum())
        if column not in targets:
            notes.append(f"Column {column!r} has no numbers at all; it is no target.")
            continue
        if missing:
            notes.append(f"Column {column!r}: {missing:,} of {len(values):,} values are missing.")
        base = {"prompt_id": prompt_ids, "target": targets[column].name, "value": values}
        if image_ids is not None:
            base["image_id"] = image_ids
        parts.append(pd.DataFrame(base)[values.notna()])
    if not parts:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in RATING_COLUMNS}), notes
    return pd.concat(parts, ignore_index=True), notes


def _card(name: str, source: str, targets: dict[str, Target]) -> Card:
    return Card(
        name=name,
        title=name,
        about=f"Imported from {source}.",
        citation="",
        homepage="",
        licence="your own",
        attribution="",
        targets=tuple(targets.values()),
    )


def _row(index: int) -> str:
    """Rows are counted from 1, without the header."""
    return f"{index + 1:,}"
