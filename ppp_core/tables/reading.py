"""A whole table into memory."""

from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from ..errors import PPPError
from .cleaning import clean_prompts, need_column, numbers_where_all_are
from .source import open_source
from .streaming import batches

MAX_EXPANSION = 20
"""How many times larger in memory than the limit on its bytes a table may become."""


def read_table(
    source: str | Path | BinaryIO,
    *,
    format: str | None = None,
    prompt_column: str | None = None,
    text_ok: bool = True,
    max_bytes: int | None = None,
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
        max_bytes: refuse more than this; None for no limit.

    Returns:
        The frame; ``attrs["notes"]`` is a tuple of sentences on what was guessed or changed.

    Raises:
        PPPError: when the file is missing, a folder, empty, without rows, too large, binary, not UTF-8,
            ragged, broken, or without the column.

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
    with opened.stream:
        parts = _collect(batches(opened, text_column=prompt_column or "prompt"), opened.name, max_bytes)
    return _finish(parts, opened.name, opened.format, prompt_column, opened.notes)


def _collect(parts, name: str, max_bytes: int | None) -> list[pa.Table | pd.DataFrame]:
    kept, size = [], 0
    for part in parts:
        size += part.nbytes if isinstance(part, pa.Table) else 0
        if max_bytes is not None and size > max_bytes * MAX_EXPANSION:
            raise PPPError(
                f"{name} grows to more than {max_bytes * MAX_EXPANSION / 1e6:,.0f} MB in memory. Split it."
            )
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
        frame, cleaned = clean_prompts(frame, column)
        notes = (*notes, *cleaned)
    frame.attrs["notes"] = notes
    return frame
