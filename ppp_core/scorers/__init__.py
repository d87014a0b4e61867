"""Pictures, and their prompts, to metrics made by models: one row of ``SCORERS`` a scorer."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PPPError, unknown_name
from ..store.paths import refuse_when_public

if TYPE_CHECKING:
    from .base import Scorer, ScorerEntry
    from .table import PPP_METRICS, SCORERS

__all__ = [
    "PPP_METRICS",
    "SCORERS",
    "Scorer",
    "ScorerEntry",
    "ScorerStatus",
    "load_scorer",
    "scorer_status",
]


@dataclass(frozen=True)
class ScorerStatus:
    """Whether a scorer can be used now.

    Attributes:
        name: key of ``SCORERS``.
        title: a few words for a chooser.
        available: whether what it needs is on this machine; a file that the user must give counts as absent.
        get: the one command, or the one act, that gets it; empty where nothing is needed.
    """

    name: str
    title: str
    available: bool
    get: str


def __getattr__(name: str) -> object:
    # the table names encoders and pictures; who asks only for a class does not load them
    if name in ("SCORERS", "PPP_METRICS"):
        from . import table

        return getattr(table, name)
    if name in ("Scorer", "ScorerEntry"):
        from . import base

        return getattr(base, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_scorer(name: str, *, folder: str | Path | None = None, download: bool = False) -> "Scorer":
    """The scorer of that name.

    Args:
        name: a key of ``SCORERS``.
        folder: weights that the user gives: the file of an aesthetic head or of SAMP-Net, or its folder; the
            folder of a CLIP in open_clip's format; PickScore's in transformers' format.
        download: fetch absent weights: CLIP's and PickScore's from the hub, and the file of an aesthetic head
            whose hash is known; nothing is fetched otherwise, except by packages that fetch their own.

    Raises:
        PPPError: on an unknown name, a folder that the scorer has no use for, or something that is missing
            (with the command that gets it).

    Example:
        >>> load_scorer("quality")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: Unknown scorer 'quality'. Did you mean 'quality-lite'? Known: ...
    """
    from .table import SCORERS

    if name not in SCORERS:
        raise unknown_name("scorer", name, SCORERS)
    entry = SCORERS[name]
    if folder is not None:
        refuse_when_public("Loading weights from a folder")
        if entry.needs not in ("file", "encoder"):
            raise PPPError(f"{name} takes no folder: {'it needs nothing' if not entry.get else entry.get}.")
    return entry.make(folder=folder, download=download)


def scorer_status() -> list[ScorerStatus]:
    """Every scorer of the table, in its order: whether it can be used now, and what gets it."""
    from .table import SCORERS, is_available

    return [ScorerStatus(one.name, one.title, is_available(one), one.get) for one in SCORERS.values()]
