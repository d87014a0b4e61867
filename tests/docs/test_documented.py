"""Everything that can be typed is documented."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
import typer

from ppp_core.__main__ import app
from ppp_core.datasets import DATASETS
from ppp_core.encoders import ENCODERS
from ppp_core.predictors import PREDICTORS
from ppp_core.predictors.scoring import score_columns
from ppp_core.predictors.shipped import shipped_targets

DOCS = Path(__file__).parents[2] / "docs"
CLI = (DOCS / "cli.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands


def section(command: str) -> str:
    found = re.search(rf"^## `ppp {command}(?![\w-]).*?(?=^## |\Z)", CLI, flags=re.M | re.S)
    assert found, f"docs/cli.md has no section on ppp {command}"
    return found.group()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command):
    told = section(command)
    for parameter in COMMANDS[command].params:
        for option in getattr(parameter, "opts", []):
            if option.startswith("--") and option != "--help":
                assert option in told, f"docs/cli.md does not tell of {option} of ppp {command}"


def test_no_command_is_documented_that_does_not_exist():
    assert set(re.findall(r"^## `ppp ([a-z-]+)", CLI, flags=re.M)) == set(COMMANDS)


@pytest.mark.parametrize("key", [*ENCODERS, *PREDICTORS, *DATASETS])
def test_every_table_key_is_documented(key):
    assert f"`{key}`" in CLI


@pytest.mark.parametrize("column", score_columns(["<target>"]))
def test_every_score_column_is_documented(column):
    assert f"`{column}`" in section("score")


@pytest.mark.parametrize("target", shipped_targets())
def test_every_shipped_target_is_documented(target):
    assert f"`{target}`" in (DOCS / "predictors.md").read_text(encoding="utf-8")


def test_the_page_on_predictors_is_what_the_cards_say():
    path = DOCS.parent / "scripts" / "document_models.py"
    spec = importlib.util.spec_from_file_location("document_models", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = json.loads(module.REFERENCE.read_text(encoding="utf-8"))
    assert module.DOCUMENT.read_text(encoding="utf-8") == module.document(rows)
