"""Do the tests of spread raise false alarms, find what is there, and hold the truth as often as they say?

Simulated data with a known truth, fixed seeds. Tolerances are those of the simulation alone: the range that a
binomial count around the nominal share leaves once in a thousand. The quick versions run always; the slow
ones see deviations a third as large. A larger simulation is kept in data/reference/spread_simulation.json.
"""

import numpy as np
import pytest
import scipy.stats

from ppp_core.datasets import scenes
from ppp_core.spread.ceiling import smooth_columns
from ppp_core.spread.halves import halves_of
from ppp_core.spread.models import location_scale
from ppp_core.spread.sample import sample_of
from ppp_core.spread.simulation import made_ratings, population, rating_world, scenes_world, simulate

LEVEL = 0.05
SLOW = pytest.param(1000, marks=pytest.mark.slow)

RANKS = ("spearman", "kendall")
MODELS = ("location-scale", "log-spread")
QUANTILES = ("quantile-25", "quantile-50", "quantile-75")
EQUAL = ("brown-forsythe", "fligner-killeen", "levene")
HELD = ("spearman-mean", "location-scale-mean", "spearman-subject")
MEANS = ("mean-spearman", "mean-kendall")


def allowed(share: float, samples: int, *, risk: float = 1e-3) -> tuple[float, float]:
    """The range of shares that a true share leaves with this risk, by the binomial distribution."""
    low, high = scipy.stats.binom.ppf([risk / 2, 1 - risk / 2], samples, share)
    return low / samples, high / samples


def check(rates, what: str, share: float, names, *, slack: float = 0.0) -> None:
    """Every test's rate lies where its nominal share leaves it, give or take what is stated."""
    found = {rate.test: rate for rate in rates if rate.what == what}
    assert set(names) <= set(found)
    for name in names:
        low, high = allowed(share, found[name].n)
        told = f"{name} {what} {found[name].share:.3f} ± {found[name].error:.3f}, n {found[name].n}"
        assert low - slack <= found[name].share <= high + slack, told


@pytest.mark.parametrize("samples", [100, SLOW])
def test_size_on_scenes_where_modifiers_change_nothing(samples):
    names = (*RANKS, *MODELS, *QUANTILES, *EQUAL, *HELD)
    rates = simulate(
        scenes_world(n_prompts=105, seeds=2, effect=0.0), samples=samples, names=names, resamples=199
    )
    check(rates, "rejected", LEVEL, (*RANKS, *MODELS, *EQUAL, *HELD))
    # the sandwich of quantile regression is on the safe side where counts take few values
    check(rates, "rejected", LEVEL, QUANTILES, slack=0.03)


@pytest.mark.parametrize("samples", [100, SLOW])
def test_size_where_prompts_have_different_numbers_of_values(samples):
    names = (*RANKS, *MODELS, *EQUAL, *MEANS)
    world = rating_world(n_prompts=90, n_values=8, uneven=True)
    check(simulate(world, samples=samples, names=names, resamples=199), "rejected", LEVEL, names)


@pytest.mark.parametrize("samples", [100, SLOW])
def test_size_across_prompts(samples):
    names = (*RANKS, "location-scale", *EQUAL, *MEANS, "mean-slope")
    world = rating_world(n_prompts=120, meaning="prompts")
    check(simulate(world, samples=samples, names=names, resamples=199), "rejected", LEVEL, names)


def test_values_of_one_prompt_are_not_taken_for_independent():
    """scipy's own Levene on all values counts prompts that vary differently as evidence; ours does not."""
    world = rating_world(n_prompts=40, n_values=20)
    plain = 0
    for seed in range(1, 101):
        found = world(seed)
        counts = found.values["prompt_id"].map(found.prompts.set_index("prompt_id")["count"])
        centred = found.values["value"] - found.values.groupby("prompt_id")["value"].transform("mean")
        plain += scipy.stats.levene(*(centred[counts == one] for one in range(4))).pvalue < LEVEL
    assert plain / 100 > allowed(LEVEL, 100)[1]
    check(simulate(world, samples=100, names=EQUAL, resamples=199), "rejected", LEVEL, EQUAL)


def test_power_grows_with_the_number_of_prompts():
    names = (
        "spearman",
        "kendall",
        "location-scale",
        "log-spread",
        "brown-forsythe",
        "levene",
        "spearman-all",
    )
    shares = []
    for n_prompts in (70, 140, 280):
        world = scenes_world(n_prompts=n_prompts, seeds=3, effect=1.0)
        rates = simulate(world, samples=30, names=names, resamples=199)
        shares.append({rate.test: rate.share for rate in rates})
    for name in names:
        few, some, many = (one[name] for one in shares)
        assert few <= some + 0.1 <= many + 0.2, (name, few, some, many)
        assert many >= 0.85, (name, many)
        assert many > few, (name, few, many)


@pytest.mark.parametrize("samples", [100, SLOW])
def test_intervals_hold_the_truth(samples):
    names = (*RANKS, "location-scale", "brown-forsythe", "levene")
    truth = population(scenes_world(n_prompts=1, size=15_000, seeds=3, effect=1.0), names=names)
    world = scenes_world(n_prompts=140, seeds=3, effect=1.0)
    rates = simulate(world, samples=samples, names=names, resamples=300, truth=truth)
    check(rates, "covered", 1 - LEVEL, names)


def test_the_truth_of_scenes_is_that_of_its_recipe():
    """The model's effect on a large sample is what follows from the recipe's variances at each count."""
    counts = np.arange(7.0)
    variance = np.array([scenes.mean_variance(int(count), effect=1.0, painters=False) for count in counts])
    exact = location_scale(np.repeat(counts, 10), np.repeat(variance, 10), np.ones(70)).estimate
    world = scenes_world(n_prompts=1, size=15_000, seeds=3, effect=1.0)
    assert population(world, names=["location-scale"])["location-scale"] == pytest.approx(exact, abs=0.004)


@pytest.mark.parametrize("samples", [100, SLOW])
def test_the_ceilings_artefact_is_made_and_removed(samples):
    """Modifiers raise the mean towards the end of the scale and change nothing else."""
    names = ("spearman", "location-scale", "spearman-mean", "location-scale-mean", "share-of-possible")
    world = rating_world(n_prompts=200, n_values=8, rise=0.5, start=2.8)
    rates = simulate(world, samples=samples, names=names, resamples=100)
    found = {rate.test: rate for rate in rates}
    for name in ("spearman", "location-scale"):  # made
        assert found[name].share > 0.8, found[name]
        assert found[name].mean < -0.05, found[name]
    for name in ("spearman-mean", "location-scale-mean"):  # removed
        assert abs(found[name].mean) < 0.02, found[name]
    check(rates, "rejected", LEVEL, ("spearman-mean", "location-scale-mean"))
    # the largest possible spread is no curve of real ratings, and takes out too much
    assert found["share-of-possible"].share > allowed(LEVEL, samples)[1]
    assert found["share-of-possible"].mean > 0.05


def test_spread_and_mean_of_the_same_values_would_take_out_too_much():
    """Why halves: with both from the same values the trend turns round, here for ratings of a beta's form."""
    n_prompts, samples, together, apart = 300, 40, [], []
    for seed in range(samples):
        found = beta_ratings(n_prompts, seed)
        sample = sample_of(found)
        curve = smooth_columns(sample.mean)
        together.append(location_scale(sample.count, sample.variance, sample.df, curve))
        halves = halves_of(found, sample, seed=seed)
        columns = smooth_columns(halves.mean)
        count = sample.count[halves.owner]
        apart.append(location_scale(count, halves.variance, halves.df, columns, halves.owner))
    _, high = allowed(LEVEL, samples)
    assert np.mean([one.p < LEVEL for one in together]) > 2 * LEVEL
    assert np.mean([one.estimate for one in together]) > 0.015
    assert np.mean([one.p < LEVEL for one in apart]) <= high
    assert abs(np.mean([one.estimate for one in apart])) < 0.012


def beta_ratings(n_prompts: int, seed: int):
    """Ratings whose variance follows from their mean alone; the mean rises with the count."""
    random = np.random.default_rng(seed)
    count = np.arange(n_prompts) % 4
    share = np.clip((2.8 + 0.4 * count + random.normal(0, 0.4, n_prompts)) / 5, 0.03, 0.97)[:, None]
    return made_ratings(5 * random.beta(6 * share, 6 * (1 - share), size=(n_prompts, 8)), count)


def test_what_modifiers_really_do_is_found_below_the_ceiling():
    names = ("spearman-mean", "location-scale-mean")
    world = rating_world(n_prompts=200, n_values=10, rise=0.3, start=2.8, narrowing=0.12)
    rates = {rate.test: rate for rate in simulate(world, samples=40, names=names, resamples=100)}
    assert rates["spearman-mean"].share > 0.8
    assert rates["location-scale-mean"].share > 0.8
    assert rates["location-scale-mean"].mean == pytest.approx(-0.12, abs=0.04)
