"""Something learned, on disk: plain arrays as safetensors, and a card as JSON that holds their checksum."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError
from .atomic import write_atomically

if TYPE_CHECKING:
    import numpy as np

CARD = "card.json"
"""The card's name, in every folder."""


@dataclass(frozen=True)
class Artefact:
    """What a folder held, checked.

    Attributes:
        arrays: by name.
        card: what is said of them; holds ``format`` and ``sha256``.
        sha256: of the file of arrays, hex: what fixes them, for a revision.
    """

    arrays: "dict[str, np.ndarray]"
    card: dict
    sha256: str


def read_artefact(folder: str | Path, *, file: str, format: int, what: str) -> Artefact:
    """Reads what `write_artefact` wrote; nothing is ever unpickled.

    Args:
        folder: with the file of arrays and ``card.json``.
        file: name of the file of arrays, such as ``"head.safetensors"``.
        format: the card's format that is understood.
        what: what it is, for messages, such as ``"scorer"``.

    Raises:
        PPPError: when a file is missing, a byte has changed, or the card is of another format.

    Example:
        >>> read_artefact("nowhere", file="head.safetensors", format=1, what="scorer")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: No scorer in nowhere: No such file or directory.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    folder = Path(folder)
    try:
        content = (folder / file).read_bytes()
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(f"No {what} in {folder}: {error.strerror or error}.") from error
    except ValueError as error:
        raise PPPError(f"{folder / CARD} is damaged: it is no JSON.") from error
    told = card.get("format") if isinstance(card, dict) else None
    if told != format:
        raise PPPError(f"{folder / CARD} should be a card of format {format}, got format {told}.")
    sha256 = hashlib.sha256(content).hexdigest()
    if card.get("sha256") != sha256:
        raise PPPError(f"The {what} in {folder} is damaged: its checksum does not match.")
    try:
        return Artefact(load(content), card, sha256)
    except SafetensorError as error:
        raise PPPError(f"{folder / file} is damaged: it holds no arrays ({error}).") from error


def write_artefact(
    folder: str | Path, arrays: "Mapping[str, np.ndarray]", card: Mapping, *, file: str, format: int
) -> str:
    """Writes arrays and card so that `read_artefact` reads them; replaces what stands there.

    Each of the two files is written whole or not at all. Where only the first could be, the checksum in the
    card no longer matches, so that nothing half written is ever taken for whole.

    Args:
        folder: is made where it is absent.
        arrays: by name, of types that safetensors knows.
        card: plain values for JSON; ``format`` and ``sha256`` are added.
        file: name of the file of arrays, ending in ``.safetensors``.
        format: the card's.

    Returns:
        SHA-256 of the file of arrays, hex.

    Raises:
        PPPError: when they cannot be written.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> folder = tempfile.mkdtemp()
        >>> form = {"file": "a.safetensors", "format": 1}
        >>> sha256 = write_artefact(folder, {"a": np.ones(2)}, {"name": "made"}, **form)
        >>> read = read_artefact(folder, **form, what="head")
        >>> read.arrays["a"].tolist(), read.card["name"], read.sha256 == sha256
        ([1.0, 1.0], 'made', True)
    """
    import numpy as np
    from safetensors.numpy import save

    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    sha256 = hashlib.sha256(content).hexdigest()
    told = json.dumps({**card, "format": format, "sha256": sha256}, indent=1, ensure_ascii=False)
    with write_atomically(Path(folder) / file) as path:
        path.write_bytes(content)
    with write_atomically(Path(folder) / CARD) as path:
        path.write_text(told + "\n", encoding="utf-8")
    return sha256
