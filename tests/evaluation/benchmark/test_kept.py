"""Kept predictions hold no prompt and find it again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ppp_core.datasets import load_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark.kept import (
    beside_observed,
    load_predictions,
    predictions_frame,
    prompt_hash,
    save_predictions,
)
from ppp_core.evaluation.benchmark.lineups import gather


def test_means_over_seeds_are_kept_under_hashes(tmp_path, make_run):
    runs = [make_run(seed=0), make_run(seed=1), make_run(predictor="linguistic")]
    path = tmp_path / "predictions.parquet"
    save_predictions(gather(runs), path)
    frame = load_predictions(path)
    assert list(frame) == ["row_key", "prompt_hash", "predicted"]
    assert frame["predicted"].dtype == np.float32
    mine = frame[frame["row_key"] == "a/x length - validation"]
    mean = (runs[0].predicted + runs[1].predicted) / 2
    np.testing.assert_allclose(mine["predicted"], mean, rtol=1e-6)
    assert mine["prompt_hash"].tolist() == [prompt_hash(prompt) for prompt in runs[0].prompts]
    assert b"oil painting" not in path.read_bytes()


def test_they_stand_beside_what_an_installed_set_observed(made_home, make_run):
    dataset = load_dataset("parted")
    held_out = dataset.prompts[dataset.prompts["split"] == "validation"]
    run = make_run("parted/worth", n=60)
    run = replace(run, prompts=[f"{text}!" for text in held_out["prompt"]])
    kept = predictions_frame(gather([run]))
    frame = beside_observed(kept, "parted/worth length - validation", dataset, "parted/worth")
    assert frame["prompt_id"].tolist() == held_out["prompt_id"].tolist()
    np.testing.assert_allclose(frame["predicted"], run.predicted, rtol=1e-6)
    assert frame["predicted"].dtype == np.float64
    assert beside_observed(kept, "another", dataset, "parted/worth").empty


@pytest.mark.parametrize("content", [b"", b"PAR1", None])
def test_damage_is_one_line(tmp_path, content):
    path = tmp_path / "p.parquet"
    if content is None:
        pd.DataFrame({"row_key": ["a"]}).to_parquet(path)
    else:
        path.write_bytes(content)
    with pytest.raises(PPPError, match=r"are damaged\. Make or fetch them again"):
        load_predictions(path)


def test_a_missing_file_says_what_makes_it(tmp_path):
    with pytest.raises(PPPError, match="Make them with: ppp benchmark"):
        load_predictions(tmp_path / "none.parquet")
