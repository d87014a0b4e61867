"""All pictures of a set: drawn, measured, and kept as PNG where that is wanted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import PPPError
from ...image_statistics import STATISTICS, statistics
from .drawing import draw
from .plan import Plan, Scene

SIZE = 128
"""Pixels across of a set's pictures; `draw` makes larger ones of the same scenes."""

_MAX_WORKERS = 4


def draw_all(
    plan: Plan,
    image_ids: Sequence[str],
    folder: Path | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[dict[str, np.ndarray], list[str] | None]:
    """Draws and measures every picture of a plan.

    Args:
        plan: what to draw.
        image_ids: names, in the order of the plan: by prompt, then painter, then seed.
        folder: where the pictures are kept as ``<image_id>.png``; None keeps none.
        progress: called with (pictures drawn, pictures in all).

    Returns:
        The statistics, each float64 of shape (pictures,), and the files' names; None where none are kept.

    Raises:
        PPPError: when the folder cannot be written.
    """
    scenes = [plan.scene(*place) for place in np.ndindex(plan.values.shape)]
    measured = np.empty((len(scenes), len(STATISTICS)))
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        # drawing holds the interpreter, measuring and writing mostly do not
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _MAX_WORKERS)) as pool:
            work = pool.map(partial(_one, folder), scenes, image_ids)
            for place, row in enumerate(work):
                measured[place] = row
                if progress is not None:
                    progress(place + 1, len(scenes))
    except OSError as error:
        raise PPPError(f"Cannot write pictures in {folder}: {error.strerror or error}.") from error
    columns = dict(zip(STATISTICS, measured.T, strict=True))
    return columns, None if folder is None else [f"{name}.png" for name in image_ids]


def _one(folder: Path | None, scene: Scene, name: str) -> list[float]:
    picture = draw(scene, size=SIZE)
    if folder is not None:
        picture.save(folder / f"{name}.png", compress_level=3)
    return list(statistics(picture).values())
