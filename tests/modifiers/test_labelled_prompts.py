"""The labelled prompts: their integrity, and how well the parser agrees with those it has not seen."""

import re
from collections import Counter
from pathlib import Path

import pytest

from ppp_core.modifiers import MODIFYING, parse, parse_all
from ppp_core.modifiers.agreement import agreement
from ppp_core.modifiers.labelled import PARTS, STYLES, read_labelled

FILE = Path(__file__).with_name("labelled.jsonl")
GUIDE = Path(__file__).with_name("GUIDE.md")
KNOWN = [kind for kind in MODIFYING if kind != "attribute"]
EVERY = read_labelled(FILE)
HELD_OUT = [one for one in EVERY if one.part == "held-out"]


@pytest.fixture(scope="module")
def held_out():
    """Judged with grammar, on the prompts that the parser was not made on."""
    parsed = parse_all([one.prompt for one in HELD_OUT])
    return agreement(HELD_OUT, {one.prompt: one for one in parsed}.__getitem__)


def told(name, score):
    return (
        f"{name}: F1 {score.f1:.3f} [{score.low:.3f}, {score.high:.3f}], precision {score.precision:.3f}, "
        f"recall {score.recall:.3f}, {score.n_labelled} labelled, {score.n_found} found"
    )


def test_there_are_enough_prompts_of_each_style():
    sizes = Counter((one.style, one.part) for one in EVERY)
    assert len(EVERY) >= 300
    for style in STYLES:
        both = [sizes[style, part] for part in PARTS]
        assert sum(both) >= 55, (style, both)
        assert min(both) >= 27, (style, both)


def test_labels_are_trimmed_and_without_articles():
    for one in EVERY:
        for label in one.labels:
            text = one.prompt[label.start : label.end]
            assert text == text.strip(" \n,.;"), (one.prompt, text)
            if label.kind in MODIFYING:
                assert not re.match(r"(a|an|the) ", text, re.IGNORECASE), (one.prompt, text)


def test_labels_do_not_cut_words():
    for one in EVERY:
        for label in one.labels:
            for edge in (label.start, label.end):
                assert not re.fullmatch(r"\w\w", one.prompt[max(edge - 1, 0) : edge + 1]), (one.prompt, label)


def test_every_kind_that_modifies_is_labelled():
    labelled = {label.kind for one in EVERY for label in one.labels}
    assert set(MODIFYING) <= labelled


def test_some_prompts_have_no_modifier_and_some_nothing_else():
    alone = [one for one in EVERY if not one.labels]
    assert len(alone) >= 10
    rest = [re.sub(r"[\s,.]", "", _unlabelled(one)) for one in EVERY]
    assert rest.count("") >= 3


def _unlabelled(one):
    kept, last = "", 0
    for label in one.labels:
        kept, last = kept + one.prompt[last : label.start], label.end
    return kept + one.prompt[last:]


def test_guide_names_every_kind():
    text = GUIDE.read_text(encoding="utf-8")
    for kind in (*MODIFYING, "parameter", "negative"):
        assert kind in text


def test_spans_of_unseen_prompts_are_found(held_out):
    score = held_out.scores["modifier"]
    assert score.f1 >= 0.90, told("is it a modifier", score)


def test_kinds_of_unseen_prompts_are_told(held_out):
    score = held_out.scores["kind"]
    assert score.f1 >= 0.80, told("its kind", score)


def test_known_terms_of_unseen_prompts_are_found_without_grammar():
    judged = agreement(HELD_OUT, lambda prompt: parse(prompt, grammar=False), kinds=KNOWN)
    score = judged.scores["kind"]
    assert score.f1 >= 0.80, told("kind of known terms, without grammar", score)
