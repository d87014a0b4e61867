"""What an encoder is, what it gives back, and which prompts it takes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from ..errors import PPPError

if TYPE_CHECKING:
    from PIL import Image
    from scipy.sparse import csr_array

Layers = Literal["last", "all"]

LONGEST_PROMPT = 1_000_000
"""Characters of the longest prompt that is read to its end; a longer one is refused, never cut in silence."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Encoded:
    """Embeddings of some prompts, with what was cut.

    Attributes:
        vectors: float32, not normalised; shape (n_prompts, dim) for ``layers="last"``,
            (n_prompts, n_layers, dim) for ``layers="all"`` (embedding layer first). Encoders of word
            counts (``tfidf``) give a ``scipy.sparse.csr_array`` of shape (n_prompts, dim) instead.
        tokens: int, shape (n_prompts,): content tokens that the encoder saw, without its special tokens.
        truncated: int, shape (n_prompts,): content tokens that were cut off at the end; 0 if none.
    """

    vectors: "np.ndarray | csr_array"
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


class ImageEncoder(Protocol):
    """Pictures to embeddings.

    An encoder that has a ``base`` (another image encoder) and ``project_images`` makes its vectors from the
    base's, which are then kept once for both.

    Attributes:
        name: key of the ``IMAGE_ENCODERS`` table, or the folder that it was loaded from.
        revision: what fixes the weights and the preprocessing; part of every cache key.
        dim: length of a vector.
        preprocessing: what is done to a picture first, in words.
    """

    name: str
    revision: str
    dim: int
    preprocessing: str

    def encode_images(self, pictures: "Sequence[Image.Image]") -> np.ndarray:
        """Embeds pictures, in their order: float32, shape (n, dim), not normalised; PPPError on none."""
        ...


class JointEncoder(Encoder, ImageEncoder, Protocol):
    """Prompts and pictures to one space: ``encode(prompts).vectors`` and ``encode_images`` share it.

    Attributes:
        is_stand_in: whether it only stands in for a real one (CLIP), which then must be said.
        retrieval: how well it finds held-out pictures by their prompts, in one line; "" where unknown here.
    """

    is_stand_in: bool
    retrieval: str


def readable_prompts(
    prompts: Sequence[str], layers: str = "last", *, longest: int = LONGEST_PROMPT
) -> list[str]:
    """The prompts as every tokenizer can read them: half characters become the replacement character.

    Lengths do not change, so character spans hold for the prompts that came.

    Args:
        prompts: at least one text; texts may be empty.
        layers: ``"last"`` or ``"all"``; checked here because every encoder needs it checked.
        longest: characters that a prompt may have.

    Raises:
        PPPError: on no prompts, a single text instead of a list, values that are not texts, a prompt
            that is too long, or an unknown value of ``layers``.

    Example:
        >>> readable_prompts(["a cat", "half \\ud83d"])
        ['a cat', 'half \ufffd']
        >>> readable_prompts("a cat")
        Traceback (most recent call last):
        ppp_core.errors.PPPError: An encoder needs a list of prompts, got one text. Put it in a list.
    """
    if isinstance(prompts, str):
        raise PPPError("An encoder needs a list of prompts, got one text. Put it in a list.")
    if layers not in ("last", "all"):
        raise PPPError(f"layers must be 'last' or 'all', got {layers!r}.")
    if len(prompts) == 0:
        raise PPPError("An encoder needs at least one prompt, got none.")
    return [_readable(number, prompt, longest) for number, prompt in enumerate(prompts, start=1)]


def _readable(number: int, prompt: object, longest: int) -> str:
    if not isinstance(prompt, str):
        raise PPPError(f"Prompt {number} must be text, got {type(prompt).__name__}.")
    if len(prompt) > longest:
        raise PPPError(
            f"Prompt {number} has {len(prompt):,} characters, at most {longest:,} are read. Shorten it."
        )
    return _LONE_SURROGATE.sub("\ufffd", prompt)


def batches_by_length(lengths: np.ndarray, *, tokens: int, prompts: int) -> Iterator[np.ndarray]:
    """Groups of rows of similar length, so that padding costs little.

    Args:
        lengths: int, shape (n,), tokens of each row.
        tokens: most tokens of a batch, padding included; a single row may have more.
        prompts: most rows of a batch.

    Yields:
        Row numbers, int, shape (batch,), shortest rows first; every row comes once.

    Example:
        >>> [batch.tolist() for batch in batches_by_length(np.array([9, 2, 3, 2]), tokens=6, prompts=2)]
        [[1, 3], [2], [0]]
    """
    batch: list[int] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        # rows come shortest first: this row's length is the batch's padded length
        if batch and (len(batch) == prompts or (len(batch) + 1) * lengths[row] > tokens):
            yield np.array(batch)
            batch = []
        batch.append(row)
    if batch:
        yield np.array(batch)
