"""Numbers and verdicts of an analysis in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .descriptions import RANK, RATIO, SHARE, STEP

if TYPE_CHECKING:
    from .results import SpreadTest

LEVEL = 0.05
SIZES = ((0.1, "hardly any"), (0.3, "weak"), (0.5, "moderate"), (math.inf, "strong"))
"""What a rank correlation below each size is called (Cohen's words)."""


def short(value: float, decimals: int = 2) -> str:
    """A coefficient with its sign and without a leading zero.

    Example:
        >>> short(-0.2351), short(0.9), short(1.0), short(0.001)
        ('−.24', '+.90', '+1.00', '.00')
    """
    if not math.isfinite(value):
        return "undefined"
    told = f"{abs(value):.{decimals}f}"
    sign = "" if float(told) == 0 else ("−" if value < 0 else "+")
    return sign + (told[1:] if told.startswith("0.") else told)


def spanned(value: float, low: float, high: float) -> str:
    """A coefficient with its interval.

    Example:
        >>> spanned(-0.235, -0.341, -0.123)
        '−.23 [−.34, −.12]'
    """
    told = short(value)
    return told if math.isnan(low) or math.isnan(high) else f"{told} [{short(low)}, {short(high)}]"


def size_word(rho: float) -> str:
    """What a rank correlation of this size is called.

    Example:
        >>> size_word(-0.24), size_word(0.05)
        ('weak', 'hardly any')
    """
    return next(word for limit, word in SIZES if abs(rho) < limit)


def effect_words(unit: str, estimate: float, low: float, high: float, *, of: str = "spread") -> str:
    """An effect with its interval, in words.

    Args:
        unit: one of the units of the table of tests.
        estimate, low, high: the effect and its interval.
        of: what changes.

    Example:
        >>> effect_words(SHARE, -0.07, -0.11, -0.03)
        'each further modifier goes with 7 % less spread [11 % less to 3 % less]'
        >>> effect_words(SHARE, -0.02, -0.06, 0.03)
        'each further modifier goes with 2 % less spread [6 % less to 3 % more]'
        >>> effect_words(RANK, -0.24, -0.34, -0.12)
        'weak: −.24 [−.34, −.12]'
        >>> effect_words(RATIO, 0.74, 0.62, 0.87)
        'the most modifiers: 0.74 of the spread of the fewest [0.62, 0.87]'
    """
    if not math.isfinite(estimate):
        return ""
    if unit == SHARE:
        first, *ends = (_less(one) for one in (estimate, low, high))
        amount, _, way = first.rpartition(" ")
        return f"each further modifier goes with {amount} {way} {of} [{ends[0]} to {ends[1]}]"
    if unit == RATIO:
        return f"the most modifiers: {estimate:.2f} of the spread of the fewest [{low:.2f}, {high:.2f}]"
    if unit == STEP:
        return f"{_signed(estimate)} {of} with each further modifier [{_signed(low)}, {_signed(high)}]"
    return f"{size_word(estimate)}: {spanned(estimate, low, high)}"


def _less(share: float) -> str:
    percent = abs(100 * share)
    told = f"{percent:.0f} %" if percent >= 1.95 else f"{percent:.1f} %"
    return f"{told} {'less' if share < 0 else 'more'}"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def judged(test: SpreadTest, lacks: str) -> SpreadTest:
    """A test with its verdict.

    Args:
        test: with its adjusted p.
        lacks: what is missing for a verdict; empty where there is enough.
    """
    return replace(test, verdict=_verdict(test, lacks))


def _verdict(test: SpreadTest, lacks: str) -> str:
    if test.reason:
        return f"not made: {test.reason}"
    if lacks:
        return f"no verdict: {lacks}"
    if not test.p_adjusted < LEVEL:
        return _nothing_clear(test)
    if test.unit == RATIO:
        return "the spread differs between counts"
    what = "spread" if test.family == "spread" else "performance"
    if test.family == "spread":
        return f"{'less' if test.estimate < 0 else 'more'} {what} with more modifiers"
    return f"{'lower' if test.estimate < 0 else 'higher'} {what} with more modifiers"


def _nothing_clear(test: SpreadTest) -> str:
    if test.unit == RATIO:
        return "no clear difference between counts"
    if test.unit == RANK and test.low > -0.1 and test.high < 0.1:
        return "no trend: at most hardly any"
    return "no clear trend"


def answer(
    *,
    dataset: str,
    measure: str,
    within: str,
    spearman: SpreadTest,
    everything: SpreadTest | None,
    held: Sequence[str],
    lacks: str,
) -> tuple[str, str]:
    """The answer in one sentence, and its strength.

    Args:
        dataset: the data set's title.
        measure: the target in a word or two.
        within: what the spread is across.
        spearman: the rank correlation as it is.
        everything: the model's change with everything held equal; None where nothing could be.
        held: what was held equal, in words.
        lacks: what is missing for a verdict; empty where there is enough.
    """
    start = f"On {dataset}, "
    tail = f"{spearman.n:,} prompts, {within}"
    if spearman.reason:
        return (
            f"{start}no trend of the spread of {measure} can be told: {spearman.reason} ({tail}).",
            "no verdict",
        )
    rho = f"ρ {spanned(spearman.estimate, spearman.low, spearman.high)}"
    if lacks:
        return f"{start}{measure}: no verdict ({lacks}); so far {rho}, {within}.", "no verdict"
    clear = spearman.p_adjusted < LEVEL
    way = "less" if spearman.estimate < 0 else "more"
    first = (
        f"{measure} varies {way} with more modifiers"
        if clear
        else (f"{measure} shows no clear trend of its spread with more modifiers")
    )
    told = f"{start}{first}: {rho}, {tail}"
    if everything is None or everything.reason:
        return f"{told}.", "clear" if clear else "unclear"
    rest, remains = _remaining(spearman, everything, clear, f"with {_listed(held)} held equal")
    return f"{told}; {rest}.", "clear" if clear and remains else "gone" if clear else "unclear"


def _remaining(spearman: SpreadTest, everything: SpreadTest, clear: bool, held: str) -> tuple[str, bool]:
    """What is left with things held equal, in words, and whether it is what was there before."""
    effect = effect_words(SHARE, everything.estimate, everything.low, everything.high)
    there = everything.p_adjusted < LEVEL
    if there and (not clear or everything.estimate * spearman.estimate > 0):
        return f"{held}, {effect}", clear
    if there:
        return f"{held}, it turns round: {effect}", False
    return (f"{held}, nothing clear remains: {effect}" if clear else f"nor {held}: {effect}"), False


def _listed(words: Sequence[str]) -> str:
    """Words as a list: a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
