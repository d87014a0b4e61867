"""A data set as a collection to search: its images, each once, and its prompts as queries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import embed, embed_images, picture_hash
from ..errors import PPPError
from ..splits import normalise_text
from .ranking import DEPTH, Ranking, check_depth, rank_vectors

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..encoders import JointEncoder
    from ..store import EmbeddingStore

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Collection:
    """Images to search and prompts to search with.

    Attributes:
        name: of the data set.
        query_ids: n names, each the first prompt_id of its text.
        queries: n different prompts that have an image.
        image_ids: m names, each the first image_id of its file.
        paths: m files of different content, in an order drawn from their names: it knows nothing of prompts.
        relevant: n arrays of positions in ``paths``: the images made from that prompt.
        notes: what was merged or left out.
    """

    name: str
    query_ids: tuple[str, ...]
    queries: tuple[str, ...]
    image_ids: tuple[str, ...]
    paths: tuple[str, ...]
    relevant: tuple[np.ndarray, ...]
    notes: tuple[str, ...]


def collect(dataset: DataSet) -> Collection:
    """The images and prompts of a data set: the same file and the same prompt count once.

    Relevant for a prompt are the images made from it, however it was written. A file that was made from
    two prompts is relevant for both.

    Args:
        dataset: with images on this machine.

    Raises:
        PPPError: when no image is here or none can be read.
    """
    images = dataset.images
    here = images[images["path"].notna()]
    if here.empty:
        raise PPPError(
            f"The data set {dataset.card.name} has no images on this machine, and a search needs some. Get "
            f"it from a folder that has them: ppp get {dataset.card.name} --from DIR"
        )
    notes = []
    if len(here) < len(images):
        notes.append(f"{len(images) - len(here):,} of {len(images):,} images are not on this machine.")
    here, unread = _readable(here)
    if here.empty:
        raise PPPError(f"No image of {dataset.card.name} can be read: {unread}")
    if unread:
        notes.append(f"Images that cannot be opened are left out, such as: {unread}")
    known = here.drop_duplicates("content")
    if len(known) < len(here):
        notes.append(
            f"{len(here) - len(known):,} of {len(here):,} images repeat another file; each counts once."
        )
    known = known.iloc[np.argsort([_drawn(one) for one in known["image_id"]])]
    place = {content: at for at, content in enumerate(known["content"])}
    prompts, texts, told = _queries(dataset.prompts, here)
    made_from = here["prompt_id"].map(texts)
    positions = here["content"].map(place).groupby(made_from).agg(lambda one: np.unique(one.to_numpy()))
    return Collection(
        name=dataset.card.name,
        query_ids=tuple(prompts["prompt_id"]),
        queries=tuple(prompts["prompt"]),
        image_ids=tuple(known["image_id"]),
        paths=tuple(known["path"]),
        relevant=tuple(positions[text] for text in prompts["text"]),
        notes=(*notes, *told),
    )


def rank_dataset(
    dataset: DataSet,
    encoder: JointEncoder,
    *,
    k: int | None = DEPTH,
    learned: bool = False,
    store: EmbeddingStore | None = None,
    progress: Progress | None = None,
) -> Ranking:
    """Ranks a data set's images for each of its prompts by cosine in a joint space.

    Args:
        dataset: with images on this machine.
        encoder: what `load_joint_encoder` gave, or anything with its methods.
        k: images kept of each ranking, at least 10; None for all. Ranks of relevant images are those of the
            whole ranking in any case.
        learned: also ask with prompts that the encoder was trained on, where it tells; their images are in
            the collection in any case.
        store: where embeddings are looked up and kept.
        progress: called with (different images embedded, in all).

    Raises:
        PPPError: as `collect`, and when the encoder was trained on every prompt.
    """
    check_depth(k, 0)
    collection = collect(dataset)
    found = embed_images(encoder, list(collection.paths), store=store, progress=progress)
    collection = _without(collection, found.ok, found.failed)
    asking, told = _asking(collection, encoder, learned)
    encoded = embed(encoder, list(collection.queries), store=store)
    cut = int((np.asarray(encoded.truncated)[asking] > 0).sum())
    if cut:
        told.append(f"{cut:,} prompts are longer than the encoder reads; their ends are cut off.")
    return rank_vectors(
        encoded.vectors[asking],
        found.vectors[found.ok],
        [collection.relevant[i] for i in asking],
        k=k,
        name=collection.name,
        encoder=encoder.name,
        query_ids=[collection.query_ids[i] for i in asking],
        queries=[collection.queries[i] for i in asking],
        doc_ids=collection.image_ids,
        prompts=encoded.vectors,
        notes=(*collection.notes, *told),
    )


def _readable(here: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows whose file can be opened, with the hash of its content; and why the first other cannot."""
    contents, why = [], ""
    for path in here["path"]:
        try:
            contents.append(picture_hash(path))
        except PPPError as error:
            contents.append(None)
            why = why or str(error)
    here = here.assign(content=contents)
    return here[here["content"].notna()], why


def _drawn(image_id: str) -> str:
    return hashlib.sha256(image_id.encode("utf-8", "replace")).hexdigest()


def _queries(prompts: pd.DataFrame, here: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """The first prompt of each text that has an image; prompt_id to text; notes."""
    prompts = prompts.assign(text=prompts["prompt"].map(normalise_text))
    texts = dict(zip(prompts["prompt_id"], prompts["text"], strict=True))
    once = prompts.drop_duplicates("text")
    notes = []
    if len(once) < len(prompts):
        notes.append(
            f"{len(prompts) - len(once):,} of {len(prompts):,} prompts repeat another; each counts once."
        )
    with_images = once[once["text"].isin(set(here["prompt_id"].map(texts)))]
    if len(with_images) < len(once):
        notes.append(f"{len(once) - len(with_images):,} prompts have no image and are no queries.")
    return with_images, texts, notes


def _without(collection: Collection, ok: np.ndarray, failed: dict[int, str]) -> Collection:
    """The collection less the images that could not be embedded, and less prompts that have no other."""
    if not failed:
        return collection
    first = next(iter(failed.values()))
    if not ok.any():
        raise PPPError(f"No image of {collection.name} can be read: {first}")
    moved = np.cumsum(ok) - 1
    relevant = [moved[one[ok[one]]] for one in collection.relevant]
    kept = [number for number, one in enumerate(relevant) if len(one)]
    notes = [f"{len(failed):,} of {len(ok):,} images cannot be read, such as: {first}"]
    if len(kept) < len(relevant):
        notes.append(
            f"{len(relevant) - len(kept):,} prompts have no image that can be read and are no queries."
        )
    return replace(
        collection,
        query_ids=tuple(collection.query_ids[i] for i in kept),
        queries=tuple(collection.queries[i] for i in kept),
        image_ids=tuple(np.array(collection.image_ids, object)[ok]),
        paths=tuple(np.array(collection.paths, object)[ok]),
        relevant=tuple(relevant[i] for i in kept),
        notes=(*collection.notes, *notes),
    )


def _asking(collection: Collection, encoder: JointEncoder, learned: bool) -> tuple[np.ndarray, list[str]]:
    """Positions of the prompts that are queries, and what is told of it."""
    everyone = np.arange(len(collection.queries))
    tell = getattr(encoder, "has_learned", None)
    known = np.asarray(tell(list(collection.queries)), bool) if tell else np.zeros(len(everyone), bool)
    if not known.any():
        return everyone, []
    count = f"{int(known.sum()):,} of {len(known):,} prompts"
    if learned:
        return everyone, [f"{encoder.name} was trained on {count}: figures that include them flatter it."]
    if known.all():
        raise PPPError(
            f"{encoder.name} was trained on every prompt of {collection.name}. Use --learned to ask with "
            "them all the same; the figures will flatter it."
        )
    return everyone[~known], [
        f"{encoder.name} was trained on {count}: they are no queries; their images are searched all the same."
    ]
