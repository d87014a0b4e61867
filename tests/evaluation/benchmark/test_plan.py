"""What goes together is planned; what cannot be is left out, and told."""

from types import SimpleNamespace

import pandas as pd
import pytest

from ppp_core.datasets.cards import Card, Target
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import plan as plan_module
from ppp_core.evaluation.benchmark.plan import make_plan
from ppp_core.splits import normalise_text


def test_every_target_meets_every_predictor_and_encoder(made_home, words_encoder):
    plan = make_plan(
        ["parted/worth", "loose/worth"],
        ["length", "linear-probe", "multilayer-probe"],
        ["tfidf", words_encoder],
        seeds=2,
    )
    kinds = {(job.predictor, job.encoder) for job in plan.jobs}
    assert kinds == {
        ("length", ""), ("linear-probe", "tfidf"), ("linear-probe", "words"), ("multilayer-probe", "words"),
    }  # fmt: skip
    assert len(plan.jobs) == plan.n_runs == 2 * 2 * len(kinds)
    assert all(job.targets == (job.trained_on,) for job in plan.jobs)
    assert plan.skipped == ("multilayer-probe reads all hidden layers, and tfidf has one.",)
    assert {name: one.part for name, one in plan.judges.items()} == {
        "parted/worth": "validation",
        "loose/worth": "out of fold",
    }


def test_a_data_set_stands_for_its_targets(made_home):
    plan = make_plan(["parted"], ["length"])
    assert list(plan.data) == ["parted/worth", "parted/other"]


def test_an_absent_encoder_is_left_out_with_what_gets_it(made_home):
    plan = make_plan(["parted/worth"], ["linear-probe"], ["tfidf", "clip-vit-b32"])
    (told,) = plan.skipped
    assert told.startswith("clip-vit-b32 is not on this machine. Get it with: ")
    with pytest.raises(PPPError, match=r"Nothing to measure\. clip-vit-b32 is not on this machine"):
        make_plan(["parted/worth"], ["linear-probe"], ["clip-vit-b32"])


def test_a_users_own_scores_are_measured_only_when_asked_for(made_home):
    with pytest.raises(PPPError, match="Nothing to measure"):
        make_plan((), ["length"])


@pytest.mark.parametrize(
    ("targets", "predictors", "told"),
    [
        (["parted/wort"], ["length"], r"Unknown target 'parted/wort'\. Did you mean 'parted/worth'"),
        (["nothing/worth"], ["length"], "Unknown data set 'nothing'"),
        (["parted/worth"], ["lenght"], r"Unknown predictor 'lenght'\. Did you mean 'length'"),
    ],
)
def test_unknown_names_are_refused(made_home, targets, predictors, told):
    with pytest.raises(PPPError, match=told):
        make_plan(targets, predictors)


def test_no_seed_is_refused():
    with pytest.raises(PPPError, match="at least one seed, got 0"):
        make_plan(seeds=0)


def test_the_test_part_judges_where_there_is_one(made_home, made_tables):
    plan = make_plan(["parted/worth"], ["length"], split="test")
    judges = plan.judges["parted/worth"]
    assert (judges.part, len(judges)) == ("test", 40)
    assert judges.prompts == made_tables["parted"]["prompt"][180:].tolist()
    trained = plan.data["parted/worth"].train.prompts
    assert set(trained) <= set(made_tables["parted"]["prompt"][:120])
    with pytest.raises(PPPError, match=r"The copy of loose on this machine has no test rows for loose/worth"):
        make_plan(["loose/worth"], ["length"], split="test")
    with pytest.raises(PPPError, match=r"The split must be validation or test, got 'tset'"):
        make_plan(["parted/worth"], ["length"], split="tset")
    both = make_plan(["loose", "parted"], ["length"], split="test")
    assert "loose/worth" not in both.data
    assert "no test rows" in both.skipped[0]


def test_transfer_judges_each_predictor_by_every_target(made_home):
    plan = make_plan(["parted", "loose"], ["length"], transfer=True)
    assert [job.targets[0] == job.trained_on for job in plan.jobs] == [True] * 3
    assert {len(job.targets) for job in plan.jobs} == {3}
    there = plan.judges_for("parted/worth", "loose/worth")
    assert (there.part, len(there)) == ("left out", 79)  # one of its 80 prompts is learned from in the other
    back = plan.judges_for("loose/worth", "parted/worth")
    assert (back.part, len(back)) == ("left out", 60)
    beside = plan.judges_for("parted/worth", "parted/other")
    assert (beside.part, len(beside)) == ("validation", 60)


def test_curves_take_nested_subsets_of_growing_size(made_home):
    from ppp_core.evaluation.benchmark.execution import _cut

    plan = make_plan(["parted/worth"], ["length"], curves=True)
    cut = [job for job in plan.jobs if job.n_train]
    assert {(job.n_train, job.draw) for job in cut} == {(100, 0), (100, 1), (100, 2)}
    data = plan.data["parted/worth"]
    from dataclasses import replace

    small, large = (set(_cut(data, replace(cut[0], n_train=n)).train.prompts) for n in (30, 100))
    assert small < large < set(data.train.prompts)
    assert (len(small), len(large)) == (30, 100)
    others = {
        frozenset(_cut(data, replace(cut[0], n_train=30, draw=draw)).train.prompts) for draw in range(3)
    }
    assert len(others) == 3


@pytest.fixture
def both(made_home, made_tables, monkeypatch):
    """A pooled data set of the two made ones, as `ppp` is of the real ones."""
    frame = pd.concat([table.assign(source=name) for name, table in made_tables.items()], ignore_index=True)
    frame = frame.assign(prompt_id=[f"p{number}" for number in range(len(frame))])
    target = Target("both/worth", "Worth", "worth", -9.0, 9.0, "user", "about {value}", "")
    card = Card("both", "Both", "", "", "", "none", "", targets=(target,))
    ratings = frame[["prompt_id"]].assign(value=frame["worth"], target=target.name)
    pooled = build(card, frame[["prompt_id", "prompt", "split", "source"]], None, ratings)
    real = plan_module.load_dataset
    module = SimpleNamespace(
        POOLS={target.name: SimpleNamespace(sources=("parted/worth", "loose/worth"))},
        source_names=lambda: ("parted", "loose"),
    )
    monkeypatch.setattr(plan_module, "POOLED", {"both": module})
    monkeypatch.setattr(plan_module, "load_dataset", lambda name: pooled if name == "both" else real(name))
    return pooled


def test_a_pooled_target_is_judged_by_each_of_its_sources_left_out(both, words_encoder):
    plan = make_plan(["both/worth"], ["linear-probe"], [words_encoder], seeds=2)
    assert [(job.trained_on, job.targets, job.seed) for job in plan.jobs] == [
        ("both/worth-without-parted", ("parted/worth",), 0),
        ("both/worth-without-parted", ("parted/worth",), 1),
        ("both/worth-without-loose", ("loose/worth",), 0),
        ("both/worth-without-loose", ("loose/worth",), 1),
        ("both/worth", ("both/worth",), 0),
        ("both/worth", ("both/worth",), 1),
    ]
    judges = plan.judges_for("both/worth-without-loose", "loose/worth")
    learned = {normalise_text(text) for text in plan.data["both/worth-without-loose"].train.prompts}
    assert judges.part == "left out"
    assert len(judges) == 80  # the prompt that stands in both is not learned from, so it may judge
    assert not learned & {normalise_text(text) for text in judges.prompts}


def test_an_adapted_encoder_is_not_judged_by_what_it_was_adapted_to(both, words_encoder, monkeypatch):
    monkeypatch.setattr(plan_module, "ADAPTABLE", ("minilm-l6", "words"))
    monkeypatch.setattr(plan_module, "ADAPTED_TO", "parted")
    plan = make_plan(["both/worth"], ["linear-probe"], [words_encoder])
    assert [job.trained_on for job in plan.jobs] == ["both/worth-without-loose", "both/worth"]


def test_transfer_never_judges_an_adapted_encoder_by_what_it_learned():
    names = ("pqpp/hbpp-sdxl", "tifa160/alignment", "genai-bench/alignment")
    judged = plan_module._judged_by("tifa160/alignment", names, "ensemble", "adapted-minilm")
    assert judged == ("tifa160/alignment", "genai-bench/alignment")
    assert plan_module._judged_by("tifa160/alignment", names, "linear-probe", "minilm-l6") == (
        "tifa160/alignment", "pqpp/hbpp-sdxl", "genai-bench/alignment",
    )  # fmt: skip
