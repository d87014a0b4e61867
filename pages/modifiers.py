"""The page about modifiers and variance: do prompts with more modifiers make images vary less?"""

from pathlib import Path

import streamlit as st

from pages import _cache_modifiers as cache
from pages._modifiers import (
    answering,
    choosing,
    counting,
    effects,
    groups,
    means,
    own,
    planning,
    seeds,
    state,
    take,
)
from pages._text import plain
from ppp_core import PPPError

STYLE = Path(__file__).parent / "_modifiers" / "modifiers.html"
SECTIONS = {
    "Tests": answering.show_tests,
    "How many modifiers": counting.show,
    "Each modifier": effects.show,
    "Mean and doubt": means.show,
    "Seeds and raters": seeds.show,
    "Groups": groups.show_groups,
    "Compare": groups.show_other,
    "Plan an experiment": planning.show,
    "Your own data": own.show,
    "Take away": take.show,
}


def show() -> None:
    """The screen from top to bottom."""
    row = choosing.a_row()
    name, revision = choosing.choose_data(row)
    dataset = cache.dataset(name, revision)
    state.settle_on(dataset, revision)
    choosing.choose(row, dataset, revision)
    choice = state.chosen(revision)
    analysis = cache.analysis(*choice)
    state.settle_prompt(analysis.points)
    answering.show_answer(analysis)
    others = st.container()
    answering.show_figure(choice, dataset, analysis)
    answering.show_prompt(choice, dataset, analysis)
    tabs = st.tabs(list(SECTIONS), key="mod_section", on_change="rerun")
    for tab, part in zip(tabs, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                guarded(part, choice, dataset, analysis)
    guarded(answering.show_others, others, choice, dataset)


def guarded(part, *arguments) -> None:
    """Shows a part; what is wrong with it is one line."""
    try:
        part(*arguments)
    except PPPError as error:
        st.error(plain(error))


st.html(STYLE)
st.subheader("Do more modifiers make images better, and less variable?", anchor=False)
state.start(list(SECTIONS))
guarded(show)
state.remember()
