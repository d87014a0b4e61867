"""The figure of before and after holds both estimates; the best image is told from those tied with it."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.charts.before_after import before_after_figure, describe_before_after, standing
from ppp_core.targets import Target

TARGET = Target("made/look", "How it looks", "rating", 1.0, 5.0, "people", "about {value}", "", decimals=1)


@dataclass(frozen=True)
class Made:
    """An estimate."""

    value: float
    low: float | None
    high: float | None


def test_both_estimates_stand_on_the_targets_whole_range():
    before, after = Made(2.6, 1.5, 3.75), Made(3.12, 2.5, 3.5)
    figure = before_after_figure(TARGET, before, after, n_images=4)
    bars = [trace for trace in figure.data if trace.mode == "lines"]
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert [tuple(bar.x) for bar in bars] == [(1.5, 3.75), (2.5, 3.5)]
    assert [tuple(point.x) for point in points] == [(2.6,), (3.12,)]
    assert [point.y for point in points] == [bar.y[:1] for bar in bars]
    assert points[0].marker.symbol != points[1].marker.symbol  # told apart without colour
    low, high = figure.layout.xaxis.range
    assert low <= 1.0
    assert high >= 5.0
    assert high - low == pytest.approx(4.0, rel=0.05)
    assert "rating" in figure.layout.xaxis.title.text
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_names_and_values_are_written_beside_the_bars():
    figure = before_after_figure(TARGET, Made(2.6, 1.5, 3.7), Made(3.12, 2.5, 3.5), n_images=1)
    assert [one.text for one in figure.layout.annotations] == [
        "Before, from the words alone",
        "<b>2.6</b> (1.5 to 3.7)",
        "After, having seen 1 image",
        "<b>3.1</b> (2.5 to 3.5)",
    ]
    up, down = figure.layout.yaxis.range
    assert up > down  # the first row on top
    assert all(down < one.y < up for one in figure.layout.annotations)


def test_it_is_told_in_words():
    told = describe_before_after(TARGET, Made(2.6, 1.5, 3.7), Made(3.12, 2.5, 3.5), n_images=8)
    assert told == (
        "How it looks: before 2.6 (90 % interval 1.5 to 3.7), after 8 images 3.1 (90 % interval 2.5 to 3.5)."
    )


def test_intervals_that_touch_are_tied_and_an_image_alone_is_nothing():
    best, touching, below = Made(4.0, 3.0, 5.0), Made(2.0, 1.0, 3.0), Made(2.0, 1.0, 2.9)
    assert standing([below, touching, best]) == ("", "tied", "best")
    assert standing([best]) == ("",)
    assert standing([None, best]) == ("", "")
    assert standing([]) == ()


def test_without_intervals_only_the_same_value_is_tied():
    assert standing([Made(3.0, None, None), Made(2.9, None, None), Made(3.0, None, None)]) == (
        "best",
        "",
        "tied",
    )


numbers = st.floats(0, 5, allow_nan=False)
estimates = st.tuples(numbers, numbers, numbers).map(
    lambda three: Made(*(sorted(three)[i] for i in (1, 0, 2)))
)


@given(st.lists(st.none() | estimates, max_size=9))
def test_one_is_best_and_whoever_is_not_tied_is_surely_lower(given):
    signs = standing(given)
    known = [one for one in given if one is not None]
    assert len(signs) == len(given)
    assert signs.count("best") == (len(known) > 1)
    if len(known) > 1:
        best = given[signs.index("best")]
        assert best.value == max(one.value for one in known)
        assert all(
            (one.high < best.low) == (sign == "")
            for one, sign in zip(given, signs, strict=True)
            if one is not None and sign != "best"
        )
