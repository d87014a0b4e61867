"""The prompts and pictures of a data set, embedded in one space."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import embed, embed_images
from ..errors import PPPError
from ..splits import normalise_text
from .pairs import Pairs, make_pairs

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..encoders import JointEncoder
    from ..store import EmbeddingStore

Progress = Callable[[int, int], None]

_OF_IMAGE = ("image_id", "prompt_id", "generator", "path")


def pairs_of(
    dataset: DataSet,
    encoder: JointEncoder,
    *,
    n: int | None = None,
    one_image: bool = False,
    seed: int = 0,
    store: EmbeddingStore | None = None,
    progress: Progress | None = None,
) -> Pairs:
    """Embeds each picture of a data set, and its prompt beside it.

    Args:
        dataset: with pictures on this machine.
        encoder: what `load_joint_encoder` gave, or anything with its methods.
        n: at most so many pairs, drawn at random; None for all.
        one_image: one picture a prompt, drawn at random, instead of every picture.
        seed: of what is drawn.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (different pictures embedded, in all).

    Returns:
        One row a picture. The frame tells prompt, generator, path, n_modifiers where the data set does,
        learned where the encoder says which prompts it was trained on, and a column a target: the picture's
        own rating, or the mean of its prompt's where only prompts are rated.

    Raises:
        PPPError: when no picture is here, or none can be read.
    """
    here = dataset.images[dataset.images["path"].notna()]
    if here.empty:
        raise PPPError(
            f"The data set {dataset.card.name} has no pictures on this machine, and a gap needs both. Get "
            f"it from a folder that has them: ppp get {dataset.card.name} --from DIR"
        )
    images, notes = _drawn(here, n, one_image, seed)
    frame = _frame(dataset, images)
    found = embed_images(encoder, frame["path"].tolist(), store=store, progress=progress)
    if not found.ok.any():
        raise PPPError(f"No picture of {dataset.card.name} can be read: {next(iter(found.failed.values()))}")
    if found.failed:
        first = next(iter(found.failed.values()))
        notes.append(f"{len(found.failed):,} of {len(frame):,} pictures cannot be read, such as: {first}")
    frame = frame[found.ok].reset_index(drop=True)
    encoded = embed(encoder, frame["prompt"].tolist(), store=store)
    notes += _cut(encoded, frame)
    frame, learned = _learned(encoder, frame)
    return make_pairs(
        encoded.vectors,
        found.vectors[found.ok],
        name=dataset.card.name,
        encoder=encoder.name,
        prompt_ids=_one_name_a_text(frame),
        image_ids=frame["image_id"].tolist(),
        frame=frame,
        of=len(here),
        notes=[*notes, *learned],
    )


def _drawn(here: pd.DataFrame, n: int | None, one_image: bool, seed: int) -> tuple[pd.DataFrame, list[str]]:
    if n is not None and n < 1:
        raise PPPError(f"pairs_of needs at least one pair, got n={n}.")
    order = np.random.default_rng(seed).permutation(len(here))
    shuffled, notes, all_images = here.iloc[order], [], len(here)
    if one_image:
        shuffled = shuffled.drop_duplicates("prompt_id")
        if len(shuffled) < all_images:
            notes.append(f"One picture a prompt, drawn at random (seed {seed}), of {all_images:,} pictures.")
    if n is not None and n < len(shuffled):
        notes.append(f"{n:,} of {len(shuffled):,} pairs, drawn at random (seed {seed}).")
        shuffled = shuffled.head(n)
    return here.loc[here.index.isin(shuffled.index)], notes


def _frame(dataset: DataSet, images: pd.DataFrame) -> pd.DataFrame:
    """What is known of each picture, in their order."""
    of_prompt = [name for name in ("prompt_id", "prompt", "n_modifiers") if name in dataset.prompts]
    frame = images[list(_OF_IMAGE)].merge(
        dataset.prompts[of_prompt], on="prompt_id", how="left", validate="many_to_one"
    )
    ratings = dataset.ratings
    by_image = ratings.dropna(subset="image_id").groupby(["image_id", "target"])["value"].mean().unstack()
    by_prompt = ratings[ratings["image_id"].isna()].groupby(["prompt_id", "target"])["value"].mean().unstack()
    for target in dataset.card.targets:
        if target.name in by_image:
            frame[target.name] = frame["image_id"].map(by_image[target.name]).astype(float)
        elif target.name in by_prompt:
            frame[target.name] = frame["prompt_id"].map(by_prompt[target.name]).astype(float)
    return frame.reset_index(drop=True)


def _one_name_a_text(frame: pd.DataFrame) -> list[str]:
    """Names of the prompts; those that say the same have the first one's, so that they stay together."""
    texts = frame["prompt"].map(normalise_text)
    return frame["prompt_id"].groupby(texts, sort=False).transform("first").tolist()


def _cut(encoded, frame: pd.DataFrame) -> list[str]:
    cut = frame.loc[np.asarray(encoded.truncated) > 0, "prompt_id"].nunique()
    return [f"{cut:,} prompts are longer than the encoder reads; their ends are cut off."] if cut else []


def _learned(encoder: JointEncoder, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Which prompts the encoder was trained on, where it can tell."""
    tell = getattr(encoder, "has_learned", None)
    if tell is None:
        return frame, []
    learned = np.asarray(tell(frame["prompt"].tolist()), bool)
    if not learned.any():
        return frame, []
    known = frame.loc[learned, "prompt_id"].nunique()
    note = (
        f"{encoder.name} was trained on {known:,} of these {frame['prompt_id'].nunique():,} prompts: figures "
        "that include them flatter it."
    )
    return frame.assign(learned=learned), [note]
