"""The table of encoders: light to import, quick to answer offline, honest about what is absent."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ppp_core.encoders import ENCODERS, encoder_status, hub, is_available, load_encoder
from ppp_core.errors import PPPError

ROOT = Path(__file__).resolve().parents[2]
HUB = [name for name, entry in ENCODERS.items() if entry.needs == "hub"]


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_the_baseline_stands_first_and_rows_are_whole():
    assert list(ENCODERS)[:2] == ["tfidf", "minilm-l6"]
    for name, entry in ENCODERS.items():
        assert entry.name == name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert entry.needs in ("nothing", "fit", "hub")
        assert entry.kind in ("text", "text+image")
        assert all((entry.title, entry.weights, entry.licence, entry.about))


def test_importing_the_table_loads_nothing_heavy():
    code = (
        "import sys, ppp_core.encoders\n"
        "heavy = ('torch', 'transformers', 'onnxruntime', 'sklearn', 'scipy', 'open_clip', 'sqlite3', "
        "'huggingface_hub', 'tokenizers')\nprint([name for name in heavy if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_status_names_every_encoder_and_the_command(empty_cache):
    status = {one.name: one for one in encoder_status()}
    assert list(status) == list(ENCODERS)
    assert status["tfidf"].available
    assert status["minilm-l6"].available
    assert not any(status[name].available for name in HUB)
    assert status["bert-base"].get.startswith("hf download google-bert/bert-base-cased --include")


@pytest.mark.parametrize("name", HUB)
def test_absent_weights_are_told_at_once_with_the_command(empty_cache, name, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("went to the network"))
    with pytest.raises(
        PPPError, match=rf"The weights of {name} are not on this machine. Run: hf download \S+/\S+ "
    ):
        load_encoder(name)
    assert not is_available(name)


def test_the_command_exists_in_the_installed_hub_library():
    command = Path(sys.executable).parent / "hf"
    done = subprocess.run([command, "download", "--help"], capture_output=True, text=True, check=True)
    assert "--include" in done.stdout


def test_weights_in_the_cache_are_found(empty_cache):
    snapshot = empty_cache / "models--google-bert--bert-base-cased" / "snapshots" / "1234"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (snapshot / "model.safetensors").write_bytes(b"")
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("1234")
    assert is_available("bert-base")
    assert hub.cached_folder("google-bert/bert-base-cased") == snapshot
    (snapshot / "model.safetensors").unlink()
    assert not is_available("bert-base")


def test_downloading_is_refused_in_a_public_demo(empty_cache, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Downloading weights is switched off"):
        load_encoder("bert-base", download=True)


def test_a_download_that_fails_is_told_in_one_line(empty_cache, monkeypatch):
    def offline(*_, **__):
        raise ConnectionError("no route\nto the hub")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(
        PPPError, match=r"^Cannot fetch the weights of gpt2 from openai-community/gpt2: no route$"
    ):
        load_encoder("gpt2", download=True)


def test_a_download_takes_no_pickles(empty_cache, monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda *a, **k: asked.update(k) or str(empty_cache)
    )
    hub.hub_folder("gpt2", "openai-community/gpt2", download=True)
    assert asked["allow_patterns"] == ["*.safetensors", "*.json", "*.txt", "*.model"]


def test_unknown_names_answer_with_the_near_ones():
    with pytest.raises(PPPError, match=r"Unknown encoder 'clip-b32'. Did you mean 'clip-vit-b32'"):
        load_encoder("clip-b32")
    with pytest.raises(PPPError, match=r"Unknown encoder 'bert'"):
        is_available("bert")
    with pytest.raises(PPPError, match=r"Unknown encoder '/no/such/folder'"):
        load_encoder("/no/such/folder")


def test_records_of_hashes_follow_the_file(tmp_path, monkeypatch):
    from ppp_core.encoders.weights import weights_hash

    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"abc")
    first = weights_hash(path)
    record = next((tmp_path / "home" / "encoders").glob("hash-*.json"))
    assert json.loads(record.read_text())["sha256"] == first
    path.write_bytes(b"abcd")
    assert weights_hash(path) != first
    record.write_text("{")
    assert weights_hash(path) != first
    with pytest.raises(PPPError, match=r"Cannot read .*absent"):
        weights_hash(tmp_path / "absent")
