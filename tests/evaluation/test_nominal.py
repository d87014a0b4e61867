"""Do intervals hold the truth, and do tests raise false alarms, as often as they say? Simulations.

Tolerances are those of the simulation alone: the range that a binomial count around the nominal share leaves
once in a thousand. The quick versions run always; the ones marked slow see deviations a third as large.
"""

import math

import numpy as np
import pytest
import scipy.stats

from ppp_core.evaluation import compare, correlate
from ppp_core.evaluation.family import adjust, rank
from ppp_core.evaluation.results import COEFFICIENTS
from ppp_core.evaluation.steiger import compare_pairs, meng

LEVEL = 0.05
# Of two normal variables with Pearson's r = .5.
TRUTH = {"pearson": 0.5, "spearman": 6 / math.pi * math.asin(0.25), "kendall": 2 / math.pi * math.asin(0.5)}

slow = pytest.mark.slow


def allowed(share: float, samples: int, *, risk: float = 1e-3) -> tuple[float, float]:
    """The range of shares that a true share leaves with this risk, by the binomial distribution."""
    low, high = scipy.stats.binom.ppf([risk / 2, 1 - risk / 2], samples, share)
    return low / samples, high / samples


def check(count: int, samples: int, share: float, what: str) -> None:
    low, high = allowed(share, samples)
    assert low <= count / samples <= high, f"{what}: {count / samples:.4f} is not in {low:.4f} to {high:.4f}"


def normal_rows(correlations: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Normal variables with these true correlations, shape (variables, n)."""
    root = np.linalg.cholesky(correlations)
    return root @ np.random.default_rng(seed).normal(size=(len(root), n))


def equal_predictors(k: int, *, r: float = 0.5, between: float = 0.6) -> np.ndarray:
    """True correlations of k predictors that do equally well; the observed values come last."""
    found = np.full((k + 1, k + 1), between)
    found[-1] = found[:, -1] = r
    np.fill_diagonal(found, 1.0)
    return found


def test_tolerance_is_the_binomials():
    low, high = allowed(0.05, 400)
    assert (
        scipy.stats.binom.cdf(low * 400 - 1, 400, 0.05) < 5e-4 < scipy.stats.binom.cdf(low * 400, 400, 0.05)
    )
    assert (
        scipy.stats.binom.sf(high * 400, 400, 0.05) < 5e-4 < scipy.stats.binom.sf(high * 400 - 1, 400, 0.05)
    )


@pytest.mark.parametrize(
    ("samples", "n", "resamples"), [(600, 150, 300), pytest.param(2000, 300, 500, marks=slow)]
)
def test_intervals_hold_the_true_coefficient(samples, n, resamples):
    inside = dict.fromkeys(COEFFICIENTS, 0)
    for seed in range(samples):
        predicted, observed = normal_rows(equal_predictors(1), n, seed)
        result = correlate(predicted, observed, resamples=resamples, seed=seed)
        for name, truth in TRUTH.items():
            estimate = getattr(result, name)
            inside[name] += estimate.low <= truth <= estimate.high
    for name, count in inside.items():
        check(count, samples, 1 - LEVEL, name)


@pytest.mark.parametrize(
    ("samples", "n", "resamples"), [(600, 150, 300), pytest.param(2000, 300, 500, marks=slow)]
)
def test_comparisons_of_equal_predictors_are_false_alarms_as_often_as_they_say(samples, n, resamples):
    alarms = dict.fromkeys([*COEFFICIENTS, "williams", "meng"], 0)
    for seed in range(samples):
        a, b, observed = normal_rows(equal_predictors(2), n, seed)
        result = compare(a, b, observed, resamples=resamples, seed=seed)
        for name in COEFFICIENTS:
            alarms[name] += result.verdict_by(name) != "tied"
        alarms["williams"] += result.williams.p < LEVEL
        r_a, r_b = result.a.pearson.value, result.b.pearson.value
        alarms["meng"] += meng(r_a, r_b, np.corrcoef(a, b)[0, 1], n).p < LEVEL
    for name, count in alarms.items():
        check(count, samples, LEVEL, name)


@pytest.mark.parametrize(("samples", "n"), [(2000, 150), pytest.param(20_000, 300, marks=slow)])
def test_steigers_test_of_equal_pairs_is_a_false_alarm_as_often_as_it_says(samples, n):
    correlations = np.array([[1, 0.5, 0.6, 0.3], [0.5, 1, 0.3, 0.4], [0.6, 0.3, 1, 0.5], [0.3, 0.4, 0.5, 1]])
    alarms = misses = 0
    for seed in range(samples):
        x, y, u, v = normal_rows(correlations, n, seed)
        test = compare_pairs(x, y, u, v)
        alarms += test.p < LEVEL
        misses += not test.low <= 0 <= test.high
    check(alarms, samples, LEVEL, "steiger")
    assert misses == alarms  # the interval and the test are one


@pytest.mark.parametrize("measure", COEFFICIENTS)
@pytest.mark.parametrize(
    ("samples", "n", "k", "resamples"), [(600, 120, 5, 200), pytest.param(2000, 200, 8, 300, marks=slow)]
)
def test_a_ranking_of_equal_predictors_finds_a_difference_as_rarely_as_it_says(
    measure, samples, n, k, resamples
):
    alarms = dict.fromkeys(["holm", "none", "best alone"], 0)
    for seed in range(samples):
        *predicted, observed = normal_rows(equal_predictors(k), n, seed)
        raw = rank(predicted, observed, measure=measure, resamples=resamples, seed=seed, correction="none")
        p = np.array(raw.p_pairs)
        alarms["none"] += np.nanmin(p) < LEVEL
        alarms["holm"] += np.nanmin(adjust(p[np.tril_indices(k, -1)])) < LEVEL
        alarms["best alone"] += np.nanmin(adjust(p[raw.best])) < LEVEL
    _, high = allowed(LEVEL, samples)
    # Holm's promise is an upper one; comparisons that share predictors keep it below the level.
    assert 0 < alarms["holm"] / samples <= high, alarms
    assert alarms["none"] / samples > 2 * high, alarms
    # Adjusting for the comparisons with the best alone, which the same prompts chose, is not enough.
    assert alarms["best alone"] > alarms["holm"], alarms


def test_differences_that_are_there_are_found():
    correlations = equal_predictors(3, between=0.4)
    correlations[0, -1] = correlations[-1, 0] = 0.8
    found = 0
    for seed in range(40):
        *predicted, observed = normal_rows(correlations, 300, seed)
        ranking = rank(predicted, observed, resamples=200, seed=seed)
        found += [one.tied for one in ranking.predictors] == [True, False, False]
    assert found >= 38
