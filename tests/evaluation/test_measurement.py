"""A measurement runs beside, tells where it is, and can be stopped; one at a time."""

import threading

import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.execution import Outcome, Step
from ppp_core.evaluation.measurement import Measurement, measured_here, what_is_missing

WAIT = 30.0


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    return tmp_path


class Work:
    """Counts to ten, a step each time it is let."""

    def __init__(self):
        self.go, self.told = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, *, progress, cancelled):
        for done in range(1, 11):
            self.go.acquire(timeout=WAIT)
            if cancelled():
                return Outcome(done - 1, 0, (), True)
            progress(Step(done, 10, "length", 1.0))
            self.told.release()
        return Outcome(10, 0, (), False)


def test_it_tells_its_steps_and_stops_when_asked(home):
    work = Work()
    job = Measurement("a/b", "length", work=work)
    work.go.release()
    assert work.told.acquire(timeout=WAIT)
    assert job.running
    assert (job.step.done, job.step.total) == (1, 10)
    with pytest.raises(PPPError, match=r"Another measurement goes on"):
        Measurement("a/b", "length", work=work)
    job.cancel()
    work.go.release()
    assert job.wait(WAIT)
    assert job.outcome == Outcome(1, 0, (), True)


def test_after_one_has_ended_another_may_start(home):
    for _ in range(2):
        job = Measurement("a/b", "length", work=lambda **_: Outcome(1, 0, (), False))
        assert job.wait(WAIT)
        assert job.outcome.n_measured == 1


def test_what_went_wrong_is_told_and_the_next_may_start(home):
    def fail(**_):
        raise PPPError("The data are not here.")

    def burst(**_):
        raise ZeroDivisionError("oops")

    for work, message in ((fail, "The data are not here."), (burst, "ZeroDivisionError: oops")):
        job = Measurement("a/b", "length", work=work)
        assert job.wait(WAIT)
        assert message in job.error
        assert job.outcome is None


def test_a_public_demo_measures_nothing(home, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match=r"Measuring is switched off"):
        Measurement("a/b", "length", work=lambda **_: None)


def test_a_real_one_leaves_runs_that_are_found_again(home):
    import io

    from ppp_core.datasets import import_dataset

    lines = "\n".join(["prompt,look", *(f"a cat number {i} {'x' * (i % 9)},{i % 9}" for i in range(80))])
    import_dataset(io.BytesIO(lines.encode()), name="mine", format="csv")
    assert what_is_missing("mine/look", "length", "", here={"mine"}) == []
    job = Measurement("mine/look", "length")
    assert job.wait(120)
    assert job.error == ""
    assert job.outcome.n_measured == 1
    ((seed, correlation),) = measured_here(job)
    assert (seed, correlation["n"]) == (0, 80)
    assert correlation["pearson"]["value"] > 0.9  # the score is the length


def test_what_is_missing_comes_with_the_line_that_gets_it():
    missing = what_is_missing("pqpp/rr-clip", "fine-tuned BERT", "no-such", here=set())
    assert missing == [
        "fine-tuned BERT is another's method: PPP has its figures, not the method itself.",
        "The data set pqpp is not on this machine. Get it with: ppp get pqpp",
        "The encoder no-such is none that PPP can load by its name.",
    ]
