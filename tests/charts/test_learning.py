"""Curves and transfer hold the measured figures."""

import pandas as pd
import pytest

from ppp_core.charts.learning import learning_curves, transfer_matrix
from ppp_core.charts.looks import standalone_html
from ppp_core.errors import PPPError


def point(predictor, n_train, value):
    ends = {"pearson_low": (value or 0) - 0.1, "pearson_high": (value or 0) + 0.1}
    return {"predictor": predictor, "encoder": "words", "n_train": n_train, "n": 80, "pearson": value, **ends}


def test_one_line_and_one_band_a_predictor_in_the_order_of_sizes():
    rows = [point("a", 1000, 0.4), point("b", 100, 0.1), point("a", 100, 0.2), point("b", 1000, 0.3)]
    figure = learning_curves(pd.DataFrame(rows))
    band, line, _, other = figure.data
    assert (list(line.x), list(line.y)) == ([100, 1000], [0.2, 0.4])
    assert list(other.y) == [0.1, 0.3]
    assert list(band.x) == [100, 1000, 1000, 100]
    assert list(band.y) == pytest.approx([0.3, 0.5, 0.3, 0.1])
    assert (line.line.color, line.line.dash) != (other.line.color, other.line.dash)
    assert line.line.dash != other.line.dash  # told apart without colour, too
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == ["100", "1,000"]


def pair(learned, predicted, value):
    ends = {"pearson_low": (value or 0) - 0.1, "pearson_high": (value or 0) + 0.1}
    return {"trained_on": learned, "target": predicted, "n": 80, "pearson": value, **ends}


def test_rows_are_teachers_and_columns_targets():
    rows = [pair("a/x", "a/x", 0.5), pair("a/x", "a/y", 0.2), pair("a/y", "a/y", 0.4)]
    heat, words = transfer_matrix(pd.DataFrame(rows), labels={"a/y": "Y"}).data
    assert [list(row) for row in heat.z] == [[0.5, 0.2], [None, 0.4]]
    assert list(zip(words.x, words.y, strict=True)) == [(0, 0), (1, 0), (1, 1)]
    assert words.text[1] == "<b>.200</b><br>.10 to .30"
    assert heat.customdata[1][0] == "not measured"
    assert (heat.zmin, heat.zmax) == (-0.2, 0.8)


def test_nothing_measured():
    with pytest.raises(PPPError, match=r"at least one measured point, got none"):
        learning_curves(pd.DataFrame([point("a", 100, None)]))
    with pytest.raises(PPPError, match=r"at least one measured pair, got none"):
        transfer_matrix(pd.DataFrame([pair("a", "b", 0.1)]).head(0))


def test_a_page_of_its_own_fetches_nothing():
    page = standalone_html(learning_curves(pd.DataFrame([point("a", 100, 0.2)])), title="</title><script>")
    assert b"<title>&lt;/title&gt;&lt;script&gt;</title>" in page
    assert b"<script src" not in page
    assert b"Plotly.newPlot" in page
