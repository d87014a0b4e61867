"""What the browser tests share: a dashboard of this checkout, and a page that notes what it fetches."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WAIT = 120_000  # milliseconds, on a busy machine


@pytest.fixture(scope="session")
def browser_path():
    """An installed browser; without one, no server is started either."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    return found


@pytest.fixture(scope="module")
def serve(browser_path, tmp_path_factory):
    """Starts a dashboard on a free port for a home, and gives its address: ``serve(home)``."""
    running = []

    def start(home: Path) -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        log = (tmp_path_factory.mktemp("server") / "log.txt").open("w")
        command = [sys.executable, "-m", "ppp_core", "dashboard", "--port", str(port)]
        environment = {**os.environ, "PPP_HOME": str(home)}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        running.append((server, log))
        _wait_for(f"http://localhost:{port}/_stcore/health", server)
        return f"http://localhost:{port}"

    yield start
    for server, log in running:
        _stop(server)
        log.close()


@pytest.fixture(scope="module")
def fresh_address(serve, tmp_path_factory):
    """A dashboard with an empty home: a fresh machine."""
    return serve(tmp_path_factory.mktemp("home"))


@pytest.fixture
def blank(browser_path):
    """A browser's empty page; ``blank.elsewhere`` lists the requests that it makes to other machines."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(WAIT)
        page.elsewhere = []
        page.on("request", lambda one: None if _is_local(one.url) else page.elsewhere.append(one.url))
        yield page
        browser.close()


def _wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(240):
        assert server.poll() is None, "the dashboard stopped by itself"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


def _stop(server: subprocess.Popen) -> None:
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:  # a busy machine: it must not outlive the test
        server.kill()
        server.wait()


def _is_local(url: str) -> bool:
    return re.match(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:", url) is not None
