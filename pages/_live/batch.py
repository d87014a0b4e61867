"""Many prompts at once."""

import io

import streamlit as st

from pages import _downloads
from pages._text import plain
from ppp_core import PPPError, load_shipped
from ppp_core.batch import score_frame
from ppp_core.charts.predictions import score_histogram
from ppp_core.tables import read_table

MOST_PROMPTS = 20_000
MOST_BYTES = 50_000_000
KEPT = {"persist_state": "session"}


def show() -> None:
    """Drop a file or paste lines, see the scores, take them away."""
    target = st.session_state.target
    with st.form("batch_form", border=False):
        left, right = st.columns(2)
        file = left.file_uploader(
            "A file of prompts",
            type=["csv", "tsv", "parquet", "jsonl", "json", "txt"],
            key="batch_file",
            max_upload_size=MOST_BYTES // 1_000_000,
            help="CSV, TSV, Parquet or JSON lines with a column of prompts; or text, one prompt a line.",
        )
        column = left.text_input("Its column of prompts", "prompt", key="batch_column", **KEPT)
        lines = right.text_area("or lines, one prompt each", key="batch_lines", height=170, **KEPT)
        wanted = st.form_submit_button("Score them", type="primary", key="batch_go")
    if wanted:
        st.session_state.pop("batch", None)
        try:
            st.session_state.batch = (target, _score(file, column, lines, target))
        except PPPError as error:
            st.error(plain(error))
    if "batch" in st.session_state:
        _show_result(*st.session_state.batch)


def _score(file, column: str, lines: str, target: str):
    """What came of the batch, and its table."""
    table = _table(file, column, lines)
    place = st.empty()

    def told(done: int, total: int) -> None:
        place.progress(done / total, f"{done:,} of {total:,} prompts")

    column = column if file is not None else "prompt"
    scored = score_frame(table, [load_shipped(target)], prompt_column=column, progress=told)
    place.empty()
    return scored


def _table(file, column: str, lines: str):
    if file is not None:
        return read_table(file, prompt_column=column, max_bytes=MOST_BYTES, max_rows=MOST_PROMPTS)
    if not lines.strip():
        raise PPPError("A file or at least one line was wanted, got neither.")
    return read_table(io.BytesIO(lines.encode("utf-8", "replace")), format="text", max_rows=MOST_PROMPTS)


def _show_result(target: str, scored) -> None:
    shown = load_shipped(target).target
    result, table = scored
    st.plotly_chart(
        score_histogram(table[target].tolist(), title=shown.title, low=shown.low, high=shown.high),
        key="batch_histogram",
        config={"displayModeBar": False},
        alt=f"How {result.rows:,} predicted values of {target} spread: from {table[target].min():.2f} to "
        f"{table[target].max():.2f}, median {table[target].median():.2f}",
    )
    number = st.column_config.NumberColumn(format=f"%.{shown.decimals}f")
    st.dataframe(
        table,
        hide_index=True,
        key="batch_table",
        column_config={
            "prompt": st.column_config.TextColumn(width="large"),
            **{f"{target}{part}": number for part in ("", "_low", "_high")},
            f"{target}_percentile": st.column_config.NumberColumn(format="%.0f"),
        },
        alt="One row a prompt with its scores",
    )
    st.caption(plain(" ".join([f"{result.rows:,} of {result.rows:,} prompts shown.", *result.told()])))
    st.caption(f"More than {MOST_PROMPTS:,} prompts: `ppp score FILE --target {target} --out scores.csv`")
    _downloads.offer(table, name="scores")
