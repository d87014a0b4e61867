"""Prompts to embeddings, each different prompt once, from the store where it is known."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .base import Encoded, Encoder, Layers, readable_prompts

if TYPE_CHECKING:
    from ..store.embeddings import EmbeddingStore

Progress = Callable[[int, int], None]


def embed(
    encoder: Encoder,
    prompts: Sequence[str],
    *,
    layers: Layers = "last",
    store: "EmbeddingStore | None" = None,
    progress: Progress | None = None,
    batch: int = 512,
) -> Encoded:
    """Embeds prompts, each different text once, and keeps the embeddings in the store.

    Args:
        encoder: what `load_encoder` gave, or anything with its methods.
        prompts: at least one text.
        layers: ``"last"`` or ``"all"``.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (different prompts done, different prompts in all), at least at the end.
        batch: different prompts between two calls of ``progress`` and two writes to the store.

    Returns:
        Vectors, tokens and cut tokens in the order of ``prompts``; see `Encoded` for shapes.

    Raises:
        PPPError: on no prompts, or values that are not texts of at most a million characters.

    Example:
        >>> from ppp_core.encoders.tfidf import Tfidf
        >>> encoded = embed(Tfidf().fit(["a red cat", "a dog"]), ["a dog", "a cat", "a dog"])
        >>> encoded.vectors.shape[0], encoded.tokens.tolist()
        (3, [2, 2, 2])
    """
    if batch < 1:
        raise PPPError(f"embed needs batches of at least one prompt, got {batch}.")
    texts = readable_prompts(prompts, layers)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    distinct = _embed_distinct(encoder, list(numbers), layers, store, progress, batch)
    return _rows(distinct, np.array([numbers[text] for text in texts]))


def _embed_distinct(encoder, texts, layers, store, progress, batch) -> Encoded:
    key = _key(encoder, layers)
    known = store.get(key, texts) if store else None
    missing = np.flatnonzero(~known.found) if known else np.arange(len(texts))
    parts, order = [], []
    if known and len(missing) < len(texts):
        parts.append(Encoded(known.vectors, known.tokens, known.truncated))
        order.append(np.flatnonzero(known.found))
    lengths = np.array([len(text) for text in texts])
    missing = missing[np.argsort(lengths[missing], kind="stable")]
    done = len(texts) - len(missing)
    for start in range(0, len(missing), batch):
        rows = missing[start : start + batch]
        part = encoder.encode([texts[row] for row in rows], layers=layers)
        if store and isinstance(part.vectors, np.ndarray):
            store.put(key, [texts[row] for row in rows], part.vectors, part.tokens, part.truncated)
        parts.append(part)
        order.append(rows)
        done += len(rows)
        if progress:
            progress(done, len(texts))
    if progress and not len(missing):
        progress(done, done)
    return _rows(_stacked(parts), np.argsort(np.concatenate(order)))


def _key(encoder: Encoder, layers: Layers):
    from ..store.embeddings import EncoderKey

    shape = (encoder.dim,) if layers == "last" else (encoder.n_layers, encoder.dim)
    return EncoderKey(encoder.name, encoder.revision, layers, shape)


def _rows(encoded: Encoded, rows: np.ndarray) -> Encoded:
    return Encoded(encoded.vectors[rows], encoded.tokens[rows], encoded.truncated[rows])


def _stacked(parts: list[Encoded]) -> Encoded:
    vectors = [part.vectors for part in parts]
    if all(isinstance(block, np.ndarray) for block in vectors):
        stacked = np.concatenate(vectors)
    else:
        from scipy.sparse import vstack

        stacked = vstack(vectors, format="csr")
    tokens = np.concatenate([part.tokens for part in parts])
    return Encoded(stacked, tokens, np.concatenate([part.truncated for part in parts]))
