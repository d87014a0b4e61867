"""What statistics take in: vectors as numbers, prompts that have every value, sane options."""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError

FEWEST = 4
"""A correlation of fewer prompts says nothing."""


def as_numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Values as floats, missing ones as nan. Raises PPPError, with the name, for what is no number.

    Example:
        >>> as_numbers("predicted", [1, 2]).tolist()
        [1.0, 2.0]
    """
    try:
        # pandas' own missing value becomes nan only when asked
        if hasattr(values, "to_numpy") and hasattr(values, "array"):
            return values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise PPPError(f"{name} needs to hold numbers only: {error}.") from error


def complete(who: str, predicted: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """The prompts that have every value, and how many had not.

    Args:
        who: the public function that was called, for the message.
        predicted: shape (k, n).
        observed: shape (n,).

    Returns:
        Both sides without the prompts that lack a value, and the number of those.

    Raises:
        PPPError: shapes that differ, infinite values, fewer than four prompts left.
    """
    if observed.ndim != 1 or predicted.shape[1] != len(observed):
        shape = predicted.shape[1:] if who == "correlate" else predicted.shape
        raise PPPError(
            f"{who} needs two vectors of one length, got predicted {shape} and observed {observed.shape}."
        )
    for name, values in (("predicted", predicted), ("observed", observed)):
        if np.isinf(values).any():
            where = int(np.argwhere(np.isinf(values))[0, -1])
            raise PPPError(f"{who} needs finite numbers, got an infinite {name} value at position {where}.")
    kept = ~(np.isnan(predicted).any(axis=0) | np.isnan(observed))
    n, dropped = int(kept.sum()), int((~kept).sum())
    if n < FEWEST:
        raise PPPError(
            f"{who} needs at least {FEWEST} prompts with every value, got {n} ({dropped} dropped)."
        )
    return predicted[:, kept], observed[kept], dropped


def check_options(resamples: int, confidence: float) -> None:
    """Raises PPPError for too few resamples, or a confidence that is no share."""
    if resamples < 100:
        raise PPPError(f"An interval needs at least 100 resamples, got {resamples}.")
    if not 0 < confidence < 1:
        raise PPPError(f"confidence needs to lie between 0 and 1, such as 0.95, got {confidence}.")
