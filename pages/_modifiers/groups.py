"""The same question for groups of prompts, and for two data sets side by side."""

import pandas as pd
import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import state
from pages._text import plain
from ppp_core.charts.looks import picture_config
from ppp_core.charts.spread import count_figure, groups_figure
from ppp_core.spread import MEANINGS, default_count, default_meaning

FIRST_WAYS = ("style", "category", "source", cache.BY_GENERATOR)
MOST_DRAWN = 7
"""More groups have no colours of their own."""


def show_groups(choice: state.Choice, dataset, analysis) -> None:
    """By a column of the data set, the prompts' length, or the generator."""
    ways = cache.ways_to_group(*choice)
    if not ways:
        st.info("This data set tells nothing of its prompts that groups could be made of.")
        return
    first = next((name for name in FIRST_WAYS if name in ways), next(iter(ways)))
    by = st.selectbox(
        "Group prompts by",
        list(ways),
        index=list(ways).index(first),
        format_func=ways.get,
        key="mod_group",
        width=300,
    )
    found = cache.groups(*choice, by)
    largest = sorted(found, key=lambda name: -found[name].n)[:MOST_DRAWN]
    told = {f"{name} (n {one.n:,})": one.trend for name, one in found.items() if name in largest}
    facts = [*state.facts(choice, dataset, interval="95 % intervals"), f"by {ways[by].lower()}"]
    if len(found) > len(largest):
        facts.append(f"{len(largest)} of {len(found)} groups, the largest")
    st.plotly_chart(
        groups_figure(told, middle="spread", title=_axis(choice, dataset), facts=facts),
        key="mod_groups",
        config=picture_config("groups"),
        alt="; ".join(f"{name}: {one.answer}" for name, one in found.items()),
    )
    table = group_table(found)
    figure = st.column_config.NumberColumn(format="%+.2f", width="small")
    st.dataframe(
        table,
        hide_index=True,
        key="mod_group_table",
        column_config={
            **dict.fromkeys(("rank correlation", "low", "high"), figure),
            "p": st.column_config.NumberColumn(format="%.2g", width="small"),
            "answer": st.column_config.TextColumn(width="large"),
        },
        alt="The answer in each group",
    )
    st.caption(
        "Rank correlation of spread and number of modifiers, with its 95 % interval. Each group is tested by "
        "itself, so a few of many groups look clear by chance; a small group gets no verdict. Where "
        "all prompts of a group have the same number of modifiers, there is nothing to correlate."
    )
    _downloads.offer(table, name="groups")


def group_table(found: dict) -> pd.DataFrame:
    """A row a group: its prompts, rank correlation, verdict and answer."""
    ranks = {name: one.test("spearman") for name, one in found.items()}
    return pd.DataFrame(
        [
            {
                "group": name,
                "prompts": one.n,
                "rank correlation": ranks[name].estimate,
                "low": ranks[name].low,
                "high": ranks[name].high,
                "p": ranks[name].p,
                "strength": one.strength,
                "answer": one.answer,
            }
            for name, one in found.items()
        ]
    )


def _axis(choice: state.Choice, dataset) -> str:
    return f"spread ({dataset.target(choice.target).measure})"


def show_other(choice: state.Choice, dataset, analysis) -> None:
    """Two data sets, each with its own target, meaning and count."""
    shelf = cache.shelf()
    names = [name for name in shelf if name != choice.name]
    if not names:
        st.info("There is one data set on this machine; another one to compare it with comes by `ppp get`.")
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = st.selectbox("Compare with", names, format_func=shelf.get, key="mod_other")
        titles = {target.name: target.title for target in cache.card(name).targets}
        target = st.selectbox(
            "Its target", list(titles), format_func=titles.get, key=f"mod_other_target_{name}"
        )
    revision = cache.revision(name, target)
    other = cache.dataset(name, revision)
    mine = _as_near_as_possible(choice, other, name, revision, target)
    if (mine.meaning, mine.count) != (choice.meaning, choice.count):
        st.warning(
            "The two are not measured alike: the other data set does not allow "
            + ("this meaning of variance" if mine.meaning != choice.meaning else "this way to count")
            + ". What is compared is told above each figure."
        )
    left, right = st.columns(2, gap="medium")
    with left:
        _show_one(choice, dataset, analysis, "this")
    with right:
        _show_one(mine, other, cache.analysis(*mine), "other")
    if dataset.target(choice.target).measure != other.target(target).measure:
        st.caption("The two are on different scales: compare directions and strengths, not values.")


def _as_near_as_possible(choice: state.Choice, other, name: str, revision: str, target: str) -> state.Choice:
    meanings, counts = cache.allowed(name, revision, target)
    meaning = choice.meaning if not meanings[choice.meaning] else default_meaning(other, target)
    count = choice.count if not counts[choice.count] else default_count(other)
    return state.Choice(name, revision, target, meaning, count, "")


def _show_one(choice: state.Choice, dataset, analysis, key: str) -> None:
    st.markdown(plain(analysis.answer))
    unit = dataset.target(choice.target).measure
    within = MEANINGS[choice.meaning].within_prompt
    st.plotly_chart(
        count_figure(
            analysis.points,
            analysis.trend,
            y="sd",
            middle="spread",
            title=f"SD ({unit})" if within else f"distance from the middle ({unit})",
            named="mean of the prompts' SD" if within else "SD of the prompts' means",
            facts=state.facts(choice, dataset),
            truth=cache.truth(*choice),
        ),
        key=f"mod_compare_{key}",
        config=picture_config("compare"),
        alt=analysis.answer,
    )
