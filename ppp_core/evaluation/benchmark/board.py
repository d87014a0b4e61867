"""The board: one row a target, predictor and encoder, with intervals and ties; and how it is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import PPPError, unknown_name
from ...store import write_atomically
from ..results import COEFFICIENTS

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
REFERENCE = Path(__file__).parents[3] / "data" / "reference"
BOARD, PUBLISHED = REFERENCE / "benchmark.json", REFERENCE / "published.json"

SOURCES = ("measured", "published", "published, second-hand", "author's re-run")
JUDGES = ("people", "retrieval", "models", "user", "simulated")
PARTS = ("validation", "test", "out of fold", "left out")
NEEDS = ("prompt", "images", "retrieved images")

IDENTITY = ("target", "predictor", "encoder", "trained_on", "part")
"""What tells one row of the board from another."""

_KEY = ("target", "predictor", "encoder", "part", "trained_on")
_MEASURES = tuple(f"{m}{end}" for m in COEFFICIENTS for end in ("", "_low", "_high"))
_ROW = (
    *("key", "target", "dataset", "judged_by", "predictor", "encoder", "trained_on", "part", "level"),
    *("source", "by", "needs", "n", "n_train", "n_seeds", "n_tried", "note"),
)
FIGURE = ("value", "low", "high", "sd_seeds", "tied", "p", "group")
ROW_COLUMNS = (
    *_ROW,
    *(f"{m}{'' if part == 'value' else f'_{part}'}" for m in COEFFICIENTS for part in FIGURE),
)

TABLES: dict[str, tuple[str, ...]] = {
    "subsets": ("key", *IDENTITY, "by", "group", "n", *_MEASURES),
    "transfer": ("trained_on", "target", "predictor", "encoder", "part", "n", "n_seeds", *_MEASURES),
    "curves": ("target", "predictor", "encoder", "part", "n_train", "n_draws", "n_seeds", "n", *_MEASURES),
    "relations": ("x", "y", "kind", "predictor", "encoder", "part", "n", *_MEASURES),
    "ceilings": (
        *("target", "unit", "n", "n_raters", "reliability", "reliability_low", "reliability_high"),
        *("ceiling", "ceiling_low", "ceiling_high", "how"),
    ),
    "metrics": (
        *("target", "metric", "kind", "level", "trained_on", "n", *_MEASURES),
        *(f"{m}_{end}" for m in COEFFICIENTS for end in ("tied", "p")),
    ),
    "languages": ("key", *IDENTITY, "language", "text", "n", *_MEASURES),
    "ranges": (
        *("target", "dataset", "judged_by", "predictor", "encoder", "part", "source", "by", "needs", "n"),
        *("measure", "low", "high", "note"),
    ),
}
"""The tables beside the rows, and their columns."""

_WHOLE = ("n", "n_train", "n_seeds", "n_tried", "n_draws", "n_raters")
_TEXT = {
    *(
        *_ROW,
        *IDENTITY,
        "by",
        "group",
        "language",
        "text",
        "metric",
        "kind",
        "level",
        "x",
        "y",
        "unit",
        "how",
    ),
    *("measure", *(f"{m}_group" for m in COEFFICIENTS)),
} - set(_WHOLE)


@dataclass(frozen=True)
class Figure:
    """One coefficient of one row.

    Attributes:
        value: mean over the seeds, in [-1, 1]; nan where unknown or undefined.
        low, high: ends of its 95 % interval; nan where unknown.
        sd_seeds: sample standard deviation of the seeds' coefficients; nan for one seed.
        tied: whether it is not significantly below the best measured row of the same target and part
            (Holm-adjusted, 5 %); None where that could not be tested.
        p: Holm-adjusted p of the difference from the best; nan where not tested.
        group: letters of the groups of rows that cannot be told apart; empty where not tested.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    sd_seeds: float = math.nan
    tied: bool | None = None
    p: float = math.nan
    group: str = ""


@dataclass(frozen=True)
class Row:
    """A predictor on a target: how well its values go with what was observed.

    Attributes:
        target: what is predicted.
        predictor: key of ``PREDICTORS``, or the name that its authors give it.
        encoder: key of ``ENCODERS``, or a model's name; empty where there is none.
        part: the prompts that judged: one of ``PARTS``.
        source: who measured: one of ``SOURCES``.
        by: names who, and where it stands.
        judged_by: who made what was observed: one of ``JUDGES``.
        needs: what the method sees: one of ``NEEDS``.
        trained_on: the target it learned from where that is another; else empty.
        level: ``"prompt"`` (means over a prompt's images) or ``"image"``: two different tasks.
        n: prompts (or images) that judged; None where not told.
        n_train: prompts learned from; None where not told.
        n_seeds: seeds averaged; None where not told.
        n_tried: rows measured on the same target and part; None where not told.
        note: what a reader should know before comparing.
        figures: by the coefficient's name, those that are known.
    """

    target: str
    predictor: str
    encoder: str
    part: str
    source: str
    by: str
    judged_by: str
    needs: str = "prompt"
    trained_on: str = ""
    level: str = "prompt"
    n: int | None = None
    n_train: int | None = None
    n_seeds: int | None = None
    n_tried: int | None = None
    note: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def dataset(self) -> str:
        """The data set's name: the part before the slash."""
        return self.target.partition("/")[0]

    @property
    def key(self) -> str:
        """What names the row in tables and files: see `row_key`."""
        return row_key(self.target, self.predictor, self.encoder, self.part, self.trained_on)

    def as_dict(self) -> dict:
        """Flat, with the columns ``ROW_COLUMNS``; unknown numbers are None."""
        flat = {name: getattr(self, name) for name in _ROW}
        for name in COEFFICIENTS:
            for part, value in asdict(self.figures.get(name, Figure())).items():
                flat[name if part == "value" else f"{name}_{part}"] = value
        return {name: _plain(value) for name, value in flat.items()}

    @classmethod
    def from_dict(cls, flat: Mapping) -> Row:
        """The row whose `as_dict` this is; columns that are absent are unknown.

        Raises:
            PPPError: when a word is none of those allowed, or what names the row is missing.
        """
        flat = {"encoder": "", **flat}
        told = {one.name: flat[one.name] for one in fields(cls) if one.name in flat and one.name != "figures"}
        figures = {}
        for name in COEFFICIENTS:
            parts = {part: flat.get(name if part == "value" else f"{name}_{part}") for part in FIGURE}
            if parts["value"] is not None:
                figures[name] = Figure(**{part: v for part, v in parts.items() if v is not None})
        try:
            row = cls(**told, figures=figures)
        except TypeError as error:
            raise PPPError(f"A row of a board lacks something: {error}.") from error
        for name, known in (("source", SOURCES), ("judged_by", JUDGES), ("part", PARTS), ("needs", NEEDS)):
            if getattr(row, name) not in known:
                raise unknown_name(name.replace("_", " "), str(getattr(row, name)), known)
        return row


def row_key(target: str, predictor: str, encoder: str, part: str, trained_on: str = "") -> str:
    """What names a row of the board.

    Example:
        >>> row_key("pqpp/rr-clip", "linear-probe", "tfidf", "out of fold")
        'pqpp/rr-clip linear-probe tfidf out-of-fold'
        >>> row_key("a/b", "length", "", "validation", "c/d")
        'a/b length - validation from c/d'
    """
    key = " ".join((target, predictor, encoder or "-", part.replace(" ", "-")))
    return f"{key} from {trained_on}" if trained_on else key


@dataclass(frozen=True)
class Board:
    """Rows, the tables beside them, and how they came about.

    Attributes:
        rows: one a target, predictor, encoder and part.
        density: by row key, ``{"x_edges": [25], "y_edges": [25], "counts": [24][24]}``: how many prompts
            have a predicted value (x, first index of counts) and an observed one (y) in each cell.
        tables: by a name of ``TABLES``, records with its columns.
        made: date, ISO form; empty where not told.
        command: what makes it again.
        versions: of the libraries that measured.
        note: what a reader should know.
    """

    rows: tuple[Row, ...] = ()
    density: Mapping[str, Mapping] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping]] = field(default_factory=dict)
    made: str = ""
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def frame(self) -> pd.DataFrame:
        """One row a row, with the columns ``ROW_COLUMNS``; unknown numbers are nan, unknown counts null.

        Example:
            >>> row = Row("a/b", "length", "", "validation", "measured", "us", "people", n=5,
            ...           figures={"pearson": Figure(0.5, 0.4, 0.6)})
            >>> frame = Board(rows=(row,)).frame()
            >>> frame[["target", "dataset", "n", "pearson", "pearson_low", "spearman"]].to_numpy().tolist()
            [['a/b', 'a', 5, 0.5, 0.4, nan]]
        """
        return _frame([row.as_dict() for row in self.rows], ROW_COLUMNS)

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables beside the rows, with its columns of ``TABLES``; maybe empty.

        Raises:
            PPPError: for a name that is none of ``TABLES``.
        """
        if name not in TABLES:
            raise unknown_name("table", name, TABLES)
        return _frame(self.tables.get(name, ()), TABLES[name])

    def with_table(self, name: str, records: Iterable[Mapping]) -> Board:
        """The same board with one of its tables replaced."""
        return replace(self, tables={**self.tables, name: list(records)})

    def as_dict(self) -> dict:
        """Plain values, as `save_board` writes them."""
        told = {"format": FORMAT, "made": self.made, "command": self.command}
        tables = {name: [_record(one) for one in self.tables.get(name, ())] for name in TABLES}
        rows = [row.as_dict() for row in self.rows]
        told |= {"versions": dict(self.versions), "note": self.note, "rows": rows}
        return {**told, "density": dict(self.density), **tables}


def save_board(board: Board, path: str | Path) -> None:
    """Writes a board as JSON without what is unknown or follows from the rest, whole or not at all.

    Raises:
        PPPError: when it cannot be written.
    """
    text = _json(board.as_dict())
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def load_board(path: str | Path = BOARD) -> Board:
    """Reads a board; without a path, the measured results that come with PPP.

    Raises:
        PPPError: when it is missing, damaged or of another format.
    """
    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(
            f"Cannot read the board {path}: {error.strerror}. Make it with: ppp benchmark --out DIR"
        ) from error
    except ValueError as error:
        raise PPPError(f"The board {path} is damaged: it is no JSON. Make or fetch it again.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        found = told.get("format") if isinstance(told, dict) else None
        raise PPPError(f"{path} should be a board of format {FORMAT}, got format {found}.")
    try:
        return Board(
            rows=tuple(Row.from_dict(row) for row in told["rows"]),
            density=told.get("density", {}),
            tables={name: [_filled(name, one) for one in told.get(name, [])] for name in TABLES},
            made=told.get("made", ""),
            command=told.get("command", ""),
            versions=told.get("versions", {}),
            note=told.get("note", ""),
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise PPPError(f"The board {path} is damaged: {error}. Make or fetch it again.") from error


def load_published() -> Board:
    """What others published, as rows, and as ranges (``table("ranges")``) where only those are known.

    Example:
        >>> board = load_published()
        >>> sorted({row.source for row in board.rows} - {"published", "author's re-run"})
        []
        >>> set(board.table("ranges")["judged_by"]) == {"models", "people"}
        True
    """
    return load_board(PUBLISHED)


def _filled(table: str, record: Mapping) -> dict:
    """A record with all columns of its table: what was left out when it was saved is unknown, or follows."""
    blank = {name: "" if name in _TEXT else None for name in TABLES[table]}
    filled = {**blank, **record}
    if "key" in blank:
        filled["key"] = row_key(*(filled[name] for name in _KEY))
    return filled


def _known(record: Mapping) -> dict:
    """A record without what is unknown, and without what `_filled` and `Row` tell again."""
    return {k: v for k, v in record.items() if v not in (None, "") and k not in ("key", "dataset")}


def _record(record: Mapping) -> dict:
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: object) -> object:
    """Numbers with five digits after the point; undefined ones as None."""
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value


def _json(told: dict) -> str:
    """JSON with one record a line, so that changes of a kept board can be read."""
    parts = []
    for name, value in told.items():
        if isinstance(value, list) and value:
            kept = _known if name != "ranges" else dict
            value = "[\n  " + ",\n  ".join(_dumps(kept(one)) for one in value) + "\n ]"
        elif name == "density" and value:
            value = "{\n  " + ",\n  ".join(f"{_dumps(k)}: {_dumps(v)}" for k, v in value.items()) + "\n }"
        else:
            value = _dumps(value)
        parts.append(f" {_dumps(name)}: {value}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _frame(records: Iterable[Mapping], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame.from_records([dict(one) for one in records], columns=list(columns))
    kinds = {}
    for name in columns:
        if name in _WHOLE:
            kinds[name] = "Int64"
        elif name.endswith("_tied"):
            kinds[name] = "boolean"
        else:
            kinds[name] = "str" if name in _TEXT else "float64"
    blank = {name: "" for name, kind in kinds.items() if kind == "str"}
    return frame.astype(dict.fromkeys(blank, object)).fillna(blank).astype(kinds)
