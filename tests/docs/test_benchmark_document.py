"""docs/benchmark.md is what the measured and the published rows say."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark import (
    Board,
    Figure,
    Row,
    Run,
    RunKey,
    load_board,
    load_predictions,
    load_published,
)
from ppp_core.evaluation.benchmark.board import BOARD
from ppp_core.evaluation.benchmark.kept import PREDICTIONS, prompt_hash
from ppp_core.evaluation.benchmark.runs import read_runs, write_run

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(scope="module")
def scripts():
    """The modules of the two scripts."""
    sys.path.insert(0, str(SCRIPTS))
    loaded = {}
    try:
        for name in ("document_benchmark", "reference_results"):
            spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
            loaded[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(loaded[name])
    finally:
        sys.path.remove(str(SCRIPTS))
    return loaded


def test_the_page_is_what_the_boards_say(scripts):
    module = scripts["document_benchmark"]
    assert module.DOCUMENT.read_text(encoding="utf-8") == module.document(load_board(), load_published())


def test_every_published_row_of_a_measured_target_is_on_the_page(scripts):
    text = scripts["document_benchmark"].DOCUMENT.read_text(encoding="utf-8")
    measured = {row.target for row in load_board().rows}
    for row in load_published().rows:
        if row.target in measured and row.level == "prompt":
            assert f"| {row.predictor}" in text
            assert row.by in text


def test_a_table_tells_who_measured(scripts):
    figures = {"pearson": Figure(0.1, 0.05, 0.15, tied=False)}
    names = ("pqpp/rr-blip2", "length", "", "validation", "measured", "PPP 0", "retrieval")
    ours = Row(*names, n=2000, n_seeds=1, figures=figures)
    text = scripts["document_benchmark"].document(Board((ours,)), load_published())
    assert (
        "| `length` | prompt | validation | 2,000 | 1 | 0.100 [0.050, 0.150] | – | – | measured by us |"
        in text
    )
    assert "| fine-tuned mBERT, mBERT | prompt | test | – | – | 0.206 | – | – | author's re-run: " in text
    assert "Midjourney | models | linear-probe | 0.636 to 0.835" in text


class TestReference:
    def test_the_files_that_come_with_ppp_fit_together_and_are_small(self, scripts):
        board, kept = load_board(), load_predictions()
        assert BOARD.stat().st_size <= scripts["reference_results"].MAX_BOARD
        assert PREDICTIONS.stat().st_size <= scripts["reference_results"].MAX_PREDICTIONS
        assert {row.source for row in board.rows} == {"measured"}
        assert set(kept["row_key"].unique()) == {row.key for row in board.rows}
        assert set(board.density) == {row.key for row in board.rows if not row.trained_on}
        assert kept["prompt_hash"].str.fullmatch("[0-9a-f]{16}").all()
        assert not kept.duplicated(["row_key", "prompt_hash"]).any()

    @pytest.mark.real_data
    def test_they_hold_no_prompt(self, data_folder):
        from ppp_core.datasets import load_dataset

        text = BOARD.read_text(encoding="utf-8")
        for name in ("pqpp", "agiqa-3k", "genai-bench", "tifa160"):
            prompts = load_dataset(name, folder=data_folder).prompts["prompt"]
            assert not [prompt for prompt in prompts if len(prompt) > 12 and prompt in text]

    def test_a_folder_of_runs_becomes_both_files(self, scripts, tmp_path, monkeypatch):
        module = scripts["reference_results"]
        write_some_runs(tmp_path)
        runs = read_runs(tmp_path)
        paths = {"board_path": tmp_path / "b.json", "predictions_path": tmp_path / "p.parquet"}
        module.build(runs, {}, resamples=100, **paths)
        (row,) = load_board(paths["board_path"]).rows
        assert (row.predictor, row.n_seeds, row.n) == ("length", 2, 40)
        kept = load_predictions(paths["predictions_path"])
        assert kept["prompt_hash"].tolist() == [prompt_hash(f"prompt {number}") for number in range(40)]
        assert load_board(paths["board_path"]).command == (
            "ppp benchmark --target a/x --predictor length --seeds 2 --out RUNS"
        )
        monkeypatch.setattr(module, "MAX_BOARD", 10)
        with pytest.raises(PPPError, match=r"b\.json came to [\d,]+ bytes, at most 10 are shipped"):
            module.build(runs, {}, resamples=100, **paths)


def write_some_runs(folder):
    """Two seeds of one predictor on 40 prompts."""
    observed = np.random.default_rng(9).normal(size=40)
    for seed in range(2):
        run = Run(
            key=RunKey("a/x", "length", "", seed, "validation", "a/x"),
            judged_by="people",
            n_learned=99,
            prompt_ids=[f"p{number}" for number in range(40)],
            prompts=[f"prompt {number}" for number in range(40)],
            observed=observed,
            predicted=observed + np.random.default_rng(seed).normal(size=40),
            data={"name": "a"},
            revision="",
            versions={"ppp": "0"},
            made="2026-01-01",
            seconds=1.0,
        )
        write_run(run, folder)
