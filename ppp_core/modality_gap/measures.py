"""Measures of the modality gap, with intervals from resampling pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from ..evaluation.inputs import check_options
from ..evaluation.results import plain
from .measure_table import MEASURES, RANKS, TOPS
from .moments import Weights, cosines, quadratic, resampled
from .pairs import Pairs, check_enough, make_pairs
from .retrieval import once, own_ranks
from .separability import held_out_hits

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 3000
"""Pairs that are measured; of more, so many are drawn at random."""

QUICK = tuple(name for name in MEASURES if name != "separability")
"""What needs nothing to be learned: a moment for hundreds of pairs, without resamples."""

_RARE = -3.7  # normal deviate that chance alone falls below once in 10,000 times


@dataclass(frozen=True)
class GapMeasures:
    """Measures of one set of pairs.

    Attributes:
        name, encoder: of the pairs.
        n: pairs measured.
        n_groups: different prompts (with their pictures), which are resampled.
        n_images: different pictures.
        of: pairs that there were before any were left out or sampled.
        dim: length of a vector.
        frame: one row a measure: name, title, value, low, high, about, better (``"smaller"``, ``"larger"``
            or ""), source; low and high are null without resamples.
        expected_l2m: the distance of centroids that so few pairs show where there is no gap at all.
        confidence, resamples, seed: of the intervals.
        notes: of the pairs, then of the measures.
    """

    name: str
    encoder: str
    n: int
    n_groups: int
    n_images: int
    of: int
    dim: int
    frame: pd.DataFrame
    expected_l2m: float
    confidence: float
    resamples: int
    seed: int
    notes: tuple[str, ...]

    def value(self, name: str) -> float:
        """The value of a measure. Raises PPPError for one that is not known or was not asked for."""
        found = self.frame.loc[self.frame["name"] == name, "value"]
        if found.empty:
            raise unknown_name("measure", name, self.frame["name"])
        return float(found.iloc[0])

    def as_dict(self) -> dict:
        """Plain values, nested; undefined numbers are None."""
        told = {key: value for key, value in vars(self).items() if key not in ("frame", "notes")}
        rows = self.frame.astype(object).to_dict("records")
        return plain({**told, "measures": rows, "notes": list(self.notes)})


def measure_gap(
    pairs: Pairs | np.ndarray,
    image: np.ndarray | None = None,
    *,
    only: Sequence[str] | None = None,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
) -> GapMeasures:
    """Every measure of the gap between prompts and pictures, with its interval.

    Prompts are resampled together with their pictures, with replacement. A mean over strangers leaves out
    rows of one prompt or one picture, in every resample. Retrieval offers what there is once, and resamples
    those who ask; separability resamples what was told right, without fitting anew.

    Args:
        pairs: `Pairs`, or the text vectors, shape (n, dim).
        image: the image vectors where ``pairs`` are text vectors.
        only: names of `MEASURES`; all when left out.
        resamples: of the bootstrap, at least 100; 0 for no intervals.
        confidence: of the intervals.
        seed: of resamples, folds, and of the sample where there are more than `LARGEST` pairs.

    Returns:
        The measures, in the order of `MEASURES`.

    Raises:
        PPPError: vectors that do not fit, fewer than 20 different prompts, an unknown measure.

    Example:
        >>> random = np.random.default_rng(0)
        >>> meaning = random.normal(size=(60, 8))
        >>> found = measure_gap(meaning + 2, meaning - 2, only=["l2m", "t2i-r1"], resamples=100)
        >>> found.frame[["name", "better"]].values.tolist()
        [['l2m', 'smaller'], ['t2i-r1', 'larger']]
        >>> found.value("l2m") > 1.5
        True
    """
    if not isinstance(pairs, Pairs):
        if image is None:
            raise PPPError("measure_gap needs Pairs, or text and image vectors, got text alone.")
        pairs = make_pairs(pairs, image)
    if resamples:
        check_options(resamples, confidence)
    pairs = sample(pairs, largest=LARGEST, seed=seed)
    sampled = sampled_measures(pairs, only=only, resamples=resamples, seed=seed)
    noise = _noise(pairs)
    return GapMeasures(
        name=pairs.name,
        encoder=pairs.encoder,
        n=len(pairs),
        n_groups=int(pairs.groups.max()) + 1,
        n_images=len(set(pairs.image_ids)),
        of=pairs.of,
        dim=pairs.dim,
        frame=as_frame(sampled, confidence),
        expected_l2m=float(np.sqrt(np.square(noise).sum())),
        confidence=confidence,
        resamples=resamples,
        seed=seed,
        notes=(*pairs.notes, *_notes(pairs, noise)),
    )


def sample(pairs: Pairs, *, largest: int, seed: int = 0) -> Pairs:
    """At most so many pairs, drawn at random without replacement, with a note where any were left out."""
    if len(pairs) <= largest:
        return pairs
    rows = np.sort(np.random.default_rng(seed).permutation(len(pairs))[:largest])
    return pairs.rows(rows, f"{largest:,} of {len(pairs):,} pairs, drawn at random (seed {seed}).")


def sampled_measures(
    pairs: Pairs, *, only: Sequence[str] | None = None, resamples: int = 0, seed: int = 0
) -> dict[str, np.ndarray]:
    """Measures of the data and of resamples, float64 (1 + resamples,) each, the data's own first.

    Args:
        pairs: all of which are measured.
        only: names of `MEASURES`; all when left out.
        resamples: of the pairs' groups; 0 for the data alone.
        seed: of resamples and folds. The same seed and groups resample the same pairs.

    Raises:
        PPPError: fewer than 20 different prompts, an unknown measure.
    """
    names = list(MEASURES) if only is None else list(only)
    for name in names:
        if name not in MEASURES:
            raise unknown_name("measure", name, MEASURES)
    check_enough(pairs)
    weights = resampled(pairs.groups, resamples=resamples, seed=seed)
    found: dict[str, np.ndarray] = {}
    for made, make in _MAKERS.items():
        if set(made) & set(names):
            found |= make(pairs, weights, seed)
    return {name: found[name] for name in MEASURES if name in names}


def as_frame(sampled: dict[str, np.ndarray], confidence: float = 0.95) -> pd.DataFrame:
    """Measures and their percentile intervals as a table, with what `MEASURES` tells of each."""
    import pandas as pd

    tail = (1 - confidence) / 2
    rows = []
    for name, values in sampled.items():
        told = MEASURES[name]
        low, high = np.quantile(values[1:], [tail, 1 - tail]) if len(values) > 1 else (np.nan, np.nan)
        numbers = {"value": float(values[0]), "low": float(low), "high": float(high)}
        words = {"about": told.about, "better": told.better, "source": told.source}
        rows.append({"name": name, "title": told.title, **numbers, **words})
    return pd.DataFrame(rows)


def _centroids(pairs: Pairs, weights: Weights, seed: int) -> dict[str, np.ndarray]:
    gaps = weights.mean(pairs.image.astype(np.float64) - pairs.text)  # (1 + resamples, dim)
    squared = np.square(gaps)
    length = squared.sum(axis=1)
    # a resample adds the noise of resampling to every squared length: taken off again
    noise = max(0.0, length[1:].mean() - length[0]) if len(length) > 1 else 0.0
    length[1:] = np.maximum(length[1:] - noise, 0.0)
    largest = -np.sort(-squared, axis=1)
    whole = np.maximum(squared.sum(axis=1), np.finfo(float).tiny)
    shares = {f"gap-top-{k}": largest[:, :k].sum(axis=1) / whole for k in TOPS}
    return {"l2m": np.sqrt(length), **shares}


def _within(pairs: Pairs, weights: Weights, seed: int) -> dict[str, np.ndarray]:
    """What is made of distances between strangers within each modality, and across."""
    matched = weights.mean(np.einsum("nd,nd->n", pairs.text, pairs.image, dtype=np.float64))
    found: dict[str, np.ndarray] = {"alignment": 2 - 2 * matched}
    apart, far = [], []
    for side, vectors in (("text", pairs.text), ("image", pairs.image)):
        apart.append((1 - quadratic(weights, cosines(vectors, vectors))) / 2)
        near = quadratic(weights, ((at, np.exp(4 * one - 4)) for at, one in cosines(vectors, vectors)))
        found[f"uniformity-{side}"] = np.log(near)
        far.append(quadratic(weights, _distances(vectors, vectors)))
    partners, intra = (1 - matched) / 2, sum(apart) / 2
    found["rmg"] = partners / np.maximum(partners + intra, np.finfo(float).tiny)
    found["energy"] = 2 * quadratic(weights, _distances(pairs.text, pairs.image)) - sum(far)
    return found


def _distances(left: np.ndarray, right: np.ndarray):
    for rows, similar in cosines(left, right):
        yield rows, np.sqrt(np.maximum(2 - 2 * similar, 0))


def _partners(pairs: Pairs, weights: Weights, seed: int) -> dict[str, np.ndarray]:
    """How partners differ from strangers."""
    matched = np.einsum("nd,nd->n", pairs.text, pairs.image, dtype=np.float64)
    ours, squares = weights.mean(np.stack([matched, matched**2], axis=1)).T
    theirs = quadratic(weights, cosines(pairs.text, pairs.image))
    their_squares = quadratic(weights, ((at, one**2) for at, one in cosines(pairs.text, pairs.image)))
    spread = np.sqrt(np.maximum((squares - ours**2 + their_squares - theirs**2) / 2, np.finfo(float).tiny))
    return {
        "matched-cosine": ours,
        "mismatched-cosine": theirs,
        "cosine-auc": _auc(pairs, weights, matched),
        "cosine-dprime": (ours - theirs) / spread,
    }


def _auc(pairs: Pairs, weights: Weights, matched: np.ndarray) -> np.ndarray:
    """The chance that partners are nearer than strangers; resamples to first order (Hoeffding)."""
    n, ordered = len(matched), np.sort(matched)
    as_text, as_image = np.zeros(n), np.zeros(n)  # summed over strangers: share of partners that are nearer
    strangers = []
    for rows, similar in cosines(pairs.text, pairs.image):
        others = pairs.groups[rows, None] != pairs.groups
        below = np.searchsorted(ordered, similar, "left") + np.searchsorted(ordered, similar, "right")
        nearer = np.where(others, 1 - below / (2 * n), 0)
        as_text[rows], as_image = nearer.sum(axis=1), as_image + nearer.sum(axis=0)
        strangers.append(similar[others])
    strangers = np.sort(np.concatenate(strangers))
    sides = [np.searchsorted(strangers, matched, side) for side in ("left", "right")]
    beaten = (sides[0] + sides[1]) / (2 * len(strangers))  # (n,): share of strangers further apart than these
    sizes = np.bincount(pairs.groups)[pairs.groups]
    as_text, as_image = as_text / (n - sizes), as_image / (n - sizes)
    auc = float(beaten.mean())
    influence = beaten + as_text + as_image
    sampled = auc + weights.mean(influence - influence.mean())
    return np.clip(sampled, 0, 1)


def _separability(pairs: Pairs, weights: Weights, seed: int) -> dict[str, np.ndarray]:
    hits = held_out_hits(pairs.text, pairs.image, pairs.groups, seed=seed)
    return {"separability": weights.mean(hits)}


def _retrieval(pairs: Pairs, weights: Weights, seed: int) -> dict[str, np.ndarray]:
    prompts, images = once(pairs.prompt_ids), once(pairs.image_ids)
    found = {}
    for side, asking, offered, vectors, others in (
        ("t2i", prompts, images, pairs.text, pairs.image),
        ("i2t", images, prompts, pairs.image, pairs.text),
    ):
        groups = pairs.groups
        ranks = own_ranks(vectors[asking], groups[asking], others[offered], groups[offered])
        mine = Weights(weights.rows[:, asking], groups[asking])
        found |= {f"{side}-r{k}": mine.mean(ranks <= k) for k in RANKS}
    return found


_MAKERS = {
    ("l2m", *(f"gap-top-{k}" for k in TOPS)): _centroids,
    ("rmg", "energy", "alignment", "uniformity-text", "uniformity-image"): _within,
    ("separability",): _separability,
    ("matched-cosine", "mismatched-cosine", "cosine-auc", "cosine-dprime"): _partners,
    tuple(f"{side}-r{k}" for side in ("t2i", "i2t") for k in RANKS): _retrieval,
}


def _noise(pairs: Pairs) -> np.ndarray:
    """What each prompt adds to the mean difference of partners, less its part of that mean: (groups, dim)."""
    gaps = pairs.image.astype(np.float64) - pairs.text
    groups = pairs.groups
    summed = np.zeros((int(groups.max()) + 1, pairs.dim))
    np.add.at(summed, groups, gaps - gaps.mean(axis=0))
    return summed / len(pairs)


def _notes(pairs: Pairs, noise: np.ndarray) -> tuple[str, ...]:
    expected = float(np.square(noise).sum())
    notes = [f"With no gap at all, so few pairs would have their centroids {expected**0.5:.3f} apart."]
    squared = float(np.square((pairs.image.astype(np.float64) - pairs.text).mean(axis=0)).sum())
    if squared < _least_by_chance(noise):
        notes.append(
            "The centroids are nearer than chance alone would have them, so these vectors were centred on "
            "the very pairs that are measured: separability then falls below .5, which means nothing. Fit "
            "a closing on one part and measure on another."
        )
    return tuple(notes)


def _least_by_chance(noise: np.ndarray) -> float:
    """A squared distance of centroids that, without a gap, chance falls below once in 10,000 times.

    The distance is a sum of squares, about a chi-squared with as many degrees of freedom as there are
    directions of noise (Satterthwaite), whose quantile is Wilson and Hilferty's.
    """
    products = noise @ noise.T
    expected = float(np.trace(products))
    if expected == 0:
        return 0.0
    directions = expected**2 / float(np.square(products).sum())
    reach = 2 / (9 * directions)
    return expected * max(0.0, 1 - reach + _RARE * reach**0.5) ** 3
