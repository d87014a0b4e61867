"""docs/after-generation.md tells the figures of the shipped cards and of the measured curve."""

from pathlib import Path

import pytest

from ppp_core.evaluation.after.images_added import load_images_added
from ppp_core.predictors.after import AFTER, after_targets
from ppp_core.predictors.artefact import read_card
from ppp_core.predictors.shipped import folder_of

TEXT = (Path(__file__).parents[2] / "docs" / "after-generation.md").read_text(encoding="utf-8")


def told(figure: dict) -> str:
    value, low, high = (
        f"{figure[key]:.3f}".replace("-", "−").replace("0.", ".", 1) for key in ("value", "low", "high")
    )
    return f"{value} [{low}, {high}]"


@pytest.mark.parametrize("target", after_targets())
def test_the_figures_are_those_of_the_card(target):
    card = read_card(AFTER / folder_of(target))
    held_out = card["held_out"]
    figures = [held_out["words_alone"], *held_out["by_images_seen"], held_out["pictures"]]
    for one in figures:
        assert told(one["spearman"]) in TEXT
    for one in card["coverage"]:
        assert f"{100 * one['inside']:.1f} %, {one['width']:.2f}" in TEXT
        assert one["low"] <= 0.9 <= one["high"]
    assert target in TEXT


@pytest.mark.parametrize("target", after_targets())
def test_the_figures_are_those_of_the_curve(target):
    rows = load_images_added()[target].rows
    assert {row.n_images for row in rows} == {0, 1, 2, 4, 10}
    for row in rows:
        assert told(vars(row.spearman)) in TEXT
        if row.over_words is not None:
            assert told(vars(row.over_words)) in TEXT


def test_the_artefacts_are_small():
    assert sum(path.stat().st_size for path in AFTER.rglob("*") if path.is_file()) < 4_000_000
