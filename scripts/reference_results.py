"""Builds the measured results that come with PPP from a folder of runs, and the page about them.

Run from the repository's top, with the data sets installed that the runs are of:

    ppp benchmark --transfer --curves --seeds 5 --out RUNS
    python scripts/reference_results.py RUNS

What it writes holds no prompt and no person's rating: coefficients, counts, and predictions under hashes.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from document_benchmark import write_document

from ppp_core.datasets import DataSet, load_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import Run, build_board, read_runs, save_board, save_predictions
from ppp_core.evaluation.benchmark.board import BOARD
from ppp_core.evaluation.benchmark.kept import PREDICTIONS
from ppp_core.evaluation.benchmark.lineups import lineups

MAX_BOARD, MAX_PREDICTIONS = 1_500_000, 3_000_000
"""Bytes that the two files may have."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, help="the folder that `ppp benchmark --out` made")
    parser.add_argument("--resamples", type=int, default=10_000, help="of the rows' intervals")
    asked = parser.parse_args()
    try:
        runs = read_runs(asked.runs)
        names = sorted({run.key.target.partition("/")[0] for run in runs})
        build(runs, {name: load_dataset(name) for name in names}, resamples=asked.resamples)
    except PPPError as error:
        print(error, file=sys.stderr)
        return 2
    write_document()
    return 0


def build(
    runs: Sequence[Run],
    datasets: Mapping[str, DataSet],
    *,
    resamples: int = 10_000,
    board_path: Path = BOARD,
    predictions_path: Path = PREDICTIONS,
) -> None:
    """Writes the board and the kept predictions of some runs; what is too large is not kept."""
    board = build_board(runs, datasets, resamples=resamples, command=command_of(runs), progress=_tell)
    save_board(board, board_path)
    save_predictions(lineups(runs), predictions_path)
    for path, limit in ((board_path, MAX_BOARD), (predictions_path, MAX_PREDICTIONS)):
        size = path.stat().st_size
        print(f"{path.name}: {size:,} bytes, {len(board.rows)} rows")
        if size > limit:
            path.unlink()
            raise PPPError(
                f"{path.name} came to {size:,} bytes, at most {limit:,} are shipped. Keep fewer rows."
            )


def command_of(runs: Sequence[Run]) -> str:
    """The command line that makes runs like these."""
    words = ["ppp benchmark"]
    kinds = (("--target", "trained_on"), ("--predictor", "predictor"), ("--encoder", "encoder"))
    for option, name in kinds:
        values = sorted({getattr(run.key, name) for run in runs} - {""})
        words += [f"{option} {value}" for value in values]
    words.append(f"--seeds {1 + max(run.key.seed for run in runs)}")
    words += ["--split test"] if any(run.key.part == "test" for run in runs) else []
    words += ["--transfer"] if any(run.key.trained_on != run.key.target for run in runs) else []
    words += ["--curves"] if any(run.key.n_train for run in runs) else []
    return " ".join([*words, "--out RUNS"])


def _tell(done: int, total: int) -> None:
    print(f"compared {done} of {total}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
