"""The most similar known prompts, with what people really gave them."""

import streamlit as st

from pages import _cache as cache
from ppp_core.neighbours import installed_revisions

N_NEIGHBOURS = 8


def show(prompt: str) -> None:
    """Neighbours from the data sets on this machine."""
    if not installed_revisions():
        st.info(
            "Neighbours come from data sets on this machine, and none is installed. Get one on the Data sets "
            "page, or type `ppp get pqpp`; the score above does not need it."
        )
        st.page_link("pages/datasets.py", label="Data sets", icon=":material/dataset:")
        return
    place = st.empty()

    def told(done: int, total: int) -> None:
        place.progress(done / total, f"Reading {done:,} of {total:,} known prompts; this is done once.")

    index = cache.index(told)
    place.empty()
    found = index.nearest(prompt, k=N_NEIGHBOURS)
    st.dataframe(
        [_row(one) for one in found.to_dict("records")],
        hide_index=True,
        column_config={
            "prompt": st.column_config.TextColumn(width="large"),
            "what people gave": st.column_config.TextColumn(width="large"),
            "similarity": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
        },
        alt="The known prompts most similar to yours with their observed scores",
    )
    st.caption(
        f"{N_NEIGHBOURS} of {len(index.table):,} known prompts shown, by cosine similarity of "
        f"{index.encoder.name} embeddings. The scores are what people gave, not predictions; prompts of the "
        "training part are among them."
    )


def _row(one: dict) -> dict:
    """A neighbour as a row; the main target, where it was observed, stands first."""
    observed = dict(one["observed"])
    main = st.session_state.target
    ordered = ({main: observed.pop(main)} if main in observed else {}) | observed
    gave = " · ".join(f"{name.partition('/')[2]} {value:.2f}" for name, value in ordered.items())
    return {
        "prompt": one["prompt"],
        "what people gave": gave,
        "similarity": one["similarity"],
        "data set": one["dataset"],
    }
