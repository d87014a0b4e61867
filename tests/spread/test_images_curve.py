"""Correlation against the number of images: the attenuation formula, measured."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import Card, load_dataset
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.spread.images_curve import images_curve
from ppp_core.targets import Target

TARGET = Target("made/worth", "Worth", "worth", -100.0, 100.0, "user", "about {value}", "Made.")
CARD = Card("made", "Made", "", "", "", "none", "Made here.", (TARGET,))


def made(prompts=800, images=8, *, noise=2.0, skill=0.8, seed=0):
    """True means of variance 1, predictions that correlate with them by `skill`, images with noise."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=prompts)
    guess = skill * true + (1 - skill**2) ** 0.5 * rng.normal(size=prompts)
    p, i = (part.ravel() for part in np.indices((prompts, images)))
    ids = [f"p{one}" for one in range(prompts)]
    rows = pd.DataFrame(
        {"prompt_id": np.array(ids)[p], "image_id": [f"{a}-{b}" for a, b in zip(p, i, strict=True)]}
    )
    rows["generator"] = np.array(["g", "h"])[i % 2]
    rows["value"] = true[p] + 3.0 * (i % 2) + noise**0.5 * rng.normal(size=len(p))
    texts = pd.DataFrame({"prompt_id": ids, "prompt": ids})
    dataset = build(
        CARD, texts, rows[["image_id", "prompt_id", "generator"]], rows.assign(target=TARGET.name)
    )
    return dataset, dict(zip(ids, guess, strict=True))


def test_it_is_spearmans_attenuation():
    dataset, guess = made()
    found = images_curve(dataset, TARGET.name, guess, repeats=100)
    k = found.frame["images"].to_numpy()
    truth = 0.8 * np.sqrt(1 / (1 + 2.0 / k))
    assert k.tolist() == list(range(1, 9))
    # 800 prompts: the standard error of r is about .03 and common to all points
    assert found.frame["pearson"].to_numpy() == pytest.approx(truth, abs=0.06)
    assert found.frame["formula"].to_numpy() == pytest.approx(found.frame["pearson"].to_numpy(), abs=0.01)
    assert found.reliability_one == pytest.approx(1 / 3, abs=0.04)
    assert ((found.frame["low"] < truth) & (truth < found.frame["high"])).all()


def test_the_last_point_is_the_plain_correlation():
    dataset, guess = made(60, 4)
    found = images_curve(dataset, TARGET.name, guess, repeats=100)
    means = dataset.ratings.groupby("prompt_id")["value"].mean()
    expected = np.corrcoef(means, means.index.map(guess))[0, 1]
    assert found.frame["pearson"].iloc[-1] == pytest.approx(expected)
    assert found.frame["formula"].iloc[-1] == pytest.approx(expected)
    assert found.answer.endswith("(60 prompts).")


def test_prompts_with_fewer_images_are_left_out_and_told():
    dataset, guess = made(60, 4)
    ratings = dataset.ratings.drop(index=[0, 1, 2])
    dataset = build(CARD, dataset.prompts, dataset.images, ratings)
    del guess["p30"]
    found = images_curve(dataset, TARGET.name, guess, repeats=100)
    assert found.n_prompts == 58
    assert "2 prompts left out for having fewer images or no prediction." in found.notes


def test_what_cannot_be_drawn_is_refused():
    dataset, guess = made(60, 4)
    with pytest.raises(PPPError, match="No kept predictions of made/worth"):
        images_curve(dataset, TARGET.name)
    with pytest.raises(PPPError, match="20 prompts with ratings and a prediction, got 2"):
        images_curve(dataset, TARGET.name, {"p1": 1.0, "p2": 2.0})
    with pytest.raises(PPPError, match="differ between prompts"):
        images_curve(dataset, TARGET.name, dict.fromkeys(guess, 1.0))
    with pytest.raises(PPPError, match="two rated images or more"):
        images_curve(made(60, 1)[0], TARGET.name, guess)


@pytest.mark.real_data
def test_kept_predictions_had_not_learned_from_the_prompts(data_folder):
    dataset = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
    found = images_curve(dataset, "agiqa-3k/alignment", repeats=100)
    assert "out of fold" in found.source
    # far below what a predictor reaches on prompts that it has learned from
    assert 0.15 < found.frame["pearson"].iloc[0] < found.frame["pearson"].iloc[-1] < 0.45
