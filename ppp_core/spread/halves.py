"""A prompt's spread from one half of its values, its mean from the other.

To hold the mean equal, the spread must be compared with a mean that knows nothing of the same values: near an
end of the scale, a prompt that happened to get high values has a high mean *and* a small spread, and a curve
fitted through such pairs is too steep. So a prompt's values are split at random, several times; the variance
comes from one half and the mean from the other, each way. The half's mean is noisy, which alone would make
the curve too flat; it is therefore drawn towards the mean of its count by as much as its noise asks for.

Reference:
    Carroll, Ruppert, Stefanski and Crainiceanu, Measurement Error in Nonlinear Models (2006), chapter 4, for
    the calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .observations import Observations
    from .sample import Sample

SPLITS = 6
"""Random splits, each of which gives two rows a prompt."""
ENOUGH = 0.8
"""Share of the prompts that must have values to split."""
MANY_COUNTS = 12
"""More different counts than these are taken for a line instead of one level each."""


@dataclass(frozen=True)
class Halves:
    """Rows of all splits, each of shape (rows,) unless told.

    Attributes:
        owner: the prompt's position in the sample.
        part: which split and which half of it gave the variance.
        variance: of one half.
        df: its degrees of freedom.
        mean: of the other half, calibrated.
        whole: shape (n,), the calibrated mean of all values of every prompt.
    """

    owner: np.ndarray
    part: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    mean: np.ndarray
    whole: np.ndarray


def halves_of(
    observations: Observations, sample: Sample, *, seed: int, splits: int = SPLITS
) -> Halves | None:
    """Splits the values of every prompt.

    Args:
        observations: with a spread within prompts.
        sample: of `sample_of`.
        seed: of the splits.
        splits: how many.

    Returns:
        The rows; None where too few prompts have three values or more.
    """
    if not sample.within:
        return None
    values = _values(observations, sample)
    random = np.random.default_rng([seed, 7])
    rows = [_rows(values, _split(values, random), number) for number in range(splits)]
    table = {name: np.concatenate([one[name] for one in rows]) for name in rows[0]}
    there = len(np.unique(table["owner"]))
    if there < ENOUGH * sample.n or there < 4:
        return None
    return _calibrated(table, values, sample)


@dataclass(frozen=True)
class _Values:
    """Values, those of one cell beside each other; a cell is what a spread is taken within."""

    value: np.ndarray  # (n_values,), less its cell's mean
    raw: np.ndarray  # (n_values,), without its generator's mean, since halves differ in those
    cell: np.ndarray  # (n_values,), 0, 1, … in order
    owner: np.ndarray  # (n_cells,), the prompt's position
    whole: np.ndarray  # (n_cells,), too small to be split: it goes to one half

    @property
    def size(self) -> np.ndarray:
        return np.bincount(self.cell)


def _values(observations: Observations, sample: Sample) -> _Values:
    names = observations.prompts["prompt_id"].to_numpy()[sample.rows]
    values = observations.values
    raw = values["raw"] - values.groupby("generator", dropna=False)["raw"].transform("mean")
    owner = values["prompt_id"].map(dict(zip(names, range(len(names)), strict=True))).to_numpy(float)
    within = (
        values["generator"].factorize()[0] if observations.meaning == "samples" else np.zeros(len(values))
    )
    kept = np.isfinite(owner)
    pairs, cell = np.unique(np.stack([owner[kept], within[kept]], axis=1), axis=0, return_inverse=True)
    cell = cell.ravel()
    order = np.argsort(cell, kind="stable")
    value, raw = values["value"].to_numpy(float)[kept][order], raw.to_numpy()[kept][order]
    cell, owners = cell[order], pairs[:, 0].astype(int)
    size = np.bincount(cell)
    several = np.bincount(owners)[owners] > 1
    centred = value - (np.bincount(cell, value) / size)[cell]
    return _Values(centred, raw + float(values["raw"].mean()), cell, owners, several & (size < 4))


def _split(values: _Values, random: np.random.Generator) -> np.ndarray:
    """A random half, 0 or 1, for every value. Prompts with several small cells have those split up whole."""
    size = values.size
    order = np.lexsort((random.random(len(values.cell)), values.cell))
    place = np.arange(len(order)) - (np.cumsum(size) - size)[values.cell]
    inside = np.empty(len(order), dtype=int)
    inside[order] = place >= np.ceil(size / 2)[values.cell]
    turns = np.lexsort((random.random(len(size)), values.owner))
    first = np.searchsorted(values.owner, np.arange(values.owner.max() + 1))
    turn = np.empty(len(size), dtype=int)
    turn[turns] = (np.arange(len(size)) - first[values.owner]) % 2
    return np.where(values.whole[values.cell], turn[values.cell], inside)


def _rows(values: _Values, half: np.ndarray, number: int) -> dict[str, np.ndarray]:
    """One row a half and prompt with a variance from this half and a mean from the other."""
    n_cells, n_owners = len(values.owner), int(values.owner.max()) + 1
    key = half * n_cells + values.cell
    size = np.bincount(key, minlength=2 * n_cells)
    total = np.bincount(key, values.value, minlength=2 * n_cells)
    squares = np.bincount(key, values.value**2, minlength=2 * n_cells) - total**2 / np.maximum(size, 1)
    owners = np.concatenate([values.owner, values.owner + n_owners])

    def summed(what: np.ndarray) -> np.ndarray:
        return np.bincount(owners, what, minlength=2 * n_owners).reshape(2, n_owners)

    df, n = summed(np.maximum(size - 1, 0)), summed(size)
    mean = summed(np.bincount(key, values.raw, minlength=2 * n_cells)) / np.maximum(n, 1)
    which, owner = np.nonzero((df > 0) & (n[::-1] > 0))
    return {
        "owner": owner,
        "part": 2 * number + which,
        "variance": np.maximum(summed(squares)[which, owner], 0.0) / df[which, owner],
        "df": df[which, owner],
        "own": mean[which, owner],
        "mean": mean[1 - which, owner],
        "n": n[1 - which, owner],
    }


def _calibrated(table: dict[str, np.ndarray], values: _Values, sample: Sample) -> Halves:
    """Means drawn towards those of their count, by the share of their variance that is noise."""
    owners = values.owner[values.cell]
    size = np.bincount(owners, minlength=sample.n)
    own = np.bincount(owners, values.raw, minlength=sample.n) / size
    noise = float(((values.raw - own[owners]) ** 2).sum() / (size - 1).sum())
    expected = _by_count(sample.count, own)
    owner = table["owner"]
    apart = (table["own"] - expected[owner]) * (table["mean"] - expected[owner])
    signal = max(float(apart.mean()), 1e-12 * max(noise, 1e-300))

    def drawn(means: np.ndarray, sizes: np.ndarray, to: np.ndarray) -> np.ndarray:
        return to + (means - to) * signal / (signal + noise / sizes)

    return Halves(
        owner=owner,
        part=table["part"],
        variance=table["variance"],
        df=table["df"].astype(float),
        mean=drawn(table["mean"], table["n"], expected[owner]),
        whole=drawn(own, size, expected),
    )


def _by_count(count: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The mean that a prompt's count leads one to expect, shape (n,)."""
    levels, place = np.unique(count, return_inverse=True)
    if len(levels) > MANY_COUNTS:
        return np.polyval(np.polyfit(count, mean, 1), count)
    return (np.bincount(place, mean) / np.bincount(place))[place]
