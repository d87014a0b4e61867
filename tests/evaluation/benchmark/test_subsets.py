"""Groups of prompts, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.evaluation.benchmark.lineups import gather
from ppp_core.evaluation.benchmark.subsets import groups_of, large_groups, segments_after_first, subsets_table
from ppp_core.targets import Target

TARGET = Target("a/x", "X", "score", -5, 5, "people", "about {value}", "")


@pytest.fixture
def dataset(make_run):
    run = make_run()
    numbers = range(80)
    prompts = pd.DataFrame({"prompt_id": run.prompt_ids, "prompt": run.prompts})
    prompts["category"] = [("birds", "cars", None)[number % 3] for number in numbers]
    prompts["language"] = "en"
    prompts["style"] = ["ink" if number < 30 else None for number in numbers]
    prompts["n_modifiers"] = [number % 5 for number in numbers]
    ratings = pd.DataFrame({"prompt_id": run.prompt_ids, "target": "a/x", "value": run.observed})
    ratings["sd"] = [0.1 if number < 40 else 0.9 for number in numbers]
    return build(Card("a", "A", "", "", "", "", "", (TARGET,)), prompts, None, ratings)


@pytest.mark.parametrize(
    ("prompt", "count"),
    [("", 0), ("a fox", 0), ("a fox,", 0), (", ,a fox", 0), ("a fox, 4k", 1), ("a, b, , c", 2), ("a，b", 0)],
)
def test_segments_after_the_first_are_counted(prompt, count):
    assert segments_after_first(prompt) == count


def test_groups_that_the_text_tells(make_run):
    (line,) = gather([make_run(n=9, ids=range(9))])
    groups = groups_of(line)
    assert {name: rows.tolist() for name, rows in groups.items() if name[0] == "modifiers"} == {
        ("modifiers", "0"): [0, 3, 6],
        ("modifiers", "1"): [1, 4, 7],
        ("modifiers", "2"): [2, 5, 8],
    }
    lengths = {name: len(rows) for name, rows in groups.items() if name[0] == "length"}
    assert sum(lengths.values()) == 9
    assert [name for _, name in lengths] == [
        "short: up to 3 words",
        "middle: to 4 words",
        "long: more than 4 words",
    ]


def test_groups_that_the_data_set_tells(make_run, dataset):
    (line,) = gather([make_run()])
    sizes = {name: len(rows) for name, rows in groups_of(line, dataset).items()}
    assert sizes["category", "birds"] == sizes["category", "cars"] == 27
    assert ("category", "") not in sizes
    assert sizes["style", "style named"] == 30
    assert sizes["agreement", "raters agree"] == sizes["agreement", "raters differ"] == 40
    assert sizes["modifiers", "3 or more"] == 32
    assert sizes["language", "en"] == 80


def test_each_record_is_the_correlation_of_its_group(make_run, dataset):
    runs = [make_run(seed=0), make_run(seed=1)]
    records = subsets_table(gather(runs), {"a": dataset}, resamples=100)
    (agree,) = (one for one in records if one["group"] == "raters agree")
    expected = np.mean([stats.pearsonr(run.predicted[:40], run.observed[:40]).statistic for run in runs])
    assert agree["pearson"] == pytest.approx(expected)
    assert (agree["key"], agree["n"], agree["by"]) == ("a/x length - validation", 40, "agreement")
    assert "language" not in {one["by"] for one in records}  # one group is no comparison


def test_small_groups_are_not_told():
    groups = {
        ("category", "a"): np.arange(14),
        ("category", "b"): np.arange(15),
        ("category", "c"): np.arange(15),
    }
    assert list(large_groups(groups)) == [("category", "b"), ("category", "c")]
