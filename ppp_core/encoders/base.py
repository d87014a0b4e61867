"""What an encoder is and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

Layers = Literal["last", "all"]


@dataclass(frozen=True)
class Encoded:
    """Embeddings of some prompts, with what was cut.

    Attributes:
        vectors: float32, not normalised; shape (n_prompts, dim) for ``layers="last"``,
            (n_prompts, n_layers, dim) for ``layers="all"`` (embedding layer first).
        tokens: int, shape (n_prompts,): content tokens that the encoder saw, without its special tokens.
        truncated: int, shape (n_prompts,): content tokens that were cut off at the end; 0 if none.
    """

    vectors: np.ndarray
    tokens: np.ndarray
    truncated: np.ndarray


class Encoder(Protocol):
    """Prompts to embeddings.

    Attributes:
        name: key of the ``ENCODERS`` table, or the folder that it was loaded from.
        revision: what fixes the weights (hash of the weights file); part of every cache key.
        dim: length of one layer's vector.
        n_layers: how many layers ``layers="all"`` gives.
        max_tokens: content tokens that it can see; more are cut and counted.
    """

    name: str
    revision: str
    dim: int
    n_layers: int
    max_tokens: int

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order. Shapes as in `Encoded`. Raises PPPError on an empty list."""
        ...

    def spans(self, prompt: str) -> list[tuple[int, int]]:
        """Character spans of the content tokens of one prompt, in order, cut-off ones included."""
        ...
