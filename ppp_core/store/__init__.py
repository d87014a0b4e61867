"""Files on disk: where they live, how they are written, embeddings kept by key."""

from .atomic import write_atomically
from .paths import home, is_public

__all__ = ["home", "is_public", "write_atomically"]
