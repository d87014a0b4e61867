"""What is looked at: data, encoder, pictures; and the pairs, as soon as they are embedded."""

from hashlib import sha256

import streamlit as st

from pages import _cache_gap as cache
from pages._gap import state, work
from pages._gap.live import View
from pages._text import plain
from ppp_core.encoders.image_table import STAND_IN

PICTURES = {cache.ONE: "one a prompt", cache.ALL: "all"}


def choose() -> None:
    """The row of choices."""
    shelf, encoders = cache.shelf(), cache.encoders()
    with st.container(key="gap_choice", horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.selectbox(
            "Prompts and pictures",
            list(shelf),
            key="gap_data",
            format_func=shelf.get,
            width=330,
            on_change=state.forget_selection,
            help="Figures of real CLIP come with PPP. Everything else is embedded here, live.",
        )
        if st.session_state.gap_data in (cache.REFERENCE, cache.FILE):
            return
        st.selectbox(
            "Encoder",
            list(encoders),
            key="gap_encoder",
            format_func=lambda name: f"{name} (a small stand-in)" if name == STAND_IN else name,
            width=250,
            on_change=state.forget_selection,
        )
        st.segmented_control(
            "Pictures",
            list(PICTURES),
            key="gap_pictures",
            format_func=PICTURES.get,
            required=True,
            on_change=state.forget_selection,
            help="One a prompt is drawn at random (seed 0).",
        )


def tell_encoder(view: View) -> None:
    """What the encoder is: a stand-in with its own figure, or the real thing."""
    if not view.choice.encoder:
        return
    joint = cache.encoder(view.choice.encoder)
    if joint.is_stand_in:
        ready = next(iter(cache.absent_encoders().values()), "")
        how = f" Real CLIP is preferred as soon as its weights are here: `{ready}`." if ready else ""
        st.caption(
            f"**{joint.name} is a small stand-in, not CLIP**: it {plain(joint.retrieval)}. Its gap is there "
            "by design: each modality is moved by a fixed offset, so its width tells nothing; CLIP's came "
            f"from training.{how}"
        )
    else:
        st.caption(f"Embedded by **{plain(joint.name)}**, whose weights are on this machine: the real thing.")


def view() -> View | None:
    """What is to be looked at; None while it is not there yet."""
    return _of_file() if st.session_state.gap_data == cache.FILE else _of_data()


def _of_file() -> View | None:
    file = st.file_uploader(
        "Arrays text and image, each (pairs, dimensions); row i of one belongs to row i of the other",
        type=["npz"],
        key="gap_file",
        max_upload_size=cache.MOST_BYTES // 1_000_000,
        on_change=state.forget_selection,
        help="Nothing of it is kept, and nothing in it is unpickled.",
    )
    if file is None:
        st.info("Choose a file: a NumPy archive with the arrays text and image.")
        return None
    digest = sha256(file.getbuffer()).hexdigest()
    choice = cache.Choice(cache.FILE, digest, "", cache.ALL, False)
    pairs = cache.file_pairs(digest, file.name, file)
    return View(choice, pairs, pairs, file.name)


def _of_data() -> View | None:
    found = embedded(st.session_state.gap_data, name="pairs", label="Embed them")
    if found is None:
        return None
    choice, pairs, title = found.choice, found.pairs, cache.shelf()[found.choice.data]
    if not found.some_learned:
        return View(choice, pairs, pairs, title)
    held_out = not st.toggle(
        f"Include the {found.learned:,} of {len(pairs):,} pairs that {choice.encoder} was trained on",
        key="gap_learned",
        on_change=state.forget_selection,
        help="Partners that an encoder was trained on lie nearer than they would for new prompts, so "
        "that figures with them flatter it.",
    )
    choice = choice._replace(held_out=held_out)
    return View(choice, pairs.held_out() if held_out else pairs, pairs, title)


def embedded(data: str, *, name: str, label: str) -> cache.Embedded | None:
    """A data set's pairs, by the chosen encoder; None while they are under way, or wait for a button.

    One picture a prompt is embedded at once, all of them when asked for.

    Args:
        data: name of the data set.
        name: of the widgets.
        label: of the button.
    """
    now = st.session_state
    choice = cache.Choice(data, cache.revision(data), now.gap_encoder, now.gap_pictures, False)
    key = f"pairs {choice}"
    words = f"Loading {choice.encoder} and embedding the pictures of {cache.shelf()[data]}"

    def run(*, progress, cancelled):
        return cache.embedded(choice, progress=progress)

    if choice.pictures == cache.ONE and key not in work.works():
        work.start(key, run, words)
    return work.offer(
        key,
        run,
        label=label,
        words=words,
        name=name,
        about="Every different picture is embedded once; that takes seconds a hundred. "
        "PPP keeps what it embedded, so the next time is quick.",
    )
