"""PPP's protocol: a frozen text encoder and a linear head."""

from typing import ClassVar

from .base import Reads
from .linear import LinearPredictor


class LinearProbe(LinearPredictor):
    """Ridge regression on the last layer of a frozen encoder.

    Reference:
        PPP, arXiv 2306.08915 (2023), trains a linear head on frozen text features; here the penalty
        is chosen by cross-validation inside the training part.

    Example:
        >>> import numpy as np
        >>> vectors = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
        >>> LinearProbe().fit(vectors, vectors[:, 0]).predict(vectors[:2]).shape
        (2,)
    """

    name: ClassVar[str] = "linear-probe"
    reads: ClassVar[Reads] = "last"
