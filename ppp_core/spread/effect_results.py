"""What a forest of modifiers, and combinations of them, give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import unknown_name

if TYPE_CHECKING:
    import pandas as pd

    from ..targets import Target

OUTCOMES = {"mean": "Mean", "spread": "Spread within a prompt"}


@dataclass(frozen=True)
class ModifierEffects:
    """A forest of modifiers.

    Attributes:
        target: what was rated.
        frame: one row an outcome and modifier: outcome (key of `OUTCOMES`), modifier, kind, n_with,
            n_without, effect (mean: target's unit; spread: log of the ratio of standard deviations), low,
            high, shrunk, shrunk_low, shrunk_high (empirical Bayes, towards the mean of its kind), p,
            p_adjusted (Benjamini and Hochberg, over the outcome's modifiers with enough prompts; nan for the
            others), enough, effect_sd (mean: in standard deviations between prompts), percent, percent_low,
            percent_high, shrunk_percent (spread: change of the standard deviation).
        by: how modifiers were told apart, a key of `BY`.
        controls: what was held equal, in words.
        fewest: prompts with and without a modifier that are enough.
        confidence: of the intervals.
        notes: one sentence each.
    """

    target: Target
    frame: pd.DataFrame
    by: str
    controls: tuple[str, ...]
    fewest: int
    confidence: float
    notes: tuple[str, ...]

    def of(self, outcome: str) -> pd.DataFrame:
        """The rows of one outcome, the highest shrunken effect first. Raises PPPError for an unknown one."""
        if outcome not in OUTCOMES:
            raise unknown_name("outcome", outcome, OUTCOMES)
        mine = self.frame[self.frame["outcome"] == outcome]
        return mine.sort_values("shrunk", ascending=False, ignore_index=True)

    def unit(self, outcome: str) -> str:
        """What an effect on the outcome is in, for an axis."""
        if outcome == "mean":
            return f"Effect on the mean ({self.target.measure}, {self.target.low:g} to {self.target.high:g})"
        return "Change of the standard deviation within a prompt, log ratio"

    @property
    def answer(self) -> str:
        """Which modifiers stand out, in a sentence."""
        told = []
        for outcome, words in (("mean", "a different mean"), ("spread", "a different spread")):
            mine = self.frame[(self.frame["outcome"] == outcome)]
            clear = mine[mine["p_adjusted"] < 1 - self.confidence].sort_values("p")
            if len(mine):
                names = ", ".join(
                    f"{row.modifier} ({_size(row, outcome)})" for row in clear.head(3).itertuples()
                )
                found = f"{len(clear)} of {int(mine['enough'].sum())} go with {words}"
                told.append(f"{found}: {names}" if names else found)
        return f"Of the modifiers in {self.fewest} prompts or more, {'; '.join(told)}."

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        return plain(
            {
                "target": self.target.name,
                "answer": self.answer,
                "by": self.by,
                "effects": self.frame.to_dict(orient="records"),
                "controls": list(self.controls),
                "fewest": self.fewest,
                "confidence": self.confidence,
                "notes": list(self.notes),
            }
        )


@dataclass(frozen=True)
class Combinations:
    """What two modifiers go with together, beyond what each does by itself.

    Attributes:
        frame: outcome, first, second, n_both, n_first, n_second, n_neither, effect (interaction, units as in
            `ModifierEffects`), low, high, p, p_adjusted; empty where no pair has enough prompts.
        fewest: prompts that each of the four groups needs.
        notes: one sentence each.
    """

    frame: pd.DataFrame
    fewest: int
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """How many pairs there are to see, and what they show."""
        if self.frame.empty:
            return (
                f"No two modifiers have {self.fewest} prompts each with both, either and neither: nothing "
                "can be said of combinations."
            )
        clear = self.frame[self.frame["p_adjusted"] < 0.05]
        pairs = len(self.frame[["first", "second"]].drop_duplicates())
        names = ", ".join(f"{row.first} + {row.second} ({row.outcome})" for row in clear.head(3).itertuples())
        told = f"{pairs} pairs have enough prompts; {len(clear)} of {len(self.frame)} interactions are clear"
        return f"{told}: {names}." if names else f"{told}."

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        rows = plain(self.frame.to_dict(orient="records"))
        return {"answer": self.answer, "combinations": rows, "fewest": self.fewest, "notes": list(self.notes)}


def _size(row, outcome: str) -> str:
    return f"{row.effect:+.2f}" if outcome == "mean" else f"{row.percent:+.0f} %"
