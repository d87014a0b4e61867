"""Pictures that were made already: what they change of the estimate, and how each of them does."""

import shlex

import streamlit as st

from pages import _cache as cache
from pages._live import adding, dropping, gallery, state
from pages._live.dropping import Dropped
from pages._text import plain
from ppp_core import load_shipped
from ppp_core.charts.before_after import before_after_figure, describe_before_after
from ppp_core.predictors.after import BeforeAfter, after_targets

STATIC = {"displayModeBar": False}
NO_IMAGES = {
    "ppp": "it pools several data sets, of which only AGIQA-3K comes with its images",
    "pqpp": "PQPP's images do not come with its data, so that none could be learned from",
    "genai-bench": "GenAI-Bench's ratings come without their images, so that none could be learned from",
}
"""Data set -> why nothing was learned after generation for its targets."""


def show(prompt: str) -> None:
    """Drop pictures; the estimates before and after, each picture's scores, and how to get the same."""
    dropping.start()
    dropping.ask()
    pictures = st.session_state.pictures
    if not pictures:
        st.info(
            "Drop the pictures that you made from the prompt above. PPP looks at them and estimates anew, "
            "beside the estimate from the words alone, and scores each picture."
        )
        adding.show()
        return
    readable = [one for one in pictures if not one.problem]
    _tell_broken([one for one in pictures if one.problem])
    _offer_told(prompt, readable)
    found = {}
    if prompt and readable:
        found = show_estimates(prompt, readable)
    elif readable:
        st.info("Type a prompt above: estimates, and how well a picture matches, need one.")
    gallery.show(prompt, readable, found)
    adding.show()
    if prompt and readable:
        st.markdown("**The same from the command line**")
        st.code(command_line(prompt, readable), language="bash", wrap_lines=True)


def _tell_broken(broken: list[Dropped]) -> None:
    """One line for each picture that cannot be read, and a button that takes it away."""
    for one in broken:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.error(plain(f"{one.name}: {one.problem}"), icon=":material/broken_image:")
            st.button(
                "Remove",
                key=f"remove_{one.sha256}",
                on_click=dropping.remove,
                args=(one.sha256,),
                icon=":material/close:",
                type="tertiary",
            )


def _offer_told(prompt: str, pictures: list[Dropped]) -> None:
    """Where the pictures' own metadata tell another prompt than the typed one: says so, and offers it."""
    told: dict[str, list[str]] = {}
    for one in pictures:
        if one.told is not None and state.one_line(one.told.prompt) != state.one_line(prompt):
            told.setdefault(one.told.prompt, []).append(one.name)
    for number, (words, names) in enumerate(told.items()):
        with st.container(border=True):
            st.markdown(
                f":material/info: {plain(', '.join(names))}: the file tells that it was made from "
                f"{'this prompt' if not prompt else 'another prompt than the one above'}:"
            )
            st.text(words)
            st.button(
                "Use this prompt",
                key=f"use_told_{number}",
                on_click=state.set_prompt,
                args=(words,),
                icon=":material/north_west:",
            )


def show_estimates(prompt: str, pictures: list[Dropped]) -> dict[str, BeforeAfter]:
    """For each target with an after-generation estimate, both estimates; they are given back by target."""
    main = st.session_state.target
    _tell_if_none(main)
    names = sorted(after_targets(), key=lambda name: name != main)  # the one chosen above first
    found = {}
    for column, name in zip(st.columns(len(names), gap="medium"), names, strict=True):
        with column, st.spinner("Looking at the pictures …", show_time=True):
            found[name] = cache.before_after(name, prompt, pictures)
            _show_one(found[name])
    st.caption(
        "Both are estimates of one thing: the mean rating that people would give images of this prompt, by "
        "many generators. So the second is no mean of the values below: the fewer pictures were seen, the "
        "more it keeps to the words. They exist for AGIQA-3K's two scales only, for no other data at hand "
        "have images with people's ratings."
    )
    return found


def _show_one(both: BeforeAfter) -> None:
    """One target: title, figure, sentence, doubts."""
    before, after = both.before, both.after
    target = load_shipped(after.target).target
    st.markdown(f"**{target.title}**", help=target.about)
    words = describe_before_after(target, before, after, n_images=after.n_images)
    figure = before_after_figure(target, before, after, n_images=after.n_images)
    st.plotly_chart(figure, key=f"before_after_{after.target}", config=STATIC, alt=words)
    st.markdown(plain(both.sentence))
    if after.unfamiliar:
        st.badge("Unfamiliar", icon=":material/help:", color="orange")
        st.caption("Unlike most prompts that the predictor learned from: take the estimate with doubt.")


def _tell_if_none(main: str) -> None:
    """Says where the target that is chosen above has no after-generation estimate, and why."""
    if main in after_targets():
        return
    target = load_shipped(main).target
    why = NO_IMAGES.get(target.dataset, "no images of its data are at hand to learn from")
    st.caption(f"For **{plain(target.title)}**, chosen above, there is no after-generation estimate: {why}.")


def command_line(prompt: str, pictures: list[Dropped]) -> str:
    """The shell command that gives the same estimates, quoted so that it can be pasted."""
    names = (one.name if not one.name.startswith("-") else f"./{one.name}" for one in pictures)
    return shlex.join(["ppp", "after", prompt, *names])
