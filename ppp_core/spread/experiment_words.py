"""What an experiment found, in sentences."""

from __future__ import annotations

import math


def answer_of(effect: dict, spread: dict, alpha: float) -> str:
    """One sentence on one modifier: what it does to the mean, and to the spread.

    Args:
        effect, spread: rows of ``ExperimentResult.effects`` and ``.spread``.
        alpha: level below which an adjusted p counts.

    Example:
        >>> effect = {"modifier": "oil", "n_prompts": 9, "effect": 0.5, "low": 0.2, "high": 0.8}
        >>> effect, spread = effect | {"p_adjusted": 0.01}, {"percent": -20.0, "p_adjusted": 0.2}
        >>> spread |= {"percent_low": -40.0, "percent_high": 5.0}
        >>> print(answer_of(effect, spread, 0.05))
        “oil” raises the mean by 0.50 [0.20, 0.80]; no clear change of the spread: -20 % [-40 %, +5 %]
        (9 prompts).
    """
    return (
        f"“{effect['modifier']}” {_mean(effect, alpha)}; {_spread(spread, alpha)} "
        f"({effect['n_prompts']:,} prompt{'' if effect['n_prompts'] == 1 else 's'})."
    )


def _mean(row: dict, alpha: float) -> str:
    value, low, high = row["effect"], row["low"], row["high"]
    if not row["p_adjusted"] < alpha:
        return f"has no clear effect on the mean: {value:+.2f} [{low:+.2f}, {high:+.2f}]"
    if value > 0:
        return f"raises the mean by {value:.2f} [{low:.2f}, {high:.2f}]"
    return f"lowers the mean by {-value:.2f} [{-high:.2f}, {-low:.2f}]"


def _spread(row: dict, alpha: float) -> str:
    value, low, high = row["percent"], row["percent_low"], row["percent_high"]
    if not math.isfinite(value):
        return "the spread cannot be compared"
    told = f"{value:+.0f} % [{low:+.0f} %, {high:+.0f} %]"
    if not row["p_adjusted"] < alpha:
        return f"no clear change of the spread: {told}"
    return f"images vary {'less' if value < 0 else 'more'} with it: {told}"
