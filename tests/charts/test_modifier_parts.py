"""Modifiers as HTML: nothing lost, nothing unescaped, every kind told by more than its colour."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.charts.modifier_parts import LOOKS, counts_shown, kinds_shown, legend, marked_prompt
from ppp_core.modifiers import KINDS, Parsed, Part, parse

LABEL = re.compile(r'<span style="font-size:\.72rem[^"]*">([^<]*)</span>')
TAG = re.compile(r"<[^>]*>")


def made(*pieces: tuple[str, str], weight: float = 1.0, grammar: bool = False) -> Parsed:
    """A prompt of pieces (text, kind), one after the other."""
    parts, end = [], 0
    for text, kind in pieces:
        parts.append(Part(end, end + len(text), text, kind, text.lower(), weight))
        end += len(text)
    known = sum(KINDS[kind].modifies and kind != "attribute" for _, kind in pieces)
    return Parsed("".join(text for text, _ in pieces), tuple(parts), grammar, known)


def text_alone(html: str) -> str:
    """What HTML shows, labels left out."""
    return unescape(TAG.sub("", LABEL.sub("", html)))


def test_every_kind_that_is_shown_has_its_own_look():
    assert set(LOOKS) == set(KINDS) - {"subject", "separator"}
    counted = [look for kind, look in LOOKS.items() if KINDS[kind].modifies]
    assert len(set(counted)) == len(counted)


@pytest.mark.parametrize("kind", LOOKS)
def test_a_part_is_labelled_by_its_kind_in_words(kind):
    html = marked_prompt(made(("a fox", "subject"), (", ", "separator"), ("something", kind)))
    title = KINDS[kind].title
    assert LABEL.findall(html) == [title if KINDS[kind].modifies else f"{title}, not counted"]
    assert text_alone(html) == "a fox, something"


def test_a_weight_is_told_and_one_is_not():
    heavy = marked_prompt(made(("oil painting", "medium"), weight=1.3))
    assert LABEL.findall(heavy) == ["Medium ×1.3"]
    assert "weight 1.3" in heavy
    assert LABEL.findall(marked_prompt(made(("oil painting", "medium")))) == ["Medium"]


def test_what_it_is_counted_as_is_told():
    html = marked_prompt(parse("a fox, OIL-PAINTING", grammar=False))
    assert "Medium, counted as “oil painting”" in html


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["<b>", '"', "&amp;", "by <i>", "4k,", "--ar 3:2", "(hd:1.2)"]))
)
def test_any_prompt_is_shown_whole_and_escaped(given_prompt):
    prompt = given_prompt if isinstance(given_prompt, str) else " ".join(given_prompt)
    html = marked_prompt(parse(prompt, grammar=False))
    assert text_alone(html) == prompt
    assert set(re.findall(r"</?(\w+)", html)) <= {"div", "span"}


def test_markup_reaches_neither_text_nor_attributes():
    nasty = made(('"><script>x</script>', "artist"))
    for html in (marked_prompt(nasty), legend(nasty)):
        assert "<script" not in html
        assert '""' not in html


def test_the_legend_has_the_kinds_present_with_numbers_and_terms():
    parsed = parse("a fox, 4k, oil painting, masterpiece --ar 3:2", grammar=False)
    shown = [(one.kind, one.n, one.terms) for one in kinds_shown(parsed)]
    assert shown == [
        ("medium", 1, ("oil painting",)),
        ("quality", 2, ("4k", "masterpiece")),
        ("parameter", 1, ("--ar 3:2",)),
    ]
    rows = [unescape(TAG.sub("", row)) for row in re.findall(r"<li.*?</li>", legend(parsed))]
    assert rows == [
        "Medium 1 · oil painting",
        "Quality 2 · 4k, masterpiece",
        "Parameter not counted · --ar 3:2",
    ]


def test_a_long_legend_says_how_many_more():
    parsed = made(*[(f"term{number}", "mood") for number in range(15)])
    assert "term11 and 3 more" in legend(parsed)
    assert "term12" not in legend(parsed)


def test_a_term_said_twice_is_named_once():
    parsed = made(("hd", "quality"), (", ", "separator"), ("hd", "quality"))
    assert kinds_shown(parsed)[0].n == 2
    assert kinds_shown(parsed)[0].terms == ("hd",)


def test_no_kinds_no_legend():
    assert legend(parse("two dogs", grammar=False)) == ""


def test_counts_under_the_three_definitions():
    pieces = (
        ("a ", "subject"),
        ("red", "attribute"),
        (" fox", "subject"),
        (", ", "separator"),
        ("hd", "quality"),
    )
    assert [row[1] for row in counts_shown(made(*pieces, grammar=True))] == ["1", "1", "2"]
    assert [row[1] for row in counts_shown(made(*pieces[3:]))] == ["0", "1", "–"]
