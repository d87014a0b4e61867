"""Two small browser components: a prompt box that follows the typing, and the list of variants."""

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
