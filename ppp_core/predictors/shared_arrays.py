"""Large arrays that several artefacts have in common, kept once on disk and once in memory."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import PPPError
from ..store.atomic import write_atomically

FOLDER = "shared"
FEWEST_BYTES = 50_000
_NAME = "array"


def keep_shared(
    arrays: Mapping[str, np.ndarray], folder: Path
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Writes every large array to ``folder/shared``, named by its content.

    Returns:
        The arrays that are left, and the SHA-256 of the file of each that was written, by its name.

    Raises:
        PPPError: when a file cannot be written.
    """
    from safetensors.numpy import save

    left, kept = {}, {}
    for name, array in sorted(arrays.items()):
        if array.nbytes < FEWEST_BYTES:
            left[name] = array
            continue
        content = save({_NAME: np.ascontiguousarray(array)})
        kept[name] = hashlib.sha256(content).hexdigest()
        path = _path(folder, kept[name])
        if not path.exists():
            with write_atomically(path) as temporary:
                temporary.write_bytes(content)
    return left, kept


def load_shared(kept: Mapping[str, str], folder: Path) -> dict[str, np.ndarray]:
    """The arrays that `keep_shared` wrote, read-only; the same file is read once a process.

    Raises:
        PPPError: when a file is missing or a byte has changed.
    """
    return {name: _load(_path(folder, sha256), sha256) for name, sha256 in kept.items()}


@lru_cache(maxsize=256)
def _load(path: Path, sha256: str) -> np.ndarray:
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
    except OSError as error:
        raise PPPError(
            f"Cannot read {path}, a part of several predictors: {error.strerror}. Train or fetch them again."
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PPPError(
            f"{path} is damaged: its checksum does not match. Train or fetch the predictors again."
        )
    array = load(content)[_NAME]
    array.flags.writeable = False
    return array


def _path(folder: Path, sha256: str) -> Path:
    return folder / FOLDER / f"{sha256[:16]}.safetensors"


def drop_unused(folder: Path, cards: Sequence[Mapping]) -> None:
    """Removes the files in ``folder/shared`` that none of these cards names."""
    used = {sha256[:16] for card in cards for sha256 in card.get("shared", {}).values()}
    for path in (folder / FOLDER).glob("*.safetensors"):
        if path.stem not in used:
            path.unlink()
