"""``quality-lite`` and ``alignment-lite``: what people said of AGIQA-3K's pictures, learned from features."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import embed, embed_images, load_encoder, load_image_encoder
from ..store.artefacts import read_artefact, write_artefact
from .base import check_sources, need_prompts
from .kernel_head import KernelHead

if TYPE_CHECKING:
    from ..store import EmbeddingStore
    from .base import Source

SHIPPED = Path(__file__).parents[2] / "data" / "models" / "scorers"
ARRAYS = "head.safetensors"
FORMAT = 1
TEXT_ENCODER, IMAGE_ENCODER = "minilm-l6", "efficientnet-lite0"


class LiteScorer:
    """A kernel head on EfficientNet-Lite0's features, and on MiniLM's of the prompts where it needs them.

    Args:
        folder: with ``head.safetensors`` and ``card.json``, as `save_head` writes them.

    Attributes:
        card: what it was trained on, how, and how well it ranks pictures of held-out prompts.
        revision: hash over the head and the encoders that it stands on.

    Raises:
        PPPError: when files are missing or damaged, or an encoder's weights are absent.
    """

    def __init__(self, folder: str | Path):
        self.head, self.card, sha256 = load_head(Path(folder))
        self.name = self.card["name"]
        self._sees_prompts = self.card["sees"] == "image+prompt"
        self._images = load_image_encoder(IMAGE_ENCODER)
        self._texts = load_encoder(TEXT_ENCODER) if self._sees_prompts else None
        stands_on = [sha256, self._images.revision, self._texts.revision if self._texts else ""]
        self.revision = hashlib.sha256(" ".join(stands_on).encode()).hexdigest()

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """What people would say of pictures: float64, shape (n,), on the card's scale; NaN where none is."""
        check_sources(self.name, pictures, prompts)
        texts = need_prompts(self.name, pictures, prompts) if self._sees_prompts else None
        embedded = embed_images(self._images, pictures, store=store)
        scores = np.full(len(pictures), np.nan)
        ok = np.flatnonzero(embedded.ok)
        if not len(ok):
            return scores
        features = embedded.vectors[ok]
        if texts is None:
            scores[ok] = self.head.predict(features)
            return scores
        vectors = embed(self._texts, [texts[row] for row in ok], store=store).vectors
        vectors, matches = prompt_features(vectors, self._images.class_logits(features))
        scores[ok] = self.head.predict(features, vectors, matches)
        return scores

    def tokens_cut(self, prompts: Sequence[str], *, store: "EmbeddingStore | None" = None) -> np.ndarray:
        """How many tokens at the end of each prompt it does not see: int, shape (n,)."""
        if self._texts is None:
            return np.zeros(len(prompts), int)
        return embed(self._texts, list(prompts), store=store).truncated


def prompt_features(texts: np.ndarray, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a head sees of prompts: their directions, and how well a picture's classes fit them.

    A picture's classes are the mean of MiniLM's vectors of ImageNet's class names, weighted by the
    probability of each; nothing of it was learned from pairs. The names' vectors come with ``dual-lite``.

    Args:
        texts: MiniLM's last layer, shape (n, 384).
        logits: EfficientNet-Lite0's class logits, shape (n, 1000), one row a prompt.

    Returns:
        float32, shape (n, 384), rows of length 1, and float32, shape (n,): cosines.
    """
    from ..encoders.dual_lite import SHIPPED as DUAL_LITE
    from ..encoders.dual_lite import load_heads

    heads, _, _ = load_heads(DUAL_LITE)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    said = _unit((weights / weights.sum(axis=1, keepdims=True)) @ heads.classes - heads.centre)
    directions = _unit(_unit(texts) - heads.centre)
    return directions, (said * directions).sum(axis=1)


def load_head(folder: Path) -> tuple[KernelHead, dict, str]:
    """A head, its card, and the SHA-256 of its file.

    Raises:
        PPPError: when a file is missing, or a byte has changed.
    """
    read = read_artefact(folder, file=ARRAYS, format=FORMAT, what="scorer")
    return KernelHead.from_arrays(read.arrays), read.card, read.sha256


def save_head(head: KernelHead, card: dict, folder: Path) -> None:
    """Writes head and card so that `load_head` reads them; replaces what stands there.

    Raises:
        PPPError: when they cannot be written.
    """
    write_artefact(folder, head.arrays(), card, file=ARRAYS, format=FORMAT)


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
