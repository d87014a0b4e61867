"""Runs and judgments in the format of TREC, read strictly and written whole."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import numpy as np

from ..errors import PPPError
from ..store import write_atomically
from .ranking import Ranking

MAX_BYTES = 200_000_000
"""A file may have so many bytes (200 MB), after unpacking ten times as many."""

MAX_LINES = 5_000_000
"""And so many lines."""

HIGHEST_GRADE = 1000
"""Grades go from -1000 to 1000; from 1 a document is relevant."""

LARGEST_SCORE = 1e100
"""Beyond it, squares of scores would be no numbers any more."""

Source = str | Path | BinaryIO
"""A file's name, or a file opened for reading bytes, which is read from where it stands."""

Run = dict[str, dict[str, float]]
Qrels = dict[str, dict[str, int]]

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_SPACES = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LONGEST = 10_000


def read_run(file: Source) -> tuple[Run, tuple[str, ...]]:
    """Reads a run: lines of query, Q0, document, rank, score, tag, parted by spaces or tabs.

    The score alone orders documents, higher first, as in trec_eval. A rank is checked to be a whole number
    and otherwise only held against the scores. A name that ends in ``.gz`` is unpacked; an open file is read
    as it is, and errors call it by its ``name`` if it has one.

    Args:
        file: UTF-8; its name, or opened for reading bytes.

    Returns:
        Query → document → score, queries and documents in the file's order; and notes.

    Raises:
        PPPError: with file and line for anything else, a document that stands twice for a query, an empty
            file, or one above the limits.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "run.txt"
        >>> _ = file.write_text("q1 Q0 a 1 0.9 mine\\nq1 Q0 b 2 0.5 mine\\n")
        >>> read_run(file)
        ({'q1': {'a': 0.9, 'b': 0.5}}, ())
        >>> import io
        >>> read_run(io.BytesIO(b"q1 Q0 a 1 0.9 mine"))
        ({'q1': {'a': 0.9}}, ())
    """
    run: Run = {}
    ranks: dict[str, list[int]] = {}
    for where, (query, _, document, rank, score, _) in _lines(file, 6, "query Q0 document rank score tag"):
        if not _WHOLE.fullmatch(rank):
            raise PPPError(f"{where}: the rank should be a whole number, got {_shown(rank)}.")
        value = float(score) if _NUMBER.fullmatch(score) else math.nan
        if not abs(value) <= LARGEST_SCORE:
            raise PPPError(
                f"{where}: the score should be a finite number (up to {LARGEST_SCORE:g} in size), got "
                f"{_shown(score)}."
            )
        found = run.setdefault(query, {})
        if document in found:
            raise PPPError(f"{where}: document {_shown(document)} stands twice for query {_shown(query)}.")
        found[document] = value
        ranks.setdefault(query, []).append(int(rank))
    return run, _contradictions(run, ranks)


def read_qrels(file: Source) -> Qrels:
    """Reads judgments: lines of query, iteration, document, grade; from grade 1 a document is relevant.

    Returns:
        Query → document → grade, in the file's order.

    Raises:
        PPPError: as `read_run`; for a grade that is no whole number from -1000 to 1000.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "qrels.txt"
        >>> _ = file.write_text("q1 0 a 2\\nq1 0 b 0\\n")
        >>> read_qrels(file)
        {'q1': {'a': 2, 'b': 0}}
    """
    qrels: Qrels = {}
    for where, (query, _, document, grade) in _lines(file, 4, "query iteration document grade"):
        if not _WHOLE.fullmatch(grade) or abs(int(grade)) > HIGHEST_GRADE:
            raise PPPError(
                f"{where}: the grade should be a whole number from -{HIGHEST_GRADE} to {HIGHEST_GRADE}, got "
                f"{_shown(grade)}."
            )
        found = qrels.setdefault(query, {})
        if document in found:
            raise PPPError(f"{where}: document {_shown(document)} is judged twice for query {_shown(query)}.")
        found[document] = int(grade)
    return qrels


def read_queries(file: Source) -> dict[str, str]:
    """Reads the texts of queries: lines of name, tab, text.

    Raises:
        PPPError: as `read_run`, for a line without a tab or a text, and for a name that stands twice.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "queries.tsv"
        >>> _ = file.write_text("q1\\ta red fox\\n")
        >>> read_queries(file)
        {'q1': 'a red fox'}
    """
    queries: dict[str, str] = {}
    for where, line in _texts(file):
        name, tab, text = line.partition("\t")
        name, text = name.strip(), text.strip()
        if not (tab and name and text):
            raise PPPError(f"{where}: a query's name, a tab and its text were wanted, got {_shown(line)}.")
        if name in queries:
            raise PPPError(f"{where}: query {_shown(name)} stands twice.")
        queries[name] = text
    return queries


def write_run(ranking: Ranking, path: str | Path, *, tag: str = "ppp") -> None:
    """Writes the kept documents of a ranking as a run, whole or not at all.

    Cosines have six decimals, and images of one cosine are set apart in the ninth, so that whoever reads
    eight bytes a score has this order; trec_eval reads four and orders them by name. A user's own scores are
    written as they were read: of equal ones the later name comes first, here as there.

    Raises:
        PPPError: when it cannot be written.
    """

    def lines() -> Iterator[str]:
        for query, docs, scores in zip(ranking.query_ids, ranking.docs, ranking.scores, strict=True):
            tied = 0
            for rank, (doc, score) in enumerate(zip(docs, scores, strict=True), 1):
                if doc < 0:
                    break
                tied = tied + 1 if rank > 1 and score == scores[rank - 2] else 0
                if not ranking.cosines:
                    told = repr(float(score))
                else:
                    told = f"{score - tied * 1e-9:.9f}" if tied else f"{score:.6f}"
                yield f"{as_token(query)} Q0 {as_token(ranking.doc_ids[doc])} {rank} {told} {as_token(tag)}\n"

    _write(lines(), path)


def write_qrels(ranking: Ranking, path: str | Path) -> None:
    """Writes what is relevant for each query, found or not. Raises PPPError when it cannot be written."""

    def lines() -> Iterator[str]:
        for query, docs, grades in zip(ranking.query_ids, ranking.relevant, ranking.grades, strict=True):
            for doc, grade in zip(docs, grades, strict=True):
                yield f"{as_token(query)} 0 {as_token(ranking.doc_ids[doc])} {grade}\n"

    _write(lines(), path)


def write_queries(ranking: Ranking, path: str | Path) -> None:
    """Writes names and texts of the queries, where texts are known. Raises PPPError when it cannot."""
    pairs = zip(ranking.query_ids, ranking.queries, strict=False)
    _write((f"{as_token(name)}\t{' '.join(text.split())}\n" for name, text in pairs), path)


def as_token(name: str) -> str:
    """A name as one word: spaces, control characters and per cent signs as in a web address.

    Example:
        >>> as_token("a cat/1.png"), as_token("größe 100%"), as_token("")
        ('a%20cat/1.png', 'größe%20100%25', '%00')
    """
    plain = (not c.isspace() and c.isprintable() and c != "%" for c in name)
    coded = (c if keep else quote(c, safe="", errors="replace") for c, keep in zip(name, plain, strict=True))
    return "".join(coded) or "%00"


def _write(lines: Iterator[str], path: str | Path) -> None:
    with write_atomically(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)


def _lines(file: Source, columns: int, names: str) -> Iterator[tuple[str, list[str]]]:
    """Where, and the columns of each line that is not blank."""
    for where, line in _texts(file):
        parts = _SPACES.split(line.strip(" \t"))
        if len(parts) != columns:
            raise PPPError(f"{where}: {columns} columns were wanted ({names}), got {len(parts)}.")
        yield where, parts


def _texts(file: Source) -> Iterator[tuple[str, str]]:
    """Where, and the text of each line that is not blank."""
    name, contents = _opened(file)
    number = 0
    for number, content in enumerate(contents, 1):
        where = f"{name}, line {number}"
        if number > MAX_LINES:
            raise PPPError(f"{name} has more than {MAX_LINES:,} lines, which are the most that are read.")
        try:
            line = content.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise PPPError(
                f"{where}: UTF-8 text was wanted, got the byte {content[error.start]:#04x}."
            ) from error
        if _CONTROL.search(line):
            raise PPPError(f"{where}: text was wanted, got a control character.")
        if line.strip():
            yield where, line
    if not number:
        raise PPPError(f"{name} is empty.")


def _opened(file: Source) -> tuple[str, Iterator[bytes]]:
    """What errors call a file, and its lines."""
    if isinstance(file, str | Path):
        path = Path(file).expanduser()
        return path.name, _read_lines(path)
    name = Path(str(getattr(file, "name", "") or "the file")).name
    if not isinstance(file.read(0), bytes):
        raise PPPError(f"{name} should be open for reading bytes, but gives text.")
    return name, _limited(file, name, MAX_BYTES, "has")


def _read_lines(path: Path) -> Iterator[bytes]:
    packed = path.name.lower().endswith(".gz")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PPPError(
                f"{path.name} is larger than {MAX_BYTES:,} bytes, which are the most that are read."
            )
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) if packed else raw as stream:
            yield from _limited(stream, path.name, 10 * MAX_BYTES if packed else MAX_BYTES, "unpacks to")
    except FileNotFoundError as error:
        raise PPPError(f"There is no file {path}.") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise PPPError(f"{path.name} is no whole gzip file: {error}.") from error
    except OSError as error:
        raise PPPError(f"Cannot read {path}: {error.strerror or error}.") from error


def _limited(stream: BinaryIO, name: str, most: int, verb: str) -> Iterator[bytes]:
    seen = 0
    for number in range(1, MAX_LINES + 3):
        line = stream.readline(_LONGEST + 1)
        if not line:
            return
        seen += len(line)
        if len(line) > _LONGEST:
            raise PPPError(f"{name}, line {number}: longer than {_LONGEST:,} bytes.")
        if seen > most:
            raise PPPError(f"{name} {verb} more than {most:,} bytes, which are the most that are read.")
        yield line


def _contradictions(
    run: Mapping[str, Mapping[str, float]], ranks: Mapping[str, list[int]]
) -> tuple[str, ...]:
    """A note where the ranks of a file say otherwise than its scores."""
    wrong = 0
    for query, found in run.items():
        scores = np.array(list(found.values()))[np.argsort(ranks[query], kind="stable")]
        wrong += bool((np.diff(scores) > 0).any())
    if not wrong:
        return ()
    return (
        f"The ranks of {wrong:,} of {len(run):,} queries contradict their scores; the scores count, higher "
        "is better, as in trec_eval.",
    )


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:39] + "…")
