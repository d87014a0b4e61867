"""A built-in data set onto this machine: downloaded, or copied from a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from ..errors import PPPError, unknown_name
from ..store import write_atomically
from ..store.download import Progress, download
from ..store.paths import refuse_when_public
from . import rated
from .builtin import DATASETS, DRAWN, POOLED
from .cards import Card, SourceFile
from .shelf import (
    PICTURES,
    digest,
    folder_of,
    load_dataset,
    locked,
    new_folder,
    with_own_pictures,
    write_manifest,
)

if TYPE_CHECKING:
    from .frames import DataSet

_FOLDER = "take a folder that has the file: ppp get … --from DIR"


def get_dataset(
    name: str,
    *,
    source: str | Path | None = None,
    images: str | Path | None = None,
    progress: Progress | None = None,
) -> DataSet:
    """Brings a built-in data set onto this machine, checks it, and loads it.

    Files that are here already and right are kept, so calling it again downloads nothing. The licence
    and attribution are written beside the files.

    Args:
        name: a built-in data set.
        source: a folder with the authors' files, by themselves, under the data set's name, or in a clone
            of the authors' repository; None to download them.
        images: the folder of its pictures, for a data set whose pictures come apart from its files (PQPP);
            they stay where they are. With a data set that is here already nothing is downloaded. Ratings
            made of the pictures before are forgotten.
        progress: called with the bytes done and the bytes in all (None where unknown).

    Returns:
        The data set, as `load_dataset` gives it; a note tells how many targets of ratings were forgotten.

    Raises:
        PPPError: for an unknown name, a missing or altered file, a failed download, in a public demo, or
            when another process is at it. What was installed before stays.
    """
    refuse_when_public("Fetching a data set")
    if name in POOLED:
        sources = " ".join(POOLED[name].source_names())
        raise PPPError(
            f"{name} is made of other data sets and needs no fetching. Get those: ppp get {sources}"
        )
    if name in DRAWN:
        raise PPPError(f"{name} is drawn by PPP itself and needs no fetching: it is here already.")
    if name not in DATASETS:
        raise unknown_name("data set", name, DATASETS)
    card = DATASETS[name].CARD
    given = None if source is None else _existing(source)
    if images is not None and not hasattr(DATASETS[name], "pictures"):
        raise PPPError(
            f"{name} takes no --images. Where it has pictures, its folder has them: ppp get {name} --from DIR"
        )
    forgotten = 0
    with locked(name):
        if images is None or given is not None or not _is_here(card):
            _install(card, given, progress)
        if images is not None:
            forgotten = _take_pictures(card, images)
    return rated.with_forgotten(load_dataset(name), forgotten)


def _install(card: Card, given: Path | None, progress: Progress | None) -> None:
    waiting = folder_of(card.name).parent / ".partial" / card.name
    if given is None:
        _download_all(card, waiting, progress)
    with new_folder(card.name) as folder:
        if given is None:
            _keep_what_is_here(card, folder)
            _take(waiting, folder)
        else:
            _copy(card, given, folder, progress)
        if (folder_of(card.name) / PICTURES).is_file():
            shutil.copyfile(folder_of(card.name) / PICTURES, folder / PICTURES)
        licence = (
            f"{card.title}\n{card.homepage}\n\nLicence: {card.licence}\n{card.attribution}\n\n"
            f"{card.citation}\n"
        )
        with write_atomically(folder / "LICENCE.txt") as temporary:
            temporary.write_text(licence, encoding="utf-8")
        _finish(card, folder, "download" if given is None else str(given))


def _take_pictures(card: Card, root: str | Path) -> int:
    """Writes where an installed data set's pictures lie; nothing is changed where there are none.

    Ratings of the pictures before go; returns of how many targets they were.
    """
    from ..tables import write_table

    folder, module = folder_of(card.name), DATASETS[card.name]
    write_table(module.pictures(module.read(folder), folder, root), folder / PICTURES)
    forgotten = rated.forget_ratings(card.name)
    _finish(card, folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["source"])
    return forgotten


def _finish(card: Card, folder: Path, source: str) -> None:
    dataset = with_own_pictures(DATASETS[card.name].read(folder), folder)
    write_manifest(folder, dataset, origin="built-in", source=source)


def _is_here(card: Card) -> bool:
    here = folder_of(card.name)
    files = [file for file in card.files if file.required]
    return (here / "manifest.json").is_file() and all(_right(file, here / file.path) for file in files)


def _existing(source: str | Path) -> Path:
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise PPPError(f"A folder with the data set's files was wanted, {folder} is none.")
    return folder.resolve()


def _download_all(card: Card, waiting: Path, progress: Progress | None) -> None:
    """Downloads what is not here yet into a folder that outlives an interruption."""
    here = folder_of(card.name)
    wanted = [
        f for f in card.files if f.url and not _right(f, here / f.path) and not _right(f, waiting / f.path)
    ]
    sizes = [file.size for file in wanted if file.required]
    total = sum(sizes) if all(sizes) else None
    before = 0
    for file in wanted:
        told = None if progress is None else _shifted(progress, before, total)
        try:
            download(file, waiting / file.path, progress=told, otherwise=_FOLDER)
        except PPPError:
            if file.required:
                raise
            continue
        before += (waiting / file.path).stat().st_size


def _shifted(progress: Progress, before: int, total: int | None) -> Progress:
    def told(done: int, whole: int | None) -> None:
        progress(before + done, None if total is None else max(total, before + (whole or done)))

    return told


def _right(file: SourceFile, path: Path) -> bool:
    return path.is_file() and (file.sha256 is None or digest(path) == file.sha256)


def _keep_what_is_here(card: Card, folder: Path) -> None:
    here = folder_of(card.name)
    for file in card.files:
        if _right(file, here / file.path):
            shutil.copyfile(here / file.path, folder / file.path)
    for kept in card.folders:
        if (here / kept).is_dir():
            shutil.copytree(here / kept, folder / kept)


def _take(waiting: Path, folder: Path) -> None:
    """Moves what was downloaded; the rest of the waiting folder goes, so nothing bad is found again."""
    if not waiting.is_dir():
        return
    for path in sorted(waiting.iterdir()):
        if path.is_file() and ".part" not in path.suffixes:
            path.replace(folder / path.name)
    shutil.rmtree(waiting, ignore_errors=True)


def _copy(card: Card, source: Path, folder: Path, progress: Progress | None) -> None:
    found = {file: _find(card, file, source) for file in card.files}
    absent = [file.path for file, path in found.items() if path is None and file.required]
    if absent:
        raise PPPError(f"{source} lacks {', '.join(absent)} of the data set {card.name}.")
    present = {file: path for file, path in found.items() if path is not None}
    for file, path in present.items():
        if not _right(file, path):
            raise PPPError(
                f"{path} is not the published {file.path}: wanted SHA-256 {file.sha256[:12]}…, got "
                f"{digest(path)[:12]}…. Take the authors' file, or bring your own with: ppp import."
            )
    total = sum(path.stat().st_size for path in present.values())
    done = 0
    for file, path in present.items():
        shutil.copyfile(path, folder / file.path)
        done += path.stat().st_size
        if progress is not None:
            progress(done, total)
    beside = next(iter(present.values())).parent
    for name in card.folders:
        if (beside / name).is_dir():
            shutil.copytree(beside / name, folder / name)


def _find(card: Card, file: SourceFile, source: Path) -> Path | None:
    """The file in the folder itself, under the data set's name, or where the authors' repository has it."""
    in_repository = "/".join(urlparse(file.url).path.split("/")[4:])
    places = [source / file.path, source / card.name / file.path]
    places += [source / in_repository] if in_repository else []
    return next((path for path in places if path.is_file()), None)
