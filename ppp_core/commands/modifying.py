"""``ppp modifiers``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .console import note, progress_bar
from .predicting import File


def modifiers(
    file: File,
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="file to write")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", help="csv, tsv, parquet or json (one object a line, with every part's place)"
        ),
    ] = None,
    prompt_column: Annotated[str, typer.Option("--prompt-column", help="column of prompts")] = "prompt",
    definition: Annotated[
        list[str] | None,
        typer.Option("--definition", metavar="D", help="count by: segments, lexicon, all; may be repeated"),
    ] = None,
    no_grammar: Annotated[
        bool, typer.Option("--no-grammar", help="known terms only, no adjectives and phrases; far faster")
    ] = False,
) -> None:
    """Take prompts apart: subject, modifiers by kind, counts, weights, and what belongs to a tool."""
    from ..modifiers.table import parse_file, parse_stream

    options = {"prompt_column": prompt_column, "definitions": definition, "grammar": not no_grammar}
    if out is None:
        with progress_bar("parsed", unit="prompts", shown=not sys.stdout.isatty()) as update:
            result = parse_stream(file, sys.stdout.buffer, format=format or "csv", progress=update, **options)
    else:
        with progress_bar("parsed", unit="prompts") as update:
            result = parse_file(file, out, format=format, progress=update, **options)
    for line in result.notes:
        note(line)
