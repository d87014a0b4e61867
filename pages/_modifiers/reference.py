"""Our measured figures of AGIQA-3K, aggregates that come with PPP, beside simulated data."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.looks import picture_config
from ppp_core.charts.modifier_forest import modifier_forest
from ppp_core.charts.spread import count_figure
from ppp_core.spread import COUNTS, MEANINGS, SpreadAnalysis
from ppp_core.store import is_public

NAME, MEANING, COUNT = "agiqa-3k", "generators", "given"
TITLES = {f"{NAME}/alignment": "Match with the prompt", f"{NAME}/quality": "Look"}

AXES = {
    "mean": "effect on the mean (mean opinion score)",
    "spread": "change of a prompt's standard deviation",
}


def is_wanted() -> bool:
    """Whether real figures stand beside what is chosen: AGIQA-3K is not on this machine."""
    return NAME not in cache.shelf()


def show() -> None:
    """Answer and trend of a target, without a single prompt."""
    st.markdown("**Beside it, real images: AGIQA-3K**, measured by us, aggregates")
    try:
        found = cache.reference()
        target = _choose_target()
        one = found.analysis(target, meaning=MEANING, count=COUNT)
    except PPPError as error:
        st.warning(plain(error))
        return
    st.plotly_chart(
        figure(one), key="mod_reference_figure", config=picture_config("agiqa_3k"), alt=one.answer
    )
    st.markdown(plain(one.answer))
    where = "on your own machine, " if is_public() else ""
    st.caption(
        f"Measured {found.made}; AGIQA-3K by Li et al. (2023), MIT licence. With prompts and images: "
        f"{where}`ppp get {NAME}`, then choose it above."
    )


def _choose_target() -> str:
    return st.segmented_control(
        "What people judged",
        list(TITLES),
        default=next(iter(TITLES)),
        format_func=TITLES.get,
        key="mod_reference",
        required=True,
        label_visibility="collapsed",
    )


def figure(one: SpreadAnalysis):
    """The trend of one target, from aggregates alone."""
    return count_figure(
        one.points,
        one.trend,
        y="sd",
        middle="spread",
        title="SD (mean opinion score)",
        named="mean of the prompts' SD",
        facts=[
            f"{one.dataset}, measured by us",
            TITLES.get(one.target, one.target),
            MEANINGS[one.meaning].within,
            f"count: {COUNTS[one.count].title.lower()}",
            f"{one.n:,} prompts",
            "95 % bands",
        ],
        height=360,
    )


def _here():
    """What comes with PPP, where it is wanted; None where it cannot be read, which `show` tells."""
    try:
        return cache.reference() if is_wanted() else None
    except PPPError:
        return None


def show_effects(target_by: tuple[str, str] = (f"{NAME}/alignment", "value")) -> None:
    """The forest of AGIQA-3K's modifiers, measured by us."""
    rows = _here().effects.get(target_by) if _here() else None
    if rows is None:
        return
    target, _ = target_by
    with st.expander("Beside it, the modifiers of real images: AGIQA-3K, measured by us, aggregates"):
        for place, (outcome, axis) in zip(st.columns(2, gap="medium"), AXES.items(), strict=True):
            mine = rows[rows["outcome"] == outcome].sort_values("shrunk", ascending=False)
            facts = ["AGIQA-3K, measured by us", TITLES[target], MEANINGS[MEANING].within]
            place.plotly_chart(
                modifier_forest(mine, axis=axis, facts=facts),
                key=f"mod_reference_{outcome}",
                config=picture_config(f"agiqa_3k_{outcome}"),
                alt="; ".join(f"{row.modifier}: {row.shrunk:+.2f}" for row in mine.itertuples()),
            )


def show_components() -> None:
    """Where the variance of AGIQA-3K comes from, in a sentence a target."""
    found = _here()
    if found is None:
        return
    st.markdown("**Beside it, real images: AGIQA-3K**, measured by us, aggregates")
    for target, title in TITLES.items():
        told = found.components.get(target)
        if told is not None:
            st.markdown(f"- {title}: {plain(told['answer'])}")
