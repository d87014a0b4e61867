"""Compact letter displays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.evaluation.letters import groups_of_ties, letters


def matrix(k: int, pairs: list[tuple[int, int]]) -> np.ndarray:
    different = np.zeros((k, k), bool)
    for i, j in pairs:
        different[i, j] = different[j, i] = True
    return different


@pytest.mark.parametrize(
    ("k", "pairs", "expected"),
    [
        (3, [], ["a", "a", "a"]),
        (3, [(1, 2)], ["ab", "a", "b"]),  # multcompLetters of the R package multcompView, its first example
        (4, [(0, 2), (0, 3), (1, 3)], ["a", "ab", "bc", "c"]),
        (3, [(0, 1), (0, 2), (1, 2)], ["a", "b", "c"]),
        (1, [], ["a"]),
        (0, [], []),
    ],
)
def test_known_displays(k, pairs, expected):
    assert letters(groups_of_ties(matrix(k, pairs)), k) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 8).flatmap(
        lambda k: st.tuples(st.just(k), st.lists(st.tuples(*[st.integers(0, k - 1)] * 2)))
    )
)
def test_two_share_a_group_if_and_only_if_they_are_not_different(case):
    k, pairs = case
    different = matrix(k, [(i, j) for i, j in pairs if i != j])
    groups = groups_of_ties(different)
    together = np.zeros((k, k), bool)
    for group in groups:
        together[np.ix_(group, group)] = True
    np.testing.assert_array_equal(together, ~different)
    assert not any(set(one) < set(other) for one in groups for other in groups)
    assert 0 in groups[0]


def test_more_groups_than_letters():
    groups = [(i,) for i in range(54)]
    signs = letters(groups, 54)
    assert (signs[0], signs[26], signs[51], signs[52]) == ("a", "A", "Z", "(53)")
    assert len(set(signs)) == 54
