"""A real browser on maps with pictures: what is pointed at is shown, as text and as a picture."""

import io
import shutil

import pandas as pd
import pytest
from PIL import Image

from ppp_core.datasets import import_dataset
from ppp_core.encoders import load_joint_encoder

pytestmark = pytest.mark.browser
EMBEDDING = 360_000  # milliseconds: the first visit loads both encoders
MAPS = ("pca", "gap-axis")
COLOURS = [(255, 0, 0), (0, 160, 0), (0, 0, 255), (240, 220, 0)]
MARKUP = "<img src=x onerror=window.broken=1> number"


@pytest.fixture(scope="module")
def address(serve, shared_home, tmp_path_factory):
    """A dashboard with 24 prompts and as many plain pictures, in a home of its own."""
    home, pictures = tmp_path_factory.mktemp("gap-home"), tmp_path_factory.mktemp("pictures")
    rows = []
    for place in range(24):
        Image.new("RGB", (64, 48), COLOURS[place % 4]).save(pictures / f"{place}.png")
        rows.append((f"{MARKUP} {place}", f"{place}.png"))
    table = pd.DataFrame(rows, columns=["prompt", "image"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(shared_home))
        load_joint_encoder("dual-lite")  # exported once for all tests, not while the browser waits
        shutil.copytree(shared_home / "encoders", home / "encoders")
        patch.setenv("PPP_HOME", str(home))
        file = io.BytesIO(table.to_csv(index=False).encode())
        import_dataset(file, name="plain", format="csv", images=pictures)
    return serve(home)


@pytest.fixture
def page(blank, address):
    """The open page, with its thumbnails."""
    blank.goto(f"{address}/modality-gap?data=plain")
    blank.get_by_text("thumbnails of 24 of 24 pictures").wait_for(timeout=EMBEDDING)
    blank.get_by_role("tab", name="Take away").wait_for()
    for name in MAPS:
        points(blank, name).first.wait_for(state="attached")
    settle(blank)
    return blank


def settle(page):
    """Waits until the page has run to its end, and the maps have found their size."""
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.wait_for_timeout(1000)


def points(page, name, trace=1):
    """The points of a map; trace 1 holds prompts, 2 pictures."""
    return (
        page.locator(f".st-key-gap_map_{name} .js-plotly-plot .scatterlayer .trace")
        .nth(trace)
        .locator("path.point")
    )


def pointed_at(page, name, number=0, trace=1):
    """Points at a point, and gives the card that is shown."""
    point = points(page, name, trace).nth(number)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] - 60, box["y"] - 60)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    card = page.locator(".card")
    card.wait_for(state="visible")
    page.wait_for_timeout(500)  # on the way there other points may have been pointed at
    return card


def listeners(page, name):
    """How many listen to what is pointed at on a map."""
    find = f"document.querySelector('.st-key-gap_map_{name} .js-plotly-plot')"
    return page.evaluate(f"{find}._ev.listeners('plotly_hover').length")


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize(("trace", "side"), [(1, "prompt"), (2, "picture")])
def test_prompt_and_picture_of_a_point_are_shown(page, name, trace, side):
    card = pointed_at(page, name, trace=trace)
    prompt = card.locator(".prompt").inner_text()
    assert prompt.startswith(MARKUP)  # markup stays text
    assert page.evaluate("window.broken") is None
    assert card.locator(".side").inner_text() == side
    place = int(prompt.split()[-1])
    shown = colour_of(page, card)
    assert max(abs(a - b) for a, b in zip(shown, COLOURS[place % 4], strict=True)) < 30
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440
    page.mouse.move(5, 5)
    card.wait_for(state="hidden")
    assert page.elsewhere == []


def colour_of(page, card):
    """What the middle of the thumbnail looks like."""
    picture = card.locator(".picture")
    assert picture.is_visible()
    shot = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    return shot.getpixel((shot.width // 2, shot.height // 2))


def test_reruns_do_not_listen_twice(page):
    alone = listeners(page, "pca")
    for _ in range(2):  # entered, left and entered again
        pointed_at(page, "pca")
        assert listeners(page, "pca") == alone + 1
        page.mouse.move(5, 5)
    thumb = page.get_by_role("slider").first
    for _ in range(3):
        thumb.focus()
        thumb.press("ArrowRight")
        settle(page)
        assert pointed_at(page, "pca").locator(".picture").is_visible()
        assert listeners(page, "pca") == alone + 1
    assert page.locator(".card").count() == 1


def test_what_was_shown_goes_when_the_lasso_starts_or_the_page_scrolls(page):
    card = pointed_at(page, "gap-axis")
    page.mouse.down()
    card.wait_for(state="hidden")
    page.mouse.up()
    settle(page)
    card = pointed_at(page, "gap-axis", 1)
    page.mouse.wheel(0, 300)
    card.wait_for(state="hidden")


def test_a_finger_selects_and_nothing_hangs_about(page, address):
    context = page.context.browser.new_context(has_touch=True, viewport={"width": 800, "height": 900})
    phone = context.new_page()
    phone.set_default_timeout(120_000)
    phone.goto(f"{address}/modality-gap?data=plain&lines=off")
    phone.get_by_text("thumbnails of 24 of 24 pictures").wait_for()
    settle(phone)
    box = points(phone, "pca", 0).first.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.wait_for_timeout(1500)
    assert not phone.locator(".card").is_visible()
    context.close()


def test_without_pictures_there_is_nothing_to_show(blank, address):
    blank.goto(f"{address}/modality-gap?data=reference")
    blank.locator("[class*=st-key-gap_shipped_pca] .js-plotly-plot .point").first.wait_for(state="attached")
    settle(blank)
    assert blank.locator(".card").count() == 0
    assert blank.get_by_text("Point at a pair").count() == 0
