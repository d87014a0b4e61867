"""Rankings of many predictors on the same prompts."""

import json
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.evaluation import compare, correlate_many
from ppp_core.evaluation.family import adjust, rank

SCIPY = {
    "pearson": scipy.stats.pearsonr,
    "spearman": scipy.stats.spearmanr,
    "kendall": scipy.stats.kendalltau,
}
MEASURES = tuple(SCIPY)


def made(n: int = 80, *, noise: tuple[float, ...] = (0.5, 0.6, 3.0), seed: int = 0, ties: bool = False):
    """Predictors with more and more noise, and the observed values; with ties, a ceiling and steps."""
    random = np.random.default_rng(seed)
    observed = random.normal(size=n)
    predicted = np.stack([observed + sigma * random.normal(size=n) for sigma in noise])
    return (np.round(predicted), np.minimum(np.round(observed), 0.0)) if ties else (predicted, observed)


def holm(p: list[float]) -> list[float]:
    """By the textbook: the i-th smallest of m times m - i, never below the one before it."""
    order = np.argsort(p)
    found, largest = [0.0] * len(p), 0.0
    for place, i in enumerate(order):
        largest = max(largest, min(1.0, p[i] * (len(p) - place)))
        found[i] = largest
    return found


def benjamini_hochberg(p: list[float]) -> list[float]:
    order = np.argsort(p)[::-1]
    found, smallest = [0.0] * len(p), 1.0
    for place, i in enumerate(order):
        smallest = min(smallest, p[i] * len(p) / (len(p) - place))
        found[i] = smallest
    return found


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("measure", MEASURES)
def test_values_and_intervals_are_those_of_correlate_many(measure, ties):
    predicted, observed = made(ties=ties)
    ranking = rank(predicted, observed, measure=measure, resamples=300, seed=3)
    alone = correlate_many(predicted, observed, resamples=300, seed=3)
    for one, expected, row in zip(ranking.predictors, alone, predicted, strict=True):
        assert one.estimate == getattr(expected, measure)
        assert one.estimate.value == pytest.approx(SCIPY[measure](row, observed).statistic)


@pytest.mark.parametrize("measure", MEASURES)
def test_differences_to_the_best_are_those_of_compare(measure):
    predicted, observed = made()
    ranking = rank(predicted, observed, measure=measure, resamples=300, seed=3)
    assert ranking.best == 0
    expected = getattr(compare(predicted[2], predicted[0], observed, resamples=300, seed=3), measure)
    found = ranking.predictors[2].difference
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )
    best = ranking.predictors[0]
    assert (best.difference.value, best.p, best.p_adjusted, best.tied) == (0.0, 1.0, 1.0, True)


@pytest.mark.parametrize("measure", ["pearson", "spearman"])
def test_p_is_the_difference_over_its_paired_bootstrap_error(measure):
    predicted, observed = made(60, noise=(0.8, 1.2))
    draws = np.random.default_rng(5).integers(0, 60, size=(300, 60))
    a, b = (
        np.array([SCIPY[measure](row[rows], observed[rows]).statistic for rows in draws]) for row in predicted
    )
    values = [SCIPY[measure](row, observed).statistic for row in predicted]
    z = (values[0] - values[1]) / (a - b).std(ddof=1)
    ranking = rank(predicted, observed, measure=measure, resamples=300, seed=5)
    assert ranking.predictors[1].p == pytest.approx(2 * scipy.stats.norm.sf(abs(z)))


def test_p_of_kendall_is_the_difference_over_its_jackknife_error():
    predicted, observed = made(40, noise=(0.8, 1.2), ties=True)
    a, b = (
        np.array([SCIPY["kendall"](np.delete(row, i), np.delete(observed, i)).statistic for i in range(40)])
        for row in predicted
    )
    error = math.sqrt(39 / 40 * np.sum((a - b - (a - b).mean()) ** 2))
    values = [SCIPY["kendall"](row, observed).statistic for row in predicted]
    ranking = rank(predicted, observed, measure="kendall")
    worse = ranking.predictors[1 - ranking.best]
    assert worse.p == pytest.approx(2 * scipy.stats.norm.sf(abs(values[0] - values[1]) / error))
    assert ranking.resamples == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_seeds_are_averaged_within_each_resample(measure):
    predicted, observed = made(40, noise=(0.8, 0.9, 1.0, 2.0))
    ragged = [predicted[:3], predicted[3]]
    ranking = rank(ragged, observed, measure=measure, resamples=200, seed=1)
    coefficients = [SCIPY[measure](row, observed).statistic for row in predicted[:3]]
    first = ranking.predictors[0]
    assert (first.n_seeds, ranking.predictors[1].n_seeds) == (3, 1)
    assert first.estimate.value == pytest.approx(np.mean(coefficients))
    assert first.sd_seeds == pytest.approx(np.std(coefficients, ddof=1))
    assert math.isnan(ranking.predictors[1].sd_seeds)
    if measure != "kendall":
        draws = np.random.default_rng(1).integers(0, 40, size=(200, 40))
        means = [
            np.mean([SCIPY[measure](row[rows], observed[rows]).statistic for row in predicted[:3]])
            for rows in draws
        ]
        ends = np.quantile(means, [0.025, 0.975])
        assert (first.estimate.low, first.estimate.high) == pytest.approx(tuple(ends))


def test_an_array_with_seeds_is_a_list_with_seeds():
    predicted, observed = made(30, noise=(0.5, 0.6, 1.0, 1.1))
    stacked = rank(predicted.reshape(2, 2, 30), observed, resamples=100)
    listed = rank([predicted[:2], predicted[2:]], observed, resamples=100)
    assert json.dumps(stacked.as_dict()) == json.dumps(listed.as_dict())


@pytest.mark.parametrize(
    ("correction", "by_hand"), [("holm", holm), ("benjamini-hochberg", benjamini_hochberg), ("none", list)]
)
def test_p_values_are_adjusted_over_all_pairs(correction, by_hand):
    predicted, observed = made(50, noise=(0.8, 0.9, 1.2, 1.6), seed=4)
    raw = np.array(rank(predicted, observed, resamples=200, correction="none").p_pairs)
    adjusted = np.array(rank(predicted, observed, resamples=200, correction=correction).p_pairs)
    pairs = np.tril_indices(4, -1)
    assert adjusted[pairs] == pytest.approx(by_hand(list(raw[pairs])))
    np.testing.assert_array_equal(adjusted, adjusted.T)
    assert np.isnan(np.diag(adjusted)).all()


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusting_is_the_textbooks(p):
    assert adjust(p).tolist() == pytest.approx(holm(p))
    assert adjust(p, "benjamini-hochberg").tolist() == pytest.approx(benjamini_hochberg(p))
    assert adjust(p, "none").tolist() == p


@pytest.mark.parametrize(("method", "name"), [("holm", "holm"), ("benjamini-hochberg", "fdr_bh")])
def test_adjusting_is_that_of_statsmodels(method, name):
    from statsmodels.stats.multitest import multipletests

    p = [0.04, 0.0, 0.03, 0.03, 0.2, 1.0, 0.011]
    expected = multipletests(p, method=name)[1]
    assert adjust(p, method).tolist() == pytest.approx(list(expected))
    assert adjust(np.array(p[:6]).reshape(2, 3), method).shape == (2, 3)


def test_undefined_tests_count_for_nothing():
    assert adjust([0.02, math.nan, 0.03]).tolist() == pytest.approx([0.04, math.nan, 0.04], nan_ok=True)
    assert np.isnan(adjust([math.nan, math.nan])).all()


def test_ties_letters_and_ranks():
    predicted, observed = made(300, noise=(3.0, 0.5, 0.5, 3.1))
    ranking = rank(predicted, observed, resamples=400)
    assert [one.letters for one in ranking.predictors] == ["b", "a", "a", "b"]
    assert [one.tied for one in ranking.predictors] == [False, True, True, False]
    assert sorted(one.rank for one in ranking.predictors) == [1, 2, 3, 4]
    assert {one.rank for one in ranking.predictors[1:3]} == {1, 2}
    assert [sorted(group) for group in ranking.groups] == [[1, 2], [0, 3]]
    assert ranking.groups[0][0] == ranking.best


def test_tied_is_sharing_a_letter_with_the_best():
    predicted, observed = made(120, noise=(0.7, 0.8, 0.9, 1.1, 1.4, 2.0), seed=2)
    ranking = rank(predicted, observed, resamples=400)
    best = set(ranking.predictors[ranking.best].letters)
    assert {one.tied for one in ranking.predictors} == {True, False}
    for i, one in enumerate(ranking.predictors):
        assert one.tied == bool(best & set(one.letters))
        if i != ranking.best:
            assert one.p_adjusted == ranking.p_pairs[i][ranking.best]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_same_predictor_twice_is_tied(measure):
    predicted, observed = made(40, noise=(0.5, 5.0))
    ranking = rank(
        [predicted[0], 2 * predicted[0] + 1, predicted[1]], observed, measure=measure, resamples=200
    )
    assert ranking.p_pairs[0][1] == 1.0
    assert [one.tied for one in ranking.predictors] == [True, True, False]


def test_perfectly_right_and_perfectly_wrong_are_different():
    steps = np.arange(20.0)
    ranking = rank([-steps, steps], steps, resamples=100)
    assert (ranking.best, ranking.predictors[0].p) == (1, 0.0)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_constant_predictor_is_undefined_and_compared_with_nothing(measure):
    predicted, observed = made(40, noise=(0.5, 0.6))
    flat = np.stack([predicted[0], np.ones(40)])  # constant in one of two seeds
    ranking = rank([predicted[0], flat, predicted[1]], observed, measure=measure, resamples=100)
    undefined = ranking.predictors[1]
    assert math.isnan(undefined.estimate.value)
    assert undefined.estimate.reason == "predicted is constant"
    assert (undefined.rank, undefined.tied, undefined.letters) == (None, False, "")
    assert math.isnan(undefined.p_adjusted)
    without = rank(predicted, observed, measure=measure, resamples=100)
    assert ranking.p_pairs[0][2] == without.p_pairs[0][1]


def test_constant_observed_leaves_no_best():
    ranking = rank(made(20)[0], np.ones(20), resamples=100)
    assert (ranking.best, ranking.groups) == (None, ())
    assert {one.estimate.reason for one in ranking.predictors} == {"observed is constant"}
    json.dumps(ranking.as_dict(), allow_nan=False)


def test_missing_values_are_dropped_for_all_and_counted():
    predicted, observed = made(30)
    with_holes = [predicted[0], np.stack([predicted[1], predicted[1]]), predicted[2]]
    with_holes[1][1, 4] = math.nan
    holes = observed.copy()
    holes[7] = math.nan
    ranking = rank(with_holes, holes, resamples=100)
    assert (ranking.n, ranking.n_dropped) == (28, 2)


def test_one_predictor_is_the_best():
    predicted, observed = made(30)
    (only,) = rank(predicted[:1], observed, resamples=100).predictors
    assert (only.rank, only.tied, only.letters) == (1, True, "a")


@pytest.mark.parametrize(
    ("predicted", "options", "message"),
    [
        ([], {}, "at least one predictor, got none"),
        ([[1, 2, 3, 4], [1, 2, 3]], {}, "got 4 of the first predictor and 3 at position 1"),
        (np.zeros((1, 2, 2, 5)), {}, r"got \(2, 2, 5\) at position 0"),
        ([[1, 2, 3]], {}, r"got predicted \(1, 3\) and observed \(4,\)"),
        ([[1, 2, 3, 4]], {"measure": "pearsons"}, "Unknown measure 'pearsons'. Did you mean 'pearson'"),
        ([[1, 2, 3, 4]], {"correction": "holms"}, "Unknown correction 'holms'. Did you mean 'holm'"),
        ([[1, 2, 3, 4]], {"resamples": 9}, "at least 100 resamples, got 9"),
    ],
)
def test_bad_input_is_told(predicted, options, message):
    with pytest.raises(PPPError, match=message):
        rank(predicted, [1, 2, 4, 3], **options)


def test_p_values_outside_are_refused():
    with pytest.raises(PPPError, match=r"in \[0, 1\], got 0.5 to 1.5"):
        adjust([0.5, 1.5])
