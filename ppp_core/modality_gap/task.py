"""What the gap costs where it matters here: a head trained on pictures, fed with prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from ..evaluation import correlate_many
from ..evaluation.results import plain
from ..predictors.linear import LinearHead, fit_ridge
from .closings import CLOSINGS, fit_closing
from .comparing import parts_of
from .pairs import Pairs
from .retrieval import once

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]

FOLDS = 5
FEWEST_JUDGED = 20
SIDES = ("image", "text")


@dataclass(frozen=True)
class TaskResult:
    """How well heads tell what people said, whatever they are fed with.

    Attributes:
        frame: one row a way: head (``"image"`` or ``"text"``: trained on which), fed (with which), closing,
            closing_title, pearson and spearman with _low and _high (95 %, over prompts), bias (mean of
            predicted less observed) and rmse, in the target's unit.
        target: what was predicted.
        n_prompts: that judged.
        answer: what it comes to, in one or two sentences.
        notes: how it was measured.
    """

    frame: pd.DataFrame
    target: str
    n_prompts: int
    answer: str
    notes: tuple[str, ...]

    def row(self, head: str, fed: str, closing: str = "none") -> pd.Series:
        """One way's figures. Raises PPPError where it was not measured."""
        frame = self.frame
        mine = frame[(frame["head"] == head) & (frame["fed"] == fed) & (frame["closing"] == closing)]
        if mine.empty:
            ways = (f"{one.head} {one.fed} {one.closing}" for one in frame.itertuples())
            raise unknown_name("way", f"{head} {fed} {closing}", ways)
        return mine.iloc[0]

    def as_dict(self) -> dict:
        """Plain values, nested; undefined numbers are None."""
        told = {"target": self.target, "n_prompts": self.n_prompts, "answer": self.answer}
        rows = self.frame.astype(object).to_dict("records")
        return plain({**told, "rows": rows, "notes": list(self.notes)})


def quality_task(
    pairs: Pairs,
    target: str,
    *,
    names: Sequence[str] | None = None,
    folds: int = FOLDS,
    resamples: int = 2000,
    seed: int = 0,
    progress: Progress | None = None,
) -> TaskResult:
    """PPP's experiment: a head that learned from pictures predicts from prompts, before and after closings.

    A ridge regression learns people's scores from the pictures of some prompts. Fed with the pictures of
    other prompts it shows what it can do; fed with those prompts themselves, what the gap costs; after a
    closing, what that brings back. A head trained on prompts stands beside them. Closings and heads learn
    from the same parts; every prompt is judged once, by what did not see it. Where an encoder tells which
    prompts it was trained on, those are learned from and judge nothing.

    Args:
        pairs: with a column ``target`` in their frame.
        target: a name of that column.
        names: keys of `CLOSINGS`; all when left out. ``none`` is always there.
        folds: parts.
        resamples: of the prompts, for the intervals.
        seed: of parts and resamples.
        progress: called with (fits done, in all).

    Raises:
        PPPError: an unknown target or closing, or fewer than 20 prompts to judge.

    Reference:
        PPP (arXiv 2306.08915), third experiment; there the head is a published aesthetic predictor.
    """
    names = ["none", *(name for name in (CLOSINGS if names is None else names) if name != "none")]
    for name in names:
        if name not in CLOSINGS:
            raise unknown_name("closing", name, CLOSINGS)
    pairs, observed = rated(pairs, target)
    owners, judging = _prompts(pairs)
    of_prompt = _by_prompt(observed, owners)
    ways = [("text", "text", "none"), ("image", "image", "none"), *(("image", "text", one) for one in names)]
    predicted = np.full((len(ways), len(of_prompt)), np.nan)
    parts = parts_of(pairs, folds=folds, seed=seed, fewest=4)
    for number, test in enumerate(parts):
        for done, found in enumerate(_one_part(pairs, observed, owners, test, ways)):
            mine = ~np.isnan(found)
            predicted[done, mine] = found[mine]
            if progress:
                progress(number * len(ways) + done + 1, len(parts) * len(ways))
    frame = _frame(ways, predicted[:, judging], of_prompt[judging], resamples, seed)
    kind = "trained on none of them" if judging.all() else "not trained on these; it was on the others"
    notes = (
        f"{int(judging.sum()):,} prompts, {len(pairs):,} pictures; the mean score of a prompt's pictures was "
        f"predicted; {folds} parts, split by prompt; the encoder was {kind}.",
    )
    answer = _answer(frame, target)
    return TaskResult(frame, target, int(judging.sum()), answer, notes)


def rated(pairs: Pairs, target: str) -> tuple[Pairs, np.ndarray]:
    """The pairs that have a value of a target, and the values, float64 (n,).

    Raises:
        PPPError: when no column of the frame is named so, or too few have a value.
    """
    if target not in pairs.frame:
        known = [name for name in pairs.frame if pairs.frame[name].dtype.kind == "f"]
        raise unknown_name("target", target, known)
    values = pairs.frame[target].to_numpy(float, na_value=np.nan)
    here = np.isfinite(values)
    if len(set(np.array(pairs.prompt_ids)[here])) < FEWEST_JUDGED:
        raise PPPError(f"Predicting {target} needs at least {FEWEST_JUDGED} prompts with a value.")
    kept = pairs if here.all() else pairs.rows(here, f"{int((~here).sum()):,} pairs have no {target}.")
    return kept, values[here]


def _prompts(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row's prompt, int (n,), and which prompts may judge, bool (n_prompts,)."""
    first = once(pairs.prompt_ids)
    numbers = {pairs.prompt_ids[row]: number for number, row in enumerate(first)}
    owners = np.array([numbers[name] for name in pairs.prompt_ids])
    judging = np.ones(len(first), bool)
    if "learned" in pairs.frame:
        judging = ~pairs.frame["learned"].to_numpy(bool)[first]
    if judging.sum() < FEWEST_JUDGED:
        raise PPPError(
            f"At least {FEWEST_JUDGED} prompts must judge that the encoder was not trained on, got "
            f"{int(judging.sum())}."
        )
    return owners, judging


def _by_prompt(values: np.ndarray, owners: np.ndarray) -> np.ndarray:
    return np.bincount(owners, values) / np.bincount(owners)


def _one_part(pairs: Pairs, observed: np.ndarray, owners: np.ndarray, test: np.ndarray, ways):
    """What each way says of the prompts of one part, float64 (n_prompts,), nan for all others."""
    learn = pairs.rows(~test)
    n_prompts = int(owners.max()) + 1
    first = once(learn.prompt_ids)
    mean = _by_prompt(observed, owners)[owners[~test]]
    heads: dict[str, LinearHead] = {}
    for head_on, fed, name in ways:
        closing = fit_closing(name, learn.text, learn.image)
        text, image = closing.apply(learn.text, learn.image)
        # closings that leave the pictures where they are share one head
        key = "none" if head_on == "image" and np.array_equal(image, learn.image) else f"{head_on} {name}"
        if key not in heads:
            on_image = head_on == "image"
            heads[key] = (
                fit_ridge(image, observed[~test]) if on_image else fit_ridge(text[first], mean[first])
            )
        head = heads[key]
        moved = closing.apply(pairs.text[test], pairs.image[test])
        asked = moved[0] if fed == "text" else moved[1]
        found = np.full(n_prompts, np.nan)
        said = np.bincount(owners[test], head.predict(asked), n_prompts)
        sizes = np.bincount(owners[test], minlength=n_prompts)
        found[sizes > 0] = said[sizes > 0] / sizes[sizes > 0]
        yield found


def _frame(ways, predicted: np.ndarray, observed: np.ndarray, resamples: int, seed: int) -> pd.DataFrame:
    import pandas as pd

    rows = []
    found = correlate_many(predicted, observed, resamples=resamples, seed=seed)
    for (head, fed, closing), said, one in zip(ways, predicted, found, strict=True):
        row = {"head": head, "fed": fed, "closing": closing, "closing_title": CLOSINGS[closing].title}
        for name in ("pearson", "spearman"):
            estimate = getattr(one, name)
            row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
        wrong = said - observed
        rows.append({**row, "bias": float(wrong.mean()), "rmse": float(np.sqrt((wrong**2).mean()))})
    return pd.DataFrame(rows)


def _answer(frame: pd.DataFrame, target: str) -> str:
    fed_text = frame[(frame["head"] == "image") & (frame["fed"] == "text")]
    on_image, on_text = (frame[frame["fed"].eq(one) & frame["head"].eq(one)].iloc[0] for one in SIDES)
    before = fed_text[fed_text["closing"] == "none"].iloc[0]
    said = (
        f"A head that learned {target} from pictures: Pearson {_figure(on_image)} fed with pictures, "
        f"{_figure(before)} fed with prompts and {before['bias']:+.2f} off on average; a head that learned "
        f"from prompts: {_figure(on_text)}."
    )
    closed = fed_text[fed_text["closing"] != "none"]
    if closed.empty or closed["pearson"].isna().all():
        return said
    best = closed.loc[closed["pearson"].idxmax()]
    told = f"“{best['closing_title']}”: {_figure(best)}, {best['bias']:+.2f} off."
    if not best["pearson_low"] > 0:
        return f"{said} No closing makes it clearly better than nothing on prompts; the best is {told}"
    return f"{said} The best closing for it is {told}"


def _figure(row: pd.Series) -> str:
    return f"{row['pearson']:.2f} [{row['pearson_low']:.2f}, {row['pearson_high']:.2f}]"
