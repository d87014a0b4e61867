"""The table of scorers: what it says of each, and what loading one without its needs answers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ppp_core.errors import PPPError
from ppp_core.image_statistics import STATISTICS
from ppp_core.scorers import SCORERS, load_scorer, scorer_status

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("entry", SCORERS.values(), ids=SCORERS)
def test_a_row_says_all(entry):
    assert SCORERS[entry.name] is entry
    assert entry.direction == "higher"
    assert entry.judged == "models"
    assert entry.low < entry.high
    assert entry.sees in ("image", "image+prompt")
    assert entry.needs in ("nothing", "encoder", "file", "extra")
    assert bool(entry.get) == (entry.needs != "nothing")
    assert entry.about.endswith(".")
    assert entry.licence


def test_status_follows_the_table(monkeypatch, tmp_path):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    found = scorer_status()
    assert [one.name for one in found] == list(SCORERS)
    assert all(one.available for one in found if SCORERS[one.name].needs == "nothing")
    assert not any(one.available for one in found if SCORERS[one.name].needs == "file")


def test_unknown_names_and_useless_folders_are_told(tmp_path, monkeypatch):
    with pytest.raises(PPPError, match=r"Unknown scorer 'sharpnes'. Did you mean 'sharpness'"):
        load_scorer("sharpnes")
    with pytest.raises(PPPError, match="entropy takes no folder: it needs nothing"):
        load_scorer("entropy", folder=tmp_path)
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Loading weights from a folder is switched off"):
        load_scorer("clipscore", folder=tmp_path)


def test_absent_clip_is_told_with_its_command(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        PPPError, match=r"clip-vit-b32 are not on this machine. Run: hf download timm/vit_base"
    ):
        load_scorer("clipscore")


@pytest.mark.parametrize("name", STATISTICS)
class TestStatistics:
    def test_it_is_the_statistic(self, name):
        image = Image.effect_mandelbrot((64, 48), (-2, -1.5, 1, 1.5), 50).convert("RGB")
        found = load_scorer(name).score([image, b"no picture", image])
        assert found[0] == found[2] == STATISTICS[name](image)
        assert np.isnan(found[1])
        assert SCORERS[name].low <= found[0] <= SCORERS[name].high

    def test_a_tiny_picture_has_none(self, name):
        assert np.isnan(load_scorer(name).score([Image.new("RGB", (15, 99))])).all()


def test_prompts_that_do_not_fit_are_told_even_where_they_do_not_count():
    with pytest.raises(PPPError, match="brightness needs one prompt a picture, got 2 for 1 pictures"):
        load_scorer("brightness").score([b""], ["a", "b"])


def test_reading_the_table_loads_nothing_heavy():
    heavy = "{'torch', 'pandas', 'sklearn'}"
    code = f"import sys; from ppp_core.scorers import SCORERS; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
