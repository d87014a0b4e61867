"""Is the spread the same at every count? Levene, Brown-Forsythe and Fligner-Killeen.

Where every prompt has a spread of its own, its values are no independent draws: their distances are taken
from the prompt's own centre, and p values come from giving the prompts' counts to one another at random, with
the values of a prompt staying together. Where the spread lies between prompts, each prompt is one independent
value, and scipy's tests apply as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .sample import FEWEST_AT_A_COUNT, Sample
from .trend import expanded_tail

_BLOCK = 2_000_000


@dataclass(frozen=True)
class Equality:
    """One test of equal spread.

    Attributes:
        statistic: F of the distances (Levene, Brown-Forsythe; infinite where they do not differ within a
            count), or Fligner and Killeen's chi-square.
        p: of equal spread at all counts.
        ratio, low, high: the spread at the most modifiers as a share of that at the fewest, among counts with
            enough prompts, with its 95 % interval; nan where it is undefined.
        counts: those two counts.
        permutations: 0 where p is scipy's.
    """

    statistic: float
    p: float
    ratio: float
    low: float
    high: float
    counts: tuple[int, int]
    permutations: int


EQUALITY: dict[str, str] = {"brown-forsythe": "median", "fligner-killeen": "median", "levene": "mean"}
"""Name -> the centre that distances are taken from."""


def equality(sample: Sample, name: str, *, resamples: int, seed: int) -> Equality:
    """Tests whether the spread is the same at every count.

    Args:
        sample: with two counts or more.
        name: of `EQUALITY`.
        resamples: permutations, and draws of the interval.
        seed: of both.

    Returns:
        The test.

    Reference:
        Levene (1960), in Contributions to Probability and Statistics; Brown and Forsythe, Robust tests for
        the equality of variances, JASA 69 (1974); Fligner and Killeen, Distribution-free two-sample tests
        for scale, JASA 71 (1976), in Conover, Johnson and Johnson's form, Technometrics 23 (1981).
    """
    distance = _distances(sample, name)
    ratio = _ratio(sample, distance, name, resamples=resamples, seed=seed)
    if not sample.within:
        statistic, p = _by_scipy(sample, name)
        return Equality(statistic, p, *ratio, permutations=0)
    scores = _normal_scores(distance) if name == "fligner-killeen" else distance
    statistic, p = _permuted(sample, scores, name, resamples=resamples, seed=seed)
    return Equality(statistic, p, *ratio, permutations=resamples)


def _distances(sample: Sample, name: str) -> np.ndarray:
    """Absolute distances from the centre that a value is compared with, shape (n_values,)."""
    if sample.within:
        return np.abs(sample.centred if EQUALITY[name] == "mean" else sample.centred_at_median)
    centre: Callable = np.mean if EQUALITY[name] == "mean" else np.median
    distance = np.empty(len(sample.centred))
    for count in np.unique(sample.count):
        mine = sample.count == count
        distance[mine] = np.abs(sample.centred[mine] - centre(sample.centred[mine]))
    return distance


def _normal_scores(distance: np.ndarray) -> np.ndarray:
    from scipy.stats import norm, rankdata

    return norm.ppf(0.5 + rankdata(distance) / (2 * (len(distance) + 1)))


def _by_scipy(sample: Sample, name: str) -> tuple[float, float]:
    from scipy.stats import fligner, levene

    groups = [sample.centred[sample.count == count] for count in np.unique(sample.count)]
    if all(np.ptp(group) == 0 for group in groups):
        return float("nan"), float("nan")
    found = fligner(*groups) if name == "fligner-killeen" else levene(*groups, center=EQUALITY[name])
    return float(found.statistic), float(found.pvalue)


def _permuted(
    sample: Sample, scores: np.ndarray, name: str, *, resamples: int, seed: int
) -> tuple[float, float]:
    """The statistic, and the share of permutations of the prompts' counts that reach it."""
    counts, group = np.unique(sample.count, return_inverse=True)
    sums = np.bincount(sample.owner, scores - scores.mean(), minlength=sample.n)
    sizes = np.bincount(sample.owner, minlength=sample.n).astype(float)
    total = float(((scores - scores.mean()) ** 2).sum())
    if total <= 1e-24 * max(1.0, float((scores**2).sum())):
        return float("nan"), float("nan")
    seen = float(_between(sums, sizes, group[None], len(counts))[0])
    random = np.random.default_rng(seed)
    step = max(1, _BLOCK // sample.n)
    reached = 0
    for start in range(0, resamples, step):
        block = np.tile(group, (min(step, resamples - start), 1))
        between = _between(sums, sizes, random.permuted(block, axis=1), len(counts))
        reached += int((between >= seen * (1 - 1e-12)).sum())
    n, k = len(scores), len(counts)
    statistic = seen / total * (n - 1)  # Fligner and Killeen's chi-square
    if name != "fligner-killeen":
        rest = total - seen
        statistic = (seen / (k - 1)) / (rest / (n - k)) if rest > 1e-12 * total else np.inf
    return float(statistic), (reached + 1) / (resamples + 1)


def _between(sums: np.ndarray, sizes: np.ndarray, group: np.ndarray, k: int) -> np.ndarray:
    """Sum of squares between groups, for rows of groups of shape (draws, n); shape (draws,)."""
    found = np.zeros(len(group))
    for one in range(k):
        mine = group == one
        size = mine @ sizes
        found += np.divide((mine @ sums) ** 2, size, out=np.zeros(len(group)), where=size > 0)
    return found


def _ratio(
    sample: Sample, distance: np.ndarray, name: str, *, resamples: int, seed: int
) -> tuple[float, float, float, tuple[int, int]]:
    """Typical distance at the most modifiers over that at the fewest, with an interval over prompts."""
    full = [count for count, size in sample.sizes.items() if size >= FEWEST_AT_A_COUNT]
    fewest, most = (full[0], full[-1]) if full else (0, 0)
    nothing = (float("nan"),) * 3
    if fewest == most:
        return *nothing, (fewest, most)
    values, drawn = zip(
        *(
            _typical(sample, distance, count, name, resamples, seed + place)
            for place, count in enumerate((fewest, most))
        ),
        strict=True,
    )
    if not values[0] > 0:
        return *nothing, (fewest, most)
    ratios = drawn[1] / np.where(drawn[0] > 0, drawn[0], np.nan)
    tail = expanded_tail(min(sample.sizes[fewest], sample.sizes[most]))
    low, high = np.nanquantile(ratios, [tail, 1 - tail])
    ratio = values[1] / values[0]
    # few, tied distances: draws may miss what was seen, and an interval without its estimate would mislead
    return float(ratio), float(min(low, ratio)), float(max(high, ratio)), (fewest, most)


def _typical(
    sample: Sample, distance: np.ndarray, count: int, name: str, resamples: int, seed: int
) -> tuple[float, np.ndarray]:
    """The mean distance at one count (the median for Fligner and Killeen's), and on draws of its prompts."""
    from ..evaluation.resampling import draws

    members = np.flatnonzero(sample.count == count)
    place = np.full(sample.n, -1)
    place[members] = np.arange(len(members))
    owner = place[sample.owner]
    mine, owner = distance[owner >= 0], owner[owner >= 0]
    by_median = name == "fligner-killeen"
    order = np.argsort(mine, kind="stable")
    found = []
    for weights in draws(len(members), resamples, seed):
        if by_median:
            running = np.cumsum(weights[:, owner[order]], axis=1)
            half = running[:, -1:] / 2
            lower, upper = (running < half).sum(axis=1), (running <= half).sum(axis=1)
            found.append((mine[order][lower] + mine[order][upper]) / 2)  # as np.median has it
        else:
            sums = np.bincount(owner, mine, minlength=len(members))
            sizes = np.bincount(owner, minlength=len(members))
            found.append((weights @ sums) / (weights @ sizes))
    typical = float(np.median(mine) if by_median else mine.mean())
    return typical, np.concatenate(found)
