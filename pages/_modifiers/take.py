"""Take away: tables, figures, and the command that measures it again."""

import json

import streamlit as st

from pages import _downloads
from pages._modifiers import answering, counting, means, state
from pages._text import plain
from ppp_core.charts.looks import picture_config, standalone_html

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
    st.markdown("**A figure**, as a page of its own or as a picture")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Figure", list(FIGURES), key="mod_figure", width=300)
        format = st.segmented_control(
            "Picture", ["svg", "png"], default="svg", key="mod_format", required=True, format_func=str.upper
        )
        figure = FIGURES[name](choice, dataset, analysis)
        st.download_button(
            "HTML",
            data=lambda: standalone_html(figure, title=f"{name}: {choice.target}"),
            file_name="modifiers.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="mod_html",
            help="About 5 MB: Plotly's script is inside, so it opens anywhere without a network.",
        )
    config = picture_config("modifiers", format=format, height=figure.layout.height)
    st.plotly_chart(
        figure,
        key=f"mod_preview_{format}",
        config={**config, "displayModeBar": True},
        alt="The figure to take away; the camera button at its top right saves it",
    )
    st.caption(
        f"The camera button at the figure's top right saves it as {format.upper()}, made in your browser. "
        "Every other figure of this page has one, too."
    )
    st.caption(plain(f"Data: {dataset.card.title}, {dataset.card.licence}. {dataset.card.attribution}"))
