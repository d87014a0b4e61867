"""What each modifier goes with: a higher or lower mean, more or less spread; rare ones shrunk."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .effect_results import Combinations, ModifierEffects
from .memberships import Memberships, memberships
from .observations import Observations
from .shrinkage import FEWEST as FEWEST_TO_SHRINK
from .shrinkage import shrink
from .small_samples import log_variance_bias

if TYPE_CHECKING:
    import pandas as pd

FEWEST_AT_ALL = 3
"""A modifier of fewer prompts, or missing in fewer, is not estimated."""
_NUMBERS = ("effect", "low", "high", "shrunk", "shrunk_low", "shrunk_high", "p", "p_adjusted")


def modifier_effects(
    observations: Observations,
    *,
    by: str = "term",
    fewest: int = 10,
    mean_adjusted: bool = False,
    columns: tuple[str, ...] | None = None,
    confidence: float = 0.95,
) -> ModifierEffects:
    """Regresses the prompts' means and spreads on each modifier in turn.

    Held equal: how many other modifiers the prompt has, and how many words besides this modifier's. Mean:
    the prompt's mean after the generators' means are taken out. Spread: the log of its standard deviation,
    free of small-sample bias. Standard errors are robust to unequal variances (HC3), a prompt being one row.

    Between prompts: what else differs between prompts with and without a modifier is not held equal. The
    paired experiment (`plan_experiment`) does that.

    Args:
        observations: of a data set and target.
        by: key of `BY`.
        fewest: prompts with and without a modifier, for a p value that counts.
        mean_adjusted: hold the prompt's mean (and its square) equal, too, where spread is regressed: near the
            ends of a scale ratings cannot vary.
        columns: of the data set, for ``factor`` and ``value``; None for those that hold modifiers.
        confidence: of the intervals.

    Returns:
        The forest.

    Raises:
        PPPError: an unknown key, no modifier, or none in three prompts.
    """
    import pandas as pd

    found = memberships(observations, by, columns)
    n_with = found.there.sum(axis=0)
    kept = np.flatnonzero((n_with >= FEWEST_AT_ALL) & (len(found.there) - n_with >= FEWEST_AT_ALL))
    if not len(kept):
        raise PPPError(
            f"No modifier is in {FEWEST_AT_ALL} prompts and missing in {FEWEST_AT_ALL}; compare by kind."
        )
    parts = []
    for outcome, values in _outcomes(observations).items():
        usable = np.isfinite(values)
        rows = [
            _row(observations, found, i, values, usable, outcome, mean_adjusted, confidence) for i in kept
        ]
        rows = [row for row in rows if row]
        parts.append(_finished(pd.DataFrame(rows), outcome, values[usable], fewest, confidence))
    frame = pd.concat(parts, ignore_index=True)
    if frame.empty:
        raise PPPError(
            "No modifier's effect can be told apart: each is in nearly all or no prompts, or always comes "
            "with the others. Choose another way to tell modifiers apart, or more varied prompts."
        )
    return ModifierEffects(
        target=observations.target,
        frame=frame,
        by=by,
        controls=_controls(observations, mean_adjusted),
        fewest=fewest,
        confidence=confidence,
        notes=_notes(observations, found, kept, frame),
    )


def combinations(
    observations: Observations,
    *,
    by: str = "term",
    fewest: int = 8,
    mean_adjusted: bool = False,
    columns: tuple[str, ...] | None = None,
    confidence: float = 0.95,
) -> Combinations:
    """The interaction of every two modifiers that have enough prompts with both, either and neither.

    Args:
        observations, by, mean_adjusted, columns, confidence: as in `modifier_effects`.
        fewest: prompts that each of the four groups needs.

    Returns:
        The interactions; an empty frame where the data has none, which ``answer`` says.

    Raises:
        PPPError: an unknown key, or no modifier.
    """
    from itertools import combinations as pairs_of

    import pandas as pd

    found = memberships(observations, by, columns)
    rows = []
    for outcome, values in _outcomes(observations).items():
        usable = np.isfinite(values)
        there = found.there[usable]
        often = np.flatnonzero(there.sum(axis=0) >= 2 * fewest)
        for i, j in pairs_of(often, 2):
            a, b = there[:, i], there[:, j]
            sizes = {"n_both": a & b, "n_first": a & ~b, "n_second": ~a & b, "n_neither": ~a & ~b}
            sizes = {name: int(mask.sum()) for name, mask in sizes.items()}
            if min(sizes.values()) < fewest:
                continue
            main = np.column_stack([a & b, a, b]).astype(float)
            design = _design(observations, found, [i, j], usable, outcome, mean_adjusted)
            fit = _regress(values[usable], np.column_stack([main, design]), confidence)
            if fit:
                rows.append(
                    {"outcome": outcome, "first": found.names[i], "second": found.names[j], **sizes, **fit}
                )
    names = ["outcome", "first", "second", "n_both", "n_first", "n_second", "n_neither"]
    frame = pd.DataFrame(rows, columns=[*names, "effect", "low", "high", "error", "p"]).drop(columns="error")
    frame["p_adjusted"] = _benjamini_hochberg(frame["p"].to_numpy(dtype=float))
    notes = ("Interactions: what both go with beyond the sum of each; between prompts.",)
    return Combinations(frame, fewest, notes)


def _outcomes(observations: Observations) -> dict[str, np.ndarray]:
    """The prompts' means, generators' taken out, and the logs of their standard deviations; nan for none."""
    values, prompts = observations.values, observations.prompts
    own = values["raw"]
    if values["generator"].notna().any():
        own = own - values.groupby("generator", dropna=False)["raw"].transform("mean") + values["raw"].mean()
    means = own.groupby(values["prompt_id"]).mean().reindex(prompts["prompt_id"]).to_numpy(dtype=float)
    found = {"mean": means}
    variance, df = prompts["variance"].to_numpy(dtype=float), prompts["df"].to_numpy(dtype=float)
    if observations.told.within_prompt:
        usable = (variance > 0) & (df > 0)
        logs = np.full(len(variance), np.nan)
        logs[usable] = (np.log(variance[usable]) - log_variance_bias(df[usable])) / 2
        found["spread"] = logs
    return found


def _design(
    observations: Observations,
    found: Memberships,
    which: list[int],
    usable: np.ndarray,
    outcome: str,
    mean_adjusted: bool,
) -> np.ndarray:
    """The controls: a constant, other modifiers, other words, and the mean where that is wanted."""
    prompts = observations.prompts
    others = prompts["count"].to_numpy(dtype=float) - found.times[:, which].sum(axis=1)
    words = prompts["words"].to_numpy(dtype=float) - found.words[:, which].sum(axis=1)
    columns = [np.ones(len(prompts)), others.clip(min=0), words.clip(min=0)]
    if mean_adjusted and outcome == "spread":
        means = prompts["mean"].to_numpy(dtype=float)
        columns += [means - means.mean(), (means - means.mean()) ** 2]
    return np.column_stack(columns)[usable]


def _row(
    observations: Observations,
    found: Memberships,
    i: int,
    values: np.ndarray,
    usable: np.ndarray,
    outcome: str,
    mean_adjusted: bool,
    confidence: float,
) -> dict:
    there = found.there[usable, i]
    if min(there.sum(), (~there).sum()) < FEWEST_AT_ALL:
        return {}
    design = np.column_stack([there, _design(observations, found, [i], usable, outcome, mean_adjusted)])
    fit = _regress(values[usable], design, confidence)
    named = {"outcome": outcome, "modifier": found.names[i], "kind": found.kinds[i]}
    return named | {"n_with": int(there.sum()), "n_without": int((~there).sum())} | fit if fit else {}


def _regress(values: np.ndarray, design: np.ndarray, confidence: float) -> dict:
    """The first column's coefficient with a robust interval; nothing where the others tell it already."""
    from statsmodels.regression.linear_model import OLS

    design = _independent(design)
    if design is None or len(values) <= design.shape[1] + 1 or np.ptp(values) == 0:
        return {}
    fit = OLS(values, design).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(1 - confidence)[0]
    error = float(fit.bse[0])
    if not math.isfinite(error) or error <= 0:
        return {}
    return {
        "effect": float(fit.params[0]),
        "low": float(low),
        "high": float(high),
        "error": error,
        "p": float(fit.pvalues[0]),
    }


def _independent(design: np.ndarray) -> np.ndarray | None:
    """The design without controls that say what others say; None where the first column is one of those."""
    rest = design[:, 1:]
    kept: list[int] = []
    for i in range(rest.shape[1]):
        if np.linalg.matrix_rank(rest[:, [*kept, i]]) > len(kept):
            kept.append(i)
    full = np.column_stack([design[:, 0], rest[:, kept]])
    return full if np.linalg.matrix_rank(full) == full.shape[1] else None


def _finished(
    frame: pd.DataFrame, outcome: str, values: np.ndarray, fewest: int, confidence: float
) -> pd.DataFrame:
    if frame.empty:
        return frame
    frame["enough"] = frame[["n_with", "n_without"]].min(axis=1) >= fewest
    frame["p_adjusted"] = np.nan
    enough = frame["enough"].to_numpy()
    frame.loc[enough, "p_adjusted"] = _benjamini_hochberg(frame.loc[enough, "p"].to_numpy())
    sizes = frame["kind"].value_counts()
    families = frame["kind"].where(frame["kind"].map(sizes) >= FEWEST_TO_SHRINK, "other kinds")
    for rows in frame.groupby(families, sort=False).groups.values():
        found = shrink(
            frame.loc[rows, "effect"].to_numpy(), frame.loc[rows, "error"].to_numpy(), confidence=confidence
        )
        frame.loc[rows, ["shrunk", "shrunk_low", "shrunk_high"]] = np.column_stack(
            [found.values, found.low, found.high]
        )
    scale = float(np.std(values, ddof=1))
    frame["effect_sd"] = frame["effect"] / scale if outcome == "mean" and scale else np.nan
    for name, of in (
        ("percent", "effect"),
        ("percent_low", "low"),
        ("percent_high", "high"),
        ("shrunk_percent", "shrunk"),
    ):
        frame[name] = 100 * np.expm1(frame[of]) if outcome == "spread" else np.nan
    first = ["outcome", "modifier", "kind", "n_with", "n_without", *_NUMBERS, "enough", "effect_sd"]
    return frame[[*first, "percent", "percent_low", "percent_high", "shrunk_percent"]]


def _benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    from scipy.stats import false_discovery_control

    return false_discovery_control(p) if len(p) else p


def _controls(observations: Observations, mean_adjusted: bool) -> tuple[str, ...]:
    held = ["number of other modifiers", "words besides the modifier"]
    if observations.values["generator"].nunique() > 1:
        held.append("generators' means")
    return (*held, "the prompt's mean and its square (for spread)") if mean_adjusted else tuple(held)


def _notes(
    observations: Observations, found: Memberships, kept: np.ndarray, frame: pd.DataFrame
) -> tuple[str, ...]:
    notes = [
        *observations.notes,
        "Between prompts: what else differs between prompts with and without a modifier is not held equal.",
        "Shrunken towards the mean of the kind; kinds of fewer than four modifiers are taken together.",
    ]
    if left := len(found.names) - len(kept):
        notes.append(
            f"{left:,} of {len(found.names):,} modifiers are in fewer than {FEWEST_AT_ALL} prompts and "
            "not shown."
        )
    if "spread" not in set(frame["outcome"]):
        notes.append("Spread: no modifier has prompts with a spread of their own.")
    elif zero := int((observations.prompts["variance"] == 0).sum()):
        notes.append(f"{zero:,} prompts without any spread have no logarithm and are left out of the spread.")
    return tuple(notes)
