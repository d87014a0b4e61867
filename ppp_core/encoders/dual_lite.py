"""``dual-lite``, the joint space that is always there: small heads on MiniLM and EfficientNet-Lite0."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from ..store.artefacts import read_artefact, write_artefact
from .base import Encoded, Layers
from .efficientnet_lite0 import EfficientNetLite0
from .minilm import MiniLM

if TYPE_CHECKING:
    from PIL import Image

SHIPPED = Path(__file__).parents[2] / "data" / "models" / "encoders" / "dual-lite"
ARRAYS = "heads.safetensors"
FORMAT = 1
LEARNED_DIM = 384
JOINT_DIM = LEARNED_DIM + MiniLM.dim
"""Length of a vector of the heads that come with PPP."""


@dataclass(frozen=True)
class Heads:
    """From the features of a prompt and of a picture to one space, shape (dim,), dim = k + 384.

    A vector is a learned part (k numbers, length 1), beside a part that was not learned from pairs (384
    numbers, length ``share``): a prompt's own MiniLM vector, and for a picture the mean of MiniLM's vectors
    of ImageNet's class names, weighted by the probability that the network gives each class. At the end
    each modality is moved by a fixed offset of its own, which keeps a gap between them as wide as CLIP's.

    Attributes:
        text_weight, text_bias: float32, shapes (k, 384) and (k,), on MiniLM's last layer.
        image_weight, image_bias: float32, shapes (k, 1280) and (k,), on EfficientNet-Lite0's features.
        classes: float32, shape (1000, 384): MiniLM's vectors of the class names, of length 1.
        centre: float32, shape (384,): taken off both parts that were not learned.
        share: length of the part that was not learned.
        text_offset, image_offset: float32, shape (dim,).
    """

    text_weight: np.ndarray
    text_bias: np.ndarray
    image_weight: np.ndarray
    image_bias: np.ndarray
    classes: np.ndarray
    centre: np.ndarray
    share: float
    text_offset: np.ndarray
    image_offset: np.ndarray

    @property
    def dim(self) -> int:
        """Length of a vector of the joint space."""
        return len(self.text_offset)

    def texts(self, vectors: np.ndarray) -> np.ndarray:
        """Joint vectors, float32 (n, dim), of MiniLM's last layer, (n, 384)."""
        learned = vectors @ self.text_weight.T + self.text_bias
        return self._joined(learned, _unit(vectors), self.text_offset)

    def images(self, features: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Joint vectors, float32 (n, dim), of features (n, 1280) and class logits (n, 1000)."""
        learned = features @ self.image_weight.T + self.image_bias
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        said = (weights / weights.sum(axis=1, keepdims=True)) @ self.classes
        return self._joined(learned, said, self.image_offset)

    def _joined(self, learned: np.ndarray, said: np.ndarray, offset: np.ndarray) -> np.ndarray:
        parts = [_unit(learned), self.share * _unit(said - self.centre)]
        return (np.concatenate(parts, axis=1) + offset).astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """All as plain arrays, half precision."""
        return {name: np.atleast_1d(np.asarray(value, np.float16)) for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Heads":
        """The heads whose `arrays` these are.

        Raises:
            PPPError: when their shapes do not fit, or a number is not finite.
        """
        wide = {name: np.asarray(value, np.float32) for name, value in arrays.items()}
        k = len(wide.get("text_bias", ()))
        dim = k + MiniLM.dim
        wanted = {
            "text_weight": (k, MiniLM.dim),
            "text_bias": (k,),
            "image_weight": (k, EfficientNetLite0.dim),
            "image_bias": (k,),
            "classes": (1000, MiniLM.dim),
            "centre": (MiniLM.dim,),
            "share": (1,),
            "text_offset": (dim,),
            "image_offset": (dim,),
        }
        found = {name: value.shape for name, value in wide.items()}
        if found != wanted or not k:
            raise PPPError(f"The heads of dual-lite should have the shapes {wanted}, got {found}.")
        strange = [name for name, value in wide.items() if not np.isfinite(value).all()]
        if strange:
            raise PPPError(f"The heads of dual-lite hold numbers that are not finite: {', '.join(strange)}.")
        return cls(**{**wide, "share": wide["share"].item()})


class DualLite:
    """Prompts and pictures in one space, with no weights to fetch: a small stand-in for CLIP.

    MiniLM and EfficientNet-Lite0 stay as published; between them stand linear heads, trained with CLIP's
    loss on the pairs of AGIQA-3K that the card names. Pictures have one vector, as prompts have.

    Args:
        folder: with ``heads.safetensors`` and ``card.json``; those that come with PPP when left out.

    Attributes:
        card: what it was trained on, how, and how well it finds held-out pictures.
        retrieval: the same in one line.
        base: the image encoder whose features it projects.
        revision: hash over the heads and what they stand on.

    Raises:
        PPPError: when files are missing or damaged, or the weights below are absent.
    """

    name = "dual-lite"
    n_layers = 1
    max_tokens = MiniLM.max_tokens
    is_stand_in = True
    preprocessing = EfficientNetLite0.preprocessing

    def __init__(self, folder: str | Path = SHIPPED):
        self.heads, self.card, sha256 = load_heads(Path(folder))
        self.dim = self.heads.dim
        self.base = EfficientNetLite0()
        self._text = MiniLM()
        stands_on = f"{sha256} {self._text.revision} {self.base.revision}"
        self.revision = hashlib.sha256(stands_on.encode()).hexdigest()
        self.retrieval = self.card["retrieval"]["line"]
        self.notes = (*self._text.notes, *self.base.notes)
        self.spans = self._text.spans

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order: (n, dim), or (n, 1, dim) for ``layers="all"``.

        Raises:
            PPPError: on no prompts, or values that are not texts of at most a million characters.
        """
        encoded = self._text.encode(prompts)
        vectors = self.heads.texts(encoded.vectors)
        if layers == "all":
            vectors = vectors[:, None]
        elif layers != "last":
            raise PPPError(f"layers must be 'last' or 'all', got {layers!r}.")
        return Encoded(vectors, encoded.tokens, encoded.truncated)

    def encode_images(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """Embeds pictures, in their order: float32, shape (n, dim), not normalised; PPPError on none."""
        return self.project_images(self.base.encode_images(pictures))

    def project_images(self, features: np.ndarray) -> np.ndarray:
        """The same of features of ``base``, float32, shape (n, 1280)."""
        return self.heads.images(features, self.base.class_logits(features))

    def has_learned(self, prompts: Sequence[str]) -> np.ndarray:
        """Which prompts, bool (n,), were trained on with their pictures: figures on these flatter it."""
        learned = set(self.card["data"]["learned"])
        return np.array([prompt_hash(prompt) in learned for prompt in prompts], bool)


def prompt_hash(prompt: str) -> str:
    """Twelve hex digits that stand for a prompt in the card, its white space and case folded.

    Example:
        >>> prompt_hash("A  cat ") == prompt_hash("a cat")
        True
    """
    folded = " ".join(prompt.split()).casefold()
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:12]


def load_heads(folder: Path) -> tuple[Heads, dict, str]:
    """The heads, their card, and the SHA-256 of the file.

    Raises:
        PPPError: when a file is missing, or a byte has changed.
    """
    read = read_artefact(folder, file=ARRAYS, format=FORMAT, what="dual-lite")
    return Heads.from_arrays(read.arrays), read.card, read.sha256


def save_heads(heads: Heads, card: dict, folder: Path) -> None:
    """Writes heads and card so that `load_heads` reads them; replaces what stands there.

    Raises:
        PPPError: when they cannot be written.
    """
    write_artefact(folder, heads.arrays(), card, file=ARRAYS, format=FORMAT)


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
