"""Which interpreter is chosen, and what an old one says."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

OLD = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10"]


def old_python(number: str) -> str:
    """An interpreter of that version, from PATH or from pyenv; skips the test where there is none."""
    found = [shutil.which(f"python{number}")]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
        found += sorted(map(str, Path(root, "versions").glob(f"{number}.*/bin/python")))
    for python in filter(None, found):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip(f"no Python {number} here")


@pytest.mark.parametrize("number", OLD)
def test_old_python_says_that_it_is_too_old(project, number):
    python = old_python(number)
    done = subprocess.run(
        [python, "scripts/bootstrap.py", "app"],
        cwd=project, env={"PATH": os.environ["PATH"], "PYTHON": python},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"PPP needs Python 3.11 to 3.14: {python} is Python {number}." in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project / ".venv").exists()


def test_makefile_with_a_named_old_python_stops(project, tmp_path):
    fake = fake_python(tmp_path, "python3.9", "3.9.18")
    done = subprocess.run(
        ["make", "app", f"PYTHON={fake}"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "is Python 3.9.18" in done.stderr
    assert "PYTHON=/path/to/python3.11 make app" in done.stderr


def fake_python(folder: Path, name: str, version: str, *, complete: bool = True) -> Path:
    """A script that answers the probe as that Python would, and runs anything else with this one."""
    path = folder / name
    path.write_text(
        f'#!/bin/sh\ncase "$1$2" in -cimport*) echo {version}; exit {0 if complete else 1};; esac\n'
        f'exec "{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def test_first_fitting_interpreter_is_chosen(bootstrap, tmp_path):
    old = str(fake_python(tmp_path, "old", "3.9.1"))
    bare = str(fake_python(tmp_path, "bare", "3.11.2", complete=False))
    good = str(fake_python(tmp_path, "good", "3.12.0"))
    young = str(fake_python(tmp_path, "young", "3.15.0"))
    chosen, refused = bootstrap.choose([str(tmp_path / "absent"), old, bare, young, good])
    assert chosen == good
    assert refused == [
        f"{old} is Python 3.9.1",
        f"{bare} is Python 3.11.2 without the venv module "
        "(on Debian or Ubuntu: sudo apt install python3.11-venv)",
        f"{young} is Python 3.15.0",
    ]


def test_no_python_at_all_is_told(bootstrap, tmp_path):
    assert bootstrap.choose([str(tmp_path / "absent")]) == (None, [])
    assert "none found under the name absent" in bootstrap.complaint(["absent"], [])


@pytest.mark.parametrize(
    ("version", "right"),
    [("2.7.18", False), ("3.10.13", False), ("3.11.0", True), ("3.14.2", True), ("3.15.0a1", False)],
)
def test_range_of_versions(bootstrap, version, right):
    assert bootstrap.fits(version) is right


def test_range_is_the_one_that_the_package_declares(bootstrap):
    root = Path(__file__).resolve().parents[2]
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    after = f"{bootstrap.NEWEST[0]}.{bootstrap.NEWEST[1] + 1}"
    assert declared == f">={'.'.join(map(str, bootstrap.OLDEST))},<{after}"
