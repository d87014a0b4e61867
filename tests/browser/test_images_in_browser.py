"""A real browser: pictures are dropped on the live page, and before and after appear."""

import io

import pytest
from PIL import Image, ImageDraw

from ppp_core import load_encoder
from ppp_core.encoders import load_image_encoder

pytestmark = pytest.mark.browser
FIGURES = "[class*=st-key-before_after]"
GALLERY = ".st-key-pictures_gallery img"


def drawn(colour: str) -> dict:
    """A file for the browser: one disc of a colour on sand."""
    image = Image.new("RGB", (256, 192), "tan")
    ImageDraw.Draw(image).ellipse((60, 40, 180, 160), fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return {"name": f"{colour}.png", "mimeType": "image/png", "buffer": file.getvalue()}


@pytest.fixture(scope="module")
def address(serve, shared_home):
    """A dashboard whose encoders are exported already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(shared_home))
        load_encoder("minilm-l6")
        load_image_encoder("efficientnet-lite0")
    return serve(shared_home)


@pytest.fixture
def page(blank, address):
    """The live page with its tab of pictures open, as the sentence below the score opens it."""
    blank.goto(f"{address}/?prompt=a+red+ball+on+sand&target=agiqa-3k/quality")
    blank.get_by_role("button", name="Drop them in Images").click()
    blank.locator("input[type=file]").first.wait_for(state="attached")
    return blank


def drop(page, *files: dict) -> None:
    # while the page is at work, the place of the last drop is still in the document, unseen
    page.locator("input[type=file]").first.set_input_files(list(files))


def test_before_and_after_appear_and_a_broken_file_is_told(page):
    broken = {**drawn("blue"), "name": "broken.png"}
    broken["buffer"] = broken["buffer"][:90]
    drop(page, drawn("red"), drawn("green"), broken)
    page.get_by_text("broken.png: The picture cannot be read").wait_for()
    page.get_by_text("After, having seen 2 images").nth(1).wait_for()
    assert page.get_by_text("Before, from the words alone").count() == 2
    assert page.locator(f"{FIGURES} .js-plotly-plot").count() == 2
    page.locator(GALLERY).nth(1).wait_for()
    assert page.locator(GALLERY).count() == 2
    page.locator(".st-key-pictures_gallery").get_by_text("Best").first.wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = taken.value.path().read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("picture,agiqa-3k/quality,")
    assert sorted(row.partition(",")[0] for row in rows[1:]) == ["green.png", "red.png"]
    assert page.elsewhere == []


def test_pictures_are_added_stay_on_other_pages_and_are_removed(page):
    drop(page, drawn("red"))
    page.get_by_text("After, having seen 1 image").first.wait_for()
    drop(page, drawn("green"))
    page.get_by_text("After, having seen 2 images").first.wait_for()
    page.get_by_role("link", name="Correlations").click()
    page.get_by_label("Your prompt").wait_for(state="detached")
    page.get_by_role("link", name="Live score").click()
    page.get_by_role("button", name="see them in Images").click()
    page.locator(GALLERY).nth(1).wait_for()
    page.get_by_role("button", name="Remove", exact=True).first.click()
    page.get_by_text("After, having seen 1 image").first.wait_for()
    page.get_by_role("button", name="Remove all").click()
    page.get_by_text("Drop the pictures that you made").wait_for()


def test_a_narrow_screen_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 844})
    drop(page, drawn("red"), drawn("green"))
    page.locator(GALLERY).nth(1).wait_for()
    page.get_by_role("button", name="CSV", exact=True).wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
