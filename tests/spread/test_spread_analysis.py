"""The tests of spread against scipy, statsmodels and textbook formulas; ties, constants, one prompt."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.spread import SMALLEST, analyse
from ppp_core.spread import observations as observe
from ppp_core.spread import tests_frame as frame_of
from ppp_core.spread.battery import run_tests
from ppp_core.spread.ceiling import largest_spread, mean_adjusted, smooth_columns
from ppp_core.spread.descriptions import MEAN_TESTS, SPREAD_TESTS
from ppp_core.spread.equality import equality
from ppp_core.spread.halves import halves_of
from ppp_core.spread.models import fit_variance, location_scale, log_spread, mean_slope, quantile_slope
from ppp_core.spread.rank_tests import clustered_rank, partial_rank, rank_correlations
from ppp_core.spread.results import records
from ppp_core.spread.sample import sample_of
from ppp_core.spread.simulation import made_ratings, rating_world
from ppp_core.spread.trend import monotone, spread_trend
from ppp_core.targets import Target


@pytest.fixture(scope="module")
def narrowing():
    """200 prompts whose spread falls by a tenth with each modifier."""
    return rating_world(n_prompts=200, n_values=8, narrowing=0.1)(1)


@pytest.fixture(scope="module")
def analysis(narrowing):
    return analyse(narrowing, resamples=300)


def test_rank_correlations_are_scipys(narrowing):
    sample = sample_of(narrowing)
    spearman, kendall = rank_correlations(sample.count, sample.spread, resamples=200, seed=0)
    for ours, theirs in ((spearman, scipy.stats.spearmanr), (kendall, scipy.stats.kendalltau)):
        expected = theirs(sample.count, narrowing.prompts["sd"])
        assert (ours.estimate, ours.p) == pytest.approx((expected.statistic, expected.pvalue))
        assert ours.low < ours.estimate < ours.high


def test_partial_rank_is_the_correlation_of_what_is_left():
    random = np.random.default_rng(0)
    z, x, y = random.normal(size=(3, 60))
    x, y = x + z, y + z
    ranks = [scipy.stats.rankdata(one) for one in (x, y, z)]
    a, b = (scipy.stats.linregress(ranks[2], one) for one in ranks[:2])
    left = [one - (fit.intercept + fit.slope * ranks[2]) for one, fit in zip(ranks, (a, b), strict=False)]
    found = partial_rank(x, y, scipy.stats.rankdata(z)[:, None])
    assert found.estimate == pytest.approx(scipy.stats.pearsonr(*left).statistic)
    # without anything held equal, it is Spearman's
    assert partial_rank(x, y, np.empty((60, 0))).p == pytest.approx(scipy.stats.spearmanr(x, y).pvalue)


def test_what_tells_the_count_entirely_leaves_nothing():
    count = np.arange(20.0)
    found = partial_rank(count, np.sin(count), (3 * count + 1)[:, None])
    assert math.isnan(found.estimate)
    assert found.reason == "what is held equal tells the number of modifiers entirely"
    slope = location_scale(count, 1 + np.sin(count) ** 2, np.full(20, 3.0), (3 * count + 1)[:, None])
    assert slope.reason == "what is held equal tells the number of modifiers entirely"


def test_repeated_rows_of_a_prompt_add_no_evidence():
    random = np.random.default_rng(1)
    count, values = random.integers(0, 4, 80).astype(float), random.normal(size=80)
    once = clustered_rank(count, values, np.empty((80, 0)), np.arange(80), np.zeros(80))
    owner = np.tile(np.arange(80), 5)
    fives = clustered_rank(
        np.tile(count, 5), np.tile(values, 5), np.empty((400, 0)), owner, np.repeat(range(5), 80)
    )
    assert fives.estimate == pytest.approx(once.estimate)
    assert fives.p == pytest.approx(once.p, rel=1e-6)
    assert once.p == pytest.approx(scipy.stats.spearmanr(count, values).pvalue, rel=0.3)


def test_gamma_regression_is_statsmodels(narrowing):
    sample = sample_of(narrowing)
    design = sm.add_constant(sample.count)
    size = sample.variance.mean()
    family = sm.families.Gamma(sm.families.links.Log())
    theirs = sm.GLM(sample.variance / size, design, family=family, var_weights=sample.df / 2).fit()
    ours = fit_variance(sample.variance, sample.df, design)
    assert ours.params == pytest.approx(theirs.params, abs=1e-6)
    # with equal degrees of freedom, for a saturated design, HC3 is the textbook's
    slope = location_scale(sample.count, sample.variance, sample.df)
    assert slope.estimate == pytest.approx(math.expm1(theirs.params[1] / 2), abs=1e-6)
    assert slope.low < slope.estimate < slope.high < 0


def test_robust_errors_of_one_group_are_those_of_a_mean():
    variance = np.array([1.0, 2.0, 3.0, 6.0])
    fitted = fit_variance(variance, np.full(4, 2.0), np.ones((4, 1)))
    assert fitted.params[0] == pytest.approx(0)  # of the variances over their mean
    # (1 / n) sqrt(sum of squared deviations as a share of the mean, each over 1 - 1/n)
    assert fitted.errors[0] == pytest.approx(np.sqrt((((variance / 3 - 1) / 0.75) ** 2).sum()) / 4)


def test_zero_variances_count_in_the_model_and_have_no_logarithm():
    count = np.repeat([0.0, 1.0], 20)
    variance = np.concatenate([np.tile([0.0, 4.0], 10), np.full(20, 1.0)])
    assert location_scale(count, variance, np.ones(40)).estimate == pytest.approx(
        math.sqrt(0.5) - 1, abs=1e-3
    )
    assert "10 of 40 prompts have no spread at all" in log_spread(count, variance, np.ones(40)).reason


def test_log_spread_takes_out_what_few_values_do():
    """Prompts with two values and with twenty have one true spread."""
    random = np.random.default_rng(2)
    df = np.repeat([1.0, 19.0], 2000)
    variance = random.chisquare(df) / df
    assert abs(log_spread(np.repeat([0.0, 1.0], 2000), variance, df).estimate) < 0.05


def test_quantile_slope_is_that_of_the_groups_medians():
    count = np.repeat([0.0, 1.0], 51)
    spread = np.concatenate([np.linspace(0, 10, 51), np.linspace(3, 9, 51)])
    assert quantile_slope(count, spread, 0.5).estimate == pytest.approx(1.0, abs=1e-4)
    assert quantile_slope(count, spread, 0.25).estimate == pytest.approx(2.0, abs=0.1)  # between two values


def test_mean_slope_of_balanced_data_is_least_squares():
    random = np.random.default_rng(3)
    count = np.arange(60) % 4
    generator = np.tile(["x", "y", "z"], 60)
    raw = np.repeat(0.5 * count + random.normal(size=60), 3) + random.normal(0, 0.3, 180)
    raw += (generator == "x") * 2.0
    values = pd.DataFrame({"owner": np.repeat(range(60), 3), "generator": generator, "raw": raw})
    slope, how = mean_slope(values, count.astype(float))
    means = values.groupby("owner")["raw"].mean()
    assert how == "mixed"
    expected = scipy.stats.linregress(count, means)
    assert slope.estimate == pytest.approx(expected.slope, abs=1e-4)
    assert slope.p == pytest.approx(expected.pvalue, rel=0.05)
    one, how = mean_slope(values[generator == "y"], count.astype(float))
    assert how == "means"
    expected = sm.OLS(values.loc[generator == "y", "raw"].to_numpy(), sm.add_constant(count)).fit(
        cov_type="HC3"
    )
    assert one.estimate == pytest.approx(expected.params[1])


@pytest.mark.parametrize("name", ["levene", "brown-forsythe", "fligner-killeen"])
def test_equality_across_prompts_is_scipys(name):
    found = rating_world(n_prompts=80, meaning="prompts")(2)
    groups = [one["mean"].to_numpy() for _, one in found.prompts.groupby("count")]
    ours = equality(sample_of(found), name, resamples=200, seed=0)
    center = {"levene": "mean", "brown-forsythe": "median"}.get(name)
    theirs = scipy.stats.levene(*groups, center=center) if center else scipy.stats.fligner(*groups)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert ours.permutations == 0


def test_equality_within_prompts_is_an_analysis_of_distances(narrowing):
    values = narrowing.values.assign(
        count=narrowing.values["prompt_id"].map(narrowing.prompts.set_index("prompt_id")["count"])
    )
    by_prompt = values.groupby("prompt_id")["value"]
    sample = sample_of(narrowing)
    for name, center in (("levene", "mean"), ("brown-forsythe", "median")):
        distance = (values["value"] - by_prompt.transform(center)).abs() * math.sqrt(8 / 7)
        groups = [one.to_numpy() for _, one in distance.groupby(values["count"])]
        ours = equality(sample, name, resamples=200, seed=0)
        assert ours.statistic == pytest.approx(scipy.stats.f_oneway(*groups).statistic)
        assert ours.ratio == pytest.approx(groups[-1].mean() / groups[0].mean())
        assert ours.p == pytest.approx(1 / 201)
        assert ours.low < ours.ratio < ours.high < 1


def test_halves_share_no_value(narrowing):
    sample = sample_of(narrowing)
    halves = halves_of(narrowing, sample, seed=0, splits=2)
    assert len(halves.owner) == 2 * 2 * sample.n
    assert set(halves.df) == {3.0}
    # of the two halves of one split, mean variances and the whole variance fit together
    both = pd.DataFrame({"owner": halves.owner, "split": halves.part // 2, "variance": halves.variance})
    assert (
        3 * both.groupby(["owner", "split"])["variance"].sum() <= 7 * np.repeat(sample.variance, 2) + 1e-9
    ).all()
    # means are drawn towards those of their count
    own = np.array([sample.mean[sample.count == one].mean() for one in sample.count])
    assert (np.abs(halves.whole - own) <= np.abs(sample.mean - own) + 1e-12).all()


def test_two_values_cannot_be_halved():
    found = rating_world(n_prompts=60, n_values=2)(1)
    assert halves_of(found, sample_of(found), seed=0) is None
    told = analyse(found, resamples=100)
    assert "Too few prompts have three values" in " ".join(told.notes)
    assert math.isfinite(told.test("location-scale-mean").estimate)


def test_the_mean_adjusted_spread_is_free_of_the_ceiling():
    found = rating_world(n_prompts=800, n_values=10, rise=0.5, start=2.8)(3)
    sample = sample_of(found)
    factor = mean_adjusted(sample, halves_of(found, sample, seed=0))
    assert scipy.stats.spearmanr(sample.count, sample.spread).statistic < -0.2
    at_counts = [
        np.sqrt(np.mean(sample.variance[sample.count == one] * factor[sample.count == one] ** 2))
        for one in range(4)
    ]
    plain = [np.sqrt(np.mean(sample.variance[sample.count == one])) for one in range(4)]
    assert plain[3] / plain[0] < 0.85
    assert at_counts[3] / at_counts[0] == pytest.approx(1, abs=0.08)


def test_smooth_columns_are_straight_beyond_the_knots():
    x = np.linspace(0, 1, 201)
    columns = smooth_columns(x)
    for end in (slice(0, 9), slice(-9, None)):
        assert np.abs(np.diff(columns[end], n=2, axis=0)).max() < 1e-9
    assert np.abs(np.diff(columns, n=2, axis=0)).max() > 1e-5


def test_the_largest_spread_is_that_of_values_at_both_ends():
    values = np.array([0] * 3 + [5] * 7)
    assert largest_spread(values.mean(), 0, 5) == pytest.approx(values.std())


def test_trend_is_the_mean_of_the_prompts_spreads(narrowing, analysis):
    expected = narrowing.prompts.groupby("count")["sd"].mean()
    assert analysis.trend["spread"].tolist() == pytest.approx(expected.tolist())
    assert (analysis.trend["low"] < expected.to_numpy()).all()
    assert (analysis.trend["high"] > expected.to_numpy()).all()
    assert np.all(np.diff(analysis.trend["smooth"]) <= 0)
    across = rating_world(n_prompts=40, meaning="prompts")(1)
    expected = across.prompts.groupby("count")["mean"].std() / 0.972659  # c4 of ten
    found = spread_trend(sample_of(across), resamples=100, seed=0)["spread"]
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-5)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8))
def test_a_monotone_trend_only_rises_or_only_falls(values):
    fitted = monotone(np.array(values), np.ones(len(values)))
    steps = np.diff(fitted)
    assert (steps >= -1e-9).all() or (steps <= 1e-9).all()
    assert fitted.mean() == pytest.approx(np.mean(values), abs=1e-6)


def test_the_answer_and_its_tests(narrowing, analysis):
    assert analysis.strength == "clear"
    assert analysis.answer.startswith(
        "On Ratings (simulated), the rating score varies less with more modifiers: ρ −."
    )
    assert "200 prompts, across samples of one generator" in analysis.answer
    assert "less spread" in analysis.answer
    assert [one.name for one in analysis.tests] == [
        name for name in SPREAD_TESTS if name in {t.name for t in analysis.tests}
    ]
    p = [one.p for one in (*analysis.tests, *analysis.mean_tests)]
    adjusted = scipy.stats.false_discovery_control(p)
    assert [one.p_adjusted for one in (*analysis.tests, *analysis.mean_tests)] == pytest.approx(
        adjusted.tolist()
    )
    assert analysis.test("location-scale").estimate == pytest.approx(-0.1, abs=0.04)
    assert analysis.test("spearman").verdict == "less spread with more modifiers"
    assert analysis.test("mean-spearman").verdict == "no clear trend"
    with pytest.raises(PPPError, match="Unknown test 'pearson'"):
        analysis.test("pearson")
    assert analysis.counts["n_prompts"].tolist() == [50] * 4
    assert list(analysis.points.columns) == ["prompt_id", "prompt", "count", "sd", "mean_adjusted_sd", "mean"]
    assert len(frame_of(analysis.tests)) == len(analysis.tests)


def test_the_same_seed_gives_the_same_analysis(narrowing, analysis):
    assert analyse(narrowing, resamples=300).as_dict(points=True) == analysis.as_dict(points=True)


def test_the_json_has_no_nan(analysis):
    import json

    told = analysis.as_dict()
    json.dumps(told, allow_nan=False)
    assert "points" not in told
    assert len(analysis.as_dict(points=True)["points"]) == 200
    assert records(pd.DataFrame({"a": [1.0, math.nan]})) == [{"a": 1.0}, {"a": None}]


@pytest.mark.parametrize("meaning", ["samples", "prompts"])
def test_few_prompts_get_no_verdict(meaning):
    told = analyse(rating_world(n_prompts=24, meaning=meaning)(1), resamples=100)
    assert (told.enough, told.strength) == (False, "no verdict")
    assert "no verdict (24 prompts with a spread, 30 are wanted); so far ρ" in told.answer
    assert all(one.verdict.startswith(("no verdict: 24", "not made")) for one in told.tests)
    assert SMALLEST in " ".join(told.notes)


def test_one_count_only_has_no_trend():
    told = analyse(rating_world(n_prompts=40, counts=1)(1), resamples=100)
    assert told.strength == "no verdict"
    assert "every prompt has the same number of modifiers" in told.answer
    assert all(one.reason or one.name.startswith("mean-") for one in told.tests)
    assert len(told.trend) == 1


def test_constant_values_say_so():
    told = analyse(made_ratings(np.full((40, 4), 3.0), np.arange(40) % 2), resamples=100)
    assert told.strength == "no verdict"
    assert "the spread is the same for every prompt" in told.answer
    assert "40 of 40 prompts have no spread at all." in told.notes


def test_one_prompt_and_single_values():
    one = analyse(made_ratings(np.array([[1.0, 2.0, 4.0]]), np.array([1])), resamples=100)
    assert (one.n, one.strength) == (1, "no verdict")
    raw = np.full((40, 3), np.nan)
    raw[:, 0] = np.arange(40) / 10
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning):
        alone = made_ratings(raw, np.arange(40) % 2)
    with pytest.raises(PPPError, match="No prompt of simulated/rating has a spread across samples"):
        analyse(alone)


def test_bad_options_are_refused(narrowing):
    with pytest.raises(PPPError, match="at least 100 resamples, got 10"):
        analyse(narrowing, resamples=10)
    with pytest.raises(PPPError, match="a row of subjects a prompt, got 3 for 200"):
        analyse(narrowing, subjects=np.zeros((3, 2)))


def test_progress_is_told(narrowing):
    seen = []
    run_tests(
        narrowing, names=["spearman", "levene"], resamples=100, progress=lambda *step: seen.append(step)
    )
    assert seen == [(1, 2), (2, 2)]


def test_every_test_is_described():
    for name, told in (SPREAD_TESTS | MEAN_TESTS).items():
        assert told.title, name
        assert told.asks.endswith(("?", ".")), name
        assert told.source.endswith("."), name


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 20), st.integers(2, 5), st.integers(1, 3))
@example(2, 2, 2, 1)  # distances that do not differ within a count
@example(6, 19, 2, 1)  # medians between two values
def test_any_ratings_are_analysed(seed, n_prompts, n_values, step):
    """Whole-number ratings with ties, constant prompts and gaps."""
    random = np.random.default_rng(seed)
    raw = random.integers(1, 1 + 2 * step, size=(n_prompts, n_values)).astype(float)
    raw[:, 2:][random.random((n_prompts, n_values - 2)) < 0.3] = np.nan
    told = analyse(made_ratings(raw, random.integers(0, 3, n_prompts)), resamples=100)
    for one in (*told.tests, *told.mean_tests):
        assert one.reason or (0 <= one.p <= 1), one
        assert one.verdict
        assert math.isnan(one.low) or one.low <= one.estimate + 1e-9, one
        assert math.isnan(one.high) or one.estimate - 1e-9 <= one.high, one


def ratings_of_prompts(values, counts, judged_by="people"):
    target = Target("made/score", "Score", "score", 0.0, 3.0, judged_by, "about {value}", "Made.")
    card = Card("made", "Made", "Made.", "", "", "none", "", (target,))
    ids = [f"p{number}" for number in range(len(values))]
    prompts = pd.DataFrame({"prompt_id": ids, "prompt": ids, "n_modifiers": counts})
    return build(
        card, prompts, None, pd.DataFrame({"prompt_id": ids, "target": target.name, "value": values})
    )


def test_ratings_that_tie_in_the_middle_give_no_verdict_across_prompts():
    rng = np.random.default_rng(0)
    counts = np.repeat([0, 1], 60)
    tied = np.where(rng.random(120) < 0.5, 2.0, rng.uniform(0, 3, 120))
    told = analyse(observe(ratings_of_prompts(tied, counts), "made/score", meaning="prompts"), resamples=200)
    assert told.strength == "no verdict"
    assert "stand exactly on its middle" in told.answer
    smooth = rng.uniform(0, 3, 120)
    told = analyse(
        observe(ratings_of_prompts(smooth, counts), "made/score", meaning="prompts"), resamples=200
    )
    assert told.strength != "no verdict"


def test_a_users_own_column_has_no_known_ends():
    values = np.random.default_rng(0).uniform(0, 3, 80)
    for judged_by, known in {"people": True, "user": False}.items():
        dataset = ratings_of_prompts(values, np.repeat([0, 1], 40), judged_by)
        told = analyse(observe(dataset, "made/score", meaning="prompts"), resamples=200)
        assert np.isfinite(told.test("share-of-possible").p) == known
