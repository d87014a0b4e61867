"""The live page: type a prompt, see how well it will do and why."""

from pathlib import Path

import streamlit as st

from pages import _cache as cache
from pages._live import batch, evidence, images, modifiers, neighbours, state, top, variants
from pages._text import plain
from ppp_core import PPPError

STYLE = Path(__file__).parent / "_live" / "live.html"
SECTIONS = {
    "Variants": variants.show,
    "Modifiers": modifiers.show,
    "Images": images.show,
    "Neighbours": neighbours.show,
    "Batch": lambda prompt: batch.show(),
    "How do we know?": evidence.show,
}
NEED_A_PROMPT = {
    "Variants": "Type a prompt above, and your variants are compared with it here.",
    "Modifiers": "Type a prompt above, and what says how the picture is to look is marked here.",
    "Neighbours": "Type a prompt above, and the known prompts most like it appear here.",
}

st.html(STYLE)
state.start()
if st.session_state.unknown_target:
    st.warning(
        f"The link asks for a target that no predictor is shipped for; {st.session_state.target} is shown."
    )

prompt_side, score_side = st.columns([6, 5], gap="medium")
with prompt_side:
    st.subheader("How well will this prompt do?", anchor=False)
    top.ask()
prompt = st.session_state.prompt.strip()
try:
    scored = cache.predictions(prompt) if prompt else {}
except PPPError as error:
    scored = {}
    score_side.error(plain(error))

with score_side:
    if scored:
        top.show_score(scored[st.session_state.target])
        top.point_to_images()
    elif not prompt:
        st.info("Type a prompt and its score appears here, before any image exists.")
words_side, targets_side = st.columns([6, 5], gap="medium")
with targets_side:
    top.choose_target(scored)
if scored:
    with words_side:
        top.show_words(cache.explanation(prompt, st.session_state.target))
tabs = st.tabs(list(SECTIONS), key="section", on_change="rerun")
for tab, (name, show) in zip(tabs, SECTIONS.items(), strict=True):
    if tab.open:
        with tab:
            if not scored and name in NEED_A_PROMPT:
                st.info(NEED_A_PROMPT[name])
                continue
            try:
                show(prompt if scored else "")
            except PPPError as error:
                st.error(plain(error))
if not state.show_in_address():
    st.caption("This prompt and its variants are too long for a link; the address carries the target alone.")
