"""What is computed on a button, and what can be taken away."""

import json
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from pages import _cache_gap as cache
from pages._gap import maps, take
from pages._gap.live import View
from ppp_core.modality_gap import Cancelled, make_pairs, project


def test_umap_is_fitted_on_a_button_kept_and_its_settings_are_in_the_address(mine, page, monkeypatch):
    asked = []

    def fitted(pairs, **options):
        asked.append((options["neighbours"], options["distance"], options["seed"]))
        options["progress"](50, 100)
        return project(pairs, method="pca")

    monkeypatch.setattr(maps, "project", fitted)
    page.open(neighbours="9", distance="0.25", seed="3")
    page.button(key="gap_start_umap").click()
    page.finish()
    assert asked == [(9, 0.25, 3)]
    assert page.charts() == 3
    page.run()
    assert len(asked) == 1
    assert [page.address(name) for name in ("neighbours", "distance", "seed")] == ["9", "0.25", "3"]
    page.number_input(key="gap_seed").set_value(4).run()
    assert page.charts() == 2  # another seed, another map


def test_umap_of_few_pairs_waits_for_no_button_and_once_stopped_stays_stopped(mine, page, monkeypatch):
    asked = []

    def stopped(pairs, **options):
        asked.append(len(pairs))
        raise Cancelled("It was stopped.")

    monkeypatch.setattr(maps, "AT_ONCE", 1_000)
    monkeypatch.setattr(maps, "project", stopped)
    page.open()
    page.finish()
    assert len(asked) == 1
    assert "It was stopped" in page.texts()
    page.button(key="gap_start_umap").click()
    monkeypatch.setattr(maps, "project", lambda pairs, **_: project(pairs, method="pca"))
    page.finish()
    assert page.charts() == 3
    page.number_input(key="gap_seed").set_value(4).run()
    assert page.charts() == 2  # other settings wait
    assert page.button(key="gap_start_umap").label == "Fit UMAP"


def test_long_work_tells_progress_and_can_be_stopped(mine, page, monkeypatch):
    def forever(pairs, *, progress, **_):
        while True:
            progress(7, 9)

    monkeypatch.setattr("pages._gap.trials.compare_closings", forever)
    page.open(section="Closings")
    page.button(key="gap_start_closings").click().run()
    assert page.charts() == 2  # the maps stay
    assert len(page.get("progress")) == 1
    page.button(key="gap_cancel_closings").click()
    page.finish()
    assert "It was stopped." in page.texts()
    assert not page.error
    assert page.button(key="gap_start_closings").label == "Compare the ways to close it"


def test_closings_prediction_and_relevance_are_computed_on_a_button(mine, page):
    for section, name, table in (
        ("Closings", "closings", "Closing"),
        ("Prediction", "task", "Learned from → fed with"),
        ("Does it matter", "relevance", "The gap of a pair against"),
    ):
        page.session_state.gap_section = section
        page.open()
        page.button(key=f"gap_start_{name}").click()
        page.finish()
        assert not page.error
        assert any(table in one.value.columns for one in page.dataframe)


def test_closings_are_drawn_and_the_task_beside_them_once_it_is_known(mine, page):
    page.session_state.gap_section = "Closings"
    page.open()
    page.button(key="gap_start_closings").click()
    page.finish()
    assert page.charts() == 2 + 3
    assert "is drawn here, too, once the heads" in page.texts()
    table = next(one.value for one in page.dataframe if "L2M" in one.value.columns)
    drawn = json.loads(page.get("plotly_chart")[2].proto.spec)["data"]
    assert drawn[0]["x"] == [pytest.approx(table["L2M"][0])]
    page.session_state.gap_section = "Prediction"
    page.run()
    page.button(key="gap_start_task").click()
    page.finish()
    assert page.charts() == 2 + 1
    page.session_state.gap_section = "Closings"
    page.run()
    assert page.charts() == 2 + 4
    assert "is drawn here, too, once the heads" not in page.texts()


def test_everything_can_be_taken_away(mine, page):
    page.open(section="Take away", strength="0.5")
    table = page.dataframe[-1].value
    assert len(table) == 2 * mine
    assert set(table["shift"]) == {0.5}
    assert {"text_x", "image_y", "trustworthiness", "neighbours_kept", "prompt"} <= set(table.columns)
    assert "path" not in table
    assert page.code[-1].value == "ppp gap mine --encoder dual-lite --one-image --json"
    key, pairs = page.view()
    found = {"pca": cache.linear_map(key, "pca", pairs)}
    view = View(cache.Choice("mine", "", "dual-lite", "one", False), pairs, pairs, "mine")
    told = json.loads(take.whole(view, found, cache.measures(key, pairs)))
    assert told["maps"]["pca"]["shown"] == f"{mine} of {2 * mine} pairs shown"
    assert told["encoder"] == "dual-lite"


def test_umaps_settings_are_in_the_export(fresh):
    st.session_state.gap_strength = 0.0
    pairs = make_pairs(np.random.default_rng(0).normal(size=(30, 5)), np.ones((30, 5)) + np.eye(30, 5))
    settings = {"neighbours": 5, "distance": 0.1, "seed": 7}
    table = take.coordinates({"umap": replace(project(pairs), settings=settings)}, pairs.frame, {})
    assert table[["umap_neighbours", "umap_distance", "umap_seed"]].iloc[0].tolist() == [5, 0.1, 7]
