"""A run is two files, whole or refused."""

import json

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.runs import RunKey, own_runs, read_run, read_runs, write_run


def test_what_is_written_is_read(tmp_path, make_run):
    run = make_run("a/x", "linear-probe", "tfidf", 3, "out of fold", trained_on="a/y", n_train=50, draw=2)
    path = write_run(run, tmp_path)
    assert path == tmp_path / "runs" / f"{run.key.slug}.json"
    again = read_run(path)
    assert again.key == run.key
    assert again.as_dict() == run.as_dict()
    np.testing.assert_array_equal(again.predicted, run.predicted)
    assert (again.prompts, again.prompt_ids) == (run.prompts, run.prompt_ids)
    told = json.loads(path.read_text())
    assert (told["format"], told["target"], told["trained_on"], told["n"], told["n_train"]) == (
        1, "a/x", "a/y", 80, 50,
    )  # fmt: skip
    assert told["encoder"] == {"name": "tfidf", "revision": "r"}
    assert list(again.frame()) == ["prompt_id", "prompt", "observed", "predicted"]


def test_names_of_files_are_plain_and_differ_where_runs_do():
    keys = [
        RunKey("a/b-c", "p", "e", 0, "validation", "a/b-c"),
        RunKey("a-b/c", "p", "e", 0, "validation", "a-b/c"),
        RunKey("a/b-c", "p", "e", 0, "validation", "x/y"),
        RunKey("a/b-c", "p", "e", 0, "validation", "a/b-c", 100, 0),
        RunKey("a/b-c", "p", "e", 0, "validation", "a/b-c", 100, 1),
        RunKey("a/b-c", "p", "../e f/" + "g" * 300, 0, "out of fold", "a/b-c"),
        RunKey("a/é?", "p", "", 0, "test", "a/é?"),
    ]
    slugs = [key.slug for key in keys]
    assert len(set(slugs)) == len(slugs)
    assert all("/" not in slug and " " not in slug and len(slug) < 200 for slug in slugs)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda json_, table: json_.write_text("{"), "it is no JSON"),
        (lambda json_, table: json_.write_text("[1]"), "it describes no run"),
        (lambda json_, table: json_.write_text('{"key": "k", "format": 1}'), "it lacks 'predictions_sha256'"),
        (lambda json_, table: table.write_bytes(table.read_bytes()[:-9]), "its checksum does not match"),
        (lambda json_, table: table.unlink(), "No such file"),
    ],
)
def test_damage_is_one_line_that_says_what_to_do(tmp_path, make_run, spoil, told):
    path = write_run(make_run(), tmp_path)
    spoil(path, path.with_suffix(".parquet"))
    with pytest.raises(PPPError, match=told) as caught:
        read_runs(tmp_path)
    assert "Remove it and give the same command again." in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_says_what_fills_it(tmp_path):
    with pytest.raises(PPPError, match=r"No run in .*runs\. Make some with: ppp benchmark --out"):
        read_runs(tmp_path)


def test_a_run_written_over_another_takes_its_place(tmp_path, make_run):
    write_run(make_run(noise=1.0), tmp_path)
    newer = make_run(noise=2.0)
    write_run(newer, tmp_path)
    (only,) = read_runs(tmp_path)
    np.testing.assert_array_equal(only.predicted, newer.predicted)


def test_own_runs_are_neither_transfer_nor_cut(make_run):
    runs = [make_run(), make_run(trained_on="a/y"), make_run(n_train=100)]
    assert list(own_runs(runs)) == runs[:1]
