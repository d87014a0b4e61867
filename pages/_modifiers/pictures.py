"""The images of one prompt beside each other, with their scores."""

import pandas as pd
import streamlit as st

from pages import _cache_modifiers as cache
from pages._modifiers import state
from pages._text import plain
from ppp_core.datasets import DataSet, scenes
from ppp_core.spread import MEANINGS

MOST = 24
WIDTH = 126


def show(choice: state.Choice, dataset: DataSet, point) -> None:
    """Pictures where they are on this machine or can be drawn; else the scores in a table."""
    rows = cache.rated_images(choice.name, choice.revision, choice.target, point.name)
    target = dataset.target(choice.target)
    digits = f".{target.decimals}f"
    st.caption(
        plain(
            f"{len(rows)} values, the best first: mean {point['mean']:{digits}}, SD {point['sd']:{digits}} "
            f"{MEANINGS[choice.meaning].within}, {int(point['count'])} modifiers. {target.measure}, "
            f"{target.low:g} to {target.high:g}."
        )
        if MEANINGS[choice.meaning].within_prompt
        else plain(f"{len(rows)} values, the best first: mean {point['mean']:{digits}}.")
    )
    shown = [(row, _picture(choice.name, row)) for row in rows.head(MOST).itertuples()]
    shown = [(row, picture) for row, picture in shown if picture is not None]
    if shown:
        with st.container(key="mod_pictures", horizontal=True, gap="small"):
            for row, picture in shown:
                caption = f"**{row.value:{digits}}** {_by(row)}{_setting(row)}"
                st.image(picture, caption=caption, width=WIDTH)
        if len(shown) < len(rows):
            st.caption(f"{len(shown)} of {len(rows)} shown: the first {MOST}, as far as they can be read.")
        if choice.name == cache.SCENES:
            st.caption("Simulated: drawn by PPP's own program, scored by a program, not by people.")
    else:
        _show_table(rows)


def _by(row) -> str:
    return plain(row.generator) if isinstance(row.generator, str) else ""


def _setting(row) -> str:
    setting = getattr(row, "setting", None)
    if isinstance(setting, str) and setting != "normal":
        return f" {plain(setting)}"
    return "" if pd.isna(row.seed) else f" · seed {row.seed}"


def _picture(name: str, row):
    """A picture, drawn here where it can be; None where there is none, or it cannot be read."""
    path = getattr(row, "path", None)
    if isinstance(path, str):
        return cache.thumbnail(path)
    return scenes.draw(row.image_id) if name == cache.SCENES else None


def _show_table(rows) -> None:
    st.caption("No picture of this prompt is on this machine and can be read; here are the scores.")
    kept = [name for name in ("generator", "value", "sd", "n_raters") if rows[name].notna().any()]
    st.dataframe(rows[kept], hide_index=True, key="mod_values", alt="The scores of this prompt's images")
