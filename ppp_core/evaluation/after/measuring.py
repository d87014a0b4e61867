"""A data set's name to the curve of what pictures add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import load_dataset
from ...encoders import best_joint_encoder, load_encoder, load_joint_encoder
from ...errors import PPPError
from ...predictors.reading import read_prompts
from .data import after_data
from .images_added import ImagesAdded, images_added
from .training import TEXT_ENCODER, WORDS, check_reads_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...store import EmbeddingStore


def curve_targets(name: str) -> tuple[str, ...]:
    """The targets of a data set that people judged, or its user named; PPPError where there are none."""
    dataset = load_dataset(name)
    rated = set(dataset.ratings["target"])
    found = tuple(one.name for one in dataset.card.targets if one.judged_by != "models" and one.name in rated)
    if not found:
        raise PPPError(f"The data set {name} has no target that people judged.")
    return found


def measure_curve(
    target: str,
    *,
    predictor: str = "image-probe",
    encoder: str | None = None,
    words: str = WORDS,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: object,
) -> ImagesAdded:
    """`images_added` of a target whose data set and pictures are on this machine.

    Args:
        target: such as ``"agiqa-3k/quality"``.
        predictor, words: keys of ``PREDICTORS``.
        encoder: name or folder of a joint encoder; None for the best that is here.
        store: where embeddings are looked up and kept.
        progress: called with (steps done, steps in all).
        options: further ones of `images_added`.

    Raises:
        PPPError: as `after_data`, and for a predictor that reads no pictures.
    """
    check_reads_pictures(predictor)
    joint = load_joint_encoder(encoder or best_joint_encoder())
    data = after_data(load_dataset(target.partition("/")[0]), target, joint, store=store)
    reading = read_prompts(load_encoder(TEXT_ENCODER), data.train.seen.prompts, store=store)
    return images_added(
        data.train,
        reading,
        target=target,
        predictor=predictor,
        encoder=joint.name,
        words=words,
        progress=progress,
        **options,
    )
