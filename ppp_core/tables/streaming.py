"""A table in pieces of bounded memory."""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ..errors import PPPError
from .cleaning import clean_prompts, need_column
from .source import Source, header_of, open_source

MAX_LINE = 1_000_000
"""Characters in the longest line of plain text or JSON lines that is still read."""

MAX_COLUMNS = 1_000
"""Different names in a JSON table: each becomes a column of every row."""

_BLOCK = 4 << 20
_PIECE = 64 << 20  # bytes of Parquet that are gathered before they are passed on
_BUDGET = 1 << 30  # bytes that one read of Parquet may become where no limit is given
_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def iter_prompts(
    source: str | Path | BinaryIO,
    *,
    chunk: int = 10_000,
    prompt_column: str = "prompt",
    format: str | None = None,
    max_bytes: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Reads a table of prompts piece by piece, in memory that does not grow with the file.

    CSV and TSV columns stay text, exactly as they came, since a later row may be no number. Parquet from a
    stream (not from a file) is held in memory, because its index is at its end; so is a JSON array.

    Args:
        source: a path, ``"-"`` for standard input, or an open binary stream.
        chunk: rows in a piece; the last may be shorter.
        prompt_column: the column of prompts.
        format: csv, tsv, parquet, jsonl (json) or text (txt); None to find out as `read_table` does.
        max_bytes: refuse more than this; None for no limit.

    Yields:
        Frames of at most ``chunk`` rows, with a running index; ``attrs["notes"]`` as in `read_table`.

    Raises:
        PPPError: as `read_table` does; pieces before the fault have been given by then.

    Example:
        >>> import io
        >>> text = io.BytesIO(b"a cat\\na dog\\na fish\\n")
        >>> [len(piece) for piece in iter_prompts(text, chunk=2, format="text")]
        [2, 1]
    """
    if chunk < 1:
        raise PPPError(f"A chunk of at least one row was wanted, got {chunk}.")
    opened = open_source(source, format=format, prompt_column=prompt_column, max_bytes=max_bytes)
    with opened.stream:
        yield from _pieces(opened, prompt_column, chunk)


def _pieces(opened: Source, column: str, chunk: int) -> Iterator[pd.DataFrame]:
    start = 0
    notes = opened.notes
    for frame in _regroup(batches(opened, text_column=column, rows=chunk), chunk):
        if start == 0:
            need_column(column, frame.columns, opened.name)
        frame.index = pd.RangeIndex(start, start + len(frame))
        frame, cleaned = clean_prompts(frame, column, name=opened.name, start=start)
        frame.attrs["notes"] = (*notes, *cleaned)
        notes = ()
        start += len(frame)
        yield frame
    if start == 0:
        raise PPPError(f"{opened.name} has a header but no rows; at least one row was wanted.")


def _regroup(parts: Iterator[pa.Table | pd.DataFrame], chunk: int) -> Iterator[pd.DataFrame]:
    waiting: list[pd.DataFrame] = []
    rows = 0
    for part in parts:
        frame = part.to_pandas() if isinstance(part, pa.Table) else part
        waiting.append(frame)
        rows += len(frame)
        if rows < chunk:
            continue
        whole = pd.concat(waiting, ignore_index=True)
        full = rows - rows % chunk
        for start in range(0, full, chunk):
            yield whole.iloc[start : start + chunk].copy()
        waiting, rows = [whole.iloc[full:]], rows - full
    if rows:
        yield pd.concat(waiting, ignore_index=True)


def batches(
    opened: Source, *, text_column: str, rows: int = 10_000, limit: int | None = None
) -> Iterator[pa.Table | pd.DataFrame]:
    """The pieces of an opened source as its parser gives them: Arrow tables, or frames for JSON lines.

    Args:
        opened: the source, at its first byte.
        text_column: what the one column of plain text is called.
        rows: at most so many rows a piece, except in CSV and TSV.
        limit: bytes that the whole may become in memory; a Parquet file that says it will pass them is
            refused before it is decoded. Who calls counts what really came. None for no limit.
    """
    if opened.format in ("csv", "tsv"):
        return _delimited(opened, "," if opened.format == "csv" else "\t")
    if opened.format == "parquet":
        return _parquet(opened, rows, limit)
    if opened.format == "jsonl":
        return _json_lines(opened, rows)
    return _lines(opened, text_column, rows)


def _delimited(opened: Source, delimiter: str) -> Iterator[pa.Table]:
    header = header_of(opened.stream, opened.name, delimiter)
    try:
        reader = arrow_csv.open_csv(
            opened.stream,
            read_options=arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch])
    except pa.ArrowInvalid as error:
        raise _csv_fault(opened, delimiter, len(header), str(error)) from error


def _csv_fault(opened: Source, delimiter: str, columns: int, told: str) -> PPPError:
    advice = "Put values with commas, tabs, quotes or line breaks between double quotes."
    if "straddl" in told:
        return PPPError(
            f"{opened.name} has a row longer than {_BLOCK >> 20} MB; is a quote left open? {advice}"
        )
    fault = _first_ragged(opened, delimiter) if opened.raw.seekable() else None
    if fault is not None:
        line, got = fault
        return PPPError(f"{opened.name}, line {line:,}: wanted {columns} values, got {got}. {advice}")
    found = _ROW.search(told)
    if found is not None:
        row, wanted, got = found.groups()
        return PPPError(
            f"{opened.name}, row {row} with the header: wanted {wanted} values, got {got}. {advice}"
        )
    return PPPError(f"{opened.name}: {' '.join(told.split())[:200]}. {advice}")


def _first_ragged(opened: Source, delimiter: str) -> tuple[int, int] | None:
    """Line and number of values of the first row whose length differs from the header's."""
    opened.raw.seek(0)
    lines = io.TextIOWrapper(
        io.BufferedReader(opened.raw), encoding="utf-8-sig", errors="replace", newline=""
    )
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        header = next((row for row in reader if row), [])
        wrong = (row for row in reader if row and len(row) != len(header))
        return next(((reader.line_num, len(row)) for row in wrong), None)
    except csv.Error:
        return None
    finally:
        lines.detach().detach()


def too_large(name: str, limit: int) -> PPPError:
    """An error for a table that takes more than ``limit`` bytes in memory."""
    return PPPError(f"{name} grows to more than {limit / 1e6:,.4g} MB in memory. Split it.")


def _parquet(opened: Source, rows: int, limit: int | None) -> Iterator[pa.Table]:
    source = opened.path if opened.path else io.BytesIO(opened.stream.read())
    try:
        file = pq.ParquetFile(source)
        largest = _largest_group(file.metadata, opened.name, limit)
        # no value is larger than its row group; a dictionary may repeat one value in every row
        step = min(rows, max(1, (limit or _BUDGET) // max(1, largest)))
        waiting, count, size = [], 0, 0
        for batch in file.iter_batches(batch_size=step):
            if waiting and count + len(batch) > rows:
                yield pa.Table.from_batches(waiting)
                waiting, count, size = [], 0, 0
            waiting.append(batch)
            count, size = count + len(batch), size + batch.nbytes
            if size > min(_PIECE, limit or _PIECE):
                yield pa.Table.from_batches(waiting)
                waiting, count, size = [], 0, 0
        if waiting:
            yield pa.Table.from_batches(waiting)
    except (pa.ArrowException, OSError) as error:
        raise PPPError(
            f"{opened.name} is no readable Parquet file; it may be cut short. Write or download it again."
        ) from error


def _largest_group(metadata: pq.FileMetaData, name: str, limit: int | None) -> int:
    """Bytes of the largest row group, unpacked. Raises PPPError where the file says that it is too large."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    sizes = [group.total_byte_size for group in groups]
    values = sum(group.column(one).num_values for group in groups for one in range(group.num_columns))
    if limit is not None and max(sum(sizes), values) > limit:
        raise too_large(name, limit)
    return max(sizes, default=0)


def _lines(opened: Source, column: str, rows: int) -> Iterator[pa.Table]:
    prompts = (line for _, line in _numbered(opened) if line.strip())
    while piece := list(islice(prompts, rows)):
        yield pa.table({column: pa.array(piece, pa.string())})


def _json_lines(opened: Source, rows: int) -> Iterator[pd.DataFrame]:
    records = _records(opened)
    columns: set[str] = set()
    while piece := list(islice(records, rows)):
        columns.update(*piece)
        if len(columns) > MAX_COLUMNS:
            raise PPPError(
                f"{opened.name} has more than {MAX_COLUMNS:,} columns: each different name in its objects "
                "is one. Use the same names in every object."
            )
        yield pd.DataFrame.from_records(piece)


def _records(opened: Source) -> Iterator[dict]:
    if opened.stream.peek(1).lstrip()[:1] == b"[":
        yield from _array(opened)
        return
    for number, line in _numbered(opened):
        if line.strip():
            yield _record(line, f"{opened.name}, line {number:,}")


def _array(opened: Source) -> Iterator[dict]:
    records = _parsed(opened.stream.read().decode("utf-8"), opened.name)
    for number, record in enumerate(records, 1):
        yield _object(record, f"{opened.name}, item {number:,}")


def _record(line: str, where: str) -> dict:
    return _object(_parsed(line, where), where)


def _parsed(text: str, where: str) -> object:
    try:
        parsed = json.loads(text)
        if _HALF_CHARACTER.search(text):
            json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise PPPError(
            f"{where}: half a character (a lone surrogate) cannot be kept. Take it out."
        ) from error
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "too deep or too long"
        raise PPPError(f"{where}: not valid JSON ({reason}). One object a line was wanted.") from error
    return parsed


def _object(record: object, where: str) -> dict:
    if not isinstance(record, dict):
        raise PPPError(f'{where}: an object such as {{"prompt": …}} was wanted, got {type(record).__name__}.')
    return record


def _numbered(opened: Source) -> Iterator[tuple[int, str]]:
    text = io.TextIOWrapper(opened.stream, encoding="utf-8")
    for number in range(1, 1 << 62):
        line = text.readline(MAX_LINE + 1)
        if not line:
            return
        if len(line) > MAX_LINE:
            raise PPPError(
                f"{opened.name}, line {number:,}: at most {MAX_LINE:,} characters a line are read."
            )
        yield number, line.rstrip("\n")
