"""What the page about modifiers keeps between reruns and visitors. Keys hold a data set's revision."""

from collections import Counter

import pandas as pd
import streamlit as st
from PIL import Image

from ppp_core import datasets
from ppp_core.datasets import scenes
from ppp_core.encoders import is_available
from ppp_core.modifiers import counts
from ppp_core.spread import (
    COUNTS,
    MEANINGS,
    analyse,
    counts_of,
    meanings_of,
    observations,
)
from ppp_core.spread.components import Components, variance_components
from ppp_core.spread.controls import subject_vectors, subjects_wanted
from ppp_core.spread.effects import Combinations, ModifierEffects, combinations, modifier_effects
from ppp_core.spread.grouping import grouped
from ppp_core.spread.grouping import ways_to_group as ways_of
from ppp_core.spread.images_curve import ImagesCurve, images_curve
from ppp_core.spread.images_needed import ImagesNeeded, images_needed_for
from ppp_core.spread.performance import PredictedWidths, predicted_widths
from ppp_core.spread.reference import SpreadReference, load_reference
from ppp_core.spread.trend import mean_trend
from ppp_core.spread.values import read_values

SCENES, KNOWN = "scenes", "scenes/known"
WITHOUT_PICTURES, DRAWN = "known", "drawn"
"""Scenes at once, with its known answer alone; and after all its pictures were drawn, which takes a while."""

BY_GENERATOR = "by generator"
ENCODER = "minilm-l6"
"""What tells of what prompts are, where subjects do not repeat."""
THUMBNAIL, MOST_PIXELS = 256, 50_000_000
"""Longer side of a picture as it is shown, and pixels beyond which a file is not opened."""

MOST_SCORED = 5_000
"""More prompts than this are not scored from the page: it would take minutes."""


def shelf() -> dict[str, str]:
    """Name -> title of what can be looked at: real sets on this machine, then Scenes."""
    here = {one.name: one.title for one in datasets.installed() if one.name != SCENES}
    return {**here, SCENES: scenes.CARD.title}


def revision(name: str, target: str) -> str:
    """What changes with a data set's contents. Scenes is drawn only for targets that need pictures."""
    if name == SCENES:
        needs_pictures = target in {one.name for one in scenes.CARD.targets} - {KNOWN}
        return DRAWN if needs_pictures else WITHOUT_PICTURES
    return next((one.revision for one in datasets.installed() if one.name == name), "")


@st.cache_resource(max_entries=4, show_spinner="Reading the data set (Scenes is drawn now, once) …")
def dataset(name: str, revision: str) -> datasets.DataSet:
    """A data set; never changed by whoever gets it."""
    return scenes.make(ratings_only=True) if revision == WITHOUT_PICTURES else datasets.load_dataset(name)


def card(name: str) -> datasets.Card:
    """What a data set is."""
    return scenes.CARD if name == SCENES else dataset(name, revision(name, "")).card


@st.cache_resource(max_entries=64, show_spinner=False)
def allowed(name: str, revision: str, target: str) -> tuple[dict[str, str], dict[str, str]]:
    """Meanings of variance and ways to count, each with why not, or nothing where the data allows it."""
    loaded = dataset(name, revision)
    return meanings_of(loaded, target), counts_of(loaded)


@st.cache_resource(max_entries=16, show_spinner="Counting modifiers and measuring each prompt's spread …")
def observed(name: str, revision: str, target: str, meaning: str, count: str, generator: str):
    """Prompts with their number of modifiers and their spread."""
    return observations(
        dataset(name, revision), target, meaning=meaning, count=count, generator=generator or None
    )


@st.cache_resource(max_entries=16, show_spinner="Testing spread against the number of modifiers …")
def analysis(name: str, revision: str, target: str, meaning: str, count: str, generator: str):
    """Trend, tests and answer, as the command line gives them."""
    mine = observed(name, revision, target, meaning, count, generator)
    held = subjects_wanted(mine) and is_available(ENCODER)
    return analyse(mine, subjects=subject_vectors(mine, encoder=ENCODER) if held else None)


@st.cache_resource(max_entries=16, show_spinner=False)
def adjusted_trend(*choice) -> pd.DataFrame:
    """The spread at each count with the effect of the mean taken out."""
    points = analysis(*choice).points
    points = points[points["mean_adjusted_sd"].notna()]
    arrays = (points["count"].to_numpy(), points["mean_adjusted_sd"].to_numpy())
    return mean_trend(*arrays, resamples=2000, seed=0).rename(columns={"mean": "spread"})


@st.cache_resource(max_entries=8, show_spinner="Testing each group by itself …")
def groups(name: str, revision: str, target: str, meaning: str, count: str, generator: str, by: str) -> dict:
    """The analysis of each group of prompts."""
    choice = (name, revision, target, meaning, count)
    if by == BY_GENERATOR:
        parts = {one: observed(*choice, one) for one in generators(name, revision, target)}
    else:
        parts = grouped(observed(*choice, generator), by)
    return {group: analyse(part, resamples=500) for group, part in parts.items()}


def ways_to_group(*choice) -> dict[str, str]:
    """Name -> title of what prompts can be grouped by; by generator, where one's samples are looked at."""
    name, revision, target, meaning, _, generator = choice
    mine = ways_of(observed(*choice))
    told = generators(name, revision, target)
    if not generator and not meaning.startswith("generators") and len(told) > 1:
        return {BY_GENERATOR: "Generator", **mine}
    return mine


@st.cache_resource(max_entries=64, show_spinner=False)
def generators(name: str, revision: str, target: str) -> list[str]:
    """The generators with values of a target, with their settings."""
    found = read_values(dataset(name, revision), target)
    return sorted(set(found.values["system"])) if found.told else []


@st.cache_resource(max_entries=16, show_spinner="Weighing each modifier …")
def effects(
    name: str, revision: str, target: str, meaning: str, count: str, generator: str, by: str, adjusted: bool
) -> tuple[ModifierEffects, Combinations]:
    """What each modifier does, and pairs of them."""
    mine = observed(name, revision, target, meaning, count, generator)
    return modifier_effects(mine, by=by, mean_adjusted=adjusted), combinations(mine, by=by)


@st.cache_resource(max_entries=8, show_spinner="Splitting the variance by prompt, generator, seed, rater …")
def components(name: str, revision: str, target: str) -> Components:
    """Where the variance comes from."""
    return variance_components(dataset(name, revision), target)


@st.cache_resource(max_entries=8, show_spinner="Averaging fewer and more images …")
def curve(name: str, revision: str, target: str) -> ImagesCurve:
    """How the predictors' correlation depends on the images averaged."""
    return images_curve(dataset(name, revision), target)


@st.cache_resource(max_entries=8, show_spinner=False)
def usual_images(name: str, revision: str, target: str) -> ImagesNeeded:
    """How many images two usual prompts of a data set need."""
    return images_needed_for(dataset(name, revision), target)


@st.cache_resource(max_entries=8, show_spinner="Predicting every prompt: a few seconds a hundred …")
def widths(name: str, revision: str, predicted: str, count: str, _prompts, _counts) -> PredictedWidths:
    """How wide the predicted intervals are, by number of modifiers."""
    definition = count if count != "given" else "lexicon"
    return predicted_widths(_prompts, target=predicted, definition=definition, counts=_counts)


@st.cache_resource(max_entries=8, show_spinner="Counting modifiers in every way …")
def distributions(name: str, revision: str) -> dict[str, dict[int, int]]:
    """Title of each way to count that the data allows -> number of modifiers -> prompts."""
    loaded = dataset(name, revision)
    prompts = loaded.prompts["prompt"].tolist()
    found = {}
    for way, why in counts_of(loaded).items():
        if not why:
            counted = loaded.prompts["n_modifiers"].tolist() if way == "given" else counts(prompts, way)
            found[COUNTS[way].title] = dict(sorted(Counter(map(int, counted)).items()))
    return found


def truth(name: str, revision: str, target: str, meaning: str, count: str, generator: str) -> dict:
    """Number of modifiers -> the SD that the recipe of Scenes gives; empty for whatever is not known."""
    known = name == SCENES and target == KNOWN and count == "given" and MEANINGS[meaning].within_prompt
    if not known or meaning == "generators-raw":
        return {}
    counted = sorted(set(observed(name, revision, target, meaning, count, generator).prompts["count"]))
    return {one: scenes.mean_variance(one, painters=False) ** 0.5 for one in counted}


@st.cache_resource(max_entries=128, show_spinner=False)
def rated_images(name: str, revision: str, target: str, prompt_id: str) -> pd.DataFrame:
    """A prompt's images, or its ratings where there are none, with their scores, the best first."""
    loaded = dataset(name, revision)
    ratings = loaded.ratings
    mine = ratings[(ratings["prompt_id"] == prompt_id) & (ratings["target"] == target)]
    images = loaded.images.drop(columns=["prompt_id", "generator"], errors="ignore")
    generators = loaded.images.set_index("image_id")["generator"]
    known = mine["generator"].fillna(mine["image_id"].map(generators))
    found = mine.assign(generator=known).merge(images, on="image_id", how="left")
    return found.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


@st.cache_resource(max_entries=256, show_spinner=False)
def thumbnail(path: str) -> Image.Image | None:
    """A small copy of a picture; None where the file is no picture, is damaged, or far too large."""
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            small = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small


@st.cache_resource(show_spinner=False)
def reference() -> SpreadReference:
    """Our measured figures: aggregates."""
    return load_reference()
