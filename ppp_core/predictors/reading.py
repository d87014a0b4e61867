"""Prompts embedded once, to be read by any number of predictors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import Encoder, embed
from ..errors import PPPError
from .base import Read, Reads

if TYPE_CHECKING:
    from ..store import EmbeddingStore


@dataclass(frozen=True)
class Reading:
    """Some prompts and their embeddings by one encoder.

    Attributes:
        prompts: the texts.
        layers: float32 (n, n_layers, dim), or, where the encoder has one layer, (n, dim) dense or sparse.
        tokens: int (n,), content tokens that the encoder saw.
        truncated: int (n,), content tokens cut off.
        adapted: float32 (n, n_adapted), what an adapted encoder adds to its frozen layers; None from others.
    """

    prompts: Sequence[str]
    layers: np.ndarray
    tokens: np.ndarray
    truncated: np.ndarray
    adapted: np.ndarray | None = None

    def view(self, reads: Reads) -> Read:
        """What a predictor wants to read; see `Reads`.

        Raises:
            PPPError: when all layers are wanted and the encoder has one, or adapted ones and it has none, or
                pictures are.
        """
        if reads == "reading":
            return self
        if reads == "prompts":
            return self.prompts
        if reads == "images":
            raise PPPError("This predictor reads pictures, after generation. Use `ppp after`.")
        if reads == "adapted":
            if self.adapted is None:
                raise PPPError("This predictor reads an adapted encoder. Use the encoder adapted-minilm.")
            return self.adapted
        one_layer = self.layers.ndim == 2
        if reads == "last":
            return self.layers if one_layer else self.layers[:, -1]
        if one_layer:
            raise PPPError(
                "This predictor reads all hidden layers, and this encoder has one. Use linear-probe."
            )
        return self.layers

    def words(self) -> np.ndarray:
        """Words of each prompt, between white space; int, shape (n,)."""
        return np.array([len(prompt.split()) for prompt in self.prompts])

    def rows(self, positions: np.ndarray) -> "Reading":
        """The reading of some of the prompts, by position."""
        return Reading(
            [self.prompts[position] for position in positions],
            self.layers[positions],
            self.tokens[positions],
            self.truncated[positions],
            None if self.adapted is None else self.adapted[positions],
        )


def read_prompts(
    encoder: Encoder,
    prompts: Sequence[str],
    *,
    store: "EmbeddingStore | None" = None,
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """Embeds prompts with all layers that the encoder has.

    Raises:
        PPPError: on an empty list, and naming the first prompt that is empty or only white space.
    """
    texts = [] if isinstance(prompts, str) else prompts  # `embed` refuses one text in place of a list
    for number, prompt in enumerate(texts, start=1):
        if isinstance(prompt, str) and not prompt.strip():
            raise PPPError(f"Prompt {number} of {len(prompts)} is empty: a score needs at least one word.")
    layers = "all" if encoder.n_layers > 1 else "last"
    encoded = embed(encoder, prompts, layers=layers, store=store, progress=progress)
    vectors, adapted = encoded.vectors, None
    n_adapted = getattr(encoder, "n_adapted", 0)
    if n_adapted:  # the first row holds the scores, see AdaptedMiniLM
        vectors, adapted = vectors[:, 1:], vectors[:, 0, :n_adapted]
    return Reading(list(prompts), vectors, encoded.tokens, encoded.truncated, adapted)


def read_training(
    encoder: Encoder, prompts: Sequence[str], *, store: "EmbeddingStore | None" = None
) -> Reading:
    """As `read_prompts`, for prompts to learn from.

    An adapted encoder's scores of prompts that it learned from itself are replaced by those given out of
    fold, so that nothing learned on top of them believes them too much.
    """
    reading = read_prompts(encoder, prompts, store=store)
    if reading.adapted is None:
        return reading
    return replace(reading, adapted=encoder.adaptation.fair_scores(prompts, reading.adapted))
