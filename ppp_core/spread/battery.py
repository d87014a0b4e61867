"""All tests of an analysis, each made where it makes sense and told why not where it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .ceiling import largest_spread, smooth_columns
from .controls import Controls, controls_of
from .descriptions import MEAN_TESTS, SPREAD_TESTS
from .equality import EQUALITY, equality
from .halves import Halves, halves_of
from .models import Slope, location_scale, log_spread, mean_slope, quantile_slope
from .rank_tests import Ranked, clustered_rank, partial_rank, rank_correlations
from .results import SpreadTest
from .sample import Sample, sample_of
from .small_samples import c4
from .wording import effect_words

if TYPE_CHECKING:
    from .observations import Observations

GIVEN_MEAN = {"spearman-mean", "location-scale-mean", "spearman-all", "location-scale-all"}
"""Tests that hold the mean equal."""

HELD = {"words": "length of the description", "subject": "subject", "generators": "generators"}
"""A control's name in a sentence."""


def run_tests(
    observations: Observations,
    *,
    names: Collection[str] | None = None,
    sample: Sample | None = None,
    controls: Controls | None = None,
    halves: Halves | None = None,
    resamples: int = 2000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, SpreadTest]:
    """Makes tests, without adjusting p values or giving verdicts.

    Args:
        observations: the prompts.
        names: of the tests wanted, from the tables of tests; None for all that make sense.
        sample: of `sample_of`; None to take it here.
        controls: of `controls_of`; None to take them here, without vectors of subjects.
        halves: of `halves_of`; None to take them here.
        resamples: of intervals and permutations.
        seed: of all draws.
        progress: called with tests done and tests in all.

    Returns:
        Name -> test, in the order of the tables.
    """
    sample = sample_of(observations) if sample is None else sample
    controls = controls_of(observations, sample.rows, None) if controls is None else controls
    if halves is None and (names is None or GIVEN_MEAN & set(names)):
        halves = halves_of(observations, sample, seed=seed)
    work = _Work(observations, sample, controls, halves, resamples, seed)
    makers = {**_spread_makers(work), **_mean_makers(work)}
    makers = {name: make for name, make in makers.items() if names is None or name in names}
    tests = {}
    for done, (name, make) in enumerate(makers.items(), start=1):
        tests[name] = _as_test(name, make())
        if progress:
            progress(done, len(makers))
    return tests


@dataclass(frozen=True)
class _Work:
    """What the tests are made from."""

    observations: Observations
    sample: Sample
    controls: Controls
    halves: Halves | None
    resamples: int
    seed: int

    @property
    def all_counts(self) -> np.ndarray:
        return self.observations.prompts["count"].to_numpy(float)

    @property
    def all_means(self) -> np.ndarray:
        return self.observations.prompts["mean"].to_numpy(float)

    def columns(self, *names: str) -> np.ndarray:
        """Columns of some controls beside each other, shape (n, k)."""
        parts = [self.controls.columns[name] for name in names if name in self.controls.columns]
        return np.column_stack([np.ones(self.sample.n), *parts])[:, 1:]


def _spread_makers(work: _Work) -> dict[str, Callable]:
    """Name -> what makes it, in the table's order; tests that make no sense for the meaning are left out."""
    sample, pair = work.sample, {}
    count, spread = sample.count, sample.spread

    def ranked(which: int) -> Ranked:
        if not pair:
            pair["both"] = rank_correlations(count, spread, resamples=work.resamples, seed=work.seed)
        return pair["both"][which]

    makers: dict[str, Callable] = {
        "spearman": lambda: ranked(0),
        "kendall": lambda: ranked(1),
        "location-scale": lambda: _scale(sample),
        "log-spread": lambda: log_spread(count, sample.variance, sample.df),
        "quantile-25": lambda: quantile_slope(count, spread, 0.25),
        "quantile-50": lambda: quantile_slope(count, spread, 0.5),
        "quantile-75": lambda: quantile_slope(count, spread, 0.75),
        **{name: lambda name=name: _equality(work, name) for name in EQUALITY},
        "spearman-mean": lambda: _rank_given_mean(work, ()),
        "location-scale-mean": lambda: _scale_given_mean(work, ()),
        "share-of-possible": lambda: _share_of_possible(work),
    }
    for name in work.controls.columns:
        makers[f"spearman-{name}"] = lambda name=name: partial_rank(count, spread, work.columns(name))
    makers["spearman-all"] = lambda: _rank_given_mean(work, HELD)
    makers["location-scale-all"] = lambda: _scale_given_mean(work, HELD)
    return {name: makers[name] for name in SPREAD_TESTS if name in makers and not _senseless(name, sample)}


def _senseless(name: str, sample: Sample) -> bool:
    """Across prompts, the mean is what spreads: it cannot be held equal, and one value has no logarithm."""
    return not sample.within and (name == "log-spread" or name in GIVEN_MEAN)


def _scale(sample: Sample) -> Slope:
    """The change of the standard deviation; across prompts from distances: lone squares are too skewed."""
    if sample.within:
        return location_scale(sample.count, sample.variance, sample.df)
    return location_scale(sample.count, np.sqrt(sample.variance), np.full(sample.n, 2.0), power=1.0)


def _rank_given_mean(work: _Work, held: Collection[str]) -> Ranked:
    """The rank correlation with the mean, and some controls, held equal."""
    from scipy.stats import rankdata

    sample, halves, others = work.sample, work.halves, work.columns(*held)
    if halves is None:
        curve = smooth_columns(rankdata(sample.mean))
        return partial_rank(sample.count, sample.spread, np.column_stack([curve, others]))
    spread = np.sqrt(halves.variance) / c4(halves.df + 1)
    columns = np.column_stack([smooth_columns(rankdata(halves.mean)), others[halves.owner]])
    return clustered_rank(sample.count[halves.owner], spread, columns, halves.owner, halves.part)


def _scale_given_mean(work: _Work, held: Collection[str]) -> Slope:
    """The change of the standard deviation with the mean, and some controls, held equal."""
    sample, halves, others = work.sample, work.halves, work.columns(*held)
    if halves is None:
        columns = np.column_stack([smooth_columns(sample.mean), others])
        return location_scale(sample.count, sample.variance, sample.df, columns)
    columns = np.column_stack([smooth_columns(halves.mean), others[halves.owner]])
    count = sample.count[halves.owner]
    return location_scale(count, halves.variance, halves.df, columns, halves.owner)


def _mean_makers(work: _Work) -> dict[str, Callable]:
    count, mean, pair = work.all_counts, work.all_means, {}

    def ranked(which: int) -> Ranked:
        if not pair:
            pair["both"] = rank_correlations(count, mean, resamples=work.resamples, seed=work.seed)
        return pair["both"][which]

    makers: dict[str, Callable] = {
        "mean-spearman": lambda: ranked(0),
        "mean-kendall": lambda: ranked(1),
        "mean-slope": lambda: _mean_slope(work.observations),
    }
    others = work.columns("words", "subject")
    if others.shape[1]:
        makers["mean-all"] = lambda: partial_rank(work.sample.count, work.sample.mean, others)
    return makers


def _equality(work: _Work, name: str) -> Ranked:
    n = work.sample.n
    if len(work.sample.sizes) < 2:
        return Ranked(*(math.nan,) * 4, n, "every prompt has the same number of modifiers")
    found = equality(work.sample, name, resamples=work.resamples, seed=work.seed)
    if math.isnan(found.p):
        return Ranked(*(math.nan,) * 4, n, "there is no spread at all")
    return Ranked(found.ratio, found.low, found.high, found.p, n)


def _share_of_possible(work: _Work) -> Ranked:
    sample = work.sample
    center = sample.mean if sample.within else _count_medians(sample)
    share = sample.spread / largest_spread(center, sample.low, sample.high)
    known = np.isfinite(share)
    if math.isinf(sample.high - sample.low) or known.sum() < 4:
        return Ranked(*(math.nan,) * 4, int(known.sum()), "the scale has no known ends")
    found, _ = rank_correlations(sample.count[known], share[known], resamples=work.resamples, seed=work.seed)
    return found


def _count_medians(sample: Sample) -> np.ndarray:
    medians = {one: np.median(sample.mean[sample.count == one]) for one in np.unique(sample.count)}
    return np.array([medians[one] for one in sample.count])


def _mean_slope(observations: Observations) -> Slope:
    prompts = observations.prompts
    place = dict(zip(prompts["prompt_id"], range(len(prompts)), strict=True))
    values = observations.values.assign(owner=observations.values["prompt_id"].map(place))
    slope, _ = mean_slope(values, prompts["count"].to_numpy(float))
    return slope


def _as_test(name: str, found: Ranked | Slope) -> SpreadTest:
    family = "spread" if name in SPREAD_TESTS else "mean"
    told = (SPREAD_TESTS | MEAN_TESTS)[name]
    of = "spread" if family == "spread" else "mean"
    return SpreadTest(
        name=name,
        title=told.title,
        asks=told.asks,
        family=family,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        unit=told.unit,
        words=effect_words(told.unit, found.estimate, found.low, found.high, of=of),
        p=found.p,
        n=found.n,
        source=told.source,
        reason=found.reason,
    )
