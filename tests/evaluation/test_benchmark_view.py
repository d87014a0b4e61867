"""What a choice shows, and the sentence that answers."""

import pandas as pd
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import load_published
from ppp_core.evaluation.benchmark_view import (
    answer,
    best_marks,
    method_name,
    number,
    ranked,
    told,
    view,
    views_in,
    with_methods,
)


def row(target="a/look", method="probe", value=0.5, **other):
    one = {
        "target": target,
        "method": method,
        "source": "measured",
        "part": "validation",
        "judged_by": "people",
        "level": "prompt",
        "needs": "prompt",
        "by": "PPP",
        "n": 80,
        "n_seeds": 5,
        "pearson": value,
        "pearson_low": value - 0.1,
        "pearson_high": value + 0.1,
        "pearson_tied": True,
    }
    return one | other


OTHERS = {"source": "published", "part": "test", "n": 200, "n_seeds": None, "pearson_tied": None}


@pytest.fixture
def rows():
    return pd.DataFrame(
        [
            row(method="probe", value=0.5),
            row(method="length", value=0.1, n_seeds=1, pearson_tied=False),
            row(method="probe", value=0.45, part="test"),
            row("b/match", method="probe", value=0.3, part="out of fold"),
            row(method="BERT", value=0.4, **OTHERS),
            row(method="metric", value=0.6, level="image", **OTHERS),
        ]
    ).astype({"n_seeds": "Int64", "pearson_tied": "boolean"})


def shown(frame):
    return [(one.target, one.method, one.part) for one in frame.itertuples()]


def test_a_view_shows_its_parts_and_others_figures_whatever_theirs(rows):
    assert shown(view(rows)) == [
        ("a/look", "probe", "validation"),
        ("a/look", "length", "validation"),
        ("b/match", "probe", "out of fold"),
        ("a/look", "BERT", "test"),
    ]
    assert shown(view(rows, part="test")) == [("a/look", "probe", "test"), ("a/look", "BERT", "test")]
    assert views_in(rows) == ["held out", "test"]


def test_a_view_can_be_narrowed(rows):
    assert shown(view(rows, sources=["published"])) == [("a/look", "BERT", "test")]
    assert ("a/look", "length", "validation") not in shown(view(rows, fewest_seeds=3))
    assert view(rows, judges=["models"]).empty
    assert shown(view(rows, level="image")) == [("a/look", "metric", "test")]
    with pytest.raises(PPPError, match=r"Unknown part 'tset'. Did you mean 'test'\?"):
        view(rows, part="tset")


def test_the_best_is_marked_and_so_is_who_is_tied_with_it(rows):
    assert best_marks(view(rows), "pearson").tolist() == ["★", "", "★", ""]
    tie = rows.assign(pearson_tied=True)
    assert best_marks(view(tie), "pearson").tolist() == ["★", "≈", "★", ""]


def test_the_answer_names_the_best_the_ties_and_others(rows):
    told_ = answer(view(rows), "a/look", "pearson", title="Look")
    assert told_ == (
        "Look: the best we measured is probe, Pearson r .500 (95 % interval .40 to .60; validation, "
        "80 prompts, mean of 5 seeds). It is significantly better than the 1 others tested (Holm, 5 %). "
        "Best of others from the prompt alone: BERT .400 (published; test part, 200 prompts, "
        "not the prompts of ours)."
    )
    tie = view(rows.assign(pearson_tied=True))
    assert "Not significantly different: length (of 1 others" in answer(tie, "a/look", "pearson")
    assert "not the prompts of ours" not in answer(view(rows, part="test"), "a/look", "pearson")


def test_the_answer_claims_nothing_that_was_not_tested(rows):
    untested = view(rows.assign(pearson_tied=pd.array([None] * len(rows), dtype="boolean")))
    words = answer(untested, "a/look", "pearson")
    assert "significantly" not in words
    only_others = answer(view(rows, sources=["published"]), "a/look", "pearson")
    assert "nothing of our own is measured here" in only_others


def test_a_row_says_data_part_n_seeds_interval_and_who(rows):
    words = told(next(rows.itertuples()), "pearson")
    for part in ("probe on a/look", ".500", ".40 to .60", "validation", "80 prompts", "5 seeds", "PPP"):
        assert part in words


def test_ranked_is_by_value_and_leaves_out_the_unknown(rows):
    unknown = pd.concat([rows, pd.DataFrame([row(method="x", value=float("nan"))])])
    assert ranked(unknown, "b/match", "pearson")["method"].tolist() == ["probe"]
    assert ranked(view(rows), "a/look", "pearson")["pearson"].tolist() == [0.5, 0.4, 0.1]


def test_names_tell_what_a_method_learned_from_and_sees():
    assert method_name("CNN", "", needs="retrieved images") == "CNN, sees the retrieved images"
    assert method_name("probe", "words", trained_on="a/b") == "probe · words ← a/b"


@pytest.mark.parametrize(
    ("value", "known"), [(1, 1.0), (float("inf"), None), (pd.NA, None), ("x", None), (None, None)]
)
def test_unknown_numbers(value, known):
    assert number(value) == known


def test_published_figures_can_be_viewed_as_they_come():
    rows = with_methods(load_published().frame())
    shown_ = view(rows)
    assert len(shown_) > 20
    assert not shown_.duplicated(["target", "method", "source"]).any()
    bert = shown_[(shown_["target"] == "pqpp/hbpp-glide") & (shown_["predictor"] == "fine-tuned BERT")]
    assert bert["pearson"].tolist() == [0.566]
