"""A measurement in the background: one cell of the benchmark, with progress, to be stopped at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from ..encoders import encoder_status
from ..errors import PPPError
from ..predictors import PREDICTORS, predictor_class
from ..store import home
from ..store.paths import refuse_when_public
from .benchmark.execution import Outcome, Step

FOLDER = "benchmark"
"""Inside ``$PPP_HOME``: where runs that were started from the page are kept."""

_ONE_AT_A_TIME = threading.Lock()


class Measurement:
    """One predictor on one target, measured in a thread of its own; another is refused meanwhile.

    Args:
        target: whose data set is on this machine.
        predictor: key of ``PREDICTORS``.
        encoder: key of ``ENCODERS``; empty where the predictor reads the prompts alone.
        seeds: how many, from 0 on.
        split: ``"validation"`` (or out of fold) or ``"test"``.
        folder: of the runs; None for the one in ``$PPP_HOME``.
        work: does it; None for the benchmark. It gets ``progress(step)`` and ``cancelled()``.

    Raises:
        PPPError: in a public demo, and while another measurement goes on.
    """

    def __init__(
        self,
        target: str,
        predictor: str,
        encoder: str = "",
        *,
        seeds: int = 1,
        split: str = "validation",
        folder: str | Path | None = None,
        work: Callable[..., Outcome] | None = None,
    ):
        refuse_when_public("Measuring")
        if not _ONE_AT_A_TIME.acquire(blocking=False):
            raise PPPError("Another measurement goes on, of this or of another visitor. Wait, or cancel it.")
        self.target, self.predictor, self.encoder = target, predictor, encoder
        self.seeds, self.split = seeds, split
        self.folder = Path(folder) if folder is not None else home() / FOLDER
        self.step: Step | None = None
        self.outcome: Outcome | None = None
        self.error = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work or self._benchmark,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Asks it to stop before its next fit or fold; what was measured is kept."""
        self._stop.set()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for its end. Returns whether it has come."""
        self._thread.join(seconds)
        return not self.running

    def _run(self, work: Callable[..., Outcome]) -> None:
        try:
            self.outcome = work(progress=self._tell, cancelled=self._stop.is_set)
        except PPPError as error:
            self.error = str(error)
        except Exception as error:
            # a thread's exception would be lost: whoever looks at the measurement is told
            self.error = f"The measurement stopped: {type(error).__name__}: {error}"
        finally:
            _ONE_AT_A_TIME.release()

    def _tell(self, step: Step) -> None:
        self.step = step

    def _benchmark(self, *, progress: Callable[[Step], None], cancelled: Callable[[], bool]) -> Outcome:
        from ..store import EmbeddingStore
        from .benchmark.execution import run_plan
        from .benchmark.plan import make_plan

        encoders = [self.encoder] if self.encoder else []
        plan = make_plan([self.target], [self.predictor], encoders, seeds=self.seeds, split=self.split)
        store = EmbeddingStore(home() / "embeddings")
        return run_plan(plan, self.folder, store=store, progress=progress, cancelled=cancelled)


def what_is_missing(target: str, predictor: str, encoder: str, *, here: set[str]) -> list[str]:
    """What must be had before a cell can be measured here, each with the line that gets it.

    Args:
        target: of the cell.
        predictor, encoder: of the cell.
        here: names of the data sets on this machine.

    Returns:
        One sentence each; none when it can start.

    Example:
        >>> what_is_missing("pqpp/hbpp-sdxl", "length", "", here=set())
        ['The data set pqpp is not on this machine. Get it with: ppp get pqpp']
    """
    dataset = target.partition("/")[0]
    missing = []
    if predictor not in PREDICTORS:
        missing.append(f"{predictor} is another's method: PPP has its figures, not the method itself.")
    if dataset not in here:
        missing.append(f"The data set {dataset} is not on this machine. Get it with: ppp get {dataset}")
    status = {one.name: one for one in encoder_status()}
    if encoder and encoder not in status:
        missing.append(f"The encoder {encoder} is none that PPP can load by its name.")
    elif encoder and not status[encoder].available:
        missing.append(f"The encoder {encoder} is not on this machine. Get it with: {status[encoder].get}")
    return missing


def reads_prompts_alone(predictor: str) -> bool:
    """Whether a predictor needs no encoder.

    Example:
        >>> reads_prompts_alone("length"), reads_prompts_alone("linear-probe")
        (True, False)
    """
    return predictor in PREDICTORS and predictor_class(predictor).reads == "prompts"


def measured_here(measurement: Measurement) -> list[tuple[int, dict]]:
    """What a measurement left in its folder: for each seed, the correlation as plain values.

    Runs of the same target, predictor and encoder only; none where nothing was finished.
    """
    from .benchmark.runs import own_runs, read_runs

    try:
        runs = list(own_runs(read_runs(measurement.folder)))
    except PPPError:
        return []
    wanted = (measurement.target, measurement.predictor, measurement.encoder)
    mine = [run for run in runs if (run.key.target, run.key.predictor, run.key.encoder) == wanted]
    found = {run.key.seed: run.correlation for run in mine if run.key.seed < measurement.seeds}
    return sorted(found.items())
