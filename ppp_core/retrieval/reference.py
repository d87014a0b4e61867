"""Retrieval and its prediction on AGIQA-3K, measured by us, which comes with PPP: figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError
from ..evaluation.results import COEFFICIENTS
from ..store.figures import read_figures, rounded
from .evaluation import RetrievalEvaluation
from .measures import MEASURES
from .post_retrieval import POST_RETRIEVAL
from .relevance import Calibration

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference" / "retrieval.json"
MAX_BYTES = 150_000
"""The file may have so many."""

PARTS = {
    "unseen": "The prompts that dual-lite was not trained on, as `ppp retrieve agiqa-3k` asks them.",
    "folds": "All prompts: five encoders like dual-lite, each trained on four fifths of the prompts and "
    "asked with the others.",
}
"""What was measured."""

_NUMBERS = ("value", "low", "high")


@dataclass(frozen=True)
class RetrievalReference:
    """Evaluations whose rankings do not come along.

    Attributes:
        made: the day, such as ``"2026-11-22"``.
        title: what was searched, in a few words.
        source: whose data they are, with the licence.
        versions: of the packages that made it.
        parts: an evaluation a key of `PARTS`; ``per_query`` is empty.
    """

    made: str
    title: str
    source: str
    versions: Mapping[str, str]
    parts: Mapping[str, RetrievalEvaluation]


def load_retrieval_reference(path: str | Path = REFERENCE) -> RetrievalReference:
    """Reads what comes with PPP, or another file of that kind.

    Raises:
        PPPError: when the file is missing, damaged, or of another format.

    Example:
        >>> found = load_retrieval_reference()
        >>> {name: one.n_queries for name, one in found.parts.items()}
        {'unseen': 60, 'folds': 300}
    """
    path = Path(path)
    told = read_figures(path, what="measured retrieval", format=FORMAT)
    try:
        return RetrievalReference(
            made=told["made"],
            title=told["title"],
            source=told["source"],
            versions=told["versions"],
            parts={name: _evaluation(told["parts"][name]) for name in PARTS},
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise PPPError(f"The measured retrieval in {path} lacks something: {error}.") from error


def as_kept(
    made: str,
    title: str,
    source: str,
    versions: Mapping[str, str],
    parts: Mapping[str, RetrievalEvaluation],
) -> dict:
    """What `load_retrieval_reference` reads: numbers of five digits, no words of the tables, no query."""
    found = {name: one.as_dict() for name, one in parts.items()}
    for one in found.values():
        one["measures"] = [{key: row[key] for key in ("name", *_NUMBERS)} for row in one["measures"]]
        for row in one["correlations"]:
            for key in ("title", "family", "direction"):
                del row[key]
    return {
        "format": FORMAT,
        "made": made,
        "title": title,
        "source": source,
        "versions": dict(versions),
        "parts": rounded(found),
    }


def _evaluation(told: dict) -> RetrievalEvaluation:
    import pandas as pd

    calibration = told["calibration"]
    if calibration is not None:
        calibration = Calibration(**{**calibration, "bins": tuple(map(tuple, calibration["bins"]))})
    words = {"measures": _measures(told["measures"]), "correlations": _correlations(told["correlations"])}
    rest = {key: value for key, value in told.items() if key not in words}
    return RetrievalEvaluation(
        **{**rest, **words, "calibration": calibration, "notes": tuple(told["notes"])},
        per_query=pd.DataFrame(),
    )


def _measures(rows: list[dict]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows).astype(dict.fromkeys(_NUMBERS, float))
    frame.insert(1, "title", [MEASURES[one].title for one in frame["name"]])
    return frame.assign(about=[MEASURES[one].about for one in frame["name"]])


def _correlations(rows: list[dict]) -> pd.DataFrame:
    import pandas as pd

    numbers = [f"{one}{end}" for one in COEFFICIENTS for end in ("", "_low", "_high")]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))
    for place, word in enumerate(("title", "family", "direction"), 1):
        frame.insert(place, word, [getattr(POST_RETRIEVAL[one], word) for one in frame["predictor"]])
    return frame
