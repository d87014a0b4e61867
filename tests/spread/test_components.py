"""Variance components: against REML, against known truth by simulation, and what cannot be told apart."""

import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from ppp_core.datasets import Card, DataSet, load_dataset
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.spread.components import variance_components
from ppp_core.targets import Target

TARGET = Target("made/worth", "Worth", "worth", -100.0, 100.0, "user", "about {value}", "Made.")
CARD = Card("made", "Made", "", "", "", "none", "Made here.", (TARGET,))
SEED_OF_POSITIVES = 5
TRUTH = {"prompt": 1.0, "generator": 0.5, "prompt×generator": 0.3, "seed": 0.6}


def made(
    prompts=40, generators=4, seeds=3, *, seed=0, missing=0.0, raters=0, rater=0.8, truth=None, dataset=True
):
    """Ratings with variances as told; with raters, an image's value is the mean of so many."""
    truth, rng = truth or TRUTH, np.random.default_rng(seed)
    p, g, _ = (part.ravel() for part in np.indices((prompts, generators, seeds)))
    value = (
        rng.normal(0, truth["prompt"] ** 0.5, prompts)[p]
        + rng.normal(0, truth["generator"] ** 0.5, generators)[g]
        + rng.normal(0, truth["prompt×generator"] ** 0.5, (prompts, generators))[p, g]
        + rng.normal(0, truth["seed"] ** 0.5, len(p))
    )
    rows = pd.DataFrame({"prompt_id": [f"p{i}" for i in p], "generator": [f"g{i}" for i in g]})
    rows["image_id"] = [f"i{i}" for i in range(len(p))]
    rows["sd"], rows["n_raters"] = np.nan, pd.array([pd.NA] * len(p), dtype="Int64")
    if raters:
        given = value[:, None] + rng.normal(0, rater**0.5, (len(p), raters))
        value = given.mean(axis=1)
        rows["sd"], rows["n_raters"] = given.std(axis=1, ddof=1), raters
    rows["value"] = value
    rows = rows[rng.random(len(rows)) >= missing].reset_index(drop=True)
    if not dataset:
        return rows
    texts = pd.DataFrame({"prompt_id": rows["prompt_id"].unique()})
    images = rows[["image_id", "prompt_id", "generator"]]
    prompts = texts.assign(prompt=texts["prompt_id"])
    return DataSet(CARD, prompts, images, rows.assign(target=TARGET.name))  # unchecked: it is quicker


def raw(found):
    names = found.frame["component"].str.replace("seed + rater", "seed")
    return dict(zip(names, found.frame["raw"], strict=True))


def test_balanced_data_give_restricted_maximum_likelihood():
    dataset = made(12, 3, 2, seed=SEED_OF_POSITIVES)
    rows = dataset.ratings.assign(both=dataset.ratings["prompt_id"] + dataset.ratings["generator"], one=1)
    formulas = {name: f"0 + C({name})" for name in ("prompt_id", "generator", "both")}
    fit = MixedLM.from_formula("value ~ 1", groups="one", vc_formula=formulas, data=rows).fit(reml=True)
    expected = dict(zip(fit.model.exog_vc.names, fit.vcomp, strict=True))
    found = raw(variance_components(dataset, TARGET.name, resamples=100))
    assert min(found.values()) > 0  # else the two would differ
    assert found["seed"] == pytest.approx(fit.scale, rel=2e-3)
    for ours, theirs in (("prompt", "prompt_id"), ("generator", "generator"), ("prompt×generator", "both")):
        assert found[ours] == pytest.approx(expected[theirs], rel=5e-3), ours


def test_balanced_data_give_the_mean_squares():
    dataset = made(10, 3, 4, seed=4)
    cube = dataset.ratings["value"].to_numpy().reshape(10, 3, 4)
    cells, seed = cube.mean(axis=2), cube.var(axis=2, ddof=1).mean()
    left = cells - cells.mean(axis=1, keepdims=True) - cells.mean(axis=0) + cells.mean()
    interaction = (left**2).sum() / (9 * 2) - seed / 4
    prompt = cells.mean(axis=1).var(ddof=1) - (left**2).sum() / (9 * 2) / 3
    found = raw(variance_components(dataset, TARGET.name, resamples=100))
    assert found["seed"] == pytest.approx(seed)
    assert found["prompt×generator"] == pytest.approx(interaction)
    assert found["prompt"] == pytest.approx(prompt)
    generator = cells.mean(axis=0).var(ddof=1) - (left**2).sum() / (9 * 2) / 10
    assert found["generator"] == pytest.approx(generator)


@pytest.fixture(scope="module")
def simulated():
    """120 uneven data sets: a quarter of the images missing, three raters."""
    options = {"prompts": 40, "generators": 4, "seeds": 3, "missing": 0.25, "raters": 3}
    return [
        variance_components(made(**options, seed=5000 + i), TARGET.name, resamples=120).frame.set_index(
            "component"
        )
        for i in range(120)
    ]


@pytest.mark.parametrize("component", [*TRUTH, "rater"])
def test_estimates_are_unbiased_by_simulation(simulated, component):
    truth = {**TRUTH, "rater": 0.8}[component]
    found = np.array([frame.loc[component, "raw"] for frame in simulated])
    assert abs(found.mean() - truth) < 3 * found.std(ddof=1) / np.sqrt(len(found))


@pytest.mark.parametrize("component", [*TRUTH, "rater"])
def test_intervals_hold_the_truth_by_simulation(simulated, component):
    truth = {**TRUTH, "rater": 0.8}[component]
    inside = np.mean(
        [frame.loc[component, "low"] <= truth <= frame.loc[component, "high"] for frame in simulated]
    )
    assert abs(inside - 0.95) < 3 * np.sqrt(0.95 * 0.05 / len(simulated)), inside  # Monte-Carlo errors


def test_nothing_between_prompts_is_told_as_0_with_the_estimate_kept():
    truth = TRUTH | {"prompt": 0.0, "prompt×generator": 0.0}
    found = [variance_components(made(seed=i, truth=truth), TARGET.name, resamples=100) for i in range(8)]
    rows = [one.frame.set_index("component").loc["prompt"] for one in found]
    below = [one for one, row in zip(found, rows, strict=True) if row["raw"] < 0]
    assert below
    assert all(row["variance"] == max(row["raw"], 0) for row in rows)
    assert all(row["low"] >= 0 for row in rows)
    assert any("Estimated below 0 and shown as 0: " in note and "prompt" in note for note in below[0].notes)


def test_one_image_each_joins_what_cannot_be_told_apart():
    found = variance_components(made(seeds=1, raters=2), TARGET.name, resamples=100)
    assert found.frame["component"].tolist() == ["prompt", "generator", "prompt×generator + seed", "rater"]
    assert found.variance("seed") == found.variance("prompt×generator")
    assert np.isnan(found.variance("colour"))


def test_one_generator_tells_of_prompts_and_seeds():
    found = variance_components(made(generators=1, seeds=5), TARGET.name, resamples=100)
    assert found.frame["component"].tolist() == ["prompt", "seed + rater"]
    rows = made(generators=1, seeds=5, dataset=False)
    cube = rows["value"].to_numpy().reshape(40, 5)
    within = cube.var(axis=1, ddof=1).mean()
    assert raw(found) == pytest.approx({"prompt": cube.mean(axis=1).var(ddof=1) - within / 5, "seed": within})


def test_raters_of_unknown_number_stay_in_the_images():
    dataset = made(raters=3)
    unknown = dataset.ratings.assign(n_raters=pd.array([pd.NA] * len(dataset.ratings), dtype="Int64"))
    known, other = (
        variance_components(build(CARD, dataset.prompts, dataset.images, rows), TARGET.name, resamples=100)
        for rows in (dataset.ratings, unknown)
    )
    assert raw(other)["rater"] == raw(known)["rater"]
    assert raw(other)["seed"] == pytest.approx(raw(known)["seed"] + raw(known)["rater"] / 3)
    assert any("is not published" in note for note in other.notes)


def test_shares_add_up_and_json_is_plain():
    found = variance_components(made(raters=2), TARGET.name, resamples=100)
    assert found.frame["share"].sum() == pytest.approx(1)
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert told["components"][0]["component"] == "prompt"
    assert told["n_images"] == 480
    assert told["answer"].startswith("Of the variance of one rating by one person: ")


def test_settings_of_a_generator_have_their_means_taken_out():
    dataset = made(generators=2, seeds=4, truth=TRUTH | {"seed": 0.01})
    setting = np.array(["a", "b", "c", "d"])[np.arange(len(dataset.images)) % 4]
    shift = np.array([0.0, 5.0, -5.0, 9.0])[np.arange(len(dataset.ratings)) % 4]
    shifted = build(
        CARD, dataset.prompts, dataset.images.assign(setting=setting),
        dataset.ratings.assign(value=dataset.ratings["value"] + shift),
    )  # fmt: skip
    found = variance_components(shifted, TARGET.name, resamples=100)
    assert found.variance("seed") == pytest.approx(0.01, rel=0.3)
    assert found.notes[0].startswith("Each setting of a generator has its mean taken out")


def test_data_that_do_not_tell_are_refused():
    with pytest.raises(PPPError, match=r"several images a prompt; made has 40 ratings of 40 prompts"):
        variance_components(made(generators=1, seeds=1), TARGET.name)
    with pytest.raises(PPPError, match=r"at least 10 rated prompts, got 4"):
        variance_components(made(prompts=4), TARGET.name)
    dataset = made()
    equal = build(CARD, dataset.prompts, dataset.images, dataset.ratings.assign(value=1.0))
    with pytest.raises(PPPError, match="All ratings of made/worth are equal"):
        variance_components(equal, TARGET.name)
    with pytest.raises(PPPError, match="Unknown target 'made/price'"):
        variance_components(dataset, "made/price")


@pytest.mark.real_data
def test_published_ratings(data_folder):
    dataset = load_dataset("genai-bench", folder=data_folder / "genai-bench")
    found = variance_components(dataset, "genai-bench/alignment", resamples=200)
    # three raters an image: their variance is the mean of the images' own
    rated = dataset.ratings["sd"] ** 2
    assert found.variance("rater") == pytest.approx(rated.mean())
    assert found.frame["component"].tolist() == ["prompt", "generator", "prompt×generator + seed", "rater"]
    assert found.n_raters == pytest.approx(3, abs=0.01)
