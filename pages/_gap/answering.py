"""The gap in a sentence, in figures that follow the slider, and in a table beside the literature's."""

import pandas as pd
import streamlit as st

from pages import _downloads
from pages._text import plain
from ppp_core.modality_gap import LITERATURE, MEASURES

FOLLOWED = {
    "l2m": "Centroids (L2M)",
    "rmg": "RMG",
    "energy": "Energy distance",
    "cosine-auc": "Partners told (AUC)",
    "t2i-r1": "Text to image R@1",
    "i2t-r1": "Image to text R@1",
}
COLUMNS = {
    "title": "Measure",
    "value": "Value",
    "low": "Low",
    "high": "High",
    "shifted": "At this λ",
    "published": "Published",
    "ours": "CLIP on 500 COCO pairs, by us",
    "better": "Better",
    "about": "What it says",
    "source": "Defined by",
}


def show_answer(values: dict[str, float], *, name: str, encoder: str, n: int) -> None:
    """One sentence."""
    with st.container(key="gap_answer"):
        st.info(plain(answer(values, name=name, encoder=encoder, n=n)), icon=":material/join_inner:")


def answer(values: dict[str, float], *, name: str, encoder: str, n: int) -> str:
    """What the measures come to.

    Example:
        >>> found = {"l2m": 0.85, "rmg": 0.59, "separability": 1.0, "t2i-r1": 0.5, "matched-cosine": 0.3,
        ...          "mismatched-cosine": 0.1}
        >>> print(answer(found, name="COCO", encoder="CLIP", n=500)[:60])
        COCO by CLIP: the centres of prompts and pictures lie 0.85 a
    """
    by = f" by {encoder}" if encoder else ""
    share = {one: f"{values[one]:.0%}".replace("%", " %") for one in ("separability", "t2i-r1")}
    near, far = (f"{values[f'{one}-cosine']:.2f}".replace("-", "−") for one in ("matched", "mismatched"))
    return (
        f"{name}{by}: the centres of prompts and pictures lie {values['l2m']:.2f} apart (0 is no gap, 2 the "
        f"most), and a plane tells {share['separability']} of them apart (50 % is chance). Cosines of "
        f"partners are {near}, of strangers {far}; a prompt's nearest of {n:,} pictures is its own in "
        f"{share['t2i-r1']} of cases."
    )


def show_followed(before: dict[str, float], after: dict[str, float] | None) -> None:
    """Figures that follow the slider, with how far they moved."""
    now = after or before
    with st.container(horizontal=True, gap="medium"):
        for name, title in FOLLOWED.items():
            told = MEASURES[name]
            delta = now[name] - before[name]
            st.metric(
                title,
                f"{now[name]:.{told.decimals}f}",
                f"{delta:+.{told.decimals}f}" if after else None,
                delta_color="normal" if told.better == "larger" else "inverse",
                help=f"{told.title}: {told.about}",
                width="content",
            )


def table(frame: pd.DataFrame, after: dict[str, float] | None = None) -> pd.DataFrame:
    """The measures beside what was published, and what we measured of the shipped pairs."""
    found = frame.copy()
    if after:
        found["shifted"] = found["name"].map(after)
    for column, kind in (("published", "published"), ("ours", "measured by us")):
        said = _said(kind)
        found[column] = [said.get(name, "") for name in found["name"]]
    return found


def _said(kind: str) -> dict[str, str]:
    return {
        one.measure: f"{one.value:.{one.decimals}f}"
        + (f" ({one.encoder}, {one.data})" if kind == "published" else "")
        for one in LITERATURE
        if one.kind == kind
    }


def show_measures(
    frame: pd.DataFrame, notes, *, after: dict[str, float] | None = None, beside_ours: bool = True
) -> None:
    """Every measure with its interval, beside the literature's, and beside ours of the shipped pairs."""
    full = table(frame, after)
    full = full if beside_ours else full.drop(columns="ours")
    shown = [name for name in COLUMNS if name in full]
    number = st.column_config.NumberColumn(format="%.3f", width="small")
    st.dataframe(
        full[shown].rename(columns=COLUMNS),
        hide_index=True,
        key="gap_measures",
        height=420,
        column_config={
            **{COLUMNS[name]: number for name in ("value", "low", "high", "shifted")},
            COLUMNS["title"]: st.column_config.TextColumn(width=310),
            COLUMNS["about"]: st.column_config.TextColumn(width=1000),
            COLUMNS["source"]: st.column_config.TextColumn(width=480),
            COLUMNS["published"]: st.column_config.TextColumn(width=230),
        },
        alt="; ".join(f"{row.title} {row.value:.3f}" for row in full.itertuples()),
    )
    st.caption(
        "Low and high: 95 % intervals, prompts resampled with their pictures. Published figures, and ours of "
        "the 500 COCO pairs, are of other data or another encoder: marks to go by, no targets."
        + " At this λ: learned and measured on the same pairs, up to 1,000; separability is not learned anew."
        * bool(after)
    )
    for note in notes:
        st.markdown(f"- {plain(note)}")
    _downloads.offer(full, name="gap_measures")
