"""Doing a plan: what is measured already is read, the rest is measured and kept, run by run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ... import __version__
from ...errors import PPPError
from ..correlation import correlate
from ..parts import TargetData
from .fitting import bounds, fit_predictor, predict_out_of_fold, predict_prompts
from .judging import OUT_OF_FOLD, Judges
from .plan import Job, Plan
from .runs import FOLDER, FORMAT, Run, read_run, read_told, write_run

if TYPE_CHECKING:
    from ...store import EmbeddingStore

LIBRARIES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers")
RESAMPLES = 2_000
"""Of the interval in a run's own file; the board takes more."""


@dataclass(frozen=True)
class Step:
    """Where a benchmark is.

    Attributes:
        done, total: fits.
        label: what was just done, or read.
        seconds_left: estimated; None before anything was measured.
    """

    done: int
    total: int
    label: str
    seconds_left: float | None


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a plan.

    Attributes:
        n_measured: runs measured now.
        n_read: runs that were there.
        failed: jobs that could not be fitted, and why: one sentence each.
        cancelled: whether it was stopped before its end; what was measured is kept.
    """

    n_measured: int
    n_read: int
    failed: tuple[str, ...]
    cancelled: bool


class _Cancelled(Exception):
    """Raised between two folds when the caller wants to stop."""


def run_plan(
    plan: Plan,
    folder: str | Path,
    *,
    store: EmbeddingStore | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Measures what a plan asks for and what is not in the folder yet.

    A run in the folder counts when its files are whole and its data, encoder and format are those of
    now; another is measured again. Runs are written one by one, so an interruption loses one fit.

    Args:
        plan: what `make_plan` laid out.
        folder: of the benchmark; runs are in its folder ``runs``.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called after each fit.
        cancelled: asked before each fit and fold; True ends the work there.

    Returns:
        How much was measured and read, what failed, and whether it was stopped.

    Raises:
        PPPError: when a run in the folder is damaged, or a file cannot be written.
    """
    clock = _Clock(len(plan.jobs), progress)
    measured, read, failed = 0, 0, []
    todo = []
    for job in plan.jobs:
        judges = {target: plan.judges_for(job.trained_on, target) for target in job.targets}
        judges = {target: some for target, some in judges.items() if len(some) >= 4}
        missing = {t: some for t, some in judges.items() if not _is_kept(plan, job, t, some, folder)}
        read += len(judges) - len(missing)
        if missing:
            todo.append((job, missing))
        else:
            clock.skip(f"{job} (kept)")
    clock.wait_for([job for job, _ in todo])

    def between() -> None:
        if cancelled():
            raise _Cancelled

    for job, missing in todo:
        try:
            between()
            for run in _measure(plan, job, missing, store, between):
                write_run(run, folder)
                measured += 1
        except _Cancelled:
            return Outcome(measured, read, tuple(failed), True)
        except _CannotFit as error:
            failed.append(f"{job}: {error}")
        clock.tick(job)
    return Outcome(measured, read, tuple(failed), False)


class _CannotFit(Exception):
    """A predictor that cannot learn from what it was given; the others go on."""


class _Clock:
    """Counts fits and estimates how long the rest takes, from fits of the same kind."""

    def __init__(self, total: int, progress: Progress | None):
        self.total, self.progress, self.done = total, progress, 0
        self.seconds: dict[tuple, list[float]] = defaultdict(list)
        self.waiting: list[Job] = []

    def skip(self, label: str) -> None:
        self.done += 1
        self._tell(label)

    def wait_for(self, jobs: list[Job]) -> None:
        self.waiting, self.started = list(jobs), time.monotonic()

    def tick(self, job: Job) -> None:
        now = time.monotonic()
        self.seconds[job.predictor, job.encoder].append(now - self.started)
        self.started = now
        self.waiting.remove(job)
        self.done += 1
        self._tell(str(job))

    def _left(self) -> float | None:
        every = [one for some in self.seconds.values() for one in some]
        if not every:
            return None
        mean = sum(every) / len(every)
        known = {kind: sum(some) / len(some) for kind, some in self.seconds.items()}
        return sum(known.get((job.predictor, job.encoder), mean) for job in self.waiting)

    def _tell(self, label: str) -> None:
        if self.progress:
            self.progress(Step(self.done, self.total, label, self._left()))


def _is_kept(plan: Plan, job: Job, target: str, judges: Judges, folder: str | Path) -> bool:
    """Whether the run is there, made of what is there now. Raises PPPError when its files are damaged."""
    path = Path(folder) / FOLDER / f"{job.key(target, judges.part).slug}.json"
    if not path.exists():
        return False
    told = read_told(path)
    if told.get("format") != FORMAT or told.get("data") != plan.hashes(job.trained_on, target):
        return False
    if told.get("encoder", {}).get("revision") != _revision(plan, job):
        return False
    read_run(path)  # whole, or refused
    return True


def _revision(plan: Plan, job: Job) -> str:
    return plan.encoders[job.encoder].revision if job.encoder else ""


def _measure(
    plan: Plan,
    job: Job,
    judges: Mapping[str, Judges],
    store: EmbeddingStore | None,
    between: Callable[[], None],
) -> list[Run]:
    """The runs of one job: one fit, or one cross-validation, or both where other data sets judge too."""
    data = plan.data[job.trained_on]
    inside = {target: some for target, some in judges.items() if some.part == OUT_OF_FOLD}
    outside = {target: some for target, some in judges.items() if some.part != OUT_OF_FOLD}
    started = time.monotonic()
    predicted: dict[str, np.ndarray] = {}
    learned: dict[str, int] = {}
    try:
        if inside:
            values, n = _out_of_fold(plan, job, data, store, between)
            predicted |= {name: _matched(data, values, some) for name, some in inside.items()}
            learned |= dict.fromkeys(inside, n)
        if outside:
            between()
            part = _cut(data, job)
            predicted |= _held_out(plan, job, part, outside, store)
            learned |= dict.fromkeys(outside, len(part.train))
    except PPPError as error:
        raise _CannotFit(str(error)) from error
    except (ValueError, ArithmeticError, RuntimeError, np.linalg.LinAlgError) as error:
        raise _CannotFit(f"{type(error).__name__}: {error}") from error
    seconds = (time.monotonic() - started) / len(judges)
    return [
        _run(plan, job, name, some, predicted[name], learned[name], seconds) for name, some in judges.items()
    ]


def _order(data: TargetData, job: Job) -> np.ndarray:
    """Training prompts in the order in which a draw takes them: smaller subsets lie inside larger ones."""
    return np.random.default_rng([job.draw, len(data.train)]).permutation(len(data.train))


def _cut(data: TargetData, job: Job) -> TargetData:
    if job.n_train is None:
        return data
    rows = np.sort(_order(data, job)[: job.n_train])
    return replace(data, train=data.train.rows(rows))


def _out_of_fold(plan, job, data, store, between) -> tuple[np.ndarray, int]:
    order = None if job.n_train is None else _order(data, job)
    encoder = plan.encoders.get(job.encoder)
    return predict_out_of_fold(
        data, job.predictor, encoder, job.seed, store, order=order, n_train=job.n_train, between=between
    )


def _matched(data: TargetData, values: np.ndarray, judges: Judges) -> np.ndarray:
    by_text = dict(zip(data.train.prompts, values, strict=True))
    return np.array([by_text[text] for text in judges.prompts])


def _held_out(plan, job, data, judges: Mapping[str, Judges], store) -> dict[str, np.ndarray]:
    """One fit; every prompt that judges is predicted once, whichever targets it judges."""
    fitted, encoder = fit_predictor(data, job.predictor, plan.encoders.get(job.encoder), job.seed, store)
    texts = list(dict.fromkeys(text for some in judges.values() for text in some.prompts))
    values = predict_prompts(fitted, encoder, texts, bounds=bounds(data), store=store)
    by_text = dict(zip(texts, values, strict=True))
    return {name: np.array([by_text[text] for text in some.prompts]) for name, some in judges.items()}


def _run(
    plan: Plan, job: Job, target: str, judges: Judges, predicted: np.ndarray, learned: int, seconds: float
) -> Run:
    return Run(
        key=job.key(target, judges.part),
        judged_by=plan.data[target].target.judged_by,
        n_learned=learned,
        prompt_ids=judges.prompt_ids,
        prompts=judges.prompts,
        observed=judges.observed,
        predicted=predicted,
        data=plan.hashes(job.trained_on, target),
        revision=_revision(plan, job),
        versions={"ppp": __version__, **{name: version(name) for name in LIBRARIES}},
        made=date.today().isoformat(),
        seconds=seconds,
        correlation=correlate(predicted, judges.observed, resamples=RESAMPLES).as_dict(),
    )
