"""Maps follow the slider and the choices, and what is selected or pointed at is shown."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from pages import _cache_gap as cache
from pages._gap import hovering


@pytest.fixture
def handed(monkeypatch):
    """What the page hands to the browser for pointing at, run by run."""
    found = []
    monkeypatch.setattr(hovering, "hover_thumbnails", lambda *, key, data: found.append(data))
    return found


def test_the_slider_moves_points_and_figures_together(mine, page):
    page.open()
    key, pairs = page.view()
    before = page.figures()
    page.slider(key="gap_strength").set_value(1.0).run()
    after = page.figures()
    assert float(after["Centroids (L2M)"]) < 0.5 * float(before["Centroids (L2M)"])
    assert page.address("strength") == "1"
    found = {name: cache.linear_map(key, name, pairs) for name in cache.LINEAR}
    moved = cache.moved(key, 1.0, pairs, found)
    axis = found["gap-axis"]
    gap = axis.image_xy[:, 0].mean() - axis.text_xy[:, 0].mean()
    text, image = moved.places["gap-axis"]
    assert abs(image[:, 0].mean() - text[:, 0].mean()) < 0.2 * gap
    assert "At this λ" in page.dataframe[0].value.columns


def test_selected_pairs_are_shown_with_their_pictures(mine, page):
    page.open()
    assert "Circle points with the lasso" in page.texts()
    page.session_state.gap_rows = [0, 3, 5]
    page.run()
    assert len(page.get("image")) == 3
    assert f"3 of {mine} pairs selected" in page.texts()
    page.button(key="gap_none").click().run()
    assert len(page.get("image")) == 0


def test_points_are_coloured_by_what_is_known(mine, page):
    page.open()
    for option in ("cluster", "mine/look"):
        page.selectbox(key="gap_colour").set_value(option).run()
        page.fine()
        assert page.address("colour") == option


def test_the_prompt_of_the_live_page_is_put_on_the_maps_by_a_method_that_is_told(mine, page):
    page.session_state.prompt = "new 10 20 30"
    page.open()
    assert page.text_input(key="gap_prompt").value == "new 10 20 30"
    assert "★ your prompt: projected on the same axes" in page.texts()
    page.text_input(key="gap_prompt").set_value("  ").run()
    assert "your prompt:" not in page.texts()


def test_prompts_and_pictures_are_handed_over_for_pointing_at(mine, page, handed):
    page.open()
    data = handed[-1]
    assert data["plots"] == ["gap_map_pca", "gap_map_gap-axis", "gap_map_umap"]
    assert len(data["places"]) == len(data["texts"]) == mine
    sheet = Image.open(io.BytesIO(base64.b64decode(data["sheet"].partition(",")[2])))
    for row in (0, 5, mine - 1):
        place, tile = data["places"][row], data["tile"]
        middle = [tile * (place % data["columns"]) + tile // 2, tile * (place // data["columns"]) + tile // 2]
        named = [int(word) for word in data["texts"][row].split()[1:]]
        assert np.abs(np.subtract(sheet.getpixel(tuple(middle)), named)).max() < 20
    assert f"thumbnails of {mine} of {mine} pictures" in page.texts()
    for trace in points(page):
        assert trace["hoverinfo"] == "none"


def test_the_slider_and_the_colours_send_no_picture_anew(mine, page, handed):
    page.open()
    first = handed[-1]
    page.slider(key="gap_strength").set_value(0.5).run()
    page.selectbox(key="gap_colour").set_value("mine/look").run()
    assert handed[-1] == first
    assert points(page)[0]["text"][0].startswith("mine/look: ")


def test_where_there_are_no_pictures_nothing_is_handed_over(fresh, page, handed):
    page.run()
    page.fine()
    assert handed == []
    assert "Point at a pair" not in page.texts()


def test_pictures_that_cannot_be_read_are_told(mine, page, handed, monkeypatch):
    monkeypatch.setattr(cache, "_picture", lambda *_: None)
    page.open()
    assert set(handed[-1]["places"]) == {-1}
    assert handed[-1]["none"] == f"No thumbnail of it here: thumbnails of 0 of {mine} pictures."


def points(page):
    """Both sides' points of the first map."""
    traces = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    return [one for one in traces if one.get("meta") in ("text", "image")]
