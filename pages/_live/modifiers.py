"""The prompt's modifiers by kind, and how many there are under each definition."""

import streamlit as st

from pages import _cache as cache
from pages._text import plain
from ppp_core import PPPError
from ppp_core.charts.modifier_parts import counts_shown, legend, marked_prompt
from ppp_core.modifiers import Parsed, lexicon, parse

KEPT = {"persist_state": "session"}


def show(prompt: str) -> None:
    """The prompt with its modifiers marked, a legend, and the counts."""
    st.markdown(
        "A **modifier** says how the picture is to look, not what is in it: its style, medium, light, "
        "colours, camera, mood or quality. Unmarked text is the subject."
    )
    wanted = st.toggle(
        "Adjectives and phrases too",
        key="modifiers_grammar",
        help="Adds what grammar finds in the description, such as “red” or “on a beach”. The first "
        "time, a language model is read, which takes some seconds.",
        **KEPT,
    )
    parsed = _parsed(prompt, grammar=wanted)
    st.html(marked_prompt(parsed))
    if not parsed.modifiers:
        st.info(_none_found(parsed))
    if legend(parsed):
        st.html(legend(parsed))
    _show_counts(parsed)
    _show_truth(prompt, parsed)


def _parsed(prompt: str, *, grammar: bool) -> Parsed:
    """The prompt taken apart; without grammar, and told so, where the language model is missing."""
    if grammar:
        try:
            with st.spinner("Reading the grammar …", show_time=True):
                return parse(prompt, grammar=True)
        except PPPError as error:
            st.warning(plain(error))
    return parse(prompt, grammar=False)


def _none_found(parsed: Parsed) -> str:
    """What to say where nothing is marked."""
    found = "No modifier found" if parsed.grammar else "No known modifier found"
    return f"{found}: the prompt says what to show, and leaves open how it looks."


def _show_counts(parsed: Parsed) -> None:
    """The number under each definition, with its rule."""
    st.markdown("**How many?** That depends on what is counted.")
    st.markdown(
        "\n".join(f"- **{number}** {title.lower()}: {rule}" for title, number, rule in counts_shown(parsed))
    )
    if not parsed.grammar:
        st.caption("The third count needs the switch above.")


def _show_truth(prompt: str, parsed: Parsed) -> None:
    """What the marks have to do with the score, and what they may miss."""
    prediction = cache.predictions(prompt)[st.session_state.target]
    if any(part.kind in ("parameter", "negative") or part.weight != 1.0 for part in parsed.parts):
        st.warning(
            "This prompt holds a tool's settings, weights or a negative prompt. They count as no modifiers, "
            "but the score above reads them like any words, though it learned from prompts without them: "
            "leave them out to see the score of the description itself.",
            icon=":material/tune:",
        )
    read = (
        f"the first {prediction.tokens:,} tokens, the last {prediction.truncated:,} being cut off"
        if prediction.truncated
        else f"{prediction.tokens:,} tokens"
    )
    st.caption(
        "The score above does not use these marks: its predictor reads the whole text as it stands "
        f"({read}). Marks come from a lexicon of {len(lexicon()):,} terms (version {lexicon().version}) and "
        "patterns such as “by …”; new or rare terms can be missed."
    )
