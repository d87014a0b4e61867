"""Every table can be taken away in three formats, and every figure as a page of its own or as a picture."""

from collections.abc import Callable, Sequence

import streamlit as st

from ppp_core.charts.looks import picture_config, standalone_html
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


def offer_figure(
    names: Sequence[str], make: Callable[[str], object], *, of: str, file: str, key: str
) -> None:
    """A choice of figures, each to be taken away as HTML, SVG or PNG.

    Args:
        names: of the figures, as they are shown.
        make: gives the Plotly figure of a name.
        of: what the figures are of, for the title of the HTML page.
        file: name of the files, without their ending.
        key: prefix of the widgets' keys.
    """
    st.markdown("**A figure**, as a page of its own or as a picture")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Figure", list(names), key=f"{key}_figure", width=300)
        format = st.segmented_control(
            "Picture",
            ["svg", "png"],
            default="svg",
            key=f"{key}_format",
            required=True,
            format_func=str.upper,
        )
        figure = make(name)
        st.download_button(
            "HTML",
            data=lambda: standalone_html(figure, title=f"{name}: {of}"),
            file_name=f"{file}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key=f"{key}_html",
            help="About 5 MB: Plotly's script is inside, so it opens anywhere without a network.",
        )
    config = picture_config(file, format=format, height=figure.layout.height)
    st.plotly_chart(
        figure,
        key=f"{key}_preview_{format}",
        config={**config, "displayModeBar": True},
        alt="The figure to take away; the camera button at its top right saves it",
    )
    st.caption(
        f"The camera button at the figure's top right saves it as {format.upper()}, made in your browser. "
        "Every other figure of this page has one, too."
    )
