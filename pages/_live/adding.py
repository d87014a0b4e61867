"""How much do pictures add to the words? The curve that comes with PPP, measured."""

import streamlit as st

from pages import _cache as cache
from pages._text import plain
from ppp_core import PPPError, load_shipped
from ppp_core.charts.images_added import MEASURES, images_added_figure
from ppp_core.charts.looks import picture_config
from ppp_core.evaluation.after.images_added import AddedRow, ImagesAdded

SHORT = {"all": "all of a prompt's pictures", "unseen": "those not seen"}


def show() -> None:
    """A figure a target, over the number of pictures seen; drawn when it is opened."""
    place = st.expander(
        "How much do pictures add to the words?",
        icon=":material/query_stats:",
        key="images_added",
        on_change="rerun",
    )
    if place.open:
        with place:
            try:
                _show_curves(list(cache.images_added().values()))
            except PPPError as error:
                st.error(plain(error))


def _show_curves(curves: list[ImagesAdded]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        against = st.segmented_control(
            "Measured against the mean rating of",
            list(SHORT),
            default=next(iter(SHORT)),
            format_func=SHORT.get,
            key="images_added_against",
            required=True,
        )
        measure = st.segmented_control(
            "Coefficient",
            list(MEASURES),
            default=next(iter(MEASURES)),
            format_func=MEASURES.get,
            key="images_added_measure",
            required=True,
        )
    for column, curve in zip(st.columns(len(curves), gap="medium"), curves, strict=True):
        with column:
            _show_one(curve, measure, against)
    st.caption(
        "Pictures that were seen are a part of all of a prompt's pictures: some of the gain is that they are "
        "rated themselves. Against those not seen, only what they tell of the prompt counts."
    )
    first, readers = curves[0], " and ".join(dict.fromkeys(curve.words for curve in curves))
    st.caption(
        plain(
            f"AGIQA-3K, {first.find(0, 'words').n_prompts:,} prompts with pictures by six generators; "
            f"{first.predictor} on {first.encoder} sees the pictures, {readers} the words. {first.how}. "
            "Numbers in brackets and bands are 95 % intervals."
        )
    )
    st.code("ppp after --curve agiqa-3k", language="bash")


def _show_one(curve: ImagesAdded, measure: str, against: str) -> None:
    title = load_shipped(curve.target).target.title
    st.plotly_chart(
        images_added_figure([curve], measure=measure, against=against, labels={curve.target: title}),
        key=f"images_added_{curve.target}",
        config=picture_config("images_added"),
        alt=f"{title}: {_told(curve, measure, against)}",
    )
    st.markdown(_told(curve, measure, against))


def _told(curve: ImagesAdded, measure: str, against: str) -> str:
    """The curve's first and last points in a sentence."""
    rows = [row for row in curve.rows if row.against == against and row.reads == "both"]
    last = max(rows, key=lambda row: row.n_images)
    words = curve.find(last.n_images if against == "unseen" else 0, "words", against)
    gain = last.over_words if measure == "spearman" else None
    told = (
        f"The words alone reach {_figure(words, measure)}; with {last.n_images} pictures seen beside them "
        f"it is {_figure(last, measure)}"
    )
    if gain is None:
        return f"{told}."
    clear = "a clear gain" if gain.low > 0 else "a clear loss" if gain.high < 0 else "which may be nothing"
    return f"{told}: {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f}), {clear}."


def _figure(row: AddedRow, measure: str) -> str:
    one = getattr(row, measure)
    return f"**{one.value:.2f}** ({one.low:.2f} to {one.high:.2f})"
