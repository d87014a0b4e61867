"""Where and on what a run of the benchmarks measures, and what one of them gives back."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ppp_core import shipped_targets

from .processes import Run, run


@dataclass(frozen=True)
class Setting:
    """What all benchmarks of a run share.

    Attributes:
        folder: for their files; goes when the run ends.
        full: whether to take the time for large counts.
        tell: called with what is being measured.
        target: what is predicted where one target is enough.
    """

    folder: Path
    full: bool = False
    tell: Callable[[str], None] = lambda message: None
    target: str = field(default_factory=lambda: shipped_targets()[0])

    @property
    def home(self) -> Path:
        """The user's folder of the programs that are measured."""
        return self.folder / "home"

    def environment(self, home: Path | None = None) -> dict[str, str]:
        """Variables for a program: its home is ours, and no hub is asked."""
        kept = {name: value for name, value in os.environ.items() if name != "PPP_PUBLIC"}
        return {
            **kept,
            "PPP_HOME": str(home or self.home),
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "true",
        }

    def child(self, name: str, *arguments: object, home: Path | None = None, **options) -> Run:
        """Runs one of the programs in `benchmarks.child`."""
        return run(
            ["-m", "benchmarks.child", name, *map(str, arguments)],
            environment=self.environment(home),
            **options,
        )

    def ppp(self, *arguments: object, **options) -> Run:
        """Runs the command line ``ppp``."""
        return run(["-m", "ppp_core", *map(str, arguments)], environment=self.environment(), **options)


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        what: was measured.
        result: a ratio with its spread, or a size.
        absolute: the figures behind it, which depend on the machine and its load.
        goal: what was aimed at; empty where nothing was.
        met: whether the goal is met; None without one.
    """

    what: str
    result: str
    absolute: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Section:
    """What one benchmark found.

    Attributes:
        title: its heading.
        rows: of its table; none when it was skipped.
        notes: how it was measured, and what it does not show; a sentence or more each.
    """

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
