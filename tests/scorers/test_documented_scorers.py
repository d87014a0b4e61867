"""docs/scorers.md tells of every scorer, and tells the figures of the cards."""

import json
from pathlib import Path

import pytest

from ppp_core.scorers import PPP_METRICS, SCORERS
from ppp_core.scorers.aesthetic import HEADS
from ppp_core.scorers.lite import SHIPPED
from ppp_core.store.artefacts import CARD

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "scorers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_is_told(name):
    assert f"`{name}`" in TEXT
    assert f"`{name}`" in (DOCS / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PPP_METRICS)
def test_ppps_six_metrics_are_marked(name):
    assert f"| **PPP** `{name}` |" in TEXT


def test_the_pinned_hash_is_told():
    sha256 = HEADS["aesthetic-v2"].sha256
    assert f"{sha256[:8]}…{sha256[-5:]}" in TEXT


@pytest.mark.parametrize("name", ["quality-lite", "alignment-lite"])
def test_the_figures_are_those_of_the_card(name):
    validation = json.loads((SHIPPED / name / CARD).read_text(encoding="utf-8"))["validation"]
    figures = [*validation["figures"].values(), *validation["others"].values()]
    for one in figures:
        value, low, high = (f"{one[key]:.3f}".lstrip("0") for key in ("value", "low", "high"))
        assert f"{value} [{low}, {high}]" in TEXT
