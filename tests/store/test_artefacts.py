"""Learned arrays on disk with their card: what is written is read, what is damaged is told."""

import hashlib
import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from ppp_core.errors import PPPError
from ppp_core.store.artefacts import CARD, read_artefact, write_artefact

FORM = {"file": "head.safetensors", "format": 3}
ARRAYS = {"weight": np.arange(6, dtype=np.float16).reshape(2, 3), "bias": np.ones(2, np.float32)}


def read(folder):
    return read_artefact(folder, **FORM, what="head")


@pytest.fixture
def folder(tmp_path):
    write_artefact(tmp_path / "new" / "kept", ARRAYS, {"name": "fox", "tells": "déjà vu"}, **FORM)
    return tmp_path / "new" / "kept"


def test_what_is_written_is_read(folder):
    found = read(folder)
    assert {name: array.tolist() for name, array in found.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    assert [array.dtype for array in found.arrays.values()] == [
        load_file(folder / FORM["file"])[name].dtype for name in found.arrays
    ]
    sha256 = hashlib.sha256((folder / FORM["file"]).read_bytes()).hexdigest()
    assert found.card == {"name": "fox", "tells": "déjà vu", "format": 3, "sha256": sha256}
    assert found.sha256 == sha256
    assert sorted(path.name for path in folder.iterdir()) == [CARD, FORM["file"]]


def test_arrays_in_any_order_of_memory_are_written_as_they_read(tmp_path):
    turned = {"weight": ARRAYS["weight"].T}
    write_artefact(tmp_path, turned, {}, **FORM)
    assert read(tmp_path).arrays["weight"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_writing_again_replaces(folder):
    first = read(folder).sha256
    assert write_artefact(folder, {"bias": np.zeros(1)}, {"name": "owl"}, **FORM) != first
    assert (read(folder).card["name"], list(read(folder).arrays)) == ("owl", ["bias"])


def test_a_stop_between_the_two_files_is_told(folder, tmp_path):
    write_artefact(tmp_path, {"bias": np.zeros(1)}, {}, **FORM)
    (tmp_path / FORM["file"]).rename(folder / FORM["file"])
    with pytest.raises(PPPError, match=r"The head in .*kept is damaged: its checksum does not match"):
        read(folder)


def test_what_is_missing_or_damaged_is_told(folder):
    with pytest.raises(PPPError, match=r"No head in .*absent: No such file"):
        read(folder / "absent")
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps({**card, "format": 2}))
    with pytest.raises(PPPError, match=r"card.json should be a card of format 3, got format 2"):
        read(folder)
    (folder / CARD).write_text("[]")
    with pytest.raises(PPPError, match=r"should be a card of format 3, got format None"):
        read(folder)
    (folder / CARD).write_text("{")
    with pytest.raises(PPPError, match=r"card.json is damaged: it is no JSON"):
        read(folder)
    junk = save(ARRAYS)[:-1]
    (folder / FORM["file"]).write_bytes(junk)
    told = {**card, "sha256": hashlib.sha256(junk).hexdigest()}
    (folder / CARD).write_text(json.dumps(told))
    with pytest.raises(PPPError, match=r"head.safetensors is damaged: it holds no arrays"):
        read(folder)


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PPPError, match=r"Cannot write .*head.safetensors: .*Nothing was written"):
        write_artefact(tmp_path / "file", ARRAYS, {}, **FORM)
