"""The README does what it says: its commands and its Python are run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ppp_core import load_encoder
from ppp_core.datasets import get_dataset

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.M | re.S)


@pytest.fixture
def exported() -> Path:
    """The folder of the exported encoder, so that no other home needs to export it."""
    load_encoder("minilm-l6")
    return Path(os.environ["PPP_HOME"]) / "encoders"


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_the_two_commands_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [text.strip() for text in blocks("") if text.startswith("make ")]
    assert commands == ["make app", "make test"]
    for command in commands:
        assert re.search(rf"^{command.removeprefix('make ')}:", makefile, flags=re.M)


def test_the_shell_commands_run(tmp_path, exported):
    (tmp_path / "bin").mkdir()
    ppp = tmp_path / "bin" / "ppp"
    ppp.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ppp_core "$@"\n')
    ppp.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{ppp.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PPP_HOME": str(tmp_path / "home"),
    }
    shutil.copytree(exported, tmp_path / "home" / "encoders")
    shell = blocks("bash")
    assert len(shell) == 2
    done = subprocess.run(
        ["sh", "-e", "-c", "".join(shell)],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scores = (work / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert scores[0].startswith("prompt,ppp/alignment,ppp/alignment_low")
    assert len(scores) == 3
    assert '"genai-bench/alignment_phrases"' in done.stdout
    assert "mine/mine" in done.stdout
    assert "+0.800" in done.stdout  # Pearson of 1 2 3 4 5 with 2 1 4 3 5


def test_the_first_python_block_runs(capsys):
    exec(blocks("python")[0], {})
    printed = capsys.readouterr().out
    assert "ppp/alignment_low" in printed
    assert "a red fox" in printed


@pytest.mark.real_data
def test_the_training_block_runs(tmp_path, exported, data_folder, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    shutil.copytree(exported, home / "encoders")
    monkeypatch.setenv("PPP_HOME", str(home))
    get_dataset("agiqa-3k", source=data_folder / "agiqa-3k")
    exec("import ppp_core\n" + blocks("python")[1], {})
    value = float(capsys.readouterr().out.strip().splitlines()[-1])
    assert 0 <= value <= 5


def test_every_linked_file_exists():
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / link).exists(), f"README links to {link}, which is not there"
