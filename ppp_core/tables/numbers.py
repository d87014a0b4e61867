"""A column as numbers, or a clear word on why not."""

import numpy as np
import pandas as pd

from ..errors import PPPError
from .cleaning import need_column


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """One column as float64, shape (n_rows,); missing values are nan.

    Raises:
        PPPError: when the column is missing, or holds text or an infinity; names the first such row.

    Example:
        >>> numbers(pd.DataFrame({"a": [1, None]}), "a")
        array([ 1., nan])
    """
    need_column(column, frame.columns, "The table")
    values = frame[column]
    converted = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = (np.isnan(converted) & values.notna().to_numpy()) | np.isinf(converted)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise PPPError(
            f"Column {column!r} should hold finite numbers; row {row + 1} holds {values.iloc[row]!r}."
        )
    return converted
