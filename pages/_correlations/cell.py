"""One cell: predicted against observed, what was missed, and how it does on parts of the prompts."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages._correlations import state
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.board_forests import subset_forest
from ppp_core.charts.clouds import cloud, density_cloud, residuals, worst_misses
from ppp_core.charts.looks import picture_config
from ppp_core.datasets import DATASETS
from ppp_core.evaluation.benchmark_view import MEASURED, told


def show(rows: pd.DataFrame) -> None:
    """All there is on the chosen cell."""
    target, method = st.session_state.corr_target, st.session_state.corr_method
    chosen = rows[(rows["target"] == target) & (rows["method"] == method)]
    if chosen.empty:
        st.info("Choose a cell that holds a figure.")
        return
    row = next(chosen.itertuples())
    st.markdown(f"**{plain(row.method)} on {plain(state.label(target))}**")
    st.caption(plain(told(row, st.session_state.corr_measure)) + (f" {plain(row.note)}" if row.note else ""))
    if row.source != MEASURED:
        st.info("Of others' figures nothing but the figure is known: no prompts, no predictions.")
        return
    found = _pairs(row)
    if found is None:
        _show_counts(row)
    else:
        _show_prompts(found, row)
    _show_subsets(row)


def _pairs(row) -> pd.DataFrame | None:
    """Predicted and observed, prompt by prompt; None, and why, where they are not to be had here."""
    here = cache.installed().get(row.dataset)
    if here is None:
        line = f" Get it with `ppp get {row.dataset}`." if row.dataset in DATASETS else ""
        st.caption(
            f"The data set {row.dataset} is not on this machine, so prompts, residuals and misses cannot be "
            f"shown; below are counts that came with PPP.{line}"
        )
        return None
    try:
        found = cache.cell_pairs(here.name, here.revision, row.target, row.part, row.key)
    except PPPError:
        st.caption("Predictions prompt by prompt are not kept here; below are counts that came with PPP.")
        return None
    if found.empty:
        st.caption("The predictions of this row, prompt by prompt, are not kept; below are counts.")
        return None
    return found


def _show_counts(row) -> None:
    """The cloud from counts alone."""
    density = cache.boards()[0].density.get(row.key)
    if density is None:
        st.info("How predicted and observed values spread was not kept for this row.")
        return
    count = sum(map(sum, density["counts"]))
    st.plotly_chart(
        density_cloud(density, **_axes(row)),
        key="corr_cloud",
        config=picture_config("predicted_observed"),
        alt=f"{count:,} prompts counted in cells of predicted and observed value",
    )
    st.caption(f"{count:,} prompts in {len(density['counts'])} × {len(density['counts'][0])} cells.")
    _tell_units(row)


def _axes(row) -> dict:
    """Names and unit of the axes; a line of equality where both are in one unit."""
    if not row.trained_on:
        return {"unit": state.unit(row.target)}
    names = (f"predicted {state.unit(row.trained_on)}", f"observed {state.unit(row.target)}")
    return {"unit": "", "names": names, "diagonal": False}


def _tell_units(row) -> None:
    if row.trained_on:
        st.caption(
            f"It predicts {plain(row.trained_on)}, on that target's scale: only whether both go up together "
            "counts, and a difference of the two would mean nothing."
        )
    else:
        st.caption("Dashed: where both are equal.")


def _show_prompts(found: pd.DataFrame, row) -> None:
    """Scatter; residuals and the ten worst misses, where both are in one unit."""
    if row.trained_on:
        _show_cloud(st, found, row)
        return
    left, right = st.columns(2)
    unit = state.unit(row.target)
    _show_cloud(left, found, row)
    right.plotly_chart(
        residuals(found, unit=unit),
        key="corr_residuals",
        config=picture_config("residuals"),
        alt=f"Observed less predicted value of {len(found):,} prompts, over the predicted value",
    )
    _show_misses(found)


def _show_cloud(place, found: pd.DataFrame, row) -> None:
    with place.container():
        st.plotly_chart(
            cloud(found, **_axes(row)),
            key="corr_cloud",
            config=picture_config("predicted_observed"),
            alt=f"Predicted against observed value of {len(found):,} prompts",
        )
        _tell_units(row)


def _show_misses(found: pd.DataFrame) -> None:
    number = st.column_config.NumberColumn(format="%.2f", width="small")
    misses = worst_misses(found)
    st.markdown(f"**The worst misses**, {len(misses)} of {len(found):,} prompts shown")
    st.dataframe(
        misses,
        hide_index=True,
        key="corr_misses",
        column_config={
            "prompt": st.column_config.TextColumn(width="large"),
            **dict.fromkeys(("observed", "predicted"), number),
            "miss": st.column_config.NumberColumn(format="%+.2f", width="small", help="observed − predicted"),
        },
        alt="The prompts whose observed value is farthest from the predicted one",
    )


def _show_subsets(row) -> None:
    """Correlations on parts of the prompts."""
    measure = st.session_state.corr_measure
    languages = cache.table("languages").rename(columns={"language": "group"}).assign(by="language")
    subsets = pd.concat([cache.table("subsets"), languages], ignore_index=True)
    mine = subsets[(subsets["key"] == row.key) & subsets[measure].notna()]
    if mine.empty:
        st.caption("No subsets were measured for this row.")
        return
    with st.expander(f"On parts of the prompts ({len(mine)} subsets)", expanded=True):
        st.plotly_chart(
            subset_forest(mine, measure=measure),
            key="corr_subsets",
            config=picture_config("subsets"),
            alt="; ".join(f"{one.group}: {getattr(one, measure):.2f}" for one in mine.itertuples()),
        )
        st.caption("Within a narrow subset values vary less, which alone lowers a correlation.")
