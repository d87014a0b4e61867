"""``ppp plan-experiment``, ``ppp analyse-experiment``, ``ppp images-needed``."""

import json

import numpy as np
import pandas as pd
import pytest

from ppp_core.spread.experiment import COLUMNS
from ppp_core.tables import read_table, restore_formulas, write_table


@pytest.fixture
def planned(ppp, tmp_path):
    out = tmp_path / "plan.csv"
    ran = ppp(
        *("plan-experiment", "-", "--modifier", "oil painting", "--seeds", 3, "--out", out),
        stdin=b"prompt\na cat\na dog --ar 3:2\n=sum\n",
    )
    assert ran.status == 0, ran.err
    return ran, out


def test_a_plan_is_written_and_told(planned):
    ran, out = planned
    frame = read_table(out)
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 18
    assert "a dog, oil painting --ar 3:2" in set(frame["prompt"])
    assert ran.out.startswith("18 images (3 prompts, 3 seeds each) find an effect of 0.5 SD")
    assert "SDs in a ratio of 0.8" in ran.out
    assert "a tool's settings, such as --ar 16:9, stay last." in ran.err


def test_scores_that_come_back_are_analysed(ppp, planned, tmp_path):
    _, out = planned
    frame = restore_formulas(read_table(out))
    there = (frame["arm"] == "with").to_numpy()
    frame["score"] = 3 + 2.0 * there + np.random.default_rng(0).normal(size=len(frame)) * 0.1
    write_table(frame, out)
    ran = ppp("analyse-experiment", out)
    assert ran.out.startswith(
        "“oil painting”: effect on the mean: no verdict (3 base prompts, 6 wanted); "
        "so far +2.01 [+1.86, +2.16]; "
    )
    assert "Pitman-Morgan p" in ran.out
    assert "Only 3 base prompts" in ran.err
    told = json.loads(ppp("analyse-experiment", out, "--json").out)
    assert told["effects"][0]["n_pairs"] == 9
    assert told["spread"][0]["modifier"] == "oil painting"
    assert {"=sum", "a cat", "a dog --ar 3:2"} == {row["base_prompt"] for row in told["prompts"]}


def test_equal_scores_print_dashes(ppp, planned):
    _, out = planned
    write_table(restore_formulas(read_table(out)).assign(score=3.0), out)
    ran = ppp("analyse-experiment", out)
    assert "cannot be told: all scores are equal" in ran.out
    assert "nan" not in ran.out
    assert " - " in ran.out


def test_impossible_numbers_are_refused(refused, tmp_path):
    common = ("plan-experiment", "-", "--modifier", "oil", "--out", tmp_path / "plan.csv")
    told = refused(*common, "--effect", "nan", stdin=b"prompt\na cat\n")
    assert "effect needs to be a finite number, got nan." in told


def test_a_data_set_has_a_main_target(ppp, monkeypatch):
    from ppp_core.commands import experimenting
    from ppp_core.spread.images_needed import images_needed

    asked = []

    def found(*arguments):
        asked.append(arguments)
        return images_needed(0.5, 1.0)

    monkeypatch.setattr(experimenting, "_of_dataset", found)
    ran = ppp("images-needed", "agiqa-3k")
    assert asked == [("agiqa-3k", None, None, 0.8)]
    assert "chance of 80 % from 6 images" in ran.out


def test_a_plan_as_json(ppp, tmp_path):
    out = tmp_path / "plan.parquet"
    ran = ppp(
        *("plan-experiment", "-", "--modifier", "oil", "--modifier", "fog", "--design", "factorial"),
        *("--generator", "sdxl", "--json", "--out", out),
        stdin=b"prompt\na cat\na dog\n",
    )
    told = json.loads(ran.out)
    assert (told["design"], told["n_images"], told["file"]) == ("factorial", 2 * 4 * 4, str(out))
    assert set(pd.read_parquet(out)["generator"]) == {"sdxl"}


def test_the_same_seed_writes_the_same_plan(ppp, tmp_path):
    files = [tmp_path / f"{i}.csv" for i in range(2)]
    for file in files:
        ppp("plan-experiment", "-", "--modifier", "oil", "--seed", 4, "--out", file, stdin=b"prompt\na cat\n")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_bad_plans_write_nothing(refused, tmp_path, monkeypatch):
    out = tmp_path / "plan.csv"
    common = ("plan-experiment", "-", "--modifier", "oil")
    told = refused(*common, "--out", out, "--seeds", 1, stdin=b"prompt\na cat\n")
    assert "at least 2 seeds a prompt and arm, got 1" in told
    assert "Unknown output format" in refused(
        *common, "--out", tmp_path / "plan.doc", stdin=b"prompt\na cat\n"
    )
    monkeypatch.setenv("PPP_PUBLIC", "1")
    assert "Writing a plan" in refused(*common, "--out", out, stdin=b"prompt\na cat\n")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_of_scores_is_refused(planned, refused):
    assert "'score' holds no score yet" in refused("analyse-experiment", planned[1])


def test_images_needed_from_numbers(ppp):
    ran = ppp("images-needed", "--difference", 0.5, "--sd", 1)
    assert (
        "from 6 images a prompt on; a test finds the difference with that chance from 64 images on" in ran.out
    )
    told = json.loads(ppp("images-needed", "--difference", 0.5, "--sd", 1, "--power", 0.9, "--json").out)
    assert (told["for_order"], told["for_power"]) == (14, 86)


def test_images_needed_from_scores_so_far(ppp):
    ran = ppp("images-needed", "--a", "3,4,4", "--b", "3,3,4")
    assert "A is ahead by 0.333" in ran.out
    assert "set the number of images first" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Give --difference and --sd, or a data set, or scores"),
        (("--difference", 1), "Give --difference and --sd"),
        (
            ("pick-a-set", "--sd", 1),
            "pick-a-set gives its own --sd; leave it out: ppp images-needed pick-a-set.",
        ),
        (("--a", "1,2"), "two lists by themselves"),
        (
            ("--a", "1,x", "--b", "1,2"),
            "--a takes numbers with commas between them, such as 3,4,4.5, got",
        ),
        (("nonsense", "--target", "a/b"), "Unknown data set 'nonsense'"),
    ],
)
def test_half_a_question_is_refused(refused, arguments, told):
    assert told in refused("images-needed", *arguments)
