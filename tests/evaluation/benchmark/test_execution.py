"""A plan is done once: kept runs are read, what changed is measured again, an interruption loses one fit."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import import_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import execution, fitting
from ppp_core.evaluation.benchmark.execution import run_plan
from ppp_core.evaluation.benchmark.plan import make_plan
from ppp_core.evaluation.benchmark.runs import read_runs


@pytest.fixture
def fits(monkeypatch):
    """Every fit as (target, predictor, prompts learned from)."""
    seen = []
    real = fitting.fit_predictor

    def counted(data, predictor, encoder, seed, store):
        seen.append((data.target.name, predictor, tuple(data.train.prompts)))
        return real(data, predictor, encoder, seed, store)

    monkeypatch.setattr(fitting, "fit_predictor", counted)
    monkeypatch.setattr(execution, "fit_predictor", counted)
    return seen


def test_what_is_measured_is_not_measured_again(made_home, fits, words_encoder):
    plan = make_plan(["parted/worth", "loose/worth"], ["length", "linear-probe"], [words_encoder], seeds=2)
    first = run_plan(plan, made_home / "out")
    assert (first.n_measured, first.n_read, first.failed, first.cancelled) == (8, 0, (), False)
    assert len(fits) == 4 * 1 + 4 * 5  # one fit with a validation part, five without
    files = {path: path.read_bytes() for path in (made_home / "out").rglob("*.*")}
    fits.clear()
    again = run_plan(plan, made_home / "out")
    assert (again.n_measured, again.n_read, fits) == (0, 8, [])
    assert {path: path.read_bytes() for path in (made_home / "out").rglob("*.*")} == files
    more = make_plan(["parted/worth"], ["length"], seeds=3)
    assert run_plan(more, made_home / "out").n_measured == len(fits) == 1


def test_predictions_are_those_of_the_predictor_and_in_order(made_home, made_tables, words_encoder):
    from ppp_core.predictors.linear_probe import LinearProbe

    plan = make_plan(["parted/worth"], ["linear-probe"], [words_encoder])
    run_plan(plan, made_home / "out")
    (run,) = read_runs(made_home / "out")
    data = plan.data["parted/worth"]
    held_out = made_tables["parted"].query("split == 'validation'")
    probe = LinearProbe().fit(words_encoder.encode(data.train.prompts).vectors, data.train.observed)
    expected = probe.predict(words_encoder.encode(run.prompts).vectors)
    np.testing.assert_allclose(run.predicted, np.clip(expected, data.target.low, data.target.high))
    assert run.prompts == held_out["prompt"].tolist()
    np.testing.assert_allclose(run.observed, held_out["worth"])
    assert run.correlation["pearson"]["value"] == pytest.approx(
        np.corrcoef(run.predicted, run.observed)[0, 1]
    )
    assert (run.n_learned, run.key.part, run.judged_by) == (len(data.train), "validation", "user")
    assert run.revision == "first"
    assert set(run.versions) > {"ppp", "numpy"}


def test_changed_data_and_encoders_are_measured_again(made_home, made_tables, fits, words_encoder):
    out = made_home / "out"
    run_plan(make_plan(["parted"], ["linear-probe"], [words_encoder]), out)
    fits.clear()
    table = made_tables["parted"].copy()
    table.loc[150, "worth"] += 0.5  # a validation prompt of one target
    table.to_csv(made_home / "parted.csv", index=False)
    import_dataset(made_home / "parted.csv", name="parted", replace=True)
    changed = make_plan(["parted"], ["linear-probe"], [words_encoder])
    assert run_plan(changed, out).n_measured == 1
    assert [fit[0] for fit in fits] == ["parted/worth"]

    class Newer(type(words_encoder)):
        revision = "second"

    newer = make_plan(["parted"], ["linear-probe"], [Newer()])
    assert run_plan(newer, out).n_measured == 2


def test_an_interruption_loses_one_fit(made_home, fits):
    plan = make_plan(["parted", "loose"], ["length"], seeds=2)
    assert len(plan.jobs) == 6

    def stop(step):
        if step.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_plan(plan, made_home / "out", progress=stop)
    assert len(read_runs(made_home / "out")) == 2
    fits.clear()
    rest = run_plan(plan, made_home / "out")
    assert (rest.n_read, rest.n_measured) == (2, 4)
    assert len(fits) == 2 * 1 + 2 * 5


def test_cancelling_stops_between_fits_and_folds_and_keeps_what_is_done(made_home, fits):
    plan = make_plan(["parted/worth", "loose/worth"], ["length"])
    asked = iter(
        [False, False, False, False, True]
    )  # the first job asks twice, the second once and each fold
    outcome = run_plan(plan, made_home / "out", cancelled=lambda: next(asked))
    assert (outcome.cancelled, outcome.n_measured) == (True, 1)
    assert len(fits) == 2  # the second job's first fold was fitted, and lost
    assert len(read_runs(made_home / "out")) == 1


def test_progress_counts_fits_and_tells_the_time_left(made_home):
    plan = make_plan(["parted"], ["length"])
    steps = []
    run_plan(plan, made_home / "out", progress=steps.append)
    assert [(step.done, step.total, step.label) for step in steps] == [
        (1, 2, "parted/worth: length"), (2, 2, "parted/other: length"),
    ]  # fmt: skip
    assert steps[0].seconds_left > 0
    assert steps[1].seconds_left == 0
    run_plan(plan, made_home / "out", progress=steps.append)
    assert [step.label for step in steps[2:]] == [
        "parted/worth: length (kept)",
        "parted/other: length (kept)",
    ]
    assert steps[-1].seconds_left is None


def test_a_damaged_run_stops_the_benchmark_with_one_line(made_home):
    plan = make_plan(["parted/worth"], ["length"])
    run_plan(plan, made_home / "out")
    (path,) = (made_home / "out" / "runs").glob("*.parquet")
    path.write_bytes(b"PAR1")
    with pytest.raises(PPPError, match=r"is damaged: its checksum does not match\. Remove it"):
        run_plan(plan, made_home / "out")


def test_a_predictor_that_cannot_learn_is_told_and_the_others_go_on(made_home, monkeypatch):
    from ppp_core.predictors.length import Length

    def refuse(self, read, observed, *, seed=0):
        raise PPPError("no luck with this")

    monkeypatch.setattr(Length, "fit", refuse)
    plan = make_plan(["parted/worth"], ["length", "linear-probe"], ["tfidf"])
    outcome = run_plan(plan, made_home / "out")
    assert outcome.failed == ("parted/worth: length: no luck with this",)
    assert outcome.n_measured == 1


def test_transfer_fits_once_for_all_targets(made_home, fits):
    plan = make_plan(["parted", "loose/worth"], ["length"], transfer=True)
    outcome = run_plan(plan, made_home / "out")
    assert outcome.n_measured == 9
    # parted: one fit each; loose: five folds for itself, one on all for the others
    assert len(fits) == 1 + 1 + (5 + 1)
    runs = {(run.key.trained_on, run.key.target): run for run in read_runs(made_home / "out")}
    assert {pair: run.key.part for pair, run in runs.items() if pair[0] == "loose/worth"} == {
        ("loose/worth", "loose/worth"): "out of fold",
        ("loose/worth", "parted/worth"): "left out",
        ("loose/worth", "parted/other"): "left out",
    }
    one, other = (runs["parted/worth", f"parted/{name}"] for name in ("worth", "other"))
    np.testing.assert_array_equal(one.predicted, other.predicted)
    assert not np.array_equal(one.observed, other.observed)


def test_a_curve_learns_from_as_many_as_it_says(made_home, fits):
    plan = make_plan(["parted/worth"], ["length"], curves=True)
    run_plan(plan, made_home / "out")
    assert sorted(len(fit[2]) for fit in fits) == [100, 100, 100, len(plan.data["parted/worth"].train)]
    sizes = sorted(run.n_learned for run in read_runs(made_home / "out"))
    assert sizes[:3] == [100, 100, 100]


def test_out_of_fold_cross_prediction_stays_out_of_fold(tmp_path, monkeypatch, made_tables, fits):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    table = made_tables["loose"].assign(other=made_tables["loose"]["worth"] * 2)
    table.to_csv(tmp_path / "t.csv", index=False)
    import_dataset(tmp_path / "t.csv", name="twin")
    plan = make_plan(["twin"], ["length"], transfer=True)
    run_plan(plan, tmp_path / "out")
    assert len(fits) == 2 * 5  # no fit on all: the other target has the same prompts
    runs = {(run.key.trained_on, run.key.target): run for run in read_runs(tmp_path / "out")}
    assert {run.key.part for run in runs.values()} == {"out of fold"}
    np.testing.assert_array_equal(
        runs["twin/worth", "twin/other"].predicted, runs["twin/worth", "twin/worth"].predicted
    )


def test_frames_of_runs_are_whole(made_home):
    run_plan(make_plan(["parted/worth"], ["length"]), made_home / "out")
    (run,) = read_runs(made_home / "out")
    assert isinstance(run.frame(), pd.DataFrame)
    assert run.frame()["prompt_id"].is_unique
