"""Adjectives and prepositional phrases, by the labelling guide's own examples."""

import sys

import pytest

from ppp_core.errors import PPPError
from ppp_core.modifiers import parse, tagging
from ppp_core.modifiers.tagging import read_tokens


def attributes(prompt: str) -> list[str]:
    return [part.text for part in parse(prompt).parts if part.kind == "attribute"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a small red snow-covered barn", ["small", "red", "snow-covered"]),
        ("parked cars on a street", ["parked", "on a street"]),
        ("a 25 year old man", ["25 year old"]),
        ("a red colored car", ["red colored"]),
        ("a brightly colored kite", ["brightly colored"]),
        ("a snow covered roof", ["snow covered"]),
        ("red and blue kites", ["red", "blue"]),
        ("a man asleep on a couch", ["asleep", "on a couch"]),
        ("a jar full of coins", ["full"]),
        ("a cat bigger than a house", ["bigger than a house"]),
        ("a woman wearing a red hat", ["red"]),
        ("a girl, young", ["young"]),
        ("a short - haired engineer", ["short - haired"]),
        ("an old man, melting clocks", ["old", "melting"]),
    ],
)
def test_adjectives(prompt, expected):
    assert attributes(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "the cat is black",
        "many different dogs",
        "three dogs",
        "a stone bridge",
        "a fire hydrant",
        "a hot dog",
        "a polar bear",
        "a golden retriever",
        "two people sitting down together outside",
        "a woman riding a horse",
        "a sign that says 'the big red dog'",
        "",
        "red",
    ],
)
def test_no_attributes(prompt):
    assert attributes(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a man standing on a pier", ["on a pier"]),
        ("a dog on top of a surfboard in the ocean", ["on top of a surfboard in the ocean"]),
        ("a bench between a car and a bus", ["between a car and a bus"]),
        ("a dog next to a small tree", ["next to a small tree"]),
        ("a castle made of sand", ["of sand"]),
        ("a city of glass", ["of glass"]),
        ("a group of people in a boat", ["in a boat"]),
        ("a bowl of hot soup", ["hot"]),
        ("a kitchen with a stove, a table and a sink", ["with a stove, a table and a sink"]),
        ("a dog with a man standing behind it", ["with a man", "behind it"]),
        ("a person skiing down a slope", ["down a slope"]),
        ("a car in the rain, at night", ["in the rain", "at night"]),
        ("a man (in [the snow])", ["in [the snow"]),
    ],
)
def test_prepositional_phrases(prompt, expected):
    assert attributes(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("a fox in watercolor", {"medium": 1}),
        ("a fox with soft lighting", {"lighting": 1}),
        ("a fox at golden hour", {"lighting": 1}),
        ("a fox in black and white", {"colour": 1}),
        ("a cyberpunk city", {"genre": 1}),
        ("a beautiful girl", {"attribute": 1}),
        ("a beautiful surreal oil painting of a fox", {"quality": 1, "movement": 1, "medium": 1}),
        ("black and white photo of a fox", {"colour": 1, "medium": 1}),
        ("a man taking a photo", {}),
        ("a poster on a wall", {"attribute": 1}),
        ("a fox at sunset", {"attribute": 1}),
        ("a fox, sunset", {"lighting": 1}),
    ],
)
def test_known_terms_in_the_description(prompt, kinds):
    assert parse(prompt).by_kind == kinds


def test_without_grammar_the_rest_is_subject():
    parsed = parse("a small red fox in the snow, 4k", grammar=False)
    assert parsed.subject == "a small red fox in the snow"
    assert parsed.by_kind == {"quality": 1}
    assert not parsed.grammar


def test_tokens_keep_compounds_together():
    tokens = read_tokens("a snow-covered fox's den at 5 o'clock", 0, 37)
    assert [token.key for token in tokens] == ["a", "snow-covered", "fox", "'s", "den", "at", "5", "o'clock"]


def test_a_missing_language_model_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    tagging._model.cache_clear()
    with pytest.raises(PPPError, match=r"pip install spacy==3.8.18 .* Known terms are found without them"):
        parse("a small fox")
    assert parse("a small fox, 4k", grammar=False).by_kind == {"quality": 1}
