"""What others published after generation and after retrieval: other data, in a table of its own."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages._correlations import state
from ppp_core.evaluation.benchmark_view import MEASURED, NAMES, number, short

BEFORE = "fine-tuned"
SHOWN = ("pearson", "kendall")


def show(targets: str | tuple[str, ...], sees: str, *, after: str) -> None:
    """PQPP's figures before and after, with who published them.

    Args:
        targets: what names of targets begin with.
        sees: what the predictors look at, as boards call it.
        after: such as ``"after generation"``.
    """
    found = figures(targets, sees, after=after)
    st.markdown(f"**Published by others, on other data**: PQPP's prompts, before and {after}")
    st.dataframe(
        found,
        hide_index=True,
        height="content",
        key=f"corr_published_{sees}",
        column_config={
            name: st.column_config.TextColumn(width=width)
            for name, width in {"method": 270, "source": 250, "note": "large"}.items()
        },
        alt=f"Figures that others published before and {after}",
    )
    st.caption(
        "Published: from the paper's tables. Author's re-run: unpublished, the best of several. Neither "
        "comes with intervals. Other prompts, images, encoders and scales than ours: read them for what "
        "changes from before to after, and never against our figures."
    )


def figures(targets: str | tuple[str, ...], sees: str, *, after: str) -> pd.DataFrame:
    """Rows of fine-tuned text models and of all that sees images, target by target, before first."""
    rows = cache.rows()
    alone = rows["needs"].eq("prompt")
    wanted = (alone & rows["predictor"].str.startswith(BEFORE)) | rows["needs"].eq(sees)
    mine = rows[rows["source"].ne(MEASURED) & rows["target"].str.startswith(targets) & wanted]
    places = {name: place for place, name in enumerate(dict.fromkeys(mine["target"]))}
    mine = mine.assign(
        place=mine["target"].map(places),
        whose=mine["source"].map(list(state.SHOWN).index),
        seen=mine["needs"].ne("prompt"),
    ).sort_values(["place", "whose", "seen"], kind="stable")
    encoders = mine["encoder"].map(lambda name: f" · {name}" if name else "")
    mine = mine.assign(
        when=mine["seen"].map({False: after.replace("after", "before"), True: after}),
        method=mine["predictor"] + encoders,
        target=mine["target"].map(state.label),
    )
    mine = mine.assign(
        **{name: mine[name].map(short) for name in SHOWN},
        n=mine["n"].map(lambda n: f"{n:,}" if number(n) else "not told"),
    )
    names = {"target": "target", "when": "when", "method": "method"}
    names |= {name: NAMES[name] for name in SHOWN}
    names |= {"n": "n", "source": "whose", "by": "source", "note": "note"}
    return mine[list(names)].rename(columns=names).reset_index(drop=True)
