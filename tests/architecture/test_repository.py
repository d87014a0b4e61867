"""What the repository's files may hold: nothing unpickled, nothing huge, nothing of one machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
MAX_BYTES = 3_000_000
PRODUCT = ("ppp_core", "pages", "benchmarks", "scripts", "app.py")
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal"}
MACHINE_PATH = re.compile(r"(?<![\w.:/)}-])/(?:root|work|tmp|opt)/\w")
REGISTRY_HOST = re.compile(r"\bpypi\.org|pythonhosted\.", re.IGNORECASE)


def files() -> list[Path]:
    """Every file that is in the repository, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    return [
        ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).is_file()
    ]


def product_files() -> list[Path]:
    return [p for p in files() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in PRODUCT]


def text_of(path: Path) -> str:
    """The text, or nothing for a binary file."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", "replace")


def dotted(node: ast.expr) -> str:
    """``torch.load`` for the expression torch.load."""
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unpicklings(source: str) -> list[str]:
    """Whatever in a source may unpickle: imports, loaders, switches."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in PICKLES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PICKLES:
            found.append(node.module)
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            given = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
            if name == "torch.load" and given.get("weights_only") is not True:
                found.append("torch.load")
            if name in {"joblib.load", "pd.read_pickle", "pandas.read_pickle"}:
                found.append(name)
            if given.get("allow_pickle", False) is not False:
                found.append("allow_pickle")
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("from dill import loads", ["dill"]),
        ("import torch\ntorch.load('f')", ["torch.load"]),
        ("import torch\ntorch.load('f', weights_only=False)", ["torch.load"]),
        ("import torch\ntorch.load('f', weights_only=True)", []),
        ("import numpy as np\nnp.load('f', allow_pickle=True)", ["allow_pickle"]),
        ("import numpy as np\nnp.load('f', allow_pickle=False)", []),
        ("import joblib\njoblib.load('f')", ["joblib.load"]),
    ],
)
def test_unpickling_is_recognised(source, found):
    assert unpicklings(source) == found


def test_nothing_is_ever_unpickled():
    found = {str(p.relative_to(ROOT)): unpicklings(p.read_text(encoding="utf-8")) for p in product_files()}
    assert {name: what for name, what in found.items() if what} == {}


def test_no_source_file_is_long():
    lengths = {str(p.relative_to(ROOT)): len(text_of(p).splitlines()) for p in product_files()}
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def test_no_file_is_large():
    sizes = {str(p.relative_to(ROOT)): p.stat().st_size for p in files()}
    assert {name: size for name, size in sizes.items() if size > MAX_BYTES} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "work/main", True),
        ("'/" + "tmp/x'", True),
        ("https://example.com/work/x", False),
        ("docs/tmp/x", False),
    ],
)
def test_machine_paths_are_recognised(text, found):
    assert bool(MACHINE_PATH.search(text)) is found


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["paths", "registry hosts"])
def test_nothing_of_one_machine_is_written_down(pattern):
    found = {str(p.relative_to(ROOT)): m[0] for p in files() if (m := pattern.search(text_of(p)))}
    assert found == {}
