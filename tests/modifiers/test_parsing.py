"""What must hold of every prompt, whatever its text."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.modifiers import KINDS, Parsed, counts, parse, parse_all
from ppp_core.modifiers.parsing import read_syntax

WORDS = st.sampled_from(
    "a an the red snow-covered fox foxes' forest in of by with style lighting 4k 85mm very very masterpiece "
    "oil painting portrait Hokusai trending artstation baroque dürer İstanbul ß ŉ e\u0301clair 山 שלום 🦊 "
    "👩\u200d👩\u200d👧 1girl f/1.8 16:9 don't o'clock — – … --ar --no --v ::2 ::-1 BREAK AND :1.3) "
    "<lora:x:0.5> <image> http://a.b/c.png Negative prompt: Steps: 20, \\( \\) \\ : | { } \u2028 \x00 \ufffd "
    "is that and , . ; \n ' \" `".split(" ")
)
OPENING = st.sampled_from(["(", "((", "[", "{", "(((", "<", "\\("])
CLOSING = st.sampled_from([")", "))", "]", "}", ":1.2)", ":0.5]", ":x)", ":1.2.3)", ":-2)", ">", ")"])
TOOL_SYNTAX = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.tuples(OPENING, inner, CLOSING).map("".join),
        st.tuples(inner, st.sampled_from([" ", ", ", ""]), inner).map("".join),
        st.tuples(inner, st.sampled_from(["::2 ", " AND ", " BREAK ", " --no ", " | ", "\n"]), inner).map(
            "".join
        ),
        st.tuples(OPENING, inner).map("".join),
        st.tuples(inner, CLOSING).map("".join),
    ),
    max_leaves=25,
)
ANY_TEXT = st.one_of(st.text(), TOOL_SYNTAX, st.lists(WORDS, max_size=30).map(" ".join))


def holds(parsed: Parsed, prompt: str) -> None:
    position = 0
    for part in parsed.parts:
        assert part.start == position < part.end
        assert part.text == prompt[part.start : part.end]
        assert part.kind in KINDS
        assert abs(part.weight) <= 1000
        position = part.end
        if part.kind not in ("separator", "subject"):
            assert part.text == part.text.strip()
            assert part.term
    assert position == len(prompt)
    assert "".join(part.text for part in parsed.parts) == prompt


@settings(max_examples=250, deadline=None)
@given(ANY_TEXT)
def test_parts_cover_any_text_and_join_to_it(prompt):
    holds(parse(prompt, grammar=False), prompt)


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT)
def test_parts_cover_any_text_with_grammar_too(prompt):
    parsed = parse(prompt)
    holds(parsed, prompt)
    assert parsed.n_known == parse(prompt, grammar=False).n_known


@settings(max_examples=100, deadline=None)
@given(TOOL_SYNTAX)
def test_the_text_without_syntax_keeps_every_position(prompt):
    text = read_syntax(prompt).text
    assert len(text) == len(prompt)
    assert all(left == right or left in " \n" for left, right in zip(text, prompt, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY_TEXT, max_size=8), st.booleans())
def test_many_are_parsed_as_one_by_one(prompts, grammar):
    assert parse_all(prompts, grammar=grammar) == [parse(prompt, grammar=grammar) for prompt in prompts]


@settings(max_examples=50, deadline=None)
@given(ANY_TEXT)
def test_counts_are_never_negative_and_all_is_never_less_than_what_is_shown(prompt):
    for definition in ("segments", "lexicon"):
        assert counts([prompt], definition)[0] >= 0
    assert counts([prompt], "all")[0] == len(parse(prompt).modifiers)


@pytest.mark.parametrize(
    "prompt",
    [
        "", " ", "\n", "\x00", "(" * 5_000, ")" * 5_000, "((((a:1.3)" * 300, "[" * 3_000 + "a" + "]" * 3_000,
        "(" * 400 + "a" + ":1e9)" * 400, "(a:" + "9" * 400 + ")", "(a:.)", "(a:+-1)", "::", "::::", "--",
        "-- ", "--no", "--ar", "<lora:", "<>", "\\", "\\" * 999, "http://", "https://.png", "BREAK", "AND",
        "AND AND", ":", "Steps: 1, S", "Negative prompt:", "Negative prompt: Negative prompt:", "\ud800",
        "a" * 200_000, "a, " * 20_000, "very " * 20_000, "in the style of", "by", "by by by", "trending on",
        "shot on", "f/", "lit by the", "a in the of by with",
    ],
    ids=lambda prompt: repr(prompt[:20]),
)  # fmt: skip
def test_hard_cases_are_parsed(prompt):
    holds(parse(prompt, grammar=len(prompt) < 1_000), prompt)


def test_one_word_is_subject():
    assert parse("Crepuscular.").modifiers == ()
    assert parse("surrealism").subject == "surrealism"


def test_letters_that_grow_when_folded_do_not_shift_positions():
    prompt = "İİİ ŉ ß ﬁ, soft lighting, ẞ, oil painting"
    assert [part.text for part in parse(prompt, grammar=False).modifiers] == ["soft lighting", "oil painting"]


def test_subject_is_what_is_left():
    parsed = parse("an oil painting of a fox and a hen, (baroque style:1.2), the moon")
    assert parsed.subject == "a fox and a hen the moon"
    assert parsed.by_kind == {"medium": 1, "movement": 1}


def test_equal_prompts_give_equal_results_in_order():
    first, second, third = parse_all(["a fox, 4k", "a hen", "a fox, 4k"], grammar=False)
    assert first is third
    assert second.prompt == "a hen"


@pytest.mark.parametrize(
    ("prompts", "told"),
    [
        ("a fox", "takes a list of prompts, got one text: 'a fox'. Use parse."),
        (["a fox", 7], r"A prompt is a text, got int at position 1\."),
        ([None], "got NoneType at position 0"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(prompts, told):
    with pytest.raises(PPPError, match=told):
        parse_all(prompts)


def test_a_number_in_place_of_a_prompt_is_refused():
    with pytest.raises(PPPError, match="A prompt is a text, got float"):
        parse(1.5)


def test_importing_and_parsing_known_terms_is_light():
    code = (
        "import sys; from ppp_core.modifiers import counts; counts(['a fox, 4k']); "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"spacy", "pandas", "numpy", "torch", "sklearn"}
