"""A real browser on the page about the gap: maps are drawn, a lasso selects, the slider moves points."""

import io
import re

import numpy as np
import pytest

pytestmark = pytest.mark.browser
MAP = "[class*=st-key-gap_map_pca]"


@pytest.fixture
def shipped(blank, fresh_address):
    """The open page on a fresh machine: real CLIP's figures."""
    blank.goto(f"{fresh_address}/modality-gap")
    blank.locator("[class*=st-key-gap_shipped_umap] .js-plotly-plot .point").first.wait_for(state="attached")
    blank.get_by_role("tab", name="Take away").wait_for()
    return blank


@pytest.fixture
def own(blank, fresh_address):
    """The page on a file of one's own."""
    meaning = np.random.default_rng(0).normal(size=(60, 6))
    file = io.BytesIO()
    np.savez(file, text=meaning + 1, image=meaning - 1)
    blank.goto(f"{fresh_address}/modality-gap?data=file&neighbours=9&seed=3")
    blank.locator("input[type=file]").set_input_files(
        {"name": "mine.npz", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    )
    blank.locator(f"{MAP} .js-plotly-plot .point").first.wait_for(state="attached")
    blank.get_by_role("tab", name="Take away").wait_for()
    return blank


def test_a_fresh_machine_draws_three_maps_of_real_clip(shipped):
    for name in ("pca", "gap-axis", "umap"):
        points = shipped.locator(f"[class*=st-key-gap_shipped_{name}] .js-plotly-plot .point")
        points.nth(999).wait_for(state="attached")
    assert "data=reference" in shipped.url
    assert shipped.elsewhere == []


def test_a_lasso_selects_pairs(own):
    area = own.locator(f"{MAP} .js-plotly-plot .nsewdrag").first
    area.scroll_into_view_if_needed()
    own.wait_for_timeout(500)
    box = area.bounding_box()
    corners = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.04)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    own.mouse.move(*places[0])
    own.mouse.down()
    for place in places[1:]:
        own.mouse.move(*place, steps=6)
    own.mouse.up()
    own.get_by_text("60 of 60 pairs selected").wait_for()
    own.get_by_role("button", name="Select none").click()
    own.get_by_text("Circle points with the lasso").wait_for()
    assert own.elsewhere == []


def test_the_slider_moves_the_points_and_is_in_the_address(own):
    first = own.locator(f"{MAP} .js-plotly-plot .point").first
    before = first.get_attribute("transform")
    thumb = own.get_by_role("slider").first
    thumb.focus()
    for _ in range(4):
        thumb.press("ArrowRight")
    own.wait_for_url(re.compile(r"strength=0\.\d"))
    moved = "([point, old]) => document.querySelector(point)?.getAttribute('transform') !== old"
    own.wait_for_function(moved, arg=[f"{MAP} .js-plotly-plot .point", before])
    assert "neighbours=9" in own.url
    assert "seed=3" in own.url


def test_a_narrow_screen_needs_no_sideways_scrolling(shipped):
    shipped.set_viewport_size({"width": 390, "height": 844})
    for section in ("Closings", "Take away", "Measures"):
        shipped.get_by_role("tab", name=section).click()
        shipped.wait_for_timeout(1500)
        assert shipped.evaluate("() => document.documentElement.scrollWidth") <= 390
