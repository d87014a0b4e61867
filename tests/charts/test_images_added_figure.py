"""The figure of what pictures add holds the measured points."""

import pytest

from ppp_core.charts.images_added import images_added_figure
from ppp_core.errors import PPPError
from ppp_core.evaluation.after.images_added import AddedRow, Figure, ImagesAdded


def row(n_images, reads, value, against="all"):
    figure = Figure(value, value - 0.1, value + 0.1)
    return AddedRow(n_images, reads, against, 300, Figure(value + 0.05, 0, 1), figure, figure, None)


CURVE = ImagesAdded(
    "made/<light>", "image-probe", "made", "linear-probe", "so",
    (
        row(0, "words", 0.3), row(1, "pictures", 0.1), row(4, "pictures", 0.4), row(1, "both", 0.35),
        row(4, "both", 0.5),
    ),
)  # fmt: skip


def test_points_stand_over_the_number_of_pictures():
    figure = images_added_figure([CURVE])
    traces = {trace.name: trace for trace in figure.data}
    both, alone = traces["pictures and words"], traces["pictures alone"]
    assert (list(both.x), list(both.y)) == ([0, 1, 2], [0.3, 0.35, 0.5])  # begins at the words alone
    assert (list(alone.x), list(alone.y)) == ([1, 2], [0.1, 0.4])
    assert list(traces["pictures alone, interval"].y) == pytest.approx([0.2, 0.5, 0.3, 0.0])
    assert list(traces["words alone"].y) == [0.3, 0.3]
    assert both.line.dash != alone.line.dash  # told apart without colour, too
    assert list(figure.layout.xaxis.ticktext) == ["none:<br>words alone", "1", "4"]
    assert "4 pictures seen: .500" in both.text[-1]
    labels = [one.text for one in figure.layout.annotations]
    assert labels == ["made/&lt;light&gt;", "pictures and words", "pictures alone", "words<br>alone"]
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_a_panel_a_target_and_another_measure():
    figure = images_added_figure([CURVE, CURVE], measure="pearson", labels={"made/<light>": "Light"})
    assert len(figure.data) == 10
    assert figure.data[1].y[0] == pytest.approx(0.35)
    assert figure.data[6].xaxis == "x2"
    assert figure.layout.annotations[0].text == "Light"


def test_what_was_not_measured_is_refused():
    with pytest.raises(PPPError, match=r"not measured against the mean over its pictures that were not seen"):
        images_added_figure([CURVE], against="unseen")
    with pytest.raises(PPPError, match=r"at least one curve, got none"):
        images_added_figure([])
