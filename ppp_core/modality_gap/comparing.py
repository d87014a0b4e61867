"""What each closing does to every measure, on pairs that it did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from ..evaluation.inputs import check_options
from ..evaluation.results import plain
from .closings import CLOSINGS, fit_closing
from .measure_table import MEASURES
from .measures import LARGEST, as_frame, sample, sampled_measures
from .pairs import FEWEST, Pairs

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]

FOLDS = 5


@dataclass(frozen=True)
class ClosingComparison:
    """Closings side by side.

    Attributes:
        frame: one row a closing and measure: closing, closing_title, name, title, value, low, high,
            difference (from no closing), difference_low, difference_high, better.
        n: pairs measured.
        n_offered: different pictures offered at once to a prompt that asks, on average.
        folds: parts; each is measured by what was learned from all others.
        notes: of the pairs, and how it was measured.
    """

    frame: pd.DataFrame
    n: int
    n_offered: int
    folds: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict:
        """Plain values, nested; undefined numbers are None."""
        rows = self.frame.astype(object).to_dict("records")
        told = {"n": self.n, "n_offered": self.n_offered, "folds": self.folds, "notes": list(self.notes)}
        return plain({**told, "rows": rows})


def compare_closings(
    pairs: Pairs,
    *,
    names: Sequence[str] | None = None,
    options: Mapping[str, Mapping[str, float]] | None = None,
    folds: int | None = None,
    only: Sequence[str] | None = None,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> ClosingComparison:
    """Fits each closing on all parts but one, and measures it on that one; the mean over the parts is told.

    A prompt and its pictures are in one part. Every closing meets the same parts and the same resamples, so
    a difference from no closing is paired. Retrieval offers one part alone, and so is easier than on all.

    Args:
        pairs: at least 20 different prompts a part.
        names: keys of `CLOSINGS`; all when left out. ``none`` is always measured, and first.
        options: closing -> its options.
        folds: parts, at least 2; when left out 5, or as many as there are prompts for.
        only: names of `MEASURES`; all when left out.
        resamples: of each part's prompts, at least 100; 0 for no intervals.
        confidence: of the intervals.
        seed: of parts and resamples.
        progress: called with (fits done, in all).

    Raises:
        PPPError: an unknown closing, measure or option, or too few pairs for the parts.

    Example:
        >>> from ppp_core.modality_gap import make_pairs
        >>> meaning = np.random.default_rng(0).normal(size=(60, 8))
        >>> pairs = make_pairs(meaning + 1, meaning - 1)
        >>> found = compare_closings(pairs, names=["mean-removal"], folds=2, only=["l2m"], resamples=0)
        >>> found.frame["closing"].tolist(), bool(found.frame["difference"][1] < -0.5)
        (['none', 'mean-removal'], True)
    """
    import pandas as pd

    names = ["none", *(name for name in (CLOSINGS if names is None else names) if name != "none")]
    for name in names:
        if name not in CLOSINGS:
            raise unknown_name("closing", name, CLOSINGS)
    if resamples:
        check_options(resamples, confidence)
    pairs = sample(pairs, largest=LARGEST, seed=seed)
    folds = folds or int(np.clip((pairs.groups.max() + 1) // FEWEST, 2, FOLDS))
    parts = parts_of(pairs, folds=folds, seed=seed)
    found: dict[str, list[dict[str, np.ndarray]]] = {name: [] for name in names}
    for number, test in enumerate(parts):
        learn, judge = pairs.rows(~test), pairs.rows(test)
        for done, name in enumerate(names):
            closing = fit_closing(name, learn.text, learn.image, **(options or {}).get(name, {}))
            moved = judge.moved(*closing.apply(judge.text, judge.image))
            found[name].append(sampled_measures(moved, only=only, resamples=resamples, seed=seed + number))
            if progress:
                progress(number * len(names) + done + 1, len(parts) * len(names))
    means = {name: _mean(one) for name, one in found.items()}
    frames = [_rows(name, means[name], means["none"], confidence) for name in names]
    offered = round(np.mean([len({pairs.image_ids[row] for row in np.flatnonzero(part)}) for part in parts]))
    note = (
        f"Each closing learned from {folds - 1} of {folds} parts and was measured on the other, in turn; "
        f"retrieval among about {offered:,} pictures."
    )
    frame = pd.concat(frames, ignore_index=True)
    return ClosingComparison(frame, len(pairs), offered, folds, (*pairs.notes, note))


def parts_of(pairs: Pairs, *, folds: int, seed: int, fewest: int = FEWEST) -> list[np.ndarray]:
    """Masks of the parts, bool (n,) each; what hangs together is in one part.

    Raises:
        PPPError: for fewer than two parts, or too few different prompts for so many.
    """
    groups = pairs.groups
    n_groups = int(groups.max()) + 1
    if folds < 2 or n_groups // folds < fewest:
        raise PPPError(
            f"Closings need 2 or more parts of at least {fewest} different prompts each, got {folds} parts "
            f"of {n_groups} prompts."
        )
    part = (np.random.default_rng(seed).permutation(n_groups) % folds)[groups]
    return [part == number for number in range(folds)]


def _mean(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.mean([part[name] for part in parts], axis=0) for name in parts[0]}


def _rows(
    name: str, mine: dict[str, np.ndarray], base: dict[str, np.ndarray], confidence: float
) -> pd.DataFrame:
    numbers = ["value", "low", "high"]
    frame = as_frame(mine, confidence)
    change = as_frame({key: mine[key] - base[key] for key in mine}, confidence)[numbers]
    frame[["difference", "difference_low", "difference_high"]] = change
    frame.insert(0, "closing", name)
    frame.insert(1, "closing_title", CLOSINGS[name].title)
    return frame.drop(columns=["about", "source"]).assign(
        better=[MEASURES[one].better for one in frame["name"]]
    )
