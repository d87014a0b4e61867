"""``ppp benchmark``: measured, kept, compared, printed."""

import json

import pandas as pd
import pytest

from ppp_core.datasets import import_dataset
from ppp_core.evaluation.benchmark import load_board

QUICK = ("--predictor", "length", "--predictor", "linear-probe", "--encoder", "tfidf")


@pytest.fixture
def here(tmp_path, monkeypatch, make_data):
    """A home with one data set in three parts, and a folder to stand in."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    data = make_data(200, 0)
    split = ["train"] * 110 + ["validation"] * 60 + ["test"] * 30
    table = pd.DataFrame({"prompt": data.train.prompts, "split": split, "worth": data.train.observed})
    table.to_csv("made.csv", index=False)
    import_dataset("made.csv", name="made")
    return table


def test_a_table_by_target_with_intervals_and_ties(ppp, here):
    ran = ppp("benchmark", "--target", "made", *QUICK, "--out", "out")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].split()[:4] == ["target", "predictor", "encoder", "trained"]
    assert lines[1].startswith("made/worth  linear-probe  tfidf")
    assert "validation" in lines[1]
    assert "*" in lines[1]
    assert "[+" in lines[1]
    assert lines[2].startswith("made/worth  length        -")
    assert lines[-1] == "2 runs measured, 0 read; written to out/board.json"
    board = load_board("out/board.json")
    assert [row.predictor for row in board.rows] == ["linear-probe", "length"]
    options = "--target made --predictor length --predictor linear-probe --encoder tfidf"
    assert board.command == f"ppp benchmark {options} --out out"
    again = ppp("benchmark", "--target", "made", *QUICK, "--out", "out")
    assert again.out.splitlines()[-1].startswith("0 runs measured, 2 read")
    assert again.out.splitlines()[:-1] == lines[:-1]


def test_json_is_the_board(ppp, here):
    ran = ppp("benchmark", "--target", "made/worth", *QUICK, "--out", "out", "--json")
    told = json.loads(ran.out)
    assert told == load_board("out/board.json").as_dict()
    assert list(told) == [
        "format", "made", "command", "versions", "note", "rows", "density", "subsets", "transfer", "curves",
        "relations", "ceilings", "metrics", "languages", "ranges",
    ]  # fmt: skip


def test_what_is_left_out_is_told(ppp, here):
    ran = ppp("benchmark", "--target", "made", *QUICK, "--encoder", "gpt2", "--out", "out")
    assert ran.status == 0
    assert ran.err.startswith("left out: gpt2 is not on this machine. Get it with: ")


def test_the_test_part_and_the_seeds(ppp, here):
    ran = ppp(
        "benchmark", "--target", "made", *QUICK, "--split", "test", "--seeds", "2", "--out", "out", "--json"
    )
    rows = json.loads(ran.out)["rows"]
    assert {(row["part"], row["n"], row["n_seeds"]) for row in rows} == {("test", 30, 2)}
    assert all("pearson_sd_seeds" in row for row in rows)


def test_transfer_and_curves_fill_their_tables(ppp, here):
    here.assign(other=here["worth"] ** 2).to_csv("made.csv", index=False)
    import_dataset("made.csv", name="made", replace=True)
    ran = ppp("benchmark", "--target", "made", *QUICK[:2], "--transfer", "--curves", "--out", "out", "--json")
    told = json.loads(ran.out)
    pairs = {(one["trained_on"], one["target"]) for one in told["transfer"]}
    assert len(pairs) == 4
    assert [one["n_train"] for one in told["curves"] if one["target"] == "made/worth"] == [100, 110]
    assert told["command"] == "ppp benchmark --target made --predictor length --transfer --curves --out out"


def test_translations_are_printed_by_language(ppp, here):
    held_out = here[here["split"] == "validation"]
    table = pd.DataFrame({"prompt": held_out["prompt"], "language": "de", "translation": held_out["prompt"]})
    table.to_csv("de.csv", index=False)
    ran = ppp("benchmark", "--target", "made", *QUICK, "--translations", "de.csv", "--out", "out")
    assert ran.status == 0
    assert "nobody drew from the translations" in ran.out
    assert len(load_board("out/board.json").table("languages")) == 4


def test_ctrl_c_keeps_what_is_done(ppp, here, monkeypatch):
    from ppp_core.predictors.linear_probe import LinearProbe

    def stop(self, read, observed, *, seed=0):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LinearProbe, "fit", stop)
        ran = ppp("benchmark", "--target", "made", *QUICK, "--out", "out")
        assert (ran.status, ran.err) == (130, "Stopped.\n")
    ran = ppp("benchmark", "--target", "made", *QUICK, "--out", "out")
    assert ran.out.splitlines()[-1].startswith("1 runs measured, 1 read")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "made/wort"], "Unknown target 'made/wort'. Did you mean 'made/worth'"),
        (["--target", "made", "--predictor", "x"], "Unknown predictor 'x'"),
        (["--target", "made", "--encoder", "x"], "Unknown encoder 'x'"),
        (["--target", "made", "--split", "train"], "The split must be validation or test, got 'train'"),
        (["--target", "made", "--seeds", "0"], "Invalid value for '--seeds'"),
        (["--target", "made", "--translations", "made.csv"], "Translations need the columns language"),
        ([], "Nothing to measure. No data set that people judged is on this machine"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(refused, here, tmp_path, arguments, told):
    assert told in refused("benchmark", *arguments, "--out", "out")
    assert not (tmp_path / "out").exists()


def test_a_damaged_run_is_one_line(ppp, refused, here, tmp_path):
    ppp("benchmark", "--target", "made", *QUICK[:2], "--out", "out")
    (path,) = (tmp_path / "out" / "runs").glob("*.json")
    path.write_text("{")
    assert "is damaged: it is no JSON. Remove it" in refused(
        "benchmark", "--target", "made", *QUICK[:2], "--out", "out"
    )


def test_a_public_demo_does_not_measure(refused, here, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    assert "Running a benchmark is switched off" in refused("benchmark", "--out", "out")
