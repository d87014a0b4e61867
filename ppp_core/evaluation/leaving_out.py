"""Does a score hold on a data set that it never saw? Each source of a pooled data set is left out in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from ..splits import check_disjoint, normalise_text
from .correlation import correlate
from .parts import MIN_PROMPTS, Part, TargetData, target_data
from .results import Correlation

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..encoders import Encoder
    from ..store import EmbeddingStore

Predict = Callable[[Sequence[str]], np.ndarray]
"""Prompts to predicted performance, float (n,)."""

Fit = Callable[[TargetData], Predict]
"""Learns from ``data.train`` and nothing else; there is no held-out part."""


@dataclass(frozen=True)
class LeftOut:
    """How well a score does on one source that it had not learned from.

    Attributes:
        source: the data set that was left out.
        n: its prompts, all of which judge.
        n_train: prompts of the other sources that were learned from.
        n_twins: prompts of the other sources that were not learned from because the one left out has the same
            words, but for case and punctuation.
        correlation: of predicted with observed performance.
        prompt_ids, prompts: of the n prompts.
        predicted: float64, shape (n,), in the pooled target's unit.
        observed: float64, shape (n,): people's mean in the source's own unit.
    """

    source: str
    n: int
    n_train: int
    n_twins: int
    correlation: Correlation
    prompt_ids: tuple[str, ...]
    prompts: tuple[str, ...]
    predicted: np.ndarray
    observed: np.ndarray

    def as_dict(self) -> dict:
        """The figures without the prompts, as plain values."""
        counts = {"source": self.source, "n": self.n, "n_train": self.n_train, "n_twins": self.n_twins}
        return {**counts, **self.correlation.as_dict()}


def leave_one_out(
    dataset: DataSet,
    target: str,
    fit: Fit,
    *,
    sources: Sequence[str] | None = None,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[LeftOut]:
    """Leaves out each source in turn, learns from the others' training prompts, and is judged by it.

    A training prompt that says the same as any prompt of the source left out, but for case and punctuation,
    is not learned from. Validation prompts are never learned from; where their source is left out they judge
    with the rest of it.

    Args:
        dataset: its prompts have the column source, such as those of the data set ``ppp``.
        target: one of its targets. Where its ratings have the column people, that judges, else the value.
        fit: learns and gives back what predicts; see `fitter`.
        sources: which to leave out; None for all that have the target.
        resamples, confidence, seed: of the intervals, as in `correlate`.
        progress: called with (sources done, sources in all).

    Returns:
        One result a source, in the data set's order.

    Raises:
        PPPError: where the data set has fewer than two sources of this target, an unknown one is to be left
            out, or fewer than 60 prompts would be learned from.
    """
    frame = _frame(dataset, target)
    known = list(dict.fromkeys(frame["source"]))
    wanted = known if sources is None else list(sources)
    _check(target, known, wanted)
    results = []
    for done, source in enumerate(wanted, start=1):
        data, judges, n_twins = split_off(dataset, target, source)
        predicted = np.asarray(fit(data)(judges["prompt"].tolist()), dtype=np.float64)
        observed = judges["people"].to_numpy(np.float64)
        options = {"resamples": resamples, "confidence": confidence, "seed": seed}
        results.append(
            LeftOut(
                source=source,
                n=len(judges),
                n_train=len(data.train),
                n_twins=n_twins,
                correlation=correlate(predicted, observed, **options),
                prompt_ids=tuple(judges["prompt_id"]),
                prompts=tuple(judges["prompt"]),
                predicted=predicted,
                observed=observed,
            )
        )
        if progress:
            progress(done, len(wanted))
    return results


def split_off(dataset: DataSet, target: str, source: str) -> tuple[TargetData, pd.DataFrame, int]:
    """What may be learned from when a source is left out, what judges, and how many twins were dropped.

    Args:
        dataset, target: as in `leave_one_out`.
        source: the one to leave out.

    Returns:
        The target's data without it (train alone); its prompts, with the columns prompt_id, prompt and
        people; and the number of training prompts dropped for saying the same as one of them.

    Raises:
        PPPError: when fewer than 60 prompts would be learned from.
    """
    frame = _frame(dataset, target)
    _check(target, list(dict.fromkeys(frame["source"])), [source])
    judges = frame[frame["source"] == source]
    others = frame[(frame["source"] != source) & ~frame["split"].isin(("validation", "test"))]
    twins = others["prompt"].map(normalise_text).isin(set(judges["prompt"].map(normalise_text)))
    kept = others[~twins]
    if len(kept) < MIN_PROMPTS:
        raise PPPError(
            f"Leaving out {source} leaves {len(kept)} prompts with a value of {target} to learn from, "
            f"at least {MIN_PROMPTS} are needed."
        )
    check_disjoint(kept["prompt"].tolist(), judges["prompt"].tolist())
    train = Part(kept["prompt"].tolist(), kept["value"].to_numpy(np.float64), len(kept))
    whole = target_data(dataset, target)
    data = replace(whole, train=train, held_out=None, n_left_out=int(twins.sum()), joint=None)
    return data, judges[["prompt_id", "prompt", "people"]].reset_index(drop=True), int(twins.sum())


def fitter(
    predictor: str, encoder: Encoder | None, *, seed: int = 0, store: EmbeddingStore | None = None
) -> Fit:
    """A `Fit` of a predictor by its name.

    Args:
        predictor: key of ``PREDICTORS``.
        encoder: None where the predictor reads the prompts alone.
        seed: of the fit.
        store: where embeddings are looked up and kept; None keeps nothing.
    """
    from .benchmark.fitting import bounds, fit_predictor, predict_prompts

    def fit(data: TargetData) -> Predict:
        fitted, fed_by = fit_predictor(data, predictor, encoder, seed, store)
        return partial(predict_prompts, fitted, fed_by, bounds=bounds(data), store=store)

    return fit


def _frame(dataset: DataSet, target: str) -> pd.DataFrame:
    """One row a prompt with a value: prompt_id, prompt, split, source, value, people."""
    if "source" not in dataset.prompts:
        raise PPPError(
            f"Leaving one source out needs a pooled data set, such as ppp, got {dataset.card.name}."
        )
    ratings = dataset.ratings[dataset.ratings["target"] == dataset.target(target).name]
    if "people" not in ratings:
        ratings = ratings.assign(people=ratings["value"])
    means = ratings.groupby("prompt_id", sort=False)[["value", "people"]].mean().round(10)
    prompts = dataset.prompts[["prompt_id", "prompt", "split", "source"]]
    return prompts.merge(means, left_on="prompt_id", right_index=True, how="inner").reset_index(drop=True)


def _check(target: str, known: list[str], wanted: list[str]) -> None:
    if len(known) < 2:
        named = known[0] if known else "none"
        raise PPPError(
            f"Leaving one source out needs at least two with {target}, got {len(known)} ({named})."
        )
    for name in wanted:
        if name not in known:
            raise unknown_name("source", name, known)
