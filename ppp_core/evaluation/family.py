"""Many predictors on the same prompts: who is best, and who is not significantly different from it."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError, unknown_name
from .correlation import pearson, spearman
from .inputs import as_numbers, check_options, complete
from .intervals import around, on_fisher_scale, percentile, why_undefined
from .kendall import jackknife_error, kendall
from .letters import groups_of_ties, letters
from .resampling import bootstrap
from .results import COEFFICIENTS, Estimate, plain

CORRECTIONS = ("holm", "benjamini-hochberg", "none")
_SAME = 1e-9  # differences and errors up to this are rounding


@dataclass(frozen=True)
class Ranked:
    """One predictor among others.

    Attributes:
        rank: 1 for the best; equal values take their order; None where the coefficient is undefined.
        estimate: the coefficient, averaged over seeds, with its interval over prompts.
        n_seeds: how many seeds were averaged.
        sd_seeds: sample standard deviation of the coefficient between seeds; nan for one seed.
        difference: this predictor's coefficient less the best one's, at most 0, with its paired
            interval, which is not adjusted for many comparisons; 0, 0, 0 for the best itself.
        p: two-sided, that this predictor and the best correlate equally; 1 for the best itself.
        p_adjusted: the same, adjusted over all pairs of predictors.
        tied: not significantly different from the best; True for the best itself, False where undefined.
        letters: of the groups of ties that it is in; two predictors that share none are different.
    """

    rank: int | None
    estimate: Estimate
    n_seeds: int
    sd_seeds: float
    difference: Estimate
    p: float
    p_adjusted: float
    tied: bool
    letters: str


@dataclass(frozen=True)
class Ranking:
    """Predictors compared on the same prompts.

    Attributes:
        measure: ``"pearson"``, ``"spearman"`` or ``"kendall"``.
        n: prompts used.
        n_dropped: prompts left out because a predictor or the observed side lacked a value.
        best: index of the predictor with the highest value; None where all are undefined.
        predictors: one entry a predictor, in the order given.
        p_pairs: k rows of k adjusted p values, symmetric; nan on the diagonal and where undefined.
        groups: the groups of ties as indices into ``predictors``, the best one's group first.
        correction: how p values are adjusted.
        confidence: of the intervals; a pair is different where the adjusted p is below 1 - confidence.
        resamples: of the bootstrap; 0 for kendall, whose errors come from the jackknife.
    """

    measure: str
    n: int
    n_dropped: int
    best: int | None
    predictors: tuple[Ranked, ...]
    p_pairs: tuple[tuple[float, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    correction: str
    confidence: float
    resamples: int

    def as_dict(self) -> dict:
        """The fields as plain values, nested; undefined numbers are None."""
        return plain(asdict(self))


@dataclass(frozen=True)
class _Sampled:
    """Coefficients of k predictors, and how they vary: over resamples, or as prompts are left out."""

    values: np.ndarray  # (k,)
    seeds: list[np.ndarray]  # k times (n_seeds,)
    varied: np.ndarray  # (k, resamples), or (k, n) for kendall
    whys: list[str]  # why a coefficient is undefined, or empty
    jackknife: bool

    def estimate(self, i: int, confidence: float) -> Estimate:
        make = on_fisher_scale if self.jackknife else percentile
        return make(float(self.values[i]), self.varied[i], confidence, self.whys[i])

    def difference(self, i: int, j: int, confidence: float) -> Estimate:
        value = float(self.values[i] - self.values[j])
        if self.jackknife and not self.whys[i]:
            return around(value, self.error(i, j), confidence)
        return percentile(value, self.varied[i] - self.varied[j], confidence, self.whys[i])

    def error(self, i: int, j: int) -> float:
        """Standard error of the difference of two predictors' coefficients."""
        varied = self.varied[i] - self.varied[j]
        if self.jackknife:
            return jackknife_error(varied)
        defined = varied[~np.isnan(varied)]
        return float(defined.std(ddof=1)) if len(defined) > 1 else math.nan


def rank(
    predicted: Sequence[ArrayLike],
    observed: ArrayLike,
    *,
    measure: str = "pearson",
    resamples: int = 10_000,
    confidence: float = 0.95,
    correction: str = "holm",
    seed: int = 0,
) -> Ranking:
    """Which of several predictors is best, and which ones are not significantly different from it.

    A predictor's value is the mean of its seeds' coefficients. Its interval, and those of differences,
    resample prompts, the same ones for all predictors and seeds: the coefficients are averaged over
    seeds within each resample. So they say how far other prompts would change the figure of these trained
    seeds; how far other seeds would is ``sd_seeds``.

    A pair's p is two-sided and normal: the difference over its paired-bootstrap standard error (for
    kendall, its jackknife error). The share of resampled differences beyond zero is about as well
    calibrated, but cannot fall below 2 / (resamples + 1), which is too coarse for many pairs.

    The best predictor is chosen by the same prompts that it is then tested on, which makes k - 1
    comparisons with it too optimistic, even when adjusted for k - 1. Here p values are adjusted over
    all k (k - 1) / 2 pairs, of which those with the best are some, whichever is best: Holm's chance
    of any false difference stays below 1 - confidence.

    Args:
        predicted: k predictors, each of shape (n,), or (n_seeds, n) where it was trained with several
            seeds; the number of seeds may differ. So an array (k, n) or (k, n_seeds, n) will do. A prompt
            that any of them lacks is dropped for all.
        observed: shape (n,), higher is better.
        measure: ``"pearson"``, ``"spearman"`` or ``"kendall"`` (tau-b).
        resamples: of the bootstrap, at least 100; kendall needs none.
        confidence: of the intervals, and one less the level of the tests.
        correction: ``"holm"`` (the chance of one false difference), ``"benjamini-hochberg"`` (the share
            of false ones among the differences found) or ``"none"``.
        seed: of the bootstrap; the intervals of one-seed predictors are those of `correlate_many`.

    Returns:
        The ranking. A predictor whose coefficient is undefined in any seed is nan, has no rank, and
        takes part in no comparison.

    Raises:
        PPPError: no predictors, shapes that differ, unknown names, fewer than 4 prompts.

    Reference:
        Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 11;
        Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979);
        Benjamini and Hochberg, Controlling the false discovery rate, JRSS B 57 (1995).

    Example:
        >>> observed = np.arange(40.0)
        >>> wave = np.sin(observed)
        >>> ranking = rank([observed + wave, [observed + 9 * wave, observed - 9 * wave], 30 * wave], observed)
        >>> [(one.rank, one.n_seeds, one.letters) for one in ranking.predictors]
        [(1, 1, 'a'), (2, 2, 'b'), (3, 1, 'c')]
    """
    check_options(resamples, confidence)
    if measure not in COEFFICIENTS:
        raise unknown_name("measure", measure, COEFFICIENTS)
    rows, owners = _rows(predicted)
    rows, observed, dropped = complete("rank", rows, as_numbers("observed", observed))
    sampled = _sample(rows, owners, observed, measure, resamples, seed)
    raw = _pairs(sampled)
    adjusted = _adjust_pairs(raw, correction)
    order = [int(i) for i in np.argsort(-sampled.values, kind="stable") if not sampled.whys[i]]
    groups = _groups(adjusted, order, 1 - confidence)
    signs = letters(groups, len(raw))
    return Ranking(
        measure=measure,
        n=len(observed),
        n_dropped=dropped,
        best=order[0] if order else None,
        predictors=tuple(
            _ranked(sampled, i, order, raw, adjusted, signs[i], confidence) for i in range(len(raw))
        ),
        p_pairs=tuple(map(tuple, adjusted.tolist())),
        groups=tuple(groups),
        correction=correction,
        confidence=confidence,
        resamples=0 if measure == "kendall" else resamples,
    )


def adjust(p: ArrayLike, method: str = "holm") -> np.ndarray:
    """p values of several tests, adjusted for their number.

    Args:
        p: any shape, in [0, 1]; nan for a test that could not be made, which counts for nothing.
        method: ``"holm"``, ``"benjamini-hochberg"`` or ``"none"``.

    Returns:
        The adjusted values, in the same shape.

    Raises:
        PPPError: an unknown method, or values outside [0, 1].

    Example:
        >>> adjust([0.01, 0.04, float("nan"), 0.03]).round(2).tolist()
        [0.03, 0.06, nan, 0.06]
    """
    if method not in CORRECTIONS:
        raise unknown_name("correction", method, CORRECTIONS)
    p = as_numbers("p", p)
    known = ~np.isnan(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise PPPError(f"adjust needs p values in [0, 1], got {p[known].min():g} to {p[known].max():g}.")
    adjusted = p.copy()
    if method != "none":
        adjusted[known] = {"holm": _holm, "benjamini-hochberg": _benjamini_hochberg}[method](p[known])
    return adjusted


def _holm(p: np.ndarray) -> np.ndarray:
    # statsmodels has it, too, but takes 4 s to import and collects garbage in each call (75 to 600 ms)
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted


def _benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p)[::-1]  # from the largest down
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return adjusted


def _rows(predicted: Sequence[ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
    """All seeds of all predictors as rows, shape (rows, n), and whose each one is, shape (rows,)."""
    seeds = [as_numbers("predicted", one) for one in predicted]
    if not seeds:
        raise PPPError("rank needs at least one predictor, got none.")
    for i, one in enumerate(seeds):
        if one.ndim not in (1, 2) or not one.size:
            raise PPPError(f"rank needs predictors as (n,) or (seeds, n), got {one.shape} at position {i}.")
        if one.shape[-1] != seeds[0].shape[-1]:
            raise PPPError(
                f"rank needs predictions of the same prompts, got {seeds[0].shape[-1]} of the first "
                f"predictor and {one.shape[-1]} at position {i}."
            )
    owners = np.repeat(np.arange(len(seeds)), [len(np.atleast_2d(one)) for one in seeds])
    return np.concatenate([np.atleast_2d(one) for one in seeds]), owners


def _sample(
    rows: np.ndarray, owners: np.ndarray, observed: np.ndarray, measure: str, resamples: int, seed: int
) -> _Sampled:
    if measure == "kendall":
        taus, varied = zip(*(kendall(row, observed) for row in rows), strict=True)
        varied = np.stack(varied)
    else:
        taus = [{"pearson": pearson, "spearman": spearman}[measure](row, observed) for row in rows]
        (varied,) = bootstrap(rows, observed, resamples=resamples, seed=seed, measures=(measure,))
    mine = [owners == owner for owner in range(owners[-1] + 1)]
    seeds = [np.array(taus)[mask] for mask in mine]
    reasons = [why_undefined(row, observed, "predicted") for row in rows]
    return _Sampled(
        values=np.array([one.mean() for one in seeds]),
        seeds=seeds,
        varied=np.stack([varied[mask].mean(axis=0) for mask in mine]),
        whys=[next((reasons[row] for row in np.flatnonzero(mask) if reasons[row]), "") for mask in mine],
        jackknife=measure == "kendall",
    )


def _pairs(sampled: _Sampled) -> np.ndarray:
    """Two-sided p of every pair, shape (k, k); nan on the diagonal and where undefined."""
    k = len(sampled.values)
    p = np.full((k, k), math.nan)
    for i in range(k):
        for j in range(i):
            if not (sampled.whys[i] or sampled.whys[j]):
                difference = float(sampled.values[i] - sampled.values[j])
                p[i, j] = p[j, i] = _two_sided(difference, sampled.error(i, j))
    return p


def _two_sided(difference: float, error: float) -> float:
    if math.isnan(error):
        return math.nan
    if error <= _SAME:
        return 1.0 if abs(difference) <= _SAME else 0.0
    return 2 * NormalDist().cdf(-abs(difference) / error)


def _adjust_pairs(p: np.ndarray, correction: str) -> np.ndarray:
    lower = np.tril_indices(len(p), -1)
    adjusted = np.full_like(p, math.nan)
    adjusted[lower] = adjust(p[lower], correction)
    adjusted.T[lower] = adjusted[lower]
    return adjusted


def _groups(adjusted: np.ndarray, order: list[int], level: float) -> list[tuple[int, ...]]:
    """Groups of ties as indices of predictors, made from best to worst; the undefined are in none."""
    different = adjusted[np.ix_(order, order)] < level
    return [tuple(order[place] for place in group) for group in groups_of_ties(different)]


def _ranked(
    sampled: _Sampled,
    i: int,
    order: list[int],
    raw: np.ndarray,
    adjusted: np.ndarray,
    signs: str,
    confidence: float,
) -> Ranked:
    best = order[0] if order else i
    is_best = bool(order) and i == best
    seeds = sampled.seeds[i]
    return Ranked(
        rank=order.index(i) + 1 if i in order else None,
        estimate=sampled.estimate(i, confidence),
        n_seeds=len(seeds),
        sd_seeds=float(seeds.std(ddof=1)) if len(seeds) > 1 else math.nan,
        difference=Estimate(0.0, 0.0, 0.0) if is_best else sampled.difference(i, best, confidence),
        p=1.0 if is_best else float(raw[i, best]),
        p_adjusted=1.0 if is_best else float(adjusted[i, best]),
        tied=i in order and not adjusted[i, best] < 1 - confidence,
        letters=signs,
    )
