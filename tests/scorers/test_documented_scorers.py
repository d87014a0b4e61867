"""docs/scorers.md tells of every scorer, and tells the figures of the cards."""

import json
from pathlib import Path

import pytest

from ppp_core.scorers import SCORERS
from ppp_core.scorers.lite import CARD, SHIPPED

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "scorers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_is_told(name):
    assert f"`{name}`" in TEXT
    assert f"`{name}`" in (DOCS / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["quality-lite", "alignment-lite"])
def test_the_figures_are_those_of_the_card(name):
    validation = json.loads((SHIPPED / name / CARD).read_text(encoding="utf-8"))["validation"]
    figures = [*validation["figures"].values(), *validation["others"].values()]
    for one in figures:
        value, low, high = (f"{one[key]:.3f}".lstrip("0") for key in ("value", "low", "high"))
        assert f"{value} [{low}, {high}]" in TEXT
