"""A whole table into memory."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from ..errors import PPPError
from .cleaning import clean_prompts, need_column, numbers_where_all_are
from .source import open_source
from .streaming import batches, too_large

MAX_EXPANSION = 5
"""How many times larger in memory than the limit on its bytes a table may become."""


def read_table(
    source: str | Path | BinaryIO,
    *,
    format: str | None = None,
    prompt_column: str | None = None,
    text_ok: bool = True,
    max_bytes: int | None = None,
    max_rows: int | None = None,
) -> pd.DataFrame:
    """Reads a table of prompts: CSV, TSV, Parquet, JSON lines or plain text, one prompt a line.

    Columns come as they are. In CSV and TSV a column whose every value is a number becomes numbers;
    everything else stays text, so the prompt "null" stays a prompt and the code "007" keeps its zeros.
    Control characters in prompts become spaces, which ``frame.attrs["notes"]`` counts. A text file with
    a NUL in it is refused. Escaped formulas stay escaped; `restore_formulas` undoes them.

    Args:
        source: a path, ``"-"`` for standard input, or an open binary stream.
        format: csv, tsv, parquet, jsonl (json) or text (txt); None to take the file's suffix, or, where
            there is none, its first bytes.
        prompt_column: the column of prompts, which must be there; None for "prompt" where there is one.
        text_ok: whether plain text is allowed.
        max_bytes: refuse a larger file, and one that takes more than ``MAX_EXPANSION`` times as much
            memory; None for no limit.
        max_rows: refuse more than this; reading stops there (a JSON array is parsed whole). None for no
            limit.

    Returns:
        The frame; ``attrs["notes"]`` is a tuple of sentences on what was guessed or changed.

    Raises:
        PPPError: when the file is missing, a folder, empty, without rows, too large, too long, binary, not
            UTF-8, ragged, broken, or without the column; when a prompt is neither text nor missing.

    Example:
        >>> import io
        >>> frame = read_table(io.BytesIO(b"prompt,score\\na cat,0.5\\na dog,1\\n"))
        >>> frame.shape, frame["score"].tolist()
        ((2, 2), [0.5, 1.0])
    """
    opened = open_source(
        source,
        format=format,
        prompt_column=prompt_column or "prompt",
        text_ok=text_ok,
        max_bytes=max_bytes,
    )
    limit = None if max_bytes is None else max_bytes * MAX_EXPANSION
    with opened.stream:
        parts = batches(opened, text_column=prompt_column or "prompt", limit=limit)
        parts = _collect(parts, opened.name, limit, max_rows)
    return _finish(parts, opened.name, opened.format, prompt_column, opened.notes)


def _collect(
    parts: Iterable[pa.Table | pd.DataFrame], name: str, limit: int | None, max_rows: int | None
) -> list[pa.Table | pd.DataFrame]:
    kept, rows, size = [], 0, 0
    columns: set[str] = set()
    for part in parts:
        rows += len(part)
        if max_rows is not None and rows > max_rows:
            raise PPPError(f"{name}: at most {max_rows:,} rows were wanted, got more. Split it.")
        size += part.nbytes if isinstance(part, pa.Table) else int(part.memory_usage(deep=True).sum())
        columns.update(part.columns if isinstance(part, pd.DataFrame) else ())
        # frames of JSON lines may differ in columns; joined, every row has every column
        if limit is not None and max(size, 8 * rows * len(columns)) > limit:
            raise too_large(name, limit)
        kept.append(part)
    return kept


def _finish(parts: list, name: str, format: str, wanted: str | None, notes: tuple[str, ...]) -> pd.DataFrame:
    if not parts or not sum(len(part) for part in parts):
        raise PPPError(f"{name} has a header but no rows; at least one row was wanted.")
    if isinstance(parts[0], pa.Table):
        table = pa.concat_tables(parts)
        if format in ("csv", "tsv"):
            table = numbers_where_all_are(table, keep=[wanted or "prompt"])
        frame = table.to_pandas()
    else:
        frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    frame.columns = [str(column) for column in frame.columns]
    if wanted is not None:
        need_column(wanted, frame.columns, name)
    column = wanted or "prompt"
    if column in frame.columns:
        frame, cleaned = clean_prompts(frame, column, name=name)
        notes = (*notes, *cleaned)
    frame.attrs["notes"] = notes
    return frame
