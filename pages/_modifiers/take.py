"""Take away: tables, figures, and the command that measures it again."""

import json

import streamlit as st

from pages import _downloads
from pages._modifiers import answering, counting, means, state
from pages._text import plain

FIGURES = {
    "Spread over the number of modifiers": lambda *chosen: answering.main_figure(*chosen, ringed=False),
    "Mean over the number of modifiers": means.mean_figure,
    "How many modifiers": lambda choice, dataset, analysis: counting.figure(choice, dataset),
}


def show(choice: state.Choice, dataset, analysis) -> None:
    """Everything that is shown, in forms that papers and colleagues want."""
    st.markdown(f"**The prompts**, {len(analysis.points):,} rows: number of modifiers, mean, SD")
    st.dataframe(analysis.points, hide_index=True, key="mod_points", height=240, alt="Every prompt")
    _downloads.offer(analysis.points, name="spread")
    st.download_button(
        "The whole analysis (JSON)",
        data=lambda: json.dumps(analysis.as_dict(), ensure_ascii=False, indent=1).encode(),
        file_name="spread_analysis.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="mod_json",
    )
    _show_figure(choice, dataset, analysis)
    st.markdown("**The command** that measures what is chosen again")
    st.code(command(choice), language="bash", wrap_lines=True)


def command(choice: state.Choice) -> str:
    """What gives the same analysis at the command line."""
    generator = f" --generator {_quoted(choice.generator)}" if choice.generator else ""
    return (
        f"ppp spread {choice.name} --target {choice.target} --meaning {choice.meaning} "
        f"--count {choice.count}{generator} --json"
    )


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


def _show_figure(choice: state.Choice, dataset, analysis) -> None:
    _downloads.offer_figure(
        list(FIGURES),
        lambda name: FIGURES[name](choice, dataset, analysis),
        of=choice.target,
        file="modifiers",
        key="mod",
    )
    st.caption(plain(f"Data: {dataset.card.title}, {dataset.card.licence}. {dataset.card.attribution}"))
