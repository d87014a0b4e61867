"""Take away: coordinates, the whole measurement, a figure, and the command that measures it again."""

import json
from shlex import quote

import pandas as pd
import streamlit as st

from pages import _cache_gap as cache
from pages import _downloads
from pages._gap import maps
from pages._gap.live import View
from pages._text import plain
from ppp_core.charts.looks import picture_config, standalone_html
from ppp_core.modality_gap import METHODS, Projection


def show(view: View, found: dict[str, Projection], moved, measures) -> None:
    """Everything that is shown, in forms that papers and colleagues want."""
    places = moved.places if moved is not None else {}
    table = coordinates(found, view.pairs.frame.drop(columns=["path"], errors="ignore"), places)
    st.markdown(f"**Coordinates**, {len(table):,} rows: a pair and a map each")
    st.dataframe(table, hide_index=True, key="gap_coordinates", height=240, alt="Coordinates of every map")
    _downloads.offer(table, name="gap_coordinates")
    st.download_button(
        "The whole measurement (JSON)",
        data=lambda: whole(view, found, measures),
        file_name="modality_gap.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="gap_json",
    )
    titles = {name: METHODS[name].title for name in found}
    show_figure(titles, lambda name: maps.figure_of(view, found[name], places=places.get(name)), view.title)
    if view.choice.data not in (cache.REFERENCE, cache.FILE):
        st.markdown("**The command** that measures what is chosen again")
        st.code(command(view), language="bash", wrap_lines=True)


def coordinates(found: dict[str, Projection], frame: pd.DataFrame, places: dict[str, tuple]) -> pd.DataFrame:
    """One row a pair and map: what is known of the pair, where both stand, and how the map was made."""
    tables = []
    for name, one in found.items():
        text, image = places.get(name, (one.text_xy, one.image_xy))
        mine = frame.iloc[one.rows].reset_index(drop=True)
        told = {
            "map": name,
            "text_x": text[:, 0],
            "text_y": text[:, 1],
            "image_x": image[:, 0],
            "image_y": image[:, 1],
        }
        told |= {f"umap_{key}": value for key, value in one.settings.items()}
        told |= {"shift": st.session_state.gap_strength if name in places else 0.0}
        told |= {"trustworthiness": one.trustworthiness, "neighbours_kept": one.overlap}
        tables.append(mine.assign(**told))
    return pd.concat(tables, ignore_index=True)


def whole(view: View, found: dict[str, Projection], measures) -> bytes:
    """The measures, and how each map was made and how faithful it is."""
    told = measures.as_dict()
    told["maps"] = {
        name: {
            "settings": dict(one.settings),
            "trustworthiness": one.trustworthiness,
            "neighbours_kept": one.overlap,
            "shown": one.shown,
        }
        for name, one in found.items()
    }
    told["data"], told["encoder"] = view.title, view.choice.encoder
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def command(view: View) -> str:
    """What gives the same measures at the command line."""
    choice = view.choice
    one = " --one-image" if choice.pictures == cache.ONE else ""
    learned = " --learned" if "learned" in view.pairs.frame and not choice.held_out else ""
    return f"ppp gap {quote(choice.data)} --encoder {quote(choice.encoder)}{one}{learned} --json"


def show_figure(titles: dict[str, str], make, data: str) -> None:
    """A map, as a page of its own or as a picture."""
    st.markdown("**A figure**, as a page of its own or as a picture")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Figure", list(titles), key="gap_figure", format_func=titles.get, width=220)
        format = st.segmented_control(
            "Picture", ["svg", "png"], default="svg", key="gap_format", required=True, format_func=str.upper
        )
        figure = make(name)
        st.download_button(
            "HTML",
            data=lambda: standalone_html(figure, title=f"{titles[name]}: {data}"),
            file_name="modality_gap.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="gap_html",
            help="About 5 MB: Plotly's script is inside, so it opens anywhere without a network.",
        )
    config = picture_config("modality_gap", format=format, height=figure.layout.height)
    st.plotly_chart(
        figure,
        key=f"gap_preview_{format}",
        config={**config, "displayModeBar": True},
        alt="The figure to take away; the camera button at its top right saves it",
    )
    st.caption(
        plain(f"The camera button at the figure's top right saves it as {format.upper()}, in your browser.")
    )
