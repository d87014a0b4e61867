"""What the page remembers: in the session, and in the address, so that a link can be shared."""

from typing import NamedTuple

import streamlit as st

from pages import _cache_modifiers as cache
from ppp_core.spread import COUNTS, MEANINGS, default_count, default_meaning

FIRST = "agiqa-3k"
KEYS = ("data", "target", "meaning", "count", "generator", "prompt", "section", "taken")


class Choice(NamedTuple):
    """What is looked at; the key of everything that is computed."""

    name: str
    revision: str
    target: str
    meaning: str
    count: str
    generator: str


def start(sections: list[str]) -> None:
    """Takes data set and section from the session, else from the address, else the first."""
    kept = st.session_state.setdefault("mod_kept", {})
    names = list(cache.shelf())
    usual = FIRST if FIRST in names else cache.SCENES
    settle("data", names, kept.get("data") or st.query_params.get("data", ""), usual)
    settle("section", sections, kept.get("section") or st.query_params.get("section", ""), sections[0])
    for name in ("target", "meaning", "count", "generator", "prompt"):
        if f"mod_{name}" not in st.session_state:
            st.session_state[f"mod_{name}"] = kept.get(name) or st.query_params.get(name, "")
    if "mod_taken" not in st.session_state:
        st.session_state.mod_taken = bool(kept.get("taken") or st.query_params.get("taken"))


def settle(name: str, options: list[str], wanted: str, usual: str) -> None:
    """Keeps a choice that is possible; otherwise what is wanted, if that is, otherwise the usual one."""
    if st.session_state.get(f"mod_{name}") not in options:
        st.session_state[f"mod_{name}"] = wanted if wanted in options else usual


def settle_on(dataset, revision: str) -> None:
    """Sees to it that target, meaning, count and generator are among what the data allows."""
    targets = [target.name for target in dataset.card.targets]
    settle("target", targets, "", targets[0])
    target = st.session_state.mod_target
    meanings, counts = cache.allowed(dataset.card.name, revision, target)
    possible = [name for name, why in meanings.items() if not why]
    settle("meaning", possible, "", default_meaning(dataset, target))
    settle("count", [name for name, why in counts.items() if not why], "", default_count(dataset))
    told = cache.generators(dataset.card.name, revision, target) if one_generator() else []
    settle("generator", ["", *told], "", "")


def one_generator() -> bool:
    """Whether a single generator can be chosen under this meaning of variance."""
    return not st.session_state.mod_meaning.startswith("generators")


def chosen(revision: str) -> Choice:
    """The choice of the session."""
    kept = st.session_state
    return Choice(
        kept.mod_data, revision, kept.mod_target, kept.mod_meaning, kept.mod_count, kept.mod_generator
    )


def remember() -> None:
    """Keeps the choice for a return to this page, and writes it into the address."""
    kept = {name: str(st.session_state.get(f"mod_{name}") or "") for name in KEYS}
    st.session_state.mod_kept = kept
    for name, value in kept.items():
        if value:
            if st.query_params.get(name) != value:
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def forget_clicks() -> None:
    """Gives the figure a fresh start, so that a point clicked before can be clicked again."""
    st.session_state.mod_clicks = st.session_state.get("mod_clicks", 0) + 1


def settle_prompt(points) -> None:
    """Sees to it that the chosen prompt is among those with a spread; at first, one that varies much."""
    if st.session_state.mod_prompt not in set(points["prompt_id"]):
        first = points.sort_values(["count", "sd"], ascending=[True, False], kind="stable")
        st.session_state.mod_prompt = first["prompt_id"].iloc[0] if len(first) else ""


def facts(choice: Choice, dataset, *, interval: str = "95 % intervals") -> list[str]:
    """What every figure says of itself: data, target, meaning of variance, count, interval."""
    of = f", {choice.generator}" if choice.generator else ""
    return [
        dataset.card.title,
        dataset.target(choice.target).title,
        f"{MEANINGS[choice.meaning].within}{of}",
        f"count: {COUNTS[choice.count].title.lower()}",
        interval,
    ]
