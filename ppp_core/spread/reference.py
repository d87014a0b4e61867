"""Measured results that come with PPP: aggregates only, no prompt and no single score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from ..store import figures
from .descriptions import MEAN_TESTS, SPREAD_TESTS
from .results import SpreadAnalysis, SpreadTest

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
SPREAD, SIMULATION = REFERENCE / "spread.json", REFERENCE / "spread_simulation.json"

_FRAMES = {
    "trend": ("count", "n_prompts", "spread", "low", "high", "smooth"),
    "mean_trend": ("count", "n_prompts", "mean", "low", "high", "smooth"),
    "counts": ("count", "n_prompts", "share"),
    "sensitivity": ("left_out", "n", "estimate"),
}
_NUMBERS = ("estimate", "low", "high", "p", "p_adjusted")


@dataclass(frozen=True)
class SpreadReference:
    """The results that come with PPP.

    Attributes:
        made: the day, such as ``"2026-11-22"``.
        lexicon: version of the lexicon that counted.
        versions: of the packages that made them.
        analyses: of every data set, target, meaning and count measured; their points are left out.
        counts: distributions of counts: dataset (title), count, modifiers, n_prompts, share.
        effects: (target, by) -> the effects of modifiers, with the columns of `modifier_effects`.
        components: target -> the components of variance, as their ``as_dict``.
    """

    made: str
    lexicon: str
    versions: Mapping[str, str]
    analyses: tuple[SpreadAnalysis, ...]
    counts: pd.DataFrame
    effects: Mapping[tuple[str, str], pd.DataFrame]
    components: Mapping[str, dict]

    def analysis(self, target: str, *, meaning: str = "generators", count: str = "given") -> SpreadAnalysis:
        """The analysis of a target. Raises PPPError, with those that are there, for one that was not made."""
        known = {f"{one.target} {one.meaning} {one.count}": one for one in self.analyses}
        name = f"{target} {meaning} {count}"
        if name not in known:
            raise unknown_name("reference analysis", name, known)
        return known[name]


def load_reference(path: str | Path = SPREAD) -> SpreadReference:
    """Reads the results that come with PPP, or those of another file.

    Raises:
        PPPError: when the file is missing, damaged, or of another format.

    Example:
        >>> found = load_reference()
        >>> found.analysis("agiqa-3k/alignment").n
        300
    """
    import pandas as pd

    told = figures.read_figures(Path(path), what="measured results", format=FORMAT)
    try:
        return SpreadReference(
            made=told["made"],
            lexicon=told["lexicon"],
            versions=told["versions"],
            analyses=tuple(_analysis(one) for one in told["analyses"]),
            counts=pd.DataFrame(told["counts"]),
            effects={(one["target"], one["by"]): pd.DataFrame(one["rows"]) for one in told["effects"]},
            components={one["target"]: one for one in told["components"]},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PPPError(f"The measured spread in {path} lacks something: {error}.") from error


def load_simulation(path: str | Path = SIMULATION) -> pd.DataFrame:
    """The rates of the simulation that comes with PPP.

    Returns:
        world, case, n_prompts, test, what (``"rejected"`` or ``"covered"``), share, error (Monte-Carlo
        standard error), n, truth, mean.

    Raises:
        PPPError: as `load_reference`.
    """
    import pandas as pd

    return pd.DataFrame(figures.read_figures(Path(path), what="measured results", format=FORMAT)["rows"])


def compact(analysis: SpreadAnalysis) -> dict:
    """An analysis as it is kept: tests without what their tables tell, numbers of four digits, no points."""
    told = analysis.as_dict()
    for kind in ("tests", "mean_tests"):
        drop = ("title", "asks", "source", "unit", "family")
        told[kind] = [{key: value for key, value in one.items() if key not in drop} for one in told[kind]]
    return rounded(told)


def rounded(value: object) -> object:
    """Numbers with four significant digits, anywhere in a nested value.

    Example:
        >>> rounded({"p": [0.123456789, 1]})
        {'p': [0.1235, 1]}
    """
    return figures.rounded(value, digits=4)


def _analysis(told: dict) -> SpreadAnalysis:
    import pandas as pd

    plain = ("dataset", "target", "meaning", "count", "generator", "n", "enough", "answer", "strength")
    frames = {
        name: pd.DataFrame(told[name], columns=list(columns)).astype(
            {one: float for one in columns if one not in ("count", "n_prompts", "n", "left_out")}
        )
        for name, columns in _FRAMES.items()
    }
    points = pd.DataFrame(columns=["prompt_id", "prompt", "count", "sd", "mean_adjusted_sd", "mean"])
    return SpreadAnalysis(
        **{name: told[name] for name in plain},
        **frames,
        points=points,
        tests=tuple(_test(one, "spread") for one in told["tests"]),
        mean_tests=tuple(_test(one, "mean") for one in told["mean_tests"]),
        controls=tuple(told["controls"]),
        notes=tuple(told["notes"]),
    )


def _test(told: dict, family: str) -> SpreadTest:
    known = (SPREAD_TESTS | MEAN_TESTS)[told["name"]]
    numbers = {name: math.nan if told[name] is None else told[name] for name in _NUMBERS}
    described = {"title": known.title, "asks": known.asks, "unit": known.unit, "source": known.source}
    return SpreadTest(**(told | numbers | described | {"family": family}))
