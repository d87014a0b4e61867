"""The matrix holds the board's figures, in blocks that never mix judges, on one colour scale."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from ppp_core.charts.correlations import correlation_matrix
from ppp_core.charts.looks import COLOURS, OKABE_ITO, SCALE, ink
from ppp_core.errors import PPPError


def blocks(figure):
    return {trace.name: trace for trace in figure.data if trace.type == "heatmap"}


def points(figure):
    return next(trace for trace in figure.data if trace.type == "scatter")


def texts(figure):
    trace = points(figure)
    return dict(zip(map(tuple, trace.customdata), trace.text, strict=True))


def test_cells_are_the_boards_figures_with_interval_and_mark(board):
    figure = correlation_matrix(board)
    people = blocks(figure)["people, measured"]
    assert [list(row) for row in people.z] == [[0.1, None], [0.5, 0.4]]
    text = texts(figure)
    assert text["a/look", "length", "measured"] == "<b>.100</b><br>.00 to .20"  # significantly below
    assert text["a/look", "probe · words", "measured"] == "<b>.500</b> ★<br>.40 to .60"
    assert len(text) == len(board)


def test_a_row_that_is_not_significantly_worse_is_marked_as_tied(board):
    text = texts(correlation_matrix(board, measure="spearman"))
    assert text["a/look", "length", "measured"] == "<b>.100</b> ≈<br>.00 to .20"


def test_judges_and_sources_have_blocks_of_their_own_with_gaps(board):
    found = blocks(correlation_matrix(board))
    assert list(found) == [
        "people, measured",
        "people, published",
        "retrieval, measured",
        "retrieval, author's re-run",
        "models, measured",
    ]
    spans = [
        (trace.x0, trace.x0 + len(trace.z[0]) - 1)
        for name, trace in found.items()
        if name.endswith(", measured")
    ]
    for (_, end), (start, _) in pairwise(spans):
        assert start > end + 1  # more than a column's step


def test_others_figures_are_marked_rows_without_interval_or_tie(board):
    figure = correlation_matrix(board)
    published = blocks(figure)["people, published"]
    assert [row[0] for row in published.z] == [0.45, 0.6]
    assert texts(figure)["a/look", "BERT", "published"] == "<b>.450</b>"
    assert list(figure.layout.yaxis.ticktext) == [
        "length",
        "probe · words",
        "◇ BERT",
        "◇ CLIP, sees the images",
        "◆ mBERT",
    ]
    headings = [note.text for note in figure.layout.annotations]
    assert "<b>Published by others</b>" in headings


def test_the_colour_scale_is_the_same_whatever_is_shown(board):
    for rows in (board, board[board["method"] == "length"]):
        axis = correlation_matrix(rows).layout.coloraxis
        assert (axis.cmin, axis.cmax) == SCALE == (-0.2, 0.8)
        assert [tuple(pair) for pair in axis.colorscale] == COLOURS


def test_every_cell_can_be_pointed_at_and_clicked(board):
    trace = points(correlation_matrix(board))
    assert {tuple(one) for one in trace.customdata} == {
        (row.target, row.method, row.source) for row in board.itertuples()
    }
    told = dict(zip(map(tuple, trace.customdata), trace.hovertext, strict=True))
    words = told["a/look", "probe · words", "measured"]
    assert "Pearson r .500, 95 % interval .400 to .600" in words
    assert "validation: 80 prompts, mean of 5 seeds" in words
    assert "Measured by us: PPP" in words
    assert "no interval published" in told["a/look", "BERT", "published"]


def test_points_lie_on_their_cells(board):
    figure = correlation_matrix(board)
    trace = points(figure)
    place = {tuple(one): (x, y) for one, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
    block = blocks(figure)["retrieval, measured"]
    assert place["a/find", "length", "measured"] == (block.x0, block.y0)
    assert place["a/find", "probe · words", "measured"] == (block.x0, block.y0 + block.dy)


def test_the_chosen_cell_has_a_frame(board):
    plain, chosen = correlation_matrix(board), correlation_matrix(board, chosen=("b/match", "probe · words"))
    assert len(chosen.layout.shapes) == len(plain.layout.shapes) + 1
    assert chosen.layout.shapes[-1].x0 == 0.5  # second column
    assert correlation_matrix(board, chosen=("b/match", "nobody")).layout.shapes == plain.layout.shapes


def test_the_spread_between_seeds_can_stand_in_the_cells(board):
    text = texts(correlation_matrix(board, spread=True))
    assert text["a/look", "probe · words", "measured"] == "<b>.500</b> ★<br>± .010"


def test_names_from_elsewhere_are_escaped(make_row):
    rows = pd.DataFrame([make_row("a/<b>x</b>", "<i>m</i>", 0.2)])
    figure = correlation_matrix(rows)
    assert figure.layout.yaxis.ticktext[0] == "&lt;i&gt;m&lt;/i&gt;"
    assert "<b>x" not in "".join(note.text for note in figure.layout.annotations)


def test_background_is_transparent_and_colours_differ(board):
    layout = correlation_matrix(board).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert len(set(OKABE_ITO)) == len(OKABE_ITO)


def test_text_stands_out_from_every_colour_of_the_scale():
    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    places = [place for place, _ in COLOURS]
    channels = [[int(colour[i : i + 2], 16) / 255 for _, colour in COLOURS] for i in (1, 3, 5)]
    for value in np.linspace(-0.25, 0.85, 111):
        shade = [np.interp(value + 0.2, places, channel) for channel in channels]
        text = 0.0 if ink(value) == "#000000" else 1.0
        low, high = sorted((luminance(shade), text))
        assert (high + 0.05) / (low + 0.05) >= 4.5, value


def test_two_rows_for_one_cell_are_refused(board):
    with pytest.raises(PPPError, match=r"Two rows want the cell of length and a/look"):
        correlation_matrix(pd.concat([board, board.head(1)], ignore_index=True))


def test_nothing_to_show_and_a_column_that_is_missing(board):
    with pytest.raises(PPPError, match=r"at least one measured correlation, got none"):
        correlation_matrix(board.head(0))
    with pytest.raises(PPPError, match=r"needs the columns pearson_low, which"):
        correlation_matrix(board.drop(columns="pearson_low"))
