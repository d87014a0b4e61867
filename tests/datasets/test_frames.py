"""Canonical frames: what is checked in them and what is asked of them."""

import subprocess
import sys

import pandas as pd
import pytest

from ppp_core.datasets import Card, Target, export_frame, find_prompts, observed
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError

CARD = Card(
    "mine",
    "Mine",
    "",
    "",
    "",
    "",
    "",
    targets=(
        Target("mine/x", "X", "x", 0.0, 4.0, "people", "", ""),
        Target("mine/y", "Y", "y", 0.0, 1.0, "models", "", ""),
    ),
)
PROMPTS = pd.DataFrame({"prompt_id": ["p", "q", "r"], "prompt": ["a cat", "a dog", "a fox"]})
IMAGES = pd.DataFrame({"image_id": ["i", "j"], "prompt_id": ["p", "p"], "generator": ["sd", "mj"]})
RATINGS = pd.DataFrame(
    {"prompt_id": ["p", "p", "q"], "image_id": ["i", "j", None], "target": "mine/x", "value": [1.0, 4.0, 2.0]}
)


def test_observed_is_the_mean_with_spread_and_count():
    rows = observed(build(CARD, PROMPTS, IMAGES, RATINGS), "mine/x")
    assert list(rows.columns) == ["prompt_id", "prompt", "split", "observed", "n_ratings", "sd"]
    assert rows["observed"].tolist() == [2.5, 2.0]
    assert rows["n_ratings"].tolist() == [2, 1]
    assert rows["sd"].iloc[0] == pytest.approx(3 / 2**0.5)
    assert rows["sd"].isna().iloc[1]


def test_equal_means_are_equal_whatever_the_order_of_their_ratings():
    values = [0.1, 0.3, 0.2, 0.3, 0.2, 0.1]
    ratings = pd.DataFrame({"prompt_id": ["p"] * 3 + ["q"] * 3, "target": "mine/x", "value": values})
    assert ratings.groupby("prompt_id")["value"].mean().nunique() == 2
    dataset = build(CARD, PROMPTS, None, ratings)
    assert observed(dataset, "mine/x")["observed"].nunique() == 1
    assert export_frame(dataset)["mine/x"].nunique() == 1


def test_export_has_a_column_a_target_with_ratings():
    wide = export_frame(build(CARD, PROMPTS, IMAGES, RATINGS))
    assert list(wide.columns) == ["prompt_id", "prompt", "split", "mine/x"]
    assert wide["mine/x"].isna().tolist() == [False, False, True]


def test_unknown_target_and_target_without_ratings():
    dataset = build(CARD, PROMPTS, IMAGES, RATINGS)
    with pytest.raises(PPPError, match=r"Unknown target 'mine/z'. Did you mean .* Known: mine/x, mine/y"):
        observed(dataset, "mine/z")
    with pytest.raises(PPPError, match=r"mine has no ratings of mine/y"):
        observed(dataset, "mine/y")


@pytest.mark.parametrize(
    ("prompts", "images", "ratings", "place"),
    [
        (PROMPTS.assign(prompt_id="p"), IMAGES, RATINGS, "prompts"),
        (PROMPTS.assign(prompt=["a", " ", "c"]), IMAGES, RATINGS, "prompts"),
        (PROMPTS.assign(split="dev"), IMAGES, RATINGS, "prompts"),
        (PROMPTS, IMAGES.assign(prompt_id="z"), RATINGS, "images"),
        (PROMPTS, IMAGES.assign(image_id="i"), RATINGS, "images"),
        (PROMPTS, IMAGES, RATINGS.assign(prompt_id="z"), "ratings"),
        (PROMPTS, IMAGES, RATINGS.assign(image_id="z"), "ratings"),
        (PROMPTS, IMAGES, RATINGS.assign(target="mine/z"), "ratings"),
        (PROMPTS, IMAGES, RATINGS.assign(sd=-1.0), "ratings"),
        (PROMPTS, IMAGES, RATINGS.assign(n_raters=0), "ratings"),
    ],
)
def test_broken_frames_are_refused(prompts, images, ratings, place):
    with pytest.raises(PPPError, match=rf"The data set mine has a fault in its {place}"):
        build(CARD, prompts, images, ratings)


def test_search_takes_words_as_they_are():
    frame = pd.DataFrame({"prompt": ["A red Cat", "cat (red.)", "dog"], "split": ["train", "test", "train"]})
    assert find_prompts(frame, "RED cat")[1] == 2
    assert find_prompts(frame, "(red.)")[0]["prompt"].tolist() == ["cat (red.)"]
    assert find_prompts(frame, "", split="train", limit=1)[0].shape[0] == 1
    assert find_prompts(frame, "", split="train", limit=1)[1] == 2
    assert find_prompts(frame, "[")[1] == 0


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, ppp_core.datasets; print({'pandas', 'pandera', 'httpx', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
