"""How many modifiers prompts have, under each definition, beside what PPP published."""

import pandas as pd
import streamlit as st

from pages import _cache_modifiers as cache
from pages import _downloads
from pages._modifiers import state
from ppp_core.charts.looks import picture_config
from ppp_core.charts.modifier_counts import counts_figure
from ppp_core.spread import COUNTS, PPP_SHARE_WITHOUT

PUBLISHED = ("PPP (published): DALL-E 2 prompts without any", round(100 * PPP_SHARE_WITHOUT, 2))


def figure(choice: state.Choice, dataset):
    """The distribution under every definition that the data allows."""
    found = cache.distributions(choice.name, choice.revision)
    facts = [dataset.card.title, f"{len(dataset.prompts):,} prompts", "shares of all prompts"]
    return counts_figure(found, published=PUBLISHED, facts=facts)


def show(choice: state.Choice, dataset, analysis) -> None:
    """Bars, the published mark, the definitions in words, the table."""
    found = cache.distributions(choice.name, choice.revision)
    st.plotly_chart(
        figure(choice, dataset),
        key="mod_counts",
        config=picture_config("counts"),
        alt="; ".join(
            f"{title}: {100 * counts.get(0, 0) / sum(counts.values()):.0f} % without modifiers"
            for title, counts in found.items()
        ),
    )
    st.caption(
        f"◇ {PUBLISHED[1]:g} % of the DALL-E 2 prompts in PPP's paper (arXiv 2306.08915) have no modifier: "
        "another set of prompts, counted in a way that was not published, so it is a mark to look at and "
        "nothing to test against."
    )
    for one in COUNTS.values():
        if one.title in found:
            st.markdown(f"- **{one.title}**: {one.about}")
    table = pd.DataFrame(
        [
            {"definition": title, "modifiers": count, "prompts": n}
            for title, counts in found.items()
            for count, n in counts.items()
        ]
    )
    _downloads.offer(table, name="modifier_counts")
