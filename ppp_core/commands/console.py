"""How commands print: JSON that stays stable, plain tables, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_WIDEST = 1_000_000
"""Characters of a line that goes to no terminal: nothing is folded there."""


def print_json(value: object) -> None:
    """One JSON document on standard output, two spaces deep, undefined numbers as null."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table in columns; numbers are aligned to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        # as Text: a name with square brackets is no markup
        table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row))
    console = Console(highlight=False)
    if not sys.stdout.isatty():
        console.width = max(1, console.measure(table, options=console.options.update(width=_WIDEST)).maximum)
    console.print(table)


def note(message: str) -> None:
    """One line for the reader on standard error, out of the way of the output."""
    print(message, file=sys.stderr)


@contextmanager
def progress_bar(
    label: str, *, unit: str = "", shown: bool = True
) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on standard error where that is a terminal; elsewhere nothing. Gives ``update(done, total)``.

    Args:
        label: what is going on.
        unit: of what is counted.
        shown: False where the output itself runs over the terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    shown = shown and sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task(label, total=None)

        def update(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield update
