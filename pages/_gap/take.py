"""Take away: coordinates, the whole measurement, a figure, and the command that measures it again."""

import json
from shlex import quote

import pandas as pd
import streamlit as st

from pages import _cache_gap as cache
from pages import _downloads
from pages._gap import maps
from pages._gap.live import View
from ppp_core.modality_gap import METHODS, Projection


def show(view: View, found: dict[str, Projection], moved, measures, laid: dict) -> None:
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
    titles = {METHODS[name].title: name for name in found}

    def make(name: str):
        return maps.figure_of(view, found[name], places=places.get(name), over=laid.get(name))

    show_figure(titles, make, view.title)
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


def show_figure(maps_by_title: dict[str, str], make, data: str) -> None:
    """A map, as a page of its own or as a picture; titles of maps -> their names, which ``make`` takes."""
    _downloads.offer_figure(
        list(maps_by_title),
        lambda title: make(maps_by_title[title]),
        of=data,
        file="modality_gap",
        key="gap",
    )
