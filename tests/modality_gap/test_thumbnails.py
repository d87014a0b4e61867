"""Sheets of thumbnails hold each picture once, where it is said, and stay within their bounds."""

import io

import numpy as np
import pytest
from PIL import Image

from ppp_core.errors import PPPError
from ppp_core.modality_gap import thumbnail_sheet

COLOURS = [(255, 0, 0), (0, 160, 0), (0, 0, 255), (250, 220, 0)]


def plain(place):
    return Image.new("RGB", (90, 60), COLOURS[place % 4])


def noise(place):
    """What compresses badly."""
    pixels = np.random.default_rng(place).integers(0, 256, (64, 64, 3), np.uint8)
    return Image.fromarray(pixels)


def tile_of(sheet, number):
    whole = Image.open(io.BytesIO(sheet.jpeg))
    x, y = sheet.tile * (number % sheet.columns), sheet.tile * (number // sheet.columns)
    return np.asarray(whole.crop((x, y, x + sheet.tile, y + sheet.tile)), int)


def test_every_picture_lies_where_it_is_said_and_none_bleeds_into_another():
    sheet = thumbnail_sheet([str(place) for place in range(60)], plain, tile=32)
    assert sheet.places == tuple(range(60))
    assert (sheet.n, sheet.of, sheet.told) == (60, 60, "thumbnails of 60 of 60 pictures")
    for place in (0, 23, 24, 59):
        assert np.abs(tile_of(sheet, place) - COLOURS[place % 4]).max() < 12


def test_a_picture_of_several_pairs_is_there_once():
    read = []
    sheet = thumbnail_sheet(["b", "a", "b", "a"], lambda place: read.append(place) or plain(place))
    assert sheet.places == (0, 1, 0, 1)
    assert sorted(read) == [0, 1]
    assert np.abs(tile_of(sheet, 1) - COLOURS[1]).max() < 12


def test_what_cannot_be_read_has_none():
    sheet = thumbnail_sheet(["a", "b", "c"], lambda place: None if place == 1 else plain(place))
    assert sheet.places == (0, -1, 1)
    assert sheet.told == "thumbnails of 2 of 3 pictures"
    nothing = thumbnail_sheet(["a"], lambda place: None)
    assert (nothing.jpeg, nothing.places) == (b"", (-1,))


def test_above_the_bound_some_are_drawn_at_random_and_it_is_said():
    names = [str(place) for place in range(50)]
    sheet = thumbnail_sheet(names, plain, most=20, tile=16)
    assert sheet.told == "thumbnails of 20 of 50 pictures, drawn at random (seed 0)"
    there = [place for place, one in enumerate(sheet.places) if one >= 0]
    assert len(there) == 20
    assert there != list(range(20))
    for place in there:
        assert np.abs(tile_of(sheet, sheet.places[place]) - COLOURS[place % 4]).max() < 12
    assert sheet.places == thumbnail_sheet(names, plain, most=20, tile=16).places


def test_bytes_are_bounded():
    names = [str(place) for place in range(64)]
    free = thumbnail_sheet(names, noise, tile=64)
    tight = thumbnail_sheet(names, noise, tile=64, most_bytes=len(free.jpeg) // 8)
    assert len(tight.jpeg) <= len(free.jpeg) // 8
    assert 0 < tight.n < 64
    assert tight.told.startswith(f"thumbnails of {tight.n} of 64 pictures, drawn at random")


@pytest.mark.parametrize(("options", "told"), [({"most": 0}, "got 0, 112"), ({"tile": 40}, "got 600, 40")])
def test_bad_bounds_are_refused(options, told):
    with pytest.raises(PPPError, match=told):
        thumbnail_sheet(["a"], plain, **options)
