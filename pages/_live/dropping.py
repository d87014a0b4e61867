"""The pictures that were dropped on the live page: read at once, held in this session's memory alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st
from PIL import Image

from pages._text import plain
from ppp_core import PPPError
from ppp_core.datasets.layouts import Told, told_inside
from ppp_core.encoders import read_picture

MOST = 8
MOST_BYTES = 20_000_000
THUMBNAIL = 320
ENDINGS = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"]


@dataclass(frozen=True)
class Dropped:
    """A picture that was dropped.

    Attributes:
        name: of its file, as it came.
        sha256: of its content.
        content: the file's bytes.
        problem: why it cannot be read, one sentence; empty where it can.
        thumbnail: reduced; None where it cannot be read.
        pixels: width and height.
        notes: what was changed in reading.
        told: what its metadata tell of how it was made.
    """

    name: str
    sha256: str
    content: bytes
    problem: str = ""
    thumbnail: Image.Image | None = None
    pixels: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    told: Told | None = None


def start() -> None:
    """No pictures at first."""
    st.session_state.setdefault("pictures", [])
    st.session_state.setdefault("pictures_told", [])
    st.session_state.setdefault("pictures_round", 0)


def ask() -> None:
    """The place to drop pictures; each drop adds to those that are there, and empties it."""
    key = f"pictures_drop_{st.session_state.pictures_round}"

    def dropped() -> None:
        add([(file.name, file.getvalue()) for file in st.session_state[key]])
        st.session_state.pictures_round += 1

    here = len(st.session_state.pictures)
    st.file_uploader(
        f"Up to {MOST} pictures that were made from this prompt",
        type=ENDINGS,
        accept_multiple_files=True,
        key=key,
        on_change=dropped,
        max_upload_size=MOST_BYTES // 1_000_000,
        disabled=here >= MOST,
        help="PNG, JPEG, WebP, GIF, BMP or TIFF. The more of one prompt's pictures, the better the estimate; "
        "drop all that you made, not the best alone.",
    )
    st.caption(
        "Pictures stay in the memory of the machine that runs PPP while you are here; PPP keeps no file of "
        "them and sends them nowhere."
    )
    for line in st.session_state.pictures_told:
        st.warning(plain(line))


def add(files: Sequence[tuple[str, bytes]]) -> None:
    """Takes files, given by name and content, as far as there is room; tells of each that is not taken."""
    pictures, told = list(st.session_state.pictures), []
    left_out = []
    for name, content in files:
        digest = sha256(content).hexdigest()
        same = next((one.name for one in pictures if one.sha256 == digest), None)
        if same is not None:
            told.append(
                f"{name} is here already{f' as {same}' * (same != name)}: a picture counts once, "
                "so it was not added again."
            )
        elif len(content) > MOST_BYTES:
            told.append(
                f"{name} is too large: {len(content):,} bytes, at most {MOST_BYTES:,} are taken. Reduce it."
            )
        elif len(pictures) >= MOST:
            left_out.append(name)
        else:
            pictures.append(read(name, content, digest))
    if left_out:
        told.append(
            f"{MOST} pictures are the most. Not taken: {', '.join(left_out)}. Remove one to make room; "
            "the command ppp after takes any number."
        )
    st.session_state.pictures = pictures
    st.session_state.pictures_told = told


def read(name: str, content: bytes, digest: str) -> Dropped:
    """A picture with what is shown of it; one that cannot be read with why."""
    try:
        picture = read_picture(content)
    except PPPError as error:
        return Dropped(name, digest, content, problem=str(error))
    small = picture.image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Dropped(name, digest, content, "", small, picture.image.size, picture.notes, told_inside(content))


def remove(digest: str) -> None:
    """Takes one picture away."""
    st.session_state.pictures = [one for one in st.session_state.pictures if one.sha256 != digest]
    st.session_state.pictures_told = []


def remove_all() -> None:
    """Takes every picture away."""
    st.session_state.pictures, st.session_state.pictures_told = [], []
