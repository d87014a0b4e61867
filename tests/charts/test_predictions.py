"""What the live page draws holds the numbers it should."""

import re
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core import load_shipped
from ppp_core.charts.phrases import tinted_prompt, told
from ppp_core.charts.predictions import prediction_figure, score_histogram
from ppp_core.predictors.explanation import Explanation, PhraseEffect

TARGET = "genai-bench/alignment"


def test_bars_are_shares_of_the_training_prompts_and_the_band_is_the_interval():
    trained = load_shipped(TARGET)
    (prediction,) = trained.predict(["a red fox at the edge of a misty forest"])
    figure = prediction_figure(trained, prediction)
    (bars,) = figure.data
    assert sum(bars.y) == pytest.approx(100)
    assert [round(share * 527 / 100) for share in bars.y] == trained.observed.tolist()
    assert min(bars.x) == pytest.approx(1 + 4 / 72)
    assert max(bars.x) == pytest.approx(5 - 4 / 72)
    band, line = figure.layout.shapes
    assert (band.x0, band.x1) == (prediction.low, prediction.high)
    assert line.x0 == line.x1 == prediction.value
    assert prediction.low <= prediction.value <= prediction.high
    assert "527 known prompts" in figure.layout.xaxis.title.text
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_a_batch_is_drawn_on_the_targets_whole_scale():
    figure = score_histogram([1.5, 2.5, 2.6], title="Match", low=1, high=5)
    assert list(figure.data[0].x) == [1.5, 2.5, 2.6]
    assert tuple(figure.layout.xaxis.range) == (1, 5)
    assert figure.data[0].xbins.size == pytest.approx(4 / 36)


def explained(*phrases: PhraseEffect, prompt: str) -> Explanation:
    return Explanation(prompt=prompt, target="a/b", value=1.0, noise=0.1, phrases=phrases)


def spans(html: str) -> list[tuple[str, str]]:
    """(attributes, text without the mark) of each phrase."""
    found = re.findall(r"<span ([^>]*)>(.*?)</span>", html)
    return [(attributes, re.sub("<sup.*?</sup>", "", text)) for attributes, text in found]


def test_clear_phrases_are_tinted_and_marked_the_rest_is_plain_and_what_is_cut_is_struck():
    html = tinted_prompt(
        explained(
            PhraseEffect("a cat", 0, 5, effect=0.4, cut=False, clear=True),
            PhraseEffect("ugly", 7, 11, effect=-0.2, cut=False, clear=True),
            PhraseEffect("there", 12, 17, effect=0.05, cut=False, clear=False),
            PhraseEffect("and more", 18, 26, effect=None, cut=True, clear=False),
            prompt="a cat, ugly there and more",
        )
    )
    helps, hurts, unclear, cut = spans(html)
    assert "rgba(0, 114, 178,0.45)" in helps[0]
    assert 'title="helps: +0.40"' in helps[0]
    # half as strong, half as far above the faintest tint: .12 + .33 / 2
    assert re.search(r"rgba\(213, 94, 0,0\.(28|29)\)", hurts[0])
    assert 'title="hurts: -0.20"' in hurts[0]
    assert "background" not in unclear[0]
    assert 'title="no clear effect: +0.05"' in unclear[0]
    assert "line-through" in cut[0]
    assert html.index("▲") < html.index("ugly") < html.index("▼")


def test_a_phrase_that_is_all_there_is_says_so():
    assert told(PhraseEffect("a cat", 0, 5, effect=None, cut=False, clear=False)).startswith("all there is")


@given(st.text(min_size=1, max_size=60))
def test_any_text_comes_out_as_it_went_in_and_nothing_of_it_is_markup(text):
    phrase = PhraseEffect(text, 0, len(text), effect=0.3, cut=False, clear=True)
    html = tinted_prompt(explained(phrase, prompt=text))
    ((_, shown),) = re.findall(r"<span ([^>]*)>(.*?)<sup", html, flags=re.S)
    assert unescape(shown) == unescape(escape(text))
    assert "<" not in shown
