"""Another data set is laid over the maps: embedded when asked for, by choice or by a link."""

import json

import numpy as np
import pytest

from pages import _cache_gap as cache
from ppp_core import PPPError
from ppp_core.charts.headlines import NAME


def test_another_data_set_is_embedded_and_laid_over(mine, imported, page):
    imported("other", 24, start=100)
    page.open()
    assert page.selectbox(key="gap_over").options == ["nothing", "Scenes (simulated)", "other"]
    page.selectbox(key="gap_over").set_value("other").run()
    page.finish()
    page.fine()
    spec = page.get("plotly_chart")[0].proto.spec
    assert "pictures, other" in spec
    told = facts(spec)
    assert f"{mine} of {2 * mine} pairs shown" in told
    assert "over it, open: other, 24 of 48 pairs shown, one picture a prompt, at random" in told
    assert page.address("over") == "other"


def test_a_link_brings_what_is_laid_over(mine, imported, page):
    imported("other", 24, start=100)
    page.open(over="other")
    page.finish()
    assert page.selectbox(key="gap_over").value == "other"
    assert "pictures, other" in page.get("plotly_chart")[1].proto.spec
    page.selectbox(key="gap_over").set_value("").run()
    assert page.address("over") is None
    assert "pictures, other" not in page.get("plotly_chart")[1].proto.spec


@pytest.mark.parametrize("over", ["mine", "<b>", "reference", "file"])
def test_what_cannot_be_laid_over_is_ignored(mine, page, over):
    page.open(over=over)
    page.fine()
    assert page.selectbox(key="gap_over").value == ""
    assert page.address("over") is None
    assert "over it" not in page.get("plotly_chart")[0].proto.spec


def test_all_pictures_of_another_wait_for_a_button_and_a_failure_is_one_line(
    mine, imported, page, monkeypatch
):
    imported("other", 24, start=100)
    page.open(pictures="all", over="other")
    page.button(key="gap_start_pairs").click()
    page.finish()
    assert page.charts() == 2

    def broken(*_, **__):
        raise PPPError("No picture of other can be read.")

    monkeypatch.setattr(cache, "pairs_of", broken)
    page.button(key="gap_start_over").click()
    page.finish()
    assert [one.value for one in page.error] == ["No picture of other can be read."]
    assert page.charts() == 2  # the maps stay


def test_prompts_that_the_encoder_learned_are_left_out_of_both(mine, imported, page, monkeypatch, encoders):
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: encoders.Learned())
    imported("other", 24, start=100)
    page.open(over="other")
    page.finish()
    assert "other, 18 of 48 pairs shown" in facts(page.get("plotly_chart")[0].proto.spec)
    page.toggle(key="gap_learned").set_value(True).run()
    assert "other, 24 of 48 pairs shown" in facts(page.get("plotly_chart")[0].proto.spec)


def test_what_is_laid_over_is_put_where_the_map_puts_it(mine, page):
    page.open()
    key, pairs = page.view()
    choice = cache.Choice("other", "1", "dual-lite", "one", False)
    found = {"pca": cache.linear_map(key, "pca", pairs)}
    laid = cache.laid_over(key, choice, (), 0.0, pairs, pairs.rows(range(9)), found)
    np.testing.assert_allclose(laid.places["pca"][1], found["pca"].image_xy[:9], atol=1e-5)
    assert laid.how["pca"] == "projected on the same axes"


def facts(spec):
    """What stands above a figure, in one line."""
    notes = [one["text"] for one in json.loads(spec)["layout"]["annotations"] if one.get("name") == NAME]
    return notes[0].replace("<br>", " ").replace(" · ", " ")
