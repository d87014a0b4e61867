"""Clouds count as numpy counts; residuals and misses are observed less predicted."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.charts.clouds import cloud, counted, density_cloud, residuals, worst_misses
from ppp_core.errors import PPPError


@pytest.fixture
def found():
    random = np.random.default_rng(0)
    predicted = random.normal(1, 0.3, 400)
    observed = predicted + random.normal(0, 0.5, 400)
    prompts = [f"prompt {i}" for i in range(400)]
    return pd.DataFrame({"prompt": prompts, "predicted": predicted, "observed": observed})


def test_counts_are_numpys_and_are_drawn_with_x_across(found):
    grid = counted(found, cells=6)
    expected, x_edges, _ = np.histogram2d(found["predicted"], found["observed"], bins=6)
    assert np.array_equal(grid["counts"], expected)
    heat = density_cloud(grid, unit="HBPP").data[0]
    assert np.array_equal(np.array(heat.customdata).T, expected)
    assert np.allclose(np.array(heat.z) ** 2, np.array(heat.customdata))
    assert np.allclose(heat.x, (x_edges[:-1] + x_edges[1:]) / 2)


def test_every_prompt_is_a_point_and_the_title_says_how_many(found):
    figure = cloud(found, unit="HBPP")
    assert list(figure.data[1].x) == found["predicted"].tolist()
    assert list(figure.data[1].y) == found["observed"].tolist()
    assert figure.layout.title.text == "400 of 400 prompts shown"


def test_beyond_the_limit_counts_alone_are_drawn():
    many = pd.DataFrame({"predicted": np.arange(20_001.0), "observed": np.arange(20_001.0)})
    figure = cloud(many, unit="HBPP")
    assert len(figure.data) == 1
    assert figure.layout.title.text == "20,001 prompts, counted in cells"
    assert sum(map(sum, figure.data[0].customdata)) == 20_001


def test_many_prompts_on_few_places_are_circles_whose_area_counts():
    few = pd.DataFrame({"predicted": [0.0] * 6 + [1.0] * 3, "observed": [0.5] * 6 + [1.0] * 3})
    figure = cloud(few, unit="HBPP", diagonal=False)
    (circles,) = figure.data
    assert list(zip(circles.x, circles.y, circles.marker.size, strict=True)) == [(0.0, 0.5, 6), (1.0, 1.0, 3)]
    assert circles.marker.sizemode == "area"
    assert figure.layout.title.text.startswith("9 of 9 prompts shown, in 2 places")


def test_residuals_and_their_mean_in_ten_groups(found):
    points, line = residuals(found, unit="HBPP").data
    left = found["observed"] - found["predicted"]
    assert np.allclose(points.y, left)
    ordered = left.iloc[np.argsort(found["predicted"], kind="stable")].to_numpy()
    assert np.allclose(line.y, ordered.reshape(10, 40).mean(axis=1))


def test_worst_misses_are_those_farthest_off_either_way(found):
    worst = worst_misses(found)
    off = (found["observed"] - found["predicted"]).abs()
    assert len(worst) == 10
    assert worst["miss"].abs().tolist() == sorted(off, reverse=True)[:10]
    assert (worst["observed"] - worst["predicted"]).tolist() == worst["miss"].tolist()


def test_an_empty_cell_is_clear_and_so_is_the_background(found):
    figure = cloud(found, unit="HBPP")
    assert figure.data[0].colorscale[0][1].endswith(",0)")
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_faults(found):
    with pytest.raises(PPPError, match=r"counts of 2 × 1 cells, got 1 × 1"):
        density_cloud({"x_edges": [0, 1, 2], "y_edges": [0, 1], "counts": [[1]]}, unit="x")
    for draw in (cloud, residuals):
        with pytest.raises(PPPError, match=r"at least one prompt, got none"):
            draw(found.head(0), unit="x")
