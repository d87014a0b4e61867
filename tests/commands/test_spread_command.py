"""``ppp spread``: readable, and stable as JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import import_dataset
from ppp_core.spread import COUNTS, MEANINGS
from ppp_core.spread.descriptions import MEAN_TESTS, SPREAD_TESTS

KEYS = {
    *("format", "dataset", "target", "meaning", "count", "generator", "n", "enough", "answer", "strength"),
    *("trend", "mean_trend", "counts", "sensitivity", "tests", "mean_tests", "controls", "notes"),
    *("meanings", "counts_allowed"),
}
TEST_KEYS = {
    *("name", "title", "asks", "family", "estimate", "low", "high", "unit", "words", "p", "p_adjusted", "n"),
    *("verdict", "source", "reason"),
}


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """48 prompts drawn by two generators; every second has two known modifiers and a third of the spread."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    random = np.random.default_rng(0)
    folder = tmp_path / "images"
    folder.mkdir()
    rows = []
    for number in range(48):
        modified = number % 2
        prompt = f"a fox number {number}" + (", oil painting, 4k" if modified else "")
        for generator in ("one", "two"):
            for _ in range(3):
                score = random.normal(5, 0.4 if modified else 1.2)
                rows.append((prompt, f"{len(rows)}.png", generator, score))
                (folder / f"{len(rows) - 1}.png").write_bytes(b"")
    table = pd.DataFrame(rows, columns=["prompt", "image", "generator", "score"])
    table.to_csv(tmp_path / "mine.csv", index=False)
    import_dataset(tmp_path / "mine.csv", name="mine", images=folder)
    return "mine"


@pytest.fixture
def quiet(monkeypatch):
    """Without the encoder, so that nothing has to be loaded."""
    monkeypatch.setattr("ppp_core.encoders.is_available", lambda name: False)


def test_what_is_printed_can_be_read(ppp, mine, quiet):
    ran = ppp("spread", mine, "--meaning", "samples")
    assert ran.status == 0, ran
    assert ran.out.startswith("On mine, score varies less with more modifiers: ρ −.")
    lines = ran.out.splitlines()
    assert "Variance across samples of one generator." in ran.out
    assert "Modifiers: known terms." in ran.out
    assert any(line.startswith("Rank correlation ") and "less spread with more" in line for line in lines)
    assert any(line.split()[:2] == ["0", "24"] for line in lines)
    assert any(line.split()[:2] == ["2", "24"] for line in lines)
    assert "This data allows variance across: samples, generators, generators-centred" in ran.out
    assert "the encoder minilm-l6 is not here" in ran.err


def test_json_is_stable(ppp, mine, quiet):
    told = json.loads(ppp("spread", mine, "--target", "score", "--meaning", "samples", "--json").out)
    assert set(told) == KEYS
    assert told["target"] == "mine/score"
    assert set(told["meanings"]) == set(MEANINGS)
    assert set(told["counts_allowed"]) == set(COUNTS)
    assert told["counts_allowed"]["given"]
    for one in (*told["tests"], *told["mean_tests"]):
        assert set(one) == TEST_KEYS
        assert one["name"] in SPREAD_TESTS | MEAN_TESTS
    assert [row["n_prompts"] for row in told["trend"]] == [24, 24]


def test_one_generator(ppp, mine, quiet):
    told = json.loads(ppp("spread", mine, "--meaning", "samples", "--generator", "two", "--json").out)
    assert told["generator"] == "two"
    assert told["sensitivity"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--target", "scores"], "Unknown target 'mine/scores'. Did you mean 'mine/score'?"),
        (["--meaning", "sample"], "Unknown meaning of variance 'sample'. Did you mean 'samples'"),
        (["--count", "given"], "does not tell how many modifiers a prompt has. Count with one of: segments"),
        (["--generator", "one"], "One generator has no variance across generators"),
        (["--meaning", "samples", "--generator", "three"], "Unknown generator 'three'. Known: one, two."),
    ],
)
def test_errors_are_one_line(refused, mine, options, told):
    assert told in refused("spread", mine, *options)


def test_an_unknown_data_set_is_refused(refused, mine):
    assert "Unknown data set 'mien'. Did you mean 'mine'" in refused("spread", "mien")
