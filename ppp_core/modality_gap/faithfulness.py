"""How much of the neighbourhoods in the space a map in two dimensions keeps."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 15
MOST_POINTS = 2000
"""Points that are compared; of more, so many are drawn at random."""


def faithfulness(
    vectors: np.ndarray, xy: np.ndarray, *, neighbours: int = NEIGHBOURS, seed: int = 0
) -> tuple[float, float, int]:
    """Trustworthiness of a map, the share of neighbours that it keeps, and the points compared.

    Trustworthiness (Venna and Kaski 2001) takes off for points that are near in the map alone, by how far
    down the list of true neighbours they stand: 1 is none, about .5 is a map at random. The overlap is the
    mean share of a point's nearest neighbours, both modalities together, that are its nearest in the map.

    Args:
        vectors: shape (n, dim), of unit length.
        xy: shape (n, 2).
        neighbours: nearest ones that count; fewer where there are few points.
        seed: of the sample.

    Example:
        >>> line = np.arange(40.0)[:, None] * [[1, 2]]
        >>> faithfulness(line, line)
        (1.0, 1.0, 40)
    """
    if len(vectors) > MOST_POINTS:
        rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:MOST_POINTS])
        vectors, xy = vectors[rows], xy[rows]
    n = len(vectors)
    k = max(1, min(neighbours, (n - 1) // 3))
    true, ranks = _order(vectors)
    drawn = _order(xy)[0][:, :k]
    kept = np.take_along_axis(ranks, drawn, axis=1)  # (n, k): true rank of each neighbour in the map, from 1
    wrong = np.maximum(kept - k, 0).sum()
    trust = 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * float(wrong)
    return float(trust), float((kept <= k).mean()), len(true)


def _order(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All others by distance, int (n, n - 1), and the rank of each, from 1; oneself has rank n."""
    points = np.asarray(points, np.float64)
    squares = (points**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(points) + 1)[None].repeat(len(points), 0), axis=1)
    return order[:, :-1], ranks
