"""MiniLM fine-tuned on all targets of a data set at once; what is fitted here is its last step."""

from typing import ClassVar

from .base import Reads
from .linear import LinearPredictor


class AdaptedMiniLM(LinearPredictor):
    """Ridge regression on the scores of an encoder that was fine-tuned for all targets of a data set.

    The fine-tuning itself (`ppp_core.adaptation.adapt`) is the encoder's: one adapted encoder serves every
    target. Its scores for the prompts that it learned from come from towers that had not seen them, so the
    weights of this last step, and the calibration after it, are fair.

    Reference:
        Hu et al., LoRA: Low-rank adaptation of large language models, ICLR 2022; Caruana, Multitask
        learning, Machine Learning 28 (1997).
    """

    name: ClassVar[str] = "adapted-minilm"
    reads: ClassVar[Reads] = "adapted"
