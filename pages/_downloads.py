"""Every table can be taken away, in three formats."""

import streamlit as st

from ppp_core.tables import encode_table

FORMATS = {
    "CSV": ("csv", "text/csv"),
    "Parquet": ("parquet", "application/octet-stream"),
    "JSON lines": ("json", "application/x-ndjson"),
}


def offer(table, *, name: str) -> None:
    """A row of buttons that download a frame as ``name.csv``, ``.parquet`` or ``.json``."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Export what is shown:", width="content")
        for label, (format, mime) in FORMATS.items():
            st.download_button(
                label,
                data=lambda format=format: encode_table(table, format=format),
                file_name=f"{name}.{format}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{name}_{format}",
            )
