"""A modifier joined to a prompt, and found in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.spread.joining import has, join


@pytest.mark.parametrize(
    ("prompt", "joined"),
    [
        ("a cat", "a cat, oil painting"),
        ("a cat --ar 3:2", "a cat, oil painting --ar 3:2"),
        ("a cat --ar 3:2 --v 6", "a cat, oil painting --ar 3:2 --v 6"),
        ("a cat --no cars", "a cat, oil painting --no cars"),
        ("a cat , ", "a cat, oil painting"),
        ("a cat, red", "a cat, red, oil painting"),
        ("a well--known cat", "a well--known cat, oil painting"),
    ],
)
def test_settings_stay_last(prompt, joined):
    assert join(prompt, " oil painting,") == joined


@pytest.mark.parametrize(("prompt", "modifier"), [("", "oil"), ("--ar 3:2", "oil"), ("a cat", " , ")])
def test_nothing_to_join_is_refused(prompt, modifier):
    with pytest.raises(PPPError, match="a prompt and a modifier that say something"):
        join(prompt, modifier)


@given(st.text(alphabet="abc xyz", min_size=1).filter(str.strip))
def test_what_is_joined_is_there(prompt):
    assert has(join(prompt, "oil painting"), "Oil-Painting")
    assert join(prompt, "oil painting").startswith(prompt.rstrip())


@pytest.mark.parametrize(
    ("prompt", "modifier", "there"),
    [
        ("A cat, OIL   painting", "oil painting", True),
        ("a cat, oil-painting", "oil painting", True),
        ("a cat, oil paintings", "oil painting", False),
        ("turmoil painting", "oil painting", False),
        ("50% grey (flat)", "grey (flat)", True),
        ("a cat, ***", "***", True),
    ],
)
def test_whole_words_are_found(prompt, modifier, there):
    assert has(prompt, modifier) is there
