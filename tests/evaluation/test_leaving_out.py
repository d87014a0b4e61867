"""Leaving a source out, with a memoriser that a twin would give the answers to."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets.cards import Card, Target
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.evaluation.leaving_out import fitter, leave_one_out, split_off
from ppp_core.splits import normalise_text

TARGET = Target("made/worth", "Worth", "worth", -999.0, 999.0, "user", "about {value}", "")
CARD = Card("made", "Made", "", "", "", "none", "", targets=(TARGET,))


def pooled(rows: list[tuple], **more):
    """A data set of (prompt, split, source, value)."""
    frame = pd.DataFrame(rows, columns=["prompt", "split", "source", "value"])
    frame = frame.assign(prompt_id=[f"{number:04d}" for number in range(len(frame))])
    ratings = frame[["prompt_id", "value"]].assign(target=TARGET.name, **more)
    return build(CARD, frame[["prompt_id", "prompt", "split", "source"]], None, ratings)


@pytest.fixture
def twins():
    """A hundred prompts in each of three sources; ten of b's stand in a, otherwise written; noise else."""
    rng = np.random.default_rng(0)
    rows = [(f"{source} prompt {i}", "train", source, rng.normal()) for source in "abc" for i in range(100)]
    mine = {text: value for text, _, source, value in rows if source == "b"}
    copies = [(f"B, Prompt {i}!", "train", "a", mine[f"b prompt {i}"]) for i in range(10)]
    return pooled([*rows, *copies])


def memorise(data):
    """Knows every prompt that it has seen, by its normalised text, and nothing else."""
    known = {normalise_text(p): v for p, v in zip(data.train.prompts, data.train.observed, strict=True)}
    return lambda prompts: np.array([known.get(normalise_text(prompt), 0.0) for prompt in prompts])


def test_a_twin_under_another_name_is_not_learned_from(twins):
    results = {one.source: one for one in leave_one_out(twins, TARGET.name, memorise, resamples=100)}
    assert results["b"].n_twins == 10
    assert (results["b"].n, results["b"].n_train) == (100, 200)
    assert not results["b"].predicted.any()
    assert results["b"].correlation.spearman.reason == "predicted is constant"
    # a's ten copies are twins of b's prompts, which may not be learned from either
    assert (results["a"].n, results["a"].n_train, results["a"].n_twins) == (110, 190, 10)
    assert (results["c"].n_train, results["c"].n_twins) == (210, 0)


def test_validation_and_test_prompts_are_never_learned_from():
    rows = [(f"{s} {i}", split, s, float(i)) for s in "ab" for i, split in enumerate(["train"] * 70)]
    rows += [("v", "validation", "a", 1.0), ("t", "test", "a", 2.0), ("n", None, "a", 3.0)]
    data, judges, _ = split_off(pooled(rows), TARGET.name, "b")
    assert set(data.train.prompts) & {"v", "t", "n"} == {"n"}
    assert data.held_out is None
    assert len(judges) == 70
    _, judges, _ = split_off(pooled(rows), TARGET.name, "a")
    assert {"v", "n"} <= set(judges["prompt"])


def test_source_that_is_left_out_is_judged_in_its_own_unit():
    rows = [(f"{s} {i}", "train", s, float(i % 7)) for s in "ab" for i in range(70)]
    own = [100.0 - value for _, _, _, value in rows]
    one = leave_one_out(pooled(rows, people=own), TARGET.name, memorise_number, sources=["a"], resamples=100)[
        0
    ]
    assert one.observed.tolist() == own[:70]
    assert one.correlation.spearman.value == pytest.approx(-1)
    assert one.prompts[:2] == ("a 0", "a 1")
    assert one.as_dict()["spearman"]["value"] == pytest.approx(-1)


def memorise_number(data):
    return lambda prompts: np.array([int(prompt.split()[1]) % 7 for prompt in prompts], dtype=float)


def test_progress_counts_the_sources(twins):
    seen = []
    leave_one_out(twins, TARGET.name, memorise, resamples=100, progress=lambda *step: seen.append(step))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_what_cannot_be_left_out_is_told(twins):
    with pytest.raises(PPPError, match=r"Unknown source 'd'\..*Known: a, b, c"):
        leave_one_out(twins, TARGET.name, memorise, sources=["d"])
    single = pooled([(f"a {i}", "train", "a", float(i)) for i in range(70)])
    with pytest.raises(PPPError, match=r"at least two with made/worth, got 1 \(a\)"):
        leave_one_out(single, TARGET.name, memorise)
    small = pooled([(f"{s} {i}", "train", s, float(i)) for s, n in (("a", 70), ("b", 8)) for i in range(n)])
    with pytest.raises(PPPError, match=r"Leaving out a leaves 8 prompts with a value of made/worth"):
        leave_one_out(small, TARGET.name, memorise)
    plain = build(CARD, twins.prompts.drop(columns="source"), None, twins.ratings)
    with pytest.raises(PPPError, match=r"needs a pooled data set, such as ppp, got made"):
        leave_one_out(plain, TARGET.name, memorise)


def test_fitter_makes_any_predictor_of_the_table_judged(words_encoder, make_data):
    data = make_data(n_train=200, n_held_out=100)
    rows = [(p, "train", "a", v) for p, v in zip(data.train.prompts, data.train.observed, strict=True)]
    rows += [(p, "train", "b", v) for p, v in zip(data.held_out.prompts, data.held_out.observed, strict=True)]
    fit = fitter("linear-probe", words_encoder)
    one = leave_one_out(pooled(rows), TARGET.name, fit, sources=["b"], resamples=200)[0]
    assert one.correlation.pearson.value > 0.9
    assert one.correlation.pearson.low < one.correlation.pearson.value < one.correlation.pearson.high
