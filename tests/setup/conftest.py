"""The set-up scripts as modules, and a small project to try them on."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"setup_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment() -> ModuleType:
    return load("environment")


@pytest.fixture
def bootstrap() -> ModuleType:
    return load("bootstrap")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with this project's scripts and Makefile, and two locks of one line each."""
    folder = tmp_path / "a project"  # with a space, as people have
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.lock").write_text("first==1.0\n", encoding="utf-8")
    (folder / "requirements-dev.lock").write_text("first==1.0\nsecond==1.0\n", encoding="utf-8")
    return folder


@pytest.fixture
def light_environment(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`environment` whose installing is a link to this interpreter, and whose steps are noted in `.steps`."""
    environment.steps = []

    def fresh(venv: Path) -> None:
        environment.steps.append("fresh")
        environment.python_of(venv).parent.mkdir(parents=True)
        environment.python_of(venv).symlink_to(sys.executable)

    def install(root: Path, venv: Path, kind: str, needed: float) -> None:
        environment.steps.append(f"install {kind}")

    monkeypatch.setattr(environment, "fresh", fresh)
    monkeypatch.setattr(environment, "install", install)
    monkeypatch.setattr(environment, "NEEDED", 0)
    monkeypatch.setattr(environment, "NEEDED_FOR_UPDATE", 0)
    return environment
