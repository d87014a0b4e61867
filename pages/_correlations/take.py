"""Take away: tables, figures, citations, and the command that measures it again."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages import _downloads
from pages._correlations import matrix, state
from pages._text import plain
from ppp_core.evaluation.benchmark_export import (
    benchmark_command,
    bibtex,
    export_table,
    to_latex,
    to_markdown,
)
from ppp_core.evaluation.benchmark_view import MEASURED, VIEWS
from ppp_core.predictors import PREDICTORS

FIGURES = {"The matrix": matrix.plain_figure, "The chosen target, ranked": matrix.ranked_figure}


def show(rows: pd.DataFrame) -> None:
    """Everything that is shown, in the forms that papers and colleagues want."""
    measure = st.session_state.corr_measure
    st.markdown(
        f"**The table**, {len(rows):,} rows as chosen above, every figure with its interval and origin"
    )
    table = export_table(rows)
    st.dataframe(table, hide_index=True, key="corr_table", height=260, alt="Every row that is shown")
    _downloads.offer(table, name="correlations")
    with st.container(horizontal=True):
        _download("Markdown", to_markdown(rows, measure), "correlations.md", "text/markdown")
        _download("LaTeX", to_latex(rows, measure), "correlations.tex", "application/x-tex")
        datasets = dict.fromkeys(rows["dataset"])
        _download("BibTeX", bibtex(datasets), "correlations.bib", "application/x-bibtex")
    _show_figure(rows)
    st.markdown("**The command** that measures what is chosen again")
    st.code(_command(rows), language="bash", wrap_lines=True)
    made = cache.boards()[0]
    if made.command:
        versions = ", ".join(f"{name} {version}" for name, version in made.versions.items())
        st.caption(
            plain(f"All of it was made by: {made.command} ({', '.join(filter(None, [made.made, versions]))})")
        )


def _download(label: str, text: str, name: str, mime: str) -> None:
    st.download_button(
        label,
        text,
        file_name=name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"corr_{name}",
    )


def _show_figure(rows: pd.DataFrame) -> None:
    _downloads.offer_figure(
        list(FIGURES),
        lambda name: FIGURES[name](rows),
        of=state.label(st.session_state.corr_target),
        file="correlations",
        key="corr",
    )


def _command(rows: pd.DataFrame) -> str:
    chosen = st.session_state
    mine = rows[(rows["target"] == chosen.corr_target) & (rows["source"] == MEASURED)]
    one = mine[mine["method"] == chosen.corr_method]
    mine = one if not one.empty else mine
    known = [name for name in dict.fromkeys(mine["predictor"]) if name in PREDICTORS]
    seeds = mine["n_seeds"].fillna(1)
    return benchmark_command(
        targets=[chosen.corr_target],
        predictors=known,
        encoders=list(dict.fromkeys(mine["encoder"])),
        seeds=int(seeds.max()) if len(seeds) else 1,
        split="test" if "test" in VIEWS[chosen.corr_part] else "validation",
    )
