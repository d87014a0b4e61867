"""What evaluations give back: coefficients with intervals, comparisons, and their JSON form."""

import json
import math
from dataclasses import asdict, dataclass

from ..errors import unknown_name
from .williams import WilliamsTest

COEFFICIENTS = ("pearson", "spearman", "kendall")


@dataclass(frozen=True)
class Estimate:
    """A coefficient, or a difference of two, with its interval.

    Attributes:
        value: in [-1, 1], a difference in [-2, 2]; nan where undefined.
        low: lower end of the interval; nan where undefined.
        high: upper end of the interval; nan where undefined.
        reason: why something is undefined; empty otherwise.
    """

    value: float
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True)
class Correlation:
    """How well predicted performance goes with observed performance.

    Attributes:
        n: prompts used.
        n_dropped: prompts left out because a value was missing.
        pearson: Pearson's r, percentile bootstrap interval.
        spearman: Spearman's rho (mid-ranks), percentile bootstrap interval.
        kendall: Kendall's tau-b, jackknife interval on Fisher's z scale.
        confidence: of the intervals, such as 0.95.
        resamples: of the bootstrap.
        undefined_resamples: resamples left out of the intervals because one side came out constant.
    """

    n: int
    n_dropped: int
    pearson: Estimate
    spearman: Estimate
    kendall: Estimate
    confidence: float
    resamples: int
    undefined_resamples: int

    def as_dict(self) -> dict:
        """The fields as plain values, nested; undefined numbers are None."""
        return plain(asdict(self))

    def to_json(self) -> str:
        """One line of JSON: the fields by their names, undefined numbers as null."""
        return json.dumps(self.as_dict(), allow_nan=False)


@dataclass(frozen=True)
class Comparison:
    """Two predictors on the same prompts.

    Attributes:
        n: prompts used.
        n_dropped: prompts left out because any of the three values was missing.
        a: the first predictor's correlation.
        b: the second predictor's correlation.
        pearson: a less b, paired percentile bootstrap interval.
        spearman: a less b, paired percentile bootstrap interval.
        kendall: a less b, paired jackknife interval.
        williams: Williams' t for the two Pearson coefficients.
        confidence: of the intervals and verdicts.
    """

    n: int
    n_dropped: int
    a: Correlation
    b: Correlation
    pearson: Estimate
    spearman: Estimate
    kendall: Estimate
    williams: WilliamsTest
    confidence: float

    @property
    def verdict(self) -> str:
        """``"a"`` or ``"b"`` where that one's Pearson is higher beyond the interval, else ``"tied"``."""
        return self.verdict_by("pearson")

    def verdict_by(self, coefficient: str) -> str:
        """The verdict by ``"pearson"``, ``"spearman"`` or ``"kendall"``; undefined is ``"tied"``."""
        if coefficient not in COEFFICIENTS:
            raise unknown_name("coefficient", coefficient, COEFFICIENTS)
        difference = getattr(self, coefficient)
        if difference.low > 0:
            return "a"
        return "b" if difference.high < 0 else "tied"

    def as_dict(self) -> dict:
        """The fields and the verdict as plain values, nested; undefined numbers are None."""
        return {**plain(asdict(self)), "verdict": self.verdict}

    def to_json(self) -> str:
        """One line of JSON: the fields and the verdict, undefined numbers as null."""
        return json.dumps(self.as_dict(), allow_nan=False)


def plain(value: object) -> object:
    """A value as JSON has it: dictionaries and lists of plain values, None for numbers that are not finite.

    Example:
        >>> plain({"a": (1.5, float("nan"))})
        {'a': [1.5, None]}
    """
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
