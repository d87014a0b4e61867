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
LONGEST_IN_ADDRESS = 6_000


def start() -> None:
    """Takes prompt, target and variants from the address, once a session."""
    if "prompt" in st.session_state:
        return
    address = st.query_params
    st.session_state.prompt = address.get("prompt", next(iter(EXAMPLES.values())))
    st.session_state.revision = 0
    named = address.get("target", "")
    st.session_state.target = named if named in shipped_targets() else shipped_targets()[0]
    st.session_state.unknown_target = bool(named) and named not in shipped_targets()
    st.session_state.variants = []
    for text in address.get_all("variant"):
        add_variant(text)
    pinned = map(one_line, address.get_all("pinned"))
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
        if wanted.get(key) or (key == "prompt" and fits):
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
    st.session_state.unknown_target = False


def open_section(name: str) -> None:
    """Opens a tab."""
    st.session_state.section = name


def one_line(text: str) -> str:
    """A text as the list of variants holds it: runs of white space become one space."""
    return " ".join(text.split())


def can_add(text: str) -> bool:
    """Whether a text can become a variant: neither blank nor there already, and fewer than ten are."""
    variants = st.session_state.variants
    return bool(one_line(text)) and one_line(text) not in variants and len(variants) < MOST_VARIANTS


def add_variant(text: str) -> None:
    """Adds a variant, if it can be."""
    if can_add(text):
        st.session_state.variants = [*st.session_state.variants, one_line(text)]


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
