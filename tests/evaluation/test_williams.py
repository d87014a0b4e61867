"""Williams' t against published examples."""

import math

import numpy as np
import pytest
import scipy.stats

from ppp_core.evaluation import williams


@pytest.mark.parametrize(
    ("r_a", "r_b", "r_ab", "n", "t", "p"),
    [
        # The R package bruceR, reference page of cor_diff: t(97) = -4.56, p = 1e-05
        (0.20, 0.45, 0.80, 100, -4.56, 1e-05),
        # Steiger's example as the R package psych describes it under r.test; t by his formula, by hand
        (0.4, 0.5, 0.1, 103, -0.89, 0.37),
    ],
)
def test_published_examples(r_a, r_b, r_ab, n, t, p):
    test = williams(r_a, r_b, r_ab, n)
    assert round(test.t, 2) == t
    assert test.df == n - 3
    assert float(f"{test.p:.2g}" if p > 0.01 else f"{test.p:.0e}") == p


def test_false_alarms_come_as_often_as_they_should():
    # Equal true correlations, 400 samples of 40: 5 % nominal, Monte-Carlo standard error 1.1 %.
    alarms = 0
    for seed in range(400):
        random = np.random.default_rng(seed)
        y = random.normal(size=40)
        r = np.corrcoef([y, y + random.normal(size=40), y + random.normal(size=40)])
        alarms += williams(r[0, 1], r[0, 2], r[1, 2], 40).p < 0.05
    assert 0.01 <= alarms / 400 <= 0.09


def test_a_useless_predictor_in_place_of_b_nearly_gives_the_plain_test_of_a():
    # r_b = 0 and r_ab = 0: for a large n the question is whether r_a is 0.
    plain = 0.05 / math.sqrt((1 - 0.05**2) / (10_000 - 2))
    assert williams(0.05, 0.0, 0.0, 10_000).t == pytest.approx(plain / math.sqrt(2), rel=0.01)


def test_same_predictor_is_no_evidence_and_undefined_stays_undefined():
    assert (williams(0.4, 0.4, 1.0, 50).t, williams(0.4, 0.4, 1.0, 50).p) == (0.0, 1.0)
    assert math.isnan(williams(0.4, math.nan, 0.3, 50).p)
    assert math.isnan(williams(0.4, -0.4, -1.0, 50).p)


def test_p_is_students():
    test = williams(0.5, 0.3, 0.2, 30)
    assert test.p == pytest.approx(2 * scipy.stats.t.cdf(-test.t, 27))
