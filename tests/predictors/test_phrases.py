"""Phrases of any text, what each of them does, and prompts side by side."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.predictors.calibration import Calibration
from ppp_core.predictors.explanation import explain
from ppp_core.predictors.phrases import MAX_PHRASES, null_edits, phrases, without
from ppp_core.predictors.reading import read_prompts
from ppp_core.predictors.variants import VariantComparison, _verdict, compare_variants, differing_words

WORDS = st.sampled_from([*"a The cat, on mat. 狐 🦊 שלום red ! with".split(), "\u00a0", "\n"])
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=150).map(" ".join))


@given(TEXTS, st.integers(1, 30))
def test_phrases_are_ordered_apart_inside_and_leave_no_word_out(prompt, most):
    spans = phrases(prompt, most=most)
    assert len(spans) <= most
    ends = [0, *(position for span in spans for position in span), len(prompt)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in spans)
    covered = {position for start, end in spans for position in range(start, end)}
    assert all(position in covered for position, letter in enumerate(prompt) if not letter.isspace())
    assert all(prompt[start:end] == prompt[start:end].strip() for start, end in spans)


@given(TEXTS)
def test_neighbours_are_joined_shortest_first(prompt):
    spans = phrases(prompt, most=10_000)
    while len(spans) > 3:
        at = min(range(len(spans) - 1), key=lambda i: spans[i + 1][1] - spans[i][0])
        spans[at : at + 2] = [(spans[at][0], spans[at + 1][1])]
    assert phrases(prompt, most=3) == spans


def test_a_very_long_prompt_is_cut_into_few_phrases():
    spans = phrases("red fox, " * 110_000)
    assert len(spans) == MAX_PHRASES
    assert spans[-1][1] == 989_999


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox", ["a fox"]),
        ("fox, red, 4k", ["fox,", "red,", "4k"]),
        ("a fox on a hill", ["a fox", "on a hill"]),
        ("the cat and the dog", ["the cat", "and the dog"]),
        ("on the of a", ["on the of a"]),
        ("   ", []),
        ("(oil painting) of a fox", ["(oil painting)", "of a fox"]),
    ],
)
def test_phrases_by_hand(prompt, expected):
    assert [prompt[start:end] for start, end in phrases(prompt)] == expected


@given(TEXTS)
def test_leaving_a_phrase_out_leaves_the_others_in_order(prompt):
    spans = phrases(prompt)
    for span in spans:
        left = without(prompt, span).split()
        others = (prompt[: span[0]] + " " + prompt[span[1] :]).split()
        kept = [word.rstrip(",;:") for word in left]
        assert kept == [word.rstrip(",;:") for word in others if word.rstrip(",;:") or word in left]


@pytest.mark.parametrize(
    ("prompt", "span", "expected"),
    [
        ("fox, red, 4k", (10, 12), "fox, red"),
        ("fox, red, 4k", (5, 9), "fox, 4k"),
        ("a fox", (0, 5), ""),
    ],
)
def test_without_by_hand(prompt, span, expected):
    assert without(prompt, span) == expected


@given(TEXTS)
def test_null_edits_change_something_and_are_never_blank(prompt):
    for edited in null_edits(prompt):
        assert edited != prompt
        assert edited.strip()


def test_null_edits_by_hand():
    assert null_edits("The fox.") == ["fox.", "a fox.", "The fox"]
    assert null_edits("fox") == ["fox."]


def _value(trained, prompt):
    return float(trained.values(read_prompts(trained.encoder, [prompt]))[0])


def test_effects_are_differences_of_values(trained):
    prompt = "red fox in the forest, tiny"
    found = explain(trained, prompt)
    assert [phrase.text for phrase in found.phrases] == ["red fox", "in the forest,", "tiny"]
    whole = _value(trained, prompt)
    assert found.value == whole
    rests = ("in the forest, tiny", "red fox tiny", "red fox in the forest")
    for phrase, rest in zip(found.phrases, rests, strict=True):
        assert phrase.effect == pytest.approx(whole - _value(trained, rest), abs=1e-6)
        assert prompt[phrase.start : phrase.end] == phrase.text
        assert phrase.clear == (abs(phrase.effect) > found.noise)
    assert found.phrases[0].effect == pytest.approx(1.7, abs=0.5)
    assert found.noise == trained.calibration.noise
    assert found.target == "made/worth"


def test_what_the_encoder_does_not_see_has_no_effect(trained):
    # eight words are seen: "quiet" is the ninth
    found = explain(trained, "red fox, blue car, grey dog, green boat, quiet red fox")
    assert [phrase.cut for phrase in found.phrases] == [False, False, False, False, True]
    assert found.phrases[-1].effect is None
    assert not found.phrases[-1].clear
    assert all(phrase.effect is not None for phrase in found.phrases[:-1])


def test_a_phrase_that_is_all_there_is_has_no_effect(trained):
    (phrase,) = explain(trained, "red fox").phrases
    assert (phrase.text, phrase.effect, phrase.cut, phrase.clear) == ("red fox", None, False, False)


def test_a_phrase_within_the_noise_is_not_clear(trained):
    from dataclasses import replace

    noisy = replace(trained, calibration=replace(trained.calibration, noise=1.0))
    effects = {one.text: one for one in explain(noisy, "red fox, in the harbour").phrases}
    assert effects["red fox,"].clear
    assert abs(effects["in the harbour"].effect) < 1
    assert not effects["in the harbour"].clear


def test_explaining_nothing_is_refused(trained):
    with pytest.raises(PPPError, match="explain needs a prompt with at least one word, got an empty one"):
        explain(trained, " \n ")


def test_an_explanation_of_a_million_characters_ends(trained):
    found = explain(trained, "red fox, " * 110_000)
    *seen, rest = found.phrases
    assert len(seen) <= MAX_PHRASES
    assert not any(phrase.cut for phrase in seen)
    assert rest.cut
    assert rest.effect is None
    assert found.prompt[rest.start : rest.end] == rest.text
    assert len(rest.text) > 900_000
    assert all(phrase.end <= rest.start for phrase in seen)


def test_variants_are_compared_with_the_reference(trained):
    reference = "green fox in the garden"
    variants = ["red fox in the garden", "blue fox in the garden", reference]
    better, worse, same = compare_variants(trained, reference, variants)
    assert [one.prompt for one in (better, worse, same)] == variants
    assert [one.verdict for one in (better, worse, same)] == ["better", "worse", "tied"]
    expected = _value(trained, variants[0]) - _value(trained, reference)
    assert better.difference == pytest.approx(expected, abs=1e-6)
    assert better.chance == pytest.approx(1 / (1 + math.exp(-trained.calibration.slope * better.difference)))
    assert worse.chance < 1 / 3
    assert (same.difference, same.chance) == (0, 0.5)
    assert isinstance(better, VariantComparison)


@pytest.mark.parametrize(
    ("difference", "chance", "noise", "verdict"),
    [
        (0.5, 0.7, 0.1, "better"),
        (-0.5, 0.3, 0.1, "worse"),
        (0.5, 0.65, 0.1, "tied"),
        (-0.5, 0.35, 0.1, "tied"),
        (0.5, 0.9, 0.5, "tied"),
    ],
)
def test_a_verdict_needs_a_chance_of_two_thirds_and_more_than_noise(difference, chance, noise, verdict):
    assert _verdict(difference, chance, noise) == verdict


def test_swapping_the_prompts_swaps_the_chance(trained):
    (there,) = compare_variants(trained, "red fox", ["blue car"])
    (back,) = compare_variants(trained, "blue car", ["red fox"])
    assert there.chance + back.chance == pytest.approx(1)
    assert there.difference == -back.difference


def test_chance_is_of_the_target_s_own_slope():
    flat = Calibration(*(np.zeros(1),) * 4, slope=0.0, noise=0.0)
    assert flat.chance(np.array([5.0])).tolist() == [0.5]


@given(st.lists(st.sampled_from("a b c D d".split())), st.lists(st.sampled_from("a b c D d".split())))
def test_words_that_are_the_same_stand_in_one_order_in_both(reference, variant):
    marked = differing_words(" ".join(reference), " ".join(variant))
    assert [word for word, _ in marked] == variant
    rest = iter(word.lower() for word in reference)
    assert all(word.lower() in rest for word, differs in marked if not differs)


def test_differing_words_by_hand():
    assert differing_words("A red fox", "a red FOX") == [("a", False), ("red", False), ("FOX", False)]
    assert differing_words("", "new") == [("new", True)]
    assert differing_words("old", "") == []
