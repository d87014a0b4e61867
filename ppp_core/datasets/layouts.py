"""Folders of pictures as people keep them: which prompt, generator and seed each picture is of.

Three layouts are read, one picture at a time: a text file beside each picture, the prompt inside a PNG's
metadata (stable-diffusion-webui, ComfyUI), and one folder a prompt. A table with paths is `import_dataset`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError
from ..store.paths import refuse_when_public
from . import rated, user
from .cards import Card
from .importing import check_name, read_own_table
from .shelf import load_dataset, locked, new_folder, write_manifest

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
PROMPT_FILES = ("prompt.txt", "caption.txt")
"""In a folder of one prompt: the file that holds it; without one, the folder's name is the prompt."""

LONGEST_TEXT = 100_000
"""Bytes of a text beside a picture, or within one."""

LONGEST_SEED = 19
"""Digits of 2**63 - 1. Python refuses to read a number of over 4,300."""

_PQPP = re.compile(r"image_[4-8]\.png")
_NEGATIVE = re.compile(r"^Negative prompt:", re.MULTILINE)
_SETTINGS = re.compile(r"^Steps: \d+, ", re.MULTILINE)
_SEED = re.compile(r"\bSeed: (\d+)")
_MODEL = re.compile(r"\bModel: ([^,\n]+)")
_TEXTS = ("text", "text_g", "string", "value")


@dataclass(frozen=True)
class Told:
    """What a picture's file tells of how it was made.

    Attributes:
        prompt: the words.
        seed: of the drawing, None where it is not told.
        generator: the model, empty where it is not told.
    """

    prompt: str
    seed: int | None = None
    generator: str = ""


def import_pictures(folder: str | Path, *, name: str, replace: bool = False) -> DataSet:
    """Makes a data set of a folder of pictures that tell their prompts; it has no target until it is rated.

    The pictures stay where they are. Ratings that were made of a data set that is replaced are forgotten.

    Args:
        folder: as of `read_layout`.
        name: small letters, digits and hyphens; no built-in name.
        replace: whether a data set of this name may be replaced.

    Returns:
        The data set; its notes tell what was left out, and how many targets of ratings were forgotten.

    Raises:
        PPPError: as of `read_layout`, for a bad or a taken name, and in a public demo; nothing is written.
    """
    refuse_when_public("Importing a data set")
    check_name(name, replace)
    dataset = pictures_of(folder, name=name)
    with locked(name), new_folder(name) as new:
        check_name(name, replace)
        user.write(new, dataset)
        write_manifest(new, dataset, origin="user", source=Path(folder).expanduser().resolve().name)
    forgotten = rated.forget_ratings(name)
    return rated.with_forgotten(load_dataset(name), forgotten)


def pictures_of(
    path: str | Path, *, name: str, images: str | Path | None = None, prompt_column: str | None = None
) -> DataSet:
    """The data set that a folder of pictures stands for, or a table of them; writes nothing.

    Args:
        path: a folder as of `read_layout`; or a table as of `import_dataset`, with ``images``.
        name: of the data set.
        images: the folder of the pictures that a table names; goes with a table alone.
        prompt_column: the table's column of prompts; None for "prompt".

    Raises:
        PPPError: as of `read_layout` and `import_dataset`, and where ``images`` or ``prompt_column`` goes
            with a folder, or is wanted and did not come.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        if images is not None or prompt_column is not None:
            raise PPPError("A folder of pictures tells its prompts itself: no --images, no --prompt-column.")
        pictures, notes = read_layout(place)
        return _as_dataset(pictures, name, place.resolve(), notes)
    if images is None:
        raise PPPError(f"The table {place.name} names pictures: tell their folder with --images DIR.")
    return read_own_table(place, name=name, images=images, prompt_column=prompt_column)


def _as_dataset(pictures: pd.DataFrame, name: str, root: Path, notes: tuple[str, ...]) -> DataSet:
    import pandas as pd

    from .frames import RATING_COLUMNS, build

    ids = pictures["prompt"].map(lambda prompt: sha256(prompt.encode("utf-8", "replace")).hexdigest()[:16])
    images = pictures.assign(
        image_id=pictures["image"],
        prompt_id=ids,
        path=[str(root / image) for image in pictures["image"]],
    )[["image_id", "prompt_id", "generator", "seed", "path"]]
    prompts = pictures.assign(prompt_id=ids)[["prompt_id", "prompt"]].drop_duplicates("prompt_id")
    card = Card(
        name=name,
        title=name,
        about=f"Pictures of the folder {root.name}, with the prompts that they tell.",
        citation="",
        homepage="",
        licence="your own",
        attribution="",
        targets=(),
    )
    ratings = pd.DataFrame({column: pd.Series(dtype="str") for column in RATING_COLUMNS})
    return build(card, prompts.reset_index(drop=True), images, ratings, notes)


def read_layout(folder: str | Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The pictures of a folder with their prompts.

    A picture's prompt is, in this order: what the text file of its name says (``fox.txt`` for ``fox.png``),
    what its PNG metadata says, what ``prompt.txt`` or ``caption.txt`` in its folder says, and the name of its
    folder below the one given. A picture for which nothing of this is there is left out and counted, and so
    is one whose name, or whose folder's name, is not UTF-8.

    Args:
        folder: with pictures, at any depth; hidden files and links that lead out of it are not read, be they
            of pictures or of texts.

    Returns:
        Columns image (path below the folder, with slashes), prompt, generator (null where not told), seed
        (Int64, null where not told), in the order of the paths; and notes for what was left out.

    Raises:
        PPPError: when it is no folder, holds no picture, no picture of it has a prompt, or its name is not
            UTF-8; and for PQPP's pictures, whose folders are numbers, with the line that takes them.
    """
    import pandas as pd

    root = Path(folder).expanduser().resolve()
    if not root.is_dir():
        raise PPPError(f"A folder of pictures was wanted, {root} is none.")
    user.refuse_not_utf8(root, "the folder")
    found = sorted(_pictures(root))
    if not found:
        raise PPPError(f"There is no picture in {root} ({', '.join(SUFFIXES)}).")
    paths = [path for path in found if user.is_utf8(path)]
    if not paths:
        raise PPPError(f"None of the {len(found):,} pictures in {root} has a name in UTF-8. Rename them.")
    _refuse_pqpp(paths, root)
    told = {path: _told(path, root) for path in paths}
    rows = [
        (path.relative_to(root).as_posix(), one.prompt, one.generator or None, one.seed)
        for path, one in told.items()
        if one is not None
    ]
    if not rows:
        raise PPPError(
            f"None of the {len(paths):,} pictures in {root} tells its prompt. Wanted: a text file of its "
            "name, the prompt in the PNG's metadata, or one folder a prompt."
        )
    frame = pd.DataFrame(rows, columns=["image", "prompt", "generator", "seed"])
    frame = frame.astype({"image": "str", "prompt": "str", "generator": "str", "seed": "Int64"})
    return frame, tuple(
        _left_out(len(found), n_misnamed=len(found) - len(paths), n_silent=len(paths) - len(rows))
    )


def _left_out(n: int, *, n_misnamed: int, n_silent: int) -> Iterator[str]:
    if n_silent:
        yield f"{n_silent:,} of {n:,} pictures tell no prompt and are left out."
    if n_misnamed:
        yield (
            f"{n_misnamed:,} of {n:,} pictures have a name or a folder that is not UTF-8 and are left out. "
            "Rename them."
        )


def _refuse_pqpp(paths: list[Path], root: Path) -> None:
    """A folder ``363951`` with ``image_4.png`` in it has no prompt of that name."""
    if all(_PQPP.fullmatch(path.name) and path.parent.name.isdecimal() for path in paths):
        raise PPPError(
            f"{root} holds PQPP's pictures, whose prompts are in PQPP's own files. Take them with: "
            f"ppp get pqpp --images {root}"
        )


def read_webui(text: str) -> Told | None:
    """What stable-diffusion-webui writes into a picture; None for an empty prompt.

    Example:
        >>> read_webui("a fox\\nNegative prompt: blur\\nSteps: 20, Sampler: Euler, Seed: 7, Model: sd15")
        Told(prompt='a fox', seed=7, generator='sd15')
    """
    negative, settings = _NEGATIVE.search(text), _SETTINGS.search(text)
    cuts = [found.start() for found in (negative, settings) if found]
    prompt = " ".join(text[: min(cuts, default=len(text))].split())
    told = text[settings.start() :] if settings else ""  # a prompt may speak of seeds and models, too
    seed, model = _SEED.search(told), _MODEL.search(told)
    return _as_told(prompt, seed.group(1) if seed else None, model.group(1).strip() if model else "")


def read_comfy(text: str) -> Told | None:
    """What ComfyUI writes into a picture: the graph of its nodes; None where it holds no prompt.

    The prompt is the text of the node that is wired to a sampler's positive input.

    Example:
        >>> graph = {
        ...     "1": {"class_type": "KSampler", "inputs": {"seed": 7, "positive": ["2", 0]}},
        ...     "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox"}},
        ... }
        >>> read_comfy(json.dumps(graph))
        Told(prompt='a fox', seed=7, generator='')
    """
    try:
        graph = json.loads(text)
    except (ValueError, RecursionError):
        return None
    nodes = graph if isinstance(graph, Mapping) else {}
    for node in nodes.values():
        inputs = _inputs(node)
        if "positive" in inputs:
            prompt = _text_of(nodes, inputs["positive"])
            seed = inputs.get("seed", inputs.get("noise_seed"))
            return _as_told(prompt, seed, "")
    return None


def told_inside(png: Path | bytes) -> Told | None:
    """What the texts inside a PNG tell of how it was made (stable-diffusion-webui, ComfyUI).

    Args:
        png: the file, or its content; its pixels are not decoded.

    Returns:
        What is told; None where nothing is, or it is no PNG.

    Example:
        >>> told_inside(b"no picture") is None
        True
    """
    texts = _metadata(BytesIO(png) if isinstance(png, bytes) else png)
    for key, read in (("parameters", read_webui), ("prompt", read_comfy)):
        found = read(texts[key]) if key in texts else None
        if found is not None:
            return found
    return None


def _pictures(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        if path.resolve().is_relative_to(root):
            yield path


def _told(path: Path, root: Path) -> Told | None:
    beside = _words(path.with_suffix(".txt"), root)
    if beside:
        return read_webui(beside)
    inside = told_inside(path) if path.suffix.lower() == ".png" else None
    if inside is not None:
        return inside
    if path.parent == root:
        return None
    written = (_words(path.parent / name, root) for name in PROMPT_FILES)
    named = next(filter(None, written), path.parent.name)
    return _as_told(" ".join(named.split()), None, "")


def _words(path: Path, root: Path) -> str:
    """The text of a small file; empty where there is none, or where a link leads out of the root."""
    try:
        if not path.is_file() or not path.resolve().is_relative_to(root):
            return ""
        with path.open("rb") as file:
            return file.read(LONGEST_TEXT).decode("utf-8", "replace").lstrip("\ufeff").strip()
    except OSError:
        return ""


def _metadata(path: Path | BytesIO) -> dict[str, str]:
    """The texts inside a PNG, read without decoding its pixels; empty where it cannot be read."""
    from PIL import Image

    try:
        with Image.open(path, formats=["PNG"]) as image:
            held = image.info
    except Exception:  # a decoder's errors are of every kind
        return {}
    return {
        key: value
        for key, value in held.items()
        if isinstance(key, str) and isinstance(value, str) and len(value) <= LONGEST_TEXT
    }


def _inputs(node: object) -> Mapping:
    inputs = node.get("inputs") if isinstance(node, Mapping) else None
    return inputs if isinstance(inputs, Mapping) else {}


def _text_of(nodes: Mapping, wire: object) -> str:
    """The text at the other end of a wire [node, output], through nodes that pass one on.

    Each node is visited once: graphs come from strangers, and may have circles and ladders.
    """
    seen, waiting = set(), [wire]
    while waiting:
        wire = waiting.pop()
        name = wire[0] if isinstance(wire, list) and wire else None
        if not isinstance(name, (str, int)) or str(name) in seen:
            continue
        seen.add(str(name))
        inputs = _inputs(nodes.get(str(name)))
        written = next((inputs[key] for key in _TEXTS if isinstance(inputs.get(key), str)), None)
        if written is None:
            waiting.extend(reversed(list(inputs.values())))  # the first wire is followed first
        elif text := " ".join(written.split()):
            return text
    return ""


def _as_told(prompt: str, seed: object, generator: str) -> Told | None:
    if not prompt:
        return None
    prompt = prompt.encode("utf-8", "replace").decode()  # JSON may hold half a character
    return Told(prompt, _as_seed(seed), generator)


def _as_seed(told: object) -> int | None:
    written = str(told) if isinstance(told, (str, int)) else ""
    if not written.isdecimal() or len(written) > LONGEST_SEED:
        return None
    return int(written) if int(written) < 2**63 else None
