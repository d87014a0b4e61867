"""A data set's prompts with their pictures and what people said, for predictors after generation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...datasets import DataSet, observed
from ...errors import PPPError
from ...predictors.seen import Seen, see
from ...splits import normalise_text
from ...targets import Target
from ..parts import MIN_PROMPTS

if TYPE_CHECKING:
    import pandas as pd

    from ...encoders import JointEncoder
    from ...store import EmbeddingStore

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SeenPart:
    """Some prompts with pictures, and what people said of them.

    Attributes:
        seen: the prompts, each with at least one picture.
        observed: float64, shape (n,): of each prompt, the mean of all its ratings.
        rated: float64, shape (m,): of each picture; its prompt's where ratings are of prompts alone.
        by_picture: whether ratings are of pictures.
    """

    seen: Seen
    observed: np.ndarray
    rated: np.ndarray
    by_picture: bool

    def __len__(self) -> int:
        return len(self.seen)

    def rows(self, positions: np.ndarray) -> SeenPart:
        """Some of the prompts, by position."""
        chosen = self.seen.images_of(positions)
        return replace(
            self,
            seen=self.seen.rows(positions),
            observed=self.observed[positions],
            rated=self.rated[chosen],
        )

    def digest(self) -> str:
        """SHA-256 of prompts, pictures' vectors and values: two equal parts have one digest."""
        found = hashlib.sha256("\n".join(self.seen.prompts).encode("utf-8", "replace"))
        for array in (self.seen.prompt_of, self.seen.pictures.astype(np.float16), self.rated.round(6)):
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()


@dataclass(frozen=True)
class AfterData:
    """The prompts of one target with their pictures, split.

    Attributes:
        target: what is predicted.
        name, licence, attribution, citation: of the data set.
        train: to learn from.
        held_out: to calibrate and judge on; None where the data set has no validation part, and
            cross-validation does both.
        n_left_out: training prompts left out because a held-out part holds the same words.
        n_unseen: prompts with a rating and no picture that could be read.
        failed: image_id → why that picture could not be read.
    """

    target: Target
    name: str
    licence: str
    attribution: str
    citation: str
    train: SeenPart
    held_out: SeenPart | None
    n_left_out: int
    n_unseen: int
    failed: dict[str, str]


def after_data(
    dataset: DataSet,
    target: str,
    encoder: JointEncoder,
    *,
    store: EmbeddingStore | None = None,
    progress: Progress | None = None,
) -> AfterData:
    """Embeds a target's prompts and pictures, and splits them as `target_data` does.

    Where ratings are of prompts alone, each picture gets its prompt's; where such a target is of one
    generator, only that generator's pictures count.

    Raises:
        PPPError: for an unknown target, where no picture is on this machine, and where fewer than 60 prompts
            with pictures could be learned from.
    """
    frame = observed(dataset, target)
    frame = frame[frame["split"].ne("test") | frame["split"].isna()]
    images = counted_images(dataset, target)
    own = images.groupby("prompt_id", sort=False).indices
    shown = frame[frame["prompt_id"].isin(own.keys())].reset_index(drop=True)
    if shown.empty:
        raise PPPError(
            f"Seeing needs pictures, and none of {target} is on this machine. "
            f"Bring them by ppp get {dataset.card.name} --from DIR, or by ppp import --images."
        )
    rows = [own[one] for one in shown["prompt_id"]]
    paths, listed = images["path"].to_numpy(), np.concatenate(rows)
    pictures = [paths[one].tolist() for one in rows]
    seen = see(encoder, shown["prompt"].tolist(), pictures, store=store, progress=progress)
    ids = images["image_id"].to_numpy()
    part = _rated(dataset, target, seen, shown, ids[listed[seen.places]])
    kept = np.flatnonzero(part.seen.counts > 0)
    failed = {str(ids[listed[place]]): why for place, why in seen.failed.items()}
    return _split(
        dataset, target, part.rows(kept), shown.iloc[kept], n_unseen=len(frame) - len(kept), failed=failed
    )


def counted_generator(dataset: DataSet, target: str) -> str | None:
    """The generator whose pictures alone count for a target; None where all do.

    A data set's ratings of prompts as a whole may be of one generator (``pqpp/hbpp-sdxl``): pictures by
    another say nothing of them. Where pictures are rated, or the data set has no rating of the target, all
    count.
    """
    mine = dataset.ratings[dataset.ratings["target"] == target]
    generators = mine["generator"].unique()
    if mine["image_id"].notna().any() or len(generators) != 1 or not isinstance(generators[0], str):
        return None
    return generators[0]


def counted_images(dataset: DataSet, target: str) -> pd.DataFrame:
    """The pictures that are on this machine and count for a target, see `counted_generator`; rows of
    ``dataset.images``, in their order."""
    images = dataset.images[dataset.images["path"].notna()].reset_index(drop=True)
    generator = counted_generator(dataset, target)
    if generator is None:
        return images
    same = images["generator"].str.casefold() == generator.casefold()
    return images[same.fillna(value=False)].reset_index(drop=True)


def _rated(dataset: DataSet, target: str, seen: Seen, frame: pd.DataFrame, image_ids: np.ndarray) -> SeenPart:
    """What was seen with what people said; a picture without a rating is left out where others have one."""
    said = frame["observed"].to_numpy(np.float64)
    mine = dataset.ratings[dataset.ratings["target"] == target]
    mine = mine[mine["image_id"].notna()]
    if mine.empty:
        return SeenPart(seen, said, said[seen.prompt_of], by_picture=False)
    values = mine.groupby("image_id")["value"].mean().reindex(image_ids).to_numpy(np.float64)
    known = np.flatnonzero(np.isfinite(values))
    return SeenPart(seen.only(known), said, values[known], by_picture=True)


def _split(
    dataset: DataSet, target: str, part: SeenPart, frame: pd.DataFrame, *, n_unseen: int, failed: dict
) -> AfterData:
    splits = frame["split"].to_numpy(object)
    texts = np.array([normalise_text(text) for text in frame["prompt"]], object)
    is_held_out = splits == "validation"
    judging = dataset.prompts[dataset.prompts["split"].isin(("validation", "test"))]["prompt"]
    said_elsewhere = np.isin(texts, [normalise_text(text) for text in judging])
    learned = splits == "train" if is_held_out.any() else ~is_held_out
    kept = np.flatnonzero(learned & ~said_elsewhere)
    if len(kept) < MIN_PROMPTS:
        raise PPPError(
            f"Training needs at least {MIN_PROMPTS} prompts with a value of {target} and a picture, "
            f"got {len(kept)}."
        )
    card = dataset.card
    return AfterData(
        target=dataset.target(target),
        name=card.name,
        licence=card.licence,
        attribution=card.attribution,
        citation=card.citation,
        train=part.rows(kept),
        held_out=part.rows(np.flatnonzero(is_held_out)) if is_held_out.any() else None,
        n_left_out=int((learned & said_elsewhere).sum()),
        n_unseen=n_unseen,
        failed=failed,
    )
