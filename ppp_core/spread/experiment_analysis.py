"""An experiment in pairs, analysed: what each modifier does to the mean and to the spread."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .experiment_file import make_pairs, make_squares, read_scores
from .experiment_words import FEWEST_PROMPTS, answer_of
from .pitman_morgan import PairedVariances, combined, combined_ranks, pitman_morgan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ExperimentResult:
    """What an experiment says of every modifier.

    Attributes:
        effects: one row a modifier: modifier, n_prompts, n_pairs, mean_without, mean_with, effect (with less
            without, in the unit of the scores), low, high, effect_sd (effect in standard deviations between
            images of one prompt without the modifier), p, p_adjusted, model (in words).
        spread: modifier, n_prompts, n_pairs, sd_without, sd_with (within a prompt), log_ratio (mean over
            prompts of the log of sd with / without), low, high, percent (change of the standard deviation),
            percent_low, percent_high, p (t test of the prompts' log ratios; of one prompt Pitman and
            Morgan's), p_adjusted, bootstrap_low, bootstrap_high (of log_ratio, studentised, over prompts),
            p_pitman_morgan and p_spearman (the prompts' tests combined).
        prompts: one row a modifier and base prompt: n_pairs, difference, sd_without, sd_with, log_ratio,
            r, t, p (Pitman and Morgan).
        interactions: first, second, n_prompts, effect (of both beyond the sum of each), low, high, p; empty
            unless the plan was factorial.
        pairs: modifier, base_prompt, stratum, pair_id, without, with.
        answers: one sentence a modifier; no verdict with fewer than `FEWEST_PROMPTS` base prompts.
        notes: what was left out or assumed, one sentence each.
        confidence: of the intervals.
    """

    effects: pd.DataFrame
    spread: pd.DataFrame
    prompts: pd.DataFrame
    interactions: pd.DataFrame
    pairs: pd.DataFrame
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    confidence: float

    def as_dict(self) -> dict:
        """All but the pairs, as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        frames = {"effects", "spread", "prompts", "interactions"}
        tables = {name: plain(getattr(self, name).to_dict(orient="records")) for name in sorted(frames)}
        return {
            "answers": list(self.answers),
            **tables,
            "notes": list(self.notes),
            "fewest_prompts": FEWEST_PROMPTS,
            "confidence": self.confidence,
        }


def analyse_experiment(
    frame: pd.DataFrame,
    *,
    score: str = "score",
    resamples: int = 4000,
    confidence: float = 0.95,
    seed: int = 0,
) -> ExperimentResult:
    """Analyses the file of `plan_experiment` that came back with scores.

    The mean: a mixed model of the differences within pairs, with a random effect of the base prompt. That is
    the mixed model of the scores in which prompts differ in level and in effect and pairs differ in level,
    after the levels have cancelled. Its t has as many degrees of freedom as base prompts, less one, so that
    few prompts are not taken for many.

    The spread: the log of the ratio of a prompt's two standard deviations, averaged over prompts, with the t
    interval over prompts. Pitman and Morgan's test, the same with ranks, and a studentised bootstrap over
    prompts stand beside it. p values are adjusted (Benjamini and Hochberg) over all modifiers, mean and
    spread together.

    Args:
        frame: rows of the file.
        score: the column of scores; higher is better.
        resamples: of the bootstrap.
        confidence: of the intervals.
        seed: of the bootstrap.

    Returns:
        The result.

    Raises:
        PPPError: a file that does not hold together, or fewer than 2 pairs of every modifier.
    """
    import pandas as pd

    from ..evaluation.inputs import check_options

    check_options(resamples, confidence)
    rows, notes = read_scores(frame, score)
    pairs = make_pairs(rows)
    sizes = pairs.groupby("modifier", sort=False).size()
    few = sizes[sizes < 2]
    notes += tuple(f"{name}: one pair says nothing; left out." for name in few.index)
    pairs = pairs[~pairs["modifier"].isin(few.index)].reset_index(drop=True)
    if pairs.empty:
        raise PPPError("The experiment needs at least 2 pairs of a modifier with both scores.")
    groups = list(pairs.groupby("modifier", sort=False))
    step = _step(pairs)
    prompts = pd.concat([_per_prompt(name, mine, step) for name, mine in groups], ignore_index=True)
    effects = pd.DataFrame([_effect(name, mine, confidence) for name, mine in groups])
    spread = pd.DataFrame(
        [
            _spread(name, mine, prompts[prompts["modifier"] == name], resamples, confidence, seed)
            for name, mine in groups
        ]
    )
    effects["p_adjusted"], spread["p_adjusted"] = _adjusted(effects["p"], spread["p"])
    answers = tuple(
        answer_of(one, other, 1 - confidence)
        for one, other in zip(effects.to_dict("records"), spread.to_dict("records"), strict=True)
    )
    return ExperimentResult(
        effects=effects,
        spread=spread,
        prompts=prompts.drop(columns="test"),
        interactions=_interactions(make_squares(rows), confidence),
        pairs=pairs,
        answers=answers,
        notes=(*notes, *_told(pairs, prompts, step)),
        confidence=confidence,
    )


def _per_prompt(modifier: str, pairs: pd.DataFrame, step: float) -> pd.DataFrame:
    """One row a base prompt: its difference, its two standard deviations, and their test."""
    import pandas as pd

    found = []
    for base, mine in pairs.groupby("base_prompt", sort=False):
        columns, strata = _centred(mine)
        free = len(mine) - strata
        variances = [float((column**2).sum() / free) if free else math.nan for column in columns]
        log_ratio = _log_ratio(*variances, step)
        test = pitman_morgan(*columns, lost=strata - 1) if free >= 2 else None
        found.append(
            {
                "modifier": modifier,
                "base_prompt": base,
                "n_pairs": len(mine),
                "difference": float((mine["with"] - mine["without"]).mean()),
                "sd_without": math.sqrt(variances[0]),
                "sd_with": math.sqrt(variances[1]),
                "log_ratio": log_ratio,
                "r": test.r if test else math.nan,
                "t": test.t if test else math.nan,
                "p": test.p if test else math.nan,
                "test": test,
            }
        )
    return pd.DataFrame(found)


def _centred(pairs: pd.DataFrame) -> tuple[list[np.ndarray], int]:
    """Scores without and with, each less the mean of its stratum, and how many strata there are."""
    names, stratum = np.unique(pairs["stratum"].to_numpy(), return_inverse=True)
    size = np.bincount(stratum)
    columns = [pairs[arm].to_numpy() for arm in ("without", "with")]
    return [column - (np.bincount(stratum, column) / size)[stratum] for column in columns], len(names)


def _step(pairs: pd.DataFrame) -> float:
    """The smallest step between two different scores, where a prompt's scores are all equal; else 0."""
    from itertools import pairwise

    within = pairs.groupby(["modifier", "base_prompt", "stratum"], sort=False)[["without", "with"]]
    if (within.max() > within.min()).all(axis=None) or (within.size() < 2).all():
        return 0.0
    values = sorted({*pairs["without"], *pairs["with"]})
    return min((high - low for low, high in pairwise(values)), default=0.0)


def _log_ratio(without: float, with_: float, step: float) -> float:
    """Half the log of a ratio of variances; where scores come in steps, a step's own variance is added."""
    rounding = step**2 / 12
    low, high = without + rounding, with_ + rounding
    if not (low > 0 and high > 0) or (without == 0 and with_ == 0):
        return math.nan
    return 0.5 * math.log(high / low)


def _effect(modifier: str, pairs: pd.DataFrame, confidence: float) -> dict:
    differences = (pairs["with"] - pairs["without"]).to_numpy()
    value, error, df, model = mixed_mean(differences, pairs["base_prompt"].to_numpy())
    spread = pairs.groupby(["base_prompt", "stratum"])["without"].var().mean()
    low, high, p = _t_interval(value, error, df, confidence)
    if not (differences.any() or spread > 0):
        low = high = p = math.nan  # all scores of a prompt are equal: they tell nothing
    return {
        "modifier": modifier,
        "n_prompts": pairs["base_prompt"].nunique(),
        "n_pairs": len(pairs),
        "mean_without": float(pairs["without"].mean()),
        "mean_with": float(pairs["with"].mean()),
        "effect": value,
        "low": low,
        "high": high,
        "effect_sd": value / math.sqrt(spread) if spread > 0 else math.nan,
        "p": p,
        "model": model,
    }


def mixed_mean(values: np.ndarray, groups: np.ndarray) -> tuple[float, float, int, str]:
    """The mean of values in groups, by a mixed model with a random effect of the group (REML).

    Args:
        values: float, shape (n,).
        groups: of each value, any labels, shape (n,).

    Returns:
        Mean, standard error, degrees of freedom (groups - 1, or values - 1 of one group), and the model in
        words. Where the model does not converge, the t test of the groups' means stands in, and is named.

    Example:
        >>> values, groups = np.array([1.0, 2, 3, 4]), np.array(["a", "a", "b", "b"])
        >>> mean, error, df, _ = mixed_mean(values, groups)
        >>> round(mean, 2), round(error, 2), df
        (2.5, 1.0, 1)
    """
    names, index = np.unique(groups, return_inverse=True)
    if len(names) == 1:
        return (*_plain_mean(values), "t test of the pairs of one prompt")
    means = np.bincount(index, values) / np.bincount(index)
    if len(values) == len(names):
        return (*_plain_mean(means), "t test of the prompts' differences (one pair each)")
    fit = _balanced(values, index) or _fit_mixed(values, index)
    if fit is None:
        return (
            *_plain_mean(means),
            "t test of the prompts' mean differences (the mixed model did not converge)",
        )
    return (*fit, len(names) - 1, "mixed model of the pairs' differences, random effect of the prompt")


def _balanced(values: np.ndarray, groups: np.ndarray) -> tuple[float, float] | None:
    """The same where all groups are of one size: the t test of their means, which is exact there.

    It is restricted maximum likelihood but for groups that vary less than chance would have it, which that
    takes for not varying at all; the test would then be too careful (1.5 % wrong instead of 5).

    Reference:
        Searle, Casella and McCulloch, Variance Components (1992), section 4.8.
    """
    sizes = np.bincount(groups)
    if np.ptp(sizes):
        return None
    mean, error, _ = _plain_mean(np.bincount(groups, values) / sizes)
    return mean, error


def _fit_mixed(values: np.ndarray, groups: np.ndarray) -> tuple[float, float] | None:
    """Mean and its standard error, or None where the model does not converge."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale = float(values.std()) or 1.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a variance of zero is at the border, and is right there
            fit = MixedLM(values / scale, np.ones((len(values), 1)), groups).fit(reml=True)
            mean, error = float(fit.fe_params[0]) * scale, float(fit.bse_fe[0]) * scale
    except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
        return None
    return (mean, error) if fit.converged and math.isfinite(error) and error > 0 else None


def _plain_mean(values: np.ndarray) -> tuple[float, float, int]:
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))), len(values) - 1


def _t_interval(value: float, error: float, df: int, confidence: float) -> tuple[float, float, float]:
    from scipy.stats import t

    reach = float(t.isf((1 - confidence) / 2, df)) * error
    if error > 0:
        return value - reach, value + reach, float(2 * t.sf(abs(value) / error, df))
    return value, value, float(value == 0)  # all differences are equal


def _spread(
    modifier: str, pairs: pd.DataFrame, prompts: pd.DataFrame, resamples: int, confidence: float, seed: int
) -> dict:
    tests: list[PairedVariances] = [one for one in prompts["test"] if one is not None]
    known = prompts["log_ratio"].dropna().to_numpy()
    nan = math.nan
    value, low, high, p, ends = nan, nan, nan, nan, (nan, nan)
    if len(prompts) == 1 and tests:
        value, low, high, p = tests[0].log_ratio, tests[0].low, tests[0].high, tests[0].p
    elif len(known) > 1:
        value, error, df = _plain_mean(known)
        low, high, p = _t_interval(value, error, df, confidence)
        ends = _studentised(known, resamples, confidence, seed)
    percent, percent_low, percent_high = (100 * math.expm1(one) for one in (value, low, high))
    return {
        "modifier": modifier,
        "n_prompts": len(known),
        "n_pairs": len(pairs),
        "sd_without": _pooled(prompts, "sd_without"),
        "sd_with": _pooled(prompts, "sd_with"),
        "log_ratio": value,
        "low": low,
        "high": high,
        "percent": percent,
        "percent_low": percent_low,
        "percent_high": percent_high,
        "p": p,
        "bootstrap_low": ends[0],
        "bootstrap_high": ends[1],
        "p_pitman_morgan": combined(tests)[1],
        "p_spearman": combined_ranks(tests)[1],
    }


def _pooled(prompts: pd.DataFrame, column: str) -> float:
    return float(np.sqrt((prompts[column] ** 2).mean()))


def _studentised(values: np.ndarray, resamples: int, confidence: float, seed: int) -> tuple[float, float]:
    """Ends of the bootstrap-t interval of a mean; Efron and Tibshirani (1993), chapter 12."""
    from ..evaluation.resampling import draws

    n, (mean, error, _) = len(values), _plain_mean(values)
    found = []
    for counts in draws(n, resamples, seed):
        means = counts @ values / n
        square = counts @ (values - mean) ** 2 / n - (means - mean) ** 2
        errors = np.sqrt(np.maximum(square, 0.0) / (n - 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(np.where(errors > 1e-12 * max(error, 1e-300), (means - mean) / errors, np.nan))
    sampled = np.concatenate(found)
    if error == 0 or np.isnan(sampled).all():
        return mean, mean
    tail = (1 - confidence) / 2
    below, above = np.nanquantile(sampled, [1 - tail, tail])
    return float(mean - below * error), float(mean - above * error)


def _interactions(squares: pd.DataFrame, confidence: float) -> pd.DataFrame:
    import pandas as pd

    found = []
    for (first, second), mine in squares.groupby(["first", "second"], sort=False):
        if len(mine) < 2:
            continue
        value, error, df, _ = mixed_mean(mine["value"].to_numpy(), mine["base_prompt"].to_numpy())
        low, high, p = _t_interval(value, error, df, confidence)
        n = mine["base_prompt"].nunique()
        found.append((first, second, n, value, low, high, p))
    return pd.DataFrame(found, columns=["first", "second", "n_prompts", "effect", "low", "high", "p"])


def _adjusted(*families: pd.Series) -> list[np.ndarray]:
    """Benjamini and Hochberg over all of them together; undefined ones stay so."""
    from scipy.stats import false_discovery_control

    joined = np.concatenate([one.to_numpy(dtype=float) for one in families])
    known = np.isfinite(joined)
    if known.any():
        joined[known] = false_discovery_control(joined[known])
    return np.split(joined, np.cumsum([len(one) for one in families])[:-1])


def _told(pairs: pd.DataFrame, prompts: pd.DataFrame, step: float) -> tuple[str, ...]:
    n = pairs["base_prompt"].nunique()
    notes = []
    if n == 1:
        notes.append("One base prompt: what is found holds for that prompt, not for others.")
    elif n < FEWEST_PROMPTS:
        notes.append(f"Only {n} base prompts: intervals are wide, and other prompts may behave differently.")
    without = int(prompts["log_ratio"].isna().sum())
    if without:
        notes.append(
            f"{without} of {len(prompts)} prompts and modifiers have no spread to compare: one pair, or "
            "equal scores."
        )
    if step:
        notes.append(
            f"Some prompts' scores are all equal; the variance of a step of {step:g}, {step**2 / 12:.3g}, is "
            "added to every variance, which draws ratios towards 1."
        )
    return tuple(notes)
