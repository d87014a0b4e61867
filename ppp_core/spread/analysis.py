"""Does spread, or mean performance, change with the number of modifiers? All tests, with one answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from ..evaluation.family import adjust
from ..targets import Target
from .battery import HELD, run_tests
from .ceiling import mean_adjusted
from .controls import controls_of
from .halves import Halves, halves_of
from .results import SpreadAnalysis, SpreadTest
from .sample import SMALLEST, Sample, sample_of
from .sensitivity import without_each
from .trend import mean_trend, spread_trend
from .wording import answer, judged

if TYPE_CHECKING:
    import pandas as pd

    from .observations import Observations


def analyse(
    observations: Observations,
    *,
    resamples: int = 2000,
    seed: int = 0,
    subjects: np.ndarray | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SpreadAnalysis:
    """Tests whether spread and mean performance change with the number of modifiers.

    p values are adjusted over all tests together (Benjamini and Hochberg). No verdict is given with fewer
    prompts than `SMALLEST`.

    Args:
        observations: the prompts, of `observations`.
        resamples: of intervals, bands and permutations, at least 100.
        seed: of all draws.
        subjects: of `subject_vectors`, shape (n_prompts, k), held equal where subjects do not repeat; None to
            leave subjects out there.
        progress: called with tests done and tests in all.

    Returns:
        The analysis.

    Raises:
        PPPError: when no prompt has a spread, or an option makes no sense.
    """
    if resamples < 100:
        raise PPPError(f"analyse needs at least 100 resamples, got {resamples}.")
    if subjects is not None and len(subjects) != len(observations.prompts):
        raise PPPError(
            f"analyse needs a row of subjects a prompt, got {len(subjects)} for {len(observations.prompts)}."
        )
    sample = sample_of(observations)
    if not sample.n:
        raise PPPError(f"No prompt of {observations.target.name} has a spread {observations.told.within}.")
    controls = controls_of(observations, sample.rows, subjects)
    options = {"resamples": resamples, "seed": seed}
    halves = halves_of(observations, sample, seed=seed)
    made = {"sample": sample, "controls": controls, "halves": halves}
    raw = run_tests(observations, **made, progress=progress, **options)
    tests = _adjusted(raw, sample.lacks)
    held = [HELD[name] for name in controls.columns]
    told, strength = answer(
        dataset=observations.dataset,
        measure=_spoken(observations.target),
        within=observations.told.within,
        spearman=tests["spearman"],
        everything=tests.get("location-scale-all"),
        held=["mean", *held],
        lacks=sample.lacks,
    )
    return SpreadAnalysis(
        dataset=observations.dataset,
        target=observations.target.name,
        meaning=observations.meaning,
        count=observations.count,
        generator=observations.generator,
        n=sample.n,
        enough=not sample.lacks,
        answer=told,
        strength=strength,
        trend=spread_trend(sample, **options),
        points=_points(observations, sample, halves),
        tests=tuple(one for one in tests.values() if one.family == "spread"),
        mean_trend=mean_trend(
            observations.prompts["count"].to_numpy(float),
            observations.prompts["mean"].to_numpy(float),
            **options,
        ),
        mean_tests=tuple(one for one in tests.values() if one.family == "mean"),
        counts=_counts(observations),
        sensitivity=without_each(observations),
        controls=controls.notes,
        notes=(*observations.notes, *_notes(observations, sample, halves)),
    )


def _spoken(target: Target) -> str:
    """A target within a sentence: its name without the data set's; simulated ones are scores."""
    measure = target.name.partition("/")[2]
    return f"the {measure} score" if target.judged_by == "simulated" else measure


def _adjusted(tests: Mapping[str, SpreadTest], lacks: str) -> dict[str, SpreadTest]:
    p = adjust([one.p for one in tests.values()], "benjamini-hochberg")
    return {
        name: judged(replace(one, p_adjusted=float(value)), lacks)
        for (name, one), value in zip(tests.items(), p, strict=True)
    }


def _points(observations: Observations, sample: Sample, halves: Halves | None) -> pd.DataFrame:
    kept = observations.prompts.iloc[sample.rows][["prompt_id", "prompt", "count", "mean"]]
    factor = np.full(sample.n, math.nan)
    if sample.within and not sample.lacks:
        factor = mean_adjusted(sample, halves)
    points = kept.assign(sd=sample.spread, mean_adjusted_sd=sample.spread * factor)
    columns = ["prompt_id", "prompt", "count", "sd", "mean_adjusted_sd", "mean"]
    return points[columns].reset_index(drop=True)


def _counts(observations: Observations) -> pd.DataFrame:
    sizes = observations.prompts["count"].value_counts().sort_index()
    frame = sizes.rename("n_prompts").rename_axis("count").reset_index()
    return frame.assign(share=frame["n_prompts"] / frame["n_prompts"].sum())


def _notes(observations: Observations, sample: Sample, halves: Halves | None) -> Iterator[str]:
    if observations.target.judged_by == "simulated":
        yield observations.target.about
    if sample.lacks:
        yield f"No verdict: {sample.lacks}. Wanted are {SMALLEST}."
    if not observations.told.within_prompt:
        yield (
            "Across prompts, the mean cannot be held equal, since it is what spreads; at most the "
            "share of the possible spread takes the ends of the scale into account."
        )
    elif halves is None:
        yield (
            "Too few prompts have three values: where the mean is held equal, it is that of the same values, "
            "and near the ends of the scale that takes out somewhat too much or too little."
        )
    zeros = int((sample.spread == 0).sum())
    if zeros and observations.told.within_prompt:
        yield f"{zeros:,} of {sample.n:,} prompts have no spread at all."
