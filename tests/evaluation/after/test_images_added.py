"""The curve on data whose answer is known: what words say, what pictures say, and nothing else."""

import json
import math

import numpy as np
import pytest
from made_pictures import made_seen
from scipy.stats import spearmanr

from ppp_core.errors import PPPError
from ppp_core.evaluation.after.data import SeenPart
from ppp_core.evaluation.after.images_added import (
    Figure,
    images_added,
    load_images_added,
    write_images_added,
)
from ppp_core.predictors.reading import Reading

OPTIONS = {"target": "made/worth", "encoder": "made", "words": "linear-probe", "predictor": "image-probe"}
QUICK = {"seeds": (0,), "draws": 3, "resamples": 100}


def part_of(seen, worth, texts):
    reading = Reading(seen.prompts, texts, np.ones(len(seen), int), np.zeros(len(seen), int))
    return SeenPart(seen, seen.means(worth), worth, by_picture=True), reading


@pytest.fixture(scope="module")
def curve():
    seen, worth = made_seen(120, pictures=6)
    silent = np.random.default_rng(8).normal(size=(120, 5)).astype(np.float32)
    return images_added(*part_of(seen, worth, silent), sizes=(1, 2, 4, 10), **OPTIONS, **QUICK)


def test_words_that_say_nothing_are_worth_nothing_and_pictures_add_up(curve):
    assert abs(curve.find(0, "words").spearman.value) < 3 / math.sqrt(120)
    values = [curve.find(size, "pictures").spearman.value for size in (1, 2, 4)]
    assert values == sorted(values)
    assert values[-1] > 0.7
    added = curve.find(4, "both").over_words
    assert added.low > 0
    assert added.value == pytest.approx(
        curve.find(4, "both").spearman.value - curve.find(0, "words").spearman.value, abs=0.002
    )
    assert abs(curve.find(4, "both").over_pictures.value) < 0.05


def test_all_prompts_are_judged_and_the_unseen_are_fewer(curve):
    assert {row.n_prompts for row in curve.rows if row.against == "all"} == {120}
    rows = [row for row in curve.rows if row.against == "unseen"]
    assert {row.n_images for row in rows} == {1, 2, 4}
    # what was seen is a part of the mean over all: against the rest alone, the figure is lower
    assert curve.find(4, "pictures", "unseen").spearman.value < curve.find(4, "pictures").spearman.value


def test_no_size_is_measured_that_no_prompt_has(curve):
    assert {row.n_images for row in curve.rows} == {0, 1, 2, 4}
    with pytest.raises(PPPError, match=r"no point of 10 pictures, both, against all"):
        curve.find(10, "both")


def test_words_that_say_all_leave_pictures_nothing_to_add():
    seen, _ = made_seen(100, pictures=3)
    texts = np.random.default_rng(1).normal(size=(100, 4)).astype(np.float32)
    own = texts[:, 0].astype(float) + 3
    found = images_added(*part_of(seen, own[seen.prompt_of], texts), sizes=(1, 2), **OPTIONS, **QUICK)
    assert found.find(0, "words").spearman.value > 0.99
    assert abs(found.find(2, "both").over_words.value) < 0.01
    assert abs(found.find(2, "pictures").spearman.value) < 3 / math.sqrt(100)


def test_figures_are_those_of_scipy():
    seen, worth = made_seen(100, pictures=3)
    texts = np.random.default_rng(1).normal(size=(100, 4)).astype(np.float32)
    part, reading = part_of(seen, worth, texts)
    from ppp_core.evaluation.after.training import fit_both
    from ppp_core.predictors import predictor_class
    from ppp_core.splits import folds

    found = images_added(part, reading, sizes=(1,), **OPTIONS, **QUICK).find(0, "words")
    said = np.empty(100)
    for inside, outside in folds(seen.prompts, k=5, seed=0):
        _, words = fit_both(
            predictor_class("image-probe"), "linear-probe", part.rows(inside), reading.rows(inside), seed=0
        )
        said[outside] = words.predict(texts[outside])
    assert found.spearman.value == pytest.approx(spearmanr(said, part.observed)[0], abs=1e-4)
    assert found.pearson.value == pytest.approx(np.corrcoef(said, part.observed)[0, 1], abs=1e-4)


def test_a_prompt_that_stands_twice_is_weighed_by_others_alone():
    """Were it dealt to two turns, its own noise would set the weights that judge it."""
    from ppp_core.evaluation.after import images_added as module

    rng, asked = np.random.default_rng(3), []
    prompts = [f"prompt {row // 2}{'!' * (row % 2)}" for row in range(40)]
    numbers = np.arange(40.0)

    def spy(weights, pictures, words):
        asked.append(set(words.ravel().astype(int) // 2))
        return words

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "combine", spy)
        module._weighed(rng.normal(size=(1, 40, 1)), numbers[None], numbers[None], prompts)
    assert len(asked) == 10
    assert sum(len(one) for one in asked) == 20  # each of the 20 texts in one turn alone


def test_different_prompts_are_dealt_at_random_as_the_shipped_figures_were():
    from ppp_core.evaluation.after.images_added import _turns

    dealt = np.random.default_rng(1).permutation(300) % 10
    np.testing.assert_array_equal(_turns([f"prompt {row}" for row in range(300)]), dealt)
    assert _turns(["a cat", "a dog", "A cat!"]).tolist()[::2] == [_turns(["a cat", "a dog"])[0]] * 2


def test_written_and_read_it_is_the_same(curve, tmp_path):
    write_images_added([curve], tmp_path / "curves.json")
    assert load_images_added(tmp_path / "curves.json") == {"made/worth": curve}


def test_undefined_figures_are_null_on_disk(curve, tmp_path):
    from dataclasses import replace

    undefined = replace(curve.rows[0], pearson=Figure(math.nan, math.nan, math.nan))
    write_images_added([replace(curve, rows=(undefined,))], tmp_path / "c.json")
    text = (tmp_path / "c.json").read_text()
    assert "NaN" not in text
    assert json.loads(text)["curves"][0]["rows"][0]["pearson"]["value"] is None
    (row,) = load_images_added(tmp_path / "c.json")["made/worth"].rows
    assert math.isnan(row.pearson.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "no JSON"), ('{"format": 9}', "format 1, got format 9"), ('{"format": 1}', "damaged: KeyError")],
)
def test_files_that_are_none_are_refused(tmp_path, text, told):
    path = tmp_path / "c.json"
    with pytest.raises(PPPError, match="No measured curve in"):
        load_images_added(path)
    path.write_text(text)
    with pytest.raises(PPPError, match=told):
        load_images_added(path)
