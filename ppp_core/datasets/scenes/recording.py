"""A pen that remembers what is drawn with it, so that it can be drawn often."""

from __future__ import annotations

import numpy as np

from .pen import Colour, Mark, Pen, Recording

__all__ = ["Recorder", "Recording"]

_UNIT = 60.0
"""Pixels of a unit that decide how many corners a circle gets."""


class Recorder(Pen):
    """A pen that draws nothing and remembers everything.

    Args:
        kind: which pattern the thing has.
    """

    def __init__(self, kind: int = 0):
        super().__init__(canvas=None, x=0.0, y=0.0, unit=_UNIT, kind=kind)
        object.__setattr__(self, "points", [])
        object.__setattr__(self, "marks", [])

    def recording(self) -> Recording:
        """All that was drawn."""
        return Recording(np.concatenate(self.points), tuple(self.marks))

    def _fill(self, points: np.ndarray, fill: str | Colour, line: bool) -> None:
        self._remember(points, fill, line, None)

    def _stroke(self, points: np.ndarray, width: float, fill: str | Colour) -> None:
        self._remember(points, fill, True, width)

    def _remember(self, points: np.ndarray, fill: str | Colour, line: bool, width: float | None) -> None:
        start = self.marks[-1].stop if self.marks else 0
        self.points.append(points)
        self.marks.append(Mark(start, start + 2 * len(points), fill, line, width))
