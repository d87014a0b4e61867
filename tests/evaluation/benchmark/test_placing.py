"""A user's own, placed among ours on the same prompts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ppp_core.datasets import load_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.kept import predictions_frame
from ppp_core.evaluation.benchmark.lineups import gather
from ppp_core.evaluation.benchmark.placing import evaluate_predictions

TARGET = "parted/worth"
GOOD, BAD = f"{TARGET} linear-probe - validation", f"{TARGET} length - validation"


@pytest.fixture
def truth(made_tables):
    return made_tables["parted"].query("split == 'validation'")


@pytest.fixture
def kept(make_run, truth):
    def named(run):
        return replace(
            run, prompts=truth["prompt"].tolist(), predicted=truth["worth"].to_numpy() + run.predicted
        )

    noise = np.random.default_rng(0).normal(0, 1, (2, 60))
    runs = [
        replace(make_run(TARGET, "linear-probe", n=60), predicted=noise[0] * 0.3),
        replace(make_run(TARGET, "length", n=60), predicted=noise[1] * 3),
        replace(make_run("parted/other", "length", n=60), predicted=noise[1]),
    ]
    return predictions_frame(gather(named(run) for run in runs))


def test_predictions_with_scores_are_placed(kept, truth):
    noise = np.random.default_rng(1).normal(0, 0.35, 60)
    mine = pd.DataFrame(
        {"prompt": truth["prompt"].str.upper(), "p": truth["worth"] + noise, "s": truth["worth"]}
    )
    mine.loc[len(mine) + 999] = ["a prompt of my own", 3.0, 2.0]
    mine.loc[len(mine) + 999] = ["another", np.nan, 2.0]
    placed = evaluate_predictions(
        mine, target=TARGET, predicted="p", observed="s", predictions=kept, resamples=500
    )
    assert (placed.n, placed.n_shared, placed.n_left_out, placed.judged_by) == (61, 60, 1, "your scores")
    used = mine.dropna()
    assert placed.figures["pearson"].value == pytest.approx(stats.pearsonr(used["p"], used["s"]).statistic)
    shared = mine.iloc[:60]
    assert placed.shared.value == pytest.approx(stats.pearsonr(shared["p"], shared["s"]).statistic)
    verdicts = {one.key: one.verdict for one in placed.competitors}
    assert verdicts == {GOOD: "tied", BAD: "beaten"}
    assert placed.beaten == [BAD]
    assert placed.place in (1, 2)
    assert [one.key for one in placed.competitors] == [GOOD, BAD]


def test_a_worse_one_is_told_so(kept, truth):
    mine = pd.DataFrame({"prompt": truth["prompt"], "p": -truth["worth"], "s": truth["worth"]})
    placed = evaluate_predictions(
        mine, target=TARGET, predicted="p", observed="s", predictions=kept, resamples=200
    )
    assert {one.verdict for one in placed.competitors} == {"better"}
    assert placed.place == 3


def test_predictions_alone_are_judged_by_the_data_set(made_home, kept, truth):
    mine = pd.DataFrame({"prompt": truth["prompt"], "p": truth["worth"]})
    dataset = load_dataset("parted")
    placed = evaluate_predictions(
        mine, target=TARGET, predicted="p", dataset=dataset, predictions=kept, resamples=200
    )
    assert placed.figures["pearson"].value == pytest.approx(1.0)
    assert (placed.place, placed.judged_by, placed.n) == (1, TARGET, 60)
    with pytest.raises(
        PPPError, match=r"the data set parted must be here to judge\. Get it with: ppp get parted"
    ):
        evaluate_predictions(mine, target=TARGET, predicted="p")


def test_training_prompts_do_not_judge(made_home, made_tables):
    table = made_tables["parted"].query("split == 'train'")
    mine = pd.DataFrame({"prompt": table["prompt"], "p": table["worth"]})
    with pytest.raises(PPPError, match=r"at least 4 prompts with all values, got 0 of 120; do the prompts"):
        evaluate_predictions(mine, target=TARGET, predicted="p", dataset=load_dataset("parted"))


def test_scores_alone_judge_ours(kept, truth):
    mine = pd.DataFrame({"prompt": truth["prompt"], "s": truth["worth"]})
    placed = evaluate_predictions(mine, target=TARGET, observed="s", predictions=kept, resamples=200)
    assert (placed.figures, placed.shared, placed.place) == ({}, None, None)
    assert [one.key for one in placed.competitors] == [GOOD, BAD]
    assert {one.verdict for one in placed.competitors} == {""}


def test_without_ours_there_is_still_a_figure(truth):
    mine = pd.DataFrame({"prompt": truth["prompt"], "p": truth["worth"], "s": truth["worth"]})
    placed = evaluate_predictions(mine, target=TARGET, predicted="p", observed="s", resamples=200)
    assert (placed.n_shared, placed.competitors, placed.place) == (0, (), None)
    assert placed.figures["kendall"].value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("columns", "options", "told"),
    [
        ({"prompt": ["a"] * 5}, {}, "Name a column of predictions, a column of scores, or both; got neither"),
        ({"text": ["a"]}, {"observed": "s"}, "The table lacks the column 'prompt'; it has text"),
        ({"prompt": ["a", "A!"], "s": [1, 2]}, {"observed": "s"}, "Rows 1 and 2 hold the same prompt, 'A!'"),
        ({"prompt": ["a", None], "s": [1, 2]}, {"observed": "s"}, "Row 2 has no prompt"),
        ({"prompt": ["a", "b"], "s": [1, "x"]}, {"observed": "s"}, "s needs to hold numbers only"),
        (
            {"prompt": ["a", "b"], "s": [1, 2]},
            {"observed": "s"},
            "at least 4 prompts with all values, got 2 of 2",
        ),
    ],
)
def test_bad_tables_are_one_line(columns, options, told):
    with pytest.raises(PPPError, match=told):
        evaluate_predictions(pd.DataFrame(columns), target=TARGET, **options)
