"""How do we know? What stands behind the score, and what it cannot know."""

import streamlit as st

from ppp_core import load_shipped
from ppp_core.datasets import DATASETS
from ppp_core.predictors.evidence import command_line, evidence


def show(prompt: str) -> None:
    """Data, figures, limits, and the command that gives the same result."""
    known = evidence(load_shipped(st.session_state.target))
    left, right = st.columns(2)
    with left:
        st.markdown(f"**Learned from** {known.learned_from} {_judgments()}")
        st.caption(f"{known.licence}. {known.attribution} {known.citation}")
        st.markdown(f"**How good is it?** {known.correlation}")
        st.markdown(f"**Beside simpler ways** {known.baselines}")
        st.markdown(f"**What it cannot know** {known.limits}")
    with right:
        st.markdown(f"**Do the intervals hold?** {known.coverage}")
        st.dataframe(
            known.coverage_table,
            hide_index=True,
            alt="Share of observed values inside the 90 % intervals, by group",
        )
        st.markdown(f"**When is a prompt unfamiliar?** {known.familiarity}")
    if prompt:
        st.markdown("**The same from the command line**")
        st.code(command_line(prompt, st.session_state.target), language="bash", wrap_lines=True)


def _judgments() -> str:
    """How many judgments stand behind the data, as far as its authors tell."""
    name = st.session_state.target.partition("/")[0]
    return DATASETS[name].CARD.judgments if name in DATASETS else ""
