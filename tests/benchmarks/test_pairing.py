"""Ratios of things timed by turns."""

import doctest
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import cold_start, pairing, processes, prompts, report, throughput
from benchmarks.pairing import Pairs, in_turns, megabytes, seconds

times = st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)), min_size=1, max_size=9)


@pytest.mark.parametrize("module", [cold_start, pairing, processes, prompts, report, throughput])
def test_examples_in_the_docstrings(module):
    failed, attempted = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert attempted > 0
    assert failed == 0


@given(times)
def test_ratio_is_the_median_of_the_pairs_and_lies_between_worst_and_best(drawn):
    ours, theirs = zip(*drawn, strict=True)
    pairs = Pairs(ours, theirs)
    assert pairs.ratio == statistics.median(b / a for a, b in drawn)
    assert pairs.lowest <= pairs.ratio <= pairs.highest


def test_one_slow_minute_that_hits_both_leaves_the_ratio_alone():
    assert Pairs((1.0, 10.0, 1.0), (2.0, 20.0, 2.0)).ratios == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(("ours", "theirs"), [((), ()), ((1.0,), (1.0, 2.0))])
def test_pairs_are_refused_without_a_partner(ours, theirs):
    with pytest.raises(ValueError, match=f"got {len(ours)} and {len(theirs)}"):
        Pairs(ours, theirs)


def test_turns_change_which_goes_first():
    order = []

    def call(name):
        return lambda number: order.append(f"{name}{number}") or 1.0

    in_turns(call("a"), call("b"), pairs=3)
    assert order == ["a0", "b0", "b1", "a1", "a2", "b2"]


def test_turns_can_be_timed_here():
    pairs = in_turns(lambda number: "not seconds", lambda number: None, pairs=2, clock="here")
    assert len(pairs.ours) == len(pairs.theirs) == 2
    assert min(*pairs.ours, *pairs.theirs) > 0


def test_one_pair_claims_no_spread():
    assert str(Pairs((1.0,), (3.0,))) == "3.00 × as fast (1 pair)"


def test_units_are_chosen_for_the_reader():
    assert [seconds([0.004]), seconds([0.5]), seconds([9.96]), seconds([1234])] == [
        "4 ms", "0.5 s", "10 s", "1234 s",
    ]  # fmt: skip
    assert megabytes(1_499_600_000) == "1,500 MB"
