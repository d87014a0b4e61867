"""Coordinates by UMAP, with progress, and a way to stop."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import PPPError

Progress = Callable[[int, int], None]

_PROGRAM = Path(__file__).with_name("umap_process.py")
_PAUSE = 0.1  # seconds between two looks at the process
_PERCENT = re.compile(rb"(\d{1,3})%")


class Cancelled(PPPError):
    """The reader stopped it."""


def umap_coordinates(
    vectors: np.ndarray,
    *,
    neighbours: int,
    distance: float,
    seed: int,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> np.ndarray:
    """UMAP of vectors, float32 (n, 2), by cosine, in a process of its own; one seed gives one map.

    Args:
        vectors: float32, shape (n, dim).
        neighbours, distance, seed: of UMAP.
        progress: called with (percent done, 100), several times.
        cancel: asked ten times a second; True stops the process.

    Raises:
        Cancelled: when ``cancel`` said so.
        PPPError: when UMAP failed, with its last words.

    Reference:
        McInnes, Healy and Melville (2018), UMAP, arXiv:1802.03426.
    """
    with tempfile.TemporaryDirectory(prefix="ppp-umap-") as name:
        folder = Path(name)
        np.save(folder / "vectors.npy", np.asarray(vectors, np.float32))
        settings = {"neighbours": neighbours, "distance": distance, "seed": seed}
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", str(_PROGRAM), str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
            try:
                _wait(process, folder / "log", progress, cancel)
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()
        if process.returncode or not (folder / "xy.npy").is_file():
            words = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise PPPError(f"UMAP stopped: {words[-1] if words else 'it told nothing'}.")
        if progress:
            progress(100, 100)
        return np.load(folder / "xy.npy", allow_pickle=False)


def _wait(
    process: subprocess.Popen, log: Path, progress: Progress | None, cancel: Callable[[], bool] | None
) -> None:
    told = -1
    while process.poll() is None:
        if cancel is not None and cancel():
            raise Cancelled("UMAP was stopped.")
        if progress:
            percents = _PERCENT.findall(log.read_bytes()[-400:])
            now = min(int(percents[-1]), 99) if percents else 0
            if now > told:
                told = now
                progress(now, 100)
        time.sleep(_PAUSE)
