"""What the live page remembers: in the session, and in the address, so that a link can be shared."""

import streamlit as st

from ppp_core import shipped_targets

EXAMPLES = {
    "A fox in mist": "a red fox at the edge of a misty forest, soft morning light",
    "Cyclists": "four people riding bicycles down a city street",
    "Fruit bowl": "a bowl of fruit on a wooden table",
    "Astronaut": "a photo of an astronaut riding a horse on the moon, dramatic lighting, highly detailed",
    "Chess under water": "two zebras and three elephants wearing hats playing chess under water",
}
MOST_VARIANTS = 10
LONGEST_IN_ADDRESS = 2_000


def start() -> None:
    """Takes prompt, target and variants from the address, once a session."""
    if "prompt" in st.session_state:
        return
    address = st.query_params
    st.session_state.prompt = address.get("prompt", next(iter(EXAMPLES.values())))
    st.session_state.revision = 0
    named = address.get("target", "")
    st.session_state.target = named if named in shipped_targets() else shipped_targets()[0]
    st.session_state.unknown_target = named if named and named not in shipped_targets() else ""
    st.session_state.variants = list(dict.fromkeys(address.get_all("variant")))[:MOST_VARIANTS]
    pinned = address.get_all("pinned")
    st.session_state.pinned = [prompt for prompt in pinned if prompt in st.session_state.variants]


def show_in_address() -> bool:
    """Writes prompt, target and variants into the address. Returns whether all of it fitted."""
    state = st.session_state
    texts = [state.prompt, *state.variants]
    fits = sum(len(text) for text in texts) <= LONGEST_IN_ADDRESS
    wanted = {"target": state.target}
    if fits:
        wanted |= {"prompt": state.prompt, "variant": state.variants, "pinned": state.pinned}
    for key in ("prompt", "target", "variant", "pinned"):
        if wanted.get(key):
            if st.query_params.get_all(key) != _as_list(wanted[key]):
                st.query_params[key] = wanted[key]
        elif key in st.query_params:
            del st.query_params[key]
    return fits


def _as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def set_prompt(text: str) -> None:
    """Puts a text into the prompt box from outside it."""
    st.session_state.prompt = text
    st.session_state.revision += 1


def set_target(name: str) -> None:
    """Makes a target the main one."""
    st.session_state.target = name


def add_variant(text: str) -> None:
    """Adds a variant, unless it is blank or there already, or ten are."""
    text = " ".join(text.split())
    variants = st.session_state.variants
    if text and text not in variants and len(variants) < MOST_VARIANTS:
        st.session_state.variants = [*variants, text]


def act_on_variant(name: str, prompt: str) -> None:
    """What a button of the list of variants does: use, pin or remove."""
    ACTS[name](prompt)


def _toggle_pin(prompt: str) -> None:
    pinned = st.session_state.pinned
    st.session_state.pinned = (
        [one for one in pinned if one != prompt] if prompt in pinned else [*pinned, prompt]
    )


def _remove(prompt: str) -> None:
    for name in ("variants", "pinned"):
        st.session_state[name] = [one for one in st.session_state[name] if one != prompt]


ACTS = {"use": set_prompt, "pin": _toggle_pin, "remove": _remove}
