"""Scenes end to end: pictures are drawn, embedded by the stand-in, measured, moved, mapped and pointed at."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ppp_core.datasets import scenes
from ppp_core.encoders import load_joint_encoder
from ppp_core.modality_gap import (
    compare_closings,
    measure_gap,
    pairs_of,
    place,
    project,
    quality_task,
    thumbnail_sheet,
)

N = 42


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """One picture of each of 42 prompts, on this machine."""
    folder = tmp_path_factory.mktemp("scenes")
    made = scenes.make(n_prompts=N, seeds=1, pictures=folder)
    here = made.images["path"].map(lambda one: str(folder / one))
    return replace(made, images=made.images.assign(path=here))


@pytest.fixture(scope="module")
def pairs(drawn):
    return pairs_of(drawn, load_joint_encoder("dual-lite"), one_image=True)


def test_every_prompt_stands_beside_its_own_picture(drawn, pairs):
    assert len(pairs) == N
    owner = dict(zip(drawn.images["image_id"], drawn.images["prompt_id"], strict=True))
    text = dict(zip(drawn.prompts["prompt_id"], drawn.prompts["prompt"], strict=True))
    for row in pairs.frame.itertuples():
        assert owner[row.image_id] == row.prompt_id
        assert text[row.prompt_id] == row.prompt
    targets = {one.name for one in drawn.card.targets}
    assert targets & set(pairs.frame)
    assert "learned" not in pairs.frame  # nothing shipped has learned from what is simulated


def test_its_gap_is_found_and_closed(pairs):
    found = measure_gap(pairs, resamples=100).frame.set_index("name")
    assert 0.5 < found.loc["l2m", "value"] < 1.5
    assert found.loc["separability", "value"] > 0.95
    closed = compare_closings(pairs, names=["shift"], only=["l2m"], folds=2, resamples=0).frame
    assert closed["difference"].iloc[1] < -0.3


def test_it_is_mapped_and_a_prompt_is_placed(pairs):
    found = project(pairs, method="gap-axis")
    assert found.text_xy[:, 0].max() < found.image_xy[:, 0].min()
    vectors = load_joint_encoder("dual-lite").encode([pairs.frame["prompt"][3]]).vectors
    np.testing.assert_allclose(place(found, pairs, vectors).xy[0], found.text_xy[3], atol=1e-3)


def test_a_head_learns_what_was_simulated(drawn, pairs):
    target = next(one.name for one in drawn.card.targets if one.name in pairs.frame)
    result = quality_task(pairs, target, names=["shift"], resamples=100)
    assert result.n_prompts == N
    assert np.isfinite(result.frame["rmse"]).all()


def test_its_pictures_make_a_sheet(pairs):
    paths = pairs.frame["path"].tolist()
    sheet = thumbnail_sheet(list(pairs.image_ids), lambda row: Image.open(paths[row]))
    assert sheet.told == f"thumbnails of {N} of {N} pictures"
    assert len(sheet.jpeg) < 1_000_000
