"""What others published after generation and after retrieval: other data, in a table of its own."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages._correlations import state
from ppp_core.evaluation.benchmark_view import MEASURED, NAMES

BEFORE = "fine-tuned"
SHOWN = ("pearson", "kendall")


def show(targets: str, sees: str, *, after: str) -> None:
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
        key=f"corr_published_{sees}",
        column_config={
            **{NAMES[name]: st.column_config.NumberColumn(format="%.3f", width="small") for name in SHOWN},
            "n": st.column_config.NumberColumn(format="localized", width="small"),
            "method": st.column_config.TextColumn(width="medium"),
        },
        alt=f"Figures that others published before and {after}",
    )
    st.caption(
        "Published: from the paper's tables. Author's re-run: unpublished, the best of several. Neither comes "
        "with intervals. Other prompts, images, encoders and scales than ours: read them for what changes "
        "from before to after, and never against our figures."
    )


def figures(targets: str, sees: str, *, after: str) -> pd.DataFrame:
    """Rows of fine-tuned text models and of all that sees images, target by target, before first."""
    rows = cache.rows()
    before = (rows["needs"] == "prompt") & rows["predictor"].str.startswith(BEFORE)
    mine = rows[
        (rows["source"] != MEASURED) & rows["target"].str.startswith(targets) & (before | (rows["needs"] == sees))
    ]
    mine = mine.assign(
        when=mine["needs"].map({"prompt": f"before {after.partition(' ')[2]}", sees: after}),
        method=mine["predictor"] + mine["encoder"].map(lambda name: f" · {name}" if name else ""),
        target=mine["target"].map(state.label),
        order=mine["target"].map({name: place for place, name in enumerate(dict.fromkeys(mine["target"]))}),
    ).sort_values(["order", "source", "needs"], ascending=[True, False, True], kind="stable")
    mine["needs"] = mine["needs"].ne("prompt")
    mine = mine.sort_values(["order", "source", "needs"], ascending=[True, False, True], kind="stable")
    names = {"target": "target", "when": "when", "method": "method"}
    names |= {name: NAMES[name] for name in SHOWN}
    names |= {"n": "n", "source": "whose", "by": "source", "note": "note"}
    return mine[list(names)].rename(columns=names).reset_index(drop=True)
