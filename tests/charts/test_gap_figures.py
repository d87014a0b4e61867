"""Maps of prompts and pictures show the places that they are given, and say how far they can be trusted."""

from dataclasses import replace

import numpy as np
import pytest

from ppp_core.charts.gap_colours import GREY, MOST, OTHERS, UNKNOWN, by_names, by_numbers, palette
from ppp_core.charts.gap_map import (
    LINES,
    MANY,
    MOST_LINES,
    PLACED,
    RING,
    Overlay,
    Spot,
    common_limits,
    gap_map,
)
from ppp_core.charts.headlines import facts_of
from ppp_core.errors import PPPError
from ppp_core.modality_gap import Projection


def projection(n=3, **other):
    xy = np.arange(2 * n, dtype=np.float32).reshape(-1, 2)
    told = {
        "text_xy": xy,
        "image_xy": xy + 100,
        "rows": np.arange(n) * 2,
        "method": "pca",
        "settings": {},
        "trustworthiness": 0.873,
        "overlap": 0.42,
        "of": 9 * n,
        "how_sampled": "drawn at random (seed 0)",
        "axes": None,
        "centre": None,
        "x_title": "PC 1 <b>",
        "y_title": "PC 2",
    }
    return Projection(**told | other)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_points_of_both_and_lines_between_partners():
    found = traces(gap_map(projection()))
    assert list(found["prompts"].x) == [0, 2, 4]
    assert list(found["pictures"].y) == [101, 103, 105]
    assert found["prompts"].marker.symbol != found["pictures"].marker.symbol
    assert [one[0] for one in found["pictures"].customdata] == [0, 2, 4]
    assert list(found[LINES].x) == [0, 100, None, 2, 102, None, 4, 104, None]
    assert list(found[LINES].y) == [1, 101, None, 3, 103, None, 5, 105, None]
    assert LINES not in traces(gap_map(projection(), lines=False))


def test_a_map_says_how_many_it_shows_and_how_faithful_it_is():
    figure = gap_map(projection(), facts=["Scenes", "dual-lite"])
    told = facts_of(figure).replace("<br>", " ").replace(" · ", " ")
    assert told == (
        "Scenes dual-lite 3 of 27 pairs shown, drawn at random (seed 0) "
        "trustworthiness .87, keeps 42 % of the 15 nearest neighbours"
    )
    assert figure.layout.xaxis.title.text == "PC 1 &lt;b&gt;"


def test_moved_points_stand_where_they_are_now():
    moved = np.zeros((3, 2))
    found = traces(gap_map(projection(), text_xy=moved, limits=((-1, 2), (0, 9))))
    assert list(found["prompts"].x) == [0, 0, 0]
    assert list(found["pictures"].x) == [100, 102, 104]
    assert list(found[LINES].x)[:3] == [0, 100, None]
    figure = gap_map(projection(), limits=((-1, 2), (0, 9)))
    assert figure.layout.xaxis.range == (-1, 2)
    assert figure.layout.yaxis.range == (0, 9)


def test_limits_have_room_for_all_places():
    assert common_limits([[0, 5]], [[10, 5], [4, 5]], margin=0.1) == ((-1, 11), (4.9, 5.1))


def test_selected_pairs_have_rings_and_a_prompt_has_a_star():
    found = traces(gap_map(projection(), chosen=[4, 99], spot=Spot(1.5, -2, "a <b> fox")))
    assert (list(found[RING].x), list(found[RING].y)) == ([4, 104], [5, 105])
    assert (found[PLACED].x, found[PLACED].y) == ((1.5,), (-2,))
    assert found[PLACED].text == ("a &lt;b&gt; fox",)
    assert RING not in traces(gap_map(projection(), chosen=[1]))  # that pair is not on the map


def test_texts_are_text():
    found = traces(gap_map(projection(), hover=["<i>a", "word " * 30, "c\nscore: 3"]))
    assert found["prompts"].text[0] == "&lt;i&gt;a"
    assert found["prompts"].text[1].count("<br>") >= 2
    assert found["pictures"].text[2] == "c<br>score: 3"


def test_without_labels_the_points_still_tell_which_they_are():
    figure = gap_map(projection(), hover=["<i>a", "b", "c"], labels=False)
    for side in ("text", "image"):
        points = next(one for one in figure.data if one.meta == side)
        assert (points.hoverinfo, points.hovertemplate) == ("none", None)
        assert points.text == ("<i>a", "b", "c")  # shown as text by whoever listens
        assert [one[0] for one in points.customdata] == [0, 2, 4]
    assert traces(gap_map(projection()))["prompts"].hovertemplate == "prompt<extra></extra>"


def test_more_names_in_the_legend_leave_the_points_their_room():
    few = gap_map(projection())
    many = gap_map(projection(), colouring=by_names("generator", ["a generator with a name", "b", "c"]))
    room = [one.layout.height - one.layout.margin.t for one in (few, many)]
    assert room[1] - room[0] >= 3 * 19


def test_what_is_laid_over_lies_beneath():
    over = Overlay("Other", [[0, 0]], [[1, 1]], "1 of 9 pairs shown")
    found = traces(gap_map(projection(), overlay=over))
    assert found["pictures, Other"].zorder < (found["pictures"].zorder or 0)
    coloured = traces(gap_map(projection(), overlay=over, colouring=by_names("generator", ["b", "b", "a"])))
    assert coloured["pictures, Other"].marker.color == GREY
    assert found["pictures, Other"].marker.color not in (GREY, found["pictures"].marker.color)


def test_numbers_are_on_one_scale_for_both():
    figure = gap_map(projection(), colouring=by_numbers("score <", [1.0, None, 5]))
    prompts, pictures = (next(one for one in figure.data if one.meta == side) for side in ("text", "image"))
    assert list(prompts.marker.color) == list(pictures.marker.color) == [1, GREY, 5]
    assert (prompts.marker.cmin, prompts.marker.cmax) == (1, 5)
    assert (prompts.marker.showscale, pictures.marker.showscale) == (False, True)
    assert pictures.marker.colorbar.title.text == "score &lt;"
    with pytest.raises(PPPError, match=r"No pair has a value of score"):
        by_numbers("score", [None, float("nan")])


def test_names_have_colours_of_their_own_and_the_rest_is_grey():
    colours = by_names("generator", ["b", None, "a"])
    figure = gap_map(projection(), colouring=colours)
    shown = palette(colours)
    assert list(shown) == ["a", "b", UNKNOWN]
    assert shown[UNKNOWN] == GREY
    points = next(one for one in figure.data if one.meta == "text")
    assert list(points.marker.color) == [shown["b"], GREY, shown["a"]]
    assert [one.name for one in figure.data if one.showlegend is None][1:] == [
        "prompts",
        "pictures",
        "a",
        "b",
        UNKNOWN,
    ]
    many = by_names("generator", [*"aabbccddeeffgh"])
    assert len(palette(many)) == MOST + 1
    assert palette(many)[OTHERS] == GREY
    assert many.of([0, 13]).values == ("a", OTHERS)


def test_many_lines_are_left_out_and_it_is_said():
    n = MOST_LINES + 1
    figure = gap_map(projection(n))
    assert LINES not in traces(figure)
    assert "lines left out above 1,500 pairs" in facts_of(figure)
    assert "left out" not in facts_of(gap_map(projection(n), lines=False))
    assert traces(figure)["prompts"].type == "scatter"
    assert traces(gap_map(projection(MANY + 1)))["prompts"].type == "scattergl"


def test_what_does_not_fit_is_told():
    with pytest.raises(PPPError, match=r"map of 3 pairs needs as many colours, got 2"):
        gap_map(projection(), colouring=by_names("kind", "ab"))
    with pytest.raises(PPPError, match=r"map of 3 pairs needs as many texts, got 1"):
        gap_map(projection(), hover=["a"])
    with pytest.raises(PPPError, match=r"as many places in image_xy, got 2"):
        gap_map(projection(), image_xy=np.zeros((2, 2)))


def test_a_map_of_all_pairs_says_so():
    shown = facts_of(gap_map(replace(projection(), of=3, how_sampled="")))
    assert shown.startswith("3 of 3 pairs shown")


def test_another_data_set_is_laid_over_in_open_symbols():
    overlay = Overlay("Scenes <i>", [(9, 8)], [(7, 6)], "1 of 5 pairs")
    figure = gap_map(projection(), overlay=overlay)
    text, image = figure.data[-2:]
    assert (text.x, text.y, image.x, image.y) == ((9,), (8,), (7,), (6,))
    assert text.name == "prompts, Scenes &lt;i&gt;"
    assert text.marker.symbol == "circle-open"
    told = facts_of(figure).replace("<br>", " ")
    assert "over it, open: Scenes &lt;i&gt;, 1 of 5 pairs" in told
