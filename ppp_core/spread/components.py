"""The variance of ratings split into what prompts, generators, seeds and raters bring to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .component_sums import Sums, sums_of

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..targets import Target

FEWEST = 10
"""Variance between fewer prompts is not told."""

FEW_GENERATORS = 10

_TITLES = {
    "prompt": "Prompts",
    "generator": "Generators",
    "prompt×generator": "Prompt × generator",
    "seed": "Images (seeds)",
    "rater": "Raters",
}
_ABOUT = {
    "prompt": "some prompts do better than others, whoever draws them",
    "generator": "some generators do better than others, whatever the prompt",
    "prompt×generator": "a prompt suits one generator better than another",
    "seed": "images of one prompt by one generator differ",
    "rater": "people differ about one image",
}


@dataclass(frozen=True)
class Components:
    """Where the variance of ratings comes from.

    Attributes:
        target: what was rated.
        frame: one row a component: component (prompt, generator, prompt×generator, seed, rater; what cannot
            be told apart is joined by " + "), title, about, variance (in squared units, 0 where the
            estimate is negative), raw (the unbiased estimate), low, high (at least 0), share (of the sum of
            the variances), share_low, share_high, sd (root of the variance), levels (how many prompts,
            generators, …; null for raters), how (the interval was made).
        n_prompts, n_generators, n_images: rated.
        n_raters: mean number of raters an image; nan where unknown.
        n_repeated: prompts and generators with two images or more, which tell of seeds.
        mean: of all images, in the target's unit.
        confidence: of the intervals.
        notes: what was taken out, joined or assumed, one sentence each.
    """

    target: Target
    frame: pd.DataFrame
    n_prompts: int
    n_generators: int
    n_images: int
    n_raters: float
    n_repeated: int
    mean: float
    confidence: float
    notes: tuple[str, ...]

    def variance(self, component: str) -> float:
        """The variance of the component, or of what it is joined with; nan where it is not estimated."""
        mine = self.frame.loc[
            [component in name.split(" + ") for name in self.frame["component"]], "variance"
        ]
        return float(mine.iloc[0]) if len(mine) else math.nan

    @property
    def answer(self) -> str:
        """Where most of the variance comes from, in a sentence."""
        rows = self.frame.sort_values("share", ascending=False)
        parts = [
            f"{row.title.lower()} {row.share:.0%} [{row.share_low:.0%}, {row.share_high:.0%}]"
            for row in rows.itertuples()
        ]
        whose = "rating by one person" if "rater" in set(self.frame["component"]) else "image's mean rating"
        return f"Of the variance of one {whose}: {', '.join(parts)}."

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        return plain(
            {
                "target": self.target.name,
                "answer": self.answer,
                "components": self.frame.astype({"levels": object})
                .where(self.frame.notna(), None)
                .to_dict(orient="records"),
                "n_prompts": self.n_prompts,
                "n_generators": self.n_generators,
                "n_images": self.n_images,
                "n_raters": self.n_raters,
                "n_repeated": self.n_repeated,
                "mean": self.mean,
                "confidence": self.confidence,
                "notes": list(self.notes),
            }
        )


def variance_components(
    dataset: DataSet, target: str, *, resamples: int = 2000, confidence: float = 0.95, seed: int = 0
) -> Components:
    """Splits the variance of a target's ratings, crossed and uneven as they are.

    Model: rating = mean + prompt + generator + prompt × generator + image + rater, all at random, added up.
    The estimates set sums of squares equal to their expectations (Henderson's third method, the generators'
    means fitted first), so they are unbiased whatever the distributions are and may come out negative; such
    a one is shown as 0, with the estimate itself in ``raw``. On balanced data they equal restricted maximum
    likelihood where none is negative.

    An estimate is a variance less the noise in it. Intervals join the chi-square limits of the two
    (Satterthwaite's, their standard errors from a bootstrap over prompts with all their images), as Zou and
    Donner join limits; the one between generators has as many degrees of freedom as there are generators,
    less one, since other generators are not a resample of prompts. Percentiles of the bootstrap fall short:
    88 % of them held the truth in simulations of 40 prompts. Intervals of shares are percentiles.

    Where images carry a setting of their generator, the settings' means are taken out first.

    Args:
        dataset: with ratings an image.
        target: one of its targets' names.
        resamples: of the bootstrap, at least 100.
        confidence: of the intervals.
        seed: of the bootstrap.

    Returns:
        The components; what the data cannot tell apart is one component with a joined name.

    Raises:
        PPPError: an unknown target, fewer than ten prompts with several images, or equal ratings everywhere.

    Reference:
        Searle, Casella and McCulloch, Variance Components (1992), chapter 5; Burdick and Graybill, Confidence
        Intervals on Variance Components (1992); Zou and Donner, Construction of confidence limits about
        effect measures, Statistics in Medicine 27 (2008).
    """
    from ..evaluation.inputs import check_options
    from ..evaluation.resampling import draws

    check_options(resamples, confidence)
    known = dataset.target(target)
    images, notes = rated_images(dataset, target)
    sums = sums_of(images)
    _check(sums, dataset.card.name, target)
    ones = np.ones((1, sums.n_prompts))
    parts = {name: values[:, 0] for name, values in sums.estimates(ones).items()}
    blocks = [sums.estimates(counts) for counts in draws(sums.n_prompts, resamples, seed)]
    drawn = {name: np.concatenate([block[name] for block in blocks], axis=1) for name in parts}
    ends = {name: _ends(sums, name, parts[name], drawn[name], confidence) for name in parts}
    raw = {name: float(first - second) for name, (first, second) in parts.items()}
    sampled = {name: first - second for name, (first, second) in drawn.items()}
    frame = _frame(sums, raw, sampled, ends, confidence)
    return Components(
        target=known,
        frame=frame,
        n_prompts=sums.n_prompts,
        n_generators=sums.n_generators,
        n_images=len(images),
        n_raters=float(images["n_raters"].mean()) if images["n_raters"].notna().all() else math.nan,
        n_repeated=int(sums.n_repeated),
        mean=float(images["raw"].mean()),
        confidence=confidence,
        notes=(*notes, *_told(sums, raw, images)),
    )


def rated_images(dataset: DataSet, target: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a rated image: prompt_id, generator, value (settings' means taken out), raw, sd, n_raters.

    A data set that rates prompts as a whole has a row a rating.

    Raises:
        PPPError: an unknown target, or one without ratings.
    """
    known = dataset.target(target)
    mine = dataset.ratings[dataset.ratings["target"] == known.name].reset_index(drop=True)
    if mine.empty:
        raise PPPError(f"The data set {dataset.card.name} has no ratings of {target}.")
    rows = mine[["prompt_id", "image_id", "generator", "value", "sd"]].assign(
        raw=mine["value"], n_raters=mine["n_raters"].astype("Float64").astype("float64")
    )
    rows["generator"] = rows["generator"].fillna("")
    settings = dataset.images.get("setting")
    if settings is None or not settings.notna().any():
        return rows, ()
    by_image = dict(zip(dataset.images["image_id"], settings, strict=True))
    keys = [rows["generator"], rows["image_id"].map(by_image).fillna("")]
    if int(rows.groupby(keys).ngroups) == rows["generator"].nunique():
        return rows, ()
    shift = rows.groupby(keys)["value"].transform("mean") - rows.groupby("generator")["value"].transform(
        "mean"
    )
    note = "Each setting of a generator has its mean taken out: images that differ by setting count as seeds."
    return rows.assign(value=rows["value"] - shift), (note,)


def _check(sums: Sums, name: str, target: str) -> None:
    if sums.n_prompts < FEWEST:
        raise PPPError(f"Variance components need at least {FEWEST} rated prompts, got {sums.n_prompts}.")
    if sums.n_images - sums.n_prompts - (sums.n_generators - 1) < FEWEST:
        raise PPPError(
            f"Variance components need several images a prompt; {name} has {sums.n_images:,} ratings of "
            f"{sums.n_prompts:,} prompts for {target}."
        )
    if sums.constant:
        raise PPPError(f"All ratings of {target} are equal; there is no variance to split.")


def _ends(
    sums: Sums, name: str, parts: np.ndarray, drawn: np.ndarray, confidence: float
) -> tuple[float, float]:
    """Limits of a difference of two variances, from the limits of each.

    Each is taken as a multiple of chi-square (Satterthwaite) with the variance that the bootstrap over
    prompts gives it; one between generators has so many degrees of freedom, less one.
    """
    from scipy.stats import chi2

    tail, n = (1 - confidence) / 2, sums.n_prompts
    # a bootstrap over n prompts sees (n - 1) / n of the variance
    errors = drawn.std(axis=1, ddof=1) * math.sqrt(n / (n - 1))
    limits = []
    for i, (value, error) in enumerate(zip(parts, errors, strict=True)):
        df = 2 * (value / error) ** 2 if error > 0 else math.inf
        if i == 0:
            # few prompts rarely show how heavy their tails are: no surer than of normal ones
            df = sums.n_generators - 1 if name == "generator" else min(df, sums.freedom(name))
        limits.append(value * df / chi2.isf([tail, 1 - tail], df) if math.isfinite(df) else [value, value])
    (first, second), ((low, high), (floor, roof)) = parts, limits
    estimate = first - second
    return (
        float(estimate - math.hypot(first - low, roof - second)),
        float(estimate + math.hypot(high - first, second - floor)),
    )


def _frame(sums: Sums, raw: dict, sampled: dict, ends: dict, confidence: float) -> pd.DataFrame:
    import pandas as pd

    floor = {name: max(value, 0.0) for name, value in raw.items()}
    total = sum(floor.values())
    shares = _share_ends(floor, sampled, ends, confidence)
    rows = []
    for name, value in raw.items():
        parts = name.split(" + ")
        rows.append(
            {
                "component": name,
                "title": " and ".join(
                    _TITLES[part] if i == 0 else _TITLES[part].lower() for i, part in enumerate(parts)
                ),
                "about": "; ".join(_ABOUT[part] for part in parts),
                "variance": floor[name],
                "raw": value,
                "low": max(ends[name][0], 0.0),
                "high": max(ends[name][1], 0.0),
                "share": floor[name] / total,
                "share_low": shares[name][0],
                "share_high": shares[name][1],
                "sd": math.sqrt(floor[name]),
                "levels": sums.levels(name),
                "how": f"chi-square, {sums.n_generators} generators"
                if name == "generator"
                else "bootstrap over prompts",
            }
        )
    return pd.DataFrame(rows).astype({"levels": "Int64"})


def _share_ends(floor: dict, sampled: dict, ends: dict, confidence: float) -> dict[str, tuple[float, float]]:
    """Intervals of the shares: the generators' variance runs through its own interval, as it was drawn.

    The generators' end stands in for theirs in the sum of the generators' own share alone; the other shares
    are of the generators at hand.
    """
    tail = (1 - confidence) / 2
    kept = {name: np.maximum(values, 0.0) for name, values in sampled.items()}
    total = sum(kept.values())
    found = {name: tuple(np.nanquantile(values / total, [tail, 1 - tail])) for name, values in kept.items()}
    if "generator" in floor:
        rest = sum(value for name, value in floor.items() if name != "generator")
        low, high = (max(end, 0.0) for end in ends["generator"])
        found["generator"] = (low / (low + rest), high / (high + rest))
    return found


def _told(sums: Sums, raw: dict, images: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if any("prompt×generator + seed" in name for name in raw):
        notes.append(
            "One image a prompt and generator: what a prompt does with one generator and what a seed does "
            "cannot be told apart."
        )
    if sums.n_generators == 1:
        notes.append("One generator: nothing is said of others, and prompts mean prompts as it draws them.")
    elif sums.n_generators < FEW_GENERATORS:
        notes.append(
            f"Only {sums.n_generators} generators: the variance between generators is known roughly, and "
            "generators nobody asked may differ more."
        )
    if "rater" in raw and images["n_raters"].notna().all():
        notes.append(
            "Raters are taken as drawn anew for each image; their share of an image's mean (variance / "
            "number of raters) is taken out of the images' component."
        )
    elif "rater" in raw:
        notes.append(
            "How many people rated an image is not published: their variance about one image is known, but "
            "its share of an image's mean rating stays in the images' component."
        )
    else:
        notes.append("What raters bring is not published and stays in the images' component.")
    repeating = (sums.cells > 1).any(axis=0).sum()
    if 0 < repeating < sums.n_generators and "prompt×generator" in raw:
        notes.append(
            f"Only {repeating} of {sums.n_generators} generators have several images a prompt; seeds are "
            "taken to matter as much with the others."
        )
    negative = [name for name, value in raw.items() if value < 0]
    if negative:
        notes.append(f"Estimated below 0 and shown as 0: {', '.join(negative)}.")
    return tuple(notes)
