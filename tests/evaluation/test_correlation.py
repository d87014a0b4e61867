"""Coefficients, their intervals, and comparisons of two predictors."""

import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.evaluation import compare, correlate, correlate_many
from ppp_core.evaluation.results import COEFFICIENTS

SCIPY = {
    "pearson": scipy.stats.pearsonr,
    "spearman": scipy.stats.spearmanr,
    "kendall": scipy.stats.kendalltau,
}


def paired(n: int, *, slope: float = 0.5, seed: int = 0, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and observed values; with ties, both in steps and half of the observed at a ceiling."""
    random = np.random.default_rng(seed)
    predicted = random.normal(size=n)
    observed = slope * predicted + math.sqrt(1 - slope**2) * random.normal(size=n)
    if ties:
        return np.round(predicted * 2), np.minimum(np.round(observed * 2), 0.0)
    return predicted, observed


def off_by_one_swap(n: int) -> tuple[list[int], list[int]]:
    """1..n, and the same with its last two swapped."""
    return list(range(1, n + 1)), [*range(1, n - 1), n, n - 1]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_values_are_scipys(coefficient, ties):
    predicted, observed = paired(150, ties=ties)
    result = correlate(predicted, observed, resamples=100)
    reference = SCIPY[coefficient](predicted, observed).statistic
    assert getattr(result, coefficient).value == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("coefficient", ["pearson", "spearman"])
def test_bootstrap_intervals_are_scipys_on_the_same_draws(coefficient, ties):
    predicted, observed = paired(40, ties=ties)
    reference = scipy.stats.bootstrap(
        (predicted, observed),
        lambda x, y: SCIPY[coefficient](x, y).statistic,
        paired=True,
        vectorized=False,
        n_resamples=300,
        method="percentile",
        rng=np.random.default_rng(7),
    ).confidence_interval
    ours = getattr(correlate(predicted, observed, resamples=300, seed=7), coefficient)
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), abs=1e-9)


@pytest.mark.parametrize("ties", [False, True])
def test_kendall_jackknife_is_leaving_each_prompt_out_with_scipy(ties):
    predicted, observed = paired(60, ties=ties)
    without = np.array(
        [scipy.stats.kendalltau(np.delete(predicted, i), np.delete(observed, i)).statistic for i in range(60)]
    )
    error = math.sqrt(59 / 60 * np.sum((without - without.mean()) ** 2))
    tau = correlate(predicted, observed, resamples=100).kendall
    # The ends lie evenly around the value on Fisher's z scale, 1.96 errors away.
    reach = 1.959964 * error / (1 - tau.value**2)
    assert math.atanh(tau.high) - math.atanh(tau.value) == pytest.approx(reach, rel=1e-6)
    assert math.atanh(tau.value) - math.atanh(tau.low) == pytest.approx(reach, rel=1e-6)


def test_kendall_jackknife_agrees_with_a_bootstrap():
    predicted, observed = paired(200, ties=True)
    random = np.random.default_rng(1)
    draws = random.integers(0, 200, size=(600, 200))
    sampled = [scipy.stats.kendalltau(predicted[rows], observed[rows]).statistic for rows in draws]
    low, high = np.quantile(sampled, [0.025, 0.975])
    tau = correlate(predicted, observed, resamples=100).kendall
    # 600 resamples put the ends within about a tenth of the interval's width.
    assert (tau.low, tau.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_blocks_do_not_change_the_interval(monkeypatch):
    predicted, observed = paired(30)
    whole = correlate(predicted, observed, resamples=200)
    monkeypatch.setattr("ppp_core.evaluation.resampling._BLOCK", 7 * 30)
    monkeypatch.setattr("ppp_core.evaluation.kendall._BLOCK", 7 * 30)
    in_sevens = correlate(predicted, observed, resamples=200)
    for coefficient in COEFFICIENTS:
        one, other = getattr(whole, coefficient), getattr(in_sevens, coefficient)
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_intervals_hold_the_true_value_as_often_as_they_say():
    # 200 samples of 60 from a correlation of .5: 95 % nominal, Monte-Carlo standard error 1.5 %.
    truth = {
        "pearson": 0.5,
        "spearman": 6 / math.pi * math.asin(0.25),
        "kendall": 2 / math.pi * math.asin(0.5),
    }
    inside = dict.fromkeys(truth, 0)
    for seed in range(200):
        result = correlate(*paired(60, seed=seed), resamples=400, seed=seed)
        for coefficient, value in truth.items():
            estimate = getattr(result, coefficient)
            inside[coefficient] += estimate.low <= value <= estimate.high
    for coefficient, hits in inside.items():
        assert 0.90 <= hits / 200 <= 0.99, coefficient


def test_more_confidence_is_wider_and_the_seed_matters():
    predicted, observed = paired(50)
    narrow = correlate(predicted, observed, resamples=500, confidence=0.8)
    wide = correlate(predicted, observed, resamples=500, confidence=0.99)
    for coefficient in COEFFICIENTS:
        inner, outer = getattr(narrow, coefficient), getattr(wide, coefficient)
        assert outer.low < inner.low < inner.value < inner.high < outer.high
    again = correlate(predicted, observed, resamples=500, confidence=0.8)
    other = correlate(predicted, observed, resamples=500, confidence=0.8, seed=1)
    assert again == narrow
    assert other.pearson.low != narrow.pearson.low


def test_missing_pairs_are_dropped_and_counted():
    nan = math.nan
    result = correlate([1, nan, 2, 3, 4, 9], [1, 2, 2, 4, 3, nan], resamples=100)
    assert (result.n, result.n_dropped) == (4, 2)
    assert result.pearson.value == pytest.approx(scipy.stats.pearsonr([1, 2, 3, 4], [1, 2, 4, 3]).statistic)


def test_missing_values_of_pandas_are_missing_too():
    predicted = pd.Series([1, 2, 3, 4, pd.NA], dtype="Int64")
    result = correlate(predicted, pd.Series([1.0, 2.0, 4.0, 3.0, 5.0]), resamples=100)
    assert (result.n, result.n_dropped) == (4, 1)


@pytest.mark.filterwarnings("error")
def test_constants_are_nan_with_a_reason_and_no_warning():
    result = correlate([5.0] * 6, range(6), resamples=100)
    for coefficient in COEFFICIENTS:
        estimate = getattr(result, coefficient)
        assert math.isnan(estimate.value)
        assert math.isnan(estimate.low)
        assert estimate.reason == "predicted is constant"
    assert correlate(range(6), [0.1] * 6, resamples=100).spearman.reason == "observed is constant"


@pytest.mark.filterwarnings("error")
def test_a_value_that_is_constant_up_to_rounding_is_constant():
    almost = 0.3 + np.array([0.0, 1e-16, -1e-16, 0.0, 1e-16])
    assert correlate(almost, range(5), resamples=100).pearson.reason == "predicted is constant"


@pytest.mark.filterwarnings("error")
def test_constant_resamples_are_left_out_and_counted():
    # One prompt in six differs: (5/6)^6 = 33 % of the resamples never draw it.
    result = correlate([0, 0, 0, 0, 0, 1], [1, 2, 3, 4, 5, 6], resamples=2000)
    assert 0.28 < result.undefined_resamples / 2000 < 0.40
    assert result.pearson.low <= result.pearson.value <= result.pearson.high
    assert result.kendall.reason == "without one prompt, one side is constant"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_perfect_order_at_any_scale(scale):
    result = correlate(np.arange(6) * scale, np.arange(6), resamples=100)
    for coefficient in COEFFICIENTS:
        estimate = getattr(result, coefficient)
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx((1.0, 1.0, 1.0))


def test_what_cannot_be_correlated_is_refused():
    with pytest.raises(PPPError, match=r"got predicted \(3,\) and observed \(4,\)"):
        correlate([1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(PPPError, match=r"at least 4 prompts with every value, got 3 \(1 dropped\)"):
        correlate([1, 2, 3, math.nan], [1, 2, 3, 4])
    with pytest.raises(PPPError, match="infinite observed value at position 2"):
        correlate([1, 2, 3, 4], [1, 2, math.inf, 4])
    with pytest.raises(PPPError, match="infinite predicted value at position 1"):
        correlate([1, -math.inf, 3, 4], [1, 2, 3, 4])
    with pytest.raises(PPPError, match=r"predicted needs to hold numbers only: .*'high'"):
        correlate([1, 2, 3, "high"], [1, 2, 3, 4])
    with pytest.raises(PPPError, match=r"one row of numbers, got shape \(1, 4\)"):
        correlate([[1, 2, 3, 4]], [1, 2, 3, 4])
    with pytest.raises(PPPError, match=r"\(predictors, prompts\), got \(4,\)"):
        correlate_many([1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(PPPError, match="at least one predictor, got none"):
        correlate_many(np.empty((0, 4)), [1, 2, 3, 4])
    with pytest.raises(PPPError, match="at least 100 resamples, got 99"):
        correlate([1, 2, 3, 4], [1, 2, 3, 4], resamples=99)
    with pytest.raises(PPPError, match=r"such as 0\.95, got 95"):
        correlate([1, 2, 3, 4], [1, 2, 3, 4], confidence=95)


def test_many_predictors_get_what_each_gets_alone():
    predicted, observed = paired(80)
    many = np.stack([predicted, -predicted, np.random.default_rng(3).normal(size=80)])
    together = correlate_many(many, observed, resamples=300, seed=4)
    for row, result in zip(many, together, strict=True):
        alone = correlate(row, observed, resamples=300, seed=4)
        for coefficient in COEFFICIENTS:
            one, other = getattr(alone, coefficient), getattr(result, coefficient)
            assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


values = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=5, max_size=30).filter(
    lambda pairs: len({x for x, _ in pairs}) > 1 and len({y for _, y in pairs}) > 1
)


@settings(max_examples=60, deadline=None)
@given(values, st.randoms())
def test_order_of_prompts_does_not_matter_and_sides_can_be_swapped(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    first = correlate(*zip(*pairs, strict=True), resamples=100)
    second = correlate(*zip(*shuffled, strict=True), resamples=100)
    swapped = correlate(*list(zip(*pairs, strict=True))[::-1], resamples=100)
    for coefficient in COEFFICIENTS:
        value = getattr(first, coefficient).value
        assert getattr(second, coefficient).value == pytest.approx(value, abs=1e-12)
        assert getattr(swapped, coefficient).value == pytest.approx(value, abs=1e-12)
        assert value == pytest.approx(_scipy_value(coefficient, pairs), abs=1e-9)


def _scipy_value(coefficient: str, pairs: list) -> float:
    return SCIPY[coefficient](*zip(*pairs, strict=True)).statistic


@settings(max_examples=40, deadline=None)
@given(values, st.integers(1, 9), st.integers(-9, 9))
def test_ranks_ignore_monotone_changes_and_pearson_linear_ones(pairs, factor, offset):
    x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    plain = correlate(x, y, resamples=100)
    linear = correlate(x * factor + offset, y, resamples=100)
    cubed = correlate(x**3, y, resamples=100)
    assert linear.pearson.value == pytest.approx(plain.pearson.value, abs=1e-9)
    assert linear.pearson.low == pytest.approx(plain.pearson.low, abs=1e-6)
    assert cubed.spearman.low == pytest.approx(plain.spearman.low, abs=1e-9)
    assert cubed.kendall.value == plain.kendall.value
    assert cubed.kendall.low == pytest.approx(plain.kendall.low, nan_ok=True)


def test_compare_finds_the_better_and_swaps_with_the_order():
    predicted, observed = paired(300)
    worse = predicted + 2 * np.random.default_rng(5).normal(size=300)
    result = compare(predicted, worse, observed, resamples=500)
    swapped = compare(worse, predicted, observed, resamples=500)
    assert (result.verdict, swapped.verdict) == ("a", "b")
    assert result.williams.p < 0.001
    assert swapped.williams.t == pytest.approx(-result.williams.t)
    for coefficient in COEFFICIENTS:
        assert result.verdict_by(coefficient) == "a"
        ahead, behind = getattr(result, coefficient), getattr(swapped, coefficient)
        assert (ahead.low, ahead.high) == pytest.approx((-behind.high, -behind.low))
        assert ahead.value == pytest.approx(
            getattr(result.a, coefficient).value - getattr(result.b, coefficient).value
        )


def test_compare_pairs_its_resamples():
    # Two predictors that are nearly the same: apart their intervals overlap, paired they separate.
    predicted, observed = paired(400, slope=0.6)
    worse = predicted + 0.5 * np.random.default_rng(6).normal(size=400)
    result = compare(predicted, worse, observed, resamples=1000)
    assert result.a.pearson.low < result.b.pearson.high
    assert result.verdict == "a"
    # Were the two taus independent, their errors would add up to a wider interval than this.
    apart = math.hypot(*(side.kendall.high - side.kendall.low for side in (result.a, result.b)))
    assert result.kendall.high - result.kendall.low < 0.8 * apart
    assert (result.a, result.n) == (correlate(predicted, observed, resamples=1000), 400)


def test_difference_intervals_are_scipys_on_the_same_draws():
    predicted, observed = paired(40)
    other = predicted + np.random.default_rng(8).normal(size=40)

    def difference(a, b, y):
        return scipy.stats.pearsonr(a, y).statistic - scipy.stats.pearsonr(b, y).statistic

    reference = scipy.stats.bootstrap(
        (predicted, other, observed),
        difference,
        paired=True,
        vectorized=False,
        n_resamples=300,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    ours = compare(predicted, other, observed, resamples=300).pearson
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), abs=1e-9)


@pytest.mark.filterwarnings("error")
def test_equals_are_tied():
    predicted, observed = paired(50)
    result = compare(predicted, 3 * predicted + 1, observed, resamples=200)
    assert result.verdict == "tied"
    assert result.williams.p == 1.0
    for coefficient in COEFFICIENTS:
        assert getattr(result, coefficient).value == pytest.approx(0.0, abs=1e-12)


def test_equally_good_predictors_are_mostly_tied():
    # Two predictors with the same true correlation: at 95 %, about 5 in 100 are told apart by chance.
    told_apart = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        observed = random.normal(size=60)
        a, b = (observed + random.normal(size=60) for _ in range(2))
        told_apart += compare(a, b, observed, resamples=300, seed=seed).verdict != "tied"
    assert told_apart / 150 <= 0.12  # 5 % and four Monte-Carlo standard errors of 1.8 %


@pytest.mark.filterwarnings("error")
def test_a_constant_predictor_has_no_verdict_but_a_reason():
    result = compare(range(8), [1] * 8, range(8), resamples=100)
    assert result.verdict == "tied"
    assert result.pearson.reason == "predicted_b is constant"
    assert math.isnan(result.williams.p)


def test_compare_drops_a_prompt_that_lacks_any_value():
    nan = math.nan
    result = compare([1, 2, 3, 4, 5, nan], [2, 1, nan, 4, 3, 6], [1, 2, 3, 5, 4, 6], resamples=100)
    assert (result.n, result.n_dropped, result.a.n) == (4, 2, 4)


def test_compare_refuses_what_does_not_fit():
    with pytest.raises(PPPError, match=r"got predicted_a \(4,\) and predicted_b \(3,\)"):
        compare([1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(PPPError, match=r"got predicted \(2, 4\) and observed \(5,\)"):
        compare([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4, 5])
    result = compare(range(8), range(8), range(8), resamples=100)
    with pytest.raises(PPPError, match=r"Unknown coefficient 'pearsen'\. Did you mean 'pearson'"):
        result.verdict_by("pearsen")


def test_importing_costs_no_scipy():
    code = "import sys, ppp_core.evaluation; print('scipy' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_json_is_stable_and_undefined_is_null():
    form = json.loads(correlate([1.0] * 4, [1, 2, 3, 4], resamples=100).to_json())
    assert form == {
        "n": 4,
        "n_dropped": 0,
        "pearson": {"value": None, "low": None, "high": None, "reason": "predicted is constant"},
        "spearman": {"value": None, "low": None, "high": None, "reason": "predicted is constant"},
        "kendall": {"value": None, "low": None, "high": None, "reason": "predicted is constant"},
        "confidence": 0.95,
        "resamples": 100,
        "undefined_resamples": 100,
    }
    up, swapped = off_by_one_swap(12)
    comparison = json.loads(compare(up, swapped, up, resamples=100).to_json())
    assert list(comparison) == [
        "n", "n_dropped", "a", "b", "pearson", "spearman", "kendall", "williams", "confidence", "verdict",
    ]  # fmt: skip
    assert comparison["a"]["kendall"]["value"] == 1.0
    assert list(comparison["williams"]) == ["t", "df", "p"]
