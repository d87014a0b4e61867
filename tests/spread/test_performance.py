"""Width of predicted intervals against the number of modifiers."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.spread.performance import predicted_widths

THINGS = [f"a {colour} {thing}" for colour in ("red", "blue") for thing in ("fox", "car")]
SCENES = [f"{thing} in the {place}" for thing in THINGS for place in ("street", "forest")]
MORE = ("", ", oil painting", ", oil painting, soft lighting, 8k")
PROMPTS = [f"{scene}{more}" for scene in SCENES for more in MORE]


def test_widths_are_those_of_the_predictor(trained):
    found = predicted_widths(PROMPTS, target=trained)
    one = trained.predict(PROMPTS)
    assert found.prompts["width"].tolist() == pytest.approx([p.high - p.low for p in one], abs=1e-8)
    assert found.trend["count"].tolist() == [0, 1, 3]
    assert found.trend["n_prompts"].tolist() == [8, 8, 8]
    widths = found.prompts.groupby("count")["width"].mean()
    assert found.trend["width"].tolist() == pytest.approx(widths.tolist())
    assert any("calibrated in groups" in note for note in found.notes)
    assert (found.target, found.as_dict()["n"]) == ("made/worth", 24)


def test_counts_of_ones_own_are_taken(trained):
    found = predicted_widths(PROMPTS, target=trained, counts=list(np.arange(24) % 2), definition="mine")
    assert found.trend["count"].tolist() == [0, 1]
    with pytest.raises(PPPError, match="One count a prompt was wanted, got 2 for 24 prompts"):
        predicted_widths(PROMPTS, target=trained, counts=[1, 2])


def test_a_few_prompts_give_no_correlation(trained):
    found = predicted_widths(["a red fox", "a blue car, oil painting"], target=trained)
    assert found.spearman.reason == "10 prompts are wanted, got 2"
    assert found.answer.endswith("cannot be told: 10 prompts are wanted, got 2.")
