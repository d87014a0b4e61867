"""The picture and the prompt of the point that is pointed at, on every map of the live view."""

from base64 import b64encode

import streamlit as st

from pages import _cache_gap as cache
from pages._components import hover_thumbnails
from pages._gap.live import View
from pages._text import plain
from ppp_core.modality_gap import METHODS


def show(view: View) -> None:
    """Hands the pictures to the browser, and says how many; nothing where there are none."""
    if not view.has_pictures:
        return
    sheet = cache.thumbnails(view.key, view.choice.data, view.pairs)
    frame = view.pairs.frame
    hover_thumbnails(
        key="gap_hover",
        data={
            "plots": [f"gap_map_{name}" for name in METHODS],
            "sheet": f"data:image/jpeg;base64,{b64encode(sheet.jpeg).decode()}",
            "tile": sheet.tile,
            "columns": sheet.columns,
            "places": list(sheet.places),
            "texts": frame["prompt" if "prompt" in frame else "prompt_id"].astype(str).tolist(),
            "none": f"No thumbnail of it here: {sheet.told}.",
        },
    )
    st.caption(plain(f"Point at a pair to see its picture: {sheet.told}."))
