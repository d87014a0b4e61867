"""What brackets and numbers multiply words by, as in stable-diffusion-webui and Midjourney."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

ROUND = 1.1
"""One pair of round brackets."""

SQUARE = 1 / 1.1
"""One pair of square brackets."""

LARGEST = 1_000.0
"""Weights are held between minus and plus this: no tool makes sense of more."""


@dataclass
class Group:
    """A pair of brackets: where it opens, where it ends, what it multiplies by."""

    start: int
    end: int
    factor: float


class Brackets:
    """Pairs of round and of square brackets, matched each kind by itself as stable-diffusion-webui does.

    A bracket that never closes reaches to the end; one that never opened is plain text.

    Example:
        >>> brackets = Brackets()
        >>> brackets.open("(", 0), brackets.open("(", 1), brackets.close("(", 6, 1.3)
        (None, None, True)
        >>> weights = Weights.of(10, brackets, ())
        >>> weights.at(2), weights.at(8), brackets.close("[", 8, None)
        (1.43, 1.1, False)
    """

    def __init__(self):
        self.groups: dict[str, list[Group]] = {"(": [], "[": []}
        self._open: dict[str, list[Group]] = {"(": [], "[": []}

    def open(self, bracket: str, position: int) -> None:
        group = Group(position, -1, ROUND if bracket == "(" else SQUARE)
        self.groups[bracket].append(group)
        self._open[bracket].append(group)

    def close(self, bracket: str, position: int, factor: float | None) -> bool:
        """Ends the innermost pair; ``factor`` is what it multiplies by where the prompt says so."""
        if not self._open[bracket]:
            return False
        group = self._open[bracket].pop()
        group.end = position
        if factor is not None:
            group.factor = factor
        return True

    def neutral(self) -> None:
        """Makes the innermost square pair multiply by one: it chooses between words, as ``[a|b]``."""
        if self._open["["]:
            self._open["["][-1].factor = 1.0

    def changes(self, bracket: str, length: int) -> list[tuple[int, float]]:
        """Positions from which on the product of all open pairs of one kind is another."""
        events = []
        for group in self.groups[bracket]:
            events.append((group.start, 1, group.factor))
            events.append((length if group.end < 0 else group.end, 0, 0.0))
        products = [1.0]
        found = []
        for position, opens, factor in sorted(events, key=lambda event: event[:2]):
            if opens:
                products.append(_held(products[-1] * factor))
            else:
                products.pop()
            found.append((position, products[-1]))
        return found


@dataclass(frozen=True)
class Weights:
    """The weight of every position of a prompt.

    Attributes:
        starts: positions where the weight changes, ascending.
        values: the weight from there on.
    """

    starts: tuple[int, ...] = ()
    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, length: int, brackets: Brackets, clauses: Sequence[tuple[int, float]]) -> "Weights":
        """Weights of brackets, times those of clauses, such as ``hot::2 dog::1``.

        Args:
            length: of the prompt.
            brackets: all of it read.
            clauses: where a clause starts, and its weight; ascending.
        """
        layers = [brackets.changes("(", length), brackets.changes("[", length), list(clauses)]
        events = sorted(
            (position, order, layer, value)
            for layer, changes in enumerate(layers)
            for order, (position, value) in enumerate(changes)
        )
        now = [1.0] * len(layers)
        found: dict[int, float] = {}
        for position, _, layer, value in events:
            now[layer] = value
            found[position] = round(_held(now[0] * now[1] * now[2]), 6)
        return cls(tuple(found), tuple(found.values()))

    def at(self, position: int) -> float:
        """The weight of one character."""
        place = bisect_right(self.starts, position) - 1
        return self.values[place] if place >= 0 else 1.0

    def mean(self, positions: Sequence[int]) -> float:
        """The mean weight of words that start at these positions; 1.0 of none."""
        if not self.starts or not positions:
            return 1.0
        return round(sum(map(self.at, positions)) / len(positions), 6)


def _held(value: float) -> float:
    return min(max(value, -LARGEST), LARGEST)
