"""Counts, means and spreads of prompts, against values that a reader can do in the head."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from ppp_core.datasets import load_dataset, scenes
from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.spread import COUNTS, MEANINGS, counts_of, default_count, default_meaning, meanings_of
from ppp_core.spread import observations as observe
from ppp_core.spread.small_samples import c4, log_variance_bias, log_variance_noise
from ppp_core.spread.values import adjust_systems
from ppp_core.targets import Target


def target(name="made/score", **changes):
    told = {"title": "Score", "measure": "score", "low": 0.0, "high": 10.0, "judged_by": "user"}
    return Target(name=name, reads_as="about {value}", about="Made.", **(told | changes))


SCORE = target()


def dataset(rows, *, prompts=None, targets=(SCORE,), settings=False):
    """A data set of rows (prompt_id, generator, value), or with a setting and a target behind."""
    names = ["prompt_id", "generator", "value", "setting", "target"]
    frame = pd.DataFrame([(*row, *(None,) * (5 - len(row))) for row in rows], columns=names)
    frame["target"] = frame["target"].fillna(targets[0].name)
    frame["image_id"] = [f"i{number}" for number in range(len(frame))]
    images = frame[["image_id", "prompt_id", "generator"]]
    images = images.assign(setting=frame["setting"]) if settings else images
    if prompts is None:
        ids = list(dict.fromkeys(frame["prompt_id"]))
        prompts = pd.DataFrame({"prompt_id": ids, "prompt": [f"a thing {one}" for one in ids]})
    card = Card("made", "Made", "", "", "", "", "", tuple(targets))
    return build(card, prompts, images, frame.drop(columns="setting"))


TWO = [("a", "x", 1), ("a", "y", 4), ("b", "x", 3), ("b", "y", 4), ("c", "x", 2), ("c", "y", 7)]


def test_small_sample_correction_is_the_tables():
    # Montgomery, Introduction to Statistical Quality Control, appendix VI
    assert c4([2, 3, 4, 5, 10, 25]) == pytest.approx(
        [0.7979, 0.8862, 0.9213, 0.9400, 0.9727, 0.9896], abs=5e-5
    )
    assert math.isnan(c4(1))


def test_small_sample_correction_unbiases_a_normal_sample():
    sample = np.random.default_rng(0).normal(0, 3, size=(200_000, 3))
    assert np.mean(sample.std(axis=1, ddof=1) / c4(3)) == pytest.approx(3, abs=0.015)
    logs = np.log(sample.var(axis=1, ddof=1))
    assert logs.mean() - log_variance_bias(2) == pytest.approx(math.log(9), abs=0.01)
    assert logs.var() == pytest.approx(log_variance_noise(2), rel=0.02)


def test_spread_as_it_is():
    found = observe(dataset(TWO), "made/score", meaning="generators-raw", count="segments").prompts
    assert found["mean"].tolist() == [2.5, 3.5, 4.5]
    assert found["variance"].tolist() == [4.5, 0.5, 12.5]
    assert found["sd"].tolist() == pytest.approx(np.sqrt([4.5, 0.5, 12.5]) / 0.797885, rel=1e-5)
    assert (found["n"].tolist(), found["df"].tolist(), found["words"].tolist()) == ([2] * 3, [1] * 3, [3] * 3)


def test_each_generators_mean_is_removed():
    # means 2 and 5: what is left of x is -1, 1, 0 and of y -1, -1, 2
    found = observe(dataset(TWO), "made/score", meaning="generators-centred", count="segments")
    assert found.prompts["variance"].tolist() == pytest.approx([0, 2, 2])
    assert found.values["value"].tolist() == pytest.approx([2.5, 2.5, 4.5, 2.5, 3.5, 5.5])
    assert found.prompts["mean"].tolist() == [2.5, 3.5, 4.5]  # of the values as they are


def test_each_generators_scale_is_removed():
    # standard deviations 1 and sqrt 3, brought to sqrt 2
    found = observe(dataset(TWO), "made/score", count="segments")
    assert found.meaning == "generators"
    by_generator = found.values.groupby("generator")["value"]
    assert by_generator.mean().tolist() == pytest.approx([3.5, 3.5])
    assert by_generator.std().tolist() == pytest.approx([math.sqrt(2)] * 2)


def test_a_generator_that_never_varies_keeps_its_scale_and_is_told():
    values = pd.DataFrame({"prompt_id": list("abab"), "system": list("xxyy"), "raw": [1.0, 3.0, 4.0, 4.0]})
    adjusted, notes = adjust_systems(values, scale=True)
    assert adjusted.tolist() == pytest.approx([2.0, 4.0, 3.0, 3.0])
    assert "of y: its values do not vary" in notes[0]


def test_generators_that_drew_few_of_the_prompts_are_told():
    found = observe(
        dataset([*TWO, ("d", "x", 5)]), "made/score", meaning="generators-centred", count="segments"
    )
    assert "Only 88% of prompts and generators have a value" in " ".join(found.notes)
    assert "1 of 4 prompts have a single value" in " ".join(found.notes)
    assert math.isnan(found.prompts["sd"].iloc[3])


def test_samples_are_pooled_within_each_generator():
    rows = [("a", "x", 1), ("a", "x", 3), ("a", "y", 6), ("a", "y", 6), ("a", "z", 9)]
    found = observe(dataset(rows), "made/score", meaning="samples", count="segments").prompts.iloc[0]
    assert (found["n"], found["df"], found["variance"]) == (5, 2, 1.0)  # (1 + 1 + 0 + 0) / 2
    assert found["sd"] == pytest.approx(1 / 0.886227, rel=1e-5)
    one = observe(dataset(rows), "made/score", meaning="samples", count="segments", generator="x")
    assert one.prompts["variance"].tolist() == [2.0]


def test_samples_are_averaged_before_generators_are_compared():
    rows = [("a", "x", 1), ("a", "x", 3), ("a", "y", 6), ("b", "x", 2), ("b", "y", 2)]
    found = observe(dataset(rows), "made/score", meaning="generators-raw", count="segments")
    assert found.prompts["variance"].tolist() == [8.0, 0.0]  # of 2 and 6, of 2 and 2
    assert "Up to 2 samples of a generator and prompt were averaged first" in " ".join(found.notes)
    assert found.values["image_id"].isna().tolist() == [True, False, False, False]


def test_settings_of_one_generator_are_generators_of_their_own():
    rows = [("a", "x", 1, "fast"), ("a", "x", 3, "slow"), ("a", "y", 6, "fast")]
    rows += [("b", "x", 1, "fast"), ("b", "x", 4, "slow"), ("b", "y", 5, "fast")]
    made = dataset(rows, settings=True)
    found = observe(made, "made/score", meaning="generators-raw", count="segments")
    assert set(found.values["generator"]) == {"x fast", "x slow", "y"}
    assert "2 generators in 3 settings" in found.notes[0]
    assert "Settings of one generator are not samples" in meanings_of(made, "made/score")["samples"]


def test_across_prompts_a_prompt_is_one_value():
    found = observe(dataset(TWO), "made/score", meaning="prompts", count="segments")
    assert found.prompts["n"].tolist() == [1, 1, 1]
    assert found.prompts["sd"].isna().all()
    assert found.values["value"].tolist() == [2.5, 3.5, 4.5]


def test_an_average_over_systems_is_read_from_its_parts():
    targets = [target(f"made/score-{one}") for one in ("average", "x", "y")]
    rows = [("a", None, 2.5, None, "made/score-average"), ("a", "x", 1, None, "made/score-x")]
    rows += [("a", "y", 4, None, "made/score-y"), ("b", "x", 1, None, "made/score-x")]
    found = observe(
        dataset(rows, targets=targets), "made/score-average", meaning="generators-raw", count="segments"
    )
    assert found.prompts["variance"].iloc[0] == 4.5
    assert "averages made/score-x and made/score-y" in found.notes[0]


def test_what_the_data_allows_is_told():
    assert list(meanings_of(dataset(TWO), "made/score")) == list(MEANINGS)
    one = dataset([("a", "x", 1), ("b", "x", 2)])
    told = meanings_of(one, "made/score")
    assert told["prompts"] == ""
    assert told["generators"] == "Made has values of one generator only, x."
    assert told["samples"] == "There is one value of each prompt and generator in Made."
    assert default_meaning(one, "made/score") == "prompts"
    untold = dataset([("a", None, 1), ("a", None, 2)])
    assert meanings_of(untold, "made/score")["generators"] == "Made does not tell generators apart."
    assert default_meaning(untold, "made/score") == "samples"
    assert "are taken as one's" in observe(untold, "made/score", count="segments").notes[0]


def test_counts():
    prompts = pd.DataFrame(
        {"prompt_id": list("abc"), "prompt": ["a fox", "a fox, oil painting", "a fox, oil painting, 4k"]}
    )
    made = dataset(TWO, prompts=prompts)
    assert counts_of(made)["given"] == "Made does not tell how many modifiers a prompt has."
    assert default_count(made) == "lexicon"
    for count in ("segments", "lexicon"):
        assert observe(made, "made/score", count=count).prompts["count"].tolist() == [0, 1, 2]
    given = dataset(TWO, prompts=prompts.assign(n_modifiers=[5, 0, 2], mood=["sad", None, "sad"]))
    found = observe(given, "made/score")
    assert (found.count, found.prompts["count"].tolist()) == ("given", [5, 0, 2])
    assert list(COUNTS) == ["given", "segments", "lexicon", "all"]
    strata = found.strata("mood")
    assert {name: one.prompts["prompt_id"].tolist() for name, one in strata.items()} == {
        "none": ["b"], "sad": ["a", "c"],
    }  # fmt: skip
    assert strata["none"].values["prompt_id"].tolist() == ["b", "b"]


def test_some_of_the_prompts():
    found = observe(dataset(TWO), "made/score", count="segments")
    some = found.where([False, True, True])
    assert some.prompts["prompt_id"].tolist() == ["b", "c"]
    assert some.prompts["sd"].tolist() == found.prompts["sd"].tolist()[1:]  # adjusted over all prompts
    assert found.where(["c"]).values["prompt_id"].tolist() == ["c", "c"]
    with pytest.raises(PPPError, match="No prompt is left"):
        found.where([False] * 3)
    with pytest.raises(PPPError, match="No prompt is called 'z' among the 3 observed"):
        found.where(["z"])
    with pytest.raises(PPPError, match="Unknown column 'moods'"):
        found.strata("moods")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"meaning": "generator"}, r"Unknown meaning of variance 'generator'. Did you mean 'generators'"),
        ({"count": "lexikon"}, r"Unknown count 'lexikon'. Did you mean 'lexicon'"),
        ({"count": "given"}, r"does not tell how many modifiers.*one of: segments, lexicon, all"),
        (
            {"meaning": "samples"},
            r"made/score has no variance 'samples': There is one value.*It has: generators",
        ),
        ({"generator": "x"}, r"One generator has no variance across generators; choose samples or prompts"),
        ({"generator": "z", "meaning": "prompts"}, r"Unknown generator 'z'. Known: x, y"),
    ],
)
def test_what_cannot_be_had_is_refused(asked, told):
    with pytest.raises(PPPError, match=told):
        observe(dataset(TWO), "made/score", **({"count": "segments"} | asked))


def test_a_target_without_ratings_is_refused():
    made = dataset(TWO, targets=[target(), target("made/other")])
    with pytest.raises(PPPError, match="The data set made has no ratings of made/other"):
        observe(made, "made/other")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("measure", "meaning", "published"),
    [
        ("alignment", "generators-raw", -0.300),
        ("alignment", "generators-centred", -0.235),
        ("quality", "generators-raw", 0.095),
        ("quality", "generators-centred", 0.025),
    ],
)
def test_agiqa_3k_is_reproduced(data_folder, measure, meaning, published):
    made = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
    found = observe(made, f"agiqa-3k/{measure}", meaning=meaning).prompts
    assert len(found) == 300
    assert found["count"].value_counts().sort_index().tolist() == [60, 120, 80, 40]
    rho = scipy.stats.spearmanr(found["count"], found["sd"]).statistic
    assert round(rho, 3) == published


@pytest.mark.parametrize("given", [[0, None, 2], [0, 1.5, 2], [0, -1, 2], ["none", "one", "two"]])
def test_a_count_that_is_no_whole_number_is_not_offered(given):
    dataset = scenes.make(n_prompts=7, ratings_only=True)
    prompts = dataset.prompts.head(3).assign(n_modifiers=pd.Series(given))
    told = counts_of(replace(dataset, prompts=prompts))
    assert told["given"] == "Scenes (simulated) does not tell a whole number of modifiers for every prompt."
    assert not told["lexicon"]


def test_two_generators_with_samples_are_looked_at_by_sample_first():
    dataset = scenes.make(n_prompts=7, ratings_only=True)
    assert dataset.images["generator"].nunique() == 2
    assert default_meaning(dataset, "scenes/known") == "samples"
