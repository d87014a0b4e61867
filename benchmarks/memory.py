"""How much memory a long file takes, and whether an interrupted run goes on where it stopped."""

import csv
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from .pairing import megabytes
from .prompts import captions, endless_captions, write_prompts
from .setting import Row, Section, Setting

GOAL = 2_000_000_000
PROMPTS, PROMPTS_FULL = 15_000, 100_000
PIECE = 5_000
STREAMED = 1_000_000
INTERRUPTED = 100_000


def measure(
    setting: Setting,
    *,
    prompts: int | None = None,
    streamed: int = STREAMED,
    interrupted: int = INTERRUPTED,
) -> Section:
    """Scores a file, streams a long one with an encoder that costs nothing, kills a run and goes on."""
    prompts = prompts or (PROMPTS_FULL if setting.full else PROMPTS)
    setting.tell(f"memory: `ppp score` of {prompts:,} prompts")
    real = _scored(setting, prompts)
    setting.tell(f"memory: {streamed:,} rows through the same streaming, encoder replaced")
    stream = _streamed(setting, streamed)
    setting.tell("memory: a run killed on the way, and started again")
    return Section(
        "Memory of long files, and going on",
        (real, stream, _killed(setting, interrupted)),
        (
            f"Growth is the peak of the whole run over the peak until the second of its pieces of {PIECE:,} "
            "rows stood.",
            "A million prompts are not scored here: at the speed above that takes half an hour or more. "
            "What could grow with the file is the streaming (reading, pieces, joining them), and that is "
            f"measured over {streamed:,} rows with a fake encoder of 16 numbers and a linear head; "
            "what the real ones need depends on the size of a piece, and is measured over "
            f"{prompts:,} prompts.",
        ),
    )


def _scored(setting: Setting, prompts: int) -> Row:
    file = write_prompts(setting.folder / "memory.csv", captions(prompts, seed=5))
    out = setting.folder / "memory-scored.csv"
    run = setting.ppp("score", file, "--target", setting.target, "--out", out, progress=parts_of(out))
    what = f"`ppp score` of {prompts:,} prompts, in all"
    return _memory_row(what, run, GOAL)


def _streamed(setting: Setting, rows: int) -> Row:
    file, out = setting.folder / "stream.csv", setting.folder / "stream-scored.csv"
    _write_long(file, rows)
    run = setting.child("stream-fake", file, out, progress=parts_of(out))
    written = _data_rows(out)
    if written != rows:
        raise ValueError(f"{rows:,} rows went in and {written:,} came out.")
    return _memory_row(f"the same streaming over {rows:,} rows, encoder and predictor replaced", run, GOAL)


def _memory_row(what: str, run, goal: int) -> Row:
    peak, early = run.peak(), run.peak(until=1)
    return Row(
        what,
        f"peak {megabytes(peak)}",
        f"grew {peak / early:.2f} × after the second piece",
        f"below {megabytes(goal)}",
        peak < goal,
    )


def _killed(setting: Setting, rows: int) -> Row:
    """The output of a run that was killed and started again, against that of one that was left alone."""
    file = write_prompts(setting.folder / "killed.csv", captions(rows, seed=6))
    alone, out = setting.folder / "alone.csv", setting.folder / "killed-scored.csv"
    setting.child("stream-fake", file, alone)
    halfway = max(1, rows // PIECE // 2)
    setting.child("stream-fake", file, out, progress=parts_of(out), kill_at=halfway)
    standing = out.exists()
    answer = setting.child("stream-fake", file, out).answer
    same = out.read_bytes() == alone.read_bytes()
    left = parts_folder(out).exists()
    return Row(
        f"killed (SIGKILL) halfway through {rows:,} rows and started again",
        f"{answer['resumed']:,} of {answer['rows']:,} rows taken over; output "
        f"{'the same to the byte' if same else 'DIFFERENT'}",
        "nothing half-written" if not (standing or left) else "something half-written was left",
        "goes on, same output",
        same and 0 < answer["resumed"] < rows and not standing and not left,
    )


def parts_folder(out: Path) -> Path:
    """Where `score_file` keeps the pieces of an unfinished output."""
    return out.parent / f".{out.name}.parts"


def parts_of(out: Path) -> Callable[[], int]:
    """A question for `run`: how many pieces of this output stand."""
    folder = parts_folder(out)
    most = 0

    def count() -> int:
        nonlocal most  # the pieces go at the end, the count stays
        most = max(most, len(list(folder.glob("[0-9]*.parquet"))))
        return most

    return count


def _write_long(path: Path, rows: int) -> None:
    """Rows of a hundred thousand captions, numbered so that no two are the same."""
    some = list(islice(endless_captions(seed=7), min(rows, 100_000)))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["prompt"])
        writer.writerows([f"{some[number % len(some)]} {number}"] for number in range(rows))


def _data_rows(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for _ in stream) - 1
