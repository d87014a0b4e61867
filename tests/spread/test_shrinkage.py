"""Empirical Bayes: nearer to the truth than raw effects, with intervals that hold."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.spread.shrinkage import shrink


def test_equal_errors_give_morris_formula():
    effects, error = np.array([-1.0, 0.0, 1.0, 2.0, 3.0]), 0.5
    found = shrink(effects, np.full(5, error))
    between = effects.var(ddof=1) - error**2  # Paule and Mandel's with equal errors
    share = (5 - 3) / (5 - 1) * error**2 / (error**2 + between)
    assert found.sd == pytest.approx(np.sqrt(between), rel=1e-4)
    assert found.values == pytest.approx(effects - share * (effects - 1.0), rel=1e-4)


def test_the_less_sure_is_drawn_more():
    found = shrink(np.array([0.0, 0.1, -0.1, 0.05, 2.0, 2.0]), np.array([0.5, 0.5, 0.5, 0.5, 0.3, 3.0]))
    assert found.values[4] > found.values[5] > found.centre


def test_effects_that_differ_by_noise_alone_become_one():
    found = shrink(np.array([0.1, 0.2, 0.15, 0.12, 0.18]), np.ones(5))
    assert found.sd == 0
    assert np.ptp(found.values) < np.ptp([0.1, 0.2])


def test_fewer_than_four_stay_as_they_are():
    found = shrink(np.array([0.0, 1.0, 2.0]), np.ones(3))
    assert found.values.tolist() == [0.0, 1.0, 2.0]
    assert found.high[0] == pytest.approx(1.959964, abs=1e-6)
    assert np.isnan(found.centre)


def test_nearer_to_the_truth_and_covered_by_simulation():
    rng, runs, k = np.random.default_rng(0), 150, 12
    inside, shrunk, raw = [], [], []
    for _ in range(runs):
        errors = rng.uniform(0.1, 0.8, k)
        truth = 0.3 + 0.4 * rng.normal(size=k)
        effects = truth + errors * rng.normal(size=k)
        found = shrink(effects, errors)
        inside.append(((found.low <= truth) & (truth <= found.high)).mean())
        shrunk.append(((found.values - truth) ** 2).mean())
        raw.append(((effects - truth) ** 2).mean())
    # Monte-Carlo standard error of the coverage: about .006
    assert np.mean(inside) > 0.95 - 3 * np.std(inside) / np.sqrt(runs)
    assert np.mean(shrunk) < 0.75 * np.mean(raw)


def test_impossible_errors_are_refused():
    with pytest.raises(PPPError, match=r"errors above 0, got errors \[1.0, 0.0\]"):
        shrink(np.zeros(2), np.array([1.0, 0.0]))
