"""A real browser on the correlation page: a click chooses a cell; a phone needs no sideways scrolling."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(blank, fresh_address):
    """The open page on a fresh machine."""
    blank.goto(f"{fresh_address}/correlations")
    blank.get_by_role("tab", name="Take away").wait_for()
    blank.locator(".st-key-corr_matrix .js-plotly-plot .point").first.wait_for(state="attached")
    return blank


def test_a_click_on_a_cell_chooses_it_and_a_reload_keeps_it(page):
    before = page.url
    cell = page.locator(".st-key-corr_matrix .js-plotly-plot .point").nth(1).bounding_box()
    x, y = cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2
    page.mouse.move(x, y)
    page.locator(".st-key-corr_matrix .hoverlayer .hovertext").wait_for()
    page.mouse.click(x, y)
    page.wait_for_function("old => location.href !== old", arg=before)
    chosen = page.url
    page.reload()
    page.get_by_role("tab", name="Take away").wait_for()
    assert page.url == chosen
    assert page.elsewhere == []


def test_a_narrow_screen_shows_one_target_and_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("here is one target at a time").wait_for()
    assert not page.locator(".st-key-corr_matrix").is_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
