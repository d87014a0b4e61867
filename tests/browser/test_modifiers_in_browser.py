"""A real browser on the page about modifiers: a click shows a prompt's images; a phone needs no scrolling."""

import re

import pytest

pytestmark = pytest.mark.browser
MAIN = "[class*=st-key-mod_main]"
PICTURES = ".st-key-mod_pictures img"


@pytest.fixture
def page(blank, fresh_address):
    """The open page on a fresh machine, on Scenes."""
    blank.goto(f"{fresh_address}/modifiers")
    blank.get_by_role("tab", name="Take away").wait_for()
    blank.locator(f"{MAIN} .js-plotly-plot .point").first.wait_for(state="attached")
    blank.locator(PICTURES).first.wait_for()
    return blank


def test_a_click_on_a_point_shows_its_images_and_a_reload_keeps_them(page):
    before = page.url
    assert "prompt=scene-" in before
    point = page.locator(f"{MAIN} .js-plotly-plot .point").nth(7).bounding_box()
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.locator(f"{MAIN} .hoverlayer .hovertext").wait_for()
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.wait_for_function("old => location.href !== old", arg=before)
    chosen = page.url
    page.reload()
    page.locator(PICTURES).nth(7).wait_for()
    assert page.url == chosen
    assert page.elsewhere == []


def test_an_experiment_is_planned(page):
    page.get_by_role("tab", name="Plan an experiment").click()
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text(re.compile(r"images \(8 prompts, 8 seeds each\)")).first.wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Plan as CSV").click()
    assert taken.value.suggested_filename == "experiment.csv"


def test_a_narrow_screen_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(PICTURES).first.wait_for()
    for section in ("Each modifier", "Seeds and raters", "Plan an experiment"):
        page.get_by_role("tab", name=section).click()
        page.wait_for_timeout(1500)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
