"""How often the nearest of the other modality is one's own."""

from __future__ import annotations

import numpy as np

from .moments import cosines


def own_ranks(
    asking: np.ndarray, asking_groups: np.ndarray, offered: np.ndarray, offered_groups: np.ndarray
) -> np.ndarray:
    """The rank of the best own match among all that is offered, from 1; ties count against it.

    Args:
        asking: unit vectors, float32, shape (n, dim).
        asking_groups: int, shape (n,): what belongs together.
        offered: unit vectors, float32, shape (m, dim), each once.
        offered_groups: int, shape (m,).

    Returns:
        int, shape (n,): one more than the strangers that are as near as the best own match, or nearer.

    Example:
        >>> eye = np.eye(3, dtype=np.float32)
        >>> own_ranks(eye, np.arange(3), eye[[0, 2, 1]], np.arange(3)).tolist()
        [1, 3, 3]
    """
    ranks = np.empty(len(asking), int)
    for rows, similar in cosines(asking, offered):
        own = asking_groups[rows, None] == offered_groups
        best = np.where(own, similar, -np.inf).max(axis=1, keepdims=True)
        ranks[rows] = 1 + ((similar >= best) & ~own).sum(axis=1)
    return ranks


def once(names: tuple[str, ...]) -> np.ndarray:
    """The position of the first row of each name, in order.

    Example:
        >>> once(("a", "b", "a")).tolist()
        [0, 1]
    """
    known: dict[str, int] = {}
    for row, name in enumerate(names):
        known.setdefault(name, row)
    return np.array(list(known.values()))
