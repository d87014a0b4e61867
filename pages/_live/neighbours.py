"""The most similar known prompts, with what people really gave them."""

import streamlit as st

from pages import _cache as cache
from ppp_core.datasets import TARGETS
from ppp_core.neighbours import installed_revisions

N_NEIGHBOURS = 8


def show(prompt: str) -> None:
    """Neighbours from the data sets on this machine."""
    revisions = installed_revisions()
    if not revisions:
        st.info(
            "Neighbours come from data sets on this machine, and none is installed. Get one on the Data sets "
            "page, or type `ppp get pqpp`; the score above does not need it."
        )
        st.page_link("pages/datasets.py", label="Data sets", icon=":material/dataset:")
        return
    index = cache.index(revisions)
    found = index.nearest(prompt, k=N_NEIGHBOURS)
    st.dataframe(
        [_row(one) for one in found.to_dict("records")],
        hide_index=True,
        column_config={
            "prompt": st.column_config.TextColumn(width="large"),
            "observed": st.column_config.TextColumn(width="large"),
            "similarity": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
        },
        alt="The known prompts most similar to yours with their observed scores",
    )
    st.caption(
        f"{len(found)} of {len(index.table):,} known prompts shown, by cosine similarity of "
        f"{index.encoder.name} embeddings. Observed, not predicted: people's judgments of images; for P@10 "
        "and RR what a search engine found, judged by people; your own columns as they are. Training prompts "
        "are among them."
    )


def _row(one: dict) -> dict:
    """A neighbour as a row; the main target, where it was observed, stands first."""
    observed = dict(one["observed"])
    main = st.session_state.target
    ordered = ({main: observed.pop(main)} if main in observed else {}) | observed
    return {
        "prompt": one["prompt"],
        "observed": " · ".join(f"{_label(name)} {value:.2f}" for name, value in ordered.items()),
        "similarity": one["similarity"],
        "data set": one["dataset"],
    }


def _label(target: str) -> str:
    return TARGETS[target].short if target in TARGETS else target.partition("/")[2]
