"""What an analysis of spread gives back: tests with plain names, trends, and their JSON form."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ..errors import unknown_name
from ..evaluation.results import plain

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = ("spread", "mean")
STRENGTHS = ("clear", "gone", "unclear", "no verdict")
"""How strong an answer is: a clear trend; one that is not clear any more once other things are held equal;
none that is clear; or not enough data."""


@dataclass(frozen=True)
class SpreadTest:
    """One test.

    Attributes:
        name: the table's key, such as ``"spearman"``.
        title: plain words.
        asks: the question that it answers, in one sentence.
        family: ``"spread"``, or ``"mean"`` for tests of mean performance.
        estimate: the size of the effect; nan where undefined.
        low, high: ends of its 95 % interval; nan where unknown.
        unit: what the estimate is, such as ``"rank correlation"``.
        words: the effect and its interval in words.
        p: two-sided; nan where undefined.
        p_adjusted: the same, adjusted over all tests of the analysis (Benjamini-Hochberg).
        n: prompts used.
        verdict: what follows, in words.
        source: who describes the test, and how it was made here.
        reason: why something is undefined; empty otherwise.
    """

    name: str
    title: str
    asks: str
    family: str
    estimate: float
    low: float
    high: float
    unit: str
    words: str
    p: float
    n: int
    source: str
    p_adjusted: float = math.nan
    verdict: str = ""
    reason: str = ""

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        return plain(asdict(self))


@dataclass(frozen=True)
class SpreadAnalysis:
    """Spread and mean performance against the number of modifiers.

    Attributes:
        dataset: the data set's title.
        target: the target's name.
        meaning: which variance, a name of `MEANINGS`.
        count: how modifiers were counted, a name of `COUNTS`.
        generator: the one generator asked for; empty for all.
        n: prompts analysed.
        enough: whether there are enough prompts for a verdict.
        answer: the answer in one sentence, with its strength.
        strength: one of `STRENGTHS`.
        trend: count, n_prompts, spread (mean of the prompts' corrected standard deviations; for ``prompts``,
            the standard deviation of their means), low, high (95 % over prompts), smooth (isotonic).
        points: prompt_id, prompt, count, sd, mean_adjusted_sd, mean, one row a prompt. For ``prompts``, sd is
            the distance of a prompt's mean from the median of its count.
        tests: of the spread.
        mean_trend: count, n_prompts, mean, low, high, smooth.
        mean_tests: of mean performance.
        counts: count, n_prompts, share.
        sensitivity: left_out (a generator), estimate (Spearman's without it); empty where there is one.
        controls: what was, and what could not be, controlled, one sentence each.
        notes: of the observations, then of the analysis.
    """

    dataset: str
    target: str
    meaning: str
    count: str
    generator: str
    n: int
    enough: bool
    answer: str
    strength: str
    trend: pd.DataFrame
    points: pd.DataFrame
    tests: tuple[SpreadTest, ...]
    mean_trend: pd.DataFrame
    mean_tests: tuple[SpreadTest, ...]
    counts: pd.DataFrame
    sensitivity: pd.DataFrame
    controls: tuple[str, ...]
    notes: tuple[str, ...]

    def test(self, name: str) -> SpreadTest:
        """The test of this name. Raises PPPError for one that was not made."""
        tests = {one.name: one for one in (*self.tests, *self.mean_tests)}
        if name not in tests:
            raise unknown_name("test", name, tests)
        return tests[name]

    def as_dict(self, *, points: bool = False) -> dict:
        """Plain values, nested; undefined numbers are None.

        Args:
            points: whether the prompts themselves are told, too.
        """
        told = {
            key: getattr(self, key)
            for key in ("dataset", "target", "meaning", "count", "generator", "n", "enough", "answer")
        }
        told["strength"] = self.strength
        for key in ("trend", "mean_trend", "counts", "sensitivity", *(("points",) if points else ())):
            told[key] = records(getattr(self, key))
        for key in ("tests", "mean_tests"):
            told[key] = [one.as_dict() for one in getattr(self, key)]
        return told | {"controls": list(self.controls), "notes": list(self.notes)}


def records(frame: pd.DataFrame) -> list[dict]:
    """A frame's rows as plain values, undefined numbers as None."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return plain(rows)


def tests_frame(tests: Iterable[SpreadTest]) -> pd.DataFrame:
    """Tests as a table, a column a field."""
    import pandas as pd

    return pd.DataFrame([asdict(one) for one in tests])
