"""Who may import whom, and what importing the package may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "ppp_core"

# A part of ppp_core and the parts that it may import besides itself. Whatever stands further
# down knows nothing of what stands above it. The command line (`__main__`, `commands`) and
# the package's own `__init__` may import all.
ALLOWED = {
    "charts": {
        "errors", "targets", "datasets", "evaluation", "modality_gap", "modifiers", "predictors", "scorers",
        "spread", "retrieval",
    },
    "batch": {"errors", "targets", "store", "tables", "encoders", "predictors"},
    "neighbours": {"errors", "targets", "store", "datasets", "encoders"},
    "dashboard": {"errors", "store", "encoders", "doctor"},
    "doctor": {"errors", "targets", "store", "datasets", "encoders", "predictors", "scorers"},
    "evaluation": {
        "adaptation", "splits",
        "errors", "targets", "store", "tables", "datasets", "predictors", "encoders", "scorers", "modifiers",
    },
    "spread": {
        "errors", "targets", "store", "tables", "datasets", "encoders", "modifiers", "evaluation",
        "predictors",
    },
    "modality_gap": {
        "errors", "targets", "store", "tables", "datasets", "encoders", "splits", "evaluation",
        "predictors",
    },
    "retrieval": {
        "errors", "targets", "store", "tables", "datasets", "encoders", "splits", "predictors", "evaluation",
    },
    "generation": {"errors", "targets", "store", "tables", "datasets", "encoders"},
    "predictors": {"errors", "targets", "store", "splits", "tables", "encoders", "scorers", "modifiers"},
    "adaptation": {"errors", "store", "splits", "encoders"},
    "splits": {"errors"},
    "modifiers": {"errors", "store", "tables"},
    "scorers": {"errors", "store", "encoders", "image_statistics"},
    "encoders": {"errors", "store"},
    "datasets": {"errors", "targets", "store", "splits", "tables", "image_statistics"},
    "tables": {"errors", "store"},
    "image_statistics": {"errors"},
    "targets": {"errors"},
    "store": {"errors"},
    "errors": set(),
}  # fmt: skip
COMMAND_LINE = {"__main__", "commands"}  # it alone prints
FREE = {"__init__", *COMMAND_LINE}
HEAVY_IN_PAGES = {"numpy", "scipy", "sklearn", "torch", "umap", "spacy"}
HEAVY_AT_IMPORT = {
    "diffusers", "open_clip", "pandas", "sklearn", "spacy", "streamlit", "torch", "torchvision",
    "transformers", "umap",
}  # fmt: skip


def imported_by(source: str, package: tuple[str, ...] = ()) -> set[str]:
    """Full names of what a module imports, wherever in it; ``package`` is the one that it belongs to."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = (*start, *(node.module.split(".") if node.module else ()))
            names |= {".".join((*base, alias.name)) for alias in node.names}
    return names


def part_of(path: Path) -> str:
    """The part of ppp_core that a file belongs to: its folder, or its own name at the top."""
    inside = path.relative_to(CORE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def core_imports(path: Path) -> set[str]:
    package = path.relative_to(ROOT).parts[:-1]
    return imported_by(path.read_text(encoding="utf-8"), package)


CORE_FILES = sorted(CORE.rglob("*.py"))
PAGE_FILES = [*sorted((ROOT / "pages").glob("*.py")), *sorted(ROOT.glob("app.py"))]


def test_relative_imports_are_resolved():
    source = "from ..errors import PPPError\nfrom . import base\ndef f():\n    import torch.nn\n"
    assert imported_by(source, ("ppp_core", "encoders")) == {
        "ppp_core.errors.PPPError", "ppp_core.encoders.base", "torch.nn",
    }  # fmt: skip


def test_table_of_allowed_imports_has_no_circle():
    order = list(ALLOWED)
    for part, allowed in ALLOWED.items():
        assert allowed <= set(order), part
    settled: set[str] = set()
    while len(settled) < len(order):
        ready = {part for part in order if ALLOWED[part] <= settled} - settled
        assert ready, f"a circle among {sorted(set(order) - settled)}"
        settled |= ready


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda p: str(p.relative_to(CORE)))
def test_core_imports_go_one_way(path):
    part = part_of(path)
    imports = core_imports(path)
    assert not {name for name in imports if name.split(".")[0] in {"streamlit", "pages", "app", "tests"}}
    if part in FREE:
        return
    assert part in ALLOWED, f"give {part!r} a row in ALLOWED, in {Path(__file__).name}"
    used = {name.split(".")[1] for name in imports if name.startswith("ppp_core.")} - {part, "__version__"}
    assert used <= ALLOWED[part], f"{path.relative_to(ROOT)} imports {sorted(used - ALLOWED[part])}"


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda p: p.name)
def test_pages_leave_arithmetic_to_the_core(path):
    tops = {name.split(".")[0] for name in imported_by(path.read_text(encoding="utf-8"), ("pages",))}
    assert not tops & HEAVY_IN_PAGES


@pytest.mark.parametrize("module", ["ppp_core", "ppp_core.errors"])
def test_importing_the_package_is_light(module):
    code = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY_AT_IMPORT == set()


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda p: str(p.relative_to(CORE)))
def test_core_never_prints(path):
    if part_of(path) in COMMAND_LINE:
        return
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    printing = [n.lineno for n in calls if isinstance(n.func, ast.Name) and n.func.id == "print"]
    assert printing == [], f"{path.relative_to(ROOT)} prints in lines {printing}"
