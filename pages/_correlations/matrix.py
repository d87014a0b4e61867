"""What to look at, the matrix, and one target with everyone ranked."""

import pandas as pd
import streamlit as st

from pages._correlations import state
from pages._text import plain
from ppp_core.charts.board_forests import ranked_forest
from ppp_core.charts.correlations import correlation_matrix
from ppp_core.charts.looks import SOURCES, picture_config
from ppp_core.evaluation.benchmark_view import (
    BEST,
    NAMES,
    TIED,
    VIEW_MEANINGS,
    VIEW_TITLES,
    answer,
    ranked,
    told,
)


def choose(parts: list[str]) -> None:
    """Measure, part, what stands in the cells, whose figures."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            "Measure", list(NAMES), key="corr_measure", format_func=NAMES.get, required=True, width="content"
        )
        st.segmented_control(
            "Part of the data",
            parts,
            key="corr_part",
            format_func=VIEW_TITLES.get,
            required=True,
            width="content",
            help="; ".join(f"{VIEW_TITLES[name]}: {VIEW_MEANINGS[name]}" for name in parts) + ".",
        )
        st.segmented_control(
            "In the cells",
            list(state.CELLS),
            key="corr_cells",
            format_func=state.CELLS.get,
            required=True,
            width="content",
            help="Values are means over the seeds. The interval says how far other prompts would move them, "
            "the spread how far another seed would (standard deviation).",
        )
        st.pills(
            "Whose figures",
            list(state.SHOWN),
            key="corr_shown",
            selection_mode="multi",
            format_func=state.SHOWN.get,
            width="content",
        )


def sources() -> list[str]:
    """Whose figures are shown, as the board calls them."""
    shown = st.session_state.corr_shown
    return [source for source in SOURCES if source.partition(",")[0] in shown]


def show_answer(rows: pd.DataFrame) -> None:
    """One sentence for what is chosen."""
    target, measure = st.session_state.corr_target, st.session_state.corr_measure
    with st.container(key="corr_answer"):
        st.info(plain(answer(rows, target, measure, title=state.title(target))), icon=":material/target:")


def show_matrix(rows: pd.DataFrame) -> None:
    """All targets and methods; a click on a cell chooses it."""
    key = f"corr_matrix_chart_{st.session_state.get('corr_clicks', 0)}"

    def clicked() -> None:
        points = st.session_state[key].selection.points
        if points:
            target, method, _ = points[0]["customdata"]
            state.choose_cell(target, method)

    with st.container(key="corr_matrix"):
        st.plotly_chart(
            matrix_figure(rows),
            key=key,
            on_select=clicked,
            selection_mode="points",
            config=picture_config("correlations"),
            alt="Correlations, a row a method and a column a target; the same figures stand in the table "
            "under Take away, and one target at a time below.",
        )
    with st.container(key="corr_narrow"):
        st.caption("The whole matrix needs a wider screen; here is one target at a time.")


def plain_figure(rows: pd.DataFrame):
    """The matrix without a frame around the chosen cell, to be taken away."""
    return matrix_figure(rows, framed=False)


def matrix_figure(rows: pd.DataFrame, *, framed: bool = True):
    """The matrix of what is chosen."""
    labels = {target: state.label(target) for target in dict.fromkeys(rows["target"])}
    return correlation_matrix(
        rows,
        measure=st.session_state.corr_measure,
        labels=labels,
        chosen=(st.session_state.corr_target, st.session_state.corr_method) if framed else None,
        spread=st.session_state.corr_cells == "seeds",
    )


def explain(made: str) -> None:
    """How to read the matrix."""
    when = f" Measured {made}." if made else ""
    st.caption(
        f"{BEST} the best that we measured on a target; {TIED} not significantly different from it (paired "
        "bootstrap over prompts, Holm over all pairs, 5 %). ◇ ◆ figures of others: on their own prompts, "
        "with no interval where none was published, never tested against ours. Intervals are 95 %, over "
        f"prompts. Click a cell, or choose it below.{when}"
    )


def choose_cell(rows: pd.DataFrame) -> None:
    """Target and method by select boxes: the way without a mouse."""
    targets = list(dict.fromkeys(rows["target"]))
    order = ranked(rows, st.session_state.corr_target, st.session_state.corr_measure)
    left, right = st.columns(2)
    left.selectbox(
        "Target", targets, key="corr_target", format_func=state.title, on_change=state.forget_clicks
    )
    right.selectbox("Method", order["method"].tolist(), key="corr_method", on_change=state.forget_clicks)


def ranked_figure(rows: pd.DataFrame):
    """Everyone on the chosen target, the best first."""
    chosen = st.session_state
    return ranked_forest(rows, chosen.corr_target, measure=chosen.corr_measure, chosen=chosen.corr_method)


def show_ranked(rows: pd.DataFrame) -> None:
    """The chosen target, all methods ranked, with intervals."""
    st.markdown(f"**All methods on {plain(state.label(st.session_state.corr_target))}**, the best first")
    st.plotly_chart(
        ranked_figure(rows),
        key="corr_ranked",
        config=picture_config("ranked"),
        alt=" ".join(told(row, st.session_state.corr_measure) for row in _first(rows)),
    )


def _first(rows: pd.DataFrame, count: int = 5):
    order = ranked(rows, st.session_state.corr_target, st.session_state.corr_measure)
    return order.head(count).itertuples()
