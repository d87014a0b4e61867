"""Three definitions of the count."""

import pytest

from ppp_core.errors import PPPError
from ppp_core.modifiers import DEFINITIONS, count, counts, parse

PROMPT = "a small red fox in the snow, oil painting, by Hokusai, 4k --ar 3:2 --no cars, trees"


def test_every_definition_on_one_prompt():
    assert {name: counts([PROMPT], name) for name in DEFINITIONS} == {
        "segments": [3],  # oil painting | by Hokusai | 4k
        "lexicon": [3],
        "all": [6],  # and small, red, in the snow
    }


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        ("", 0), (",", 0), (", ,", 0), ("a fox", 0), ("a fox,", 0), ("a fox, 4k", 1), ("a, b, , c", 2),
        ("a，b", 0),
        ("a fox (red, blue), 4k", 2), ("a fox, --ar 3:2", 0), ("a fox --no cars, trees, houses", 0),
        ("a fox, <lora:x:1>, 4k", 1), ("a fox, 🦊", 1), ("1,000 foxes", 1),
        ("a fox\nNegative prompt: a, b", 0),
        ("https://a.b/c.png a fox, 4k", 1), ("a fox, (4k:1.2), ((", 1), ("a fox, and, 4k", 2),
    ],
)  # fmt: skip
def test_segments(prompt, number):
    assert counts([prompt], "segments") == [number]


@pytest.mark.parametrize(
    "prompt", [PROMPT, "a fox in a cyberpunk city", "very very old house in the style of cubism", "portrait"]
)
def test_known_terms_count_the_same_with_grammar_and_without(prompt):
    assert count(parse(prompt), "lexicon") == count(parse(prompt, grammar=False), "lexicon")


def test_a_term_inside_of_a_phrase_counts_as_known():
    parsed = parse("a fox in a cyberpunk city")
    assert parsed.by_kind == {"attribute": 1}
    assert (count(parsed, "lexicon"), count(parsed, "all")) == (1, 1)


def test_settings_and_negatives_never_count():
    for name in DEFINITIONS:
        assert counts(["a fox --ar 3:2 --no red cars, 4k", "a fox <lora:x:1> BREAK"], name) == [0, 0]


def test_everything_needs_grammar():
    with pytest.raises(PPPError, match="needs grammar: parse with grammar=True"):
        count(parse(PROMPT, grammar=False), "all")


@pytest.mark.parametrize(
    "call", [lambda name: counts([PROMPT], name), lambda name: count(parse(PROMPT), name)]
)
def test_an_unknown_definition_is_answered_with_near_ones(call):
    with pytest.raises(PPPError, match=r"count of modifiers 'segment'\. Did you mean 'segments'"):
        call("segment")


def test_no_prompts_have_no_counts():
    assert counts([]) == []
