"""The things that can be drawn: one function of a pen each, in one file a group."""

from collections.abc import Callable, Mapping
from functools import cache

from ..pen import Pen
from ..recording import Recorder, Recording
from . import animals, food, places, things, vehicles

DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    **animals.DRAWINGS,
    **food.DRAWINGS,
    **things.DRAWINGS,
    **vehicles.DRAWINGS,
    **places.DRAWINGS,
}
"""Subject -> what draws it."""

IN_THE_AIR = frozenset({"butterfly", "bee", "airplane", "balloon", "hot-air balloon", "rocket"})
"""Subjects that need no ground beneath them."""


@cache
def recorded(subject: str, kind: int) -> Recording:
    """A subject with one of its three patterns, to be drawn many times."""
    recorder = Recorder(kind)
    DRAWINGS[subject](recorder)
    return recorder.recording()
