"""What the page remembers: in the session, and in the address, so that a link can be shared."""

import streamlit as st

from pages import _cache_gap as cache
from ppp_core.encoders import best_joint_encoder
from ppp_core.encoders.image_table import STAND_IN

NUMBERS = {
    "neighbours": (int, 2, 200, 15),
    "distance": (float, 0.0, 1.0, 0.1),
    "seed": (int, 0, 9_999, 0),
    "strength": (float, -1.0, 2.0, 0.0),
}
"""Name -> kind, least, most and first value of what is set by a number."""

WORDS = ("data", "encoder", "pictures", "over", "colour", "section", "prompt")
SWITCHES = ("lines", "learned")
LONGEST_PROMPT = 1_000
LONGEST_IN_ADDRESS = 300


def start(sections: list[str]) -> None:
    """Takes every choice from the session, else from the address, else the first."""
    kept = st.session_state.setdefault("gap_kept", {})
    wanted = {name: kept.get(name) or st.query_params.get(name, "") for name in (*WORDS, *NUMBERS, *SWITCHES)}
    real_clip = best_joint_encoder() != STAND_IN
    settle("data", list(cache.shelf()), wanted["data"], cache.SCENES if real_clip else cache.REFERENCE)
    settle("encoder", list(cache.encoders()), wanted["encoder"], best_joint_encoder())
    settle("pictures", [cache.ONE, cache.ALL], wanted["pictures"], cache.ONE)
    settle("over", ["", *cache.shelf_of_pictures(st.session_state.gap_data)], wanted["over"], "")
    settle("section", sections, wanted["section"], sections[0])
    for name, (kind, least, most, first) in NUMBERS.items():
        if f"gap_{name}" not in st.session_state:
            st.session_state[f"gap_{name}"] = _number(wanted[name], kind, least, most, first)
    for name, usual in (("lines", True), ("learned", False)):
        if f"gap_{name}" not in st.session_state:
            st.session_state[f"gap_{name}"] = {"on": True, "off": False}.get(wanted[name], usual)
    if "gap_prompt" not in st.session_state:
        asked = wanted["prompt"] or str(st.session_state.get("prompt") or "")
        st.session_state.gap_prompt = asked[:LONGEST_PROMPT]
    if "gap_colour" not in st.session_state:
        st.session_state.gap_colour = wanted["colour"]
    st.session_state.setdefault("gap_rows", [])


def settle(name: str, options: list[str], wanted: str, usual: str) -> None:
    """Keeps a choice that is possible; otherwise what is wanted, if that is, otherwise the usual one."""
    if st.session_state.get(f"gap_{name}") not in options:
        st.session_state[f"gap_{name}"] = wanted if wanted in options else usual


def _number(text: str, kind: type, least: float, most: float, first: float) -> float:
    """A number of the address; the first value where it is none, or out of range."""
    try:
        value = kind(text)
    except ValueError:
        return first
    return value if least <= value <= most else first


def remember() -> None:
    """Keeps the choice for a return to this page, and writes it into the address."""
    now = st.session_state
    kept = {name: str(now.get(f"gap_{name}") or "") for name in WORDS}
    kept |= {name: f"{now[f'gap_{name}']:g}" for name in NUMBERS}
    kept |= {name: "on" if now[f"gap_{name}"] else "off" for name in SWITCHES}
    now.gap_kept = kept
    for name, value in kept.items():
        if value and len(value) <= LONGEST_IN_ADDRESS:
            if st.query_params.get(name) != value:
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def settings() -> tuple[int, float, int]:
    """Neighbours, distance and seed of UMAP."""
    now = st.session_state
    return int(now.gap_neighbours), float(now.gap_distance), int(now.gap_seed)


def forget_selection() -> None:
    """Nothing is selected any more: the pairs changed."""
    st.session_state.gap_rows = []
