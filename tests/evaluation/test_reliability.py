"""Reliability of mean ratings, ceilings of correlations, and prompts whose raters agree."""

import math

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import load_dataset, observed
from ppp_core.datasets.cards import Card, Target
from ppp_core.datasets.frames import DataSet
from ppp_core.errors import PPPError
from ppp_core.evaluation.reliability import agreement, ceiling, reliability

# Shrout and Fleiss (1979), table 2: six targets (rows), four judges. ICC(1, 4) = .44, ICC(3, 4) = .91.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)


def by_image(ratings: np.ndarray) -> pd.DataFrame:
    """Ratings of shape (prompts, generators, raters), summed up as a data set keeps them."""
    n, generators, raters = ratings.shape
    return pd.DataFrame(
        {
            "prompt_id": np.repeat([f"p{i}" for i in range(n)], generators),
            "generator": np.tile([f"g{i}" for i in range(generators)], n),
            "value": ratings.mean(axis=2).ravel(),
            "sd": ratings.std(axis=2, ddof=1).ravel() if raters > 1 else np.nan,
            "n_raters": raters,
        }
    )


def made(n: int, *, generators: int = 5, raters: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Ratings, shape (n, generators, raters), and what very many raters would say of these images.

    Variances: prompts 1, generators 1, prompt by generator .5, raters 2.
    """
    random = np.random.default_rng(seed)
    images = random.normal(size=(n, 1)) + random.normal(size=generators)
    images = images + random.normal(0, math.sqrt(0.5), size=(n, generators))
    return images[:, :, None] + random.normal(0, math.sqrt(2), size=(n, generators, raters)), images


def dataset_of(ratings: pd.DataFrame) -> DataSet:
    target = Target("made/rating", "Rating", "rating", -100, 100, "people", "about {value}", "Made.")
    card = Card(
        name="made", title="Made", about="", citation="", homepage="", licence="", attribution="",
        targets=(target,),
    )  # fmt: skip
    ratings = ratings.assign(target=target.name)
    return DataSet(card, pd.DataFrame(), pd.DataFrame(), ratings)


def test_raters_of_one_image_are_icc_1_k():
    found = reliability(by_image(SHROUT_FLEISS[:, None, :].astype(float)), resamples=100)
    assert round(found.reliability.value, 2) == 0.44
    assert (found.n, found.n_images, found.n_ratings, found.n_raters) == (6, 6, 24, 4)
    assert found.ceiling.value == pytest.approx(math.sqrt(found.reliability.value))


def test_generators_in_the_place_of_judges_are_icc_3_k():
    images = by_image(SHROUT_FLEISS[:, :, None].astype(float))
    assert round(reliability(images, noise="generators", resamples=100).reliability.value, 2) == 0.91


def test_generators_are_cronbachs_alpha():
    ratings, _ = made(60)
    means = ratings.mean(axis=2)
    k = means.shape[1]
    alpha = k / (k - 1) * (1 - means.var(axis=0, ddof=1).sum() / means.sum(axis=1).var(ddof=1))
    found = reliability(by_image(ratings), noise="generators", resamples=100)
    assert found.reliability.value == pytest.approx(alpha)


@pytest.mark.parametrize("noise", ["raters", "generators"])
def test_the_ceiling_is_how_a_perfect_predictor_correlates(noise):
    ratings, images = made(4000, seed=1)
    truth = images.mean(axis=1)
    if noise == "generators":  # what very many generators would give: the prompt's part alone
        random = np.random.default_rng(1)
        truth = random.normal(size=(4000, 1))[:, 0]
    found = reliability(by_image(ratings), noise=noise, resamples=100)
    perfect = np.corrcoef(truth, ratings.mean(axis=(1, 2)))[0, 1]
    # The error of a correlation near .9 of 4,000 prompts is below .004.
    assert found.ceiling.value == pytest.approx(perfect, abs=0.012)
    # By the made variances: 1.1 or 1 over 1.1 + 2/15.
    share = (1.1 if noise == "raters" else 1.0) / (1.1 + 2 / 15)
    assert found.reliability.value == pytest.approx(share, abs=0.02)


def test_raters_agree_with_halves_and_spearman_brown():
    ratings, _ = made(3000, raters=4, seed=2)
    halves = ratings[:, :, :2].mean(axis=(1, 2)), ratings[:, :, 2:].mean(axis=(1, 2))
    r = np.corrcoef(*halves)[0, 1]
    found = reliability(by_image(ratings), resamples=100)
    assert found.reliability.value == pytest.approx(2 * r / (1 + r), abs=0.01)


@pytest.mark.parametrize("noise", ["raters", "generators"])
def test_intervals_are_those_of_resampled_prompts(noise):
    frame = by_image(made(30)[0])
    frame = frame.drop(frame.index[[3, 17, 40]])  # some prompts lack a generator
    found = reliability(frame, noise=noise, resamples=100, seed=4)
    names = list(dict.fromkeys(frame["prompt_id"]))
    parts = dict(list(frame.groupby("prompt_id")))
    sampled = []
    for rows in np.random.default_rng(4).integers(0, 30, size=(100, 30)):
        drawn = [parts[names[row]].assign(prompt_id=str(i)) for i, row in enumerate(rows)]
        sampled.append(straight(pd.concat(drawn), noise))
    ends = np.quantile(sampled, [0.025, 0.975])
    assert found.reliability.value == pytest.approx(straight(frame, noise))
    assert (found.reliability.low, found.reliability.high) == pytest.approx(tuple(ends))


def straight(frame: pd.DataFrame, noise: str) -> float:
    """The reliability by its definition, with a least squares fit of prompts and generators."""
    grouped = frame.groupby("prompt_id", sort=False)
    means, sizes = grouped["value"].mean(), grouped.size()
    if noise == "raters":
        errors = frame["sd"] ** 2 / frame["n_raters"]
        error = (errors.groupby(frame["prompt_id"], sort=False).sum() / sizes**2).mean()
        return 1 - error / means.var()
    prompts = pd.get_dummies(frame["prompt_id"]).to_numpy(float)
    generators = pd.get_dummies(frame["generator"]).to_numpy(float)
    design = np.hstack([prompts, generators[:, 1:]])
    fitted, *_ = np.linalg.lstsq(design, frame["value"].to_numpy(), rcond=None)
    residual = np.sum((frame["value"].to_numpy() - design @ fitted) ** 2)
    residual /= len(frame) - np.linalg.matrix_rank(design)
    strength = generators @ np.concatenate([[0.0], fitted[prompts.shape[1] :]])
    uneven = pd.Series(strength).groupby(frame["prompt_id"].to_numpy(), sort=False).mean().var()
    return 1 - (residual * (1 / sizes).mean() + uneven) / means.var()


def test_one_rater_has_the_spread_of_the_others():
    frame = by_image(made(40)[0])
    frame.loc[frame.index[:5], ["sd", "n_raters"]] = [math.nan, 1]
    mean_square = (frame["sd"] ** 2).mean()
    filled = frame.assign(sd=frame["sd"].fillna(math.sqrt(mean_square)))
    found, expected = (reliability(one, resamples=100).reliability for one in (frame, filled))
    assert found.value == pytest.approx(expected.value)


def test_nothing_but_noise_has_no_ceiling():
    ratings = np.random.default_rng(3).normal(size=(12, 2, 2))
    ratings[:, :, 1] = -ratings[:, :, 0] + np.linspace(0, 0.1, 12)[:, None]
    found = reliability(by_image(ratings), resamples=100)
    assert found.reliability.value < 0
    assert found.ceiling.value == 0.0
    assert found.as_dict()["ceiling"]["value"] == 0.0


def test_a_data_sets_ceiling_is_that_of_its_ratings():
    frame = by_image(made(30)[0])
    assert ceiling(dataset_of(frame), "made/rating", resamples=100) == reliability(frame, resamples=100)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.drop(columns="n_raters"), {}, "number of raters and the spread"),
        (lambda f: f.assign(sd=math.nan), {}, "number of raters and the spread"),
        (lambda f: f.assign(generator="g"), {"noise": "generators"}, "got several of one"),
        (lambda f: f.drop_duplicates("prompt_id"), {"noise": "generators"}, "2 generators, got 1"),
        (
            lambda f: f.drop_duplicates("prompt_id").assign(generator=list("abcdef")),
            {"noise": "generators"},
            "got 6 images of 6 prompts by 6 generators",
        ),
        (lambda f: f.assign(value=3.0), {}, "got the same for all"),
        (lambda f: f.head(9), {}, "4 rated prompts, got 2"),
        (lambda f: f, {"noise": "rater"}, "Unknown noise 'rater'. Did you mean 'raters'"),
    ],
)
def test_ratings_that_do_not_tell_are_refused(change, options, message):
    with pytest.raises(PPPError, match=message):
        reliability(change(by_image(made(6)[0])), resamples=100, **options)


def test_agreement_is_the_half_with_the_smaller_spread():
    frame = pd.DataFrame(
        {
            "prompt_id": ["a", "a", "b", "b", "c", "d", "e"],
            "value": 3.0,
            "sd": [0.0, 1.0, 0.2, 0.4, 2.0, 1.5, math.nan],
        }
    )
    found = agreement(dataset_of(frame), "made/rating")
    assert found["prompt_id"].tolist() == ["a", "b", "c", "d"]  # nothing is known of e
    assert found["spread"].tolist() == pytest.approx([0.5, 0.3, 2.0, 1.5])
    assert found["agree"].tolist() == [True, True, False, False]


def test_agreement_splits_ties_as_near_to_a_half_as_they_let():
    frame = pd.DataFrame({"prompt_id": list("abcde"), "value": 3.0, "sd": [0.0, 0.0, 1.0, 1.0, 1.0]})
    assert agreement(dataset_of(frame), "made/rating")["agree"].tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(("sd", "message"), [(math.nan, "do not tell the spread"), (0.5, "no two halves")])
def test_agreement_needs_spreads_that_differ(sd, message):
    frame = pd.DataFrame({"prompt_id": list("abcd"), "value": 3.0, "sd": sd})
    with pytest.raises(PPPError, match=message):
        agreement(dataset_of(frame), "made/rating")


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "n", "n_ratings"), [("genai-bench", 527, 9484), ("tifa160", 160, 1600)])
def test_real_ratings(name, n, n_ratings, data_folder):
    dataset = load_dataset(name, folder=data_folder)
    target = f"{name}/alignment"
    raters = ceiling(dataset, target, resamples=200)
    generators = ceiling(dataset, target, noise="generators", resamples=200)
    assert (raters.n, raters.n_ratings) == (n, n_ratings)
    # Other generators are more noise than other raters alone.
    assert 0.5 < generators.ceiling.value < raters.ceiling.value < 1
    for found in (raters.ceiling, generators.ceiling):
        assert found.low < found.value < found.high
    halves = agreement(dataset, target)
    assert len(halves) == n
    assert 0.4 < halves["agree"].mean() < 0.6
    assert set(halves["prompt_id"]) == set(observed(dataset, target)["prompt_id"])
