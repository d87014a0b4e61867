"""The targets that people type, the pipeline's script, and what cleaning spares."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()) - {"help"}
    said = make("help").stdout
    assert {target for target in targets if f"make {target} " in said} == targets


def test_app_starts_the_dashboard_on_the_named_port():
    plan = make("-n", "app", "PORT=8765").stdout
    assert "bootstrap.py app" in plan
    assert "-m ppp_core dashboard --port 8765" in plan


def test_test_runs_style_and_every_test():
    plan = make("-n", "test").stdout
    for part in ("bootstrap.py dev", "ruff check", "ruff format --check", "pytest"):
        assert part in plan


def test_pipeline_runs_make_test():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("exec make test")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


def test_clean_removes_what_was_made_and_spares_the_users_data(project):
    home = project / "home"
    for folder in (".venv/bin", "ppp_core/__pycache__", ".ruff_cache", "home/datasets"):
        (project / folder).mkdir(parents=True)
    done = subprocess.run(
        ["make", "clean"],
        cwd=project,
        env=dict(os.environ, PPP_HOME=str(home)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert {p.name for p in project.iterdir()} == {
        "Makefile", "scripts", "ppp_core", "home", "requirements.lock", "requirements-dev.lock",
    }  # fmt: skip
    assert list((project / "ppp_core").iterdir()) == []
    assert (home / "datasets").is_dir()


def test_taken_port_is_told_with_a_way_out():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ppp_core", "dashboard", "--port", str(port)],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"{port}" in done.stderr
    assert f"PORT={port + 1}" in done.stderr or f"--port {port + 1}" in done.stderr
