"""What the correlation page remembers: in the session, and in the address, so that a link can be shared."""

import pandas as pd
import streamlit as st

from ppp_core.datasets import TARGETS
from ppp_core.evaluation.benchmark_view import MEASURED, NAMES, ranked

CELLS = {"interval": "95 % interval", "seeds": "Spread between seeds"}
SHOWN = {"measured": "Measured by us", "published": "Published", "author's re-run": "Author's re-run"}
AGAINST = {"all": "All pictures", "unseen": "Pictures not seen"}
SEARCHED = {"unseen": "Unseen prompts", "folds": "All, in five folds"}
FIRST_TARGETS = ("ppp/alignment", "tifa160/alignment", "pqpp/hbpp-average")
OPTIONAL = {"cells": CELLS, "against": AGAINST, "searched": SEARCHED}
"""Choices that the address carries only where they are not the first."""
KEYS = ("measure", "part", "target", "method", "shown", "cells", "section", "against", "searched")


def start(parts: list[str], sections: list[str]) -> None:
    """Takes the choice from the session, else from the address, else the defaults."""
    allowed = {
        "measure": list(NAMES),
        "part": parts,
        "cells": list(CELLS),
        "section": sections,
        "against": list(AGAINST),
        "searched": list(SEARCHED),
    }
    usual = {name: options[0] for name, options in allowed.items()}
    kept = st.session_state.setdefault("corr_kept", {})
    for name, options in allowed.items():
        wanted = kept.get(name) or st.query_params.get(name, "")
        current = st.session_state.get(f"corr_{name}")
        if current not in options:
            st.session_state[f"corr_{name}"] = wanted if wanted in options else usual[name]
    if "corr_shown" not in st.session_state:
        named = kept.get("shown") or st.query_params.get_all("shown")
        st.session_state.corr_shown = [one for one in named if one in SHOWN] or list(SHOWN)
    for name in ("target", "method"):
        if f"corr_{name}" not in st.session_state:
            st.session_state[f"corr_{name}"] = kept.get(name) or st.query_params.get(name, "")


def settle(rows: pd.DataFrame) -> None:
    """Sees to it that target and method are among what is shown; otherwise the first, and the best."""
    targets = list(dict.fromkeys(rows["target"]))
    if st.session_state.corr_target not in targets:
        st.session_state.corr_target = next((one for one in FIRST_TARGETS if one in targets), targets[0])
    order = ranked(rows, st.session_state.corr_target, st.session_state.corr_measure)
    methods = order["method"].tolist()
    if st.session_state.corr_method not in methods:
        ours = order.loc[order["source"] == MEASURED, "method"].tolist()
        st.session_state.corr_method = next(iter([*ours, *methods]), "")


def remember() -> None:
    """Keeps the choice for a return to this page, and writes it into the address."""
    kept = {name: st.session_state.get(f"corr_{name}") for name in KEYS}
    st.session_state.corr_kept = kept
    usual = {name: next(iter(options)) for name, options in OPTIONAL.items()} | {"shown": list(SHOWN)}
    for name, value in kept.items():
        if value and value != usual.get(name):
            wanted = value if isinstance(value, list) else [value]
            if st.query_params.get_all(name) != wanted:
                st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def choose_cell(target: str, method: str) -> None:
    """Makes a cell the one that is looked at."""
    st.session_state.corr_target, st.session_state.corr_method = target, method
    forget_clicks()


def choose_measure(key: str, options: list[str]) -> str:
    """A second switch of the page's measure, where fewer were measured; gives the one that holds here."""
    chosen = st.session_state.corr_measure
    st.session_state[key] = chosen if chosen in options else options[0]

    def follow() -> None:
        st.session_state.corr_measure = st.session_state[key]

    st.segmented_control(
        "Measure", options, key=key, format_func=NAMES.get, required=True, on_change=follow, width="content"
    )
    return st.session_state[key]


def forget_clicks() -> None:
    """Gives the matrix a fresh start, so that a cell clicked before can be clicked again."""
    st.session_state.corr_clicks = st.session_state.get("corr_clicks", 0) + 1


def label(target: str) -> str:
    """A target in two or three words."""
    return TARGETS[target].short if target in TARGETS else target


def title(target: str) -> str:
    """A target in a few words, with its name."""
    return f"{TARGETS[target].title} ({target})" if target in TARGETS else target


def unit(target: str) -> str:
    """The measure that a target is in."""
    return TARGETS[target].measure if target in TARGETS else "value"
