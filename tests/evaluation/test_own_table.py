"""A user's table is read with limits, and placed as it deserves."""

import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ppp_core.errors import PPPError
from ppp_core.evaluation import own_table
from ppp_core.evaluation.benchmark.placing import Competitor, Placement
from ppp_core.evaluation.own_table import OwnTable, own_correlation, placed_table, read_own, shipped_on_own
from ppp_core.evaluation.results import Estimate


def read(text, **columns):
    return read_own(io.BytesIO(text.encode()), **columns)


def test_either_column_will_do_and_names_are_the_users():
    both = read("prompt,observed,predicted\n" + "".join(f"p{i},{i},{i * i}\n" for i in range(5)))
    assert both.has_observed
    assert both.has_predicted
    mine = read("text,mine\na,1\nb,2\nc,\nd,4\n", prompt_column="text", observed_column="mine")
    assert (mine.has_observed, mine.has_predicted) == (True, False)
    assert mine.frame["prompt"].tolist() == ["a", "b", "c", "d"]
    assert mine.frame["observed"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prompt,x\na,1\n", r"'observed' \(your scores\) or 'predicted' .* the table has: prompt, x"),
        ("prompt,observed\na,1\nb,2\n", r"At least 4 prompts were wanted, got 2"),
        ("prompt,observed\na,one\nb,2\nc,3\nd,4\n", r"row 1 holds 'one'"),
        ("text,observed\na,1\n", r"no column 'prompt'"),
    ],
)
def test_faults_are_one_line(text, message):
    with pytest.raises(PPPError, match=message):
        read(text)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(own_table, "MOST_ROWS", 5)
    with pytest.raises(PPPError, match=r"at most 5 rows were wanted"):
        read("prompt,observed\n" + "a,1\n" * 6)


def test_both_columns_are_correlated_as_scipy_does():
    random = np.random.default_rng(1)
    observed = random.normal(size=50)
    predicted = observed + random.normal(size=50)
    frame = pd.DataFrame({"prompt": ["p"] * 50, "observed": observed, "predicted": predicted})
    found = own_correlation(OwnTable(frame), resamples=200)
    assert found.pearson.value == pytest.approx(stats.pearsonr(observed, predicted)[0])
    with pytest.raises(PPPError, match=r"has only one of them"):
        own_correlation(OwnTable(frame.drop(columns="predicted")))


def test_shipped_predictors_are_scored_on_a_bounded_number_of_prompts(monkeypatch):
    """The made scorer says the number of words of a prompt, and twice that: both rank alike."""

    def score(prompts, targets, **_):
        words = [len(prompt.split()) for prompt in prompts]
        values = {target: [w * (i + 1) for w in words] for i, target in enumerate(targets)}
        return pd.DataFrame({"prompt": prompts, **values, "unfamiliar": [w > 5 for w in words]})

    monkeypatch.setattr("ppp_core.predictors.scoring.score", score)
    monkeypatch.setattr(own_table, "MOST_SCORED", 8)
    prompts = [" ".join(["w"] * n) for n in range(1, 11)]
    frame = pd.DataFrame({"prompt": prompts, "observed": [*range(9), None]})
    table, told = shipped_on_own(OwnTable(frame), ["a/x", "a/y"], resamples=200)
    assert table["pearson"].tolist() == pytest.approx([1.0, 1.0])
    assert told == {"n_scored": 8, "n_given": 9, "unfamiliar": 3 / 8}


def test_the_users_row_stands_among_ours_by_its_value():
    def estimate(value):
        return Estimate(value, value - 0.1, value + 0.1)

    ours = (Competitor("k1", estimate(0.6), 0.5, "tied"), Competitor("k2", estimate(0.2), 0.01, "beaten"))
    placed = Placement("a/b", "pearson", 50, 50, 0, {}, estimate(0.5), ours, "a/b")
    table = placed_table(placed, {"k1": "probe"})
    assert table["method"].tolist() == ["probe", "▶ you", "k2"]
    assert table["verdict"].tolist() == ["no significant difference", "", "you beat it"]
