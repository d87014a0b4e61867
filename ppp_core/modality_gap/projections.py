"""Maps of both modalities in two dimensions: fitted once, kept, and honest about what they lose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError, unknown_name
from ..store import home, is_public, write_atomically
from .faithfulness import faithfulness
from .pairs import Pairs, unit
from .umap_map import umap_coordinates

Progress = Callable[[int, int], None]

FORMAT = 1
LARGEST = 5000
FEWEST = 4


@dataclass(frozen=True)
class Method:
    """A way to make a map.

    Attributes:
        name: the key.
        title: a word or two.
        about: what it shows, and what its distances mean, in one or two sentences.
        linear: whether points move along when vectors move, exactly.
    """

    name: str
    title: str
    about: str
    linear: bool


METHODS: dict[str, Method] = {
    one.name: one
    for one in (
        Method(
            "pca",
            "PCA",
            "The two directions along which prompts and pictures together vary most. Distances are those of "
            "the space, less what lies in all other directions.",
            True,
        ),
        Method(
            "gap-axis",
            "The gap axis",
            "To the right: from the mean prompt to the mean picture, in the unit of the space. Upwards: the "
            "direction of most variation in what remains.",
            True,
        ),
        Method(
            "umap",
            "UMAP",
            "Neighbours stay neighbours as far as two dimensions allow; distances and sizes of clusters "
            "mean nothing, and where a gap is drawn, its width means nothing.",
            False,
        ),
    )
}


@dataclass(frozen=True)
class Projection:
    """A map of pairs.

    Attributes:
        text_xy: float32, shape (n, 2).
        image_xy: float32, shape (n, 2), row by row the partners.
        rows: int, shape (n,): positions in the pairs that were mapped.
        method: a key of `METHODS`.
        settings: what fixes the map: of UMAP neighbours, distance and seed; of the others nothing.
        trustworthiness, overlap: see `faithfulness`.
        of: pairs that there were.
        how_sampled: "" where all were mapped.
        axes: float32, shape (2, dim), of a linear method; None otherwise.
        centre: float32, shape (dim,), which lies at the origin of a linear map; None otherwise.
        x_title, y_title: what the axes are.
        notes: of how faithfulness was measured.
    """

    text_xy: np.ndarray
    image_xy: np.ndarray
    rows: np.ndarray
    method: str
    settings: Mapping[str, float | int]
    trustworthiness: float
    overlap: float
    of: int
    how_sampled: str
    axes: np.ndarray | None
    centre: np.ndarray | None
    x_title: str
    y_title: str
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Pairs mapped."""
        return len(self.rows)

    @property
    def shown(self) -> str:
        """How many are shown, in words, such as ``"500 of 500 pairs shown"``."""
        sampled = f", {self.how_sampled}" if self.how_sampled else ""
        return f"{self.n:,} of {self.of:,} pairs shown{sampled}"


def project(
    pairs: Pairs,
    *,
    method: str = "pca",
    seed: int = 0,
    neighbours: int = 15,
    distance: float = 0.1,
    largest: int = LARGEST,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    keep: bool = True,
) -> Projection:
    """Maps prompts and pictures together.

    Args:
        pairs: at least four.
        method: a key of `METHODS`.
        seed: of UMAP, and of the sample where there are more than ``largest``.
        neighbours: of UMAP, 2 to 200; at most one less than there are points.
        distance: of UMAP, least distance in the map, 0 to 1.
        largest: pairs that are mapped at most; of more, so many are drawn at random.
        progress: called with (percent done, 100).
        cancel: asked while UMAP is under way; True stops it.
        keep: whether UMAP's coordinates are looked up and kept in the folder of `home`.

    Raises:
        Cancelled: when ``cancel`` said so.
        PPPError: an unknown method, numbers out of range, too few pairs.

    Example:
        >>> from ppp_core.modality_gap import make_pairs
        >>> meaning = np.random.default_rng(0).normal(size=(30, 5))
        >>> found = project(make_pairs(meaning + 1, meaning - 1), method="gap-axis")
        >>> found.text_xy.shape, bool(found.text_xy[:, 0].mean() < found.image_xy[:, 0].mean())
        ((30, 2), True)
    """
    pairs, rows, how = _sampled(pairs, method, seed, neighbours, distance, largest)
    if method != "umap":
        axes, centre, titles = _LINEAR[method](pairs)
        xy = (np.concatenate([pairs.text, pairs.image]) - centre) @ axes.T
        return _finished(pairs, rows, how, method, {}, xy, titles, axes, centre)
    settings = _settings(pairs, seed, neighbours, distance)
    path = _path(pairs, settings)
    found = _read(path, 2 * len(pairs)) if keep else None
    if found is None:
        vectors = np.concatenate([pairs.text, pairs.image])
        xy = umap_coordinates(vectors, **settings, progress=progress, cancel=cancel)
        if keep and not is_public():
            with suppress(PPPError, OSError), write_atomically(path) as temporary:
                np.savez(temporary, xy=xy)
    else:
        xy = found
    titles = ("UMAP 1", "UMAP 2")
    return _finished(pairs, rows, how, method, settings, xy, titles, None, None)


def kept_projection(
    pairs: Pairs,
    *,
    method: str = "pca",
    seed: int = 0,
    neighbours: int = 15,
    distance: float = 0.1,
    largest: int = LARGEST,
) -> Projection | None:
    """The map where it takes no time: a linear one, or one that was kept; None otherwise. As `project`."""
    mapped, _, _ = _sampled(pairs, method, seed, neighbours, distance, largest)
    if method == "umap":
        settings = _settings(mapped, seed, neighbours, distance)
        if _read(_path(mapped, settings), 2 * len(mapped)) is None:
            return None
    options = {"seed": seed, "neighbours": neighbours, "distance": distance, "largest": largest}
    return project(pairs, method=method, **options)


@dataclass(frozen=True)
class Placed:
    """New points on a map.

    Attributes:
        xy: float32, shape (m, 2).
        how: the method, in words.
        distance: float32, shape (m,): one minus the cosine to the nearest point of its modality.
    """

    xy: np.ndarray
    how: str
    distance: np.ndarray


def place(
    projection: Projection, pairs: Pairs, vectors: ArrayLike, *, side: str = "text", k: int = 5
) -> Placed:
    """Puts new vectors on a map without changing it.

    On a linear map they are projected as all points were. On others they come to the mean of the
    coordinates of the k nearest points of their own modality, by cosine, weighted by one over the distance.

    Args:
        projection: of ``pairs``.
        pairs: that were mapped, or that the mapped ones were drawn from.
        vectors: shape (m, dim).
        side: ``"text"`` or ``"image"``.
        k: neighbours.

    Raises:
        PPPError: an unknown side, or vectors of another dimension.
    """
    if side not in ("text", "image"):
        raise unknown_name("side", side, ("text", "image"))
    vectors = unit(vectors)
    if vectors.shape[1] != pairs.dim:
        raise PPPError(f"This map is of {pairs.dim} dimensions, got vectors of {vectors.shape[1]}.")
    known = getattr(pairs, side)[projection.rows]
    far = 1 - np.clip(vectors @ known.T, -1, 1)
    if projection.axes is not None:
        xy = (vectors - projection.centre) @ projection.axes.T
        return Placed(xy.astype(np.float32), "projected on the same axes", far.min(axis=1))
    k = min(k, len(known))
    nearest = np.argsort(far, axis=1, kind="stable")[:, :k]
    weights = 1 / (np.take_along_axis(far, nearest, axis=1) + 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    drawn = getattr(projection, f"{side}_xy")[nearest]  # (m, k, 2)
    word = "prompts" if side == "text" else "pictures"
    how = f"at the mean of its {k} nearest {word}, weighted by one over their distance"
    return Placed((drawn * weights[:, :, None]).sum(axis=1).astype(np.float32), how, far.min(axis=1))


def clusters(pairs: Pairs, *, k: int = 8, seed: int = 0) -> np.ndarray:
    """A cluster for each pair, int (n,), the largest 0: k-means on partners' mean, each modality centred.

    Raises:
        PPPError: for fewer than two clusters, or more than there are pairs.
    """
    if not 2 <= k <= len(pairs):
        raise PPPError(f"clusters needs k from 2 to the number of pairs ({len(pairs)}), got {k}.")
    from sklearn.cluster import KMeans

    middle = (pairs.text - pairs.text.mean(axis=0) + pairs.image - pairs.image.mean(axis=0)) / 2
    found = KMeans(k, n_init=4, random_state=seed).fit_predict(middle)
    order = np.argsort(-np.bincount(found, minlength=k), kind="stable")
    return np.argsort(order)[found]


def _sampled(pairs: Pairs, method: str, seed: int, neighbours: int, distance: float, largest: int):
    if method not in METHODS:
        raise unknown_name("projection", method, METHODS)
    if len(pairs) < FEWEST or largest < FEWEST:
        raise PPPError(f"A map needs at least {FEWEST} pairs, got {min(len(pairs), largest)}.")
    if not 2 <= neighbours <= 200:
        raise PPPError(f"neighbours needs to lie between 2 and 200, got {neighbours}.")
    if not 0 <= distance <= 1:
        raise PPPError(f"distance needs to lie between 0 and 1, got {distance}.")
    if len(pairs) <= largest:
        return pairs, np.arange(len(pairs)), ""
    rows = np.sort(np.random.default_rng(seed).permutation(len(pairs))[:largest])
    return pairs.rows(rows), rows, f"drawn at random (seed {seed})"


def _pca(pairs: Pairs):
    vectors = np.concatenate([pairs.text, pairs.image]).astype(np.float64)
    centre = vectors.mean(axis=0)
    axes, shares = _principal(vectors - centre, 2)
    titles = tuple(f"PC {number + 1} ({share:.0%} of the variance)" for number, share in enumerate(shares))
    return axes, centre.astype(np.float32), titles


def _gap_axis(pairs: Pairs):
    vectors = np.concatenate([pairs.text, pairs.image]).astype(np.float64)
    centre = vectors.mean(axis=0)
    gap = pairs.image.mean(axis=0, dtype=np.float64) - pairs.text.mean(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(gap))
    along = gap / length if length > 1e-9 else np.eye(pairs.dim)[0]
    rest = vectors - centre
    rest -= np.outer(rest @ along, along)
    second, shares = _principal(rest, 1)
    axes = np.concatenate([along[None], second]).astype(np.float32)
    return axes, centre.astype(np.float32), ("Along the gap", f"PC 1 of the rest ({shares[0]:.0%} of it)")


def _principal(centred: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The first k principal directions, float32 (k, dim), each one's largest number positive; and shares."""
    values, directions = np.linalg.eigh(centred.T @ centred)
    found = np.zeros((k, centred.shape[1]))
    found[: min(k, len(values))] = directions[:, ::-1].T[:k]
    signs = np.sign(np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1))
    shares = np.zeros(k)
    shares[: min(k, len(values))] = np.maximum(values[::-1][:k], 0) / max(values.sum(), 1e-12)
    return (found * np.where(signs == 0, 1, signs)).astype(np.float32), shares


_LINEAR = {"pca": _pca, "gap-axis": _gap_axis}


def _settings(pairs: Pairs, seed: int, neighbours: int, distance: float) -> dict[str, float | int]:
    return {
        "neighbours": int(min(neighbours, 2 * len(pairs) - 1)),
        "distance": float(distance),
        "seed": int(seed),
    }


def _finished(pairs, rows, how, method, settings, xy, titles, axes, centre) -> Projection:
    vectors = np.concatenate([pairs.text, pairs.image])
    trust, overlap, compared = faithfulness(vectors, xy)
    notes = () if compared == len(vectors) else (f"Faithfulness measured on {compared:,} points at random.",)
    xy = xy.astype(np.float32)
    return Projection(
        text_xy=xy[: len(pairs)],
        image_xy=xy[len(pairs) :],
        rows=rows,
        method=method,
        settings=settings,
        trustworthiness=trust,
        overlap=overlap,
        of=pairs.of,
        how_sampled=how,
        axes=axes,
        centre=centre,
        x_title=titles[0],
        y_title=titles[1],
        notes=notes,
    )


def _path(pairs: Pairs, settings: Mapping) -> Path:
    """Where the coordinates are kept: by what is mapped, how, and by which version."""
    digest = hashlib.sha256(json.dumps([FORMAT, version("umap-learn"), settings]).encode())
    for side in (pairs.text, pairs.image):
        digest.update(np.ascontiguousarray(side, "<f4").tobytes())
    return home() / "coordinates" / f"umap-{digest.hexdigest()[:32]}.npz"


def _read(path: Path, n: int) -> np.ndarray | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            xy = arrays["xy"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None  # absent or damaged: made anew
    return xy if xy.shape == (n, 2) and np.isfinite(xy).all() else None
