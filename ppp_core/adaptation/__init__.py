"""Fine-tuning the embedded encoder for all targets of a data set at once."""

from .joint import adapt
from .settings import Settings

__all__ = ["Settings", "adapt"]
