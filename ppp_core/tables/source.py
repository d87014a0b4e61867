"""Where a table's bytes come from: a file, standard input or an upload; what they must not be."""

import codecs
import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import PPPError, unknown_name

MAX_BYTES = 200_000_000
"""The limit for imports and uploads, in bytes (200 MB)."""

FORMATS = ("csv", "tsv", "parquet", "jsonl", "text")
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".txt": "text",
    ".text": "text",
}
_ALIASES = {"json": "jsonl", "txt": "text"}
_MAGIC = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_HEAD = 1 << 20


@dataclass(frozen=True)
class Source:
    """An opened table, at its first byte.

    Attributes:
        stream: the bytes, buffered; text formats pass through `CheckedText`.
        name: how errors call it.
        format: one of csv, tsv, parquet, jsonl, text.
        path: the file, or None for a stream.
        raw: the stream itself, at wherever reading has come to.
        notes: what was guessed, in one sentence each.
    """

    stream: BinaryIO
    name: str
    format: str
    path: Path | None
    raw: BinaryIO
    notes: tuple[str, ...] = ()


def check_name_of_format(name: str) -> str:
    """The format that a user's word means. Raises PPPError for an unknown one.

    Example:
        >>> check_name_of_format("json"), check_name_of_format("CSV")
        ('jsonl', 'csv')
    """
    lowered = name.lower().lstrip(".")
    known = _ALIASES.get(lowered, lowered)
    if known not in FORMATS:
        raise unknown_name("table format", name, [*FORMATS, *_ALIASES])
    return known


def open_source(
    source: str | Path | BinaryIO,
    *,
    format: str | None = None,
    prompt_column: str = "prompt",
    text_ok: bool = True,
    max_bytes: int | None = None,
) -> Source:
    """Opens a table and settles its format: what the caller says, else the suffix, else the first bytes.

    Args:
        source: a path, ``"-"`` for standard input, or an open binary stream (an upload).
        format: csv, tsv, parquet, jsonl (json) or text (txt); None to find out.
        prompt_column: the column whose presence tells a headed table from plain text.
        text_ok: whether plain text, one prompt a line, is allowed.
        max_bytes: refuse more than this; None for no limit.

    Returns:
        The opened source.

    Raises:
        PPPError: for a missing file, a folder, an empty file, an unknown suffix, a file above the limit,
            a binary file that poses as text.
    """
    wanted = check_name_of_format(format) if format else None
    raw, name, path = _open(source)
    if path is not None:
        _check_size(path.stat().st_size, name, max_bytes)
    head_stream = io.BufferedReader(_Limited(raw, name, max_bytes), buffer_size=_HEAD)
    head = head_stream.peek(_HEAD)
    if not head.strip(b"\xef\xbb\xbf\r\n\t "):
        raise PPPError(f"{name} is empty; a table of prompts was wanted.")
    suffix_format = wanted or _format_of_name(name if path or _named(source) else None, text_ok)
    found = suffix_format or _sniff(head, prompt_column, text_ok)
    notes = () if suffix_format else (f"{name} was read as {_spoken(found)}.",)
    if found == "text" and not text_ok:
        raise PPPError(
            f"{name} is plain text; a table with columns was wanted (CSV, TSV, Parquet, JSON lines)."
        )
    if found == "parquet":
        return Source(head_stream, name, found, path, raw, notes)
    _refuse_binary(head, name, found)
    checked = io.BufferedReader(CheckedText(head_stream, name), buffer_size=_HEAD)
    return Source(checked, name, found, path, raw, notes)


def header_of(stream: io.BufferedReader, name: str, delimiter: str) -> list[str]:
    """The column names of a CSV or TSV, without consuming them. Raises PPPError for a repeated name."""
    text = stream.peek(_HEAD).decode("utf-8", errors="ignore")
    header = _first_row(text, delimiter)
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        raise PPPError(f"{name} has the column {repeated[0]!r} more than once; name each column once.")
    return header


def _first_row(text: str, delimiter: str) -> list[str]:
    """The values of the first row that is not empty; none where there is none, or one is too long."""
    try:
        return next((row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row), [])
    except csv.Error:
        return []


class CheckedText(io.RawIOBase):
    """Passes UTF-8 bytes through, without a byte-order mark; refuses anything else, telling where."""

    def __init__(self, raw: BinaryIO, name: str):
        self._raw = raw
        self._name = name
        self._position = 0
        self._lines = 1
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        at_start = self._position == 0
        data = self._raw.read(len(buffer))
        self._check(data)
        if at_start and data.startswith(codecs.BOM_UTF8):
            data = data[3:] or self._raw.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _check(self, data: bytes) -> None:
        nul = data.find(b"\0")
        if nul >= 0:
            raise PPPError(
                f"{self._name} has a NUL at byte {self._position + nul:,}: it is a binary file, not text. "
                "Export it as CSV in UTF-8."
            )
        pending = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            offset = error.start - pending
            line = self._lines + data[: max(offset, 0)].count(b"\n")
            raise PPPError(
                f"{self._name} is not UTF-8: byte {self._position + offset:,} (line {line:,}) "
                "cannot be read. Save it as UTF-8 and try again."
            ) from error
        self._position += len(data)
        self._lines += data.count(b"\n")


class _Limited(io.RawIOBase):
    """Reads in full blocks and stops with an error past a limit."""

    def __init__(self, raw: BinaryIO, name: str, limit: int | None):
        self._raw = raw
        self._name = name
        self._limit = limit
        self._count = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: memoryview) -> int:
        filled = 0
        while filled < len(buffer):
            data = self._raw.read(len(buffer) - filled)
            if not data:
                break
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        self._count += filled
        if not self._raw.seekable():
            _check_size(self._count, self._name, self._limit, at_least=True)
        return filled

    def close(self) -> None:
        if not self.closed and self._raw is not sys.stdin.buffer and isinstance(self._raw, io.FileIO):
            self._raw.close()
        super().close()


def _open(source: str | Path | BinaryIO) -> tuple[BinaryIO, str, Path | None]:
    if source == "-":
        return sys.stdin.buffer, "Standard input", None
    if not isinstance(source, (str, Path)):
        return _open_stream(source)
    path = Path(source).expanduser()
    if path.is_dir():
        raise PPPError(f"{path} is a folder; a file was wanted (CSV, TSV, Parquet, JSON lines or text).")
    try:
        return path.open("rb", buffering=0), path.name, path
    except FileNotFoundError as error:
        raise PPPError(f"There is no file {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        raise PPPError(f"Cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error


def _open_stream(stream: BinaryIO) -> tuple[BinaryIO, str, None]:
    if not hasattr(stream, "read") or isinstance(stream, io.TextIOBase):
        raise PPPError(f"A path, '-' or a binary stream was wanted, got {type(stream).__name__}.")
    name = getattr(stream, "name", None)
    return stream, Path(name).name if isinstance(name, str) else "The input", None


def _named(source: object) -> bool:
    return isinstance(getattr(source, "name", None), str) and source is not sys.stdin.buffer


def _check_size(size: int, name: str, limit: int | None, *, at_least: bool = False) -> None:
    if limit is not None and size > limit:
        got = "more" if at_least else _megabytes(size)
        raise PPPError(f"{name} is too large: at most {_megabytes(limit)}, got {got}. Split it.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e9 else f"{size / 1e6:.4g} MB"


def _format_of_name(name: str | None, text_ok: bool) -> str | None:
    suffix = Path(name).suffix.lower() if name else ""
    if not suffix:
        return None
    if suffix not in _SUFFIXES:
        known = [s for s in _SUFFIXES if text_ok or _SUFFIXES[s] != "text"]
        raise PPPError(
            f"{name} has the unknown ending {suffix!r}. Known: {', '.join(known)}; or say its format."
        )
    return _SUFFIXES[suffix]


def _sniff(head: bytes, prompt_column: str, text_ok: bool) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith(('{"', "[{")):
        return "jsonl"
    first = text.splitlines()[0] if text else ""
    if "\t" in first and prompt_column in _first_row(first, "\t"):
        return "tsv"
    if not text_ok or prompt_column in _first_row(first, ","):
        return "csv"
    return "text"


def _refuse_binary(head: bytes, name: str, format: str) -> None:
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise PPPError(f"{name} was to be {_spoken(format)}, but it is {what}. Save it as CSV in UTF-8.")


def _spoken(format: str) -> str:
    return {"jsonl": "JSON lines", "text": "plain text, one prompt a line"}.get(format, format.upper())
