"""What is looked at: data, target, meaning of variance, way to count, generator."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages._modifiers import state
from pages._text import plain
from ppp_core.spread import COUNTS, MEANINGS

ALL = "all generators"


def a_row():
    """Where the choices stand beside each other, or below each other on a phone."""
    return st.container(key="mod_choice", horizontal=True, gap="medium", vertical_alignment="bottom")


def choose_data(row) -> tuple[str, str]:
    """The data set. Returns its name and revision."""
    shelf = cache.shelf()
    name = st.session_state.mod_data
    with row:
        st.selectbox(
            "Data set",
            list(shelf),
            key="mod_data",
            format_func=shelf.get,
            width=170,
            on_change=state.forget_clicks,
            help="Real sets come from the Data sets page, or from an import of your own; Scenes is drawn by "
            "PPP itself and needs no download.",
        )
    return name, cache.revision(name, st.session_state.mod_target)


def choose(row, dataset, revision: str) -> None:
    """Target, meaning of variance, way to count, generator; and what the data does not allow, with why."""
    titles = {target.name: target.title for target in dataset.card.targets}
    meanings, counts = cache.allowed(dataset.card.name, revision, st.session_state.mod_target)
    with row:
        st.selectbox("Target", list(titles), key="mod_target", format_func=titles.get, width=265)
        possible = [name for name, why in meanings.items() if not why]
        st.selectbox(
            "Meaning of variance",
            possible,
            key="mod_meaning",
            format_func=lambda name: MEANINGS[name].title,
            width=375,
            help=" ".join(f"**{one.title}**: {one.about}" for one in MEANINGS.values()),
        )
        st.selectbox(
            "Modifiers are counted",
            [name for name, why in counts.items() if not why],
            key="mod_count",
            format_func=lambda name: COUNTS[name].title,
            width=180,
            help=" ".join(f"**{one.title}**: {one.about}" for one in COUNTS.values()),
        )
        generators = cache.generators(dataset.card.name, revision, st.session_state.mod_target)
        if state.one_generator() and len(generators) > 1:
            st.selectbox(
                "Generator",
                ["", *generators],
                key="mod_generator",
                format_func=lambda name: name or ALL,
                width=140,
            )
    _tell(meanings, counts)


def _tell(meanings: dict[str, str], counts: dict[str, str]) -> None:
    """The meaning in words, and what cannot be chosen here."""
    st.caption(plain(MEANINGS[st.session_state.mod_meaning].about))
    refused = [f"**{MEANINGS[name].title}**: {plain(why)}" for name, why in meanings.items() if why]
    refused += [f"**Counted “{COUNTS[name].title}”**: {plain(why)}" for name, why in counts.items() if why]
    if refused:
        with st.expander(f"What this data does not allow ({len(refused)})"):
            for one in refused:
                st.markdown(f"- {one}")
