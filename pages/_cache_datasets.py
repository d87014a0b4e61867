"""What the data set page keeps between reruns. Keys hold a data set's revision, so a change shows at once."""

import streamlit as st
from PIL import Image

from ppp_core import PPPError, datasets
from ppp_core.encoders import read_picture

THUMBNAIL = 268


@st.cache_resource(max_entries=4, show_spinner="Reading the data set …")
def loaded(name: str, revision: str) -> datasets.DataSet:
    """One installed data set; never changed by whoever gets it."""
    return datasets.load_dataset(name)


@st.cache_resource(max_entries=8, show_spinner=False)
def scores(name: str, revision: str):
    """A row a prompt, a column a target."""
    return datasets.export_frame(loaded(name, revision))


@st.cache_resource(max_entries=16, show_spinner=False)
def pictures(name: str, revision: str, prompt_id: str) -> tuple[list, list[str]]:
    """A simulated prompt's pictures, drawn large, and what stands below each."""
    images = loaded(name, revision).images
    rows = [row for _, row in images[images["prompt_id"] == prompt_id].iterrows()]
    drawn = [datasets.DRAWN[name].draw(datasets.DRAWN[name].scene_of(row)) for row in rows]
    return drawn, [f"{row['generator']}, seed {row['seed']}" for row in rows]


def known_spread(name: str, revision: str, prompt_id: str) -> str:
    """How far the recipe lets a prompt's values differ, in a sentence."""
    prompts = loaded(name, revision).prompts.set_index("prompt_id")
    factors = datasets.DRAWN[name].FACTORS
    named = [factor for factor, given in prompts.loc[prompt_id, list(factors)].notna().items() if given]
    variance = datasets.DRAWN[name].known_variance(named)
    return f"By the recipe, their known answers have a standard deviation of {variance**0.5:.1f}."


@st.cache_resource(max_entries=32, show_spinner=False)
def observed(name: str, revision: str, target: str):
    """The observed performance of each prompt on one target."""
    return datasets.observed(loaded(name, revision), target)


@st.cache_resource(max_entries=4, show_spinner=False)
def rated_pictures(name: str, revision: str):
    """A row a picture that lies on this machine: its prompt, split, path, and a column a target."""
    dataset = loaded(name, revision)
    if "path" not in dataset.images:
        return dataset.images.iloc[:0]
    here = dataset.images[dataset.images["path"].notna()]
    values = dataset.ratings[dataset.ratings["image_id"].notna()]
    table = values.pivot_table(index="image_id", columns="target", values="value", aggfunc="mean")
    prompts = dataset.prompts[["prompt_id", "prompt", "split"]]
    frame = here.merge(prompts, on="prompt_id", how="left").merge(table, on="image_id", how="left")
    return frame.astype(object).where(frame.notna(), None)


@st.cache_resource(max_entries=256, show_spinner=False)
def small_picture(path: str) -> Image.Image | None:
    """A small copy of a picture; None where it is not there, is damaged, or is far too large."""
    try:
        small = read_picture(path).image.copy()
    except PPPError:
        return None
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small
