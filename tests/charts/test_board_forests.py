"""Forests rank, group and mark as the board says."""

import pandas as pd
import pytest

from ppp_core.charts.board_forests import (
    across_forest,
    metric_forest,
    own_forest,
    ranked_forest,
    subset_forest,
)
from ppp_core.charts.forests import Line, forest
from ppp_core.errors import PPPError


def written(figure):
    return [note.text for note in figure.layout.annotations]


def test_the_best_comes_first_and_marks_are_the_boards(board):
    figure = ranked_forest(board, "a/look", chosen="length")
    assert [text for text in written(figure) if text.startswith("<b>")] == [
        "<b>.600</b>",
        "<b>.500</b> ★",
        "<b>.450</b>",
        "<b>.100</b>",
    ]
    ours, published = sorted(figure.data, key=lambda trace: trace.name)
    assert (ours.name, published.name) == ("Measured by us", "Published by others")
    assert ours.marker.symbol != published.marker.symbol
    assert ours.marker.color != published.marker.color
    assert list(ours.error_x.array) == pytest.approx([0.1, 0.1])
    assert list(published.error_x.array) == [0.0, 0.0]
    assert any(shape.type == "rect" for shape in figure.layout.shapes)  # the chosen one


def test_lines_stand_below_each_other_in_the_order_of_their_values(board):
    figure = ranked_forest(board, "a/look")
    places = [(y, x) for trace in figure.data for x, y in zip(trace.x, trace.y, strict=True)]
    values = [x for _, x in sorted(places)]
    assert values == sorted(values, reverse=True)
    first, last = figure.layout.yaxis.range
    assert first > last  # downwards


def test_a_method_across_data_sets_keeps_judges_apart(board):
    figure = across_forest(board, "probe · words", labels={"a/look": "Look"})
    headings = [text for text in written(figure) if text.startswith("<b>") and not text.startswith("<b>.")]
    assert headings == [
        "<b>Judged by people</b>",
        "<b>Relevance judged by people, ranking by a search model</b>",
        "<b>Made by models, not by people</b>",
    ]
    assert list(figure.data[0].x) == [0.5, 0.4, 0.3, 0.8]


def test_subsets_are_grouped_by_kind():
    rows = [
        {"by": "length", "group": "short", "n": 40, "pearson": 0.4},
        {"by": "modifiers", "group": "none", "n": 30, "pearson": 0.2},
        {"by": "length", "group": "long", "n": 40, "pearson": 0.6},
        {"by": "length", "group": "empty", "n": 2, "pearson": None},
    ]
    figure = subset_forest(pd.DataFrame([one | {"pearson_low": 0.1, "pearson_high": 0.7} for one in rows]))
    assert list(figure.data[0].x) == [0.4, 0.6, 0.2]
    assert "<b>Number of modifiers</b>" in written(figure)


def test_metrics_that_see_images_and_ours_are_told_apart():
    rows = [
        {"metric": "CLIPScore", "kind": "sees images", "spearman": 0.22, "spearman_tied": False},
        {"metric": "probe", "kind": "text only", "spearman": 0.57, "spearman_tied": True},
        {"metric": "TIFA", "kind": "sees images", "spearman": 0.68, "spearman_tied": True},
    ]
    rows = [
        one | {"n": 160, "trained_on": "", "spearman_low": 0.1, "spearman_high": 0.8, "spearman_p": 0.2}
        for one in rows
    ]
    figure = metric_forest(pd.DataFrame(rows))
    assert [text for text in written(figure) if text.startswith("<b>")] == [
        "<b>.680</b> ★",
        "<b>.570</b> ≈",
        "<b>.220</b>",
    ]
    assert {trace.name for trace in figure.data} == {"Sees the images", "Reads the prompt alone"}


def test_your_own_stands_among_ours():
    table = pd.DataFrame(
        [
            {"target": "a/b", "n": 9, "pearson": v, "pearson_low": v - 0.1, "pearson_high": v + 0.1}
            for v in (0.1, 0.5)
        ]
    )
    figure = own_forest(table, yours=(0.3, 0.2, 0.4, 9))
    assert [trace.name for trace in figure.data] == ["PPP's", "yours"]
    assert list(figure.data[1].x) == [0.3]
    with pytest.raises(PPPError, match=r"are they all the same\?"):
        own_forest(table.head(0))


def test_room_grows_with_the_lines():
    few = forest([Line("a", 0.1)] * 2, axis="r").layout.height
    many = forest([Line("a", 0.1)] * 20, axis="r").layout.height
    assert many - few == pytest.approx(18 * 44, abs=1)


def test_a_note_without_room_gives_way_and_a_long_name_is_cut():
    long = "word " * 20
    figure = forest([Line("a" * 30, 0.1, note="b" * 30), Line("a", 0.2, note="b"), Line(long, 0.3)], axis="r")
    first, _, second, _, third, _ = written(figure)
    assert "b" not in first
    assert second.endswith("b</span>")
    assert third.endswith("…")
    assert len(third) <= 52


def test_markup_in_a_name_is_text():
    figure = forest([Line("<img src=x>", 0.1)], axis="r")
    assert "&lt;img" in written(figure)[0]
    assert "<img" not in "".join(figure.data[0].text)


def test_faults():
    with pytest.raises(PPPError, match=r"at least one line, got none"):
        forest([], axis="r")
    with pytest.raises(PPPError, match=r"one heading a line, got 2 for 1"):
        forest([Line("a", 0.1)], axis="r", groups=["x", "y"])
