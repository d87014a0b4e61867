"""Folds without leaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.evaluation import check_disjoint, folds, normalise_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A Cat.", "a cat"),
        ("  a\tcat\n", "a cat"),
        ("state-of-the-art", "State of the art!"),
        ("don't", "DON’T"),
        ("STRASSE", "straße"),
        ("ｃａｔ", "cat"),
        ("cafe\u0301", "café"),
    ],
)
def test_equal_prompts_written_differently(one, other):
    assert normalise_text(one) == normalise_text(other)


@pytest.mark.parametrize(
    ("one", "other"), [("a cat", "a cats"), ("?!", "..."), ("a 🐶", "a 🐱"), ("1 2", "12")]
)
def test_different_prompts_stay_different(one, other):
    assert normalise_text(one) != normalise_text(other)


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


prompts = st.lists(
    st.sampled_from(["a cat", "A cat!", "a dog", "a bird", "fish", "Fish ", "?", ""]), min_size=8
)


@settings(max_examples=100)
@given(prompts, st.integers(2, 5), st.integers(0, 9))
def test_every_prompt_is_tested_once_and_never_beside_its_twin(texts, k, seed):
    different = [normalise_text(text) for text in texts]
    if len(set(different)) < k:
        return
    parts = folds(texts, k=k, seed=seed)
    assert len(parts) == k
    assert sorted(np.concatenate([test for _, test in parts]).tolist()) == list(range(len(texts)))
    for train, test in parts:
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(len(texts)))
        assert len(test) > 0
        assert not {different[i] for i in train} & {different[i] for i in test}
        check_disjoint([texts[i] for i in train], [texts[i] for i in test])


def test_folds_are_even_and_follow_the_seed():
    texts = [f"prompt {i}" for i in range(103)]
    sizes = sorted(len(test) for _, test in folds(texts, k=5))
    assert sizes == [20, 20, 21, 21, 21]
    first, again, other = (folds(texts, seed=seed)[0][1].tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_a_large_group_of_twins_shares_the_work():
    texts = ["a cat"] * 50 + [f"prompt {i}" for i in range(50)]
    assert sorted(len(test) for _, test in folds(texts, k=3)) == [25, 25, 50]


def test_k_that_does_not_fit_is_refused():
    with pytest.raises(PPPError, match=r"different prompts \(2 here\), got k=3"):
        folds(["a cat", "A cat", "a dog"], k=3)
    with pytest.raises(PPPError, match="got k=1"):
        folds(["a cat", "a dog"], k=1)
    with pytest.raises(PPPError, match=r"\(0 here\), got k=5"):
        folds([])


def test_an_overlap_is_named():
    with pytest.raises(PPPError, match="but 2 of 3 are: 'A dog!' is trained on as 'a dog'"):
        check_disjoint(["a cat", "a dog"], ["A dog!", "a bird", "a cat"])
