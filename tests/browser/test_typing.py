"""A real browser: the score follows the typing, variants work, nothing is fetched from elsewhere."""

import re

import pytest

from ppp_core import load_encoder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(serve, shared_home):
    """A dashboard whose encoder is exported already, so that it starts at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(shared_home))
        load_encoder("minilm-l6")
    return serve(shared_home)


@pytest.fixture
def page(blank, address):
    """An open live page."""
    blank.goto(address)
    metric(blank).wait_for()
    return blank


def metric(page):
    return page.locator('[data-testid="stMetricValue"]').first


def test_a_first_visit_by_a_link_to_another_page(blank, address):
    blank.goto(f"{address}/datasets")
    blank.get_by_role("heading", name="Data sets").wait_for()
    blank.get_by_role("link", name="Live score").wait_for()
    assert blank.get_by_role("dialog").count() == 0
    assert blank.get_by_text("cache datasets").count() == 0
    assert blank.elsewhere == []


def test_the_score_follows_the_typing(page):
    before = metric(page).inner_text()
    box = page.get_by_label("Your prompt")
    box.click()
    box.press("ControlOrMeta+a")
    box.press_sequentially("quarterly revenue juggling of the central bank", delay=20)
    page.wait_for_function(
        "old => document.querySelector('[data-testid=stMetricValue]').innerText !== old", arg=before
    )
    page.wait_for_url(re.compile("juggling"))
    assert box.input_value() == "quarterly revenue juggling of the central bank"
    page.get_by_text("take the score with doubt").wait_for()
    after = metric(page).inner_text()

    page.reload()
    metric(page).wait_for()
    assert page.get_by_label("Your prompt").input_value().startswith("quarterly revenue")
    assert metric(page).inner_text() == after
    assert page.elsewhere == []


def test_a_text_typed_a_second_time_is_scored_again(page):
    box = page.get_by_label("Your prompt")
    box.fill("a cat on a sofa")
    page.wait_for_url(re.compile(r"prompt=a\+cat\+on\+a\+sofa"))
    page.get_by_role("button", name="Fruit bowl").click()
    page.wait_for_url(re.compile("fruit"))
    box.fill("a cat on a sofa")
    page.wait_for_url(re.compile(r"prompt=a\+cat\+on\+a\+sofa"))


def test_a_variant_is_added_used_and_removed(page):
    page.get_by_label("Another variant").fill("a cat on a mat")
    page.get_by_label("Another variant").press("Enter")
    page.wait_for_url(re.compile("variant="))
    page.get_by_role("button", name="Put this variant in the prompt box: a cat on a mat").click()
    page.wait_for_url(re.compile(r"prompt=a\+cat\+on\+a\+mat"))
    page.get_by_text("the same prompt").wait_for()
    assert page.get_by_label("Your prompt").input_value() == "a cat on a mat"
    page.get_by_role("button", name="Remove this variant: a cat on a mat").click()
    page.wait_for_function("() => !location.search.includes('variant=')")


def test_lines_are_scored_at_the_first_click(page):
    page.get_by_role("tab", name="Batch").click()
    box = page.get_by_label("or lines, one prompt each")
    box.click()
    box.press_sequentially("a cat on a mat")
    page.get_by_role("button", name="Score them").click()  # straight from the box, which has not been left
    page.get_by_text("1 of 1 prompts shown.").wait_for()


def test_a_narrow_screen_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 844})
    metric(page).wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
