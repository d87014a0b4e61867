"""Programs that are started, timed and weighed while they run."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLED_EVERY = 0.05


class BenchmarkError(RuntimeError):
    """Something that was to be measured did not run; the message says what it told."""


@dataclass(frozen=True)
class Sample:
    """Memory at one moment.

    Attributes:
        memory: bytes in use by the program and the programs that it started; what they share counts twice.
        progress: what the ``progress`` given to `run` said then.
    """

    memory: int
    progress: int


@dataclass(frozen=True)
class Run:
    """A program that has ended.

    Attributes:
        seconds: from its start to its end.
        output: its standard output.
        status: its exit status; negative when it was killed.
        samples: memory on the way, twenty times a second.
    """

    seconds: float
    output: str
    status: int
    samples: tuple[Sample, ...]

    @property
    def answer(self) -> dict:
        """The JSON object in the last line of its output."""
        return json.loads(self.output.splitlines()[-1])

    def peak(self, *, until: int | None = None) -> int:
        """The most memory, in bytes; with ``until``, while progress was at most that.

        Example:
            >>> run = Run(1.0, "", 0, (Sample(5, 0), Sample(9, 1), Sample(7, 2)))
            >>> run.peak(), run.peak(until=0)
            (9, 5)
        """
        chosen = [one.memory for one in self.samples if until is None or one.progress <= until]
        return max(chosen, default=0)


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    progress: Callable[[], int] = lambda: 0,
    kill_at: int | None = None,
) -> Run:
    """Runs ``python ARGUMENTS`` in the project's folder to its end.

    Args:
        arguments: after the interpreter, such as ``["-m", "ppp_core", "doctor"]``.
        environment: all of the program's variables.
        progress: asked at every sample.
        kill_at: kill it without warning as soon as progress has come this far.

    Raises:
        BenchmarkError: when it fails, or should have been killed and ended before.
    """
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    samples: list[Sample] = []
    watcher = threading.Thread(target=_watch, args=(child, samples, progress, kill_at), daemon=True)
    watcher.start()
    output, errors = child.communicate()
    seconds = time.perf_counter() - start
    watcher.join()
    if (child.returncode != 0) != (kill_at is not None):
        told = (errors.strip().splitlines() or ["nothing"])[-1]
        raise BenchmarkError(f"{' '.join(arguments)} ended with status {child.returncode}: {told}")
    return Run(seconds, output, child.returncode, tuple(samples))


def _watch(child: subprocess.Popen, samples: list[Sample], progress, kill_at: int | None) -> None:
    while child.poll() is None:
        now = progress()
        if kill_at is not None and now >= kill_at:
            child.kill()
            return
        samples.append(Sample(tree_memory(child.pid), now))
        time.sleep(SAMPLED_EVERY)


def tree_memory(pid: int) -> int:
    """Bytes in use by a process and all that it started; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_memory(one) for one in family)


def _memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
