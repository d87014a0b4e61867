"""A pipeline's folder: found, fetched when asked to, and checked before anything of it is loaded."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..encoders.weights import file_hash, weights_hash
from ..errors import PPPError
from ..store.paths import refuse_when_public

REQUIREMENT = "diffusers==0.42.1"
INDEX = "model_index.json"
HALF = "fp16"
"""The variant of weights that is taken where a part of a pipeline has no others."""

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_PLAIN = re.compile(r"[^.]+\.safetensors")  # a name with one more dot is a variant, such as fp16
_TEXTS = ("*.json", "*.txt", "*.model")


@dataclass(frozen=True)
class PipelineFolder:
    """A folder that holds all that a pipeline needs, as safetensors, and no code.

    Attributes:
        path: the folder.
        kind: the pipeline's class in diffusers.
        variant: `HALF` where a part of the pipeline has no other weights; else None.
        revision: SHA-256 over the index, and the weights and settings of every part.
    """

    path: Path
    kind: str
    variant: str | None
    revision: str


def find_folder(source: str | Path, *, download: bool = False) -> Path:
    """The folder of a pipeline: the one given, or what the hub's local cache holds of a repository.

    Args:
        source: a folder, or ``owner/name`` on the hub.
        download: fetch it now where it is absent; safetensors only. Nothing is fetched otherwise.

    Raises:
        PPPError: when it is neither, is absent, or cannot be fetched; downloads in a public demo.
    """
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    name = str(source)
    if not _HUB_NAME.fullmatch(name):
        raise PPPError(f"A pipeline is a folder or owner/name on the hub; there is no folder {name}.")
    if download:
        return _downloaded(name)
    from huggingface_hub import constants, try_to_load_from_cache

    try:
        found = try_to_load_from_cache(name, INDEX, cache_dir=constants.HF_HUB_CACHE)
    except ValueError as error:  # of the hub: no name that it could have
        raise PPPError(
            f"A pipeline is a folder or owner/name on the hub; there is no folder {name}."
        ) from error
    if not isinstance(found, str):
        raise PPPError(
            f"The pipeline {name} is not on this machine. Fetch it with --download (several gigabytes), or "
            "give a folder that holds it."
        )
    return Path(found).parent


def check_folder(folder: Path) -> PipelineFolder:
    """Reads a pipeline's index and makes sure that loading it unpickles nothing and runs no code of it.

    Raises:
        PPPError: when the folder is no pipeline, names parts from elsewhere than diffusers and transformers,
            brings code, or lacks weights as safetensors.
    """
    index = _read_json(folder / INDEX)
    kind = index.get("_class_name") if index else None
    if index is None or not kind:
        raise PPPError(
            f"{folder} holds no pipeline of diffusers ({INDEX} is absent or broken). Choose a folder that "
            "save_pretrained wrote; a single checkpoint file has to be converted first."
        )
    if not isinstance(kind, str):
        raise PPPError(f"The pipeline in {folder} brings its own code ({kind[0]}), which is never run.")
    parts = {name: part for name, part in index.items() if _is_part(name, part)}
    files, networks = [folder / INDEX], []
    for name, (library, of) in parts.items():
        place = folder / name if (folder / name).is_dir() else folder
        _refuse_code(place, name, library)
        files += sorted(path for pattern in _TEXTS for path in place.glob(pattern) if path.name != INDEX)
        if _has_weights(library, of):
            networks.append(_weights(place, name))
    variant = None if all(plain for plain, _ in networks) else HALF
    for plain, half in networks:
        files += (half or plain) if variant else plain
    return PipelineFolder(folder, kind, variant, _revision(folder, dict.fromkeys(files)))


def first_line(error: Exception) -> str:
    """What an error of a library says, in one line."""
    return " ".join((str(error).strip().splitlines() or [type(error).__name__])[0].split())


def need_diffusers() -> Any:
    """The library. Raises PPPError with the line that installs it where it is absent."""
    try:
        import diffusers
    except ImportError as error:
        raise PPPError(f'Drawing pictures needs diffusers. Run: pip install "{REQUIREMENT}"') from error
    return diffusers


def _downloaded(name: str) -> Path:
    refuse_when_public("Downloading weights")
    diffusers = need_diffusers()
    try:
        return Path(diffusers.DiffusionPipeline.download(name, use_safetensors=True))
    except Exception as error:
        raise PPPError(f"Cannot fetch the pipeline {name}: {first_line(error)}") from error


def _read_json(path: Path) -> dict | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _is_part(name: str, part: object) -> bool:
    """Parts stand in the index as [library, class]; [null, null] is one that is left out on purpose."""
    return (
        not name.startswith("_")
        and isinstance(part, list)
        and len(part) == 2
        and all(isinstance(word, str) for word in part)
    )


def _refuse_code(place: Path, name: str, library: str) -> None:
    diffusers = need_diffusers()
    known = library in ("diffusers", "transformers") or hasattr(diffusers.pipelines, library)
    named = any("auto_map" in (_read_json(path) or {}) for path in place.glob("*.json"))
    if not known or named or any(place.glob("*.py")):
        raise PPPError(
            f"The part {name!r} of the pipeline wants code that is neither diffusers' nor transformers' "
            f"({library}, {place}), which is never run."
        )


def _has_weights(library: str, kind: str) -> bool:
    """Whether a part is a network; schedulers, tokenizers and the like are settings alone."""
    import torch
    import transformers

    diffusers = need_diffusers()
    home = {"diffusers": diffusers, "transformers": transformers}.get(library)
    found = getattr(home or getattr(diffusers.pipelines, library), kind, None)
    if found is None:
        raise PPPError(f"This pipeline wants {kind} of {library}, which the version installed here lacks.")
    return isinstance(found, type) and issubclass(found, torch.nn.Module)


def _weights(place: Path, name: str) -> tuple[list[Path], list[Path]]:
    """The files of a network's weights, plain ones and those in half precision, of which some are there."""
    found = sorted(place.glob("*.safetensors"))
    plain = [path for path in found if _PLAIN.fullmatch(path.name)]
    half = [path for path in found if f".{HALF}" in path.name]
    if plain or half:
        return plain, half
    pickles = sorted(path.name for pattern in PICKLES for path in place.glob(pattern))
    if pickles:
        raise PPPError(
            f"{place} holds the weights of {name!r} as a pickle ({', '.join(pickles)}), which is never "
            "loaded. Where you trust them, load the pipeline with diffusers once and save it anew with "
            "save_pretrained(folder, safe_serialization=True)."
        )
    raise PPPError(f"The weights of the part {name!r} are missing: there are no *.safetensors in {place}.")


def _revision(folder: Path, files: dict[Path, None]) -> str:
    total = hashlib.sha256()
    for path in files:
        sha256 = weights_hash(path) if path.suffix == ".safetensors" else file_hash(path)
        total.update(f"{path.relative_to(folder).as_posix()} {sha256}\n".encode())
    return total.hexdigest()
