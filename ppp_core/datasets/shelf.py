"""The data sets on this machine: where they lie, what is there, and how one is loaded."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from ..store import home, is_public, write_atomically
from ..store.paths import refuse_when_public
from . import rated, user
from .builtin import DATASETS, DRAWN, POOLED

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

CANONICAL_VERSION = 1
"""Raised when the canonical frames change shape; kept frames of another version are read anew."""

FRAMES = ("prompts", "images", "ratings")
PICTURES = "pictures.parquet"
"""Beside a built-in data set's files: where the pictures lie that a user brought for it."""

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCK_SECONDS = 10


@dataclass(frozen=True)
class Installed:
    """One data set on this machine, in numbers.

    Attributes:
        name: its name.
        title: as its authors write it.
        origin: ``"built-in"``, ``"user"`` or ``"simulated"``.
        n_prompts, n_images, n_ratings: rows of its frames.
        folder: where it lies.
        revision: changes with its contents; part of every cache key.
    """

    name: str
    title: str
    origin: str
    n_prompts: int
    n_images: int
    n_ratings: int
    folder: Path
    revision: str


def folder_of(name: str) -> Path:
    """Where a data set lies or would lie. Raises PPPError for a name that is no plain name."""
    if not NAME.fullmatch(name) or len(name) > 64:
        raise PPPError(
            f"A data set's name has small letters, digits and single hyphens, at most 64, got {name!r}."
        )
    return home() / "datasets" / name


def installed() -> list[Installed]:
    """The data sets on this machine, built-in ones first, read from their manifests alone."""
    root = home() / "datasets"
    found = [_summary(path.parent) for path in sorted(root.glob("*/manifest.json"))] if root.is_dir() else []
    order = list(DATASETS)
    known = [one for one in found if one is not None]
    return sorted(known, key=lambda one: order.index(one.name) if one.name in order else len(order))


def simulated() -> list[Installed]:
    """The simulated data sets, which are on every machine; told without drawing them.

    They are not among `installed`, so nothing takes them for people's judgments unasked.
    """
    return [
        Installed(name, entry.CARD.title, "simulated", *entry.sizes(), folder_of(name), entry.key()[:16])
        for name, entry in DRAWN.items()
    ]


def load_dataset(name: str, *, folder: str | Path | None = None) -> DataSet:
    """Loads a data set that is on this machine.

    The canonical frames of a built-in set are kept beside its files, under a key of the files' contents
    and of the code that reads them, so a second load is quick; a ``folder`` of one's own is only read.

    Args:
        name: a built-in data set, or one that was imported. A simulated one is drawn when it is first asked
            for, and kept unless this is a public demo.
        folder: the authors' files, or a folder that holds them under the data set's name; None for where
            ``ppp get`` put them. A simulated data set needs none.

    Returns:
        The data set; the images' paths are absolute, and null where the picture is not there. Ratings that
        ``ppp rate`` made of its pictures are among its targets, judged by models.

    Raises:
        PPPError: for an unknown name, a set that is not here (with the line that gets it), or a broken one.
    """
    loaded = _load(name, folder)
    return loaded if folder is not None else rated.with_ratings(loaded)


def _load(name: str, folder: str | Path | None) -> DataSet:
    if name in POOLED:
        return _load_pooled(POOLED[name], folder)
    if name in DRAWN:
        return _kept_or_drawn(DRAWN[name])
    place = folder_of(name) if folder is None else Path(folder).expanduser()
    if name in DATASETS:
        return _load_builtin(name, place, own=folder is not None)
    if folder is None and (place / "card.json").exists():
        return _with_pictures(user.read(place), None)
    raise unknown_name(
        "data set",
        name,
        [*DATASETS, *POOLED, *DRAWN, *(one.name for one in installed() if one.origin == "user")],
    )


def _load_pooled(module: ModuleType, folder: str | Path | None) -> DataSet:
    """A data set made of others: of those on this machine, or of all that it can be made of in ``folder``."""
    names = module.source_names()
    here = names if folder is not None else tuple(one.name for one in installed() if one.name in names)
    return module.pool(lambda name: load_dataset(name, folder=folder), here)


def _kept_or_drawn(module: ModuleType) -> DataSet:
    """A simulated data set: as it was kept, or drawn now, and kept where that can be."""
    name = module.CARD.name
    kept = folder_of(name) / module.key()
    dataset = _kept_drawing(module, kept)
    if dataset is None and not is_public():
        with suppress(PPPError, OSError), locked(name):
            if _kept_drawing(module, kept) is None:  # another process may have drawn it meanwhile
                with new_folder(name) as folder:
                    (folder / kept.name).mkdir()
                    write_frames(folder / kept.name, module.make(pictures=folder / kept.name))
        dataset = _kept_drawing(module, kept)
    return module.make() if dataset is None else dataset


def _kept_drawing(module: ModuleType, kept: Path) -> DataSet | None:
    from .frames import DataSet

    if kept.is_dir():
        with suppress(OSError, ValueError):
            frames, notes = read_frames(kept)
            return _with_pictures(DataSet(module.CARD, **frames, notes=notes), kept)
    return None


def remove_dataset(name: str) -> None:
    """Deletes a data set from this machine. Raises PPPError when it is not here, or in a public demo.

    Ratings that were made of its pictures go with it. A simulated data set loses its pictures, and is drawn
    anew when it is asked for.
    """
    refuse_when_public("Removing a data set")
    folder = folder_of(name)
    if not (folder.is_dir() if name in DRAWN else (folder / "manifest.json").exists()):
        raise unknown_name("installed data set", name, [one.name for one in installed()])
    with locked(name):
        doomed = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        folder.rename(doomed / "old")
        shutil.rmtree(doomed, ignore_errors=True)
    rated.forget_ratings(name)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Keeps other processes from changing the data set meanwhile. Raises PPPError when one already does."""
    from filelock import FileLock, Timeout

    locks = folder_of(name).parent / ".locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{name}.lock", timeout=_LOCK_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise PPPError(
            f"Another process is changing the data set {name}. Try again when it is done."
        ) from error
    except OSError as error:
        raise PPPError(
            f"Cannot write in {locks}: {error.strerror}. Set PPP_HOME to a folder of yours."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def new_folder(name: str) -> Iterator[Path]:
    """Gives an empty folder that takes the data set's place when the block ends well, and else vanishes."""
    target = folder_of(name)
    work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        (work / "new").mkdir()
        yield work / "new"
        if target.exists():
            target.rename(work / "old")
        (work / "new").rename(target)
    except OSError as error:
        if (work / "old").exists() and not target.exists():
            (work / "old").rename(target)
        raise PPPError(f"Cannot write {target}: {error.strerror or error}. Nothing was changed.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_manifest(folder: Path, dataset: DataSet, *, origin: str, source: str) -> None:
    """Writes the few facts that `installed` reads: counts, origin, source, each file's SHA-256."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    manifest = {
        "name": dataset.card.name,
        "title": dataset.card.title,
        "origin": origin,
        "source": source,
        "n_prompts": len(dataset.prompts),
        "n_images": len(dataset.images),
        "n_ratings": len(dataset.ratings),
        "sha256": {path.name: digest(path) for path in files},
    }
    with write_atomically(folder / "manifest.json") as temporary:
        temporary.write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def write_frames(folder: Path, dataset: DataSet) -> None:
    """Writes the three frames as Parquet, and the notes."""
    from ..tables import write_table

    for kind in FRAMES:
        write_table(getattr(dataset, kind), folder / f"{kind}.parquet")
    with write_atomically(folder / "notes.json") as temporary:
        temporary.write_text(json.dumps(dataset.notes, ensure_ascii=False), encoding="utf-8")


def read_frames(folder: Path) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """What `write_frames` wrote. Raises OSError or ValueError when it is broken."""
    import pandas as pd

    frames = {kind: pd.read_parquet(folder / f"{kind}.parquet") for kind in FRAMES}
    return frames, tuple(json.loads((folder / "notes.json").read_text(encoding="utf-8")))


def digest(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _summary(folder: Path) -> Installed | None:
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        told = json.loads(text)
        revision = sha256(f"{text}{rated.ratings_stamp(folder.name)}".encode()).hexdigest()[:16]
        counts = (told["n_prompts"], told["n_images"], told["n_ratings"])
        return Installed(folder.name, told["title"], told["origin"], *counts, folder, revision)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _load_builtin(name: str, place: Path, *, own: bool) -> DataSet:
    module = DATASETS[name]
    first = module.CARD.files[0].path
    if own and not (place / first).exists() and (place / name / first).exists():
        place = place / name
    absent = [f.path for f in module.CARD.files if f.required and not (place / f.path).is_file()]
    if absent and own:
        raise PPPError(f"{place} lacks {', '.join(absent)} of the data set {name}.")
    if absent:
        raise PPPError(f"The data set {name} is not on this machine. Get it with: ppp get {name}")
    dataset = module.read(place) if own else with_own_pictures(_kept_or_read(module, place), place)
    return _with_pictures(dataset, place)


def with_own_pictures(dataset: DataSet, place: Path) -> DataSet:
    """The data set with the pictures that a user brought for it, where they were told of in its folder."""
    import pandas as pd

    if not (place / PICTURES).is_file():
        return dataset
    try:
        images = pd.read_parquet(place / PICTURES)[list(dataset.images.columns)]
    except (OSError, ValueError, KeyError):
        told = f"The list of its pictures cannot be read. Run: ppp get {dataset.card.name} --images DIR"
        return replace(dataset, notes=(*dataset.notes, told))
    # prompts may have come or gone since, with another copy of the authors' files
    images = images[images["prompt_id"].isin(dataset.prompts["prompt_id"])].reset_index(drop=True)
    n, of = images["prompt_id"].nunique(), len(dataset.prompts)
    told = (f"{n:,} of {of:,} prompts have pictures in the folder that was given.",) if n < of else ()
    return replace(dataset, images=images, notes=(*dataset.notes, *told))


def _kept_or_read(module: ModuleType, place: Path) -> DataSet:
    from .frames import DataSet

    kept = place / ".canonical" / _key(module, place)
    if kept.is_dir():
        with suppress(OSError, ValueError):
            frames, notes = read_frames(kept)
            return DataSet(module.CARD, **frames, notes=notes)
    dataset = module.read(place)
    if not is_public():
        with suppress(PPPError, OSError):
            _keep(dataset, kept)
    return dataset


def _keep(dataset: DataSet, kept: Path) -> None:
    shutil.rmtree(kept.parent, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=kept.parent))
    try:
        write_frames(work, dataset)
        work.rename(kept)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _key(module: ModuleType, place: Path) -> str:
    paths = [place / file.path for file in module.CARD.files if (place / file.path).exists()]
    code = digest(Path(module.__file__))
    parts = [str(CANONICAL_VERSION), code, *(f"{path.name}:{digest(path)}" for path in paths)]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def _with_pictures(dataset: DataSet, place: Path | None) -> DataSet:
    """Turns relative paths into absolute ones, and into null where the picture is not there."""
    images = dataset.images
    named = images["path"].dropna()
    if named.empty:
        return dataset
    here = {path: str(place / path if place else Path(path)) for path in named}
    there = {path: full for path, full in here.items() if Path(full).is_file()}
    notes = dataset.notes
    if len(there) < len(here):
        notes = (*notes, f"{len(there):,} of {len(here):,} pictures are on this machine.")
    images = images.assign(path=images["path"].map(there).astype("str"))
    return replace(dataset, images=images, notes=notes)
