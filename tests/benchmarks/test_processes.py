"""Programs started, weighed, killed."""

import os
import signal
import time

import pytest

from benchmarks.processes import BenchmarkError, Run, Sample, run, tree_memory

HOLDS = "import time; held = bytearray({size}); time.sleep({seconds}); print('{{\"held\": 1}}')"


def started(code, **options):
    return run(["-c", code], environment=os.environ, **options)


def test_memory_is_what_the_program_holds():
    little, much = (started(HOLDS.format(size=size, seconds=0.6)).peak() for size in (1, 120_000_000))
    assert 100_000_000 < much - little < 140_000_000


def test_memory_of_programs_started_by_the_program_counts():
    inner = HOLDS.format(size=120_000_000, seconds=0.8)
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert started(code).peak() > 120_000_000


def test_answer_is_the_last_line():
    found = started("print('noise'); print('{\"value\": 3}')")
    assert found.answer == {"value": 3}
    assert found.status == 0


def test_peak_until_a_point_of_progress():
    found = Run(1.0, "", 0, (Sample(5, 0), Sample(9, 2), Sample(7, 3)))
    assert (found.peak(until=1), found.peak(until=2), found.peak()) == (5, 9, 9)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals in exit statuses")
def test_kill_comes_without_warning_when_progress_says_so():
    steps = iter(range(1_000))
    found = started(HOLDS.format(size=1, seconds=60), progress=lambda: next(steps), kill_at=3)
    assert found.status == -signal.SIGKILL
    assert [one.progress for one in found.samples] == [0, 1, 2]


def test_program_that_fails_is_refused_with_what_it_told():
    with pytest.raises(BenchmarkError, match=r"status 1: ZeroDivisionError: division by zero"):
        started("1/0")


def test_program_that_ends_before_it_could_be_killed_is_refused():
    with pytest.raises(BenchmarkError, match="ended with status 0"):
        started("print(1)", kill_at=1)


def test_memory_of_a_program_that_is_gone_is_nothing():
    found = started("import os; print('{\"pid\": %d}' % os.getpid())")
    time.sleep(0.1)
    assert tree_memory(found.answer["pid"]) == 0
