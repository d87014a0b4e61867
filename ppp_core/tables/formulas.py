"""Cells that a spreadsheet would run as a formula."""

import pandas as pd

_RISKY = r"^(?='*[=+\-@\t\r])"
_ESCAPED = r"^'(?='*[=+\-@\t\r])"


def escape_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Puts an apostrophe before text that a spreadsheet would run: a leading = + - @, tab or return.

    Column names are treated alike; columns of numbers stay. `restore_formulas` undoes it exactly, because
    text that begins with an apostrophe and such a sign gets one more.

    Reference:
        OWASP, CSV Injection.

    Example:
        >>> frame = pd.DataFrame({"prompt": ["=1+1", "'=x", "a cat"], "score": [-1.0, 0.5, 2.0]})
        >>> escape_formulas(frame)["prompt"].tolist()
        ["'=1+1", "''=x", 'a cat']
        >>> restore_formulas(escape_formulas(frame)).equals(frame)
        True
    """
    return _replaced(frame, _RISKY, "'")


def restore_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Takes away the apostrophes that `escape_formulas` put; see there."""
    return _replaced(frame, _ESCAPED, "")


def _replaced(frame: pd.DataFrame, pattern: str, by: str) -> pd.DataFrame:
    frame = frame.copy()
    for column in frame.columns[[_is_text(frame[name]) for name in frame.columns]]:
        texts = frame[column].map(lambda value: isinstance(value, str)).astype(bool)
        frame.loc[texts, column] = (
            frame.loc[texts, column].astype(object).str.replace(pattern, by, regex=True)
        )
    frame.columns = pd.Index([str(name) for name in frame.columns]).str.replace(pattern, by, regex=True)
    return frame


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(column) or pd.api.types.is_object_dtype(column)
