"""Across data sets, transfer, learning curves, generation against search, metrics that see images."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages._correlations import state
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.board_forests import across_forest, metric_forest
from ppp_core.charts.clouds import cloud
from ppp_core.charts.learning import learning_curves, transfer_matrix
from ppp_core.charts.looks import picture_config
from ppp_core.evaluation.benchmark_view import NAMES, beside_metrics, method_name

NOT_MEASURED = "Not measured yet. {what} come with the reference results that `{command}` makes."


def show_data_sets(rows: pd.DataFrame) -> None:
    """One method on every target."""
    measure, method = st.session_state.corr_measure, st.session_state.corr_method
    labels = {target: state.label(target) for target in dict.fromkeys(rows["target"])}
    st.caption(f"{plain(method)} on every target that it was measured on. Another one: choose it above.")
    mine = rows[rows["method"] == method]
    st.plotly_chart(
        across_forest(rows, method, measure=measure, labels=labels),
        key="corr_across",
        config=picture_config("across"),
        alt="; ".join(f"{one.target} {getattr(one, measure):.2f}" for one in mine.itertuples()),
    )
    _show_ceilings(mine)
    _show_ranges()


def _show_ranges() -> None:
    """What others published as ranges only; made by models and by people, told apart."""
    ranges = cache.boards()[1].table("ranges")
    if ranges.empty:
        return
    with st.expander(f"Published as ranges only ({len(ranges)})"):
        names = [
            "judged_by",
            "target",
            "predictor",
            "encoder",
            "measure",
            "low",
            "high",
            "source",
            "by",
            "note",
        ]
        st.dataframe(
            ranges.sort_values("judged_by", kind="stable")[names],
            hide_index=True,
            alt="Ranges of correlations that others published",
        )
        st.caption("Scores made by models are another task than people's judgments: never compare the two.")


def _show_ceilings(mine: pd.DataFrame) -> None:
    """How high a correlation could be, where raters are known."""
    ceilings = cache.table("ceilings")
    known = ceilings[ceilings["target"].isin(mine["target"])]
    if known.empty:
        return
    st.markdown(
        "**How high could it be?** Raters disagree, so even a perfect predictor stays below 1; "
        "these are upper limits."
    )
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        known,
        hide_index=True,
        column_config={name: number for name in known.columns if name.startswith(("reliability", "ceiling"))},
        alt="The highest correlation that a perfect predictor could have, by target",
    )


def show_transfer(rows: pd.DataFrame) -> None:
    """What one target teaches about another."""
    transfer, measure = cache.table("transfer"), st.session_state.corr_measure
    if transfer.empty:
        st.info(NOT_MEASURED.format(what="Transfer figures", command="ppp benchmark --transfer"))
        return
    names = _methods(transfer)
    chosen = st.selectbox("Predictor", list(names), format_func=names.get, key="corr_transfer_method")
    mine = transfer[(transfer["predictor"] == chosen[0]) & (transfer["encoder"] == chosen[1])]
    labels = {t: state.label(t) for t in {*mine["target"], *mine["trained_on"]}}
    with st.container(key="corr_transfer_frame"):
        st.plotly_chart(
            transfer_matrix(mine, measure=measure, labels=labels),
            key="corr_transfer",
            config=picture_config("transfer"),
            alt="; ".join(
                f"{r.trained_on} to {r.target}: {getattr(r, measure):.2f}" for r in mine.itertuples()
            ),
        )
    st.caption(
        f"{NAMES[measure]} with 95 % intervals, on the colour scale of the matrix. Down: learned from. "
        "Across: predicted. Prompts that were learned from never judge. "
        f"Parts: {', '.join(dict.fromkeys(mine['part']))}; measured by us."
    )


def show_curves(rows: pd.DataFrame) -> None:
    """What more prompts bring."""
    curves, measure, target = (
        cache.table("curves"),
        st.session_state.corr_measure,
        st.session_state.corr_target,
    )
    if curves.empty:
        st.info(NOT_MEASURED.format(what="Learning curves", command="ppp benchmark --curves"))
        return
    known = list(dict.fromkeys(curves["target"]))
    if target not in known:
        st.caption(f"No learning curve of {plain(target)} was measured; another target's is shown.")
        target = st.selectbox("Target", known, format_func=state.title, key="corr_curve_target")
    mine = curves[curves["target"] == target]
    st.plotly_chart(
        learning_curves(mine, measure=measure),
        key="corr_curves",
        config=picture_config("learning_curves"),
        alt="; ".join(
            f"{r.predictor} from {r.n_train} prompts: {getattr(r, measure):.2f}" for r in mine.itertuples()
        ),
    )
    st.caption(
        f"{plain(state.title(target))}: {NAMES[measure]}, {', '.join(dict.fromkeys(mine['part']))} "
        "part, over prompts learned from (logarithmic scale); bands: 95 % intervals; measured by us."
    )


def show_relations(rows: pd.DataFrame) -> None:
    """Whether prompts that are good for generation are good for search."""
    relations, measure = cache.table("relations"), st.session_state.corr_measure
    here = cache.installed().get("pqpp")
    if here is None:
        st.caption(
            "PQPP is not on this machine, so there is no scatter of prompts. Get it with `ppp get pqpp`."
        )
    else:
        _show_scatter(here)
    if relations.empty:
        st.info(NOT_MEASURED.format(what="Relations of targets", command="ppp benchmark"))
        return
    shown = [*(c for c in ("x", "y", "kind", "predictor", "encoder", "part", "n") if c in relations)]
    number = st.column_config.NumberColumn(format="%.3f")
    ends = [measure, f"{measure}_low", f"{measure}_high"]
    st.markdown(f"**{NAMES[measure]} between targets**, with 95 % intervals")
    st.dataframe(
        relations[[*shown, *ends]],
        hide_index=True,
        column_config=dict.fromkeys(ends, number),
        alt="Correlations between generation and retrieval targets, observed and predicted",
    )


def _show_scatter(here) -> None:
    generation = [f"pqpp/hbpp-{system}" for system in ("average", "sdxl", "glide")]
    search = [f"pqpp/{measure}-{system}" for measure in ("p10", "rr") for system in ("clip", "blip2")]
    left, right = st.columns(2)
    x = left.selectbox("Generation", generation, format_func=state.title, key="corr_x")
    y = right.selectbox("Search", search, format_func=state.title, key="corr_y")
    both = cache.two_targets(here.name, here.revision, x, y)
    names = (f"generation: {state.unit(x)}", f"search: {state.unit(y)}")
    st.plotly_chart(
        cloud(both, unit="", names=names, diagonal=False),
        key="corr_relation",
        config=picture_config("generation_search"),
        alt=f"{len(both):,} prompts by {x} and {y}",
    )
    st.caption("Observed values of PQPP's training and validation prompts; many share one place.")


def show_metrics(rows: pd.DataFrame) -> None:
    """Metrics that see the images beside predictors that do not."""
    metrics, measure = cache.table("metrics"), st.session_state.corr_measure
    if metrics.empty:
        st.info(NOT_MEASURED.format(what="Metrics against people", command="ppp benchmark"))
        _show_images()
        return
    levels = list(dict.fromkeys(metrics["level"]))
    level = levels[0]
    if len(levels) > 1:
        level = st.segmented_control(
            "Compared by", levels, default=levels[0], key="corr_level", required=True
        )
    every = metrics[metrics["level"] == level]
    mine = beside_metrics(every)
    if len(mine) < len(every):
        st.caption(
            f"{len(mine)} of {len(every)} shown: predictions that learned from one other data set alone are "
            "in the table of data sets left out."
        )
    st.plotly_chart(
        metric_forest(mine, measure=measure),
        key="corr_metrics",
        config=picture_config("metrics"),
        alt="; ".join(f"{r.metric} {getattr(r, measure):.2f}" for r in mine.itertuples()),
    )
    st.caption(
        f"{NAMES[measure]} with people's ratings on {', '.join(dict.fromkeys(mine['target']))}, by {level}. "
        "Ours read the prompt alone, and learned from no prompt of this data set. ★ best, ≈ not "
        "significantly different from it (paired bootstrap, Holm). Measured by us from the authors' files."
    )
    _show_images()


def _show_images() -> None:
    """What others published image by image, which is another task."""
    everything = cache.rows()
    images = everything[everything["level"] == "image"]
    if images.empty:
        return
    with st.expander(f"Others' figures, image by image ({len(images)})"):
        names = ["target", "method", *NAMES, "n", "source", "by"]
        st.dataframe(
            images[[name for name in names if images[name].notna().any()]],
            hide_index=True,
            alt="Correlations of automatic metrics with people, image by image",
        )
        st.caption("Telling images of one prompt apart is another task than telling prompts apart.")


def _methods(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    pairs = dict.fromkeys(zip(table["predictor"], table["encoder"], strict=True))
    return {pair: method_name(*pair) for pair in pairs}


def guarded(show, rows: pd.DataFrame) -> None:
    """Shows a part; what is wrong with it is one line."""
    try:
        show(rows)
    except PPPError as error:
        st.info(plain(error))
