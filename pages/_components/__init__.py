"""Small browser components: a prompt box that follows the typing, the list of variants, pictures on maps."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


def _source(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


prompt_box = st.components.v2.component(
    "ppp_prompt_box",
    html=_source("prompt_box.html"),
    css=_source("prompt_box.css"),
    js=_source("prompt_box.js"),
)
variant_list = st.components.v2.component(
    "ppp_variant_list", html="<ol></ol>", css=_source("variant_list.css"), js=_source("variant_list.js")
)
hover_thumbnails = st.components.v2.component(
    "ppp_hover_thumbnails",
    html=_source("hover_thumbnails.html"),
    css=_source("hover_thumbnails.css"),
    js=_source("hover_thumbnails.js"),
)
