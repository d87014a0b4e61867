"""Prompt, score and words: what is on the screen at once."""

from textwrap import shorten

import streamlit as st

from pages._components import prompt_box
from pages._live import state
from pages._text import plain
from ppp_core import load_shipped, shipped_targets
from ppp_core.charts.before_after import images
from ppp_core.charts.phrases import MARKS, tinted_prompt, told
from ppp_core.charts.predictions import prediction_figure
from ppp_core.predictors.explanation import Explanation
from ppp_core.predictors.phrases import without
from ppp_core.predictors.trained import Prediction

STATIC = {"displayModeBar": False}
LABEL_WIDTH = 40


def ask() -> None:
    """The prompt box, and examples to click."""

    def typed() -> None:
        st.session_state.prompt = st.session_state.prompt_box.typed["text"]

    prompt_box(
        key="prompt_box",
        data={"text": st.session_state.prompt, "revision": st.session_state.revision},
        on_typed_change=typed,
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="examples"):
        st.caption("Try:", width="content")
        for name, example in state.EXAMPLES.items():
            st.button(
                name,
                key=f"example_{name}",
                type="tertiary",
                help=example,
                on_click=state.set_prompt,
                args=(example,),
            )


def show_score(prediction: Prediction) -> None:
    """Value, meaning and interval of the main target."""
    trained = load_shipped(prediction.target)
    target = trained.target
    decimals = target.decimals
    with st.container(key="score", border=True):
        st.markdown(f"**{target.title}**", help=target.about)
        number, meaning = st.columns([1, 3], vertical_alignment="center")
        with number:
            st.metric(
                f"{target.low:g} to {target.high:g}",
                f"{prediction.value:.{decimals}f}",
            )
        with meaning:
            st.markdown(
                f"{target.sentence(prediction.value)}; expected to do better than "
                f"**{prediction.percentile:.0f} %** of the prompts it learned from. "
                f"90 % interval: **{prediction.low:.{decimals}f} to {prediction.high:.{decimals}f}**."
            )
        st.plotly_chart(
            prediction_figure(trained, prediction),
            key="prediction",
            config=STATIC,
            alt=f"Known prompts' {target.measure} as bars. This prompt: {prediction.value:.{decimals}f}, "
            f"90 % interval {prediction.low:.{decimals}f} to {prediction.high:.{decimals}f}.",
        )
        _show_trust(prediction)


def _show_trust(prediction: Prediction) -> None:
    """How far the score is to be trusted: familiarity, tokens."""
    seen = f"{prediction.tokens} token{'s' * (prediction.tokens != 1)} read"
    if prediction.truncated:
        seen += f", **{prediction.truncated} cut off at the end and without effect**"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if prediction.unfamiliar:
            st.badge("Unfamiliar", icon=":material/help:", color="orange")
            threshold = load_shipped(prediction.target).familiarity.threshold
            st.caption(
                f"Unlike most prompts that the predictor learned from (distance {prediction.distance:.2f}; "
                f"95 % of its own kind stay below {threshold:.2f}): take the score with doubt. {seen}."
            )
        else:
            st.badge("Familiar", icon=":material/check:", color="green")
            st.caption(f"Like prompts the predictor learned from. {seen}.")


def point_to_images() -> None:
    """One line below the score that leads to the tab of pictures."""
    n = len(st.session_state.get("pictures", []))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="point_to_images"):
        st.caption("Generated some already?" if not n else f"You dropped {images(n)}:", width="content")
        st.button(
            "Drop them in Images" if not n else "see them in Images",
            key="go_to_images",
            type="tertiary",
            on_click=state.open_section,
            args=("Images",),
        )


def choose_target(predictions: dict[str, Prediction]) -> None:
    """All targets with their values in a row; choosing one makes it the main one."""
    names = list(shipped_targets())

    def chosen() -> None:
        if st.session_state.target_row:
            state.set_target(st.session_state.target_row)

    st.session_state.target_row = st.session_state.target
    st.pills(
        "What to predict",
        names,
        key="target_row",
        required=True,
        wrap=True,
        format_func=lambda name: _label(predictions.get(name), name),
        on_change=chosen,
        help="Each is another question, on another scale: values of two targets cannot be compared.",
    )


def _label(prediction: Prediction | None, name: str) -> str:
    target = load_shipped(name).target
    value = "" if prediction is None else f" **{prediction.value:.{target.decimals}f}**"
    return f"{target.short}{value}"


def show_words(explanation: Explanation) -> None:
    """The prompt itself, phrases tinted by what they add."""
    decimals = load_shipped(explanation.target).target.decimals
    st.markdown(
        "**Which words help or hurt**",
        help="Each phrase is left out in turn and the prompt scored again. An effect smaller than "
        f"{explanation.noise:.{decimals + 1}f}, the change that swapping articles or a full stop makes, too, "
        "in one of ten cases, is not coloured. Effects need not add up.",
    )
    st.html(tinted_prompt(explanation, decimals=decimals))
    st.caption(
        f"{MARKS[True]} blue helps, {MARKS[False]} orange hurts, plain is unclear; hover for figures."
        if any(one.clear for one in explanation.phrases)
        else "No phrase has a clear effect on this target."
    )
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.popover("The figures", icon=":material/table:"):
            st.dataframe(
                [
                    {
                        "phrase": one.text,
                        "effect": one.effect,
                        "meaning": told(one).partition(":")[0],
                    }
                    for one in explanation.phrases
                ],
                hide_index=True,
                column_config={"effect": st.column_config.NumberColumn(format=f"%+.{decimals}f")},
                alt="Phrases of the prompt with the change of the score when each is left out",
            )
        _suggest(explanation)


def _suggest(explanation: Explanation) -> None:
    hurting = [one for one in explanation.phrases if one.clear and one.effect < 0]
    if not hurting:
        return
    worst = min(hurting, key=lambda one: one.effect)
    shorter = without(explanation.prompt, (worst.start, worst.end))
    if not state.can_add(shorter):
        return
    st.button(
        f"Add a variant without “{plain(shorten(worst.text, LABEL_WIDTH, placeholder=' …'))}”",
        icon=":material/add:",
        key="suggest",
        on_click=state.add_variant,
        args=(shorter,),
    )
