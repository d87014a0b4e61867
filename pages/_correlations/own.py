"""Bring your own: scores, predictions, or both, and be placed."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages import _downloads
from pages._correlations import state
from pages._text import plain
from ppp_core import PPPError, shipped_targets
from ppp_core.charts.board_forests import own_forest
from ppp_core.charts.looks import picture_config
from ppp_core.evaluation.benchmark.placing import Placement, evaluate_predictions
from ppp_core.evaluation.benchmark_view import NAMES, interval, prompts, short
from ppp_core.evaluation.own_table import (
    MOST_BYTES,
    MOST_ROWS,
    OwnTable,
    own_correlation,
    placed_table,
    read_own,
    shipped_on_own,
)
from ppp_core.tables import encode_table


def show(rows: pd.DataFrame) -> None:
    """Upload, then whatever the columns allow."""
    st.markdown(
        "A table of **prompts** with your own **scores**, with your **predictions**, or with both; higher is "
        "better in each. Nothing of it is kept."
    )
    with st.form("corr_own_form", border=False):
        left, right = st.columns([3, 2])
        file = left.file_uploader(
            "Your table",
            type=["csv", "tsv", "parquet", "jsonl", "json"],
            key="corr_own_file",
            max_upload_size=MOST_BYTES // 1_000_000,
            help=f"CSV, TSV, Parquet or JSON lines; at most {MOST_ROWS:,} rows.",
        )
        prompt = right.text_input("Column of prompts", "prompt", key="corr_own_prompt")
        observed = right.text_input("Column of scores", "observed", key="corr_own_observed")
        predicted = right.text_input("Column of predictions", "predicted", key="corr_own_predicted")
        wanted = st.form_submit_button("Place me", type="primary", key="corr_own_go")
    if wanted:
        st.session_state.pop("corr_own", None)
        if file is None:
            st.error("Choose a file first: CSV, TSV, Parquet or JSON lines.")
        else:
            st.session_state.corr_own = _work(file, prompt, observed, predicted)
    if st.session_state.get("corr_own") is not None:
        _show(st.session_state.corr_own, rows)


def _work(file, prompt: str, observed: str, predicted: str) -> dict | None:
    """Reads, correlates and scores once; placing follows the choice of target."""
    try:
        table = read_own(file, prompt_column=prompt, observed_column=observed, predicted_column=predicted)
        found: dict = {"table": table, "name": file.name}
        if table.has_observed and table.has_predicted:
            found["correlation"] = own_correlation(table)
        if table.has_observed:
            bar = st.progress(0.0, text="Scoring your prompts …")
            targets = list(shipped_targets())
            found["shipped"], found["scored"] = shipped_on_own(
                table, targets, progress=lambda done, total: bar.progress(done / max(total, 1))
            )
            bar.empty()
    except PPPError as error:
        st.error(plain(error))
        return None
    return found


def _show(found: dict, rows: pd.DataFrame) -> None:
    table: OwnTable = found["table"]
    for note in table.notes:
        st.caption(plain(note))
    if "correlation" in found:
        _show_correlation(found["correlation"], found["name"])
    if "shipped" in found:
        _show_shipped(found)
    if table.has_predicted:
        _show_place(table, rows)


def _show_correlation(correlation, name: str) -> None:
    st.markdown(f"**Your predictions against your scores** ({plain(name)}, {prompts(correlation.n)})")
    with st.container(horizontal=True):
        for key, words in NAMES.items():
            one = getattr(correlation, key)
            ends = interval(one.low, one.high) or one.reason
            st.metric(
                words,
                short(one.value),
                f"95 % interval {ends}",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )
    if correlation.n_dropped:
        st.caption(f"{prompts(correlation.n_dropped)} left out for a missing value.")


def _show_shipped(found: dict) -> None:
    measure, told = st.session_state.corr_measure, found["scored"]
    st.markdown("**How the predictors that come with PPP do on your prompts**")
    table = found["shipped"]
    yours = None
    if "correlation" in found:
        one = getattr(found["correlation"], measure)
        yours = (one.value, one.low, one.high, found["correlation"].n)
    labels = {target: state.label(target) for target in table["target"]}
    st.plotly_chart(
        own_forest(table, measure=measure, labels=labels, yours=yours),
        key="corr_own_forest",
        config=picture_config("mine"),
        alt="; ".join(f"{r.target} {getattr(r, measure):.2f}" for r in table.itertuples()),
    )
    left_out = told["n_given"] - told["n_scored"]
    st.caption(
        f"{told['n_scored']:,} of {told['n_given']:,} prompts scored"
        + (": the first ones; for all, `ppp score` and `ppp correlate` do it. " if left_out else ". ")
        + f"{told['unfamiliar']:.0%} of them are unlike what at least one predictor learned from. Each "
        "predicts its own target, on its own scale; 95 % intervals over prompts. "
        "If your prompts are from a data set that a predictor learned from, its figure flatters it."
    )
    st.download_button(
        "Take this table away",
        data=lambda: encode_table(table, format="csv"),
        file_name="ppp_on_my_prompts.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="corr_own_take",
    )


def _show_place(table: OwnTable, rows: pd.DataFrame) -> None:
    """Your predictions of a known data set's held-out prompts, beside ours."""
    target, measure = st.session_state.corr_target, st.session_state.corr_measure
    st.markdown(
        f"**Your predictions beside ours** on {plain(state.title(target))}; another target: choose it above"
    )
    name = target.partition("/")[0]
    here = cache.installed().get(name)
    if here is None:
        st.info(
            f"To be placed on {target}, the data set {name} must be on this machine, which holds what was "
            f"observed. Get it with `ppp get {name}`."
        )
        return
    try:
        placed = evaluate_predictions(
            table.frame,
            target=target,
            predicted="predicted",
            dataset=cache.dataset(here.name, here.revision),
            predictions=cache.predictions(),
            measure=measure,
        )
    except PPPError as error:
        (st.caption if table.has_observed else st.error)(plain(error))
        return
    if placed.shared is None:
        st.info(f"Too few of your prompts are held-out prompts of {target} that ours predicted.")
        return
    _show_table(placed, rows)


def _show_table(placed: Placement, rows: pd.DataFrame) -> None:
    verdicts = [one.verdict for one in placed.competitors]
    beaten, better, tied = (verdicts.count(word) for word in ("beaten", "better", "tied"))
    st.success(
        f"You are {placed.place} of {len(verdicts) + 1}: you significantly beat {beaten}, {better} "
        f"significantly beat you, {tied} cannot be told apart from you."
    )
    shown = placed_table(placed, dict(zip(rows["key"], rows["method"], strict=True)))
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        shown,
        hide_index=True,
        key="corr_placed",
        column_config=dict.fromkeys(("value", "low", "high", "p"), number),
        alt="Your predictions among ours, with paired tests",
    )
    st.caption(
        f"{NAMES[placed.measure]} with 95 % intervals on {prompts(placed.n_shared)} of {placed.target} "
        "that you and all of these predicted, matched by their text. "
        f"{prompts(placed.n_left_out).capitalize()} of yours had no value there. p: paired bootstrap, "
        "adjusted by Holm over all pairs; below .05 counts."
    )
    _downloads.offer(shown, name="my_place")
