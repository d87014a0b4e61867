"""A histogram counts what numpy counts, on the target's whole scale, in colours told apart."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.charts.distributions import SPLIT_COLOURS, bin_edges, describe, target_histogram
from ppp_core.datasets import Target
from ppp_core.errors import PPPError

TARGET = Target("mine/look", "Look", "rating", -1.0, 2.0, "people", "about {value}", "")
OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}


def rows(n=500, splits=("train", "validation", "test")):
    values = np.random.default_rng(0).uniform(-1, 2, n)
    return pd.DataFrame({"observed": values, "split": [splits[i % len(splits)] for i in range(n)]})


def test_counts_are_those_of_numpy_and_add_up():
    frame = rows()
    figure = target_histogram(frame, target=TARGET, bins=12)
    counts = sum(np.asarray(bar.y) for bar in figure.data)
    np.testing.assert_array_equal(counts, np.histogram(frame["observed"], bins=12, range=(-1, 2))[0])
    assert [bar.name for bar in figure.data] == ["train", "validation", "test"]
    assert counts.sum() == 500


def test_values_on_the_bounds_are_counted():
    frame = pd.DataFrame({"observed": [-1.0, 2.0], "split": [None, None]})
    assert sum(target_histogram(frame, target=TARGET).data[0].y) == 2


def test_scale_count_and_mean_are_written():
    frame = rows()
    figure = target_histogram(frame, target=TARGET)
    assert "500 prompts" in figure.layout.title.text
    assert figure.layout.xaxis.title.text == "rating, -1 to 2 (higher is better)"
    assert figure.layout.annotations[0].text == f"mean {frame['observed'].mean():.2f}"


def test_background_is_transparent_and_colours_are_okabe_and_ito_s():
    figure = target_histogram(rows(), target=TARGET)
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert {bar.marker.color for bar in figure.data} <= OKABE_ITO
    assert len(set(SPLIT_COLOURS.values())) == 3


def test_figure_stays_small_for_many_prompts():
    assert len(target_histogram(rows(100_000), target=TARGET).to_json()) < 20_000


def test_rows_without_a_split_are_shown_beside_the_others():
    figure = target_histogram(rows(splits=("train", None)), target=TARGET)
    assert [bar.name for bar in figure.data] == ["train", "no split"]


def test_constant_scale():
    constant = Target("mine/look", "Look", "rating", 1.0, 1.0, "user", "", "")
    figure = target_histogram(pd.DataFrame({"observed": [1.0, 1.0], "split": [None, None]}), target=constant)
    assert sum(figure.data[0].y) == 2
    assert bin_edges(constant, 2) == [0.5, 1.0, 1.5]


def test_sentence_agrees_with_numpy():
    frame = rows()
    quarter, middle, upper = np.quantile(frame["observed"], [0.25, 0.5, 0.75])
    assert f"median {middle:.2f}, middle half {quarter:.2f} to {upper:.2f}" in describe(frame, target=TARGET)


def test_nothing_to_draw():
    with pytest.raises(PPPError, match=r"at least one prompt with mine/look, got none"):
        target_histogram(rows().head(0), target=TARGET)
    with pytest.raises(PPPError, match=r"at least one bin, got 0"):
        target_histogram(rows(), target=TARGET, bins=0)
