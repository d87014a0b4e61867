"""The correlation page opens on a fresh machine, reacts, and shows failures well."""

import io
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages import _cache_correlations as cache
from ppp_core import PPPError, load_encoder
from ppp_core.datasets import import_dataset
from ppp_core.evaluation.benchmark import Board, Figure, Row
from ppp_core.evaluation.benchmark.kept import prompt_hash
from ppp_core.evaluation.measurement import Measurement

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = [f"a cat number {i} {'and more ' * (i % 7)}" for i in range(60)]
OBSERVED = [float((i * 7) % 11) for i in range(60)]


def figures(value, *, tied):
    return {
        name: Figure(value, value - 0.1, value + 0.1, 0.01, tied, 0.5, "a")
        for name in ("pearson", "spearman")
    }


def row(target, predictor, value, *, part="validation", tied=True):
    how = {"n": 60, "n_seeds": 5, "figures": figures(value, tied=tied)}
    return Row(target, predictor, "", part, "measured", "PPP", "people", **how)


ROWS = (
    row("pqpp/hbpp-average", "linguistic", 0.2, tied=False),
    row("pqpp/hbpp-average", "length", 0.5),
    row("pqpp/hbpp-glide", "length", 0.3),
    row("mine/look", "length", 0.4, part="out of fold"),
    row("pqpp/hbpp-average", "length", 0.44, part="test"),
)
DENSITY = {ROWS[1].key: {"x_edges": [0, 1, 2], "y_edges": [0, 1, 2], "counts": [[10, 20], [0, 30]]}}


@pytest.fixture
def exported_encoder():
    """Its folder, so that no other home needs to export it."""
    load_encoder("minilm-l6")
    return Path(os.environ["PPP_HOME"]) / "encoders"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A fresh machine with a small board of our own beside the published one."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    board = Board(rows=ROWS, density=DENSITY, made="2026-01-02")
    monkeypatch.setattr(cache, "load_board", lambda: board)
    st.cache_resource.clear()
    yield board
    st.cache_resource.clear()


@pytest.fixture
def mine(made, monkeypatch):
    """A data set of one's own, with kept predictions of one row."""
    lines = "\n".join(["prompt,look", *(f"{p},{o}" for p, o in zip(PROMPTS, OBSERVED, strict=True))])
    import_dataset(io.BytesIO(lines.encode()), name="mine", format="csv")
    kept = pd.DataFrame(
        {
            "row_key": ROWS[3].key,
            "prompt_hash": [prompt_hash(prompt) for prompt in PROMPTS],
            "predicted": [value + (i % 5) for i, value in enumerate(OBSERVED)],
        }
    )
    monkeypatch.setattr(cache, "load_predictions", lambda: kept)


@pytest.fixture
def page():
    return AppTest.from_file(str(ROOT / "pages" / "correlations.py"), default_timeout=120)


def texts(page):
    parts = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    return "\n".join(element.value for part in parts for element in part)


def charts(page):
    return len(page.get("plotly_chart"))


def test_a_fresh_machine_shows_the_answer_at_once(made, page):
    page.run()
    assert not page.exception
    assert (
        "the best we measured is length, Pearson r .500 (95 % interval .40 to .60; validation, 60 prompts, "
        "mean of 5 seeds)" in page.info[0].value
    )
    assert "fine-tuned BERT · bert-base-cased .568 (published; test part" in page.info[0].value
    assert "Get it with `ppp get pqpp`" in texts(page)
    assert "60 prompts in 2 × 2 cells" in texts(page)  # the cloud that came with the board
    assert charts(page) == 4  # matrix, ranked, cloud, across data sets
    assert page.query_params["target"] == "pqpp/hbpp-average"


def test_what_ships_opens_without_any_data(tmp_path, monkeypatch, page):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    st.cache_resource.clear()
    page.run()
    assert not page.exception
    assert not page.error
    assert charts(page) >= 2


def test_measure_part_and_target_change_the_answer_and_the_address(made, page):
    page.run()
    page.segmented_control(key="corr_part").set_value("test").run()
    assert ".440" in page.info[0].value
    assert "not the prompts of ours" not in page.info[0].value
    page.segmented_control(key="corr_part").set_value("held out").run()
    page.selectbox(key="corr_target").set_value("pqpp/hbpp-glide").run()
    page.segmented_control(key="corr_measure").set_value("spearman").run()
    assert not page.exception
    assert "Spearman ρ .300" in page.info[0].value
    assert page.query_params["measure"] == ["spearman"] or page.query_params["measure"] == "spearman"
    assert "pqpp/hbpp-glide" in str(page.query_params["target"])


def test_a_link_brings_the_choice_and_nonsense_in_it_is_ignored(made, page):
    page.query_params["measure"] = "spearman"
    page.query_params["target"] = "mine/look"
    page.query_params["part"] = "<b>no</b>"
    page.run()
    assert not page.exception
    assert page.session_state.corr_measure == "spearman"
    assert page.session_state.corr_target == "mine/look"
    assert page.session_state.corr_part == "held out"
    assert "<b>" not in texts(page)


def test_others_figures_can_be_left_out(made, page):
    page.run()
    page.pills(key="corr_shown").set_value(["measured"]).run()
    assert "BERT" not in page.info[0].value
    assert page.selectbox(key="corr_method").options == ["length", "linguistic"]
    page.pills(key="corr_shown").set_value([]).run()
    assert "Nothing is shown" in page.info[0].value
    assert not page.exception


def test_of_others_nothing_but_the_figure_is_known(made, page):
    page.run()
    page.selectbox(key="corr_method").set_value("fine-tuned BERT · bert-base-cased").run()
    assert "nothing but the figure is known" in texts(page)


def test_prompts_residuals_and_misses_where_the_data_set_is_here(mine, page):
    page.query_params["target"] = "mine/look"
    page.run()
    assert not page.exception
    assert charts(page) == 5  # residuals, too
    misses = next(one.value for one in page.dataframe if "miss" in one.value.columns)
    assert misses["miss"].tolist() == [-4.0] * 10  # predicted up to 4 too high
    assert "10 of 60 prompts shown" in texts(page)


def test_a_board_that_cannot_be_read_is_told_and_others_figures_stay(made, page, monkeypatch):
    def broken():
        raise PPPError("The board is damaged.")

    monkeypatch.setattr(cache, "load_board", broken)
    page.run()
    assert not page.exception
    assert "The board is damaged. Figures of others are shown." in page.warning[0].value
    assert charts(page) >= 2


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("Learning curves", "Not measured yet"),
        ("Transfer", "Not measured yet"),
        ("Metrics that see images", "Not measured yet"),
        ("Generation and search", "Get it with `ppp get pqpp`"),
        ("Measure here", "The data set pqpp is not on this machine. Get it with"),
    ],
)
def test_what_is_absent_is_told_with_the_way_to_it(made, page, section, words):
    page.session_state.corr_section = section
    page.run()
    assert not page.exception
    assert words in texts(page).replace("\\", "")


def test_everything_can_be_taken_away(made, page):
    page.session_state.corr_section = "Take away"
    page.run()
    assert not page.exception
    labels = [one.label for one in page.get("download_button")]
    assert labels == ["CSV", "Parquet", "JSON lines", "Markdown", "LaTeX", "BibTeX", "HTML"]
    assert page.code[-1].value.startswith(
        "ppp benchmark --target pqpp/hbpp-average --predictor length --seeds 5"
    )
    table = page.dataframe[-1].value
    assert {"by", "part", "n", "pearson_low"} <= set(table.columns)


def upload(page, contents, name="mine.csv"):
    page.session_state.corr_section = "Bring your own"
    page.run()
    page.file_uploader[0].set_value((name, contents.encode(), "text/csv"))
    page.button(key="corr_own_go").click().run()
    assert not page.exception


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ("prompt,x\na,1\n", "A column 'observed' (your scores) or 'predicted' (your predictions) was wanted"),
        ("prompt,observed\na,![x](https://elsewhere)\nb,2\nc,3\nd,4\n", "should hold finite numbers; row 1"),
        ('prompt,observed\n"a', "mine.csv"),
    ],
)
def test_a_broken_upload_is_one_line(made, page, contents, message):
    upload(page, contents)
    assert len(page.error) == 1
    assert message in page.error[0].value.replace("\\", "")
    assert "![x]" not in page.error[0].value


def test_no_file_is_told(made, page):
    page.session_state.corr_section = "Bring your own"
    page.run()
    page.button(key="corr_own_go").click().run()
    assert "Choose a file first" in page.error[0].value


def test_predictions_are_placed_with_tests(mine, page):
    page.query_params["target"] = "mine/look"
    lines = [f"{prompt.upper()},{value * 2 + 1}" for prompt, value in zip(PROMPTS, OBSERVED, strict=True)]
    upload(page, "\n".join(["prompt,predicted", *lines]))
    assert "You are 1 of 2: you significantly beat 1, 0 significantly beat you" in page.success[0].value
    table = next(one.value for one in page.dataframe if "verdict" in one.value.columns)
    assert table["method"].tolist() == ["▶ you", "length"]
    assert table["value"][0] == pytest.approx(1.0)


def test_predictions_for_data_that_is_not_here_are_told_so(made, page):
    upload(page, "prompt,predicted\n" + "".join(f"p {i},{i}\n" for i in range(5)))
    assert "the data set pqpp must be on this machine" in texts(page)


def test_scores_place_the_shipped_predictors(exported_encoder, made, page, tmp_path):
    shutil.copytree(exported_encoder, tmp_path / "encoders")
    lines = [f"a photo of {i % 7} dogs in a garden {i},{i % 7},{i % 5}" for i in range(12)]
    upload(page, "\n".join(["prompt,observed,predicted", *lines]))
    assert not page.error
    assert [one.label for one in page.metric] == ["Pearson r", "Spearman ρ", "Kendall τ-b"]
    assert "12 of 12 prompts scored" in texts(page)


def test_a_public_demo_measures_nothing(made, page, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    page.session_state.corr_section = "Measure here"
    page.run()
    assert "Measuring is switched off in this public demo" in texts(page)
    assert "corr_run" not in [one.key for one in page.button]


def test_a_cell_is_measured_here_in_the_background(mine, page):
    page.query_params["target"] = "mine/look"
    page.session_state.corr_section = "Measure here"
    page.run()
    page.button(key="corr_run").click().run()
    assert not page.exception
    from pages._correlations import measuring

    job = measuring._job()["job"]
    assert isinstance(job, Measurement)
    assert job.wait(120)
    page.run()
    assert "1 runs measured" in texts(page)
    assert "Seed 0: Pearson r" in texts(page)
