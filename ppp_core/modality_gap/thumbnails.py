"""Many small pictures on one sheet, so that a map can show the one that is pointed at."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError

if TYPE_CHECKING:
    from PIL import Image

TILE = 112
"""Pixels of a thumbnail's side: a multiple of 16, so that JPEG's blocks never mix two of them."""

MOST = 600
MOST_BYTES = 2_000_000
COLUMNS = 24
QUALITIES = (80, 60, 40)
ABSENT = -1


@dataclass(frozen=True)
class Sheet:
    """Thumbnails side by side in one JPEG.

    Attributes:
        jpeg: the sheet; empty where no picture can be read.
        tile: pixels of a thumbnail's side.
        columns: thumbnails in a row.
        places: one a name that was asked for: its thumbnail, counted row by row from 0; -1 where it has none.
        n: thumbnails.
        of: different pictures that there are.
        told: how many have one, in words.
    """

    jpeg: bytes
    tile: int
    columns: int
    places: tuple[int, ...]
    n: int
    of: int
    told: str


def thumbnail_sheet(
    names: Sequence[str],
    read: Callable[[int], Image.Image | None],
    *,
    most: int = MOST,
    most_bytes: int = MOST_BYTES,
    tile: int = TILE,
    seed: int = 0,
) -> Sheet:
    """Puts a small copy of each different picture on one sheet, cut to a square around its middle.

    Above ``most`` pictures, so many are drawn at random. A sheet of more than ``most_bytes`` is compressed
    more, and then made of fewer pictures.

    Args:
        names: of the pictures, such as one a pair; equal names are one picture.
        read: gives the picture of a position in ``names``; None where it cannot be read.
        most: thumbnails.
        most_bytes: of the JPEG.
        tile: pixels of a thumbnail's side, a multiple of 16.
        seed: of what is drawn.

    Raises:
        PPPError: for a side that is no multiple of 16, or less than one thumbnail.

    Example:
        >>> from PIL import Image
        >>> sheet = thumbnail_sheet(["a", "b", "a"], lambda place: Image.new("RGB", (50, 40)))
        >>> sheet.places, sheet.told
        ((0, 1, 0), 'thumbnails of 2 of 2 pictures')
    """
    if most < 1 or tile < 16 or tile % 16:
        raise PPPError(
            f"A sheet needs room for a thumbnail and a side that is a multiple of 16, got {most}, {tile}."
        )
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        first.setdefault(name, place)
    every = list(first)
    drawn = [every[one] for one in np.random.default_rng(seed).permutation(len(every))[:most]]
    tiles = {name: small for name in drawn if (small := _small(read(first[name]), tile)) is not None}
    kept, jpeg = _within(tiles, first, tile, most_bytes)
    where = {name: number for number, name in enumerate(kept)}
    fewer = len(every) > most or len(kept) < len(tiles)
    told = f"thumbnails of {len(kept):,} of {len(first):,} pictures"
    told += f", drawn at random (seed {seed})" if fewer else ""
    return Sheet(
        jpeg=jpeg,
        tile=tile,
        columns=COLUMNS,
        places=tuple(where.get(name, ABSENT) for name in names),
        n=len(kept),
        of=len(first),
        told=told,
    )


def _small(picture: Image.Image | None, tile: int) -> Image.Image | None:
    from PIL import ImageOps

    return None if picture is None else ImageOps.fit(picture.convert("RGB"), (tile, tile))


def _within(
    tiles: dict[str, Image.Image], order: dict[str, int], tile: int, most_bytes: int
) -> tuple[list[str], bytes]:
    """As many of the thumbnails as the bytes allow, by their order, and their sheet."""
    names = list(tiles)
    while names:
        for quality in QUALITIES:
            jpeg = _sheet([tiles[name] for name in sorted(names, key=order.get)], tile, quality)
            if len(jpeg) <= most_bytes:
                return sorted(names, key=order.get), jpeg
        names = names[: len(names) // 2]
    return [], b""


def _sheet(tiles: list[Image.Image], tile: int, quality: int) -> bytes:
    from PIL import Image

    rows = -(-len(tiles) // COLUMNS)
    whole = Image.new("RGB", (tile * min(COLUMNS, len(tiles)), tile * rows))
    for number, one in enumerate(tiles):
        whole.paste(one, (tile * (number % COLUMNS), tile * (number // COLUMNS)))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()
