"""A made data set on disk with two targets and three parts, one without parts, and runs without any fit."""

import shutil

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import import_dataset
from ppp_core.evaluation.benchmark.runs import Run, RunKey

SPLITS = ("train",) * 120 + ("validation",) * 60 + ("test",) * 40


@pytest.fixture(scope="session")
def made_tables(make_data):
    """``parted`` (220 prompts in three parts, targets worth and other) and ``loose`` (80, no parts)."""
    data = make_data(220, 80)
    rng = np.random.default_rng(5)
    parted = pd.DataFrame({"prompt": data.train.prompts, "split": SPLITS, "worth": data.train.observed})
    parted["other"] = parted["worth"] + rng.normal(0, 0.5, len(parted))
    loose = pd.DataFrame({"prompt": data.held_out.prompts, "worth": data.held_out.observed})
    loose["prompt"] = [*loose["prompt"][:-1], parted["prompt"][0]]  # one prompt stands in both
    return {"parted": parted, "loose": loose}


@pytest.fixture(scope="session")
def made_template(tmp_path_factory, made_tables):
    """A home in which both data sets are installed, to be copied; importing is slower than copying."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(folder / "home"))
        for name, table in made_tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
            import_dataset(folder / f"{name}.csv", name=name)
    return folder


@pytest.fixture
def made_home(tmp_path, monkeypatch, made_template):
    """A folder with a home of the test's own in it, in which both data sets are installed."""
    shutil.copytree(made_template, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    return tmp_path


def made_run(
    target="a/x",
    predictor="length",
    encoder="",
    seed=0,
    part="validation",
    *,
    trained_on=None,
    n=80,
    noise=1.0,
    judged_by="people",
    n_train=None,
    draw=0,
    ids=None,
):
    """A run whose predictions are what was observed, and noise: nothing is fitted."""
    numbers = np.arange(n) if ids is None else np.asarray(ids)
    observed = np.sin(numbers * 1.7) + numbers / 100
    random = np.random.default_rng([seed, draw, round(noise * 100), len(predictor), len(encoder)])
    key = RunKey(target, predictor, encoder, seed, part, trained_on or target, n_train, draw)
    return Run(
        key=key,
        judged_by=judged_by,
        n_learned=n_train or 200,
        prompt_ids=[f"p{number}" for number in numbers],
        prompts=[f"prompt {number}" + ", oil painting" * (number % 3) for number in numbers],
        observed=observed,
        predicted=observed + random.normal(0, noise, len(numbers)),
        data={"name": target.partition("/")[0], "train_sha256": "t", "held_out_sha256": "h"},
        revision="r" * bool(encoder),
        versions={"ppp": "0"},
        made="2026-01-01",
        seconds=0.5,
        correlation={},
    )


@pytest.fixture(scope="session")
def make_run():
    """Makes a run: ``make_run(target, predictor, encoder, seed, part, noise=…)``."""
    return made_run
