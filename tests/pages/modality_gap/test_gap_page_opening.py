"""The page about the gap opens on real CLIP, embeds what is here, and says what it shows."""

import io
from functools import partial

import numpy as np
import pytest

from pages import _cache_gap as cache
from pages._gap import work


def test_a_fresh_machine_opens_on_real_clip(fresh, page):
    page.run()
    page.fine()
    assert page.selectbox(key="gap_data").value == "reference"
    assert "lie 0.85 apart" in page.info[0].value
    assert "a plane tells 100 % of them apart" in page.info[0].value
    assert page.charts() == 3
    assert page.figures()["Centroids (L2M)"] == "0.851"
    assert page.figures()["Text to image R@1"] == "0.506"
    table = page.dataframe[0].value.set_index("Measure")
    assert table.loc["Distance of the centroids (L2M)", "Published"].startswith("0.82 (CLIP")
    assert "Neither captions nor vectors come along" in page.texts()
    assert page.button(key="gap_go_live").label == "Look at it live: Scenes"


@pytest.mark.parametrize("section", ["Closings", "Take away"])
def test_the_shipped_view_has_closings_and_can_be_taken_away(fresh, page, section):
    page.session_state.gap_shipped_section = section
    page.run()
    page.fine()
    if section == "Closings":
        assert page.dataframe[0].value["Closing"][0] == "As it is"
    else:
        assert {one.label for one in page.get("download_button")} >= {"CSV", "Parquet", "JSON lines", "HTML"}


def test_pictures_are_embedded_measured_and_mapped(mine, page):
    page.open()
    assert page.info[0].value.startswith("mine by dual")
    assert page.charts() == 2  # UMAP waits for its button
    assert page.button(key="gap_start_umap").label == "Fit UMAP"
    assert "colours is a small stand-in, not CLIP" in page.texts()
    assert "finds half of them" in page.texts()
    assert "gap is there by design" in page.texts()
    assert "One picture a prompt, drawn at random" in page.texts()


def test_all_pictures_wait_for_a_button(mine, page):
    page.query_params["data"] = "mine"
    page.query_params["pictures"] = "all"
    page.run()
    assert work.works() == {}
    page.button(key="gap_start_pairs").click()
    page.finish()
    assert f"nearest of {2 * mine} pictures" in page.info[0].value


def test_real_clip_is_preferred_and_said(mine, page, monkeypatch, encoders):
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: encoders.Real())
    monkeypatch.setattr(cache, "best_joint_encoder", lambda: "clip-vit-b32")
    page.open()
    assert "Embedded by **real-clip**, whose weights are on this machine" in page.texts()
    assert "stand-in, not CLIP" not in page.texts()


def test_pairs_that_the_encoder_was_trained_on_are_left_out_at_first(mine, page, monkeypatch, encoders):
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: encoders.Learned())
    page.open()
    assert f"nearest of {mine - mine // 4} pictures" in page.info[0].value
    page.toggle(key="gap_learned").set_value(True).run()
    assert f"nearest of {mine} pictures" in page.info[0].value
    assert page.address("learned") == "on"


def test_a_file_of_ones_own_is_mapped(fresh, page):
    random = np.random.default_rng(0)
    meaning = random.normal(size=(60, 6))
    file = io.BytesIO()
    np.savez(file, text=meaning + 1, image=meaning - 1)
    page.query_params["data"] = "file"
    page.run()
    assert "Choose a file" in page.texts()
    page.file_uploader[0].set_value(("mine.npz", file.getvalue(), "application/octet-stream")).run()
    page.fine()
    assert page.info[0].value.startswith("mine.npz: the centres")
    assert page.charts() == 2
    assert [one.key for one in page.text_input] == []  # an unknown encoder embeds no prompt


def test_in_a_public_demo_scenes_are_drawn_and_nothing_is_kept(fresh, page, monkeypatch, tmp_path, encoders):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    monkeypatch.setattr(cache.scenes, "make", partial(cache.scenes.make, n_prompts=28, seeds=1))
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: encoders.Colours())
    page.query_params["data"] = "scenes"
    page.finish()
    assert "nearest of 28 pictures" in page.info[0].value
    page.session_state.gap_rows = [0]
    page.run()
    assert len(page.get("image")) == 1
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
