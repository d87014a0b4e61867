"""Prompts and pictures in one space, row by row, and files of them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 20
"""Groups of pairs that a measure needs; fewer say nothing."""

LARGEST_BYTES = 2_000_000_000
"""Bytes that the two arrays of a file may unpack to."""

SIDES = ("text", "image")


@dataclass(frozen=True)
class Pairs:
    """Matching vectors of prompts and pictures; row i of one belongs to row i of the other.

    A prompt with several pictures, or a picture with several prompts, stands in several rows.

    Attributes:
        text: float32, shape (n, dim), of unit length.
        image: float32, shape (n, dim), of unit length.
        name: of the data set or file.
        encoder: what embedded them; "" where unknown.
        prompt_ids: n names; rows of one prompt have one name.
        image_ids: n names.
        frame: one row a pair: prompt_id, image_id, then whatever is known: prompt, generator, n_modifiers,
            learned (whether the encoder was trained on the prompt), and a column a target.
        of: pairs that there were before any were left out or sampled.
        notes: what was left out, sampled or should be known, one sentence each.
    """

    text: np.ndarray
    image: np.ndarray
    name: str
    encoder: str
    prompt_ids: tuple[str, ...]
    image_ids: tuple[str, ...]
    frame: pd.DataFrame
    of: int
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.text)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.text.shape[1]

    @property
    def groups(self) -> np.ndarray:
        """int, shape (n,): rows that share a prompt or a picture have one number, from 0."""
        return groups_of(self.prompt_ids, self.image_ids)

    def rows(self, rows: ArrayLike, *notes: str) -> Pairs:
        """Some of the pairs, by position or as a mask, with more notes."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(int)
        return replace(
            self,
            text=self.text[rows],
            image=self.image[rows],
            prompt_ids=tuple(self.prompt_ids[row] for row in rows),
            image_ids=tuple(self.image_ids[row] for row in rows),
            frame=self.frame.iloc[rows].reset_index(drop=True),
            notes=(*self.notes, *notes),
        )

    def moved(self, text: np.ndarray, image: np.ndarray, *notes: str) -> Pairs:
        """The same pairs with other vectors, such as those of a closing, brought to unit length."""
        return replace(self, text=unit(text, "text"), image=unit(image, "image"), notes=(*self.notes, *notes))

    def held_out(self) -> Pairs:
        """The pairs whose prompts the encoder was not trained on; all where that is not known.

        Raises:
            PPPError: when it was trained on all of them.
        """
        if "learned" not in self.frame or not self.frame["learned"].any():
            return self
        kept = ~self.frame["learned"].to_numpy(bool)
        if not kept.any():
            raise PPPError(f"The encoder {self.encoder} was trained on every prompt of {self.name}.")
        note = f"{int((~kept).sum()):,} of {len(self):,} pairs left out: {self.encoder} was trained on them."
        return self.rows(kept, note)


def make_pairs(
    text: ArrayLike,
    image: ArrayLike,
    *,
    name: str = "",
    encoder: str = "",
    prompt_ids: Sequence[str] | None = None,
    image_ids: Sequence[str] | None = None,
    frame: pd.DataFrame | None = None,
    of: int | None = None,
    notes: Sequence[str] = (),
) -> Pairs:
    """Pairs of plain arrays. Vectors are brought to unit length: every measure is of directions.

    Args:
        text: shape (n, dim), any length but zero.
        image: shape (n, dim), row by row what belongs to ``text``.
        name, encoder: what they are and what embedded them.
        prompt_ids, image_ids: n names each; without them, equal vectors count as one prompt or picture.
        frame: n rows of what is known of each pair.
        of: pairs that there were in all; n when left out.
        notes: what should be known.

    Raises:
        PPPError: shapes that do not fit, vectors that are not finite numbers, or of length zero.

    Example:
        >>> pairs = make_pairs([[3, 4], [0, 2]], [[1, 0], [0, 1]])
        >>> pairs.text.round(1).tolist(), pairs.groups.tolist()
        ([[0.6000000238418579, 0.800000011920929], [0.0, 1.0]], [0, 1])
    """
    import pandas as pd

    text, image = _matrix("text", text), _matrix("image", image)
    if text.shape != image.shape:
        raise PPPError(
            f"Pairs need text and image of one shape, row by row, got {text.shape} and {image.shape}."
        )
    text, image = unit(text, "text"), unit(image, "image")
    prompt_ids = tuple(prompt_ids) if prompt_ids is not None else _names("text", text)
    image_ids = tuple(image_ids) if image_ids is not None else _names("image", image)
    n_rows = len(text) if frame is None else len(frame)
    if {len(prompt_ids), len(image_ids), n_rows} != {len(text)}:
        raise PPPError(
            f"Pairs need one name and one row a pair, got {len(prompt_ids)} prompts, {len(image_ids)} "
            f"pictures and {n_rows} rows for {len(text)} pairs."
        )
    if frame is None:
        frame = pd.DataFrame({"prompt_id": prompt_ids, "image_id": image_ids})
    return Pairs(text, image, name, encoder, prompt_ids, image_ids, frame, of or len(text), tuple(notes))


def read_npz(source: str | Path | BinaryIO, *, name: str | None = None) -> Pairs:
    """Pairs of a NumPy file with the arrays ``text`` and ``image``; nothing in it is ever unpickled.

    Args:
        source: the file, or what a browser sent.
        name: of the pairs; the file's name when left out.

    Raises:
        PPPError: no such file, no NumPy archive, arrays that are absent, pickled, too large, of shapes that
            do not fit, with numbers that are not finite, or rows of length zero.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, text=np.eye(3), image=np.ones((3, 3)))
        >>> pairs = read_npz(file, name="three")
        >>> len(pairs), pairs.dim, pairs.name
        (3, 3, 'three')
    """
    told = str(source) if isinstance(source, str | Path) else (name or "the file")
    if name is None:
        name = Path(told).stem if isinstance(source, str | Path) else "file"
    arrays = {side: _read(source, side, told) for side in SIDES}
    try:
        return make_pairs(arrays["text"], arrays["image"], name=name)
    except PPPError as error:
        raise PPPError(f"{told}: {error}") from error


def unit(vectors: ArrayLike, what: str = "vectors") -> np.ndarray:
    """The same directions with length 1, float32. Raises PPPError for what is not finite or has length zero.

    Example:
        >>> unit([[0.0, 1e-30]]).tolist()
        [[0.0, 1.0]]
    """
    vectors = _matrix(what, vectors)
    scale = np.abs(vectors).max(axis=1, initial=0.0, keepdims=True)
    zero = np.flatnonzero(scale[:, 0] == 0)
    if len(zero):
        raise PPPError(
            f"{what} needs rows that are not zero: row {zero[0]} is (of {len(zero)} such). Leave them out."
        )
    scaled = vectors / scale
    return (scaled / np.linalg.norm(scaled, axis=1, keepdims=True)).astype(np.float32)


def groups_of(prompt_ids: Sequence[str], image_ids: Sequence[str]) -> np.ndarray:
    """Numbers of rows that hang together by a shared prompt or a shared picture, int (n,), from 0.

    Example:
        >>> groups_of(["a", "a", "b", "c"], ["1", "2", "2", "3"]).tolist()
        [0, 0, 0, 1]
    """
    sides = [np.unique(np.asarray(ids, dtype=str), return_inverse=True)[1] for ids in (prompt_ids, image_ids)]
    label = np.arange(len(sides[0]))
    while True:
        before = label
        for side in sides:
            least = np.full(side.max(initial=-1) + 1, len(label))
            np.minimum.at(least, side, label)
            label = least[side]
        if np.array_equal(before, label):
            return np.unique(label, return_inverse=True)[1]


def check_enough(pairs: Pairs) -> None:
    """Raises PPPError where there are too few pairs to measure anything."""
    found = int(pairs.groups.max(initial=-1)) + 1
    if found < FEWEST:
        raise PPPError(
            f"The modality gap needs at least {FEWEST} different prompts with pictures, got {found}."
        )


def _matrix(what: str, values: ArrayLike) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind not in "fiu":
        raise PPPError(f"{what} needs to hold real numbers, got {values.dtype}.")
    if values.ndim != 2 or 0 in values.shape:
        raise PPPError(f"{what} needs the shape (pairs, dimensions), got {values.shape}.")
    values = values.astype(np.float64)
    strange = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(strange):
        raise PPPError(f"{what} needs finite numbers, row {strange[0]} has others (of {len(strange)} such).")
    return values


def _names(side: str, vectors: np.ndarray) -> tuple[str, ...]:
    """One name a different vector, in the order of first appearance."""
    known: dict[bytes, str] = {}
    return tuple(known.setdefault(row.tobytes(), f"{side}-{len(known)}") for row in vectors)


def _read(source: str | Path | BinaryIO, side: str, told: str) -> np.ndarray:
    wanted = "a NumPy archive (.npz) with the arrays text and image, each (pairs, dimensions)"
    try:
        if not isinstance(source, str | Path):
            source.seek(0)
        with zipfile.ZipFile(source) as archive:
            size = sum(one.file_size for one in archive.infolist() if one.filename == f"{side}.npy")
        if size > LARGEST_BYTES:
            raise PPPError(
                f"{told}: the array {side} unpacks to {size / 1e9:.1f} GB; at most "
                f"{LARGEST_BYTES / 1e9:.0f} GB are read. Take a sample of its rows."
            )
        if not isinstance(source, str | Path):
            source.seek(0)
        with np.load(source, allow_pickle=False) as arrays:
            if side not in arrays.files:
                held = ", ".join(arrays.files) or "none"
                raise PPPError(f"{told} has no array {side}; {wanted} was wanted. Its arrays: {held}.")
            return arrays[side]
    except PPPError:
        raise
    except FileNotFoundError as error:
        raise PPPError(f"There is no file {told}; {wanted} was wanted.") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError, NotImplementedError) as error:
        reason = "it holds pickled objects, which are never read" if "pickle" in str(error) else str(error)
        raise PPPError(f"{told} cannot be read: {reason}. Wanted: {wanted}.") from error
