"""The modality gap of real CLIP, measured by us, which comes with PPP: figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from ..store.figures import read_figures, rounded
from .closings import CLOSINGS
from .comparing import ClosingComparison
from .measure_table import MEASURES
from .measures import GapMeasures
from .projections import METHODS, Projection

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference" / "modality_gap.json"
MAX_BYTES = 150_000
"""The file may have so many."""

SCALE = 10_000
"""Coordinates are kept as whole numbers: so many a unit of the farthest point."""

_NUMBERS = ("value", "low", "high", "difference", "difference_low", "difference_high")


@dataclass(frozen=True)
class GapReference:
    """Measures, closings and maps of pairs whose vectors and captions do not come along.

    Attributes:
        made: the day, such as ``"2026-11-22"``.
        title: what the pairs are, in a few words.
        source: whose they are, with the licence.
        versions: of the packages that made it.
        measures: as of `measure_gap`.
        closings: as of `compare_closings`, some measures.
        projections: a map a method, row i of one the same pair as row i of another.
    """

    made: str
    title: str
    source: str
    versions: Mapping[str, str]
    measures: GapMeasures
    closings: ClosingComparison
    projections: Mapping[str, Projection]


def load_gap_reference(path: str | Path = REFERENCE) -> GapReference:
    """Reads what comes with PPP, or another file of that kind.

    Raises:
        PPPError: when the file is missing, damaged, or of another format.

    Example:
        >>> found = load_gap_reference()
        >>> round(found.measures.value("l2m"), 3), sorted(found.projections)
        (0.851, ['gap-axis', 'pca', 'umap'])
    """
    path = Path(path)
    told = read_figures(path, what="measured gap", format=FORMAT)
    try:
        return GapReference(
            made=told["made"],
            title=told["title"],
            source=told["source"],
            versions=told["versions"],
            measures=_measures(told["measures"]),
            closings=_closings(told["closings"]),
            projections={one["method"]: _projection(one) for one in told["projections"]},
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise PPPError(f"The measured gap in {path} lacks something: {error}.") from error


def as_kept(
    made: str,
    title: str,
    source: str,
    versions: Mapping[str, str],
    measures: GapMeasures,
    closings: ClosingComparison,
    projections: Mapping[str, Projection],
) -> dict:
    """What `load_gap_reference` reads: numbers of five digits, whole coordinates, no words of the tables."""
    numbers, other = measures.as_dict(), closings.as_dict()
    numbers["measures"] = [{key: one[key] for key in ("name", *_NUMBERS[:3])} for one in numbers["measures"]]
    other["rows"] = [{key: one[key] for key in ("closing", "name", *_NUMBERS)} for one in other["rows"]]
    return {
        "format": FORMAT,
        "made": made,
        "title": title,
        "source": source,
        "versions": dict(versions),
        "measures": rounded(numbers),
        "closings": rounded(other),
        "projections": [_flat(one) for one in projections.values()],
    }


def _flat(projection: Projection) -> dict:
    farthest = float(np.abs([projection.text_xy, projection.image_xy]).max())
    sides = {
        side: np.rint(getattr(projection, f"{side}_xy") / farthest * SCALE).astype(int).ravel().tolist()
        for side in ("text", "image")
    }
    told = ("method", "settings", "trustworthiness", "overlap", "of", "how_sampled", "x_title", "y_title")
    rest = {name: getattr(projection, name) for name in told}
    return {**rounded(rest), "notes": list(projection.notes), "farthest": farthest, **sides}


def _projection(told: dict) -> Projection:
    sides = {
        f"{side}_xy": (np.array(told[side], np.float32).reshape(-1, 2) * (told["farthest"] / SCALE)).astype(
            np.float32
        )
        for side in ("text", "image")
    }
    if told["method"] not in METHODS or sides["text_xy"].shape != sides["image_xy"].shape:
        raise ValueError("a map of pairs")
    plain = ("method", "settings", "trustworthiness", "overlap", "of", "how_sampled", "x_title", "y_title")
    return Projection(
        **sides,
        **{name: told[name] for name in plain},
        rows=np.arange(len(sides["text_xy"])),
        axes=None,
        centre=None,
        notes=tuple(told["notes"]),
    )


def _measures(told: dict) -> GapMeasures:
    words = [
        {"title": one.title, "about": one.about, "better": one.better, "source": one.source}
        for one in (MEASURES[row["name"]] for row in told["measures"])
    ]
    rows = [{**row, **word} for row, word in zip(told["measures"], words, strict=True)]
    frame = _table(rows)[["name", "title", *_NUMBERS[:3], "about", "better", "source"]]
    rest = {key: value for key, value in told.items() if key not in ("measures", "notes")}
    return GapMeasures(**rest, frame=frame, notes=tuple(told["notes"]))


def _closings(told: dict) -> ClosingComparison:
    frame = _table(told["rows"])
    frame = frame.assign(
        closing_title=[CLOSINGS[one].title for one in frame["closing"]],
        title=[MEASURES[one].title for one in frame["name"]],
        better=[MEASURES[one].better for one in frame["name"]],
    )[["closing", "closing_title", "name", "title", *_NUMBERS, "better"]]
    return ClosingComparison(frame, told["n"], told["n_offered"], told["folds"], tuple(told["notes"]))


def _table(rows: list[dict]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows)
    return frame.astype({name: float for name in _NUMBERS if name in frame})
