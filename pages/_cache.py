"""What the live page keeps between reruns and visitors. Artefacts do not change while the app runs."""

import streamlit as st

from ppp_core import compare_variants, explain, load_shipped, shipped_targets
from ppp_core.neighbours import NeighbourIndex, build_index
from ppp_core.predictors.explanation import Explanation
from ppp_core.predictors.scoring import predict_all
from ppp_core.predictors.trained import Prediction
from ppp_core.predictors.variants import VariantComparison


@st.cache_data(max_entries=512, show_spinner=False)
def predictions(prompt: str) -> dict[str, Prediction]:
    """A prompt's prediction for every target that a predictor is shipped for."""
    return predict_all(prompt, [load_shipped(target) for target in shipped_targets()])


@st.cache_data(max_entries=512, show_spinner=False)
def explanation(prompt: str, target: str) -> Explanation:
    """What each phrase of a prompt adds."""
    return explain(load_shipped(target), prompt)


@st.cache_data(max_entries=512, show_spinner=False)
def comparisons(prompt: str, variants: tuple[str, ...], target: str) -> list[VariantComparison]:
    """Each variant against the prompt."""
    return compare_variants(load_shipped(target), prompt, variants)


@st.cache_resource(max_entries=1, show_spinner="Reading known prompts: once, a minute …")
def index(revisions: tuple[tuple[str, str], ...]) -> NeighbourIndex:
    """The prompts of these data sets (name, revision), to find neighbours in."""
    return build_index([name for name, _ in revisions])
