"""Files on disk: where they live, how they are written, embeddings kept by key."""

from typing import TYPE_CHECKING, Any

from .atomic import write_atomically
from .paths import home, is_public

if TYPE_CHECKING:
    from .embeddings import EmbeddingStore, EncoderKey

__all__ = ["EmbeddingStore", "EncoderKey", "home", "is_public", "write_atomically"]


def __getattr__(name: str) -> Any:
    # sqlite3 and numpy are loaded by who keeps embeddings, not by who asks for a path
    if name in ("EmbeddingStore", "EncoderKey"):
        from . import embeddings

        return getattr(embeddings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
