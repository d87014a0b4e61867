"""`make bench`, `python -m benchmarks`: measures speed and memory and writes docs/performance.md."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ppp_core import shipped_targets

from . import cold_start, image_throughput, latency, live_page, memory, modifiers, throughput
from .processes import ROOT
from .report import load_now, section_lines, write_document
from .setting import Section, Setting

BENCHMARKS: dict[str, Callable[[Setting], Section]] = {
    "cold-start": cold_start.measure,
    "latency": latency.measure,
    "throughput": throughput.measure,
    "modifiers": modifiers.measure,
    "pictures": image_throughput.measure,
    "memory": memory.measure,
    "live-page": live_page.measure,
}
DOCUMENT = ROOT / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmarks asked for; all of them write the document, some of them only print."""
    options = _parser().parse_args(arguments)
    names = options.only or list(BENCHMARKS)
    out = options.out or (None if options.only else DOCUMENT)
    before = load_now()
    folder = Path(tempfile.mkdtemp(prefix="ppp-benchmarks-"))
    try:
        setting = Setting(folder, full=options.full, tell=_tell)
        sections = measure_all({name: BENCHMARKS[name] for name in names}, setting)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if out:
        write_document(
            out,
            sections,
            command="make bench" if not options.full else "python -m benchmarks --full",
            target=setting.target,
            shipped=shipped_targets(),
            load=None if before is None else (before, load_now()),
        )
        print(f"\nWritten to {out}")


def measure_all(benchmarks: Mapping[str, Callable[[Setting], Section]], setting: Setting) -> list[Section]:
    """Runs benchmarks one after the other and prints each one's findings as they come."""
    sections = []
    for name, measure in benchmarks.items():
        setting.tell(name)
        sections.append(measure(setting))
        print("\n".join(section_lines(sections[-1])), flush=True)
    return sections


def _tell(message: str) -> None:
    print(f"measuring {message} …", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=list(BENCHMARKS),
        metavar="NAME",
        help=f"only this one ({', '.join(BENCHMARKS)}); may be repeated; prints, writes no document",
    )
    parser.add_argument("--full", action="store_true", help="more pairs and 100,000 prompts; about an hour")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the document here")
    return parser


if __name__ == "__main__":
    main()
