"""Trained predictors after generation on disk: ``model.safetensors`` and ``card.json``."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from ..encoders import JointEncoder, load_encoder, load_joint_encoder
from ..targets import Target
from . import predictor_class
from .after import TrainedAfter
from .artefact import check_revision, part_of, refuse_unless, write_folder
from .familiarity import Familiarity
from .pooling import Pooling
from .shared_arrays import keep_shared

_PARTS = ("predictor", "words", "pooling", "familiarity", "picture_familiarity")


def save_after(
    trained: TrainedAfter, folder: str | Path, *, overwrite: bool = False, share: bool = False
) -> TrainedAfter:
    """Writes an artefact whole, or not at all; `load_trained` reads it.

    Args:
        trained: what to keep.
        folder: is made; must not exist unless ``overwrite``.
        overwrite: whether an artefact that stands there is replaced.
        share: as of `save_trained`.

    Returns:
        The same predictor, its card completed by the checksum.

    Raises:
        PPPError: when the folder exists or cannot be written.
    """
    arrays = {
        f"{part}.{name}": np.ascontiguousarray(array)
        for part in _PARTS
        for name, array in getattr(trained, part).arrays().items()
    }
    folder, card = Path(folder), {**trained.card, "target": asdict(trained.target)}
    if share:
        refuse_unless(overwrite, folder)
        arrays, card["shared"] = keep_shared(arrays, folder.parent)
    return replace(trained, card=write_folder(folder, arrays, card, overwrite=overwrite))


def restore_after(
    folder: Path,
    card: Mapping,
    arrays: Mapping[str, np.ndarray],
    *,
    encoder: JointEncoder | None = None,
) -> TrainedAfter:
    """The predictor that a card and its arrays, checked already, hold.

    Args:
        folder: where they came from, for messages.
        card, arrays: what was read.
        encoder: to use instead of loading the joint encoder that the card names.

    Raises:
        PPPError: when an encoder is absent, or is not the one that it was trained with.
    """
    encoder = encoder or load_joint_encoder(card["encoder"]["name"])
    check_revision(folder, card["encoder"], encoder)
    text_encoder = load_encoder(card["text_encoder"]["name"])
    check_revision(folder, card["text_encoder"], text_encoder)
    return TrainedAfter(
        target=Target(**card["target"]),
        predictor=predictor_class(card["predictor"]["name"]).from_arrays(part_of(arrays, "predictor")),
        words=predictor_class(card["words"]["name"]).from_arrays(part_of(arrays, "words")),
        encoder=encoder,
        text_encoder=text_encoder,
        pooling=Pooling.from_arrays(part_of(arrays, "pooling")),
        familiarity=Familiarity.from_arrays(part_of(arrays, "familiarity")),
        picture_familiarity=Familiarity.from_arrays(part_of(arrays, "picture_familiarity")),
        card=dict(card),
    )
