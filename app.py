"""The dashboard: which pages there are."""

import streamlit as st

st.set_page_config(page_title="PPP", page_icon=":material/insights:", layout="wide")
st.navigation(
    [
        st.Page("pages/live.py", title="Live score", icon=":material/edit_note:", default=True),
        st.Page("pages/datasets.py", title="Data sets", icon=":material/dataset:", url_path="datasets"),
    ],
    position="top",
).run()
