"""The baseline that stands first in every table: how long the prompt is."""

from typing import ClassVar

from .base import Reads
from .linear import LinearPredictor
from .linguistic_features import length_features


class Length(LinearPredictor):
    """Ridge regression on three lengths of the prompt: characters, words, comma-separated segments."""

    name: ClassVar[str] = "length"
    reads: ClassVar[Reads] = "prompts"
    features = staticmethod(length_features)
