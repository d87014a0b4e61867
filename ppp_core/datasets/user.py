"""A user's own data set on disk: a card as JSON beside the three frames."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError
from ..store import write_atomically
from .cards import Card, SourceFile, Target

if TYPE_CHECKING:
    from .frames import DataSet


def write(folder: Path, dataset: DataSet) -> None:
    """Writes a data set's frames, notes and card into a folder."""
    from .shelf import write_frames

    write_frames(folder, dataset)
    with write_atomically(folder / "card.json") as temporary:
        temporary.write_text(json.dumps(asdict(dataset.card), indent=1, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> DataSet:
    """Reads what `write` wrote. Raises PPPError when it is broken."""
    from .frames import DataSet
    from .shelf import read_frames

    try:
        card = card_from(json.loads((folder / "card.json").read_text(encoding="utf-8")))
        frames, notes = read_frames(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PPPError(
            f"The data set {folder.name} in {folder} is broken ({type(error).__name__}). Import it again."
        ) from error
    return DataSet(card, **frames, notes=notes)


def card_from(told: dict) -> Card:
    """A card from the object that ``dataclasses.asdict`` made of it, by way of JSON.

    Example:
        >>> card = Card("mine", "Mine", "", "", "", "", "", targets=(), notes=("one",))
        >>> card_from(json.loads(json.dumps(asdict(card)))) == card
        True
    """
    plain = {
        key: told[key] for key in ("name", "title", "about", "citation", "homepage", "licence", "attribution")
    }
    return Card(
        **plain,
        targets=tuple(Target(**target) for target in told["targets"]),
        files=tuple(SourceFile(**file) for file in told["files"]),
        folders=tuple(told["folders"]),
        notes=tuple(told["notes"]),
    )


def is_utf8(path: Path) -> bool:
    """Whether a path can be written in a table: names of files may hold any bytes.

    Example:
        >>> import os
        >>> is_utf8(Path("füchse.png")), is_utf8(Path(os.fsdecode(b"f\\xff.png")))
        (True, False)
    """
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def refuse_not_utf8(path: Path, what: str) -> None:
    """Raises PPPError for a path that `is_utf8` is not true of."""
    if not is_utf8(path):
        readable = str(path).encode("utf-8", "replace").decode()
        raise PPPError(f"The name of {what} {readable} is not UTF-8. Rename it.")
