"""What an experiment found, in sentences."""

from __future__ import annotations

import math

FEWEST_PROMPTS = 6
"""Base prompts that a verdict needs; with fewer, the answer tells what was seen so far and no more."""


def answer_of(effect: dict, spread: dict, alpha: float) -> str:
    """One sentence on one modifier: what it does to the mean, and to the spread.

    Args:
        effect, spread: rows of ``ExperimentResult.effects`` and ``.spread``.
        alpha: level below which an adjusted p counts.

    Example:
        >>> effect = {"modifier": "oil", "n_prompts": 9, "effect": 0.5, "low": 0.2, "high": 0.8}
        >>> effect, spread = effect | {"p_adjusted": 0.01}, {"percent": -20.0, "p_adjusted": 0.2}
        >>> spread |= {"n_prompts": 9, "percent_low": -40.0, "percent_high": 5.0}
        >>> print(answer_of(effect, spread, 0.05))
        “oil” raises the mean by 0.50 [0.20, 0.80]; no clear change of the spread: −20 % [−40 %, +5 %]
        (9 prompts).
        >>> print(answer_of(effect | {"n_prompts": 2}, spread | {"n_prompts": 2}, 0.05))
        “oil”: effect on the mean: no verdict (2 base prompts, 6 wanted); so far +0.50 [+0.20, +0.80];
        effect on the spread: no verdict (2 base prompts, 6 wanted); so far −20 % [−40 %, +5 %].
    """
    n, name = effect["n_prompts"], f"“{effect['modifier']}”"
    told = f"{_mean(effect, alpha)}; {_spread(effect, spread, alpha)}"
    colon = ":" if told.startswith("effect") else ""
    counted = f" ({n:,} prompts)" if n >= FEWEST_PROMPTS else ""
    return f"{name}{colon} {told}{counted}."


def signed(value: float, spec: str = "+.2f") -> str:
    """A number with its sign, minus as a minus sign; "-" where it is undefined.

    Example:
        >>> signed(-0.5), signed(2, "+.0f"), signed(float("nan"))
        ('−0.50', '+2', '-')
    """
    return f"{value:{spec}}".replace("-", "−") if math.isfinite(value) else "-"


def interval(value: float, low: float, high: float, spec: str = "+.2f", unit: str = "") -> str:
    """A number and its interval; "-" where the number is undefined.

    Example:
        >>> interval(-20, -40, 5, "+.0f", " %"), interval(float("nan"), 0, 1)
        ('−20 % [−40 %, +5 %]', '-')
    """
    if not math.isfinite(value):
        return "-"
    if not (math.isfinite(low) or math.isfinite(high)):
        return f"{signed(value, spec)}{unit}"
    ends = (f"{signed(end, spec)}{unit}" if math.isfinite(end) else "-" for end in (low, high))
    return f"{signed(value, spec)}{unit} [{', '.join(ends)}]"


def share(value: float, digits: int = 0) -> str:
    """A share of 1 in per cent, with a space.

    Example:
        >>> share(0.807), share(0.0123, 1)
        ('81 %', '1.2 %')
    """
    return f"{100 * value:.{digits}f} %"


def _mean(row: dict, alpha: float) -> str:
    value, low, high = row["effect"], row["low"], row["high"]
    if not math.isfinite(row["p_adjusted"]):
        return "effect on the mean cannot be told: all scores are equal"
    if row["n_prompts"] < FEWEST_PROMPTS:
        return f"effect on the mean: {_so_far(row['n_prompts'], interval(value, low, high))}"
    if not row["p_adjusted"] < alpha:
        return f"has no clear effect on the mean: {interval(value, low, high)}"
    if value < 0:
        value, low, high = -value, -high, -low
        return f"lowers the mean by {interval(value, low, high, '.2f')}"
    return f"raises the mean by {interval(value, low, high, '.2f')}"


def _spread(effect: dict, row: dict, alpha: float) -> str:
    value = row["percent"]
    told = interval(value, row["percent_low"], row["percent_high"], "+.0f", " %")
    if not math.isfinite(value) or not math.isfinite(row["p_adjusted"]):
        return f"effect on the spread cannot be told: {_why_no_spread(effect, row)}"
    if row["n_prompts"] < FEWEST_PROMPTS:
        return f"effect on the spread: {_so_far(row['n_prompts'], told)}"
    if not row["p_adjusted"] < alpha:
        return f"no clear change of the spread: {told}"
    return f"images vary {'less' if value < 0 else 'more'} with it: {told}"


def _so_far(n: int, told: str) -> str:
    prompts, only = ("1 base prompt", ", for this prompt only,") if n == 1 else (f"{n:,} base prompts", "")
    return f"no verdict ({prompts}, {FEWEST_PROMPTS} wanted); so far{only} {told}"


def _why_no_spread(effect: dict, row: dict) -> str:
    without, with_ = row["sd_without"], row["sd_with"]
    if without == 0 and with_ == 0:
        same = effect["effect"] == 0
        return "all scores are equal" if same else "all scores without and all with it are equal"
    if without == 0 or with_ == 0:
        return f"all scores {'without' if without == 0 else 'with'} it are equal"
    if effect["n_prompts"] == 1:
        return "too few pairs, for this prompt only"
    if row["n_prompts"] == 1:
        return "only 1 base prompt has scores that vary"
    return "one pair a prompt"
