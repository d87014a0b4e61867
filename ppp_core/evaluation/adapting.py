"""The adapted encoder as it must be for some data: shipped, kept from before, or fine-tuned now."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from filelock import FileLock

from ..adaptation import Settings, adapt
from ..encoders import Encoder
from ..encoders.adapted import AdaptedMiniLM, load_adaptation, save_adaptation, text_hash
from ..errors import PPPError
from ..predictors.base import Predictor
from ..store import home
from .parts import Joint, TargetData

ADAPTABLE = ("minilm-l6", AdaptedMiniLM.name)
ENOUGH = 0.98
"""Share of the training prompts that an adaptation must have learned from to stand for all of them."""


def fair_encoder(
    encoder: Encoder,
    kind: type[Predictor],
    data: TargetData,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Encoder:
    """The encoder that a predictor may read with when it learns from ``data.train``.

    Most encoders know nothing of any target and come back as they are. An adapted one that learned from this
    target is right only if it learned from these training prompts, no others, with this seed; otherwise it
    is fine-tuned anew (about half an hour for 6,000 prompts on two cores) and kept in
    ``$PPP_HOME/adaptations``. A predictor that reads adapted scores gets ``minilm-l6`` adapted alike.

    Raises:
        PPPError: where such a predictor is asked to read an encoder that cannot be adapted.
    """
    wanted = kind.reads == "adapted"
    if wanted and encoder.name not in ADAPTABLE:
        raise PPPError(f"{kind.name} adapts minilm-l6, got the encoder {encoder.name}. Use minilm-l6.")
    is_adapted = isinstance(encoder, AdaptedMiniLM)
    if not is_adapted and not wanted:
        return encoder
    if is_adapted and data.target.name not in encoder.adaptation.adapter.targets:
        return encoder
    if data.joint is None or data.target.name not in data.joint.targets:
        raise PPPError(
            f"An encoder is adapted to what people judged, and {data.target.name} is none of that."
        )
    joint = data.joint.within(data.train, data.target.name)
    known = encoder if is_adapted else _shipped()
    if known and _is_fair(known, data.target.name, joint, seed):
        return known
    return _adapted(joint, seed, progress)


def _shipped() -> AdaptedMiniLM | None:
    try:
        return AdaptedMiniLM()
    except PPPError:
        return None


def _is_fair(encoder: AdaptedMiniLM, target: str, joint: Joint, seed: int) -> bool:
    """Whether it learned this target from these prompts and values, no others, with this seed."""
    adaptation = encoder.adaptation
    if target not in adaptation.adapter.targets or adaptation.card.get("seed") != seed:
        return False
    ours = np.array([text_hash(prompt) for prompt in joint.prompts], dtype=np.uint64)
    learned = np.isin(ours, adaptation.learned)
    if learned.mean() < ENOUGH or not np.isin(adaptation.learned, ours).all():
        return False
    return joint.rows(np.flatnonzero(learned)).digest() == adaptation.card["data"]["train_sha256"]


def _adapted(joint: Joint, seed: int, progress: Callable[[int, int], None] | None) -> AdaptedMiniLM:
    settings = Settings()
    digest = hashlib.sha256(f"{joint.digest()} {seed} {settings.digest()}".encode()).hexdigest()
    folder = home() / "adaptations" / digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):  # another process may be at it
        if not any(folder.iterdir()):
            made = adapt(
                joint.prompts, joint.observed, joint.targets, settings=settings, seed=seed, progress=progress
            )
            data = {"n_train": len(joint.prompts), "train_sha256": joint.digest()}
            save_adaptation(replace(made, card={**made.card, "data": data}), folder)
    return AdaptedMiniLM(load_adaptation(folder))
