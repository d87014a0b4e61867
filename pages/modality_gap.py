"""The page about the modality gap: how far apart prompts and pictures lie in a joint space."""

from pathlib import Path

import streamlit as st

from pages import _cache_gap as cache
from pages._gap import answering, choosing, gallery, hovering, maps, shipped, state, take, trials
from pages._gap.live import View
from pages._text import plain
from ppp_core import PPPError

STYLE = Path(__file__).parent / "_gap" / "gap.html"
SECTIONS = ("Measures", "Closings", "Prediction", "Does it matter", "Take away")


def show() -> None:
    """The screen from top to bottom."""
    choosing.choose()
    if st.session_state.gap_data == cache.REFERENCE:
        shipped.show()
        return
    view = choosing.view()
    if view is not None:
        choosing.tell_encoder(view)
        show_live(view)


def show_live(view: View) -> None:
    """Answer, maps that follow the slider, what is selected, and everything else in tabs."""
    measures = cache.measures(view.key, view.pairs)
    before = dict(zip(measures.frame["name"], measures.frame["value"], strict=True))
    answering.show_answer(before, name=view.title, encoder=view.choice.encoder, n=measures.n_images)
    maps.show_looks(view)
    found = maps.maps_of(view)
    strength = st.session_state.gap_strength
    moved = cache.moved(view.key, strength, view.pairs, maps.linear(found)) if strength else None
    after = moved.values if moved is not None else None
    laid = maps.laid_over(view, found)
    maps.show(view, found, moved, spots_of(view, found), laid)
    answering.show_followed(cache.moved(view.key, 0.0, view.pairs, {}).values, after)
    pointing = st.container()
    gallery.show(view)
    parts = {
        "Measures": lambda: answering.show_measures(measures.frame, measures.notes, after=after),
        "Closings": lambda: trials.show_closings(view),
        "Prediction": lambda: trials.show_task(view),
        "Does it matter": lambda: trials.show_relevance(view),
        "Take away": lambda: take.show(view, found, moved, measures, laid),
    }
    tabs = st.tabs(list(SECTIONS), key="gap_section", on_change="rerun")
    for tab, name in zip(tabs, SECTIONS, strict=True):
        if tab.open:
            with tab:
                guarded(parts[name])
    with pointing:
        hovering.show(view)


def spots_of(view: View, found: dict) -> dict:
    """Where the visitor's prompt stands on each map; nowhere where there is none."""
    prompt = st.session_state.gap_prompt.strip()
    if not prompt or not view.choice.encoder:
        return {}
    strength = st.session_state.gap_strength
    return cache.prompt_places(view.pairs, view.choice.encoder, prompt, strength, found)


def guarded(part, *arguments) -> None:
    """Shows a part; what is wrong with it is one line."""
    try:
        part(*arguments)
    except PPPError as error:
        st.error(plain(error))


st.html(STYLE)
st.subheader("How far apart do prompts and pictures lie in a joint space?", anchor=False)
state.start(list(SECTIONS))
guarded(show)
state.remember()
