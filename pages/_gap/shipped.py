"""Real CLIP: measures and maps of 500 COCO pairs, computed by us, that come with PPP."""

import pandas as pd
import streamlit as st

from pages import _cache_gap as cache
from pages import _downloads
from pages._gap import answering, state, take, trials
from pages._text import plain
from ppp_core.charts.gap_map import gap_map
from ppp_core.charts.looks import picture_config
from ppp_core.modality_gap import METHODS, GapReference, Projection

SECTIONS = ("Measures", "Closings", "Take away")


def show() -> None:
    """The screen of the shipped view."""
    found = cache.reference()
    frame = found.measures.frame
    values = dict(zip(frame["name"], frame["value"], strict=True))
    answering.show_answer(values, name=found.title, encoder="", n=found.measures.n_images)
    st.caption(plain(f"{found.source} Measured {found.made}. With figures alone, nothing can be moved here."))
    st.toggle("Lines between partners", key="gap_lines")
    for column, name in zip(st.columns(len(METHODS), gap="small"), METHODS, strict=True):
        if name in found.projections:
            with column:
                _show_map(found, name)
    answering.show_followed(values, None)
    _offer_live()
    tabs = st.tabs(list(SECTIONS), key="gap_shipped_section", on_change="rerun")
    shows = (_show_measures, _show_closings, _show_take)
    for tab, part in zip(tabs, shows, strict=True):
        if tab.open:
            with tab:
                part(found)


def figure_of(found: GapReference, projection: Projection):
    """One map of the shipped view."""
    settings = " ".join(f"{name} {value:g}" for name, value in projection.settings.items())
    return gap_map(
        projection,
        lines=st.session_state.gap_lines,
        facts=[found.title, METHODS[projection.method].title, settings],
    )


def _show_map(found: GapReference, name: str) -> None:
    projection = found.projections[name]
    st.markdown(f"**{METHODS[name].title}**")
    st.plotly_chart(
        figure_of(found, projection),
        key=f"gap_shipped_{name}",
        config=picture_config(f"clip_{name}"),
        alt=f"{METHODS[name].title}: {projection.shown}; trustworthiness {projection.trustworthiness:.2f}",
    )


def _offer_live() -> None:
    """The way to the live view, with what it is."""

    def go() -> None:
        st.session_state.gap_data = cache.SCENES
        state.forget_selection()

    st.button("Look at it live: Scenes", icon=":material/explore:", key="gap_go_live", on_click=go)
    st.caption(
        "PPP's own simulated pictures, embedded here: a slider that closes the gap, pictures behind points, "
        "your own prompt on the map. Without CLIP's weights through dual-lite, a small stand-in."
    )


def _show_measures(found: GapReference) -> None:
    answering.show_measures(found.measures.frame, found.measures.notes, beside_ours=False)


def _show_closings(found: GapReference) -> None:
    trials.show_compared(
        found.closings.frame, found.closings.notes, facts=[found.title], name="gap_clip_closings"
    )


def _show_take(found: GapReference) -> None:
    frame = pd.DataFrame({"pair": range(found.measures.n)})
    table = take.coordinates(found.projections, frame, {})
    st.markdown(f"**Coordinates**, {len(table):,} rows: a pair and a map each")
    _downloads.offer(table, name="gap_coordinates")
    titles = {METHODS[name].title: name for name in found.projections}
    take.show_figure(titles, lambda name: figure_of(found, found.projections[name]), found.title)
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    st.caption(plain(f"Made {found.made} with {versions}."))
