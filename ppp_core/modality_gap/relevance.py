"""Whether the gap of a single pair says anything about how people judge it."""

from __future__ import annotations

from collections.abc import Mapping
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
from .predicted import kept_predictions
from .task import rated

if TYPE_CHECKING:
    import pandas as pd

QUESTIONS = {
    "score": "what people said",
    "within": "what people said, among pictures of one prompt",
    "mean": "what people said, mean of a prompt",
    "residual": "residual of {predictor}",
    "error": "size of the residual of {predictor}",
}
RIDGE = "a ridge on the text vectors"
GIVEN = "the given predictions"


@dataclass(frozen=True)
class Relevance:
    """Rank correlations of the gap of a pair, one minus the cosine of its partners.

    Attributes:
        frame: one row a question: name, predictor (of residuals and errors, else ""), question, level
            (``"image"`` or ``"prompt"``), n, spearman, low, high (95 %, prompts resampled with their
            pictures).
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
    predicted: ArrayLike | Mapping[str, ArrayLike] | None = None,
    folds: int = 5,
    resamples: int = 1000,
    seed: int = 0,
) -> Relevance:
    """Correlates the gap of each pair with what people said, and with what predictors on the text missed.

    Pairs whose prompts the encoder was trained on are left out: their partners were brought together. With
    one picture a prompt there is nothing to compare within a prompt, and a residual is that picture's.

    Args:
        pairs: with a column ``target`` in their frame.
        target: a name of that column.
        predicted: held-out predictions of it, a row a pair, shape (n,), nan where there is none; or several
            by the predictor's name, of which the first makes the answer. When left out, those that PPP keeps
            of its own predictors (`kept_predictions`), then a ridge regression on the text vectors, each
            prompt predicted by what did not learn from it.
        folds: of that regression.
        resamples: of the prompts.
        seed: of folds and resamples.

    Raises:
        PPPError: an unknown target, too few prompts, or predictions of another length.
    """
    import pandas as pd

    check_options(resamples, 0.95)
    said = _given(pairs, predicted) if predicted is not None else kept_predictions(pairs, target)
    marked = pairs.frame.assign(**{f"{_MARK}{name}": values for name, values in said.items()})
    kept, observed = rated(replace(pairs, frame=marked).held_out(), target)
    said = {name: kept.frame[f"{_MARK}{name}"].to_numpy() for name in said}
    if predicted is None:
        said[RIDGE] = _held_out(kept, observed, folds, seed)
    table = pd.DataFrame(
        {
            "group": kept.groups,
            "prompt": kept.prompt_ids,
            "gap": 1 - np.einsum("nd,nd->n", kept.text, kept.image, dtype=np.float64),
            "observed": observed,
        }
    )
    frame = pd.DataFrame(_rows(table, said, resamples, seed))
    n_prompts = table["prompt"].nunique()
    notes = (*kept.notes, _told(table, said))
    return Relevance(frame, target, _answer(frame, target), len(table), n_prompts, notes)


_MARK = "predicted by "


def _given(pairs: Pairs, predicted: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    named = predicted if isinstance(predicted, Mapping) else {GIVEN: predicted}
    said = {name: as_numbers("predicted", values) for name, values in named.items()}
    for values in said.values():
        if values.shape != (len(pairs),):
            raise PPPError(
                f"gap_relevance needs one prediction a pair ({len(pairs)}), got shape {values.shape}."
            )
    return said


def _held_out(pairs: Pairs, observed: np.ndarray, folds: int, seed: int) -> np.ndarray:
    predicted = np.empty(len(pairs))
    for test in parts_of(pairs, folds=folds, seed=seed, fewest=4):
        predicted[test] = fit_ridge(pairs.text[~test], observed[~test]).predict(pairs.text[test])
    return predicted


def _rows(table: pd.DataFrame, said: Mapping[str, np.ndarray], resamples: int, seed: int) -> list[dict]:
    by_prompt = _by_prompt(table)
    centred = table[["gap", "observed"]] - table.groupby("prompt")[["gap", "observed"]].transform("mean")
    several = (table.groupby("prompt")["gap"].transform("size") > 1).to_numpy()
    of_residuals = "prompt" if several.any() else "image"  # a prompt with one picture is that picture
    levels = {"score": "image", "within": "image", "mean": "prompt"}
    asked = [("score", "", table["group"], table["gap"], table["observed"])]
    if several.any():
        asked += [
            ("within", "", table["group"][several], centred["gap"][several], centred["observed"][several]),
            ("mean", "", by_prompt["group"], by_prompt["gap"], by_prompt["observed"]),
        ]
    for predictor, values in said.items():
        mine = _by_prompt(table.assign(predicted=values)).dropna()
        missed = mine["observed"] - mine["predicted"]
        asked.append(("residual", predictor, mine["group"], mine["gap"], missed))
        asked.append(("error", predictor, mine["group"], mine["gap"], missed.abs()))
    rows = []
    for name, predictor, groups, gap, other in asked:
        question = QUESTIONS[name].format(predictor=predictor)
        told = {"name": name, "predictor": predictor, "question": question}
        told |= {"level": levels.get(name, of_residuals), "n": len(gap)}
        values = _interval(groups.to_numpy(int), gap.to_numpy(), other.to_numpy(), resamples, seed)
        rows.append({**told, **values})
    return rows


def _by_prompt(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("prompt", sort=False).mean()


def _told(table: pd.DataFrame, said: Mapping[str, np.ndarray]) -> str:
    """How well each predictor does on these prompts: a residual says little of one that predicts nothing."""
    does = []
    for name, values in said.items():
        mine = _by_prompt(table.assign(predicted=values)).dropna()
        rho = spearman(mine["predicted"].to_numpy(), mine["observed"].to_numpy())
        does.append(f"{name} {'undefined' if np.isnan(rho) else f'{rho:+.2f}'}")
    return (
        "Residuals: what people said less what was predicted, of prompts that the predictor did not learn "
        f"from. Rank correlation of these predictions with what people said: {', '.join(does)}."
    )


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
    score, residual = (frame[frame["name"] == name].iloc[0] for name in ("score", "residual"))
    told = {
        "lower": f"Pictures further from their prompt are rated lower on {target}",
        "higher": f"Pictures further from their prompt are rated higher on {target}",
        "": f"How far a picture lies from its prompt does not clearly go with {target}",
    }[_way(score)]
    by = residual["predictor"]
    over = "over prompts" if residual["level"] == "prompt" else "of a prompt's one picture"
    missed = {
        "lower": f"and {over} it tells something that a predictor does not ({by})",
        "higher": f"and {over} it tells something that a predictor does not ({by})",
        "": f"and {over} it does not clearly tell what a predictor misses ({by})",
    }[_way(residual)]
    return f"{told}: ρ {_figure(score)}; {missed}: ρ {_figure(residual)}."


def _way(row: pd.Series) -> str:
    return "lower" if row["high"] < 0 else "higher" if row["low"] > 0 else ""


def _figure(row: pd.Series) -> str:
    return f"{row['spearman']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"
