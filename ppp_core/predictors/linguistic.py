"""PQPP's linguistic predictors, joined: eight features of the words, and a ridge regression."""

from typing import ClassVar

from .base import Reads
from .linear import LinearPredictor
from .linguistic_features import linguistic_features


class Linguistic(LinearPredictor):
    """Ridge regression on PQPP's eight linguistic features.

    Reference:
        Poesina et al., PQPP, CVPR 2025: each feature alone predicts there; here they are joined.
    """

    name: ClassVar[str] = "linguistic"
    reads: ClassVar[Reads] = "prompts"
    features = staticmethod(linguistic_features)
