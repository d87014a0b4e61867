"""The dashboard: which pages there are."""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "pages" / "icon.png"

st.set_page_config(page_title="PPP", page_icon=str(ICON), layout="wide")
st.navigation(
    [
        st.Page("pages/live.py", title="Live score", icon=":material/edit_note:", default=True),
        st.Page(
            "pages/modifiers.py",
            title="Modifiers & variance",
            icon=":material/tune:",
            url_path="modifiers",
        ),
        st.Page(
            "pages/correlations.py",
            title="Correlations",
            icon=":material/leaderboard:",
            url_path="correlations",
        ),
        st.Page(
            "pages/modality_gap.py",
            title="Modality gap",
            icon=":material/join_inner:",
            url_path="modality-gap",
        ),
        st.Page("pages/datasets.py", title="Data sets", icon=":material/dataset:", url_path="datasets"),
    ],
    position="top",
).run()
