"""Measure the chosen cell on this machine, while the page stays of use."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages._text import plain
from ppp_core import PPPError
from ppp_core.evaluation.benchmark_view import MEASURED, NAMES, interval, prompts, short
from ppp_core.evaluation.measurement import Measurement, measured_here, reads_prompts_alone, what_is_missing
from ppp_core.store import is_public

MOST_SEEDS = 10


@st.cache_resource(show_spinner=False)
def _job() -> dict:
    """The one measurement of this server, whoever started it."""
    return {}


def show(rows: pd.DataFrame) -> None:
    """The button, or what is missing; then progress."""
    target, method = st.session_state.corr_target, st.session_state.corr_method
    chosen = rows[(rows["target"] == target) & (rows["method"] == method)]
    if is_public():
        st.info(
            "Measuring is switched off in this public demo. On your own machine the command below does it."
        )
    elif chosen.empty:
        st.info("Choose a cell first.")
    else:
        _offer(next(chosen.itertuples()))
    job = _job().get("job")
    running = job is not None and job.running
    st.session_state.corr_watching = running
    st.fragment(_watch, run_every=1.0 if running else None)()


def _offer(row) -> None:
    st.markdown(f"Measure **{plain(row.method)}** on **{plain(row.target)}** again, on this machine.")
    encoder = "" if reads_prompts_alone(row.predictor) else row.encoder
    missing = what_is_missing(row.target, row.predictor, encoder, here=set(cache.installed()))
    if row.trained_on and row.source == MEASURED:
        missing.append("A figure on a left-out data set is measured from the command line.")
    for told in missing:
        st.warning(plain(told))
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    seeds = left.number_input("Seeds", 1, MOST_SEEDS, 1, key="corr_seeds")
    busy = "job" in _job() and _job()["job"].running
    if right.button(
        "Measure it here",
        type="primary",
        icon=":material/science:",
        disabled=bool(missing) or busy,
        key="corr_run",
    ):
        try:
            _job()["job"] = Measurement(row.target, row.predictor, encoder, seeds=int(seeds))
        except PPPError as error:
            st.error(plain(error))


def _watch() -> None:
    """Progress, told every second; nothing else of the page runs again for it, until the end."""
    job: Measurement | None = _job().get("job")
    if job is None:
        return
    if st.session_state.corr_watching and not job.running:
        st.rerun()  # the whole page, once: the button is of use again
    what = f"{job.predictor} on {job.target}, {job.seeds} seed{'s' * (job.seeds != 1)}"
    if job.running:
        step = job.step
        share = step.done / step.total if step and step.total else 0.0
        left = f", about {step.seconds_left:.0f} s left" if step and step.seconds_left is not None else ""
        st.progress(
            share,
            text=plain(
                f"Measuring {what}: {step.done if step else 0} of "
                f"{step.total if step else job.seeds} fits{left}"
            ),
        )
        if job.cancelling:
            st.caption("Stopping before the next fit …")
        else:
            st.button("Cancel", icon=":material/close:", key="corr_cancel", on_click=job.cancel)
        return
    if job.error:
        st.error(plain(job.error))
    elif job.outcome is not None:
        _show_outcome(job, what)


def _show_outcome(job: Measurement, what: str) -> None:
    outcome = job.outcome
    for told in outcome.failed:
        st.error(plain(told))
    stopped = " It was stopped." if outcome.cancelled else ""
    st.success(
        plain(f"{what}: {outcome.n_measured} runs measured, {outcome.n_read} were there already.{stopped}")
    )
    found = measured_here(job)
    for seed, run in found:
        one = run[st.session_state.corr_measure]
        st.markdown(
            f"Seed {seed}: {NAMES[st.session_state.corr_measure]} **{short(one['value'])}**, 95 % interval "
            f"{interval(one['low'], one['high'])}, {prompts(run['n'])}"
        )
    st.caption(
        f"Kept in {plain(str(job.folder))}; `ppp benchmark` with that folder as `--out` reads it instead of "
        "repeating it."
    )
