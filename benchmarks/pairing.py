"""Two things timed by turns, told as a ratio: what is slow at this minute is slow for both."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pairs:
    """Seconds of two things, measured in turns.

    Attributes:
        ours: seconds, one a pair.
        theirs: seconds of the other thing, in the same order.

    Example:
        >>> pairs = Pairs((1.0, 2.0, 1.0), (2.0, 3.0, 4.0))
        >>> pairs.ratio, pairs.lowest, pairs.highest
        (2.0, 1.5, 4.0)
        >>> print(pairs)
        2.00 × as fast (1.50 to 4.00, 3 pairs)
    """

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    def __post_init__(self):
        if not self.ours or len(self.ours) != len(self.theirs):
            raise ValueError(f"Pairs need two of each, got {len(self.ours)} and {len(self.theirs)}.")

    @property
    def ratios(self) -> list[float]:
        """Their seconds by ours, one a pair: above one, ours is faster."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios, not the ratio of the medians."""
        return statistics.median(self.ratios)

    @property
    def lowest(self) -> float:
        """The pair that was worst for us."""
        return min(self.ratios)

    @property
    def highest(self) -> float:
        """The pair that was best for us."""
        return max(self.ratios)

    def __str__(self) -> str:
        if len(self.ours) == 1:
            return f"{self.ratio:.2f} × as fast (1 pair)"
        spread = f"{self.lowest:.2f} to {self.highest:.2f}, {len(self.ours)} pairs"
        return f"{self.ratio:.2f} × as fast ({spread})"


def in_turns(
    ours: Callable[[int], float], theirs: Callable[[int], float], *, pairs: int, clock: str = "returned"
) -> Pairs:
    """Runs both by turns, and changes every time which goes first.

    Args:
        ours: called with the pair's number, returns its seconds.
        theirs: the other thing, likewise.
        pairs: how many of each.
        clock: ``"returned"`` to take the seconds that they return, ``"here"`` to time the calls.

    Example:
        >>> in_turns(lambda number: 1.0 + number, lambda number: 4.0, pairs=2).ratios
        [4.0, 2.0]
    """
    read = _timed if clock == "here" else _returned
    found: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number in range(pairs):
        turns = [("ours", ours), ("theirs", theirs)]
        for name, call in turns if number % 2 == 0 else reversed(turns):
            found[name].append(read(call, number))
    return Pairs(tuple(found["ours"]), tuple(found["theirs"]))


def _returned(call: Callable[[int], float], number: int) -> float:
    return call(number)


def _timed(call: Callable[[int], object], number: int) -> float:
    start = time.perf_counter()
    call(number)
    return time.perf_counter() - start


def seconds(values: Sequence[float]) -> str:
    """The median, in the unit that reads best.

    Example:
        >>> seconds([0.0312]), seconds([3.21]), seconds([150, 160, 170])
        ('31 ms', '3.2 s', '160 s')
    """
    middle = statistics.median(values)
    if middle < 0.1:
        return f"{1000 * middle:.0f} ms"
    return f"{middle:.2g} s" if middle < 10 else f"{middle:.0f} s"


def megabytes(size: float) -> str:
    """Bytes for a reader.

    Example:
        >>> megabytes(734_000_000)
        '734 MB'
    """
    return f"{size / 1e6:,.0f} MB"
