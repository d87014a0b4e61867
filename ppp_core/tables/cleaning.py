"""Characters that no prompt should hold, and columns that turn out to be numbers."""

import re
import reprlib
from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import PPPError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MISSING = pa.array(["", "na", "n/a", "nan", "null", "none", "#n/a", "-"])
_LEADING_ZERO = r"^[+-]?0[0-9]"


def clean_prompts(
    frame: pd.DataFrame, column: str, *, name: str = "The table", start: int = 0
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Makes one column plain text: control characters become spaces, missing prompts become empty ones.

    Tab, newline and carriage return stay. NUL, the other C0 and C1 control characters and DEL are replaced
    by one space each, and the prompts concerned are counted.

    Args:
        frame: any frame.
        column: its column of prompts.
        name: how errors call the table.
        start: rows that came before this frame, for the row that an error names.

    Returns:
        The frame, and a note for each kind of change.

    Raises:
        PPPError: when a prompt is neither text nor missing, with its row, counted from 1.

    Example:
        >>> frame, notes = clean_prompts(pd.DataFrame({"prompt": ["a\\x00cat", "a dog", None]}), "prompt")
        >>> frame["prompt"].tolist()
        ['a cat', 'a dog', '']
        >>> notes
        ('1 prompt held control characters; each became a space.', '1 prompt was missing; it is empty.')
    """
    values = frame[column].tolist()
    missing = [_is_missing(value) for value in values]
    for row, (value, gone) in enumerate(zip(values, missing, strict=True), start + 1):
        if not gone and not isinstance(value, str):
            raise PPPError(
                f"{name}, column {column!r}, row {row:,}: a text was wanted, got {_shown(value)}. "
                "Choose another column, or write the values as text."
            )
    texts = ["" if gone else value for value, gone in zip(values, missing, strict=True)]
    cleaned = [_CONTROL.sub(" ", text) for text in texts]
    changed = sum(new != old for new, old in zip(cleaned, texts, strict=True))
    notes = []
    if changed:
        notes.append(f"{_prompts(changed)} held control characters; each became a space.")
    if any(missing):
        count = sum(missing)
        notes.append(
            f"{_prompts(count)} {'was' if count == 1 else 'were'} missing; "
            f"{'it is' if count == 1 else 'they are'} empty."
        )
    return frame.assign(**{column: pd.Series(cleaned, index=frame.index, dtype="str")}), tuple(notes)


def _is_missing(value: object) -> bool:
    """None, NaN, NaT or NA; comparing an array with itself would give no single answer."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _shown(value: object) -> str:
    """A value with its kind, cut short: ``int 7``, ``bytes b'cat'``, ``list ['a']``."""
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    return f"{type(plain).__name__} {reprlib.repr(plain)}"


def need_column(column: str, columns: Iterable[str], name: str) -> None:
    """Raises PPPError, with near names and the whole list, when a column is missing."""
    columns = [str(known) for known in columns]
    if column in columns:
        return
    lowered = {known.lower(): known for known in columns}
    near = [lowered[n] for n in get_close_matches(column.lower(), lowered, n=2, cutoff=0.6)]
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    shown = ", ".join(repr(known) for known in columns[:12]) + (", …" if len(columns) > 12 else "")
    raise PPPError(f"{name} has no column {column!r}.{hint} It has: {shown}.")


def need_numbers(frame: pd.DataFrame, columns: Iterable[str], name: str) -> pd.DataFrame:
    """The frame with these columns as float64, empty cells as null.

    Raises:
        PPPError: when a column is missing, or a cell holds something else (with its row, counted from 1).

    Example:
        >>> need_numbers(pd.DataFrame({"x": ["1", ""]}), ["x"], "table.csv")["x"].tolist()
        [1.0, nan]
    """
    numbers = {}
    for column in columns:
        need_column(column, frame.columns, name)
        numbers[column] = pd.to_numeric(frame[column].replace("", None), errors="coerce").astype("float64")
        words = numbers[column].isna() & frame[column].notna() & frame[column].ne("")
        if words.any():
            row = int(words.to_numpy().argmax())
            got = frame[column].iloc[row]
            raise PPPError(f"{name}, column {column!r}, row {row + 1:,}: a number was wanted, got {got!r}.")
    return frame.assign(**numbers)


def numbers_where_all_are(table: pa.Table, *, keep: Iterable[str] = ()) -> pa.Table:
    """Turns text columns into numbers where every value that is not missing is a number.

    A column with a leading zero ("007") stays text: it is an identifier. Empty cells and the usual words
    for missing become null in a column of numbers and stay as they are in a column of text.

    Args:
        table: columns of text.
        keep: columns that stay text.

    Example:
        >>> table = pa.table({"prompt": ["1", "2"], "score": ["0.5", "NA"], "id": ["007", "1"]})
        >>> [str(kind) for kind in numbers_where_all_are(table, keep=["prompt"]).schema.types]
        ['string', 'double', 'string']
    """
    keep = set(keep)
    columns = [table[name] if name in keep else _numbers(table[name]) for name in table.column_names]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    gone = pc.is_in(pc.utf8_lower(trimmed), _MISSING)
    values = pc.if_else(gone, pa.scalar(None, pa.string()), trimmed)
    if values.null_count == len(values) or pc.any(pc.match_substring_regex(values, _LEADING_ZERO)).as_py():
        return column
    for kind in (pa.int64(), pa.float64()):
        try:
            return pc.cast(values, kind)
        except pa.ArrowInvalid:
            continue
    return column


def _prompts(count: int) -> str:
    return f"{count:,} prompt{'' if count == 1 else 's'}"
