"""A frame to a file, whole or not at all."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import PPPError, unknown_name
from ..store import write_atomically
from .formulas import escape_formulas

FORMATS = {"csv": ".csv", "tsv": ".tsv", "parquet": ".parquet", "json": ".json"}
"""What can be written, and the file ending of each; json is JSON lines, one object a row."""


def write_table(frame: pd.DataFrame, path: str | Path, *, format: str | None = None) -> Path:
    """Writes a frame, atomically, without its index.

    CSV and TSV are UTF-8 with ``\\n`` line ends; text that a spreadsheet would run as a formula gets a
    leading apostrophe there (`escape_formulas`); Parquet and JSON keep text as it is. Numbers keep every
    digit; missing ones are empty cells or null.

    Args:
        frame: what to write.
        path: the file; what stood there is replaced.
        format: csv, tsv, parquet or json (JSON lines); None for the file's suffix.

    Returns:
        The path written.

    Raises:
        PPPError: for an unknown format, a folder, or a place that cannot be written.
    """
    path = Path(path).expanduser()
    known = output_format(format or path.suffix, path)
    if path.is_dir():
        raise PPPError(f"{path} is a folder; a file to write was wanted.")
    with write_atomically(path) as temporary, temporary.open("wb") as stream:
        _write(frame, stream, known)
    return path


def encode_table(frame: pd.DataFrame, *, format: str) -> bytes:
    """The bytes that `write_table` would write, for a download.

    Example:
        >>> encode_table(pd.DataFrame({"prompt": ["+1"], "score": [-0.5]}), format="csv")
        b"prompt,score\\n'+1,-0.5\\n"
    """
    stream = io.BytesIO()
    _write(frame, stream, output_format(format))
    return stream.getvalue()


def output_format(name: str, path: Path | None = None) -> str:
    """The key of ``FORMATS`` that a user's word or a file's ending means. Raises PPPError for an unknown one.

    Example:
        >>> output_format(".jsonl")
        'json'
    """
    lowered = {"jsonl": "json", "ndjson": "json", "pq": "parquet"}.get(
        name.lower().lstrip("."), name.lower().lstrip(".")
    )
    if lowered in FORMATS:
        return lowered
    if path is not None and not lowered:
        raise PPPError(f"{path} has no ending; name the format: {', '.join(FORMATS)}.")
    raise unknown_name("output format", name, FORMATS)


def write_pieces(pieces: Iterable[pd.DataFrame], stream: BinaryIO, *, format: str) -> int:
    """Writes frames of the same columns one after the other, as `write_table` would write them joined.

    Args:
        pieces: frames; memory holds one at a time.
        stream: open for bytes; is not closed.
        format: csv, tsv, parquet or json (JSON lines).

    Returns:
        Rows written.

    Example:
        >>> stream = io.BytesIO()
        >>> write_pieces([pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [2]})], stream, format="csv")
        2
        >>> stream.getvalue()
        b'n\\n1\\n2\\n'
    """
    known = output_format(format)
    rows = 0
    parquet = None
    for piece in pieces:
        if known == "parquet":
            table = pa.Table.from_pandas(piece, preserve_index=False).replace_schema_metadata()
            parquet = parquet or pq.ParquetWriter(stream, table.schema)
            parquet.write_table(table.cast(parquet.schema))
        else:
            _write(piece, stream, known, header=rows == 0)
        rows += len(piece)
    if parquet:
        parquet.close()
    return rows


def _write(frame: pd.DataFrame, stream: BinaryIO, format: str, *, header: bool = True) -> None:
    if format == "parquet":
        plain = frame.copy(deep=False)
        plain.attrs = {}
        plain.to_parquet(stream, index=False)
    elif format == "json":
        for record in frame.to_dict(orient="records"):
            stream.write(_json_line(record))
    else:
        separator = "," if format == "csv" else "\t"
        escape_formulas(frame).to_csv(stream, sep=separator, index=False, header=header, lineterminator="\n")


def _json_line(record: dict) -> bytes:
    plain = {str(key): None if _missing(value) else value for key, value in record.items()}
    return (json.dumps(plain, ensure_ascii=False, default=str) + "\n").encode()


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)
