"""A real browser on the correlation page: a click chooses a cell; a phone needs no sideways scrolling."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WAIT = 120_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A dashboard of this checkout on a free port, with an empty home: a fresh machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_HOME", str(tmp_path_factory.mktemp("home")))
        log = (tmp_path_factory.mktemp("server") / "log.txt").open("w")
        command = [sys.executable, "-m", "ppp_core", "dashboard", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://localhost:{port}/_stcore/health", server)
        yield f"http://localhost:{port}/correlations"
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:  # a busy machine: it must not outlive the test
            server.kill()
            server.wait()
        log.close()


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(240):
        assert server.poll() is None, "the dashboard stopped by itself"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture
def page(address):
    """The open page, and the requests that it makes to other machines."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(WAIT)
        page.elsewhere = []
        page.on("request", lambda one: None if is_local(one.url) else page.elsewhere.append(one.url))
        page.goto(address)
        page.get_by_role("tab", name="Take away").wait_for()
        page.locator(".st-key-corr_matrix .js-plotly-plot .point").first.wait_for(state="attached")
        yield page
        browser.close()


def is_local(url: str) -> bool:
    return re.match(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:", url) is not None


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
