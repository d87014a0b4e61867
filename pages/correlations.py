"""The correlation page: who predicts what, how well, with intervals, ties and origins."""

from pathlib import Path

import streamlit as st

from pages import _cache_correlations as cache
from pages._correlations import (
    across,
    after_generation,
    after_retrieval,
    cell,
    matrix,
    measuring,
    own,
    state,
    take,
)
from pages._text import plain
from ppp_core.evaluation.benchmark_view import view, views_in

STYLE = Path(__file__).parent / "_correlations" / "correlations.html"
SECTIONS = {
    "Across data sets": across.show_data_sets,
    "Metrics that see images": across.show_metrics,
    "After generation": after_generation.show,
    "After retrieval": after_retrieval.show,
    "Learning curves": across.show_curves,
    "Transfer": across.show_transfer,
    "Generation and search": across.show_relations,
    "Bring your own": own.show,
    "Measure here": measuring.show,
    "Take away": take.show,
}

st.html(STYLE)
st.subheader("How well is performance predicted before an image exists?", anchor=False)
everything = cache.rows()
board, _, problem = cache.boards()
if problem:
    st.warning(plain(f"{problem} Figures of others are shown."))
parts = views_in(everything) or ["test"]
state.start(parts, list(SECTIONS))
answer = st.container()
matrix.choose(parts)
rows = view(everything, part=st.session_state.corr_part, sources=matrix.sources())
rows = rows[rows[st.session_state.corr_measure].notna()].reset_index(drop=True)
if rows.empty:
    st.info("Nothing is shown: choose whose figures to show, or another measure.")
else:
    state.settle(rows)
    with answer:
        matrix.show_answer(rows)
    matrix.show_matrix(rows)
    matrix.explain(board.made)
    matrix.choose_cell(rows)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        matrix.show_ranked(rows)
    with right:
        cell.show(rows)
    tabs = st.tabs(list(SECTIONS), key="corr_section", on_change="rerun")
    for tab, show in zip(tabs, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                across.guarded(show, rows)
state.remember()
