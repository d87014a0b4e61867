"""Hashes of weights files, computed once and remembered by size and time of change."""

import hashlib
import json
from pathlib import Path

from ..errors import PPPError
from ..store.atomic import write_atomically
from ..store.paths import home, is_public


def kept_folder() -> Path:
    """Where exported graphs and records of checked hashes are kept: ``$PPP_HOME/encoders``."""
    return home() / "encoders"


def weights_hash(path: Path) -> str:
    """SHA-256 of a file, lower-case hex, from a record under ``$PPP_HOME`` where it has not changed.

    A record that cannot be written only costs time at the next start; a public demo writes none.

    Raises:
        PPPError: when the file cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "weights.bin"
        >>> _ = path.write_bytes(b"abc")
        >>> weights_hash(path)[:12]
        'ba7816bf8f01'
    """
    path = Path(path).resolve()
    record = kept_folder() / f"hash-{hashlib.sha256(bytes(path)).hexdigest()[:16]}.json"
    stamp = file_stamp(path)
    known = read_record(record)
    if known.get("path") == str(path) and known.get("stamp") == stamp and "sha256" in known:
        return known["sha256"]
    sha256 = file_hash(path)
    if is_public():
        return sha256
    try:
        write_record(record, {"path": str(path), "stamp": stamp, "sha256": sha256})
    except PPPError:
        return sha256
    return sha256


def file_hash(path: Path) -> str:
    """SHA-256 of a file, lower-case hex. Raises PPPError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PPPError(f"Cannot read the weights {path}: {error.strerror or error}.") from error


def file_stamp(path: Path) -> list[int]:
    """Size in bytes and time of change in nanoseconds. Raises PPPError when the file is not there."""
    try:
        status = path.stat()
    except OSError as error:
        raise PPPError(f"Cannot read {path}: {error.strerror or error}.") from error
    return [status.st_size, status.st_mtime_ns]


def read_record(path: Path) -> dict:
    """A small JSON object; an empty one where the file is absent or broken."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(path: Path, record: dict) -> None:
    """Writes a small JSON object, whole or not at all. Raises PPPError when it cannot."""
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(record, indent=1), encoding="utf-8")
