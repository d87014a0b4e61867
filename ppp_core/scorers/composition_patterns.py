"""SAMP-Net's eight composition patterns: ways to part a picture, each part pooled by itself.

A pattern lays a grid of parts over the picture. Of each part the network sees the mean of the features (512
numbers of a map of 7 × 7) and the saliency within it (a map of 56 × 56, thinned until the parts of a pattern
have one length).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

FEATURES, SALIENCY = 7, 56
"""Sides of the two maps."""

Grid = list[list[np.ndarray]]


@dataclass(frozen=True)
class Pattern:
    """One way to part a picture.

    Attributes:
        name: what it looks for.
        grid: rows and columns of its parts.
        length: saliency values of one part.
        masks: which places of a square of a given side belong to each part: a grid of bool (side, side);
            parts may overlap.
        thin: the saliency map, (n, 56, 56), thinned for this pattern.
    """

    name: str
    grid: tuple[int, int]
    length: int
    masks: Callable[[int], Grid]
    thin: "Callable[[Tensor], Tensor]"
    flipped: bool = False


def pooled_patterns(features: "Tensor", saliency: "Tensor") -> "list[Tensor]":
    """What the network sees of each pattern: one tensor (n, 512 + length, rows, columns) a pattern.

    Args:
        features: shape (n, 512, 7, 7).
        saliency: shape (n, 56, 56).

    Example:
        >>> import torch
        >>> found = pooled_patterns(torch.ones(1, 512, 7, 7), torch.zeros(1, 56, 56))
        >>> [tuple(one.shape) for one in found][:2]
        [(1, 1296, 2, 1), (1, 1296, 1, 2)]
    """
    import torch

    found = []
    for number, pattern in enumerate(PATTERNS):
        own, map_ = (
            (one.flip(-1) for one in (features, saliency)) if pattern.flipped else (features, saliency)
        )
        means = torch.einsum("nchw,rkhw->ncrk", own, torch.from_numpy(_shares(number)))
        thinned = pattern.thin(map_)
        values = [
            [_of_length(thinned[:, torch.from_numpy(mask)], pattern.length) for mask in row]
            for row in _saliency_masks(pattern, thinned)
        ]
        seen = torch.stack([torch.stack(row, -1) for row in values], -2)  # (n, length, rows, columns)
        found.append(torch.cat([means, seen], 1))
    return found


def _of_length(values: "Tensor", length: int) -> "Tensor":
    """Values (n, m) as (n, length): the most of each of so many stretches, where there are more."""
    from torch.nn.functional import adaptive_max_pool1d

    return values if values.shape[1] == length else adaptive_max_pool1d(values[:, None], length)[:, 0]


@cache
def _shares(number: int) -> np.ndarray:
    """Share of each place of the feature map in each part's mean: float32 (rows, columns, 7, 7)."""
    grid = np.array(PATTERNS[number].masks(FEATURES), np.float32)
    return grid / grid.sum((2, 3), keepdims=True)


def _saliency_masks(pattern: Pattern, thinned: "Tensor") -> Grid:
    height, width = thinned.shape[1:]
    if height == width:
        return pattern.masks(height)
    # thinned along one side alone: the mask of the longer side, every second place of it
    masks = pattern.masks(max(height, width))
    step = (max(height, width) // height, max(height, width) // width)
    return [[mask[:: step[0], :: step[1]] for mask in row] for row in masks]


def _halves(axis: int) -> Callable[[int], Grid]:
    def masks(side: int) -> Grid:
        first = np.broadcast_to(np.arange(side) < side // 2, (side, side))
        first = first.T if axis == 0 else first
        return [[first.copy()], [~first]] if axis == 0 else [[first.copy(), ~first]]

    return masks


def _triangles(side: int) -> Grid:
    """Above and below the diagonal, which belongs to neither."""
    whole = np.ones((side, side), bool)
    return [[np.triu(whole, 1)], [np.tril(whole, -1)]]


def _middle(side: int) -> Grid:
    """The middle half of both sides, and what is around it."""
    inside = np.zeros((side, side), bool)
    middle = slice(int(side / 4), int(side * 3 / 4))
    inside[middle, middle] = True
    return [[inside], [~inside]]


def _diagonals(side: int) -> Grid:
    """The four triangles between both diagonals, their edges included: left, below; above, right."""
    row, column = np.indices((side, side))
    above, before = column >= row, row + column <= side - 1
    below, after = column <= row, row + column >= side - 1
    return [[below & before, below & after], [above & before, above & after]]


def _cells(count: int) -> Callable[[int], Grid]:
    """A chessboard of so many fields a side; where they do not fit, neighbours share their edge."""

    def masks(side: int) -> Grid:
        spans = [(at * side // count, -(-(at + 1) * side // count)) for at in range(count)]
        grid = [[np.zeros((side, side), bool) for _ in spans] for _ in spans]
        for row, (top, bottom) in enumerate(spans):
            for column, (left, right) in enumerate(spans):
                grid[row][column][top:bottom, left:right] = True
        return grid

    return masks


def _pool(size: tuple[int, int]) -> "Callable[[Tensor], Tensor]":
    """The most of each stretch of three, every second one kept, along a side or none."""

    def thin(saliency: "Tensor") -> "Tensor":
        from torch.nn.functional import max_pool2d

        step = tuple(2 if one == 3 else 1 for one in size)
        edge = tuple(1 if one == 3 else 0 for one in size)
        return max_pool2d(saliency[:, None], size, stride=step, padding=edge)[:, 0]

    return thin


def _to_side(side: int) -> "Callable[[Tensor], Tensor]":
    def thin(saliency: "Tensor") -> "Tensor":
        from torch.nn.functional import adaptive_max_pool2d

        return adaptive_max_pool2d(saliency[:, None], side)[:, 0]

    return thin


def _whole(saliency: "Tensor") -> "Tensor":
    return saliency


_HALF = (SALIENCY // 2) ** 2
_UNDER = SALIENCY * 3 // 4  # a side whose triangles are about as long as half the map

PATTERNS = (
    Pattern("above and below", (2, 1), _HALF, _halves(0), _pool((1, 3))),
    Pattern("left and right", (1, 2), _HALF, _halves(1), _pool((3, 1))),
    Pattern("one diagonal", (2, 1), _UNDER * (_UNDER - 1) // 2, _triangles, _to_side(_UNDER)),
    Pattern("other diagonal", (2, 1), _UNDER * (_UNDER - 1) // 2, _triangles, _to_side(_UNDER), flipped=True),
    Pattern("middle and surround", (2, 1), _HALF, _middle, _whole),
    Pattern("quarters", (2, 2), _HALF, _cells(2), _whole),
    Pattern("both diagonals", (2, 2), sum(range(2, SALIENCY + 1, 2)), _diagonals, _whole),
    Pattern("thirds", (3, 3), (SALIENCY // 3) ** 2, _cells(3), _to_side(SALIENCY // 3 * 3)),
)
"""In the order of the published weights."""

N_PATTERNS = len(PATTERNS)
