"""CLIPScore, and the cosine of the embedded stand-in: how near a picture lies to its prompt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import JointEncoder, embed, embed_images
from ..errors import PPPError
from .base import check_sources, need_prompts

if TYPE_CHECKING:
    from ..store import EmbeddingStore
    from .base import Source

CLIPSCORE_WEIGHT = 2.5
CLIPSCORE_PREFIX = "A photo depicts "


class Similarity:
    """The cosine of a picture and its prompt in a joint space.

    Args:
        name: key of the ``SCORERS`` table.
        encoder: what `load_joint_encoder` gave.
    """

    def __init__(self, name: str, encoder: JointEncoder):
        self.name = name
        self.encoder = encoder
        self.revision = f"1 {encoder.name} {encoder.revision}"

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """How near each picture lies to its prompt: float64, shape (n,); NaN where it could not be read."""
        check_sources(self.name, pictures, prompts)
        texts = self._texts(need_prompts(self.name, pictures, prompts))
        images = embed_images(self.encoder, pictures, store=store).vectors
        vectors = embed(self.encoder, texts, store=store).vectors
        return self._from_cosines((_unit(images) * _unit(vectors)).sum(axis=1))

    def tokens_cut(self, prompts: Sequence[str], *, store: "EmbeddingStore | None" = None) -> np.ndarray:
        """How many tokens at the end of each prompt it does not see: int, shape (n,)."""
        return embed(self.encoder, self._texts(list(prompts)), store=store).truncated

    def _texts(self, prompts: list[str]) -> list[str]:
        return prompts

    def _from_cosines(self, cosines: np.ndarray) -> np.ndarray:
        return cosines


class ClipScore(Similarity):
    """CLIPScore without references: 2.5 · max(cosine, 0), the prompt after "A photo depicts".

    Reference:
        Hessel, Holtzman, Forbes, Le Bras and Choi (2021), CLIPScore, EMNLP. They use CLIP ViT-B/32;
        with another CLIP the numbers differ and are not comparable.

    Raises:
        PPPError: for an encoder that only stands in for CLIP.
    """

    def __init__(self, encoder: JointEncoder):
        if encoder.is_stand_in:
            raise PPPError(
                f"clipscore needs a real CLIP; {encoder.name} is a small stand-in. Use match-lite for it."
            )
        super().__init__("clipscore", encoder)

    def _texts(self, prompts: list[str]) -> list[str]:
        return [CLIPSCORE_PREFIX + prompt for prompt in prompts]

    def _from_cosines(self, cosines: np.ndarray) -> np.ndarray:
        # NaN stays NaN: a picture that could not be read is no picture of nothing
        return CLIPSCORE_WEIGHT * np.maximum(cosines, 0)


def clip_score(name: str, *, folder: str | Path | None = None, download: bool = False) -> ClipScore:
    """CLIPScore with the CLIP of that name, or the open_clip model in a folder."""
    from ..encoders import load_joint_encoder

    return ClipScore(load_joint_encoder(folder or name, download=download))


def match_lite(*, folder: str | Path | None = None, download: bool = False) -> Similarity:
    """The cosine in the space of ``dual-lite``."""
    from ..encoders import load_joint_encoder

    return Similarity("match-lite", load_joint_encoder("dual-lite"))


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float64)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float64).tiny)
