"""Which pictures are wanted."""

import pandas as pd
import pytest

from ppp_core.errors import PPPError
from ppp_core.generation.wanted import picture_folder, wanted_pictures
from ppp_core.spread.experiment import plan_experiment


def test_every_prompt_is_drawn_by_the_same_seeds():
    found = wanted_pictures([" a fox ", "an owl"], images=3, seed=7)
    assert found.images[["prompt", "seed"]].to_numpy().tolist() == [
        ["a fox", 7], ["a fox", 8], ["a fox", 9], ["an owl", 7], ["an owl", 8], ["an owl", 9],
    ]  # fmt: skip
    assert found.images["image_id"].is_unique
    assert found.prompts["prompt"].tolist() == ["a fox", "an owl"]


def test_other_columns_stay_with_the_prompts_and_old_ones_go():
    table = pd.DataFrame({"prompt": ["a fox", "", "a fox"], "style": ["ink", "oil", "oil"], "generator": "x"})
    found = wanted_pictures(table, images=1)
    assert found.prompts[["prompt", "style"]].to_numpy().tolist() == [["a fox", "ink"]]
    assert "generator" not in found.prompts
    assert found.notes == (
        "1 of 3 rows have no prompt and are left out.",
        "1 of 2 rows repeat an earlier prompt; each is drawn once.",
    )  # fmt: skip


def test_a_plan_is_drawn_row_by_row():
    runs = plan_experiment(["a fox", "an owl"], ["oil painting"], seeds=2).runs
    found = wanted_pictures(runs, images=99, seed=99)
    assert found.images[["prompt", "seed", "pair_id", "arm"]].equals(
        runs[["prompt", "seed", "pair_id", "arm"]]
    )
    assert "score" not in found.images
    assert len(found.prompts) == 4
    assert found.notes == ()


def test_a_run_that_comes_twice_is_drawn_once():
    found = wanted_pictures(pd.DataFrame({"prompt": ["a", "a", "a"], "seed": [1.0, 1.0, 2.0]}))
    assert found.images["seed"].tolist() == [1, 2]
    assert found.notes == ("1 of 3 rows repeat an earlier prompt and seed; each is drawn once.",)


def test_a_folder_has_a_name_for_any_prompt():
    assert picture_folder("雪の中の狐", "77") == "prompt-77"
    assert picture_folder("x" * 300, "77") == "x" * 40 + "-77"
    one, other = (picture_folder("../" * n, str(n)) for n in (1, 2))
    assert (one, other) == ("prompt-1", "prompt-2")


@pytest.mark.parametrize(
    ("prompts", "given", "match"),
    [
        ([], {}, "No prompt was given; at least one was wanted"),
        (["  "], {}, "No prompt was given"),
        (["a fox", 7], {}, "Prompt 2: a text was wanted, got 7"),
        (pd.DataFrame({"text": ["a"]}), {}, r"A column 'prompt' was wanted; there are 'text'"),
        (["a"], {"images": 0}, "from 1 to 1,000,000, got 0"),
        (["a"], {"seed": -1}, "whole number from 0 on, got -1"),
        (
            ["a", "b"] * 2 + ["c"] * 7,
            {"images": 400_000},
            "At most 1,000,000 pictures were wanted, got 1,200,000",
        ),
        (["a", "b"], {"images": 500_001}, "At most 1,000,000 pictures were wanted, got 1,000,002"),
        (pd.DataFrame({"prompt": ["a", "b"], "seed": [1, 1.5]}), {}, r"'seed', row 2: .* got .*1\.5"),
        (pd.DataFrame({"prompt": ["a", "b"], "seed": ["1", "x"]}), {}, "'seed', row 2: .* got 'x'"),
        (pd.DataFrame({"prompt": ["a"], "seed": [-1]}), {}, "'seed', row 1: .* got .*-1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(prompts, given, match):
    with pytest.raises(PPPError, match=match):
        wanted_pictures(prompts, **given)
