"""Figures of the closings show the values and intervals of their table, and what a difference comes to."""

import numpy as np
import pandas as pd
import pytest

from ppp_core.charts.gap_closings import (
    BASELINE,
    BETTER,
    CLOSED,
    REFERENCE,
    UNCLEAR,
    WORSE,
    closing_figure,
    task_figure,
)
from ppp_core.charts.headlines import facts_of
from ppp_core.errors import PPPError


def row(closing, name, value, change, better):
    low, high = change
    told = {"closing": closing, "closing_title": closing.upper(), "name": name, "better": better}
    numbers = {"value": value, "low": value - 0.1, "high": value + 0.2}
    return {**told, **numbers, "difference_low": low, "difference_high": high}


FRAME = pd.DataFrame(
    [
        row("none", "t2i-r1", 0.7, (0, 0), "larger"),
        row("shift", "t2i-r1", 0.4, (-0.5, -0.1), "larger"),
        row("mean-removal", "t2i-r1", 0.69, (-0.05, 0.05), "larger"),
        row("adapter", "t2i-r1", 0.9, (0.1, 0.3), "larger"),
        row("none", "separability", 1.0, (0, 0), "smaller"),
        row("shift", "separability", 0.6, (-0.5, -0.3), "smaller"),
    ]
)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def names_by_height(figure):
    """Names beside the lines, from top to bottom, and the heights of their points."""
    return [note.text for note in figure.layout.annotations if note.x == 0 and note.yref != "paper"]


def test_values_and_intervals_are_the_tables():
    figure = closing_figure(FRAME, "t2i-r1", facts=["Scenes", "dual-lite"])
    found = traces(figure)
    assert {name: tuple(one.x) for name, one in found.items()} == {
        BASELINE: (0.7,), BETTER: (0.9,), UNCLEAR: (0.69,), WORSE: (0.4,),
    }  # fmt: skip
    assert found[WORSE].error_x.array[0] == pytest.approx(0.2)
    assert found[WORSE].error_x.arrayminus[0] == pytest.approx(0.1)
    assert names_by_height(figure) == ["NONE", "SHIFT", "MEAN-REMOVAL", "ADAPTER"]
    assert facts_of(figure) == "Scenes · dual-lite"
    assert figure.layout.xaxis.title.text == "Text to image R@1, larger is better, 95 % interval"


def test_smaller_is_better_where_it_is():
    assert tuple(traces(closing_figure(FRAME, "separability"))[BETTER].x) == (0.6,)


def test_lines_mark_no_closing_and_chance():
    def marks(figure):
        lines = [one for one in figure.layout.shapes if one.x0 == one.x1 and one.yref == "y domain"]
        return {one.line.dash: one.x0 for one in lines}

    assert marks(closing_figure(FRAME, "t2i-r1")) == {"dash": 0.7}
    assert marks(closing_figure(FRAME, "separability")) == {"dash": 1.0, "dot": 0.5}


def test_what_was_not_measured_is_refused():
    with pytest.raises(PPPError, match=r"by 'l2m'. Measured: t2i-r1, separability"):
        closing_figure(FRAME, "l2m")


def test_the_task_stands_beside_what_crosses_no_gap():
    ways = [("text", "text", "none", 0.3), ("image", "image", "none", 0.5), ("image", "text", "none", 0.1)]
    ways += [("image", "text", "shift", 0.2), ("image", "text", "adapter", np.nan)]
    frame = pd.DataFrame(ways, columns=["head", "fed", "closing", "pearson"])
    frame = frame.assign(
        pearson_low=frame["pearson"] - 0.2,
        pearson_high=frame["pearson"] + 0.1,
        bias=1.25,
        closing_title=frame["closing"].str.upper(),
    )
    figure = task_figure(frame, "made/worth", facts=["made"])
    found = traces(figure)
    assert tuple(found[REFERENCE].x) == (0.3, 0.5)
    assert tuple(found[CLOSED].x) == (0.1, 0.2, 0.0)
    assert found[CLOSED].error_x.arrayminus[1] == pytest.approx(0.2)
    notes = " ".join(note.text for note in figure.layout.annotations)
    assert "bias +1.25" in notes
    assert "undefined" in notes
    assert figure.layout.xaxis.title.text == "Pearson r with made/worth, 95 % interval"
