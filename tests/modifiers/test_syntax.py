"""The syntax of tools: weights as stable-diffusion-webui documents them, Midjourney's, settings, images."""

import pytest

from ppp_core.modifiers import count, parse
from ppp_core.modifiers.syntax import read_syntax
from ppp_core.modifiers.weights import Brackets, Weights


def weight_of(prompt: str, word: str) -> float:
    return read_syntax(prompt).weights.at(prompt.index(word))


def of_kind(prompt: str, kind: str) -> list[str]:
    return [part.text for part in parse(prompt, grammar=False).parts if part.kind == kind]


# What the docstring of stable-diffusion-webui's `parse_prompt_attention` says, word by word.
WEBUI = [
    ("normal text", {"normal": 1.0, "text": 1.0}),
    ("an (important) word", {"an": 1.0, "important": 1.1, "word": 1.0}),
    ("(unbalanced", {"unbalanced": 1.1}),
    (r"\(literal\]", {"literal": 1.0}),
    ("(unnecessary)(parens)", {"unnecessary": 1.1, "parens": 1.1}),
    (
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
        {"a": 1.0, "house": 1.573, "on": 1.0, "a (hill": 1.1, "hill": 0.55, "sun": 1.1, "sky": 1.4641},
    ),
]


@pytest.mark.parametrize(("prompt", "expected"), WEBUI, ids=[prompt for prompt, _ in WEBUI])
def test_weights_are_those_of_stable_diffusion_webui(prompt, expected):
    assert {word: weight_of(prompt, word) for word in expected} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("(word)", 1.1),
        ("((word))", 1.21),
        ("(((word)))", 1.331),
        ("[word]", 1 / 1.1),
        ("[[word]]", 1 / 1.21),
        ("([word])", 1.0),
        ("(word:1.3)", 1.3),
        ("(word: 1.3 )", 1.3),
        ("(word:+.5)", 0.5),
        ("(word:-1)", -1.0),
        ("(word:0)", 0.0),
        ("((word:1.3))", 1.43),
        ("((word:1.3):2)", 2.6),
        ("(word:1.2.3)", 1.1),  # no number: plain brackets
        ("word)", 1.0),
        ("(a) word)", 1.0),
        ("[(word]", 1.0),  # each kind of bracket is matched by itself
        ("{word}", 1.0),
        ("[word:0.4]", 1.0),  # a time at which it begins, no weight
        ("[cat:word:0.4]", 1.0),
        ("[cat|word]", 1.0),
        (r"\(word\)", 1.0),
        ("(word:9e9)", 1.1),
        ("(word:99999)", 1000.0),
        ("(" * 100 + "word", 1000.0),
        ("word::2", 2.0),
        ("cat::2 word", 1.0),
        ("cat::2 word::.5", 0.5),
        ("(word)::2", 2.2),
        ("a cat :1.2 AND a word :2.5", 2.5),
        ("a word :1.2 AND a cat", 1.2),
        ("a cat AND a word", 1.0),
    ],
)
def test_weights_multiply(prompt, expected):
    assert weight_of(prompt, "word") == pytest.approx(expected, abs=1e-6)


def test_a_part_has_the_mean_weight_of_its_words():
    (part,) = parse("a fox, oil (painting:1.4)", grammar=False).modifiers
    assert (part.text, part.weight) == ("oil (painting", 1.2)


def test_no_brackets_weigh_nothing():
    assert Weights.of(3, Brackets(), ()).at(1) == 1.0
    assert Weights().mean([]) == 1.0


@pytest.mark.parametrize(
    ("prompt", "parameters"),
    [
        ("a fox --ar 16:9 --v 6 --tile", ["--ar 16:9", "--v 6", "--tile"]),
        ("a fox --ar=3:2", ["--ar=3:2"]),
        ("a fox —ar 3:2 —style raw", ["—ar 3:2", "—style raw"]),
        ("a fox — running", []),
        ("a fox —running", []),
        ("a well--known fox", []),
        ("a fox --stylize 750 --chaos 10, forest", ["--stylize 750", "--chaos 10"]),
        ("a fox --hd in a forest", ["--hd"]),
        ("a fox --niji 5 --s 100", ["--niji 5", "--s 100"]),
        ("a fox --sref https://a.b/c.png 123 --p", ["--sref https://a.b/c.png 123", "--p"]),
        ("a fox --iw 1.5 --seed 42", ["--iw 1.5", "--seed 42"]),
        ("--", []),
        ("<lora:ink style:0.8> a fox <hypernet:x>", ["<lora:ink style:0.8>", "<hypernet:x>"]),
        ("a fox embedding:easynegative", ["embedding:easynegative"]),
        ("a fox BREAK a hen", ["BREAK"]),
        ("a fox AND a hen", ["AND"]),
        ("A FOX AND A HEN BREAK", []),
        ("/imagine prompt: a fox", ["/imagine prompt:"]),
        ("prompt: a fox", ["prompt:"]),
    ],
)
def test_settings(prompt, parameters):
    assert of_kind(prompt, "parameter") == parameters


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("a fox --no cars, trees --ar 3:2", ["cars, trees"]),
        ("a fox --no cars", ["cars"]),
        ("a fox --no", []),
        ("a fox\nNegative prompt: ugly, (blurry:1.3)", ["ugly, (blurry:1.3)"]),
        ("a fox negative prompt: ugly --ar 3:2", ["ugly"]),
        ("a fox\nNegative prompt: ugly\nSteps: 20, Sampler: Euler a", ["ugly"]),
        ("Negative prompt: ugly", ["ugly"]),
        ("a negative prompt for a fox", []),
        ("tulips:: red::-.5", ["red"]),
        ("red::-1 tulips", ["red"]),
    ],
)
def test_what_must_not_be_there(prompt, negative):
    assert of_kind(prompt, "negative") == negative
    assert "negative" not in parse(prompt, grammar=False).by_kind


def test_the_line_of_settings_of_stable_diffusion_webui():
    prompt = (
        "a fox, 4k\nNegative prompt: ugly\nSteps: 20, Sampler: Euler a, CFG scale: 7, Size: 512x512, "
        'Lora hashes: "a: 1f, b: 2e", Version: v1.9'
    )
    assert of_kind(prompt, "parameter") == [
        "Negative prompt:", "Steps: 20", "Sampler: Euler a", "CFG scale: 7", "Size: 512x512",
        'Lora hashes: "a: 1f, b: 2e"', "Version: v1.9",
    ]  # fmt: skip
    assert of_kind(prompt, "subject") == ["a fox"]
    assert count(parse(prompt, grammar=False), "segments") == 1


@pytest.mark.parametrize(
    ("prompt", "images"),
    [
        ("https://a.b/c.png a fox", ["https://a.b/c.png"]),
        ("<https://s.mj.run/Ab1> a fox", ["https://s.mj.run/Ab1"]),
        ("a fox, https://a.b/c.JPG?x=1, 4k", ["https://a.b/c.JPG?x=1"]),
        ("a fox from https://a.b/page", []),
        ("a fox like <image>", ["<image>"]),
        ("https://a.b/c https://a.b/d.webp fox", ["https://a.b/c", "https://a.b/d.webp"]),
    ],
)
def test_images(prompt, images):
    assert of_kind(prompt, "image") == images
    assert parse(prompt, grammar=False).by_kind.get("image", 0) == len(images)


@pytest.mark.parametrize("prompt", ["a (cat) [on] a {mat}", "hot::2 dog", "a <lora:x:1> cat", r"a \(cat\)"])
def test_syntax_is_overwritten_in_place(prompt):
    text = read_syntax(prompt).text
    assert len(text) == len(prompt)
    assert [word for word in ("cat", "on", "mat", "hot", "dog", "a") if word in prompt.split("<")[0]]
    assert not set(text) & set("[{<>}]\\2")


def test_plain_text_is_left_alone():
    assert read_syntax("a cat, on a mat.").text == "a cat, on a mat."


def test_words_in_brackets_belong_to_the_words_around():
    parsed = parse("a ((red)) fox in [the snow], (((oil))) painting")
    assert [part.text for part in parsed.modifiers] == ["red", "in [the snow", "oil))) painting"]


def test_clauses_are_no_neighbours():
    assert parse("oil::2 painting::1", grammar=False).modifiers[0].term != "oil painting"
