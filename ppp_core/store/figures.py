"""Files of figures that were measured once and come with PPP: JSON with a format and rounded numbers."""

import json
import math
from pathlib import Path

from ..errors import PPPError


def read_figures(path: Path, *, what: str, format: int) -> dict:
    """What a file of figures holds.

    Args:
        path: the file.
        what: what it holds, for errors, such as ``"measured gap"``.
        format: that it should have.

    Raises:
        PPPError: when the file is missing, damaged, or of another format.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PPPError(f"No {what} at {path}. The file comes with PPP's repository.") from error
    except (OSError, ValueError) as error:
        raise PPPError(f"The file of the {what} {path} is damaged. Fetch or make it again.") from error
    if not isinstance(told, dict) or told.get("format") != format:
        raise PPPError(f"The file of the {what} {path} is not of format {format}; make it again.")
    return told


def rounded(value: object, *, digits: int = 5) -> object:
    """A nested value ready for JSON: numbers of so many significant digits, None where they are not finite.

    Example:
        >>> rounded({"r": (0.1234567, float("nan")), "n": 7})
        {'r': [0.12346, None], 'n': 7}
    """
    if isinstance(value, dict):
        return {key: rounded(one, digits=digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one, digits=digits) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value
