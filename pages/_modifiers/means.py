"""Mean performance, and the predicted interval width, against the number of modifiers."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import answering, state
from pages._text import plain
from ppp_core import shipped_targets
from ppp_core.charts.looks import picture_config
from ppp_core.charts.spread import count_figure
from ppp_core.spread import tests_frame


def show(choice: state.Choice, dataset, analysis) -> None:
    """Do prompts with more modifiers do better? Are they predicted with more doubt?"""
    left, right = st.columns(2, gap="medium")
    with left:
        _show_mean(choice, dataset, analysis)
    with right:
        _show_width(choice, analysis)


def mean_figure(choice: state.Choice, dataset, analysis):
    """Each prompt's mean over its number of modifiers."""
    return count_figure(
        analysis.points,
        analysis.mean_trend,
        y="mean",
        middle="mean",
        title=f"mean ({dataset.target(choice.target).measure})",
        facts=state.facts(choice, dataset, interval="95 % bands"),
    )


def _show_mean(choice: state.Choice, dataset, analysis) -> None:
    st.markdown("**Are the images better?** Mean against the number of modifiers")
    st.plotly_chart(
        mean_figure(choice, dataset, analysis),
        key="mod_mean",
        config=picture_config("mean"),
        alt="; ".join(
            f"{row.modifiers} modifiers: {row.mean:.3g}"
            for row in analysis.mean_trend.rename(columns={"count": "modifiers"}).itertuples()
        ),
    )
    if analysis.mean_tests:
        answering.test_table(analysis.mean_tests, key="mod_mean_tests")
        _downloads.offer(tests_frame(analysis.mean_tests), name="mean_tests")


def _show_width(choice: state.Choice, analysis) -> None:
    st.markdown("**Are they predicted with more doubt?** Width of the predicted 90 % interval")
    predicted = st.selectbox("Predictor of", shipped_targets(), key="mod_predicted", width=280)
    points = analysis.points
    if len(points) > cache.MOST_SCORED:
        st.info(
            f"{len(points):,} prompts are too many to predict from this page (at most "
            f"{cache.MOST_SCORED:,}); `ppp score` does it."
        )
        return
    found = cache.widths(
        choice.name,
        choice.revision,
        predicted,
        choice.count,
        points["prompt"].tolist(),
        points["count"].tolist(),
    )
    st.plotly_chart(
        count_figure(
            found.prompts.assign(prompt_id=points["prompt_id"].tolist()),
            found.trend,
            y="width",
            middle="width",
            title="width of the 90 % interval",
            facts=[f"{choice.name}: {predicted}, predicted before any image", "95 % bands of the means"],
        ),
        key="mod_width",
        config=picture_config("predicted_width"),
        alt=found.answer,
    )
    st.caption(plain(" ".join([found.answer, *found.notes])))
    _downloads.offer(found.prompts, name="predicted_widths")
