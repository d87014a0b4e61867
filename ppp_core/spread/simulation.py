"""Are the tests right? Worlds with a known truth, and how often each test says what it should.

*Size*: how often a test finds something where nothing is, which should be its level. *Power*: how often it
finds what is there. *Coverage*: how often its interval holds the truth. All are shares of simulated data
sets, with the Monte-Carlo error of a share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from ..targets import Target
from .battery import run_tests
from .observations import Observations, observations

World = Callable[[int], Observations]
"""A world gives data for a seed."""

RATING = Target(
    name="simulated/rating",
    title="A made rating",
    measure="rating",
    low=0.0,
    high=5.0,
    judged_by="simulated",
    reads_as="on 0 to 5, about {value}",
    about="Drawn from a normal distribution and cut at the ends of the scale.",
)


def scenes_world(
    *, n_prompts: int, effect: float, seeds: int = 4, meaning: str = "samples", size: int | None = None
) -> World:
    """Scenes without pictures: modifiers take away the variance of what they name, times ``effect`` squared.

    Args:
        n_prompts: in each data set.
        effect: 0 for modifiers that change nothing.
        seeds: pictures of each prompt by each painter.
        meaning: which variance.
        size: prompts instead of ``n_prompts``, for a population.
    """
    from ..datasets import scenes

    def draw(seed: int) -> Observations:
        dataset = scenes.make(
            n_prompts=size or n_prompts, seeds=seeds, seed=seed, effect=effect, ratings_only=True
        )
        return observations(dataset, "scenes/known", meaning=meaning, count="given")

    return draw


def rating_world(
    *,
    n_prompts: int,
    n_values: int = 8,
    rise: float = 0.0,
    start: float = 2.5,
    narrowing: float = 0.0,
    uneven: bool = False,
    counts: int = 4,
    meaning: str = "samples",
) -> World:
    """Ratings on 0 to 5 of a quality that varies normally about a prompt's own mean, cut at the ends.

    Args:
        n_prompts: in each data set.
        n_values: of each prompt.
        rise: of the prompts' true mean with each modifier. With a rise to the end of the scale, the spread
            shrinks although modifiers change nothing but the mean: the ceiling's artefact.
        start: true mean without modifiers.
        narrowing: share by which each modifier shrinks the spread before it is cut.
        uneven: whether a third of the prompts has half of the values only.
        counts: different counts, from 0.
        meaning: ``"samples"`` or ``"prompts"``.
    """

    def draw(seed: int) -> Observations:
        random = np.random.default_rng([seed, n_prompts, n_values])
        count = np.arange(n_prompts) % counts
        center = start + rise * count + random.normal(0, 0.4, n_prompts)
        deviation = 0.9 * np.exp(random.normal(0, 0.15, n_prompts)) * (1 - narrowing) ** count
        raw = np.clip(center[:, None] + deviation[:, None] * random.normal(size=(n_prompts, n_values)), 0, 5)
        sizes = np.where(random.random(n_prompts) < (1 / 3 if uneven else 0), n_values // 2, n_values)
        raw[np.arange(n_values) >= sizes[:, None]] = np.nan
        return made_ratings(raw, count, meaning=meaning)

    return draw


def made_ratings(raw: np.ndarray, count: np.ndarray, *, meaning: str = "samples") -> Observations:
    """Observations of made values, as samples of one generator.

    Args:
        raw: shape (n_prompts, n_values), nan where there is none.
        count: modifiers, shape (n_prompts,).
        meaning: ``"samples"`` or ``"prompts"``.
    """
    import pandas as pd

    from .small_samples import c4

    names = np.array([f"p{number}" for number in range(len(raw))])
    kept = np.isfinite(raw)
    n = kept.sum(axis=1)
    variance = np.nanvar(raw, axis=1, ddof=1)
    prompts = pd.DataFrame({"prompt_id": names, "prompt": names, "subject": names, "count": count, "n": n})
    prompts = prompts.assign(df=n - 1, words=1 + count, mean=np.nanmean(raw, axis=1), variance=variance)
    prompts["sd"] = np.sqrt(variance) / c4(n)
    values = pd.DataFrame({"prompt_id": np.repeat(names, n), "value": raw[kept], "generator": "one"})
    if meaning == "prompts":
        prompts = prompts.assign(n=1, df=0, variance=math.nan, sd=math.nan)
        values = prompts[["prompt_id"]].assign(value=prompts["mean"], generator=None)
    values = values.assign(raw=values["value"], image_id=None, seed=None)
    return Observations("Ratings (simulated)", RATING, meaning, "given", "", prompts, values)


@dataclass(frozen=True)
class Rate:
    """How often something happened.

    Attributes:
        test: its name.
        what: ``"rejected"`` (p below .05) or ``"covered"`` (the truth in the 95 % interval).
        share: of the simulated data sets.
        error: Monte-Carlo standard error of the share.
        n: data sets where the test could be made.
        truth: what the interval should hold; nan for rejections.
        mean: of the estimates.
    """

    test: str
    what: str
    share: float
    error: float
    n: int
    truth: float
    mean: float


def simulate(
    world: World,
    *,
    samples: int,
    names: Collection[str] | None = None,
    truth: Mapping[str, float] | None = None,
    resamples: int = 300,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Rate]:
    """How often the tests reject on a world's data sets, and how often their intervals hold the truth.

    Args:
        world: gives the data sets, for the seeds ``seed`` + 1 and on.
        samples: data sets.
        names: of the tests; None for all.
        truth: by test, where coverage is wanted.
        resamples: of each test.
        seed: before the first data set's.
        progress: called with data sets done and in all.

    Returns:
        A rate of rejection for every test, then a rate of coverage for every truth.
    """
    found: dict[str, list] = {}
    for number in range(1, samples + 1):
        tests = run_tests(world(seed + number), names=names, resamples=resamples, seed=seed + number)
        for name, test in tests.items():
            if not math.isnan(test.p):
                found.setdefault(name, []).append((test.p, test.estimate, test.low, test.high))
        if progress:
            progress(number, samples)
    tables = {name: np.array(rows) for name, rows in found.items()}
    rates = [_rate(name, "rejected", table[:, 0] < 0.05, table) for name, table in tables.items()]
    for name, value in (truth or {}).items():
        if name in tables:
            table = tables[name]
            held = (table[:, 2] <= value) & (value <= table[:, 3])
            rates.append(_rate(name, "covered", held, table, value))
    return rates


def _rate(name: str, what: str, hits: np.ndarray, table: np.ndarray, truth: float = math.nan) -> Rate:
    share, n = float(hits.mean()), len(hits)
    return Rate(
        name, what, share, math.sqrt(share * (1 - share) / n), n, float(truth), float(table[:, 1].mean())
    )


def population(world: World, *, names: Collection[str] | None = None, seed: int = 10_000) -> dict[str, float]:
    """The tests' estimates on one large data set of a world, taken for the truth: name -> estimate."""
    tests = run_tests(world(seed), names=names, resamples=100, seed=seed)
    return {name: test.estimate for name, test in tests.items() if not math.isnan(test.estimate)}
