"""Variants of the prompt, side by side."""

import streamlit as st

from pages import _cache as cache
from pages._components import variant_list
from pages._live import state
from ppp_core import load_shipped
from ppp_core.predictors.trained import Prediction
from ppp_core.predictors.variants import VariantComparison, differing_words
from ppp_core.targets import Target

ORDERS = {
    "as added": lambda row: 0,
    "best first": lambda row: -row["value"],
    "worst first": lambda row: row["value"],
    "A to Z": lambda row: row["prompt"].lower(),
}


def show(prompt: str) -> None:
    """Add up to ten, compare each with the prompt, sort, pin, remove, copy."""
    _add(prompt)
    variants = st.session_state.variants
    if not variants:
        st.info("No variants yet: add this prompt, then change it above, or type another one here.")
        return
    order = st.segmented_control("Sort", list(ORDERS), default="as added", key="variant_order", required=True)
    target = load_shipped(st.session_state.target).target
    reference = cache.predictions(prompt)[target.name]
    comparisons = cache.comparisons(prompt, tuple(variants), target.name)
    rows = [_row(prompt, one, target) for one in comparisons]
    rows.sort(key=lambda row: (not row["pinned"], ORDERS[order](row)))

    def acted() -> None:
        act = st.session_state.variant_list.act
        if act:
            state.act_on_variant(act["name"], act["prompt"])

    variant_list(
        key="variant_list",
        data={
            "rows": [_reference(reference, target), *rows],
            "scale": {"low": target.low, "high": target.high},
        },
        on_act_change=acted,
    )
    st.caption(
        "Better or worse: it comes out ahead with a chance of two thirds at least (a tie counts half), and "
        "the difference is larger than the noise of edits without content; else tied. Bars are each prompt's "
        "own 90 % interval; variants share much of what is uncertain, so bars that overlap are no tie yet."
    )


def _add(prompt: str) -> None:
    full = len(st.session_state.variants) >= state.MOST_VARIANTS

    def typed() -> None:
        state.add_variant(st.session_state.new_variant)
        st.session_state.new_variant = ""

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Another variant",
            key="new_variant",
            placeholder="Type a variant, press Enter",
            on_change=typed,
            disabled=full,
        )
        st.button(
            "Add the prompt above",
            icon=":material/add:",
            on_click=state.add_variant,
            args=(prompt,),
            disabled=full,
        )
    if full:
        st.caption(f"{state.MOST_VARIANTS} variants are the most; remove one to add another.")


def _row(prompt: str, comparison: VariantComparison, target: Target) -> dict:
    prediction = cache.predictions(comparison.prompt)[target.name]
    decimals = target.decimals
    difference = round(comparison.difference, decimals)  # plus 0.0 below: no negative zero
    same = comparison.prompt == state.one_line(prompt)
    pinned = comparison.prompt in st.session_state.pinned
    return {
        **_shown(prediction, target),
        "words": differing_words(prompt, comparison.prompt),
        "verdict": "same" if same else comparison.verdict,
        "headline": "the same prompt" if same else comparison.verdict,
        "detail": f"{prediction.value:.{decimals}f} ({difference + 0.0:+.{decimals}f}; "
        f"ahead {comparison.chance:.0%}){_doubts(prediction)}",
        "tag": "pinned" if pinned else "",
        "pinned": pinned,
        "reference": False,
    }


def _reference(prediction: Prediction, target: Target) -> dict:
    return {
        **_shown(prediction, target),
        "words": [(word, False) for word in prediction.prompt.split()],
        "verdict": "reference",
        "headline": "compared with",
        "detail": f"{prediction.value:.{target.decimals}f}{_doubts(prediction)}",
        "tag": "your prompt",
        "pinned": False,
        "reference": True,
    }


def _doubts(prediction: Prediction) -> str:
    """What a reader of one line should know: unlike the training prompts, or not read to the end."""
    unfamiliar = " · unfamiliar" if prediction.unfamiliar else ""
    cut = f" · {prediction.truncated} tokens cut" if prediction.truncated else ""
    return unfamiliar + cut


def _shown(prediction: Prediction, target: Target) -> dict:
    decimals = target.decimals
    return {
        "prompt": prediction.prompt,
        "value": prediction.value,
        "low": prediction.low,
        "high": prediction.high,
        "alt": f"{prediction.value:.{decimals}f}, 90 % interval {prediction.low:.{decimals}f} to "
        f"{prediction.high:.{decimals}f}, on {target.low:g} to {target.high:g}",
    }
