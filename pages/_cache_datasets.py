"""What the data set page keeps between reruns. Keys hold a data set's revision, so a change shows at once."""

import streamlit as st

from ppp_core import datasets


@st.cache_resource(max_entries=4, show_spinner="Reading the data set …")
def loaded(name: str, revision: str) -> datasets.DataSet:
    """One installed data set; never changed by whoever gets it."""
    return datasets.load_dataset(name)


@st.cache_resource(max_entries=8, show_spinner=False)
def scores(name: str, revision: str):
    """A row a prompt, a column a target."""
    return datasets.export_frame(loaded(name, revision))


@st.cache_resource(max_entries=32, show_spinner=False)
def observed(name: str, revision: str, target: str):
    """The observed performance of each prompt on one target."""
    return datasets.observed(loaded(name, revision), target)
