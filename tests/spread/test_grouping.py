"""Groups of prompts: nothing is lost, and only what makes sensible groups is offered."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from ppp_core.datasets import scenes
from ppp_core.errors import PPPError
from ppp_core.spread import observations
from ppp_core.spread.grouping import grouped, ways_to_group


@pytest.fixture(scope="module")
def observed():
    return observations(scenes.make(n_prompts=70, seeds=2, ratings_only=True), "scenes/known")


def test_columns_of_few_values_and_the_length_are_offered(observed):
    ways = ways_to_group(observed)
    assert ways["style"] == "Style"
    assert ways["length"] == "Length in words"
    assert not {"prompt_id", "prompt", "n_modifiers", "sd", "count"} & set(ways)
    many = replace(observed, prompts=observed.prompts.assign(own=[str(i) for i in range(70)], one="x"))
    assert not {"own", "one"} & set(ways_to_group(many))


@pytest.mark.parametrize("by", ["style", "length"])
def test_every_prompt_is_in_one_group(observed, by):
    found = grouped(observed, by)
    together = pd.concat([one.prompts for one in found.values()])
    assert sorted(together["prompt_id"]) == sorted(observed.prompts["prompt_id"])


def test_lengths_go_from_short_to_long(observed):
    found = grouped(observed, "length")
    assert len(found) == 3
    ends = [(one.prompts["words"].min(), one.prompts["words"].max()) for one in found.values()]
    assert ends == sorted(ends)
    assert all(a[1] < b[0] for a, b in pairwise(ends))
    assert next(iter(found)) == f"{ends[0][0]} to {ends[0][1]} words"


def test_an_unknown_way_is_told(observed):
    with pytest.raises(PPPError, match=r"Unknown way to group 'styles'.*style"):
        grouped(observed, "styles")
