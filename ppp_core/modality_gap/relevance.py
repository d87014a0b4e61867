"""Whether the gap of a single pair says anything about how people judge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError
from ..evaluation.correlation import spearman
from ..evaluation.inputs import as_numbers, check_options
from ..evaluation.results import plain
from ..predictors.linear import fit_ridge
from .comparing import parts_of
from .pairs import Pairs
from .task import rated

if TYPE_CHECKING:
    import pandas as pd

QUESTIONS = {
    "score": "what people said",
    "within": "what people said, among pictures of one prompt",
    "mean": "what people said, mean of a prompt",
    "residual": "what a predictor on the text missed (observed less predicted)",
    "error": "how much it missed (either way)",
}


@dataclass(frozen=True)
class Relevance:
    """Rank correlations of the gap of a pair, one minus the cosine of its partners.

    Attributes:
        frame: one row a question: name, question, level (``"image"`` or ``"prompt"``), n, spearman, low,
            high (95 %, prompts resampled with their pictures).
        target: what people said.
        answer: in one or two sentences.
        n: pairs.
        n_prompts: prompts.
        notes: how it was measured.
    """

    frame: pd.DataFrame
    target: str
    answer: str
    n: int
    n_prompts: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict:
        """Plain values, nested; undefined numbers are None."""
        told = {key: getattr(self, key) for key in ("target", "answer", "n", "n_prompts")}
        rows = self.frame.astype(object).to_dict("records")
        return plain({**told, "rows": rows, "notes": list(self.notes)})


def gap_relevance(
    pairs: Pairs,
    target: str,
    *,
    predicted: ArrayLike | None = None,
    folds: int = 5,
    resamples: int = 1000,
    seed: int = 0,
) -> Relevance:
    """Correlates the gap of each pair with what people said, and with what a predictor on the text missed.

    Pairs whose prompts the encoder was trained on are left out: their partners were brought together.

    Args:
        pairs: with a column ``target`` in their frame.
        target: a name of that column.
        predicted: shape (n,), held-out predictions of it, a row a pair; when left out, a ridge regression on
            the text vectors, each prompt predicted by what did not learn from it.
        folds: of that regression.
        resamples: of the prompts.
        seed: of folds and resamples.

    Raises:
        PPPError: an unknown target, too few prompts, or predictions of another length.
    """
    import pandas as pd

    check_options(resamples, 0.95)
    said = None if predicted is None else as_numbers("predicted", predicted)
    if said is not None and said.shape != (len(pairs),):
        raise PPPError(f"gap_relevance needs one prediction a pair ({len(pairs)}), got shape {said.shape}.")
    marked = pairs.frame.assign(predicted_here=np.nan if said is None else said)
    kept, observed = rated(replace(pairs, frame=marked).held_out(), target)
    said = _held_out(kept, observed, folds, seed) if said is None else kept.frame["predicted_here"].to_numpy()
    table = pd.DataFrame(
        {
            "group": kept.groups,
            "prompt": kept.prompt_ids,
            "gap": 1 - np.einsum("nd,nd->n", kept.text, kept.image, dtype=np.float64),
            "observed": observed,
            "predicted": said,
        }
    )
    frame = pd.DataFrame(_rows(table, resamples, seed))
    source = "given predictions" if predicted is not None else "a ridge regression on the text vectors"
    notes = (*kept.notes, f"Residuals are those of {source}, for prompts that it did not learn from.")
    n_prompts = table["prompt"].nunique()
    return Relevance(frame, target, _answer(frame, target), len(table), n_prompts, notes)


def _held_out(pairs: Pairs, observed: np.ndarray, folds: int, seed: int) -> np.ndarray:
    predicted = np.empty(len(pairs))
    for test in parts_of(pairs, folds=folds, seed=seed, fewest=4):
        predicted[test] = fit_ridge(pairs.text[~test], observed[~test]).predict(pairs.text[test])
    return predicted


def _rows(table: pd.DataFrame, resamples: int, seed: int) -> list[dict]:
    by_prompt = table.groupby("prompt", sort=False).mean()
    by_prompt["residual"] = by_prompt["observed"] - by_prompt["predicted"]
    centred = table[["gap", "observed"]] - table.groupby("prompt")[["gap", "observed"]].transform("mean")
    several = (table.groupby("prompt")["gap"].transform("size") > 1).to_numpy()
    asked = {
        "score": (table["group"], table["gap"], table["observed"], "image"),
        "within": (table["group"][several], centred["gap"][several], centred["observed"][several], "image"),
        "mean": (by_prompt["group"], by_prompt["gap"], by_prompt["observed"], "prompt"),
        "residual": (by_prompt["group"], by_prompt["gap"], by_prompt["residual"], "prompt"),
        "error": (by_prompt["group"], by_prompt["gap"], by_prompt["residual"].abs(), "prompt"),
    }
    rows = []
    for name, (groups, gap, other, level) in asked.items():
        values = _interval(groups.to_numpy(int), gap.to_numpy(), other.to_numpy(), resamples, seed)
        rows.append({"name": name, "question": QUESTIONS[name], "level": level, "n": len(gap), **values})
    return rows


def _interval(
    groups: np.ndarray, x: np.ndarray, y: np.ndarray, resamples: int, seed: int
) -> dict[str, float]:
    """Spearman's rho, and its percentile interval; what hangs together is drawn together."""
    if len(x) < 4:
        return {"spearman": np.nan, "low": np.nan, "high": np.nan}
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    random = np.random.default_rng(seed)
    sampled = []
    for _ in range(resamples):
        drawn = np.concatenate([members[one] for one in random.integers(0, len(members), len(members))])
        sampled.append(spearman(x[drawn], y[drawn]))
    low, high = np.nanquantile(sampled, [0.025, 0.975]) if not np.isnan(sampled).all() else (np.nan, np.nan)
    return {"spearman": spearman(x, y), "low": float(low), "high": float(high)}


def _answer(frame: pd.DataFrame, target: str) -> str:
    rows = frame.set_index("name")
    score, residual = rows.loc["score"], rows.loc["residual"]
    told = {
        "lower": f"Pictures further from their prompt are rated lower on {target}",
        "higher": f"Pictures further from their prompt are rated higher on {target}",
        "": f"How far a picture lies from its prompt does not clearly go with {target}",
    }[_way(score)]
    missed = {
        "lower": "and it tells something that a predictor on the text does not",
        "higher": "and it tells something that a predictor on the text does not",
        "": "and over prompts it does not clearly tell what a predictor on the text misses",
    }[_way(residual)]
    return f"{told}: ρ {_figure(score)}; {missed}: ρ {_figure(residual)}."


def _way(row: pd.Series) -> str:
    return "lower" if row["high"] < 0 else "higher" if row["low"] > 0 else ""


def _figure(row: pd.Series) -> str:
    return f"{row['spearman']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"
