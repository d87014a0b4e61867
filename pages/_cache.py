"""What the live page keeps between reruns and visitors. Artefacts do not change while the app runs."""

import math
from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from ppp_core import (
    compare_variants,
    explain,
    load_shipped,
    scorers,  # its table is loaded when it is asked for
    shipped_targets,
)
from ppp_core.evaluation.after.images_added import ImagesAdded, load_images_added
from ppp_core.image_statistics import STATISTICS
from ppp_core.neighbours import NeighbourIndex, build_index
from ppp_core.predictors.after import BeforeAfter, compare_before_after
from ppp_core.predictors.explanation import Explanation
from ppp_core.predictors.scoring import predict_all
from ppp_core.predictors.trained import Prediction
from ppp_core.predictors.variants import VariantComparison
from ppp_core.store.memory import MemoryStore

CLIP_SCORE, STAND_IN = "clipscore", "match-lite"
DECIMALS = 6
MOST_PIXELS = 2_048 * 2_048
"""Of a picture whose pixels are measured: time and memory grow with them."""


class Held(Protocol):
    """A picture in memory: its content, and the SHA-256 of that."""

    sha256: str
    content: bytes
    pixels: tuple[int, int]


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


@st.cache_resource(show_spinner=False)
def picture_store() -> MemoryStore:
    """Embeddings of pictures and prompts by their hash, so that typing embeds no picture again."""
    return MemoryStore()


def before_after(target: str, prompt: str, pictures: Sequence[Held]) -> BeforeAfter:
    """What was to be expected of a prompt, and what its pictures make of that."""
    return _before_after(target, prompt, _hashes(pictures), pictures)


@st.cache_data(max_entries=256, show_spinner=False)
def _before_after(
    target: str, prompt: str, hashes: tuple[str, ...], _pictures: Sequence[Held]
) -> BeforeAfter:
    contents = [one.content for one in _pictures]
    return compare_before_after(target, prompt, contents, store=picture_store())


@st.cache_resource(max_entries=1, show_spinner=False)
def images_added() -> dict[str, ImagesAdded]:
    """The curves that come with PPP: what each more picture adds, by target."""
    return load_images_added()


@st.cache_data(ttl=60, show_spinner=False)
def _statuses() -> dict[str, scorers.ScorerStatus]:
    return {one.name: one for one in scorers.scorer_status()}


def clip_score_status() -> scorers.ScorerStatus:
    """Whether CLIPScore can be had here, and how."""
    return _statuses()[CLIP_SCORE]


def picture_scorers(*, with_prompt: bool) -> list[str]:
    """Scorers that can score a picture now: those that come with PPP; CLIPScore instead of its stand-in."""
    here = {
        name
        for name, one in scorers.SCORERS.items()
        if one.needs == "nothing" and _statuses()[name].available
    }
    if clip_score_status().available:
        here = here - {STAND_IN} | {CLIP_SCORE}
    return [
        name for name, one in scorers.SCORERS.items() if name in here and (with_prompt or one.sees == "image")
    ]


def is_too_large(picture: Held) -> bool:
    """Whether a picture has too many pixels for statistics over all of them."""
    return picture.pixels[0] * picture.pixels[1] > MOST_PIXELS


def picture_scores(scorer: str, prompt: str, pictures: Sequence[Held]) -> list[float | None]:
    """What a scorer says of pictures; None for one that it cannot score, or that is too large to measure."""
    if scorers.SCORERS[scorer].sees == "image":
        return [_score(scorer, one.sha256, one) for one in pictures]
    return _scores_with_prompt(scorer, prompt, _hashes(pictures), pictures)


@st.cache_data(max_entries=4_096, show_spinner=False)
def _score(scorer: str, sha256: str, _picture: Held) -> float | None:
    if scorer in STATISTICS and is_too_large(_picture):
        return None
    return _told(_scorer(scorer).score([_picture.content], store=picture_store()))[0]


@st.cache_data(max_entries=512, show_spinner=False)
def _scores_with_prompt(
    scorer: str, prompt: str, hashes: tuple[str, ...], _pictures: Sequence[Held]
) -> list[float | None]:
    contents = [one.content for one in _pictures]
    return _told(_scorer(scorer).score(contents, [prompt] * len(contents), store=picture_store()))


@st.cache_resource(show_spinner=False)
def _scorer(name: str) -> scorers.Scorer:
    return scorers.load_scorer(name)


def _hashes(pictures: Sequence[Held]) -> tuple[str, ...]:
    return tuple(one.sha256 for one in pictures)


def _told(scores: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(one) else round(float(one), DECIMALS) for one in scores]
