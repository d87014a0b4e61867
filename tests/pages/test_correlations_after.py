"""The correlation page tells what comes after generation and after retrieval."""

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages import _cache_correlations as cache
from ppp_core.evaluation.after.images_added import (
    AddedRow,
    Figure,
    ImagesAdded,
    load_images_added,
    write_images_added,
)
from ppp_core.evaluation.benchmark import Board, Row
from ppp_core.evaluation.benchmark import Figure as BoardFigure
from ppp_core.evaluation.benchmark_view import NAMES
from ppp_core.retrieval.reference import load_retrieval_reference

ROOT = Path(__file__).resolve().parents[2]
GENERATION, RETRIEVAL = "After generation", "After retrieval"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """With a board of one row, so that what stands above the tabs is drawn quickly."""
    how = {"n": 60, "n_seeds": 1, "figures": dict.fromkeys(NAMES, BoardFigure(0.5, 0.4, 0.6))}
    row = Row("pqpp/hbpp-average", "fine-tuned MiniLM", "", "validation", "measured", "PPP", "people", **how)
    monkeypatch.setattr(cache, "load_board", lambda: Board(rows=(row,)))
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "pages" / "correlations.py"), default_timeout=120)
    st.cache_resource.clear()


def opened(page, section):
    page.session_state.corr_section = section
    page.run()
    assert not page.exception
    return page


def texts(page):
    parts = (page.markdown, page.caption, page.info, page.error, page.success)
    return "\n".join(element.value for part in parts for element in part).replace("\\", "")


def answer(page):
    return page.info[-1].value.replace("\\", "")


def tables(page, column):
    return [one.value for one in page.dataframe if column in one.value.columns]


def labels(page):
    return [one.label for one in page.get("download_button")]


def test_nothing_of_it_is_computed_unless_open(page, monkeypatch):
    def never():
        raise AssertionError("read although its tab is closed")

    monkeypatch.setattr(cache, "load_images_added", never)
    monkeypatch.setattr(cache, "load_retrieval_reference", never)
    assert not opened(page, "Across data sets").exception


def test_what_pictures_add_is_answered_from_the_reference(page):
    opened(page, GENERATION)
    shipped = load_images_added()["agiqa-3k/quality"]
    gain = shipped.find(10, "both").over_words
    assert gain.low > 0
    clear = (
        "(agiqa-3k/quality): a clear gain from 1 picture on. Spearman ρ goes from .371 to .447 with 1 picture"
    )
    assert clear in answer(page)
    assert "(agiqa-3k/alignment): no gain is clear." in answer(page)
    assert f"from .371 to .647 with 10 (gain {gain.value:.3f}".replace("0.", ".") in answer(page)
    alignment, quality = tables(page, "reads")
    assert quality["reads"][0] == "words: multilayer-probe"
    assert quality.iloc[1].tolist() == [
        "both: image-probe", 1, ".465  (.38 to .54)", ".076  (.03 to .13)",
    ]  # fmt: skip
    assert alignment["reads"][0] == "words: density-probe"
    told = texts(page)
    assert "on 300 prompts of AGIQA-3K" in told
    assert "seen by dual-lite, a small stand-in, not CLIP" in told
    assert "Measured by us" in told
    assert "ppp after --curve NAME" in page.code[-1].value
    assert {"corr_added_agiqa-3k/alignment", "corr_added_agiqa-3k/quality"} <= {
        one.proto.id.partition("corr")[1] + one.proto.id.partition("corr")[2]
        for one in page.get("plotly_chart")
    }


def test_of_pictures_not_seen_no_gain_is_clear_and_the_address_says_so(page):
    opened(page, GENERATION)
    assert "against" not in page.query_params
    page.segmented_control(key="corr_against").set_value("unseen").run()
    assert not page.exception
    assert answer(page).count("no gain is clear") == 2
    assert "from .357 to .347 with 1 picture, from .293 to .285 with 4" in answer(page)
    assert page.query_params["against"] in ("unseen", ["unseen"])
    assert "Pearson r against the mean over its pictures that were not seen" in texts(page)
    words = tables(page, "reads")[1].iloc[:3]
    assert words["pictures"].tolist() == [1, 2, 4]
    assert words["gain over the words, ρ (95 %)"].tolist() == ["", "", ""]


def test_a_link_opens_it_and_the_measure_is_the_page_s(page):
    page.query_params["section"] = GENERATION
    page.query_params["against"] = "unseen"
    page.run()
    assert page.session_state.corr_against == "unseen"
    page.segmented_control(key="corr_added_measure").set_value("spearman").run()
    assert page.session_state.corr_measure == "spearman"
    assert tables(page, "Spearman ρ (95 %)")
    page.segmented_control(key="corr_measure").set_value("kendall").run()
    assert not page.exception
    assert page.session_state.corr_added_measure == "spearman"  # Kendall was not measured here
    assert page.session_state.corr_measure == "kendall"


def curve(predictor, gain):
    point = Figure(0.4, 0.3, 0.5)
    rows = (
        AddedRow(0, "words", "all", 80, point, point),
        AddedRow(1, "both", "all", 80, point, point, Figure(-0.2, -0.3, -0.1)),
        AddedRow(4, "both", "all", 80, point, point, gain),
        AddedRow(4, "pictures", "all", 80, point, point, gain),
    )
    return ImagesAdded("agiqa-3k/quality", predictor, "dual-lite", "density-probe", "made so", rows)


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        (Figure(0.2, 0.1, 0.3), "a clear gain with 4 pictures, not with 1."),
        (Figure(0.2, -0.1, 0.3), "no gain is clear."),
    ],
)
def test_the_verdict_follows_the_intervals_and_the_network_stands_beside(
    page, tmp_path, monkeypatch, gain, verdict
):
    shipped, network = curve("image-probe", gain), curve("correlation-cnn", gain)
    monkeypatch.setattr(
        cache, "load_images_added", lambda *path: {shipped.target: network if path else shipped}
    )
    write_images_added([network], tmp_path / "cnn.json")
    monkeypatch.setattr(cache, "CNN_CURVES", tmp_path / "cnn.json")
    opened(page, GENERATION)
    assert verdict in answer(page)
    (table,) = tables(page, "reads")
    assert table["reads"].tolist() == [
        "words: density-probe",  # once: both curves have the same
        *["both: image-probe"] * 2,
        *["both: correlation-cnn"] * 2,
        "pictures: image-probe",
        "pictures: correlation-cnn",
    ]
    assert "it never sees the words" in texts(page)
    assert "was not measured yet" not in texts(page)


def test_an_absent_network_is_told_with_the_command(page, tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "CNN_CURVES", tmp_path / "none.json")
    opened(page, GENERATION)
    assert "`ppp after --curve agiqa-3k --predictor correlation-cnn`" in texts(page)


def test_a_damaged_reference_is_one_line(page, tmp_path, monkeypatch):
    file = tmp_path / "broken.json"
    file.write_text(json.dumps({"format": 9}))
    monkeypatch.setattr(cache, "load_images_added", lambda: load_images_added(file))
    monkeypatch.setattr(cache, "load_retrieval_reference", lambda: load_retrieval_reference(file))
    assert "should be curves of format 1, got format 9" in answer(opened(page, GENERATION))
    assert "is not of format 1" in answer(opened(page, RETRIEVAL))


def test_others_figures_stand_apart_and_say_whose_they_are(page):
    (table,) = tables(opened(page, GENERATION), "whose")
    glide = table[table["target"] == "Images: GLIDE"]
    assert glide["when"].tolist() == [
        "before generation", "after generation", "after generation", "before generation", "after generation",
    ]  # fmt: skip
    assert glide["Pearson r"].tolist() == [".566", ".649", ".548", ".592", ".663"]
    assert glide["whose"].tolist() == ["published"] * 3 + ["author's re-run"] * 2
    assert glide["source"].tolist()[0] == "Poesina et al. 2025 (PQPP), Table 3"
    assert glide["n"].tolist()[2:4] == ["2,080", "not told"]
    assert "Published by others, on other data" in texts(page)
    assert len(table) == 13  # neither ours nor what reads the prompt alone without being learned
    assert not table["method"].str.contains("MiniLM|synsets").any()


def test_how_well_images_are_found_is_answered_from_the_reference(page):
    opened(page, RETRIEVAL)
    assert "that dual-lite finds for a prompt of agiqa-3k, 1.2 were made from it (P@10 .125" in answer(page)
    assert "10 of 12 predictors that look at what was found" in answer(page)
    assert "0 of 3 that read the prompt alone" in answer(page)
    (measures,) = tables(page, "60 prompts, unseen")
    assert measures["measure"].tolist()[:2] == ["P@10", "RR"]
    assert measures["60 prompts, unseen"][0] == ".125  [.092, .160]"
    assert measures["300 prompts, five folds"][1] == ".381  [.338, .425]"
    told = texts(page)
    for one in ("a small stand-in, not CLIP", "calibration error 0.007", "query drift", "each counts once"):
        assert one in told
    assert "ppp retrieve --run run.txt --qrels qrels.txt" in page.code[-1].value
    (published,) = tables(page, "whose")
    assert published["target"].str.startswith("Search").all()
    assert set(published["when"]) == {"before retrieval", "after retrieval"}
    assert ".577" in published["Pearson r"].tolist()


def test_part_and_coefficient_are_chosen(page):
    opened(page, RETRIEVAL)
    page.segmented_control(key="corr_searched").set_value("folds").run()
    page.segmented_control(key="corr_found_measure").set_value("kendall").run()
    assert not page.exception
    folds = load_retrieval_reference().parts["folds"].correlations
    best = folds[(folds["predictor"] == "top-score") & (folds["measure"] == "P@10")]["kendall"].item()
    assert f"Kendall τ-b {best:.3f}".replace("0.", ".") in answer(page)
    assert "300 prompts)" in answer(page)
    assert page.query_params["searched"] in ("folds", ["folds"])
    assert page.query_params["measure"] in ("kendall", ["kendall"])


RUN = "".join(f"q{i} Q0 d{j} {j + 1} {1 / (j + 1 + i % 3):.4f} mine\n" for i in range(12) for j in range(12))
QRELS = "".join(f"q{i} 0 d{i % 4} 1\n" for i in range(12))


def search(page, run=RUN, qrels=QRELS):
    opened(page, RETRIEVAL)
    for key, content in {"run": run, "qrels": qrels}.items():
        if content is not None:
            page.file_uploader(key=f"corr_search_{key}").set_value(
                (f"{key}.txt", content.encode(), "text/plain")
            )
    page.button(key="corr_search_go").click().run()
    assert not page.exception
    return page


def test_one_s_own_search_is_measured_as_ours(page):
    before = len(opened(page, RETRIEVAL).get("plotly_chart"))
    search(page)
    assert not page.error
    assert "run.txt: 12 queries, 12 documents" in page.success[-1].value
    (table,) = tables(page, "mean [95 % interval]")
    assert table.set_index("measure")["mean [95 % interval]"]["RR"].startswith(".521")  # mean of 1, ½, ⅓, ¼
    assert len(page.get("plotly_chart")) == before + 1
    assert "(--queries FILE): Words of the prompt, WIG by length." in texts(page)
    page.segmented_control(key="corr_found_measure").set_value("spearman").run()  # read again, not lost
    assert tables(page, "mean [95 % interval]")


@pytest.mark.parametrize(
    ("run", "qrels", "told"),
    [
        (None, QRELS, "Choose two files first: the run, and its judgments."),
        ("q1 Q0 a 1 nan mine\n", QRELS, "run.txt, line 1: the score should be a finite number"),
        (RUN, "q1 0 ![x](https://elsewhere) yes\n", "qrels.txt, line 1: the grade should be a whole number"),
        (RUN, "other 0 d1 1\n", "No query of the run (12 queries) has a relevant document"),
    ],
)
def test_a_bad_file_is_one_line(page, run, qrels, told):
    search(page, run, qrels)
    assert len(page.error) == 1
    assert told in page.error[0].value.replace("\\", "")
    assert "![x]" not in page.error[0].value
    assert not tables(page, "mean [95 % interval]")


def test_few_queries_are_measured_without_predictors(page):
    search(page, RUN, "q1 0 d1 1\n")
    assert "Correlations need at least 4 queries, got 1" in texts(page)
    assert tables(page, "mean [95 % interval]")


def test_too_many_queries_are_sent_to_the_command_line(page, monkeypatch):
    monkeypatch.setattr("pages._correlations.own_run.MOST_QUERIES", 11)
    search(page)
    assert "At most 11 queries are measured here, got 12" in page.error[0].value
