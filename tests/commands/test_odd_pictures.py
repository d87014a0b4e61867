"""A folder of odd pictures through import and rating: each has its rating or its clear word, none stops."""

import io
import json
import os
import struct
import sys
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import ExifTags, Image

from ppp_core.datasets import load_dataset

SCORERS = ("brightness", "quality-lite", "alignment-lite", "match-lite")
GREY = (102, 102, 102)  # brightness .4


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width, height):
    """A PNG of a few bytes that claims to be huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def turned():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return saved(Image.new("RGB", (64, 32), GREY), "JPEG", exif=exif)


def sixteen_bits():
    return saved(Image.fromarray(np.full((32, 32), int(0.4 * 65535), np.uint16)), "PNG")


def animated():
    first, second = Image.new("RGB", (32, 32), GREY), Image.new("RGB", (32, 32), "white")
    return saved(first, "GIF", save_all=True, append_images=[second])


WHOLE = saved(Image.effect_noise((64, 64), 40).convert("RGB"), "PNG")
RATED = {
    "plain.png": saved(Image.new("RGB", (32, 32), GREY), "PNG"),
    "cmyk.jpg": saved(Image.new("CMYK", (32, 32), (0, 0, 0, 153)), "JPEG"),
    "sixteen.png": sixteen_bits(),
    "turned.jpg": turned(),
    "animated.gif": animated(),
    "transparent.png": saved(Image.new("RGBA", (32, 32), (0, 0, 0, 153)), "PNG"),
    "named wrongly.jpg": saved(Image.new("RGB", (32, 32), GREY), "PNG"),
    "strip.png": saved(Image.new("RGB", (40_000, 16), GREY), "PNG"),
}
REFUSED = {
    "cut off.png": (WHOLE[: len(WHOLE) // 2], "is damaged or cut off"),
    "empty.png": (b"", "is not in a format that is read"),
    "words.png": (b"no picture", "is not in a format that is read"),
    "bomb.png": (bomb(60_000, 60_000), "is too large: at most 67,108,864 pixels"),
    "no pixels.png": (bomb(0, 5), "no pixels.png"),
}


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "odd" / "a grey square"
    root.mkdir(parents=True)
    for name, content in RATED.items():
        (root / name).write_bytes(content)
    for name, (content, _) in REFUSED.items():
        (root / name).write_bytes(content)
    (root / "a link to nothing.png").symlink_to(root / "absent.png")
    return tmp_path / "odd"


def test_a_folder_is_rated(folder, tmp_path, ppp):
    out = tmp_path / "rated.json"
    options = [part for name in SCORERS for part in ("--scorer", name)]
    ran = ppp("rate", folder, *options, "--out", out)
    assert ran.status == 0, ran.err
    rows = {one["image"].rpartition("/")[2]: one for one in map(json.loads, out.read_text().splitlines())}
    assert set(rows) == RATED.keys() | REFUSED.keys()
    for name in RATED:
        assert all(np.isfinite(rows[name][scorer]) for scorer in SCORERS), rows[name]
        assert rows[name]["brightness"] == pytest.approx(0.4, abs=0.02), name
        assert rows[name]["problem"] == ""
    for name, (_, reason) in REFUSED.items():
        assert all(rows[name][scorer] is None for scorer in SCORERS), rows[name]
        assert name in rows[name]["problem"]
        assert reason in rows[name]["problem"]
    assert f"{len(REFUSED)} pictures have no rating" in ran.err


def test_an_imported_data_set_is_rated(own_home, folder, ppp):
    assert ppp("import", folder, "--name", "odd").status == 0
    ran = ppp("rate", "odd", "--scorer", "brightness", "--json")
    (told,) = json.loads(ran.out)["rated"]
    assert told["n"] == len(RATED)
    assert {name.rpartition("/")[2] for name in told["failed"]} == set(REFUSED)
    dataset = load_dataset("odd")
    assert f"odd/brightness: {len(RATED)} of {len(RATED) + len(REFUSED)} pictures are rated." in dataset.notes
    assert isinstance(dataset.ratings, pd.DataFrame)


def test_a_picture_that_turns_bad_keeps_its_place_out_of_the_mean(own_home, folder, ppp):
    assert ppp("import", folder, "--name", "odd").status == 0
    assert ppp("rate", "odd", "--scorer", "brightness").status == 0
    (folder / "a grey square" / "plain.png").write_bytes(b"gone bad")
    ran = ppp("rate", "odd", "--scorer", "brightness", "--json")
    (told,) = json.loads(ran.out)["rated"]
    assert (told["n"], told["n_new"]) == (len(RATED) - 1, 0)
    assert any("plain.png" in name for name in told["failed"])


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names or pipes")
def test_names_that_are_not_utf8_stop_nothing(own_home, folder, tmp_path, ppp):
    (folder / "a grey square" / os.fsdecode(b"f\xff.jpg")).write_bytes(RATED["turned.jpg"])
    every = len(RATED) + len(REFUSED) + 1
    told = f"1 of {every} pictures have a name or a folder that is not UTF-8 and are left out."
    out = tmp_path / "rated.json"
    rated = ppp("rate", folder, "--scorer", "brightness", "--out", out)
    assert rated.status == 0, rated.err
    assert told in rated.err
    assert len(out.read_text().splitlines()) == every - 1
    imported = ppp("import", folder, "--name", "odd")
    assert imported.status == 0, imported.err
    assert told in imported.err
