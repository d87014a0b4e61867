"""The loss against scipy's normal distribution and numpy's correlation."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from ppp_core.adaptation.loss import Goal, loss_of
from ppp_core.adaptation.settings import Settings

ALL = np.arange(6)
VALUES = np.array([[0.0, 1.0], [2.0, 5.0], [2.0, np.nan], [2.0, 3.0], [1.0, 2.0], [2.0, 4.0]])
PLAIN = Settings(correlation=0.0, ceiling_share=2.0)


def test_a_goal_is_standardised_by_the_prompts_learned_from_alone():
    goal = Goal.of(VALUES, np.array([0, 1, 3]), PLAIN)
    assert goal.mean.tolist() == pytest.approx([4 / 3, 3.0])
    assert goal.scale[1] == pytest.approx(np.std([1, 5, 3]))
    assert goal.observed[4, 1] == pytest.approx((2 - 3) / np.std([1, 5, 3]), abs=1e-6)
    assert goal.known[:, 1].tolist() == [1, 1, 0, 1, 1, 1]


def test_squared_error_is_the_mean_over_known_values():
    goal = Goal.of(VALUES, ALL, PLAIN)
    scores = torch.zeros(6, 2)
    expected = np.square(goal.observed)[goal.known > 0].mean()
    assert loss_of(scores, goal, ALL, PLAIN).item() == pytest.approx(expected, rel=1e-6)


def test_only_a_target_crowded_at_its_top_is_censored():
    goal = Goal.of(VALUES, ALL, Settings(ceiling_share=0.5))
    assert goal.at_top[:, 0].tolist() == [0, 1, 1, 1, 0, 1]
    assert not goal.at_top[:, 1].any()


def test_a_censored_value_costs_the_log_chance_of_lying_above_it():
    settings = Settings(correlation=0.0, ceiling_share=0.5)
    goal = Goal.of(VALUES[:, :1], ALL, settings)
    scores = torch.full((6, 1), 0.3)
    at_top = goal.at_top[:, 0] > 0
    errors = np.square(0.3 - goal.observed[:, 0])
    hidden = -2 * norm.logsf(goal.observed[:, 0] - 0.3)
    expected = np.where(at_top, hidden, errors).mean()
    assert loss_of(scores, goal, ALL, settings).item() == pytest.approx(expected, rel=1e-5)


def test_a_score_above_the_ceiling_is_hardly_punished():
    settings = Settings(correlation=0.0, ceiling_share=0.5)
    goal = Goal.of(VALUES[:, :1], ALL, settings)
    top = np.array([1, 2, 3])
    assert loss_of(torch.full((3, 1), 6.0), goal, top, settings).item() < 1e-4
    assert loss_of(torch.full((3, 1), -6.0), goal, top, settings).item() > 20


def test_the_correlation_part_is_one_minus_pearson():
    random = np.random.default_rng(0)
    observed = random.normal(size=(40, 2))
    observed[3, 1] = np.nan
    rows = np.arange(40)
    plain, joined = PLAIN, Settings(correlation=1.0, ceiling_share=2.0)
    goal = Goal.of(observed, rows, plain)
    scores = random.normal(size=(40, 2)).astype(np.float32)
    known = [rows, np.delete(rows, 3)]
    expected = np.mean([1 - np.corrcoef(scores[k, t], observed[k, t])[0, 1] for t, k in enumerate(known)])
    difference = loss_of(torch.from_numpy(scores), goal, rows, joined) - loss_of(
        torch.from_numpy(scores), goal, rows, plain
    )
    assert difference.item() == pytest.approx(expected, abs=1e-5)


def test_quality_is_the_mean_correlation_over_targets():
    goal = Goal.of(VALUES, ALL, PLAIN)
    scores = np.column_stack([VALUES[:, 0], -np.nan_to_num(VALUES[:, 1])])
    assert goal.quality(scores, ALL) == pytest.approx(0.0, abs=1e-6)
    constant = np.column_stack([VALUES[:, 0], np.zeros(6)])
    assert goal.quality(constant, ALL) == pytest.approx(0.5, abs=1e-6)
