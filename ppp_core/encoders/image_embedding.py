"""Pictures to embeddings, each different file once, from the store where it is known."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .base import ImageEncoder
from .pictures import Picture, picture_hash, read_picture

if TYPE_CHECKING:
    from PIL import Image

    from ..store.embeddings import EmbeddingStore

Progress = Callable[[int, int], None]

_BATCH_PIXELS = 32_000_000
"""Pixels of the pictures that are held at once; a single one may have more."""


@dataclass(frozen=True)
class EmbeddedImages:
    """Embeddings of some pictures, with what was remarked on and what could not be read.

    Attributes:
        vectors: float32, shape (n, dim), not normalised, in the order of the pictures; NaN where one failed.
        notes: n tuples: what was changed in reading each picture; mostly empty.
        failed: position → why that picture could not be read, one sentence.
    """

    vectors: np.ndarray
    notes: tuple[tuple[str, ...], ...]
    failed: dict[int, str] = field(default_factory=dict)

    @property
    def ok(self) -> np.ndarray:
        """bool, shape (n,): which pictures were embedded."""
        return ~np.isin(np.arange(len(self.notes)), list(self.failed))


def embed_images(
    encoder: ImageEncoder,
    pictures: "Sequence[str | Path | bytes | Image.Image]",
    *,
    store: "EmbeddingStore | None" = None,
    progress: Progress | None = None,
    batch: int = 32,
) -> EmbeddedImages:
    """Embeds pictures, each different content once, and keeps the embeddings in the store.

    A picture that cannot be read stops nothing: it is told in ``failed``. However many and however large
    they are, no more than a batch of them is held at once.

    Args:
        encoder: what `load_image_encoder` gave, or anything with its methods.
        pictures: at least one: files, bytes, or pictures in memory.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (different pictures done, different pictures in all), at least at the end.
        batch: different pictures between two calls of ``progress`` and two writes to the store.

    Raises:
        PPPError: on no pictures, or a batch below one.

    Example:
        >>> from PIL import Image
        >>> class Brightness:
        ...     name, revision, dim, preprocessing = "brightness", "1", 1, "none"
        ...     def encode_images(self, pictures):
        ...         return np.array([[np.asarray(one).mean()] for one in pictures], np.float32)
        >>> white = Image.new("RGB", (8, 8), "white")
        >>> embedded = embed_images(Brightness(), [white, b"no picture", white])
        >>> embedded.vectors.shape, embedded.vectors[2].item(), embedded.failed
        ((3, 1), 255.0, {1: 'The picture is not in a format that is read. Wanted: PNG, JPEG, ...'})
    """
    if batch < 1:
        raise PPPError(f"embed_images needs batches of at least one picture, got {batch}.")
    if isinstance(pictures, str | Path | bytes) or not hasattr(pictures, "__len__"):
        raise PPPError("embed_images needs a list of pictures, got one. Put it in a list.")
    if len(pictures) == 0:
        raise PPPError("embed_images needs at least one picture, got none.")
    base = getattr(encoder, "base", None)
    if base is not None:
        found = embed_images(base, pictures, store=store, progress=progress, batch=batch)
        vectors = np.full((len(pictures), encoder.dim), np.nan, np.float32)
        if found.ok.any():
            vectors[found.ok] = encoder.project_images(found.vectors[found.ok])
        return EmbeddedImages(vectors, found.notes, found.failed)
    return _Embedding(encoder, pictures, store).run(batch, progress)


class _Embedding:
    """One run: what is known of each different content so far.

    Contents are told apart by hash; each has the position of one picture that holds it.
    """

    def __init__(self, encoder: ImageEncoder, pictures: Sequence, store: "EmbeddingStore | None"):
        self.encoder, self.pictures, self.store = encoder, pictures, store
        self.failed: dict[int, str] = {}
        self.hashes: list[str | None] = [self._hash(position) for position in range(len(pictures))]
        self.vectors: dict[str, np.ndarray] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.broken: dict[str, str] = {}

    def run(self, batch: int, progress: Progress | None) -> EmbeddedImages:
        first: dict[str, int] = {}
        for position, one in enumerate(self.hashes):
            if one is not None:
                first.setdefault(one, position)
        contents = list(first)
        self._recall(contents)
        missing = [one for one in contents if one not in self.vectors]
        done = len(contents) - len(missing)
        for start in range(0, len(missing), batch):
            chunk = missing[start : start + batch]
            self._embed({one: self.pictures[first[one]] for one in chunk})
            done += len(chunk)
            if progress:
                progress(done, len(contents))
        if progress and not missing:
            progress(done, done)
        return self._found()

    def _hash(self, position: int) -> str | None:
        picture = self.pictures[position]
        try:
            return picture_hash(picture) if isinstance(picture, str | Path) else _hash_in_memory(picture)
        except PPPError as error:
            self.failed[position] = str(error)
            return None

    def _recall(self, contents: list[str]) -> None:
        if not self.store or not contents:
            return
        names = [_name(one) for one in contents]
        known = self.store.get(self._key(), names)
        found = [one for one, here in zip(contents, known.found, strict=True) if here]
        self.vectors = dict(zip(found, known.vectors, strict=True))
        self.notes = dict(zip(contents, self.store.get_remarks(names), strict=True))

    def _embed(self, sources: dict) -> None:
        """Embeds one batch of different contents, in parts that fit into memory, and keeps it."""
        found: dict[str, np.ndarray] = {}
        for part in self._parts(sources):
            vectors = self.encoder.encode_images([picture.image for picture in part.values()])
            found.update(zip(part, np.asarray(vectors, np.float32), strict=True))
            self.notes.update({one: picture.notes for one, picture in part.items()})
        self.vectors.update(found)
        if self.store and found:
            nothing = np.zeros(len(found), int)
            names = [_name(one) for one in found]
            self.store.put(self._key(), names, np.stack(list(found.values())), nothing, nothing)
            self.store.put_remarks({_name(one): self.notes[one] for one in found if self.notes[one]})

    def _parts(self, sources: dict) -> Iterator[dict[str, Picture]]:
        part: dict[str, Picture] = {}
        pixels = 0
        for one, source in sources.items():
            try:
                picture = read_picture(source)
            except PPPError as error:
                self.broken[one] = str(error)
                continue
            size = picture.image.width * picture.image.height
            if part and pixels + size > _BATCH_PIXELS:
                yield part
                part, pixels = {}, 0
            part[one] = picture
            pixels += size
        if part:
            yield part

    def _key(self):
        from ..store.embeddings import EncoderKey

        return EncoderKey(self.encoder.name, self.encoder.revision, "image", (self.encoder.dim,))

    def _found(self) -> EmbeddedImages:
        vectors = np.full((len(self.pictures), self.encoder.dim), np.nan, np.float32)
        for position, one in enumerate(self.hashes):
            if one in self.vectors:
                vectors[position] = self.vectors[one]
            elif one is not None:
                self.failed[position] = self._why(position, one)
        notes = tuple(self.notes.get(one, ()) if one else () for one in self.hashes)
        return EmbeddedImages(vectors, notes, dict(sorted(self.failed.items())))

    def _why(self, position: int, content: str) -> str:
        """Why this picture cannot be read, in words that name it and not another of the same content."""
        try:
            read_picture(self.pictures[position])
        except PPPError as error:
            return str(error)
        return self.broken[content]


def _name(sha256: str) -> str:
    """What the store calls a picture."""
    return f"picture {sha256}"


def _hash_in_memory(picture: "bytes | Image.Image") -> str:
    import hashlib

    if isinstance(picture, bytes):
        return hashlib.sha256(picture).hexdigest()
    return read_picture(picture).sha256
