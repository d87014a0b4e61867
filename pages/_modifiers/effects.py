"""What each modifier does: to the mean and to the spread, shrunken beside as measured; and pairs of them."""

import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import reference, state
from pages._text import plain
from ppp_core.charts.looks import picture_config
from ppp_core.charts.modifier_forest import modifier_forest
from ppp_core.spread import MEANINGS
from ppp_core.spread.memberships import BY, own_columns

OUTCOMES = {
    "mean": "**Mean**, prompts with it against prompts without",
    "spread": "**Spread**, prompts with it against prompts without",
}


def show(choice: state.Choice, dataset, analysis) -> None:
    """Two forests and two tables."""
    own = own_columns(cache.observed(*choice).prompts)
    ways = [name for name in BY if own or name not in ("factor", "value")]
    usual = "value" if "value" in ways else ways[0]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        by = st.selectbox(
            "Modifiers are", ways, index=ways.index(usual), format_func=BY.get, key="mod_by", width=300
        )
        adjusted = st.toggle(
            "Take the mean's effect out of the spread",
            key="mod_adjusted",
            help="A score near the end of its scale cannot vary, which alone makes good prompts vary less.",
        )
    found, pairs = cache.effects(*choice, by, adjusted)
    st.markdown(plain(found.answer))
    for place, outcome in zip(st.columns(2, gap="medium"), OUTCOMES, strict=True):
        with place:
            _show_forest(choice, dataset, found, outcome)
    st.caption(
        "● shrunken: what is rarely seen is drawn towards what modifiers do on average, so that chance does "
        "not look like an effect; □ as measured. ★ told from nothing at 5 %, adjusted for the number of "
        f"modifiers. Held fixed: {plain(', '.join(found.controls) or 'nothing')}. Prompts with and without "
        "differ in more than the modifier: this is between prompts, not an experiment in pairs."
    )
    st.caption(plain(" ".join(found.notes)))
    with st.expander(f"The figures ({len(found.frame)} rows)"):
        st.dataframe(found.frame, hide_index=True, key="mod_effects", alt="Effects of single modifiers")
        _downloads.offer(found.frame, name="modifier_effects")
    _show_pairs(pairs)
    reference.show_effects()


def forest(choice: state.Choice, dataset, found, outcome: str):
    """One outcome's forest."""
    axis = found.unit("mean") if outcome == "mean" else "change of a prompt's standard deviation"
    return modifier_forest(found.of(outcome), axis=axis, facts=state.facts(choice, dataset, interval=""))


def _show_forest(choice: state.Choice, dataset, found, outcome: str) -> None:
    st.markdown(OUTCOMES[outcome])
    rows = found.of(outcome)
    known = rows[rows["shrunk"].notna()]
    if known.empty:
        within = MEANINGS[choice.meaning].within
        st.info(
            "No modifier is in enough prompts to be weighed by itself."
            if outcome == "mean"
            else f"No modifier is in enough prompts, or prompts have no spread of their own {within}."
        )
        return
    st.plotly_chart(
        forest(choice, dataset, found, outcome),
        key=f"mod_forest_{outcome}",
        config=picture_config(f"modifiers_{outcome}"),
        alt="; ".join(f"{row.modifier}: {row.shrunk:+.2f}" for row in known.head(20).itertuples()),
    )


def _show_pairs(pairs) -> None:
    with st.expander(f"Combinations of two modifiers ({len(pairs.frame)} rows)"):
        st.markdown(plain(pairs.answer))
        if len(pairs.frame):
            st.dataframe(pairs.frame, hide_index=True, key="mod_pairs", alt="Combinations of modifiers")
            _downloads.offer(pairs.frame, name="modifier_combinations")
