"""Kept predictions are found by what a prompt says, of the part that was held out."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.evaluation.benchmark.kept import prompt_hash
from ppp_core.modality_gap import kept_predictions, make_pairs


def kept(key, values):
    """Rows of the kept predictions, from prompt -> value."""
    hashes = [prompt_hash(prompt) for prompt in values]
    return pd.DataFrame({"row_key": key, "prompt_hash": hashes, "predicted": list(values.values())})


@pytest.fixture
def pairs(clouds):
    """30 prompts, two pictures each."""
    text, image = clouds(30, 4)
    owners = np.repeat(np.arange(30), 2)
    frame = pd.DataFrame({"prompt": [f"A fox, number {owner}." for owner in owners]})
    images = image[owners] + 0.01 * np.arange(60)[:, None]
    return make_pairs(text[owners], images, prompt_ids=[f"p{owner}" for owner in owners], frame=frame)


def said(n, start=0.0):
    return {f"a fox  number {place}": start + place for place in range(n)}


def test_predictions_are_found_by_what_a_prompt_says(pairs):
    predictions = pd.concat(
        [
            kept("a/b linear-probe minilm-l6 out-of-fold", said(30)),
            kept("a/b ensemble adapted-minilm out-of-fold", said(25, 100.0)),
            kept("a/b length - left-out from c/d", said(30)),
            kept("a/bc length - out-of-fold", said(30)),
        ]
    )
    found = kept_predictions(pairs, "a/b", predictions=predictions)
    assert list(found) == ["ensemble on adapted-minilm", "linear-probe on minilm-l6"]
    np.testing.assert_array_equal(found["linear-probe on minilm-l6"], np.repeat(np.arange(30.0), 2))
    wanted = np.where(np.arange(30) < 25, 100.0 + np.arange(30), np.nan).repeat(2)
    np.testing.assert_array_equal(found["ensemble on adapted-minilm"], wanted)


def test_too_few_or_other_targets_give_nothing(pairs):
    predictions = kept("a/b length - out-of-fold", said(19))
    assert kept_predictions(pairs, "a/b", predictions=predictions) == {}
    assert kept_predictions(pairs, "x/y") == {}
    bare = make_pairs(pairs.text, pairs.image)
    assert kept_predictions(bare, "a/b", predictions=kept("a/b length - out-of-fold", said(30))) == {}


@pytest.mark.real_data
def test_ours_of_agiqa_are_there(data_folder):
    prompts = pd.read_csv(data_folder / "agiqa-3k" / "data.csv")["prompt"].unique()
    vectors = np.random.default_rng(0).normal(size=(len(prompts), 4))
    pairs = make_pairs(vectors, vectors, frame=pd.DataFrame({"prompt": prompts}))
    found = kept_predictions(pairs, "agiqa-3k/alignment")
    assert next(iter(found)) == "ensemble on adapted-minilm"
    assert all(np.isfinite(values).all() for values in found.values())
