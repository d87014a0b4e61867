"""Artefacts on disk: whole, or refused."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.predictors.artefact import arrays_digest, load_trained, read_card, save_trained

FILES = ("model.safetensors", "card.json")


@pytest.fixture
def copy(tfidf_folder, tmp_path):
    return Path(shutil.copytree(tfidf_folder, tmp_path / "copy"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(copy, name, place, flip):
    path = copy / name
    whole = path.read_bytes()
    card = read_card(copy)
    changed = bytearray(whole)
    changed[int(place * len(whole))] ^= flip
    path.write_bytes(changed)
    found = _card_or_error(copy)
    path.write_bytes(whole)
    if isinstance(found, PPPError):
        assert "\n" not in str(found)
        assert str(copy) in str(found)
    else:
        # one white space for another, or a digit beyond a number's precision: the card says the same
        assert (name, found) == ("card.json", card)


def _card_or_error(folder):
    try:
        return load_trained(folder).card
    except PPPError as error:
        return error


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(PPPError, match=rf"{name}.*No such file"):
        load_trained(copy)


def test_no_folder_is_no_predictor(tmp_path):
    with pytest.raises(PPPError, match=r"No trained predictor in .*nowhere: card.json cannot be read"):
        load_trained(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"format": 2}', "should be a card of format 1, got format 2"),
        ("[1]", "should be a card of format 1, got format None"),
        ("{", "is damaged: it is no JSON"),
        ('{"format": 1}', "is damaged: it names no target"),
        ('{"format": 1, "target": "a/b"}', "is damaged: it names no target"),
    ],
)
def test_a_card_of_another_kind_is_refused(copy, text, told):
    (copy / "card.json").write_text(text)
    with pytest.raises(PPPError, match=told):
        load_trained(copy)


def test_an_encoder_of_another_revision_is_refused(trained, words_encoder, tmp_path):
    save_trained(trained, tmp_path / "kept")
    other = type(words_encoder)()
    other.revision = "second revision"
    with pytest.raises(PPPError, match=r"words of revision first, got revision second revi"):
        load_trained(tmp_path / "kept", encoder=other)


def test_a_folder_that_exists_is_left_alone(copy, trained):
    before = (copy / "card.json").read_bytes()
    with pytest.raises(PPPError, match=r"copy exists already\. Name another folder"):
        save_trained(trained, copy)
    assert (copy / "card.json").read_bytes() == before


def test_overwriting_replaces_an_artefact_and_nothing_else(copy, trained, words_encoder, tmp_path):
    saved = save_trained(trained, copy, overwrite=True)
    assert load_trained(copy, encoder=words_encoder).version == saved.version
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    (tmp_path / "holiday").mkdir()
    with pytest.raises(PPPError, match="holiday exists already"):
        save_trained(trained, tmp_path / "holiday", overwrite=True)


def test_a_place_that_cannot_be_written_is_told(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PPPError, match=r"Cannot write .*file/kept: .*Nothing was written"):
        save_trained(trained, tmp_path / "file" / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_what_stood_there(copy, trained, tmp_path, monkeypatch):
    before = {name: (copy / name).read_bytes() for name in FILES}

    def full(self, *words, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(PPPError, match=r"No space left on device\. Nothing was written"):
            save_trained(trained, copy, overwrite=True)
    assert {name: (copy / name).read_bytes() for name in FILES} == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_rename_that_fails_brings_back_what_stood_there(copy, trained, tmp_path, monkeypatch):
    before = {name: (copy / name).read_bytes() for name in FILES}
    rename = Path.replace

    def fails_for_the_new_one(self, target):
        if Path(target) == copy and self.name == "copy":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fails_for_the_new_one)
        with pytest.raises(PPPError, match=r"Input/output error\. Nothing was written"):
            save_trained(trained, copy, overwrite=True)
    assert {name: (copy / name).read_bytes() for name in FILES} == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_card_is_plain_json_with_the_target_and_a_checksum(tfidf_folder):
    card = json.loads((tfidf_folder / "card.json").read_text(encoding="utf-8"))
    assert card["format"] == 1
    assert card["target"]["name"] == "made/worth"
    assert len(card["checksum"]) == 64


def test_a_digest_tells_predictors_apart(trained, tfidf_folder, words_encoder, tmp_path):
    save_trained(trained, tmp_path / "kept")
    assert arrays_digest(load_trained(tmp_path / "kept", encoder=words_encoder)) == arrays_digest(trained)
    assert arrays_digest(load_trained(tfidf_folder)) != arrays_digest(trained)
