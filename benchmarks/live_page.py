"""Memory of the dashboard's server while visitors type prompts in a real browser."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ppp_core.dashboard import dashboard_command

from .pairing import megabytes
from .processes import ROOT, BenchmarkError, tree_memory
from .prompts import captions
from .setting import Row, Section, Setting

GOAL = 1_500_000_000
TITLE = "Memory of the live page"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
TABS = ("Variants", "Neighbours", "How do we know?")
VISITORS = 4
PROMPTS, PROMPTS_FULL = 12, 200
PATIENCE = 90_000  # milliseconds until the page must have answered
NEIGHBOURS, NEIGHBOURS_FULL = ("genai-bench", "tifa160"), ("pqpp", "agiqa-3k", "genai-bench", "tifa160")


def measure(setting: Setting, *, browser: str | None = None) -> Section:
    """Opens the dashboard, types prompts, opens the tabs, lets more visitors come, and weighs the server."""
    browser = browser or find_browser()
    if browser is None:
        return Section(TITLE, (), (f"Skipped: no browser was found (one of {', '.join(BROWSERS)}).",))
    installed = _install(setting)
    setting.child("first-score", "a prompt", setting.target)  # exports the encoder, as `ppp dashboard` does
    with served(setting) as (address, pid):
        weights = visit(address, browser, lambda: tree_memory(pid), PROMPTS_FULL if setting.full else PROMPTS)
    rows = tuple(
        Row(what, megabytes(memory), "", f"below {megabytes(GOAL)}", memory < GOAL)
        for what, memory in weights.items()
    )
    neighbours = f"Installed for the neighbours: {', '.join(installed)}." if installed else (
        "No data set was installed, so the neighbours' tab had nothing to show: set PPP_DATA."
    )  # fmt: skip
    return Section(TITLE, rows, ("The server and what it starts; the browser is not counted.", neighbours))


def find_browser() -> str | None:
    """Path of a Chromium, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _install(setting: Setting) -> list[str]:
    """Installs real data sets into the run's home where they are on this machine."""
    folder = Path(os.environ.get("PPP_DATA", ROOT.parent / "shared" / "data"))
    wanted = NEIGHBOURS_FULL if setting.full else NEIGHBOURS
    found = [name for name in wanted if (folder / name).is_dir()]
    for name in found:
        setting.ppp("get", name, "--from", folder / name)
    return found


@contextmanager
def served(setting: Setting) -> Iterator[tuple[str, int]]:
    """The dashboard on a free port: its address and the server's process number."""
    port = free_port()
    log = setting.folder / "dashboard.log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            dashboard_command(port),
            cwd=ROOT, env=setting.environment(), stdout=told, stderr=told,
        )  # fmt: skip
    address = f"http://localhost:{port}"
    try:
        _wait_for(f"{address}/_stcore/health", server, log)
        yield address, server.pid
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        if server.poll() is not None:
            raise BenchmarkError(f"The dashboard ended before it answered: {last_line(log)}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise BenchmarkError(f"The dashboard did not answer; the last it told: {last_line(log)}")


def last_line(log: Path) -> str:
    """The last line of a program's output, or "nothing"."""
    return (log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"])[-1]


def visit(address: str, browser: str, weigh, prompts: int) -> dict[str, int]:
    """What the server weighs after each step of a visit, by the step's name, in bytes."""
    from playwright.sync_api import sync_playwright

    weights = {}
    texts = captions(prompts + VISITORS, seed=8)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=OPTIONS)
        try:
            page = _open(chromium, address)
            weights["page opened, example scored"] = weigh()
            for text in texts[:prompts]:
                _type(page, text)
            weights[f"{prompts} prompts typed"] = weigh()
            for tab in TABS:
                page.get_by_role("tab", name=tab).click()
                _settled(page)
            weights[f"the tabs {', '.join(TABS)} opened"] = weigh()
            for text in texts[prompts:-1]:
                _type(_open(chromium, address), text)
            weights[f"{VISITORS} visitors at once"] = weigh()
        finally:
            chromium.close()
    return weights


def _open(chromium, address: str):
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.get_by_test_id("stMetricValue").first.wait_for()
    _settled(page)
    return page


def _type(page, text: str) -> None:
    page.locator("#prompt").fill(text)
    # the page writes the prompt into the address when it has scored it
    page.wait_for_function("text => new URLSearchParams(location.search).get('prompt') === text", arg=text)
    _settled(page)


def _settled(page) -> None:
    """Waits until no script runs, and refuses a page that shows an exception."""
    page.wait_for_timeout(300)
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    if page.get_by_test_id("stException").count():
        told = page.get_by_test_id("stException").first.inner_text()
        raise BenchmarkError(f"The live page shows an error: {told.splitlines()[0]}")
