"""Prompts and the pictures that were made from them, as a predictor after generation sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import embed, embed_images
from ..errors import PPPError

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from ..encoders.base import JointEncoder
    from ..store import EmbeddingStore

    Source = str | Path | bytes | Image.Image

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Seen:
    """Some prompts, and the pictures seen of each.

    Attributes:
        prompts: n texts.
        texts: float32, shape (n, dim), rows of length 1.
        images: float32, shape (m, dim), rows of length 1: the pictures of all prompts, one after the other.
        prompt_of: int, shape (m,), rising: the prompt of each picture, by position.
        base: float32, shape (m, k): features of the pictures that the joint space was built on; None where
            an encoder has none.
        places: int, shape (m,): where each picture stood among all that were given.
        failed: place → why that picture could not be read.
    """

    prompts: Sequence[str]
    texts: np.ndarray
    images: np.ndarray
    prompt_of: np.ndarray
    base: np.ndarray | None = None
    places: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    failed: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.prompts)

    @property
    def counts(self) -> np.ndarray:
        """Pictures of each prompt; int, shape (n,)."""
        return np.bincount(self.prompt_of, minlength=len(self.prompts))

    @property
    def pictures(self) -> np.ndarray:
        """What is known of the pictures by themselves: the base's features, or else their vectors."""
        return self.images if self.base is None else self.base

    def rows(self, positions: np.ndarray) -> "Seen":
        """Some of the prompts, by position, with all their pictures; see `images_of` for which those are."""
        chosen = self.images_of(positions)
        counts = self.counts[positions]
        part = self._pictures(chosen, np.repeat(np.arange(len(positions)), counts))
        return replace(
            part, prompts=[self.prompts[position] for position in positions], texts=self.texts[positions]
        )

    def images_of(self, positions: np.ndarray) -> np.ndarray:
        """Positions of the pictures of some prompts, prompt after prompt."""
        ends = np.cumsum(self.counts)
        starts = ends - self.counts
        ranges = [np.arange(starts[position], ends[position]) for position in positions]
        return np.concatenate([np.zeros(0, int), *ranges])

    def only(self, chosen: np.ndarray) -> "Seen":
        """All the prompts, with only some of the pictures, given by rising position."""
        return self._pictures(chosen, self.prompt_of[chosen])

    def _pictures(self, chosen: np.ndarray, prompt_of: np.ndarray) -> "Seen":
        places = self.places[chosen] if len(self.places) else self.places
        base = None if self.base is None else self.base[chosen]
        return replace(
            self, images=self.images[chosen], prompt_of=prompt_of, base=base, places=places, failed={}
        )

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Positions, rising, of n random pictures of each prompt; of all where a prompt has no more."""
        order = np.lexsort((rng.random(len(self.prompt_of)), self.prompt_of))  # shuffled within prompts
        starts = np.cumsum(self.counts) - self.counts
        rank = np.arange(len(order)) - starts[self.prompt_of]
        return np.sort(order[rank < n])

    def means(self, values: np.ndarray) -> np.ndarray:
        """Mean of the pictures' values, float64 (m,), over each prompt: (n,); NaN for one without any."""
        counts = self.counts
        sums = np.bincount(self.prompt_of, weights=values, minlength=len(self.prompts))
        with np.errstate(invalid="ignore"):
            return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def see(
    encoder: "JointEncoder",
    prompts: Sequence[str],
    pictures: "Sequence[Sequence[Source]]",
    *,
    store: "EmbeddingStore | None" = None,
    progress: Progress | None = None,
) -> Seen:
    """Embeds prompts and the pictures made from each.

    Of ``dual-lite``, only the part of its space is taken that was not learned from pairs of prompts and
    pictures: the other part knows most prompts of the data that predictors learn from, and would be more
    sure of them than of any other. Its network's features come beside, as ``base``.

    Args:
        encoder: whose space prompts and pictures share.
        prompts: n texts, none empty.
        pictures: for each prompt, its pictures: files, bytes, or pictures in memory; a prompt may have none.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (different pictures done, different pictures in all).

    Returns:
        What was seen. A picture that cannot be read is left out and told in ``failed``.

    Raises:
        PPPError: on no prompts, an empty one, or another number of lists than of prompts.
    """
    _check(prompts, pictures)
    listed = [one for own in pictures for one in own]
    prompt_of = np.repeat(np.arange(len(prompts)), [len(own) for own in pictures])
    texts = embed(encoder, prompts, store=store).vectors
    base, failed = None, {}
    if not listed:
        images = np.zeros((0, encoder.dim), np.float32)
        base = np.zeros((0, encoder.base.dim), np.float32) if hasattr(encoder, "base") else None
    else:
        found = embed_images(_network(encoder), listed, store=store, progress=progress)
        failed, images = found.failed, found.vectors[found.ok]
        if hasattr(encoder, "base"):
            base = images
            images = encoder.project_images(base) if len(base) else np.zeros((0, encoder.dim), np.float32)
    texts, images = _unlearned(encoder, texts, images)
    ok = np.flatnonzero(~np.isin(np.arange(len(listed)), list(failed)))
    return Seen(
        prompts=list(prompts),
        texts=_unit(texts),
        images=_unit(images),
        prompt_of=prompt_of[ok],
        base=base,
        places=ok,
        failed=dict(failed),
    )


def seen_by(encoder: "JointEncoder") -> str:
    """What `see` takes of an encoder, in words.

    Example:
        >>> seen_by(object())
        'prompts and pictures in the joint space'
    """
    space = "prompts and pictures in the joint space"
    if hasattr(encoder, "has_learned"):
        space += ", without the part that was learned from pairs"
    return f"{space}; the features of {encoder.base.name}" if hasattr(encoder, "base") else space


def _network(encoder):
    return getattr(encoder, "base", encoder)


def _check(prompts: Sequence[str], pictures: Sequence) -> None:
    if isinstance(prompts, str) or len(prompts) == 0:
        raise PPPError("Seeing needs a list of at least one prompt.")
    if len(pictures) != len(prompts):
        raise PPPError(
            f"Seeing needs a list of pictures for each prompt, got {len(pictures)} for {len(prompts)}."
        )
    for number, prompt in enumerate(prompts, start=1):
        if isinstance(prompt, str) and not prompt.strip():
            raise PPPError(f"Prompt {number} of {len(prompts)} is empty: a score needs at least one word.")


def _unlearned(encoder, texts: np.ndarray, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vectors, without what the encoder learned from pairs: the last dimensions of dual-lite's."""
    if not hasattr(encoder, "has_learned"):
        return texts, images
    heads = encoder.heads
    learned = len(heads.text_bias)
    return (texts - heads.text_offset)[:, learned:], (images - heads.image_offset)[:, learned:]


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
