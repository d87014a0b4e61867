"""The page about the gap opens on real CLIP, embeds, follows the slider, and shows failures well."""

import io
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages import _cache_gap as cache
from pages._gap import maps, take, work
from pages._gap.live import View
from ppp_core import PPPError
from ppp_core.datasets import import_dataset
from ppp_core.encoders import Encoded
from ppp_core.modality_gap import make_pairs, project

ROOT = Path(__file__).resolve().parents[2]
N = 48


class Colours:
    """A picture's mean colour, and the one that a prompt names in numbers; each modality with an offset."""

    name, revision, dim, preprocessing, n_layers, max_tokens = "colours", "1", 4, "none", 1, 99
    is_stand_in, retrieval = True, "finds half of them"

    def encode(self, prompts, *, layers="last"):
        named = [[float(word) for word in prompt.split() if word.isdigit()][:3] for prompt in prompts]
        vectors = [[*(part / 255 for part in (*one, 0, 0, 0)[:3]), 1.0] for one in named]
        return Encoded(np.array(vectors, np.float32), np.full(len(prompts), 4), np.zeros(len(prompts), int))

    def encode_images(self, pictures):
        return np.array([[*np.asarray(one).mean(axis=(0, 1)) / 255, -1] for one in pictures], np.float32)


class Learned(Colours):
    name = "learned"

    def has_learned(self, prompts):
        return np.array([prompt.startswith("old") for prompt in prompts])


class Real(Colours):
    name, is_stand_in, retrieval = "real-clip", False, ""


def shade(place):
    return 37 * place % 256, 91 * place % 256, 53 * place % 256


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A machine without any data set, on which nothing is kept from other tests, nor for them."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    st.cache_resource.clear()
    yield
    for one in work.works().values():
        one.cancel()
        one.wait(60)
    st.cache_resource.clear()


@pytest.fixture
def mine(fresh, tmp_path, monkeypatch):
    """A data set of one's own, prompts that name the colour of their two pictures; its encoder reads that."""
    rows = []
    for place in range(N):
        colour, kind = shade(place), "old" if place % 4 == 0 else "new"
        for number in range(2):
            name = f"{place}-{number}.png"
            Image.new("RGB", (8, 8), tuple(max(0, part - 5 * number) for part in colour)).save(
                tmp_path / name
            )
            rows.append((f"{kind} {' '.join(map(str, colour))}", name, sum(colour) / 100 + number))
    table = pd.DataFrame(rows, columns=["prompt", "image", "look"])
    import_dataset(io.BytesIO(table.to_csv(index=False).encode()), name="mine", format="csv", images=tmp_path)
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: Colours())


@pytest.fixture
def page():
    return AppTest.from_file(str(ROOT / "pages" / "modality_gap.py"), default_timeout=120)


def fine(page):
    assert not page.exception
    assert not page.error


def finished(page):
    """Runs the page, waits for what it started, and runs it again."""
    page.run()
    for one in list(work.works().values()):
        assert one.wait(120)
    page.run()
    assert not page.exception
    return page


def opened(page, **address):
    page.query_params["data"] = "mine"
    for name, value in address.items():
        page.query_params[name] = value
    return finished(page)


def texts(page):
    parts = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    return "\n".join(element.value for part in parts for element in part).replace("\\", "")


def address(page, name):
    value = page.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def charts(page):
    return len(page.get("plotly_chart"))


def figures(page):
    return {one.label: one.value for one in page.metric}


def test_a_fresh_machine_opens_on_real_clip(fresh, page):
    page.run()
    fine(page)
    assert page.selectbox(key="gap_data").value == "reference"
    assert "lie 0.85 apart" in page.info[0].value
    assert "a plane tells 100 % of them apart" in page.info[0].value
    assert charts(page) == 3
    assert figures(page)["Centroids (L2M)"] == "0.851"
    assert figures(page)["Text to image R@1"] == "0.506"
    table = page.dataframe[0].value.set_index("Measure")
    assert table.loc["Distance of the centroids (L2M)", "Published"].startswith("0.82 (CLIP")
    assert "Neither captions nor vectors come along" in texts(page)
    assert page.button(key="gap_go_live").label == "Look at it live: Scenes"


@pytest.mark.parametrize("section", ["Closings", "Take away"])
def test_the_shipped_view_has_closings_and_can_be_taken_away(fresh, page, section):
    page.session_state.gap_shipped_section = section
    page.run()
    fine(page)
    if section == "Closings":
        assert page.dataframe[0].value["Closing"][0] == "As it is"
    else:
        assert {one.label for one in page.get("download_button")} >= {"CSV", "Parquet", "JSON lines", "HTML"}


def test_pictures_are_embedded_measured_and_mapped(mine, page):
    opened(page)
    assert page.info[0].value.startswith("mine by dual")
    assert charts(page) == 2  # UMAP waits for its button
    assert page.button(key="gap_start_umap").label == "Fit UMAP"
    assert "colours is a small stand-in, not CLIP" in texts(page)
    assert "finds half of them" in texts(page)
    assert "gap is there by design" in texts(page)
    assert "One picture a prompt, drawn at random" in texts(page)


def test_all_pictures_wait_for_a_button(mine, page):
    page.query_params["data"] = "mine"
    page.query_params["pictures"] = "all"
    page.run()
    assert work.works() == {}
    page.button(key="gap_start_pairs").click()
    finished(page)
    assert f"nearest of {2 * N} pictures" in page.info[0].value


def test_real_clip_is_preferred_and_said(mine, page, monkeypatch):
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: Real())
    monkeypatch.setattr(cache, "best_joint_encoder", lambda: "clip-vit-b32")
    opened(page)
    assert "Embedded by **real-clip**, whose weights are on this machine" in texts(page)
    assert "stand-in, not CLIP" not in texts(page)


def test_the_slider_moves_points_and_figures_together(mine, page):
    opened(page)
    key, pairs = _view(page)
    before = figures(page)
    page.slider(key="gap_strength").set_value(1.0).run()
    after = figures(page)
    assert float(after["Centroids (L2M)"]) < 0.5 * float(before["Centroids (L2M)"])
    assert address(page, "strength") == "1"
    found = {name: cache.linear_map(key, name, pairs) for name in cache.LINEAR}
    moved = cache.moved(key, 1.0, pairs, found)
    axis = found["gap-axis"]
    gap = axis.image_xy[:, 0].mean() - axis.text_xy[:, 0].mean()
    text, image = moved.places["gap-axis"]
    assert abs(image[:, 0].mean() - text[:, 0].mean()) < 0.2 * gap
    assert "At this λ" in page.dataframe[0].value.columns


def _view(page):
    """Key and pairs of what the page shows."""
    (key,) = [one for one in work.works() if one.startswith("pairs ")]
    pairs = work.outcome(key).pairs
    choice = cache.Choice("mine", cache.revision("mine"), "dual-lite", "one", False)
    assert key == f"pairs {choice}"
    return View(choice, pairs, pairs, "mine").key, pairs


def test_umap_is_fitted_on_a_button_kept_and_its_settings_are_in_the_address(mine, page, monkeypatch):
    asked = []

    def fitted(pairs, **options):
        asked.append((options["neighbours"], options["distance"], options["seed"]))
        options["progress"](50, 100)
        return project(pairs, method="pca")

    monkeypatch.setattr(maps, "project", fitted)
    opened(page, neighbours="9", distance="0.25", seed="3")
    page.button(key="gap_start_umap").click()
    finished(page)
    assert asked == [(9, 0.25, 3)]
    assert charts(page) == 3
    page.run()
    assert len(asked) == 1
    assert [address(page, name) for name in ("neighbours", "distance", "seed")] == ["9", "0.25", "3"]
    page.number_input(key="gap_seed").set_value(4).run()
    assert charts(page) == 2  # another seed, another map


def test_long_work_tells_progress_and_can_be_stopped(mine, page, monkeypatch):
    def forever(pairs, *, progress, **_):
        while True:
            progress(7, 9)

    monkeypatch.setattr("pages._gap.trials.compare_closings", forever)
    opened(page, section="Closings")
    page.button(key="gap_start_closings").click().run()
    assert charts(page) == 2  # the maps stay
    assert len(page.get("progress")) == 1
    page.button(key="gap_cancel_closings").click()
    finished(page)
    assert "It was stopped." in texts(page)
    assert not page.error
    assert page.button(key="gap_start_closings").label == "Compare the ways to close it"


def test_closings_prediction_and_relevance_are_computed_on_a_button(mine, page):
    for section, name, table in (
        ("Closings", "closings", "Closing"),
        ("Prediction", "task", "Learned from → fed with"),
        ("Does it matter", "relevance", "The gap of a pair against"),
    ):
        page.session_state.gap_section = section
        opened(page)
        page.button(key=f"gap_start_{name}").click()
        finished(page)
        assert not page.error
        assert any(table in one.value.columns for one in page.dataframe)


def test_selected_pairs_are_shown_with_their_pictures(mine, page):
    opened(page)
    assert "Circle points with the lasso" in texts(page)
    page.session_state.gap_rows = [0, 3, 5]
    page.run()
    assert len(page.get("image")) == 3
    assert f"3 of {N} pairs selected" in texts(page)
    page.button(key="gap_none").click().run()
    assert len(page.get("image")) == 0


def test_points_are_coloured_by_what_is_known(mine, page):
    opened(page)
    for option in ("cluster", "mine/look"):
        page.selectbox(key="gap_colour").set_value(option).run()
        fine(page)
        assert address(page, "colour") == option


def test_the_prompt_of_the_live_page_is_put_on_the_maps_by_a_method_that_is_told(mine, page):
    page.session_state.prompt = "new 10 20 30"
    opened(page)
    assert page.text_input(key="gap_prompt").value == "new 10 20 30"
    assert "★ your prompt: projected on the same axes" in texts(page)
    page.text_input(key="gap_prompt").set_value("  ").run()
    assert "your prompt:" not in texts(page)


def test_pairs_that_the_encoder_was_trained_on_are_left_out_at_first(mine, page, monkeypatch):
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: Learned())
    opened(page)
    assert f"nearest of {N - N // 4} pictures" in page.info[0].value
    page.toggle(key="gap_learned").set_value(True).run()
    assert f"nearest of {N} pictures" in page.info[0].value
    assert address(page, "learned") == "on"


def test_everything_can_be_taken_away(mine, page):
    opened(page, section="Take away", strength="0.5")
    table = page.dataframe[-1].value
    assert len(table) == 2 * N
    assert set(table["shift"]) == {0.5}
    assert {"text_x", "image_y", "trustworthiness", "neighbours_kept", "prompt"} <= set(table.columns)
    assert "path" not in table
    assert page.code[-1].value == "ppp gap mine --encoder dual-lite --one-image --json"
    key, pairs = _view(page)
    found = {"pca": cache.linear_map(key, "pca", pairs)}
    view = View(cache.Choice("mine", "", "dual-lite", "one", False), pairs, pairs, "mine")
    told = json.loads(take.whole(view, found, cache.measures(key, pairs)))
    assert told["maps"]["pca"]["shown"] == f"{N} of {2 * N} pairs shown"
    assert told["encoder"] == "dual-lite"


def test_umaps_settings_are_in_the_export(fresh):
    st.session_state.gap_strength = 0.0
    pairs = make_pairs(np.random.default_rng(0).normal(size=(30, 5)), np.ones((30, 5)) + np.eye(30, 5))
    settings = {"neighbours": 5, "distance": 0.1, "seed": 7}
    table = take.coordinates({"umap": replace(project(pairs), settings=settings)}, pairs.frame, {})
    assert table[["umap_neighbours", "umap_distance", "umap_seed"]].iloc[0].tolist() == [5, 0.1, 7]


def test_a_file_of_ones_own_is_mapped(fresh, page):
    random = np.random.default_rng(0)
    meaning = random.normal(size=(60, 6))
    file = io.BytesIO()
    np.savez(file, text=meaning + 1, image=meaning - 1)
    page.query_params["data"] = "file"
    page.run()
    assert "Choose a file" in texts(page)
    page.file_uploader[0].set_value(("mine.npz", file.getvalue(), "application/octet-stream")).run()
    fine(page)
    assert page.info[0].value.startswith("mine.npz: the centres")
    assert charts(page) == 2
    assert [one.key for one in page.text_input] == []  # an unknown encoder embeds no prompt


def test_a_file_that_is_no_archive_is_one_line(fresh, page):
    page.query_params["data"] = "file"
    page.run()
    page.file_uploader[0].set_value(("no.npz", b"text", "application/octet-stream")).run()
    assert not page.exception
    (error,) = page.error
    assert "no.npz cannot be read" in error.value.replace("\\", "")


def test_a_data_set_that_cannot_be_embedded_is_one_line(mine, page, monkeypatch):
    def broken(*_, **__):
        raise PPPError("No picture of [x](https://elsewhere) can be read.")

    monkeypatch.setattr(cache, "pairs_of", broken)
    opened(page)
    assert [one.value.replace("\\", "") for one in page.error] == [
        "No picture of [x](https://elsewhere) can be read."
    ]
    assert "[x](" not in page.error[0].value
    assert page.selectbox(key="gap_data").value == "mine"  # another choice is still possible


def test_a_link_brings_the_choice_and_nonsense_in_it_is_ignored(mine, page):
    opened(page, neighbours="1e9", distance="nan", seed="<b>", strength="0.3", colour="<i>", lines="off")
    assert page.session_state.gap_neighbours == 15
    assert page.session_state.gap_distance == 0.1
    assert page.session_state.gap_seed == 0
    assert page.session_state.gap_strength == 0.3
    assert page.session_state.gap_colour == "modality"
    assert page.toggle(key="gap_lines").value is False
    assert "<b>" not in texts(page)


def test_in_a_public_demo_scenes_are_drawn_and_nothing_is_kept(fresh, page, monkeypatch, tmp_path):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    monkeypatch.setattr(cache.scenes, "make", partial(cache.scenes.make, n_prompts=28, seeds=1))
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: Colours())
    page.query_params["data"] = "scenes"
    finished(page)
    assert "nearest of 28 pictures" in page.info[0].value
    page.session_state.gap_rows = [0]
    page.run()
    assert len(page.get("image")) == 1
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_another_data_set_is_laid_over(mine, page):
    opened(page)
    key, pairs = _view(page)
    choice = cache.Choice("other", "1", "dual-lite", "one", False)
    work.start("pairs other", lambda **_: cache.Embedded(choice, pairs.rows(range(9)), 0), "other")
    finished(page)
    page.selectbox(key="gap_over").set_value("other").run()
    assert not page.exception
    assert "pictures, other" in page.get("plotly_chart")[0].proto.spec
    found = {"pca": cache.linear_map(key, "pca", pairs)}
    laid = cache.laid_over(key, choice, (), 0.0, pairs, pairs.rows(range(9)), found)
    np.testing.assert_allclose(laid.places["pca"][1], found["pca"].image_xy[:9], atol=1e-5)
    assert laid.how["pca"] == "projected on the same axes"
