"""Forms that tell a modifier without its being in the lexicon."""

import pytest

from ppp_core.modifiers import parse


def found(prompt: str) -> list[tuple[str, str]]:
    return [(part.text, part.kind) for part in parse(prompt, grammar=False).modifiers]


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a fox, by Xaver Quendel", "by Xaver Quendel"),
        ("a fox, by xaver quendel", "by xaver quendel"),
        ("a painting of a fox by Jan van der Quendel", "by Jan van der Quendel"),
        ("a fox, art by xaver quendel", "art by xaver quendel"),
        ("a fox drawn by Xaver Quendel in the snow", "drawn by Xaver Quendel"),
        ("a fox, in the style of Xaver Quendel", "in the style of Xaver Quendel"),
        ("a fox, style of xaver quendel", "style of xaver quendel"),
        ("a fox inspired by Xaver Quendel", "inspired by Xaver Quendel"),
        ("a fox, in the style of ghost in the quendel", "in the style of ghost in the quendel"),
        ("a fox, Quendel style", "Quendel style"),
    ],
)
def test_artists_that_nobody_knows(prompt, name):
    assert (name, "artist") in found(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "a house by the river",
        "a man standing by a car",
        "a fox surrounded by Bright flowers",
        "a stadium sponsored by Quendel",
        "stand by",
        "by night",
        "a dress inspired by nature",
        "the same style",
        "a hair style",
    ],
)
def test_by_and_style_without_an_artist(prompt):
    assert all(kind != "artist" for _, kind in found(prompt))


def test_more_names_follow_the_first():
    prompt = "a fox, by Hokusai, Monet and Alphonse Mucha"
    assert [text for text, kind in found(prompt) if kind == "artist"] == [
        "by Hokusai",
        "Monet",
        "Alphonse Mucha",
    ]


def test_an_unknown_name_after_and_is_an_artist_too():
    prompt = "a fox, by Xaver Quendel and Yolanda Zwirn"
    assert [text for text, kind in found(prompt) if kind == "artist"] == ["by Xaver Quendel", "Yolanda Zwirn"]


@pytest.mark.parametrize(
    ("prompt", "text", "kind"),
    [
        ("a fox, in the style of cubism", "in the style of cubism", "movement"),
        ("a fox, in the style of a comic book", "in the style of a comic book", "medium"),
        ("a fox, trending on artstation", "trending on artstation", "quality"),
        ("a fox, trending on Quendel", "trending on Quendel", "quality"),
        ("a fox, featured on behance", "featured on behance", "quality"),
        ("a fox, shot on Canon EOS Q7", "shot on Canon EOS Q7", "camera"),
        ("a fox taken with a 73mm lens", "taken with a 73mm lens", "camera"),
        ("a fox, 73mm", "73mm", "camera"),
        ("a fox, 73 mm lens", "73 mm lens", "camera"),
        ("a fox, f/1.7", "f/1.7", "camera"),
        ("a fox, f3.3", "f3.3", "camera"),
        ("a fox, ISO 350", "ISO 350", "camera"),
        ("a fox, 7k", "7k", "quality"),
        ("a fox, 13K resolution", "13K resolution", "quality"),
        ("a fox, 1730s", "1730s", "movement"),
        ("a fox, rendered in octane", "rendered in octane", "rendering"),
        ("a fox, rendered with Quendelray", "rendered with Quendelray", "rendering"),
        ("a fox, lit by two lanterns", "lit by two lanterns", "lighting"),
        ("a fox, frighteningly detailed", "frighteningly detailed", "quality"),
        ("a fox, quendelcore", "quendelcore", "genre"),
        ("a fox, quendelpunk city", "quendelpunk", "genre"),
        ("a fox, harsh quendelish lighting", "harsh quendelish lighting", "lighting"),
        ("a fox, quendel boy palette", "quendel boy palette", "colour"),
        ("a fox, bleak quendel atmosphere", "bleak quendel atmosphere", "mood"),
    ],
)  # fmt: skip
def test_forms(prompt, text, kind):
    assert (text, kind) in found(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "a hardcore fox",
        "a microwave",
        "a man shot on the street",
        "a photo taken on Monday",
        "100 foxes",
        "a fox at 10:30",
        "traffic lights at a crossing",
        "kites of different colors",
    ],
)
def test_no_modifiers(prompt):
    assert found(prompt) == [] or [kind for _, kind in found(prompt)] == ["medium"]


@pytest.mark.parametrize(
    ("prompt", "again"),
    [
        ("very very very big", ["very", "very"]),
        ("a fox, masterpiece, 4k, masterpiece", ["masterpiece"]),
        ("big, big, big fox", ["big"]),
        ("bora bora", []),
        ("toilet, toilet paper", []),
        ("1 1 1", []),
        ("the the fox", []),
    ],
)
def test_what_is_said_again(prompt, again):
    assert [text for text, kind in found(prompt) if kind == "repeating"] == again
