"""Scoring a file of any length: piece by piece, in bounded memory, going on where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from . import __version__
from .errors import PPPError
from .predictors.artefact import arrays_digest
from .predictors.explanation import explain
from .predictors.scoring import score
from .predictors.trained import TrainedPredictor
from .store import write_atomically
from .store.paths import refuse_when_public

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 5_000
NO_PROMPTS = "At least one prompt was wanted, got only blank ones."


@dataclass(frozen=True)
class BatchResult:
    """What came of a batch.

    Attributes:
        rows: prompts scored, blank ones left out.
        resumed: rows of these that an earlier, interrupted run had scored already.
        truncated: prompts of which something was cut off.
        unfamiliar: prompts unlike the training prompts.
        notes: what was changed or left out while reading, a sentence each.
    """

    rows: int
    resumed: int
    truncated: int
    unfamiliar: int
    notes: tuple[str, ...]

    def told(self) -> list[str]:
        """What the reader of the scores should know, a sentence each; empty where all is plain."""
        told = list(self.notes)
        if self.resumed:
            told.append(f"{self.resumed:,} of {self.rows:,} prompts had been scored by an interrupted run.")
        if self.truncated:
            told.append(f"{self.truncated:,} of {self.rows:,} prompts were cut at the encoder's limit.")
        if self.unfamiliar:
            told.append(f"{self.unfamiliar:,} of {self.rows:,} prompts are unlike the training prompts.")
        return told


def score_file(
    source: str | Path | BinaryIO,
    out: str | Path,
    predictors: Sequence[TrainedPredictor],
    *,
    format: str | None = None,
    prompt_column: str = "prompt",
    chunk: int = CHUNK,
    explained: bool = False,
    progress: Callable[[int], None] | None = None,
) -> BatchResult:
    """Scores every prompt of a table and writes one table, whole or not at all.

    Finished pieces are kept in ``.<out>.parts`` beside ``out`` until all are there; the same call over
    the same prompts with the same predictors takes them up again, and they go when the table stands.

    Args:
        source: a path, ``"-"`` for standard input, or an open binary stream; see `iter_prompts`.
        out: the file to write.
        predictors: of one or more different targets.
        format: of ``out``: csv, tsv, parquet or json (JSON lines); None for its suffix.
        prompt_column: the column of prompts.
        chunk: rows a piece.
        explained: whether to add a column ``<target>_phrases`` for each target, JSON: what each phrase
            of the prompt adds to the value; about ten times the work.
        progress: called with the rows done so far.

    Raises:
        PPPError: for anything that cannot be read or written, in a public demo, and when another process is
            writing ``out``; ``out`` is as it was then.
    """
    refuse_when_public("Writing a table of scores")
    out = Path(out).expanduser()
    known = _format_of(out, format)
    _refuse_itself(source, out)
    parts = out.parent / f".{out.name}.parts"
    identities = [_identity(predictor) for predictor in predictors]
    made: list[Path] = []
    tally = _Tally()
    with ExitStack() as held:
        for prompts in _prompts(source, prompt_column, chunk, tally):
            if not made:
                held.enter_context(_alone(out))
            part = parts / f"{len(made):06d}-{_key(prompts, identities, explained)}.parquet"
            piece = _kept(part)
            if piece is not None:
                tally.resumed += len(piece)
            else:
                piece = _scored(prompts, predictors, explained)
                _keep(piece, part)
            made.append(part)
            tally.add(piece)
            if progress:
                progress(tally.rows)
        _join(made, out, known)
        shutil.rmtree(parts, ignore_errors=True)
    return tally.result()


def score_stream(
    source: str | Path | BinaryIO,
    out: BinaryIO,
    predictors: Sequence[TrainedPredictor],
    *,
    format: str = "csv",
    prompt_column: str = "prompt",
    chunk: int = CHUNK,
    explained: bool = False,
    progress: Callable[[int], None] | None = None,
) -> BatchResult:
    """Scores a table to an open stream, such as standard output; pieces are written as they are done.

    Arguments and errors as `score_file`, but a public demo may do it too. Nothing is kept to go on from;
    what came before a fault has been written by then.
    """
    from .tables import write_pieces

    tally = _Tally()

    def pieces() -> Iterator[pd.DataFrame]:
        for prompts in _prompts(source, prompt_column, chunk, tally):
            piece = _scored(prompts, predictors, explained)
            tally.add(piece)
            if progress:
                progress(tally.rows)
            yield piece

    write_pieces(pieces(), out, format=format)
    return tally.result()


def score_frame(
    table: pd.DataFrame,
    predictors: Sequence[TrainedPredictor],
    *,
    prompt_column: str = "prompt",
    chunk: int = 256,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[BatchResult, pd.DataFrame]:
    """Scores the prompts of a table in memory, such as `read_table` gives.

    Args:
        table: with a column of prompts; blank ones are left out and counted.
        predictors: of one or more different targets.
        prompt_column: the column of prompts.
        chunk: rows between two calls of ``progress``.
        progress: called with (prompts done, prompts in all).

    Returns:
        What came of it, and the columns of `score_columns`.

    Raises:
        PPPError: when the column is missing, holds something else than text, or only blank prompts.
    """
    import pandas as pd

    from .tables import clean_prompts, need_column

    need_column(prompt_column, table.columns, "The table")
    cleaned, notes = clean_prompts(table, prompt_column)
    tally = _Tally()
    tally.notes += (*table.attrs.get("notes", ()), *notes)
    prompts = [prompt for prompt in cleaned[prompt_column].tolist() if prompt.strip()]
    tally.blank = len(table) - len(prompts)
    if not prompts:
        raise PPPError(NO_PROMPTS)
    pieces = []
    for start in range(0, len(prompts), chunk):
        pieces.append(score(prompts[start : start + chunk], predictors))
        tally.add(pieces[-1])
        if progress:
            progress(tally.rows, len(prompts))
    return tally.result(), pd.concat(pieces, ignore_index=True)


class _Tally:
    """What is counted on the way."""

    def __init__(self):
        self.rows = self.resumed = self.truncated = self.unfamiliar = self.blank = 0
        self.notes: list[str] = []

    def add(self, piece: pd.DataFrame) -> None:
        self.rows += len(piece)
        self.truncated += int((piece["truncated"] > 0).sum())
        self.unfamiliar += int(piece["unfamiliar"].sum())

    def result(self) -> BatchResult:
        blank = [f"Blank prompts left out: {self.blank:,}."] if self.blank else []
        notes = tuple(dict.fromkeys([*self.notes, *blank]))
        return BatchResult(self.rows, self.resumed, self.truncated, self.unfamiliar, notes)


def _prompts(source, prompt_column: str, chunk: int, tally: _Tally) -> Iterator[list[str]]:
    """The prompts that are not blank, a piece at a time; what was left out goes into the tally."""
    from .tables import iter_prompts

    found = False
    for frame in iter_prompts(source, prompt_column=prompt_column, chunk=chunk):
        prompts = [prompt for prompt in frame[prompt_column].tolist() if prompt.strip()]
        tally.blank += len(frame) - len(prompts)
        tally.notes += frame.attrs["notes"]
        if prompts:
            found = True
            yield prompts
    if not found:
        raise PPPError(NO_PROMPTS)


def _format_of(out: Path, format: str | None) -> str:
    from .tables import output_format

    if out.is_dir():
        raise PPPError(f"{out} is a folder; a file to write was wanted.")
    return output_format(format or out.suffix, out)


def _refuse_itself(source: str | Path | BinaryIO, out: Path) -> None:
    """Raises PPPError when the table would take the place of the prompts that it is made from."""
    if source == "-" or not isinstance(source, (str, Path)):
        return
    read = Path(source).expanduser()
    if read.exists() and out.exists() and out.samefile(read):
        raise PPPError(f"{out} is the file that is read. Name another one to write.")


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keeps other processes from scoring to the same file. Raises PPPError when one already does."""
    from filelock import FileLock, Timeout

    new_folder = not out.parent.exists()
    path = out.parent / f".{out.name}.lock"
    lock = FileLock(path)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise PPPError(f"Another process is writing {out}. Wait for it, or name another file.") from error
    except OSError as error:
        raise PPPError(f"Cannot write {out}: {error.strerror or error}. Nothing was written.") from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows takes it away on release
            path.unlink()
        lock.release()
        if new_folder:
            with suppress(OSError):  # what holds the table or its parts stays
                out.parent.rmdir()


def _join(parts: Sequence[Path], out: Path, format: str) -> None:
    """Writes the finished pieces as one table."""
    import pandas as pd

    from .tables import write_pieces

    with write_atomically(out) as temporary, temporary.open("wb") as stream:
        write_pieces((pd.read_parquet(part) for part in parts), stream, format=format)


def _kept(part: Path) -> pd.DataFrame | None:
    """A piece that an earlier run finished; None where there is none, or it cannot be read."""
    import pandas as pd

    try:
        return pd.read_parquet(part)
    except (OSError, ValueError):
        return None


def _keep(piece: pd.DataFrame, part: Path) -> None:
    """Writes a finished piece; where not even the first can be written, no empty folder stays behind."""
    try:
        with write_atomically(part) as temporary:
            piece.to_parquet(temporary, index=False)
    except PPPError:
        with suppress(OSError):
            part.parent.rmdir()
        raise


def _scored(prompts: list[str], predictors: Sequence[TrainedPredictor], explained: bool) -> pd.DataFrame:
    table = score(prompts, predictors)
    if explained:
        for predictor in predictors:
            table[f"{predictor.target.name}_phrases"] = [_phrases(predictor, prompt) for prompt in prompts]
    return table


def _phrases(predictor: TrainedPredictor, prompt: str) -> str:
    effects = explain(predictor, prompt).phrases
    return json.dumps(
        [{"text": one.text, "effect": one.effect, "clear": one.clear, "cut": one.cut} for one in effects],
        ensure_ascii=False,
    )


def _identity(predictor: TrainedPredictor) -> str:
    """What tells a predictor from every other one, saved or not."""
    return f"{predictor.target.name} {predictor.card.get('checksum') or arrays_digest(predictor)}"


def _key(prompts: Sequence[str], identities: Sequence[str], explained: bool) -> str:
    """What fixes a piece's scores: the prompts, the predictors, the order of both."""
    said = json.dumps([__version__, list(prompts), list(identities), explained])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]
