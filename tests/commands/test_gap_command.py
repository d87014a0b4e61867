"""``ppp gap``: readable, and stable as JSON."""

import json

import numpy as np
import pytest

from ppp_core.modality_gap import CLOSINGS, MEASURES

KEYS = {
    *("format", "name", "encoder", "n", "n_groups", "n_images", "of", "dim", "expected_l2m", "confidence"),
    *("resamples", "seed", "measures", "notes", "closings", "task", "relevance"),
}
MEASURE_KEYS = {"name", "title", "value", "low", "high", "about", "better", "source"}


@pytest.fixture
def file(tmp_path):
    """60 pairs of 6 dimensions, a gap apart."""
    meaning = np.random.default_rng(0).normal(size=(60, 6))
    gap = np.eye(6)[0] * 3
    np.savez(tmp_path / "mine.npz", text=meaning, image=meaning + gap)
    return tmp_path / "mine.npz"


def test_what_is_printed_can_be_read(ppp, file):
    ran = ppp("gap", file)
    assert ran.status == 0, ran
    assert ran.out.startswith("mine: 60 pairs of 60 prompts and 60 pictures, 6 dimensions.")
    for one in MEASURES.values():
        assert one.title in ran.out
    (line,) = [one for one in ran.out.splitlines() if one.startswith("Distance of the centroids")]
    assert line.split()[-2:] == ["smaller", "0.82"]
    assert "other data, so no target" in ran.out
    assert "With no gap at all" in ran.out


def test_json_is_stable(ppp, file):
    told = json.loads(ppp("gap", file, "--n", "40", "--json").out)
    assert set(told) == KEYS
    assert (told["n"], told["of"]) == (40, 60)
    assert [one["name"] for one in told["measures"]] == list(MEASURES)
    assert all(set(one) == MEASURE_KEYS for one in told["measures"])
    assert told["closings"] is told["task"] is told["relevance"] is None


def test_closings_stand_side_by_side(ppp, file):
    ran = ppp("gap", file, "--closing", "shift", "--closing", "mean-removal")
    assert ran.status == 0, ran
    lines = ran.out.splitlines()
    for name in ("none", "shift", "mean-removal"):
        assert any(line.startswith(CLOSINGS[name].title) for line in lines)
    assert "Each closing learned from 2 of 3 parts" in ran.out
    told = json.loads(ppp("gap", file, "--closing", "shift", "--json").out)
    assert {row["closing"] for row in told["closings"]["rows"]} == {"none", "shift"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--closing", "shfit"], "Unknown closing 'shfit'. Did you mean 'shift'"),
        (["--encoder", "dual-lite"], "--encoder needs a data set"),
        (["--one-image"], "--one-image needs a data set"),
        (["--target", "x"], "--target needs a data set; a file of vectors tells no target."),
        (["--n", "3"], "at least 20 different prompts with pictures, got 3"),
    ],
)
def test_errors_are_one_line(refused, file, options, told):
    assert told in refused("gap", file, *options)


def test_files_and_names_that_are_not_there(refused, tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    assert "There is no file" in refused("gap", tmp_path / "absent.npz")
    assert "Unknown data set 'scnes'. Did you mean 'scenes'" in refused("gap", "scnes")


@pytest.fixture
def drawn(monkeypatch):
    """A data set and an encoder of numbers alone, 60 prompts of two pictures."""
    from types import SimpleNamespace

    import pandas as pd

    import ppp_core.modality_gap as module
    from ppp_core.modality_gap import make_pairs

    class Small:
        name, is_stand_in, retrieval = "small", True, "It finds little."

    random = np.random.default_rng(0)
    owners = np.repeat(np.arange(60), 2)
    meaning = random.normal(size=(60, 6))[owners]
    frame = pd.DataFrame(
        {
            "prompt_id": [f"p{one}" for one in owners],
            "image_id": [str(one) for one in range(120)],
            "scenes/known": 50 + 5 * meaning[:, 1],
            "learned": owners < 20,
        }
    )
    image = meaning + 0.3 * random.normal(size=meaning.shape) + np.eye(6)[0]

    def pairs_of(dataset, encoder, *, n, one_image, seed, store, progress):
        ids = {"prompt_ids": frame["prompt_id"], "image_ids": frame["image_id"]}
        return make_pairs(meaning, image, name=dataset.card.name, encoder=encoder.name, frame=frame, **ids)

    monkeypatch.setattr(module, "pairs_of", pairs_of)
    scenes = SimpleNamespace(card=SimpleNamespace(name="scenes"))
    monkeypatch.setattr("ppp_core.datasets.load_dataset", lambda name: scenes)
    monkeypatch.setattr("ppp_core.encoders.load_joint_encoder", lambda name: Small())


def test_a_data_set_with_a_target(ppp, drawn):
    ran = ppp("gap", "scenes", "--encoder", "small", "--target", "scenes/known")
    assert ran.status == 0, ran
    assert "small is a small stand-in, not CLIP. It finds little." in ran.err
    assert ran.out.startswith("scenes, embedded by small: 80 pairs of 40 prompts")
    assert "40 of 120 pairs left out: small was trained on them." in ran.out
    assert "A head that learned scenes/known from pictures: Pearson" in ran.out
    assert "further from their prompt" in ran.out or "does not clearly go with" in ran.out
    told = json.loads(
        ppp("gap", "scenes", "--encoder", "small", "--target", "scenes/known", "--learned", "--json").out
    )
    assert told["n"] == 120
    assert told["task"]["n_prompts"] == told["relevance"]["n_prompts"] == 40
    assert {row["head"] for row in told["task"]["rows"]} == {"text", "image"}
