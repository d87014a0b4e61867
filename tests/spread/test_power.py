"""Power, against statsmodels, simulation, and what cannot be had."""

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from ppp_core.errors import PPPError
from ppp_core.spread.power import (
    log_ratio_sd,
    mean_power,
    power_of_plan,
    required_prompts,
    spread_power,
)


@pytest.mark.parametrize("n_prompts", [2, 5, 20])
@pytest.mark.parametrize("effect", [0.1, 0.5, 2.0])
def test_power_on_the_mean_is_that_of_a_t_test_of_the_prompts(n_prompts, effect):
    seeds, correlation, slope = 4, 0.3, 0.25
    sd = np.sqrt(slope**2 + 2 * (1 - correlation) / seeds)
    expected = TTestPower().power(effect / sd, n_prompts, 0.05)
    found = mean_power(n_prompts, seeds, effect, correlation=correlation, slope_sd=slope)
    assert found == pytest.approx(expected, abs=1e-6)


def test_power_at_no_effect_is_the_level():
    assert mean_power(12, 4, 0.0) == pytest.approx(0.05)
    assert spread_power(12, 4, 1.0) == pytest.approx(0.05)
    assert spread_power(1, 12, 1.0, alpha=0.01) == pytest.approx(0.01)


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.95])
def test_the_spread_of_a_log_ratio_is_as_simulated(correlation):
    rng = np.random.default_rng(0)
    first = rng.normal(size=(100_000, 5))
    second = correlation * first + np.sqrt(1 - correlation**2) * rng.normal(size=first.shape)
    simulated = (0.5 * np.log(second.var(axis=1) / first.var(axis=1))).std()
    # the standard error of a standard deviation of 100,000 is about .3 %
    assert log_ratio_sd(5, correlation) == pytest.approx(simulated, rel=0.012)


def test_a_pair_of_equal_scores_has_no_spread_of_its_ratio():
    # the series converges slowly there: 499 terms leave a per cent
    assert log_ratio_sd(6, 1.0) == pytest.approx(0.0, abs=0.02)


def test_power_grows_with_prompts_seeds_and_effect():
    for power in (mean_power, spread_power):
        effects = (0.2, 0.5, 0.9) if power is mean_power else (0.95, 0.8, 0.6)
        grid = [[[power(p, s, e) for e in effects] for s in (2, 4, 9)] for p in (3, 8, 30)]
        for axis in range(3):
            assert (np.diff(grid, axis=axis) > 0).all()


def test_what_is_required_is_the_smallest_that_will_do():
    needed = required_prompts(lambda n: mean_power(n, 4, 0.4), 0.8)
    assert mean_power(needed, 4, 0.4) >= 0.8 > mean_power(needed - 1, 4, 0.4)


def test_no_number_of_seeds_makes_up_for_prompts_that_differ():
    found = power_of_plan(3, 4, effect=0.2, slope_sd=0.5, ratio=0.8)
    assert found.seeds_for_mean is None
    assert found.prompts_for_mean > 3


def test_strata_count_as_further_pairs():
    once, twice = power_of_plan(10, 8), power_of_plan(10, 4, strata=2)
    assert twice.mean == pytest.approx(once.mean)
    assert twice.spread < once.spread  # a mean more is estimated
    assert twice.seeds_for_mean <= -(-once.seeds_for_mean // 2)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((0, 4, 0.5), r"at least 1 base prompt, got 0"),
        ((3, 1, 0.5), r"at least 2 seeds a prompt, got 1"),
    ],
)
def test_impossible_plans_are_refused(arguments, told):
    with pytest.raises(PPPError, match=told):
        mean_power(*arguments)


def test_impossible_options_are_refused():
    with pytest.raises(PPPError, match=r"ratio needs to be above 0 and differ from 1, got 1"):
        power_of_plan(3, 4, ratio=1.0)
    with pytest.raises(PPPError, match=r"correlation needs to lie between -1 and 1, got 2"):
        spread_power(3, 4, 0.8, correlation=2)
    with pytest.raises(PPPError, match=r"at least 4 seeds, got 3"):
        spread_power(1, 3, 0.8)
    with pytest.raises(PPPError, match=r"power needs to lie between 0 and 1, such as 0.8, got 1"):
        power_of_plan(3, 4, wanted=1.0)
