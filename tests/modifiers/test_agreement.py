"""Agreement of parsed and labelled prompts, on examples that are done in the head."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.modifiers.agreement import Label, Labelled, agreement, matches, overlap
from ppp_core.modifiers.kinds import MODIFYING
from ppp_core.modifiers.parsed import Parsed, Part


def labelled(prompt, *labels, style="coco"):
    """Each label: its text, which comes once in the prompt, and its kind."""
    spans = [Label(prompt.index(text), prompt.index(text) + len(text), kind) for text, kind in labels]
    return Labelled(style, "development", prompt, tuple(spans))


def parser(**found):
    """Finds in every prompt the texts given for a kind, where they are."""

    def parse(prompt):
        parts = [
            Part(prompt.index(text), prompt.index(text) + len(text), text, kind, text)
            for kind, texts in found.items()
            for text in texts
            if text in prompt
        ]
        return Parsed(prompt, tuple(sorted(parts, key=lambda part: part.start)), grammar=True)

    return parse


FOX = labelled(
    "a red fox on ice, oil painting",
    ("red", "attribute"),
    ("on ice", "attribute"),
    ("oil painting", "medium"),
)
CAT = labelled(
    "cat, baroque style, warm color", ("baroque style", "movement"), ("warm color", "colour"), style="agiqa"
)


def test_overlap_is_intersection_over_union_of_characters():
    assert overlap(Label(0, 10, "mood"), Label(0, 10, "genre")) == 1
    assert overlap(Label(0, 10, "mood"), Label(5, 15, "mood")) == pytest.approx(5 / 15)
    assert overlap(Label(0, 4, "mood"), Label(4, 8, "mood")) == 0
    assert overlap(Label(0, 4, "mood"), Label(6, 8, "mood")) == 0


@pytest.mark.parametrize(("end", "match"), [(8, [(0, 0)]), (9, [])])
def test_half_is_enough_and_less_is_not(end, match):
    assert matches([Label(0, 4, "mood")], [Label(0, end, "mood")]) == match


def test_matching_is_one_to_one_and_greedy():
    # 0–6 overlaps the first by 4/6 and the second, 4–6, by 2/6 only
    assert matches([Label(0, 4, "mood"), Label(4, 6, "mood")], [Label(0, 6, "mood")]) == [(0, 0)]
    # one label cut in two halves: either half is enough, one alone is taken, the first
    assert matches([Label(0, 6, "mood")], [Label(0, 3, "mood"), Label(3, 6, "mood")]) == [(0, 0)]
    # with little enough, the better pair is taken although it comes later
    assert matches([Label(0, 6, "mood"), Label(6, 10, "mood")], [Label(4, 10, "mood")], enough=0.1) == [
        (1, 0)
    ]


def spans(limit=40):
    edges = st.lists(st.integers(0, limit), unique=True, max_size=12).map(sorted)
    return edges.map(lambda e: [Label(a, b, "mood") for a, b in zip(e[::2], e[1::2], strict=False)])


@given(spans(), spans())
def test_matches_use_each_span_once_and_do_not_depend_on_the_side(labels, found):
    pairs = matches(labels, found)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(overlap(labels[i], found[j]) >= 0.5 for i, j in pairs)
    assert len(matches(found, labels)) == len(pairs)
    assert matches(labels, labels) == [(i, i) for i in range(len(labels))]


def test_perfect_agreement_is_one_everywhere():
    parse = parser(
        attribute=["red", "on ice"],
        medium=["oil painting"],
        movement=["baroque style"],
        colour=["warm color"],
    )
    judged = agreement([FOX, CAT], parse, resamples=50)
    assert judged.n_prompts == 2
    for score in judged.scores.values():
        assert (score.n_labelled, score.n_found, score.n_agreed) == (5, 5, 5)
        assert (score.precision, score.recall, score.f1, score.low, score.high) == (1, 1, 1, 1, 1)
    assert judged.kind_accuracy.value == 1
    assert judged.confusions == {}
    assert list(judged.by_kind) == ["medium", "movement", "colour", "attribute"]
    assert judged.count.mean_absolute_error == 0
    assert judged.count.correlation.value == pytest.approx(1)


def test_a_worked_example():
    # FOX: "red" and "on ice" whole (2 matches, 2 exact, 2 of kind), "oil painting" missed, "fox" too much.
    # CAT: "baroque style" found as "baroque" (7/13: matches, not exact, kind right),
    #      "warm color" whole but as lighting (matches, exact, kind wrong).
    parse = parser(attribute=["red", "on ice"], mood=["fox"], movement=["baroque"], lighting=["warm color"])
    judged = agreement([FOX, CAT], parse, resamples=200)
    agreed = {name: (s.n_labelled, s.n_found, s.n_agreed) for name, s in judged.scores.items()}
    assert agreed == {"modifier": (5, 5, 4), "exact": (5, 5, 3), "kind": (5, 5, 3)}
    assert judged.scores["modifier"].f1 == pytest.approx(0.8)
    assert judged.kind_accuracy.value == pytest.approx(3 / 4)
    assert judged.confusions == {("colour", "lighting"): 1}
    assert judged.by_style["coco"]["modifier"].precision == pytest.approx(2 / 3)
    assert judged.by_style["coco"]["modifier"].recall == pytest.approx(2 / 3)
    assert judged.by_style["agiqa"]["kind"].f1 == pytest.approx(1 / 2)
    assert judged.by_kind["attribute"].f1 == 1
    medium, mood = judged.by_kind["medium"], judged.by_kind["mood"]
    assert (medium.recall, medium.f1) == (0, 0)
    assert math.isnan(medium.precision)
    assert math.isnan(mood.recall)
    assert judged.count.mean_absolute_error == 0
    assert judged.count.exactly == 1


def test_mean_over_kinds_takes_kinds_with_ten_labels():
    many = [labelled(f"{n} red fox, moody", ("red", "attribute"), ("moody", "mood")) for n in range(10)]
    few = [labelled(f"{n} cat, 4k", ("4k", "quality")) for n in range(9)]
    # all attributes are found, no mood, no quality: (1 + 0) / 2; with one prompt more quality counts too
    assert agreement(many + few, parser(attribute=["red"]), resamples=20).kind_macro.value == pytest.approx(
        1 / 2
    )
    few.append(labelled("a hen, 4k", ("4k", "quality")))
    assert agreement(many + few, parser(attribute=["red"]), resamples=20).kind_macro.value == pytest.approx(
        1 / 3
    )
    assert math.isnan(agreement(few[:3], parser(), resamples=20).kind_macro.value)


def test_kinds_left_out_are_neither_wanted_nor_blamed():
    known = [kind for kind in MODIFYING if kind != "attribute"]
    judged = agreement([FOX], parser(medium=["oil painting"], attribute=["fox"]), kinds=known, resamples=20)
    assert judged.scores["modifier"].f1 == 1
    assert list(judged.by_kind) == ["medium"]
    # "red" found as a colour is blamed: nothing of these kinds is labelled there
    judged = agreement([FOX], parser(medium=["oil painting"], colour=["red"]), kinds=known, resamples=20)
    assert judged.scores["modifier"].precision == pytest.approx(1 / 2)


def test_syntax_is_not_judged_unless_asked_for():
    one = labelled("a fox --ar 3:2", ("--ar 3:2", "parameter"))
    parse = parser(parameter=["--ar 3:2"])
    assert agreement([one], parse, resamples=20).scores["modifier"].n_found == 0
    assert agreement([one], parse, kinds=["parameter"], resamples=20).by_kind["parameter"].f1 == 1


def test_counts_are_compared_prompt_by_prompt():
    # labelled 3, 2 and 0 modifiers, found 1, 2 and 1: off by 2, 0 and 1
    parse = parser(attribute=["red"], movement=["baroque"], colour=["warm color"], mood=["hen"])
    count = agreement([FOX, CAT, labelled("a hen")], parse).count
    assert (count.mean_labelled, count.mean_found) == (pytest.approx(5 / 3), pytest.approx(4 / 3))
    assert count.mean_absolute_error == pytest.approx(3 / 3)
    assert count.exactly == pytest.approx(1 / 3)
    assert count.correlation.value == pytest.approx(np.corrcoef([3, 2, 0], [1, 2, 1])[0, 1])
    assert math.isnan(agreement([FOX, CAT], parser(), resamples=20).count.correlation.value)


def test_interval_resamples_prompts_not_spans():
    # half the prompts are wholly right, half wholly wrong; each has four labels, so resampling the
    # spans would give an interval half as wide. The share of right prompts is binomial.
    text = "w, x, y, z"
    kinds = [("w", "mood"), ("x", "mood"), ("y", "mood"), ("z", "mood")]
    right = [labelled(f"{n}: {text}", *kinds) for n in range(50)]
    wrong = [labelled(f"n{n}: {text}", *kinds) for n in range(50)]

    def parse(prompt):
        return parser(mood=[] if prompt.startswith("n") else ["w", "x", "y", "z"])(prompt)

    score = agreement(right + wrong, parse, resamples=4000).scores["modifier"]
    shares = np.random.default_rng(1).binomial(100, 0.5, 200_000) / 100
    f1 = np.quantile(2 * shares / (1 + shares), [0.025, 0.975])  # precision is 1, recall the share
    assert score.f1 == pytest.approx(2 / 3)
    assert [score.low, score.high] == pytest.approx(f1, abs=0.012)


def test_kinds_are_right_in_every_resample_where_all_matched_kinds_are_right():
    judged = agreement(
        [FOX, CAT], parser(attribute=["red"], mood=["cat"], movement=["baroque"]), resamples=50
    )
    assert (judged.kind_accuracy.value, judged.kind_accuracy.low, judged.kind_accuracy.high) == (1, 1, 1)
    assert judged.scores["kind"].high < 1


def test_same_seed_same_interval():
    parse = parser(attribute=["red"], movement=["baroque style"])
    assert agreement([FOX, CAT], parse, seed=3).as_dict() == agreement([FOX, CAT], parse, seed=3).as_dict()


def test_frame_and_json_hold_the_same_scores():
    judged = agreement([FOX, CAT], parser(attribute=["red", "on ice"], lighting=["warm color"]), resamples=20)
    frame = judged.frame
    assert list(frame.columns[:3]) == ["level", "name", "measure"]
    assert len(frame) == 3 + 2 * 3 + len(judged.by_kind)
    row = frame[(frame.level == "style") & (frame.name == "agiqa") & (frame.measure == "modifier")].iloc[0]
    assert (row.n_labelled, row.n_agreed, row.recall) == (2, 1, 0.5)
    plain = json.loads(json.dumps(judged.as_dict(), allow_nan=False))
    assert plain["scores"]["modifier"]["n_agreed"] == 3
    assert plain["by_kind"]["medium"]["precision"] is None
    assert plain["confusions"] == [{"labelled": "colour", "found": "lighting", "n": 1}]


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(PPPError, match="at least one labelled prompt, got none"):
        agreement([], parser())
    with pytest.raises(PPPError, match=r"Unknown kind 'color'\. Did you mean 'colour'"):
        agreement([FOX], parser(), kinds=["color"])
    with pytest.raises(PPPError, match="at least one resample, got 0"):
        agreement([FOX], parser(), resamples=0)
