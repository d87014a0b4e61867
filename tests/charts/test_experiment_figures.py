"""The figures about experiments show the power that the core computes, and what was found."""

from types import SimpleNamespace

import pandas as pd
import pytest

from ppp_core.charts.experiments import experiment_forest, images_needed_figure, plan_figure
from ppp_core.charts.headlines import facts_of
from ppp_core.errors import PPPError
from ppp_core.spread.experiment import plan_experiment
from ppp_core.spread.images_needed import images_needed


def test_a_plans_own_size_has_the_power_that_the_plan_tells():
    plan = plan_experiment([f"a cat {i}" for i in range(8)], ["oil painting"], seeds=5, ratio=0.8)
    mean, spread = plan_figure(plan).data
    here = list(mean.x).index(5)
    assert mean.y[here] == pytest.approx(100 * plan.power.mean)
    assert spread.y[list(spread.x).index(5)] == pytest.approx(100 * plan.power.spread)
    assert spread.name == "spread: 20 % less"
    assert list(mean.y) == sorted(mean.y)


def test_one_base_prompt_has_no_spread_of_few_seeds():
    plan = plan_experiment(["a cat"], ["oil painting"], seeds=4)
    mean, spread = plan_figure(plan).data
    assert min(mean.x) == 2
    assert min(spread.x) == 4
    assert facts_of(plan_figure(plan)).startswith("1 base prompt · ")


def test_images_needed_are_the_curves_of_the_core():
    needed = images_needed(0.5, 1.0)
    right, power = images_needed_figure(needed).data
    assert list(right.y) == pytest.approx([100 * one for one in needed.curve["right_order"]])
    assert list(power.x) == needed.curve["images"].tolist()


RESULT = SimpleNamespace(
    effects=pd.DataFrame(
        {
            "modifier": ["<i>oil", "fog"],
            "n_prompts": [8, 8],
            "n_pairs": [64, 64],
            "effect": [0.4, None],
            "low": [0.1, None],
            "high": [0.7, None],
        }
    ),
    spread=pd.DataFrame(
        {
            "modifier": ["oil", "fog"],
            "n_prompts": [8, 8],
            "n_pairs": [64, 64],
            "percent": [-20.0, 5.0],
            "percent_low": [-30.0, float("nan")],
            "percent_high": [-8.0, float("nan")],
        }
    ),
)


def test_what_was_found_is_shown_with_its_interval():
    mean = experiment_forest(RESULT, "mean").data[0]
    assert list(mean.x) == [0.4]
    assert mean.error_x.array[0] == pytest.approx(0.3)
    assert "<i>" not in mean.text[0]
    spread = experiment_forest(RESULT, "spread").data[0]
    assert list(spread.x) == [-20, 5]
    assert list(spread.error_x.array) == [12, 0]
    with pytest.raises(PPPError, match=r"'mean' or 'spread', got 'both'"):
        experiment_forest(RESULT, "both")
