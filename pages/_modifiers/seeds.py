"""Seeds and raters: where variance comes from, and what averaging images brings."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import reference, state
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.components import components_figure, images_figure
from ppp_core.charts.looks import picture_config


def show(choice: state.Choice, dataset, analysis) -> None:
    """Shares of the variance; the correlation of predictions over the number of images."""
    left, right = st.columns(2, gap="medium")
    with left:
        _show_components(choice, dataset)
    with right:
        _show_curve(choice, dataset)
    reference.show_components()


def _facts(choice: state.Choice, dataset) -> list[str]:
    return [dataset.card.title, dataset.target(choice.target).title]


def components_of(choice: state.Choice, dataset):
    """The figure of shares."""
    found = cache.components(choice.name, choice.revision, choice.target)
    facts = [*_facts(choice, dataset), f"{found.n_prompts:,} prompts", f"{found.n_images:,} images"]
    return components_figure(found.frame, facts=[*facts, "95 % intervals"])


def _show_components(choice: state.Choice, dataset) -> None:
    st.markdown("**Where does the variance come from?** Of single ratings, whatever the meaning chosen above")
    found = cache.components(choice.name, choice.revision, choice.target)
    st.plotly_chart(
        components_of(choice, dataset),
        key="mod_components",
        config=picture_config("components"),
        alt="; ".join(f"{row.title}: {row.share:.0%}" for row in found.frame.itertuples()),
    )
    st.markdown(plain(found.answer))
    st.caption(plain(" ".join(found.notes)))
    _downloads.offer(found.frame, name="variance_components")


def _show_curve(choice: state.Choice, dataset) -> None:
    st.markdown("**How many images make a fair judge?** A predictor's correlation over the images averaged")
    try:
        found = cache.curve(choice.name, choice.revision, choice.target)
    except PPPError as error:
        st.info(plain(error))
        return
    facts = [*_facts(choice, dataset), f"{found.n_prompts:,} prompts", f"predictions: {found.source}"]
    st.plotly_chart(
        images_figure(found.frame, facts=[*facts, "95 % intervals"]),
        key="mod_curve",
        config=picture_config("images_averaged"),
        alt="; ".join(f"{row.images} images: {row.pearson:.2f}" for row in found.frame.itertuples()),
    )
    st.markdown(plain(found.answer))
    st.caption(plain(" ".join(found.notes)))
    _downloads.offer(found.frame, name="images_averaged")
