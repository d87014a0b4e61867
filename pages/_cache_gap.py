"""What the page about the modality gap keeps between reruns and visitors. Keys hold a data set's revision."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import streamlit as st

from ppp_core import PPPError, datasets
from ppp_core.charts.gap_colours import Colouring, by_names, by_numbers
from ppp_core.datasets import scenes
from ppp_core.encoders import JOINT_ENCODERS, best_joint_encoder, image_encoder_status, load_joint_encoder
from ppp_core.encoders import read_picture as read_file
from ppp_core.modality_gap import (
    METHODS,
    QUICK,
    GapMeasures,
    GapReference,
    Pairs,
    Projection,
    Sheet,
    clusters,
    fit_closing,
    kept_projection,
    load_gap_reference,
    measure_gap,
    pairs_of,
    place,
    project,
    read_npz,
    thumbnail_sheet,
)
from ppp_core.modality_gap.measures import sample
from ppp_core.store import EmbeddingStore, home, is_public

REFERENCE, SCENES, FILE = "reference", "scenes", "file"
ONE, ALL = "one", "all"
LINEAR = tuple(name for name, method in METHODS.items() if method.linear)
SIDES = ("text", "image")
MOST_MOVED = 1_000
"""Pairs that the slider measures anew at each step; of more, so many are drawn at random."""

MOST_LAID = 2_000
"""Pairs of another data set that are laid over; of more, so many are drawn at random."""

MOST_BYTES = 200_000_000
THUMBNAIL = 256


class Choice(NamedTuple):
    """What is looked at; the key of everything that is computed."""

    data: str
    revision: str
    encoder: str
    pictures: str
    held_out: bool


@dataclass(frozen=True)
class Embedded:
    """Pairs, and how many of them their encoder was trained on."""

    choice: Choice
    pairs: Pairs
    learned: int

    @property
    def some_learned(self) -> bool:
        """Whether the encoder was trained on some of them, but not on all."""
        return 0 < self.learned < len(self.pairs)


def shelf() -> dict[str, str]:
    """Name -> title of what can be looked at: the shipped view, Scenes, sets with pictures, a file."""
    here = {one.name: one.title for one in datasets.installed() if one.n_images and one.name != SCENES}
    return {
        REFERENCE: "Real CLIP on COCO (comes with PPP)",
        SCENES: scenes.CARD.title,
        **here,
        FILE: "A file of your own (.npz)",
    }


def shelf_of_pictures(data: str) -> dict[str, str]:
    """Name -> title of what can be laid over a data set: all others with pictures; nothing over the rest."""
    there = shelf()
    if data in (REFERENCE, FILE):
        return {}
    return {name: title for name, title in there.items() if name not in (REFERENCE, FILE, data)}


def encoders() -> dict[str, str]:
    """Name -> title of the joint encoders whose weights are here, the one to prefer first."""
    here = [one.name for one in image_encoder_status() if one.available and one.name in JOINT_ENCODERS]
    best = best_joint_encoder()
    return {name: JOINT_ENCODERS[name].title for name in sorted(here, key=lambda name: name != best)}


def absent_encoders() -> dict[str, str]:
    """Name -> what gets it, of the joint encoders whose weights are not here."""
    absent = [one for one in image_encoder_status() if not one.available and one.name in JOINT_ENCODERS]
    return {one.name: one.get for one in absent}


def encoder(name: str):
    """A joint encoder, loaded once a process."""
    return load_joint_encoder(name)


def revision(name: str) -> str:
    """What changes with a data set's contents."""
    if name == SCENES:
        return scenes.key()
    return next((one.revision for one in datasets.installed() if one.name == name), "")


@st.cache_resource(show_spinner=False)
def reference() -> GapReference:
    """Real CLIP's figures that come with PPP."""
    return load_gap_reference()


def embedded(choice: Choice, *, progress=None, cancelled=None) -> Embedded:
    """Draws what is to be drawn, and embeds every picture and prompt; takes a while."""
    joint = load_joint_encoder(choice.encoder)
    store = None if is_public() else EmbeddingStore(home() / "embeddings")
    with TemporaryDirectory(prefix="ppp-scenes-") as folder:
        dataset = _with_pictures(choice.data, Path(folder), progress)
        pairs = pairs_of(dataset, joint, one_image=choice.pictures == ONE, store=store, progress=progress)
    learned = int(pairs.frame["learned"].sum()) if "learned" in pairs.frame else 0
    return Embedded(choice, pairs, learned)


def _with_pictures(name: str, folder: Path, progress) -> datasets.DataSet:
    if (
        name == SCENES and is_public()
    ):  # nothing is kept there, so the pictures last as long as they are needed
        made = scenes.make(pictures=folder, progress=progress)
        here = made.images["path"].map(lambda one: str(folder / one))
        return datasets.DataSet(
            made.card, made.prompts, made.images.assign(path=here), made.ratings, made.notes
        )
    return datasets.load_dataset(name)


@st.cache_resource(max_entries=4, show_spinner="Reading the file …")
def file_pairs(digest: str, name: str, _file) -> Pairs:
    """The pairs of an uploaded file."""
    return read_npz(_file, name=name)


@st.cache_resource(max_entries=8, show_spinner="Measuring the gap …")
def measures(key: str, _pairs: Pairs) -> GapMeasures:
    """Every measure, with intervals."""
    return measure_gap(_pairs)


@st.cache_resource(max_entries=24, show_spinner="Making the map …")
def linear_map(key: str, method: str, _pairs: Pairs) -> Projection:
    """A map that takes no time."""
    return project(_pairs, method=method)


@st.cache_resource(max_entries=16, show_spinner=False)
def umap_kept(key: str, settings: tuple[int, float, int], _pairs: Pairs) -> Projection | None:
    """The UMAP of these settings where it was fitted before; None otherwise."""
    neighbours, distance, seed = settings
    return kept_projection(_pairs, method="umap", neighbours=neighbours, distance=distance, seed=seed)


@dataclass(frozen=True)
class Moved:
    """Pairs after a shift along the gap.

    Attributes:
        measures: of the moved pairs, without intervals.
        places: method -> text_xy and image_xy, of the maps that can follow.
    """

    measures: GapMeasures
    places: dict[str, tuple]

    @property
    def values(self) -> dict[str, float]:
        """Name of a measure -> value."""
        return dict(zip(self.measures.frame["name"], self.measures.frame["value"], strict=True))


@st.cache_resource(max_entries=128, show_spinner=False)
def moved(key: str, strength: float, _pairs: Pairs, _maps: dict[str, Projection]) -> Moved:
    """What a shift of a strength does to the maps and to the measures."""
    shift = fit_closing("shift", _pairs.text, _pairs.image, strength=strength)
    after = _pairs.moved(*shift.apply(_pairs.text, _pairs.image))
    places = {}
    for name, one in _maps.items():
        mapped = after.rows(one.rows)
        text, image = (place(one, _pairs, getattr(mapped, side), side=side).xy for side in SIDES)
        places[name] = (text, image)
    return Moved(measure_gap(sample(after, largest=MOST_MOVED), only=QUICK, resamples=0), places)


@dataclass(frozen=True)
class Laid:
    """Another data set on the maps: name of the method -> text_xy and image_xy, and how it was put there."""

    places: dict[str, tuple]
    how: dict[str, str]


@st.cache_resource(max_entries=16, show_spinner=False)
def laid_over(
    key: str, other: Choice, settings: tuple, strength: float, _pairs: Pairs, _other: Pairs, _maps: dict
) -> Laid:
    """Puts another data set's vectors on the maps, moved by the shift that was learned from the first."""
    text, image = _other.text, _other.image
    shift = fit_closing("shift", _pairs.text, _pairs.image, strength=strength)
    moved_by = {name: shift.apply(text, image) if name in LINEAR else (text, image) for name in _maps}
    places, how = {}, {}
    for name, one in _maps.items():
        put = [
            place(one, _pairs, vectors, side=side)
            for side, vectors in zip(SIDES, moved_by[name], strict=True)
        ]
        places[name], how[name] = (put[0].xy, put[1].xy), put[0].how
    return Laid(places, how)


def prompt_places(pairs: Pairs, encoder_name: str, prompt: str, strength: float, maps: dict[str, Projection]):
    """A prompt on each map: name of the method -> where, how, and how near the nearest prompt is."""
    vectors = load_joint_encoder(encoder_name).encode([prompt]).vectors
    found = {}
    for name, one in maps.items():
        mine = vectors
        if strength and name in LINEAR:
            shift = fit_closing("shift", pairs.text, pairs.image, strength=strength)
            mine, _ = shift.apply(vectors, pairs.image[:1])
        found[name] = place(one, pairs, mine, side="text")
    return found


COLOURS = {
    "modality": "Modality",
    "generator": "Generator",
    "n_modifiers": "Modifiers",
    "cluster": "Cluster",
    "learned": "Learned by the encoder",
}
"""What is not a target; targets are named by themselves."""


def colours_of(pairs: Pairs) -> dict[str, str]:
    """Name -> title of what the points can be coloured by."""
    frame = pairs.frame
    there = [
        name
        for name in ("generator", "n_modifiers", "learned")
        if name in frame and frame[name].notna().any()
    ]
    found = {"modality": COLOURS["modality"], "cluster": COLOURS["cluster"]}
    return {**found, **{name: COLOURS[name] for name in there}, **{name: name for name in targets_of(pairs)}}


def targets_of(pairs: Pairs) -> list[str]:
    """The scores that the pairs have."""
    frame = pairs.frame
    return [
        name for name in frame if "/" in name and frame[name].dtype.kind == "f" and frame[name].notna().any()
    ]


@st.cache_resource(max_entries=32, show_spinner=False)
def colouring(key: str, by: str, _pairs: Pairs) -> Colouring | None:
    """What the points are coloured by; None for the modality."""
    if by == "modality":
        return None
    if by == "cluster":
        found = clusters(_pairs, k=min(6, len(_pairs)))
        return by_names("cluster", [f"cluster {number + 1}" for number in found])
    values = _pairs.frame[by].tolist()
    if by in ("generator", "learned"):
        words = {True: "learned", False: "held out"} if by == "learned" else {}
        return by_names(COLOURS[by], [words.get(value, value) for value in values])
    return by_numbers(COLOURS.get(by, by), values)


@st.cache_resource(max_entries=256, show_spinner=False)
def picture(data: str, image_id: str, path: str | None):
    """A small copy of a picture; drawn where it can be; None where there is none, or it cannot be read."""
    return _picture(data, image_id, path)


def _picture(data: str, image_id: str, path: str | None):
    try:
        if data == SCENES:
            return scenes.draw(image_id)
        if not isinstance(path, str):
            return None
        small = read_file(path).image.copy()
    except PPPError:
        return None
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small


@st.cache_resource(max_entries=6, show_spinner="Making thumbnails …")
def thumbnails(key: str, data: str, _pairs: Pairs) -> Sheet:
    """Small copies of the pairs' pictures, for pointing at them on a map."""
    frame = _pairs.frame
    paths = frame["path"].tolist() if "path" in frame else [None] * len(frame)
    ids = list(_pairs.image_ids)
    return thumbnail_sheet(ids, lambda row: _picture(data, ids[row], paths[row]))
