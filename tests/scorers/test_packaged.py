"""Scorers of packages that are not here: asked of fake modules with the packages' own ways."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from ppp_core.errors import PPPError
from ppp_core.scorers import SCORERS, load_scorer, packaged

COMMANDS = {
    "resmem": "pip install resmem",
    "vitmem": "pip install vitmem",
    "brisque": "pip install pyiqa",
    "imagereward": "pip install image-reward",
    "hps-v2": "pip install hpsv2",
}


def module(name, **contents):
    made = ModuleType(name)
    made.__spec__ = SimpleNamespace(name=name)
    vars(made).update(contents)
    return made


class FakeMetric:
    """Mean of the pixels, in the shape that pyiqa's metrics have."""

    def __init__(self, name, lower_better):
        self.lower_better = lower_better

    def __call__(self, pixels):
        assert pixels.shape[:2] == (1, 3)
        assert 0 <= pixels.min() <= pixels.max() <= 1
        if pixels.shape[2] < 8:
            raise AssertionError("too small")
        return pixels.mean().reshape(1, 1)


class FakeResMem:
    def __init__(self, *, pretrained):
        assert pretrained

    def eval(self):
        return self

    def __call__(self, batch):
        return torch.sigmoid(batch.mean()).reshape(1, 1)


@pytest.fixture
def fakes(monkeypatch):
    def pixels(image):
        return torch.from_numpy(np.asarray(image, np.float32).transpose(2, 0, 1) / 255)

    made = [
        module("pyiqa", create_metric=lambda name, device: FakeMetric(name, name in ("brisque", "niqe"))),
        module("resmem", ResMem=FakeResMem, transformer=pixels),
        module("vitmem", ViTMem=lambda: lambda image: image.width / 100),
        module(
            "ImageReward",
            load=lambda name, device: SimpleNamespace(score=lambda prompt, image: len(prompt) + image.width),
        ),
        module("hpsv2", score=lambda image, prompt, hps_version: [0.25 if hps_version == "v2.1" else 0]),
    ]
    for one in made:
        monkeypatch.setitem(sys.modules, one.__name__, one)


@pytest.mark.parametrize(("name", "command"), COMMANDS.items())
def test_a_missing_package_is_named_with_its_line(name, command):
    with pytest.raises(PPPError, match=rf"^{name} needs the package [\w-]+. Run: {command}$"):
        load_scorer(name)
    assert SCORERS[name].get == command


@pytest.mark.parametrize(
    ("name", "expected"),
    [("brisque", -1), ("niqe", -1), ("musiq", 1), ("vitmem", 0.32), ("imagereward", 33), ("hps-v2", 0.25)],
)
def test_numbers_come_through_higher_better(fakes, plain, name, expected):
    found = load_scorer(name).score([plain("#ffffff"), b"no picture"], ["x", "y"])
    assert found[0] == pytest.approx(expected)
    assert np.isnan(found[1])


def test_resmem_gets_its_own_transformation(fakes, plain):
    assert load_scorer("resmem").score([plain("#000000")]) == pytest.approx([0.5])


def test_a_picture_that_the_package_refuses_has_no_score(fakes, plain):
    assert np.isnan(load_scorer("brisque").score([plain("red", 4)])).all()


def test_prompts_are_wanted_where_they_count(fakes, plain):
    with pytest.raises(PPPError, match="imagereward compares a picture with its prompt"):
        load_scorer("imagereward").score([plain("red")])


def test_a_package_that_breaks_is_told_in_one_line(monkeypatch):
    def fail(name, device):
        raise OSError("no weights\nsecond line")

    monkeypatch.setitem(sys.modules, "pyiqa", module("pyiqa", create_metric=fail))
    with pytest.raises(PPPError, match=r"pyiqa is installed but niqe cannot be loaded: no weights. Run"):
        load_scorer("niqe")


def test_a_public_demo_fetches_nothing(fakes, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Loading vitmem, which fetches weights, is switched off"):
        load_scorer("vitmem")
    assert packaged.RESMEM.fetches is False


def test_a_folder_is_of_no_use(tmp_path):
    with pytest.raises(PPPError, match="resmem takes no folder: pip install resmem"):
        load_scorer("resmem", folder=tmp_path)
