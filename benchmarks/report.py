"""What was found, as a table on the terminal and as a document."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from string import Template

import psutil

from ppp_core.store import write_atomically

from .setting import Row, Section

TEMPLATE = Path(__file__).with_name("performance.md")
PACKAGES = (
    "torch", "onnxruntime", "sentence-transformers", "transformers", "tokenizers", "numpy", "pandas",
    "pyarrow", "streamlit",
)  # fmt: skip
VERDICTS = {True: "met", False: "**missed**", None: ""}


def write_document(
    path: Path,
    sections: Sequence[Section],
    *,
    command: str,
    target: str,
    shipped: Sequence[str],
    load: tuple[float, float] | None,
) -> None:
    """Writes the document, whole or not at all.

    Args:
        path: the file.
        sections: in order.
        command: that made it.
        target: what was predicted.
        shipped: all targets that came with PPP then.
        load: one-minute load average before the first and after the last measurement; None where the
            system tells none.
    """
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        command=command,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(load),
        target=f"`{target}`",
        shipped=f"{len(shipped)} target{'s' * (len(shipped) != 1)} shipped then.",
        sections="\n\n".join(section_text(section) for section in sections),
    )
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def section_text(section: Section) -> str:
    """A heading, a table, and the notes as a list; Markdown.

    Example:
        >>> print(section_text(Section("Size", (Row("a | b", "3 MB", "", "below 4 MB", True),), ("One.",))))
        ## Size
        <BLANKLINE>
        | measured | result | absolute, noisy | goal | |
        |---|---|---|---|---|
        | a \\| b | 3 MB |  | below 4 MB | met |
        <BLANKLINE>
        - One.
    """
    blocks = [f"## {section.title}"]
    if section.rows:
        head = "| measured | result | absolute, noisy | goal | |\n|---|---|---|---|---|"
        blocks.append("\n".join([head, *(_line(row) for row in section.rows)]))
    if section.notes:
        blocks.append("\n".join(f"- {note}" for note in section.notes))
    return "\n\n".join(blocks)


def _line(row: Row) -> str:
    cells = (row.what, row.result, row.absolute, row.goal, VERDICTS[row.met])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def section_lines(section: Section) -> list[str]:
    """The same for a terminal, a row a block."""
    lines = ["", section.title]
    for row in section.rows:
        verdict = VERDICTS[row.met].strip("*")
        aim = f"   [goal {row.goal}: {verdict}]" if row.goal else ""
        lines += [f"  {row.what.replace('`', '')}", f"      {row.result}   {row.absolute}{aim}".rstrip()]
    if not section.rows:
        lines += [f"  {note}" for note in section.notes]
    return lines


def machine(load: tuple[float, float] | None) -> str:
    """Processors, memory, system, versions and load, in one paragraph."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    memory = psutil.virtual_memory().total / 1e9
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    told = f"{cores} processors, {memory:.0f} GB of memory, no graphics card used, {platform.system()} "
    told += f"{platform.machine()}, Python {platform.python_version()}; {versions}."
    if load:
        told += f" Load average {load[0]:.1f} before and {load[1]:.1f} after the run (its own work included)"
        busy = load[0] > cores / 2
        told += "; other programs were at work, too." if busy else "."
    return told


def load_now() -> float | None:
    """One-minute load average, where the system tells it."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
