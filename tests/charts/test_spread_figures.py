"""The figures about modifiers and variance show the numbers that they are given, and say what they are."""

import math
from itertools import pairwise

import pandas as pd
import pytest

from ppp_core.charts.components import components_figure, images_figure
from ppp_core.charts.headlines import WIDEST, facts_of, headline, wrapped
from ppp_core.charts.modifier_counts import counts_figure
from ppp_core.charts.modifier_forest import modifier_forest, percent_ticks
from ppp_core.charts.spread import JITTER, MOST_POINTS, count_figure, groups_figure, jittered, thinned
from ppp_core.errors import PPPError

TREND = pd.DataFrame(
    {
        "count": [2, 0, 1],
        "n_prompts": [3, 4, 2],
        "spread": [0.2, 0.6, 0.4],
        "low": [0.1, 0.5, 0.3],
        "high": [0.3, 0.8, 0.5],
        "smooth": [0.2, 0.6, 0.4],
    }
)
POINTS = pd.DataFrame(
    {
        "prompt_id": list("abcdefghi"),
        "count": [0, 0, 0, 0, 1, 1, 2, 2, 2],
        "sd": [0.5, 0.6, 0.7, None, 0.4, 0.4, 0.1, 0.2, 0.3],
    }
)
SAID = {"y": "sd", "middle": "spread", "title": "SD, rating"}


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_points_band_means_and_n_at_each_count():
    found = traces(count_figure(POINTS, TREND, **SAID))
    assert list(found["a prompt"].y) == [0.5, 0.6, 0.7, 0.4, 0.4, 0.1, 0.2, 0.3]
    assert [one[0] for one in found["a prompt"].customdata] == list("abcefghi")
    assert list(found["95 % band"].x) == [0, 1, 2, 2, 1, 0]
    assert list(found["95 % band"].y) == [0.8, 0.5, 0.3, 0.1, 0.3, 0.5]
    means = found["mean of the prompts"]
    assert list(means.x) == [0, 1, 2]
    assert list(means.y) == [0.6, 0.4, 0.2]
    assert list(means.error_y.array) == pytest.approx([0.2, 0.1, 0.1])
    assert list(means.error_y.arrayminus) == pytest.approx([0.1, 0.1, 0.1])
    assert list(found["one-way trend"].y) == [0.6, 0.4, 0.2]
    assert "4 prompts" in means.text[0]


def test_a_figure_says_what_it_shows():
    figure = count_figure(POINTS, TREND, facts=["Scenes (simulated)", "across <i> generators"], **SAID)
    assert facts_of(figure) == (
        "Scenes (simulated) · across &lt;i&gt; generators<br>8 of 8 prompts, jittered"
    )
    assert figure.layout.xaxis.ticktext == ("0<br>n 4", "1<br>n 2", "2<br>n 3")
    assert figure.layout.yaxis.title.text == "SD, rating"
    assert figure.layout.yaxis.rangemode == "tozero"


def test_aggregates_alone_need_no_points():
    figure = count_figure(pd.DataFrame(columns=["prompt_id", "count", "sd"]), TREND, **SAID)
    assert "a prompt" not in traces(figure)
    assert facts_of(figure) == "aggregates, no single prompts"


def test_a_band_without_an_interval_is_left_out():
    unknown = TREND.assign(low=float("nan"), high=float("nan")).drop(columns="smooth")
    found = traces(count_figure(POINTS, unknown, **SAID))
    assert set(found) == {"a prompt", "mean of the prompts"}
    assert list(found["mean of the prompts"].error_y.array) == [0, 0, 0]


def test_the_chosen_prompt_has_a_ring_where_its_point_is():
    figure = count_figure(POINTS, TREND, chosen="c", clickable=True, **SAID)
    ring, points = traces(figure)["the chosen prompt"], traces(figure)["a prompt"]
    assert (ring.x[0], ring.y[0]) == (points.x[2], 0.7)
    assert "click" in points.hovertemplate
    assert "the chosen prompt" not in traces(count_figure(POINTS, TREND, chosen="nobody", **SAID))
    assert "the chosen prompt" not in traces(count_figure(POINTS, TREND, chosen="d", **SAID))  # has no SD


def test_the_truth_is_drawn_where_it_is_known():
    found = traces(count_figure(POINTS, TREND, truth={1: 0.4, 0: 0.5}, **SAID))
    assert list(found["known truth"].x) == [0, 1]
    assert list(found["known truth"].y) == [0.5, 0.4]


def test_points_stay_at_their_count_and_where_they_were():
    places = jittered([0] * 50 + [3] * 50)
    assert places == jittered([0] * 50 + [3] * 50)
    assert max(abs(place) for place in places[:50]) <= JITTER
    assert max(abs(place - 3) for place in places[50:]) <= JITTER
    assert len({round(place, 6) for place in places[:50]}) == 50


def test_many_points_are_cut_and_it_is_said():
    many = pd.DataFrame(
        {"prompt_id": [str(i) for i in range(MOST_POINTS + 1)], "count": 0, "sd": 0.5, "mean": 1.0}
    )
    figure = count_figure(many, TREND, **SAID)
    assert len(traces(figure)["a prompt"].y) == MOST_POINTS
    assert "3,000 of 3,001 prompts, drawn at random" in facts_of(figure)
    assert thinned(many).equals(thinned(many))


def test_what_is_missing_is_told():
    with pytest.raises(PPPError, match=r"at least one count, got none"):
        count_figure(POINTS, TREND.head(0), **SAID)
    with pytest.raises(PPPError, match=r"trend lack the columns n_prompts, low"):
        count_figure(POINTS, TREND.drop(columns=["n_prompts", "low"]), **SAID)
    with pytest.raises(PPPError, match=r"points lack the columns sd"):
        count_figure(POINTS.drop(columns="sd"), TREND, **SAID)


def test_groups_stand_beside_each_other():
    figure = groups_figure(
        {"anime": TREND, "none": TREND.head(1), "empty": TREND.head(0)}, middle="spread", title="SD"
    )
    assert [trace.name for trace in figure.data] == ["anime", "none"]
    assert list(figure.data[0].y) == [0.6, 0.4, 0.2]
    assert figure.data[0].x[0] < 0 < figure.data[1].x[0]
    assert figure.data[0].line.color != figure.data[1].line.color
    with pytest.raises(PPPError, match=r"at least one group with a count"):
        groups_figure({"empty": TREND.head(0)}, middle="spread", title="SD")


def test_counts_are_shares_and_the_published_one_is_marked():
    figure = counts_figure(
        {"Segments": {0: 1, 1: 3}, "Known terms": {0: 2, 14: 2}}, published=("PPP", 56.47), most=10
    )
    segments, known, published = figure.data
    assert list(segments.y)[:2] == [25, 75]
    assert known.y[0] == 50
    assert known.y[10] == 50  # fourteen stand with ten or more
    assert figure.layout.xaxis.ticktext[-1] == "10 or more"
    assert (list(published.x), list(published.y)) == ([0], [56.47])
    assert published.name.startswith("◇")
    with pytest.raises(PPPError, match=r"at least one prompt, got none"):
        counts_figure({"Segments": {}})


def effect(modifier, n, effect, shrunk, p, outcome="mean"):
    row = {"outcome": outcome, "modifier": modifier, "kind": "medium", "n_with": n, "p_adjusted": p}
    row |= {"effect": effect, "low": effect - 0.4, "high": effect + 0.4}
    row |= {"shrunk": shrunk, "shrunk_low": shrunk - 0.2, "shrunk_high": shrunk + 0.2}
    return row | {"shrunk_percent": 100 * math.expm1(shrunk)}


EFFECTS = pd.DataFrame([effect("oil painting", 20, 0.5, 0.3, 0.01), effect("<b>anime", 5, -0.6, -0.1, 0.4)])


def test_the_forest_shows_shrunken_beside_measured():
    figure = modifier_forest(EFFECTS, axis="effect on the mean", facts=["AGIQA-3K"])
    found = traces(figure)
    assert list(found["shrunken"].x) == [0.3, -0.1]
    assert list(found["as measured"].x) == [0.5, -0.6]
    assert list(found["shrunken"].error_x.array) == pytest.approx([0.2, 0.2])
    assert list(found["as measured"].error_x.arrayminus) == pytest.approx([0.4, 0.4])
    written = [note.text for note in figure.layout.annotations]
    assert written[1] == "<b>+0.30</b> ★"
    assert written[3] == "<b>−0.10</b>"
    assert written[2].startswith("&lt;b&gt;anime")
    assert "n 5" in written[2]
    assert facts_of(figure) == "AGIQA-3K · 2 modifiers · 95 % intervals"


def test_a_change_of_spread_is_told_in_per_cent():
    rows = pd.DataFrame([effect("oil painting", 20, math.log(0.5), math.log(0.8), 0.01, "spread")])
    figure = modifier_forest(rows, axis="change of the SD")
    assert figure.layout.annotations[1].text == "<b>−20 %</b> ★"
    assert "as measured: −50 %" in figure.data[1].text[0]
    places = dict(zip(figure.layout.xaxis.ticktext, figure.layout.xaxis.tickvals, strict=True))
    assert places["0 %"] == 0
    assert places["−50 %"] == pytest.approx(math.log(0.5))


def test_ticks_of_ratios_do_not_run_into_each_other():
    for low, high in ((-0.1, 0.1), (-1.0, 0.4), (-3.0, 3.0), (0.0, 0.5)):
        places, words = percent_ticks(low, high)
        assert len(places) == len(words) <= 9
        assert "0 %" in words
        assert min(b - a for a, b in pairwise(places)) >= (high - low) / 7.001


def test_a_long_forest_keeps_the_modifiers_of_most_prompts_and_says_so():
    rows = pd.DataFrame([effect(f"m{i}", i, 0.1, 0.1, 0.5) for i in range(1, 41)])
    figure = modifier_forest(rows, axis="effect", most=30)
    assert len(figure.data[0].x) == 30
    assert not any("m10<" in note.text or note.text.startswith("m10 ") for note in figure.layout.annotations)
    assert "30 of 40 modifiers shown" in facts_of(figure)
    with pytest.raises(PPPError, match=r"at least one modifier with an effect"):
        modifier_forest(rows.assign(shrunk=float("nan")), axis="effect")


def test_components_are_shares_in_per_cent():
    rows = pd.DataFrame(
        {
            "title": ["Prompt", "Seed", "Rater"],
            "share": [0.6, 0.4, None],
            "share_low": [0.5, None, None],
            "share_high": [0.7, None, None],
        }
    )
    figure = components_figure(rows, facts=["Scenes"])
    assert list(figure.data[0].x) == [60, 40]
    assert list(figure.data[0].error_x.array) == pytest.approx([10, 0])
    assert [note.text for note in figure.layout.annotations] == [
        "Prompt: <b>60 %</b>, 50 to 70 %",
        "Seed: <b>40 %</b>",
        "Scenes",
    ]
    with pytest.raises(PPPError, match=r"at least one source"):
        components_figure(rows.tail(1))


def test_the_curve_over_images_has_the_formula_beside_it():
    rows = pd.DataFrame(
        {
            "images": [4, 1],
            "pearson": [0.5, 0.3],
            "low": [0.4, 0.2],
            "high": [0.6, 0.4],
            "formula": [0.5, 0.31],
        }
    )
    found = traces(images_figure(rows))
    assert list(found["measured on fewer images"].x) == [1, 4]
    assert list(found["measured on fewer images"].y) == [0.3, 0.5]
    assert list(found["attenuation formula"].y) == [0.31, 0.5]
    assert "attenuation formula" not in traces(images_figure(rows.assign(formula=None)))
    with pytest.raises(PPPError, match=r"at least one point"):
        images_figure(rows.head(0))


def test_facts_fit_a_phone_and_take_room():
    import plotly.graph_objects as go

    facts = ["Scenes (simulated)", "Known answer", "across samples of one generator", "245 prompts"]
    lines = wrapped(facts)
    assert all(len(line) <= WIDEST for line in lines)
    assert " · ".join(lines) == " · ".join(facts)
    short, long = (headline(go.Figure(layout={"height": 300}), facts[:n]).layout for n in (1, 4))
    assert long.height - short.height == long.margin.t - short.margin.t == 16 * (len(lines) - 1)
    assert headline(go.Figure(layout={"height": 300}), []).layout.height == 300
