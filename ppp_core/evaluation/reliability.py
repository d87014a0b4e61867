"""How far people's mean ratings can be trusted, and so how well anything can correlate with them.

An observed value is the mean of a few people's ratings of a few images. Had other people rated, or other
generators drawn, it would differ. Reliability is the share of the observed values' variance that is not
such noise; its square root is the highest Pearson correlation that a predictor of the true means can be
expected to have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from .inputs import FEWEST, check_options
from .intervals import percentile
from .resampling import draws
from .results import Estimate, plain

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet

NOISE = ("raters", "generators")


@dataclass(frozen=True)
class Reliability:
    """How much of the variance between prompts is not noise.

    Attributes:
        noise: what counts as noise: ``"raters"``, or ``"generators"``, which includes the raters.
        n: prompts.
        n_images: rated images.
        n_ratings: people's ratings; None where the numbers of raters are not known.
        n_raters: mean number of raters an image; nan where not known.
        reliability: at most 1, with a bootstrap interval over prompts; at or below 0 all is noise.
        ceiling: its square root, 0 where the reliability is negative: the highest Pearson correlation.
        confidence: of the intervals.
        resamples: of the bootstrap.
    """

    noise: str
    n: int
    n_images: int
    n_ratings: int | None
    n_raters: float
    reliability: Estimate
    ceiling: Estimate
    confidence: float
    resamples: int

    def as_dict(self) -> dict:
        """The fields as plain values, nested; undefined numbers are None."""
        return plain(asdict(self))


@dataclass(frozen=True)
class _Images:
    """Rated images, sorted out by prompt and generator; arrays of shape (images,)."""

    prompt: np.ndarray  # whole numbers from 0
    generator: np.ndarray  # whole numbers from 0
    value: np.ndarray
    variance: np.ndarray  # between raters; nan where unknown
    n_raters: np.ndarray  # nan where unknown


def ceiling(
    dataset: DataSet,
    target: str,
    *,
    noise: str = "raters",
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Reliability:
    """The highest correlation that a perfect predictor of a target's true means can have, and why.

    As `reliability`, of the ratings of one target.

    Args:
        dataset: with ratings an image.
        target: one of its targets' names.
        noise: ``"raters"`` or ``"generators"``.
        resamples, confidence, seed: as in `reliability`.

    Returns:
        The reliability of the target's observed values, and the ceiling.

    Raises:
        PPPError: an unknown target, or ratings that do not tell what is asked.
    """
    return reliability(
        _of_target(dataset, target), noise=noise, resamples=resamples, confidence=confidence, seed=seed
    )


def reliability(
    ratings: pd.DataFrame,
    *,
    noise: str = "raters",
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Reliability:
    """The reliability of prompts' mean ratings, from each image's mean, spread and number of raters.

    An observed value is the mean of its prompt's images, all counting the same, as in `observed`.

    ``noise="raters"``: the true value of a prompt is what very many raters would give *these images*.
    An image's mean has the error variance sd² / n_raters; a prompt's, their mean over its number of
    images. With one image a prompt this is ICC(1, k). Raters are taken as drawn anew for each image: where
    the same people rate all images, their general strictness, which does no harm to a correlation, counts
    as noise (the ceiling is too low), and what one rater finds in a prompt and in all of its images is not
    seen (too high). The second weighs more in the published ratings by the same people throughout: by each
    rater's own means, the ceiling is .92 instead of .97 on TIFA160 and .96 instead of .98 on GenAI-Bench.
    So it is an upper limit. Where raters are known, give each one's mean of a prompt as a row, the
    rater in the column generator, and ask with ``noise="generators"``.

    ``noise="generators"``: the true value is what very many raters would give images by very many
    *generators like these*. The error is what an additive model of prompts and generators leaves over,
    divided by the prompt's number of images. With all generators for all prompts this is ICC(3, k),
    Cronbach's alpha; the generators' general strength is no noise. Where generators are missing, what
    their strength adds to some prompts and not to others is.

    Args:
        ratings: one row an image: prompt_id, generator, value, sd (sample standard deviation between its
            raters) and n_raters. A row whose sd is null, such as of one rater, has the mean variance of the
            others. ``"generators"`` needs neither sd nor n_raters, but one image a prompt and generator.
        noise: ``"raters"`` or ``"generators"``.
        resamples: of the bootstrap over prompts, at least 100.
        confidence: of the intervals.
        seed: of the bootstrap.

    Returns:
        The reliability and the ceiling.

    Raises:
        PPPError: fewer than 4 prompts, ratings that do not tell what is asked, equal values everywhere.

    Reference:
        Shrout and Fleiss, Intraclass correlations: uses in assessing rater reliability, Psychological
        Bulletin 86 (1979); Spearman, The proof and measurement of association between two things,
        American Journal of Psychology 15 (1904), for the ceiling.

    Example:
        Four prompts, one image each, two raters who differ by 1: the variance of an image's mean is .25,
        that of the observed values 5/3.

        >>> import pandas as pd
        >>> ratings = pd.DataFrame({"prompt_id": list("abcd"), "generator": "g", "value": [1.0, 2, 3, 4]})
        >>> found = reliability(ratings.assign(sd=0.5**0.5, n_raters=2), resamples=100)
        >>> round(found.reliability.value, 3), round(found.ceiling.value, 3)
        (0.85, 0.922)
    """
    check_options(resamples, confidence)
    if noise not in NOISE:
        raise unknown_name("noise", noise, NOISE)
    images = _images(ratings)
    n = int(images.prompt.max()) + 1 if len(images.prompt) else 0
    if n < FEWEST:
        raise PPPError(f"reliability needs at least {FEWEST} rated prompts, got {n}.")
    shares = _of_raters(images) if noise == "raters" else _of_generators(images)
    value = float(shares(np.ones((1, n)))[0])
    if np.isnan(value):
        raise PPPError("reliability needs prompts whose mean ratings differ, got the same for all.")
    sampled = np.concatenate([shares(counts) for counts in draws(n, resamples, seed)])
    known = not np.isnan(images.n_raters).any()
    return Reliability(
        noise=noise,
        n=n,
        n_images=len(images.value),
        n_ratings=int(images.n_raters.sum()) if known else None,
        n_raters=float(images.n_raters.mean()),
        reliability=percentile(value, sampled, confidence, ""),
        ceiling=percentile(_root(value), _root(sampled), confidence, ""),
        confidence=confidence,
        resamples=resamples,
    )


def agreement(dataset: DataSet, target: str) -> pd.DataFrame:
    """Which prompts' raters agree: the half with the smaller spread between raters within an image.

    Raters agree more easily at the ends of a scale, so the two halves may differ in their means and their
    variance of the observed values too; compare correlations between them with that in mind.

    Args:
        dataset: with the spread between the raters of an image.
        target: one of its targets' names.

    Returns:
        Columns prompt_id, spread (mean over the prompt's images of the standard deviation between raters,
        in the target's unit) and agree (spread at or below the median, or below it where that comes
        nearer to a half), in the order of the ratings. Prompts without any known spread are left out.

    Raises:
        PPPError: an unknown target, no known spread, or the same spread for all prompts.
    """
    from ..datasets.frames import DECIMALS

    mine = _of_target(dataset, target)
    spread = mine[mine["sd"].notna()].groupby("prompt_id", sort=False)["sd"].mean().round(DECIMALS)
    if spread.empty:
        raise PPPError(f"The ratings of {target} do not tell the spread between raters.")
    below, upto = spread < spread.median(), spread <= spread.median()
    agree = min(below, upto, key=lambda half: abs(float(half.mean()) - 0.5))
    if agree.all() or not agree.any():
        raise PPPError(f"The raters of {target} agree equally on every prompt: there are no two halves.")
    return spread.rename("spread").reset_index().assign(agree=agree.to_numpy())


def _of_target(dataset: DataSet, target: str) -> pd.DataFrame:
    name = dataset.target(target).name
    mine = dataset.ratings[dataset.ratings["target"] == name]
    if mine.empty:
        raise PPPError(f"The data set {dataset.card.name} has no ratings of {target}.")
    return mine


def _images(ratings: pd.DataFrame) -> _Images:
    import pandas as pd

    spread = ratings["sd"] if "sd" in ratings else pd.Series(np.nan, ratings.index)
    raters = ratings["n_raters"] if "n_raters" in ratings else pd.Series(np.nan, ratings.index)
    return _Images(
        prompt=pd.factorize(ratings["prompt_id"])[0],
        generator=pd.factorize(ratings["generator"], use_na_sentinel=False)[0],
        value=ratings["value"].to_numpy(dtype=float),
        variance=spread.to_numpy(dtype=float, na_value=np.nan) ** 2,
        n_raters=raters.to_numpy(dtype=float, na_value=np.nan),
    )


def _of_raters(images: _Images) -> Callable[[np.ndarray], np.ndarray]:
    """A function from counts of prompts (resamples, n) to reliabilities (resamples,)."""
    if np.isnan(images.n_raters).any() or np.isnan(images.variance).all():
        raise PPPError(
            "reliability with raters as noise needs each image's number of raters and the spread between "
            "them; noise='generators' does without."
        )
    variance = np.where(np.isnan(images.variance), np.nanmean(images.variance), images.variance)
    n_images, means = _means(images)
    error = np.bincount(images.prompt, variance / images.n_raters) / n_images**2  # (n,)

    def shares(counts: np.ndarray) -> np.ndarray:
        return 1 - counts @ error / counts.sum(axis=1) / _variance(counts, means)

    return shares


def _of_generators(images: _Images) -> Callable[[np.ndarray], np.ndarray]:
    """The same, with generators as random: the residual of prompts + generators is the noise.

    Everything that a resample needs is a sum over its prompts, so all of it comes from `counts @ …`.
    """
    n_generators = int(images.generator.max()) + 1
    n_images, means = _means(images)
    _check_crossed(images, n_generators)
    there = np.zeros((len(means), n_generators))  # whether a prompt has an image by a generator
    there[images.prompt, images.generator] = 1
    apart = np.zeros_like(there)  # how far an image lies from its prompt's mean
    apart[images.prompt, images.generator] = images.value - means[images.prompt]
    within = (apart**2).sum(axis=1)  # (n,)
    share = there / n_images[:, None]
    crossed = np.einsum("pg,gh->pgh", there, np.eye(n_generators)) - np.einsum("pg,ph->pgh", there, share)
    crossed = crossed.reshape(len(means), -1)  # (n, n_generators²)

    def shares(counts: np.ndarray) -> np.ndarray:
        total = counts.sum(axis=1)
        normal = (counts @ crossed).reshape(-1, n_generators, n_generators)
        moment = counts @ apart  # (resamples, n_generators)
        effects = np.einsum("rgh,rh->rg", np.linalg.pinv(normal, hermitian=True), moment)
        left = counts @ within - np.einsum("rg,rg->r", effects, moment)
        freedom = counts @ (n_images - 1) - (n_generators - 1)
        residual = np.maximum(left, 0.0) / np.where(freedom > 0, freedom, np.nan)
        uneven = _variance(counts, effects @ share.T, missing=0.0)  # strength of the generators at hand
        noise = residual * (counts @ (1 / n_images)) / total + uneven
        return 1 - noise / _variance(counts, means)

    return shares


def _check_crossed(images: _Images, n_generators: int) -> None:
    cells = images.prompt.astype(np.int64) * n_generators + images.generator
    if len(np.unique(cells)) < len(cells):
        raise PPPError(
            "reliability with generators as noise needs one image a prompt and generator, got several of one."
        )
    if n_generators < 2:
        raise PPPError("reliability with generators as noise needs at least 2 generators, got 1.")
    n_prompts = len(np.unique(images.prompt))
    if len(cells) - n_prompts < n_generators:
        raise PPPError(
            "reliability with generators as noise needs prompts with images by several generators, "
            f"got {len(cells)} images of {n_prompts} prompts by {n_generators} generators."
        )


def _means(images: _Images) -> tuple[np.ndarray, np.ndarray]:
    """How many images each prompt has, and their mean; shape (n,) each."""
    n_images = np.bincount(images.prompt)
    return n_images, np.bincount(images.prompt, images.value) / n_images


def _variance(counts: np.ndarray, values: np.ndarray, *, missing: float = np.nan) -> np.ndarray:
    """Sample variance of values (n,) or (resamples, n) in each resample; `missing` where they are equal."""
    total = counts.sum(axis=1)
    values = np.broadcast_to(values, counts.shape)
    mean = np.einsum("rn,rn->r", counts, values) / total
    square = np.einsum("rn,rn->r", counts, (values - mean[:, None]) ** 2)
    scale = np.abs(values).max(axis=1, initial=0.0) ** 2
    return np.where(square > 1e-20 * scale * total, square / (total - 1), missing)


def _root(reliability: float | np.ndarray) -> float | np.ndarray:
    root = np.sqrt(np.maximum(reliability, 0.0))
    return float(root) if np.ndim(root) == 0 else root
