"""What the points of a map of prompts and pictures are coloured by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import PPPError
from .looks import OKABE_ITO

OTHERS, UNKNOWN = "all others", "not known"
GREY = OKABE_ITO[-1]
MOST = len(OKABE_ITO) - 1
"""Categories that have a colour of their own; grey is for the rest."""

SCALE = "Viridis"


@dataclass(frozen=True)
class Colouring:
    """One value a pair, for its prompt and its picture alike.

    Attributes:
        title: what the values are.
        values: n names, or n numbers; None where not known.
        numbers: whether they are numbers, on a scale.
    """

    title: str
    values: tuple
    numbers: bool

    def of(self, rows: Sequence[int]) -> Colouring:
        """The values of some pairs, by position."""
        return Colouring(self.title, tuple(self.values[row] for row in rows), self.numbers)


def by_numbers(title: str, values: Sequence[float | None]) -> Colouring:
    """Colours on a scale.

    Raises:
        PPPError: when no value is known.

    Example:
        >>> by_numbers("score", [1, float("nan")]).values
        (1.0, None)
    """
    known = tuple(None if value is None or value != value else float(value) for value in values)
    if all(value is None for value in known):
        raise PPPError(f"No pair has a value of {title}, so they cannot be coloured by it.")
    return Colouring(title, known, True)


def by_names(title: str, values: Sequence[object]) -> Colouring:
    """A colour for each of the most frequent names; all others share grey.

    Example:
        >>> by_names("kind", ["b", "a", "b", None]).values
        ('b', 'a', 'b', 'not known')
    """
    names = [UNKNOWN if value is None or value != value else str(value) for value in values]
    ranked = sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))
    kept = {name for name, _ in ranked[:MOST]}
    return Colouring(title, tuple(name if name in kept else OTHERS for name in names), False)


def palette(colouring: Colouring) -> dict[str, str]:
    """Name -> colour, in alphabetical order, grey last.

    Example:
        >>> list(palette(by_names("kind", ["b", None, "a"])))
        ['a', 'b', 'not known']
    """
    names = sorted(set(colouring.values) - {OTHERS, UNKNOWN})
    found = dict(zip(names, OKABE_ITO, strict=False))
    return found | {name: GREY for name in (UNKNOWN, OTHERS) if name in colouring.values}
