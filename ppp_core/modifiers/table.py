"""The modifiers of many prompts as a table, read and written piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import PPPError, unknown_name
from ..store import write_atomically
from ..store.paths import refuse_when_public
from .counting import count
from .kinds import DEFINITIONS, MODIFYING
from .parsed import Parsed, Part
from .parsing import parse_all

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 5_000
BETWEEN = "; "
"""What stands between the terms of one cell."""


@dataclass(frozen=True)
class TableResult:
    """What came of a table of prompts.

    Attributes:
        rows: prompts parsed, blank ones left out.
        notes: what was changed or left out while reading, a sentence each.
    """

    rows: int
    notes: tuple[str, ...]


def modifier_columns(definitions: Sequence[str] | None = None, *, grammar: bool = True) -> list[str]:
    """Names of the columns of `modifiers_frame`.

    Args:
        definitions: keys of `DEFINITIONS`, each a column; None for all that can be counted.
        grammar: whether adjectives and prepositional phrases are found.

    Raises:
        PPPError: an unknown definition, or ``"all"`` without grammar.

    Example:
        >>> modifier_columns(["lexicon"], grammar=False)[:4]
        ['prompt', 'subject', 'modifiers_lexicon', 'artist']
    """
    counted = _definitions(definitions, grammar)
    kinds = [kind for kind in MODIFYING if grammar or kind != "attribute"]
    numbers = [f"modifiers_{name}" for name in counted]
    return ["prompt", "subject", *numbers, *kinds, "weights", "parameters", "negative"]


def modifiers_frame(
    prompts: Sequence[str],
    *,
    definitions: Sequence[str] | None = None,
    grammar: bool = True,
    spans: bool = False,
) -> pd.DataFrame:
    """The modifiers of prompts, a row each.

    Args:
        prompts: n texts.
        definitions: keys of `DEFINITIONS` to count by; None for all that can be.
        grammar: whether to find adjectives and prepositional phrases.
        spans: whether to add a column ``parts``: every part but separators, with its place.

    Returns:
        The columns of `modifier_columns`. A kind's cell holds its terms, separated by semicolons;
        ``weights`` holds ``term: weight`` where a tool's syntax gives one other than 1.

    Raises:
        PPPError: as `modifier_columns`; no list of texts.

    Example:
        >>> frame = modifiers_frame(["a fox, (oil painting:1.2), by Hokusai --ar 3:2"], grammar=False)
        >>> int(frame["modifiers_lexicon"][0])
        2
        >>> frame[["subject", "artist", "medium", "weights", "parameters"]].iloc[0].tolist()
        ['a fox', 'katsushika hokusai', 'oil painting', 'oil painting: 1.2', '--ar 3:2']
    """
    import pandas as pd

    columns = modifier_columns(definitions, grammar=grammar)
    counted = _definitions(definitions, grammar)
    rows = [_row(parsed, counted, spans) for parsed in parse_all(prompts, grammar=grammar)]
    return pd.DataFrame(rows, columns=[*columns, "parts"] if spans else columns)


def parse_file(
    source: str | Path | BinaryIO,
    out: str | Path,
    *,
    format: str | None = None,
    prompt_column: str = "prompt",
    definitions: Sequence[str] | None = None,
    grammar: bool = True,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> TableResult:
    """Parses every prompt of a table and writes one table, whole or not at all.

    Args:
        source: a path, ``"-"`` for standard input, or an open binary stream; see `tables.iter_prompts`.
        out: the file to write.
        format: of ``out``: csv, tsv, parquet or json (JSON lines, with the place of every part); None for
            its suffix.
        prompt_column: the column of prompts.
        definitions: as in `modifiers_frame`.
        grammar: as in `modifiers_frame`.
        chunk: rows a piece; memory holds one at a time.
        progress: called with the rows done so far.

    Raises:
        PPPError: for anything that cannot be read or written, and in a public demo; ``out`` is as it was.
    """
    from ..tables import output_format

    refuse_when_public("Writing a table of modifiers")
    out = Path(out).expanduser()
    if out.is_dir():
        raise PPPError(f"{out} is a folder; a file to write was wanted.")
    known = output_format(format or out.suffix, out)
    if isinstance(source, (str, Path)) and source != "-" and out.exists():
        read = Path(source).expanduser()
        if read.exists() and out.samefile(read):
            raise PPPError(f"{out} is the file that is read. Name another one to write.")
    _definitions(definitions, grammar)
    with write_atomically(out) as temporary, temporary.open("wb") as stream:
        return parse_stream(
            source,
            stream,
            format=known,
            prompt_column=prompt_column,
            definitions=definitions,
            grammar=grammar,
            chunk=chunk,
            progress=progress,
        )


def parse_stream(
    source: str | Path | BinaryIO,
    out: BinaryIO,
    *,
    format: str = "csv",
    prompt_column: str = "prompt",
    definitions: Sequence[str] | None = None,
    grammar: bool = True,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> TableResult:
    """Parses a table to an open stream, such as standard output; pieces are written as they are done.

    Arguments and errors as `parse_file`, but a public demo may do it too; what came before a fault has
    been written by then.
    """
    from ..tables import output_format, write_pieces

    known = output_format(format)
    columns = _definitions(definitions, grammar)
    notes: list[str] = []
    rows = 0

    def pieces() -> Iterator[pd.DataFrame]:
        nonlocal rows
        for prompts in _prompts(source, prompt_column, chunk, notes):
            yield modifiers_frame(prompts, definitions=columns, grammar=grammar, spans=known == "json")
            rows += len(prompts)
            if progress:
                progress(rows)

    write_pieces(pieces(), out, format=known)
    return TableResult(rows, tuple(dict.fromkeys(notes)))


def _prompts(source, prompt_column: str, chunk: int, notes: list[str]) -> Iterator[list[str]]:
    """The prompts that are not blank, a piece at a time; what was left out is noted."""
    from ..tables import iter_prompts

    blank = 0
    found = False
    for frame in iter_prompts(source, prompt_column=prompt_column, chunk=chunk):
        prompts = [prompt for prompt in frame[prompt_column].tolist() if prompt.strip()]
        blank += len(frame) - len(prompts)
        notes += frame.attrs["notes"]
        if prompts:
            found = True
            yield prompts
    if not found:
        raise PPPError("At least one prompt was wanted, got only blank ones.")
    if blank:
        notes.append(f"Blank prompts left out: {blank:,}.")


def _definitions(asked: Sequence[str] | None, grammar: bool) -> list[str]:
    """The definitions to count by, each once, in the table's order."""
    if asked is None:
        return [name for name in DEFINITIONS if grammar or name != "all"]
    for name in asked:
        if name not in DEFINITIONS:
            raise unknown_name("definition of the count of modifiers", name, DEFINITIONS)
    if "all" in asked and not grammar:
        raise PPPError(
            "The definition 'all' counts what grammar finds. Leave grammar on, or count by another."
        )
    return [name for name in DEFINITIONS if name in asked]


def _row(parsed: Parsed, definitions: Sequence[str], spans: bool) -> dict:
    terms: dict[str, list[str]] = {}
    for part in parsed.parts:
        terms.setdefault(part.kind, []).append(part.term)
    row: dict = {"prompt": parsed.prompt, "subject": parsed.subject}
    row |= {f"modifiers_{name}": count(parsed, name) for name in definitions}
    row |= {kind: BETWEEN.join(terms.get(kind, ())) for kind in MODIFYING}
    row["weights"] = BETWEEN.join(
        f"{part.term}: {part.weight:g}"
        for part in parsed.parts
        if part.weight != 1 and part.kind != "separator"
    )
    row["parameters"] = BETWEEN.join(part.text for part in parsed.parts if part.kind == "parameter")
    row["negative"] = BETWEEN.join(part.text for part in parsed.parts if part.kind == "negative")
    if spans:
        row["parts"] = [_span(part) for part in parsed.parts if part.kind != "separator"]
    return row


def _span(part: Part) -> dict:
    return {
        "start": part.start,
        "end": part.end,
        "text": part.text,
        "kind": part.kind,
        "term": part.term,
        "weight": part.weight,
        "source": part.source,
    }
