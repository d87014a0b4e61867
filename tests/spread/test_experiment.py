"""The plan: balanced, shuffled, the same seeds in all arms."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.spread.experiment import COLUMNS, plan_experiment

BASES = ["a cat", "a dog --ar 3:2", "two boats in a harbour"]


def test_every_pair_has_one_prompt_one_seed_and_both_arms():
    plan = plan_experiment(BASES, ["oil painting"], seeds=3)
    assert tuple(plan.runs.columns) == COLUMNS
    assert plan.n_images == len(plan.runs) == 3 * 3 * 2
    for _, pair in plan.runs.groupby("pair_id"):
        assert sorted(pair["arm"]) == ["with", "without"]
        assert pair["seed"].nunique() == pair["base_prompt"].nunique() == 1
    assert plan.runs["score"].isna().all()
    assert sorted(plan.runs["run"]) == list(range(1, 19))


def test_prompts_are_joined_as_told():
    runs = plan_experiment(BASES, ["oil painting"], seeds=2).runs
    found = set(runs.loc[runs["arm"] == "with", "prompt"])
    assert found == {
        "a cat, oil painting", "a dog, oil painting --ar 3:2", "two boats in a harbour, oil painting",
    }  # fmt: skip
    without = runs[runs["arm"] == "without"]
    assert (without["prompt"] == without["base_prompt"]).all()
    assert (without["modifier"] == "").all()


def test_each_modifier_shares_the_images_without():
    runs = plan_experiment(BASES, ["oil painting", "soft lighting"], seeds=2).runs
    assert runs.groupby("pair_id")["modifier"].apply(
        lambda column: tuple(sorted(column))
    ).unique().tolist() == [("", "oil painting", "soft lighting")]


def test_a_factorial_plan_has_every_combination():
    runs = plan_experiment(BASES, ["oil", "fog", "8k"], seeds=2, design="factorial").runs
    block = runs[runs["pair_id"] == runs["pair_id"][0]]
    assert set(block["modifier"]) == {
        "", "oil", "fog", "8k", "oil + fog", "oil + 8k", "fog + 8k", "oil + fog + 8k",
    }  # fmt: skip
    assert "a cat, oil, fog, 8k" in set(runs["prompt"])


def test_the_same_seed_gives_the_same_plan():
    first, again = (plan_experiment(BASES, ["oil"], seed=5).runs for _ in range(2))
    other = plan_experiment(BASES, ["oil"], seed=6).runs
    assert first.equals(again)
    assert not first["pair_id"].equals(other["pair_id"])
    assert set(first["seed"]) != set(other["seed"])


def test_seeds_to_draw_with_are_all_different():
    runs = plan_experiment(BASES, ["oil"], seeds=8).runs
    assert runs.groupby("seed")["pair_id"].nunique().max() == 1


def test_the_order_is_random_over_arms_and_prompts():
    runs = plan_experiment([f"thing {i}" for i in range(50)], ["oil"], seeds=4).runs
    arm = (runs["arm"] == "with").to_numpy(dtype=float)
    # 400 shuffled runs: both correlations are within .15 in all but one of four hundred plans
    assert abs(np.corrcoef(arm, runs["run"])[0, 1]) < 0.15
    assert abs(np.corrcoef(arm[1:], arm[:-1])[0, 1]) < 0.15


def test_prompts_that_hold_the_modifier_or_repeat_are_left_out_and_told():
    plan = plan_experiment(["a cat", "a cat ", "", "an Oil-Painting of a dog"], ["oil painting"])
    assert plan.n_prompts == 1
    assert "2 prompts left out for being empty or there twice." in plan.notes
    assert "1 prompt left out for holding one of the modifiers already." in plan.notes


def test_a_generator_gets_a_column():
    assert plan_experiment(BASES, ["oil"], generator="sdxl").runs["generator"].unique() == ["sdxl"]


def test_the_answer_tells_the_power():
    plan = plan_experiment([f"thing {i}" for i in range(20)], ["oil"], seeds=4)
    assert plan.power.mean == pytest.approx(0.807, abs=0.001)
    assert plan.answer == (
        "160 images (20 prompts, 4 seeds each) find an effect of 0.5 SD on the mean in 81 % of such "
        "experiments, and 20 % less spread in 28 %."
    )
    assert plan.as_dict()["power"]["prompts_for_mean"] == 20


def test_several_modifiers_are_judged_more_strictly():
    bases = [f"thing {i}" for i in range(20)]
    one, two = (plan_experiment(bases, names) for names in (["oil"], ["oil", "fog"]))
    assert two.power.alpha == one.power.alpha / 2
    assert two.power.mean < one.power.mean
    assert plan_experiment(bases, ["oil", "fog"], design="factorial").power.mean > two.power.mean


def test_one_prompt_is_told_to_be_one():
    assert (
        "With one base prompt, what is found holds for that prompt alone."
        in plan_experiment(["a"], ["oil"]).notes
    )


@pytest.mark.parametrize(
    ("prompts", "modifiers", "options", "told"),
    [
        ([], ["oil"], {}, r"without the modifiers, got 0 prompts"),
        (["oil"], ["oil"], {}, r"got 1 prompts and none"),
        (["a"], [], {}, r"one or more modifiers that say something, got \[\]"),
        (["a"], ["oil", " "], {}, r"got \['oil', ' '\]"),
        (["a"], ["oil", "Oil"], {}, r"Every modifier is wanted once, got oil, Oil"),
        (["a"], ["oil + fog"], {}, r"must not hold ' \+ '"),
        (["a"], ["oil"], {"seeds": 1}, r"at least 2 seeds a prompt and arm, got 1"),
        (["a"], ["oil"], {"design": "factorials"}, r"Unknown design 'factorials'. Did you mean 'factorial'"),
        (["a"], list("bcdefg"), {"design": "factorial"}, r"at most 5 modifiers, got 6"),
        *(
            (["a", "b"], ["oil"], {name: came}, rf"^{name} needs to be a finite number, got {told}\.$")
            for name in ("effect", "ratio", "power", "slope_sd", "correlation")
            for came, told in ((float("nan"), "nan"), (float("inf"), "inf"))
        ),
        (["a"], ["oil"], {"correlation": 1.0}, r"^correlation needs to lie between -1 and 1, got 1\.$"),
        (["a"], ["oil"], {"correlation": -1.5}, r"^correlation needs to lie between -1 and 1, got -1.5\.$"),
        (["a"], ["oil"], {"seeds": 600_000}, r"would have 1,200,000 images"),
    ],
)
def test_impossible_plans_are_refused(prompts, modifiers, options, told):
    with pytest.raises(PPPError, match=told):
        plan_experiment(prompts, modifiers, **options)
