"""Pitman and Morgan's test against its textbook formula, and by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from ppp_core.errors import PPPError
from ppp_core.spread.pitman_morgan import combined, combined_ranks, pitman_morgan


def paired(n, correlation, ratio, rng):
    first = rng.normal(size=n)
    return first, ratio * (correlation * first + math.sqrt(1 - correlation**2) * rng.normal(size=n))


def test_it_is_the_textbook_formula():
    first, second = paired(14, 0.6, 1.7, np.random.default_rng(3))
    found = pitman_morgan(first, second)
    # Snedecor and Cochran: t from the ratio of variances F and the correlation r of the two columns
    ratio, r = second.var(ddof=1) / first.var(ddof=1), np.corrcoef(first, second)[0, 1]
    t = (ratio - 1) * math.sqrt(14 - 2) / math.sqrt(4 * ratio * (1 - r**2))
    assert found.t == pytest.approx(t)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 12))
    assert math.exp(2 * found.log_ratio) == pytest.approx(ratio)


def test_its_p_is_that_of_the_correlation_of_sum_and_difference():
    first, second = paired(9, -0.2, 0.5, np.random.default_rng(4))
    expected = stats.pearsonr(first + second, second - first)
    found = pitman_morgan(first, second)
    assert (found.r, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.spearman == pytest.approx(stats.spearmanr(first + second, second - first).statistic)


def test_the_limits_are_where_the_test_turns():
    first, second = paired(12, 0.5, 1.3, np.random.default_rng(5))
    found = pitman_morgan(first, second, confidence=0.9)
    for end in (found.low, found.high):
        assert pitman_morgan(first, second / math.exp(end)).p == pytest.approx(0.1, abs=1e-9)


def test_size_and_coverage_by_simulation():
    rng, runs, ratio = np.random.default_rng(6), 1500, 0.8
    found = [pitman_morgan(*paired(8, 0.4, ratio, rng)) for _ in range(runs)]
    null = [pitman_morgan(*paired(8, 0.4, 1.0, rng)) for _ in range(runs)]
    reach = 3 * math.sqrt(0.05 * 0.95 / runs)  # three Monte-Carlo standard errors
    inside = np.mean([one.low <= math.log(ratio) <= one.high for one in found])
    assert abs(inside - 0.95) < reach
    assert abs(np.mean([one.p < 0.05 for one in null]) - 0.05) < reach


def test_combined_tests_keep_their_size_where_prompts_differ_in_scale():
    rng, runs = np.random.default_rng(7), 600
    ps, ranks = [], []
    for _ in range(runs):
        scales = np.exp(rng.normal(0, 1, 6))
        tests = [pitman_morgan(*(scale * one for one in paired(5, 0.3, 1.0, rng))) for scale in scales]
        ps.append(combined(tests)[1])
        ranks.append(combined_ranks(tests)[1])
    reach = 3 * math.sqrt(0.05 * 0.95 / runs)
    assert abs(np.mean(np.array(ps) < 0.05) - 0.05) < reach
    assert abs(np.mean(np.array(ranks) < 0.05) - 0.05) < reach


def test_combining_adds_up_what_single_prompts_cannot_tell():
    rng = np.random.default_rng(8)
    tests = [pitman_morgan(*paired(5, 0.3, 0.5, rng)) for _ in range(30)]
    z, p = combined(tests)
    assert z < 0
    assert p < 0.001 < np.median([one.p for one in tests])
    mean, p = combined_ranks(tests)
    assert mean < 0
    assert p < 0.001


def test_degrees_of_freedom_that_group_means_took_are_lost():
    first, second = paired(8, 0.0, 2.0, np.random.default_rng(9))
    assert (pitman_morgan(first, second).df, pitman_morgan(first, second, lost=2).df) == (6, 4)
    assert pitman_morgan(first, second, lost=2).p > pitman_morgan(first, second).p


def test_constants_and_parallels():
    rising = np.arange(5.0)
    assert math.isnan(pitman_morgan(rising, np.ones(5)).p)
    parallel = pitman_morgan(rising, rising + 1)
    assert (parallel.p, parallel.log_ratio) == (1.0, 0.0)
    assert combined([pitman_morgan(rising, np.ones(5))]) == pytest.approx((math.nan, math.nan), nan_ok=True)
    assert combined_ranks([]) == pytest.approx((math.nan, math.nan), nan_ok=True)


def test_too_few_pairs_are_refused():
    with pytest.raises(PPPError, match=r"3 or more pairs, got 2 and 2 values"):
        pitman_morgan(np.arange(2.0), np.arange(2.0))
    with pytest.raises(PPPError, match=r"got 3 and 4 values"):
        pitman_morgan(np.arange(3.0), np.arange(4.0))
