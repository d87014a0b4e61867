"""Trained predictors on disk: ``model.safetensors`` and ``card.json``; nothing is ever unpickled."""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import Encoder, fitted_encoder, load_encoder
from ..errors import PPPError
from ..targets import Target
from . import predictor_class
from .calibration import Calibration
from .familiarity import Familiarity
from .shared_arrays import keep_shared, load_shared
from .trained import TrainedPredictor

if TYPE_CHECKING:
    from .after import TrainedAfter

FORMAT = 1
MODEL, CARD = "model.safetensors", "card.json"


def save_trained(
    trained: TrainedPredictor, folder: str | Path, *, overwrite: bool = False, share: bool = False
) -> TrainedPredictor:
    """Writes an artefact whole, or not at all.

    Args:
        trained: what to keep.
        folder: is made; must not exist unless ``overwrite``.
        overwrite: whether an artefact that stands there is replaced.
        share: whether large arrays go to the folder ``shared`` beside it, where artefacts of the same
            training prompts keep each of them once. Such an artefact is whole only with that folder.

    Returns:
        The same predictor, its card completed by the checksum.

    Raises:
        PPPError: when the folder exists or cannot be written.
    """
    folder = Path(folder)
    arrays = _arrays(trained)
    card = {**trained.card, "target": asdict(trained.target)}
    if share:
        refuse_unless(overwrite, folder)
        arrays, card["shared"] = keep_shared(arrays, folder.parent)
    return replace(trained, card=write_folder(folder, arrays, card, overwrite=overwrite))


def write_folder(
    folder: Path, arrays: Mapping[str, np.ndarray], card: Mapping, *, overwrite: bool = False
) -> dict:
    """Writes arrays and card, whole or not at all; returns the card, completed by format and checksum.

    Raises:
        PPPError: when the folder exists or cannot be written.
    """
    from safetensors.numpy import save

    refuse_unless(overwrite, folder)
    card = {**card, "format": FORMAT}
    model = save(dict(arrays))
    card["checksum"] = _checksum(model, card)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            draft = Path(temporary) / folder.name
            draft.mkdir()
            (draft / MODEL).write_bytes(model)
            (draft / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            _take_place(draft, folder, Path(temporary) / "replaced")
    except OSError as error:
        raise PPPError(f"Cannot write {folder}: {error.strerror or error}. Nothing was written.") from error
    return card


def refuse_unless(overwrite: bool, folder: Path) -> None:
    """Raises PPPError when the folder exists, unless it holds an artefact that may be replaced."""
    if not (overwrite and (folder / CARD).exists()):
        refuse_existing(folder)


def _take_place(draft: Path, folder: Path, aside: Path) -> None:
    """Renames the draft to the folder; what stood there comes back if that fails."""
    if folder.exists():
        folder.replace(aside)
    try:
        draft.replace(folder)
    except OSError:
        if aside.exists():
            aside.replace(folder)
        raise


def refuse_existing(folder: str | Path) -> None:
    """Raises PPPError when the folder, where an artefact is to be made, exists already."""
    if Path(folder).exists():
        raise PPPError(f"{folder} exists already. Name another folder, or remove it first.")


def load_trained(folder: str | Path, *, encoder: Encoder | None = None) -> "TrainedPredictor | TrainedAfter":
    """Reads an artefact and checks that it is whole and that its encoder is the one it was trained with.

    Args:
        folder: with ``model.safetensors`` and ``card.json``.
        encoder: to use instead of loading the one that the card names.

    Returns:
        The predictor; a `TrainedAfter` where it reads pictures, after generation.

    Raises:
        PPPError: when files are missing, a byte has changed, or the encoder differs.
    """
    folder = Path(folder)
    card, arrays = read_folder(folder)
    if card["predictor"].get("reads") == "images":
        from .after_artefact import restore_after

        return restore_after(folder, card, arrays, encoder=encoder)
    encoder = encoder or _encoder(card, arrays)
    check_revision(folder, card["encoder"], encoder)
    return TrainedPredictor(
        target=Target(**card["target"]),
        predictor=predictor_class(card["predictor"]["name"]).from_arrays(part_of(arrays, "predictor")),
        encoder=encoder,
        calibration=Calibration.from_arrays(part_of(arrays, "calibration")),
        familiarity=Familiarity.from_arrays(part_of(arrays, "familiarity")),
        observed=arrays["observed"],
        card=card,
    )


def read_folder(folder: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """The card and the arrays of an artefact, checked.

    Raises:
        PPPError: when files are missing, or a byte has changed.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    card = read_card(folder)
    try:
        model = (folder / MODEL).read_bytes()
    except OSError as error:
        raise PPPError(f"Cannot read {folder / MODEL}: {error.strerror}. Train or fetch it again.") from error
    if _checksum(model, card) != card.get("checksum"):
        raise PPPError(
            f"The predictor in {folder} is damaged: its checksum does not match. Train or fetch it again."
        )
    try:
        return card, load(model) | load_shared(card.get("shared", {}), folder.parent)
    except SafetensorError as error:
        raise PPPError(f"Cannot read {folder / MODEL}: {error}.") from error


def check_revision(folder: Path, told: Mapping, encoder: Encoder) -> None:
    """Raises PPPError when an encoder is not the one that a card tells of."""
    if encoder.revision != told["revision"]:
        raise PPPError(
            f"The predictor in {folder} was trained with {told['name']} of revision "
            f"{told['revision'][:12]}, got revision {encoder.revision[:12]}. Train it again."
        )


def read_card(folder: str | Path) -> dict:
    """The card of an artefact, without loading the model.

    Raises:
        PPPError: when it is missing or no card.
    """
    path = Path(folder) / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(
            f"No trained predictor in {folder}: {CARD} cannot be read ({error.strerror})."
        ) from error
    except ValueError as error:
        raise PPPError(f"{path} is damaged: it is no JSON. Train or fetch the predictor again.") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        found = card.get("format") if isinstance(card, dict) else None
        raise PPPError(f"{path} should be a card of format {FORMAT}, got format {found}.")
    target = card.get("target")
    if not isinstance(target, dict) or not isinstance(target.get("name"), str):
        raise PPPError(f"{path} is damaged: it names no target. Train or fetch the predictor again.")
    return card


def _arrays(trained: TrainedPredictor) -> dict[str, np.ndarray]:
    parts = {
        "predictor": trained.predictor.arrays(),
        "calibration": trained.calibration.arrays(),
        "familiarity": trained.familiarity.arrays(),
    }
    state = trained.encoder.state() if hasattr(trained.encoder, "state") else None
    if state:
        arrays, settings = state
        text = json.dumps(settings, ensure_ascii=False).encode("utf-8")
        parts["encoder"] = {**arrays, "settings": np.frombuffer(text, dtype=np.uint8)}
    named = {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}
    named["observed"] = trained.observed
    return {name: np.ascontiguousarray(array) for name, array in named.items()}


def arrays_digest(trained: TrainedPredictor) -> str:
    """SHA-256 of all that a predictor learned, whether it was ever saved or not."""
    found = hashlib.sha256()
    for name, array in sorted(_arrays(trained).items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return found.hexdigest()


def part_of(arrays: Mapping[str, np.ndarray], part: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with a part's, under the rest of their names."""
    return {
        name.removeprefix(f"{part}."): array for name, array in arrays.items() if name.startswith(f"{part}.")
    }


def _encoder(card: dict, arrays: Mapping[str, np.ndarray]) -> Encoder:
    fitted = part_of(arrays, "encoder")
    if not fitted:
        return load_encoder(card["encoder"]["name"])
    settings = json.loads(fitted.pop("settings").tobytes().decode("utf-8"))
    return fitted_encoder(card["encoder"]["name"], fitted, settings)


def _checksum(model: bytes, card: dict) -> str:
    """SHA-256 of the model and of all that the card says but its checksum."""
    said = {key: value for key, value in card.items() if key != "checksum"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(model + text.encode("utf-8")).hexdigest()
