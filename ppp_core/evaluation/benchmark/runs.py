"""One run: a predictor of one target, one seed, on prompts that it did not learn from; and its two files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import PPPError
from ...store import write_atomically

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
COLUMNS = ("prompt_id", "prompt", "observed", "predicted")
FOLDER = "runs"


@dataclass(frozen=True)
class RunKey:
    """What tells one run from another.

    Attributes:
        target: whose observed values judge.
        predictor: key of ``PREDICTORS``.
        encoder: name of the encoder; empty where the predictor reads the prompts alone.
        seed: of folds, decompositions and whatever else is random in the fit.
        part: ``"validation"``, ``"test"``, ``"out of fold"`` or ``"left out"`` (another data set).
        trained_on: the target learned from.
        n_train: prompts learned from where that was cut for a learning curve; else None.
        draw: which random subset of so many prompts; 0 where nothing is cut.
    """

    target: str
    predictor: str
    encoder: str
    seed: int
    part: str
    trained_on: str
    n_train: int | None = None
    draw: int = 0

    @property
    def slug(self) -> str:
        """Name of the run's files: readable, with a checksum that tells apart what would look alike.

        Example:
            >>> RunKey("pqpp/rr-clip", "linear-probe", "tfidf", 0, "validation", "pqpp/rr-clip").slug
            'pqpp.rr-clip_linear-probe_tfidf_s0_validation_9a768021'
        """
        words = [self.target.replace("/", "."), self.predictor, self.encoder or "none", f"s{self.seed}"]
        words.append(self.part)
        if self.trained_on != self.target:
            words.append("from-" + self.trained_on.replace("/", "."))
        if self.n_train is not None:
            words.append(f"n{self.n_train}-{self.draw}")
        exact = json.dumps([getattr(self, name) for name in self.__dataclass_fields__])
        plain = "_".join(re.sub(r"[^\w.]+", "-", word.strip("./ "))[-60:] for word in words)
        return f"{plain}_{hashlib.sha256(exact.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Run:
    """A run that was measured.

    Attributes:
        key: which it is.
        judged_by: who made the observed values.
        n_learned: prompts learned from (on average, where there are folds).
        prompt_ids, prompts: of the n prompts that judged.
        observed, predicted: float64, shape (n,).
        data: name, train_sha256 and held_out_sha256 of what it was measured with.
        revision: of the encoder as it was loaded.
        versions: of the libraries.
        made: date, ISO form.
        seconds: that fitting and predicting took.
        correlation: ``Correlation.as_dict()``.
    """

    key: RunKey
    judged_by: str
    n_learned: int
    prompt_ids: list[str]
    prompts: list[str]
    observed: np.ndarray
    predicted: np.ndarray
    data: dict
    revision: str
    versions: dict
    made: str
    seconds: float
    correlation: dict = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.prompts)

    def as_dict(self) -> dict:
        """What the JSON file says, but for the checksum of the predictions."""
        key = self.key
        return {
            "format": FORMAT,
            "key": key.slug,
            "target": key.target,
            "trained_on": key.trained_on,
            "judged_by": self.judged_by,
            "predictor": key.predictor,
            "encoder": {"name": key.encoder, "revision": self.revision},
            "seed": key.seed,
            "part": key.part,
            "cut_to": key.n_train,
            "draw": key.draw,
            "n_train": self.n_learned,
            "n": len(self),
            "data": self.data,
            "versions": self.versions,
            "made": self.made,
            "seconds": round(self.seconds, 3),
            "correlation": self.correlation,
        }

    def frame(self) -> pd.DataFrame:
        """What the Parquet file holds: prompt_id, prompt, observed, predicted."""
        import pandas as pd

        columns = (self.prompt_ids, self.prompts, self.observed, self.predicted)
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def write_run(run: Run, folder: str | Path) -> Path:
    """Writes ``<slug>.parquet``, then ``<slug>.json``: a run whose JSON is there is whole.

    Args:
        run: what was measured.
        folder: of the benchmark; the files go into its folder ``runs``.

    Returns:
        The JSON file.

    Raises:
        PPPError: when it cannot be written; then there is no JSON.
    """
    path = Path(folder) / FOLDER / f"{run.key.slug}.json"
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise PPPError(f"Cannot write {path}: {error.strerror}. Nothing was written.") from error
    with write_atomically(path.with_suffix(".parquet")) as temporary:
        run.frame().to_parquet(temporary, index=False)
        checksum = _digest(temporary)
    told = {**run.as_dict(), "predictions_sha256": checksum}
    with write_atomically(path) as temporary:
        text = json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")
    return path


def read_run(path: str | Path) -> Run:
    """Reads a run by its JSON file.

    Raises:
        PPPError: when either file is missing or damaged, or of another format.
    """
    path = Path(path)
    told = read_told(path)
    table = path.with_suffix(".parquet")
    try:
        if _digest(table) != told["predictions_sha256"]:
            raise _damaged(table, "its checksum does not match")
        import pandas as pd

        frame = pd.read_parquet(table, columns=list(COLUMNS))
        return _from_told(told, frame)
    except OSError as error:
        raise _damaged(table, error.strerror or str(error)) from error
    except (KeyError, TypeError) as error:
        raise _damaged(path, f"it lacks {error}") from error


def read_told(path: Path) -> dict:
    """What a run's JSON says, without its predictions. Raises PPPError as `read_run`."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(f"Cannot read the run {path}: {error.strerror}.") from error
    except ValueError as error:
        raise _damaged(path, "it is no JSON") from error
    if not isinstance(told, dict) or "key" not in told:
        raise _damaged(path, "it describes no run")
    return told


def read_runs(folder: str | Path) -> list[Run]:
    """Every run in a benchmark's folder, by file name.

    Raises:
        PPPError: when one is damaged, or there is none.
    """
    paths = sorted((Path(folder) / FOLDER).glob("*.json"))
    runs = [read_run(path) for path in paths if read_told(path).get("format") == FORMAT]
    if not runs:
        raise PPPError(f"No run in {Path(folder) / FOLDER}. Make some with: ppp benchmark --out {folder}")
    return runs


def own_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Those that learned from all there is of the target that judges them."""
    return (run for run in runs if run.key.trained_on == run.key.target and run.key.n_train is None)


def _from_told(told: dict, frame: pd.DataFrame) -> Run:
    key = RunKey(
        target=told["target"],
        predictor=told["predictor"],
        encoder=told["encoder"]["name"],
        seed=told["seed"],
        part=told["part"],
        trained_on=told["trained_on"],
        n_train=told["cut_to"],
        draw=told["draw"],
    )
    return Run(
        key=key,
        judged_by=told["judged_by"],
        n_learned=told["n_train"],
        prompt_ids=frame["prompt_id"].tolist(),
        prompts=frame["prompt"].tolist(),
        observed=frame["observed"].to_numpy(np.float64),
        predicted=frame["predicted"].to_numpy(np.float64),
        data=told["data"],
        revision=told["encoder"]["revision"],
        versions=told["versions"],
        made=told["made"],
        seconds=told["seconds"],
        correlation=told["correlation"],
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(path: Path, why: str) -> PPPError:
    return PPPError(f"The run file {path} is damaged: {why}. Remove it and give the same command again.")
