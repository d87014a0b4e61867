"""The pairs that are selected on a map, with their pictures."""

from textwrap import shorten

import streamlit as st

from pages import _cache_gap as cache
from pages import _downloads
from pages._gap import state
from pages._gap.live import View
from pages._text import plain

MOST, WIDTH, LONGEST = 24, 126, 200


def show(view: View) -> None:
    """Pictures where there are any; the rest in a table."""
    rows = [row for row in st.session_state.gap_rows if row < len(view.pairs)]
    if not rows:
        st.caption(
            "Circle points with the lasso, drag a box, or click one: what is selected is shown here"
            f"{', with its pictures' * ('path' in view.pairs.frame)}."
        )
        return
    frame = view.pairs.frame.iloc[rows]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows):,} of {len(view.pairs):,} pairs selected**", width="content")
        st.button("Select none", key="gap_none", on_click=state.forget_selection, icon=":material/close:")
    shown = 0
    with st.container(key="gap_gallery", horizontal=True, gap="small"):
        for row in frame.head(MOST).itertuples():
            picture = cache.picture(view.choice.data, row.image_id, getattr(row, "path", None))
            if picture is not None:
                st.image(
                    picture,
                    caption=plain(
                        shorten(str(getattr(row, "prompt", row.prompt_id)), LONGEST, placeholder=" …")
                    ),
                    width=WIDTH,
                )
                shown += 1
    if shown:
        if shown < len(rows):
            st.caption(
                f"{shown} of {len(rows):,} pictures shown: the first {MOST}, as far as they can be read."
            )
    else:
        st.caption("No picture of these is on this machine and can be read; here is what is known of them.")
    table = frame.drop(columns=["path"], errors="ignore")
    with st.expander("As a table", expanded=not shown):
        st.dataframe(table, hide_index=True, key="gap_selected", alt="The selected pairs")
        _downloads.offer(table, name="gap_selected")
