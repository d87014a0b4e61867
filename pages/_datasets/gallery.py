"""Some pictures of a data set, drawn at random, with their prompts and ratings."""

import streamlit as st

from pages import _cache_datasets as cache
from pages._text import plain
from ppp_core.datasets import DataSet, Installed, find_prompts

SHOWN = 14
WIDTH = 134
LONGEST = 90


def show(one: Installed, dataset: DataSet, *, words: str, split: str | None) -> None:
    """A gallery of what the search box found; nothing where no picture of the set is on this machine."""
    frame = cache.rated_pictures(one.name, one.revision)
    if frame.empty:
        return
    st.subheader("Some of its pictures")
    found, count = find_prompts(frame, words, split=split)
    if not count:
        st.caption("No picture is of a prompt that was found.")
        return
    seed = st.session_state.setdefault("pictures_seed", 0)
    drawn = found.sample(min(SHOWN, count), random_state=seed)
    pictures = [(row, cache.small_picture(row["path"])) for row in drawn.to_dict("records")]
    shown = [(row, picture) for row, picture in pictures if picture is not None]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_told(len(shown), len(drawn), count, seed), width="content")
        if count > SHOWN:
            st.button("Draw others", key="draw_others", on_click=_draw_others, icon=":material/casino:")
    with st.container(key="dataset_pictures", horizontal=True, gap="small"):
        for row, picture in shown:
            _show_picture(row, picture, dataset)


def _draw_others() -> None:
    st.session_state.pictures_seed += 1


def _told(shown: int, drawn: int, count: int, seed: int) -> str:
    """How many of how many are shown, and how they were chosen."""
    told = f"{shown:,} of {count:,} pictures shown"
    told += f", drawn at random (seed {seed})." if drawn < count else "."
    unread = drawn - shown
    return told + (
        f" {unread} more {'are' if unread > 1 else 'is'} not there or cannot be read." if unread else ""
    )


def _show_picture(row: dict, picture, dataset: DataSet) -> None:
    """A picture, its prompt, who drew it, and what it was given."""
    prompt = row["prompt"]
    with st.container(width=WIDTH + 34, border=True):
        st.image(picture, width=WIDTH, alt=f"A picture of the prompt: {prompt}")
        st.caption(plain(prompt if len(prompt) <= LONGEST else f"{prompt[: LONGEST - 1]}…"))
        values = [
            f"{plain(target.name.partition('/')[2])} **{row[target.name]:.{target.decimals}f}**"
            for target in dataset.card.targets
            if row.get(target.name) is not None
        ]
        if values:
            st.markdown("  \n".join(values))
        if isinstance(row.get("generator"), str):
            st.caption(plain(row["generator"]))
