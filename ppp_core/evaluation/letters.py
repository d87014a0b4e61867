"""Groups of what is not told apart, as letters: two that share a letter are tied."""

from collections.abc import Sequence
from string import ascii_letters

import numpy as np


def groups_of_ties(different: np.ndarray) -> list[tuple[int, ...]]:
    """The largest groups within which nothing is significantly different from anything.

    All start in one group. Each significant pair splits every group that holds both into one without
    the first and one without the second; a group that lies within another is absorbed by it.

    Args:
        different: booleans, shape (k, k), symmetric: whether a pair is significantly different.

    Returns:
        The groups as members in ascending order, sorted: the first group holds member 0. Two members
        are in one group if and only if they are not different.

    Reference:
        Piepho, An algorithm for a letter-based representation of all-pairwise comparisons, Journal of
        Computational and Graphical Statistics 13 (2004); insert and absorb, without his last step, the
        sweeping of letters that are not needed, so that every tie is seen in all groups that it belongs to.

    Example:
        0 and 2 are different, 1 is tied with both:

        >>> groups_of_ties(np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], bool))
        [(0, 1), (1, 2)]
    """
    k = len(different)
    groups = {frozenset(range(k))} if k else set()
    for i, j in zip(*np.nonzero(np.triu(different, 1)), strict=True):
        both = {group for group in groups if {i, j} <= group}
        parts = {group - {member} for group in both for member in (i, j)}
        kept = groups - both
        groups = kept | {part for part in parts if not any(part < other for other in kept | parts)}
    return sorted(tuple(sorted(int(member) for member in group)) for group in groups)


def letters(groups: Sequence[Sequence[int]], k: int) -> list[str]:
    """The letters of each of k members: ``"a"`` for the first group, ``"ab"`` for one in two groups.

    Beyond 52 groups a number in brackets takes the letter's place.

    Example:
        >>> letters([(0, 1), (1, 2)], 3)
        ['a', 'ab', 'b']
    """
    signs = [ascii_letters[i] if i < len(ascii_letters) else f"({i + 1})" for i in range(len(groups))]
    return [
        "".join(sign for sign, group in zip(signs, groups, strict=True) if member in group)
        for member in range(k)
    ]
