"""PQPP's fine-tuned text regressor with its defects mended, on any transformers model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from ..errors import PPPError
from .base import Reads
from .tuning import Epoch, Progress, Tuning, tune

if TYPE_CHECKING:
    from ..encoders import Encoder


class FinetunedTransformer:
    """A whole text model fine-tuned to predict one target.

    The model is pooled, a head of 512 hidden units gives one number, and squared error on values scaled
    to 0 to 1 is minimised by AdamW. Unlike the public code there is no ReLU at the end (which answers zero
    for ever once it is below), the best epoch is kept instead of the last, by prompts of the training part
    that are not learned from, and one seed fixes the run. Weights are kept in half precision; what is
    returned is rounded so, and predicts exactly what its saved artefact does.

    A model of 100 million weights makes an artefact of 200 MB and wants a GPU or patience.

    Args:
        folder: of the model to fine-tune (transformers' format, safetensors); that of the encoder given to
            `fit` when left out.
        tuning: how; ``PQPP_GRID`` of `ppp_core.predictors.tuning` tries what the paper tried.
        progress: called with (steps done, steps in all).

    Attributes:
        history: what every epoch came to, after `fit`.

    Reference:
        Poesina et al., PQPP, CVPR 2025: bert-base-cased, pooled, 768-512-1, AdamW, batch 256, 15 epochs.
        Different here: the mended defects above, warm-up, clipped gradients, early stopping.
    """

    name: ClassVar[str] = "finetuned-transformer"
    reads: ClassVar[Reads] = "prompts"
    tunes_encoder: ClassVar[bool] = True

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        tuning: Tuning | None = None,
        progress: Progress | None = None,
    ):
        self.folder, self.tuning, self.progress = folder, tuning or Tuning(), progress
        self.history: list[Epoch] = []

    def fit(
        self,
        read: Sequence[str],
        observed: np.ndarray,
        *,
        seed: int = 0,
        encoder: "Encoder | None" = None,
    ) -> Self:
        """Fine-tunes on prompts and what was observed, float (n,).

        Args:
            read: n prompts.
            observed: higher is better.
            seed: of all that is drawn.
            encoder: whose model is fine-tuned, where no folder was named; it stays as it is itself.

        Raises:
            PPPError: without a folder and an encoder that has one, or when no model can be loaded from it.
        """
        if self.folder is None and encoder is None:
            raise PPPError("finetuned-transformer needs a folder or an encoder to fine-tune, got neither.")
        from .regression_tower import RegressionTower

        folder = self.folder or tuning_folder(encoder)
        low, high = float(np.min(observed)), float(np.max(observed))
        self._bounds = np.array([low, high if high > low else low + 1])
        self._tower, self.history = tune(
            lambda: RegressionTower.from_folder(folder),
            read,
            (np.asarray(observed, np.float64) - low) / np.diff(self._bounds),
            tuning=self.tuning,
            seed=seed,
            progress=self.progress,
        )
        self._tower.round()
        return self

    def predict(self, read: Sequence[str]) -> np.ndarray:
        """Predicted performance, float64 (n,), of prompts."""
        low, high = self._bounds
        return low + (high - low) * self._tower.predict(self._tower.tokens(read))

    def arrays(self) -> dict[str, np.ndarray]:
        """All weights, the model's configuration, the tokenizer, and the scale of what was observed."""
        return {**self._tower.arrays(), "bounds": self._bounds}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another; the model's folder is not needed."""
        from .regression_tower import RegressionTower

        made = cls()
        made._bounds = arrays["bounds"]
        made._tower = RegressionTower.from_arrays(arrays)
        return made


def tuning_folder(encoder: "Encoder") -> Path:
    """The folder of the model behind an encoder, to be fine-tuned.

    Raises:
        PPPError: for an encoder that is no transformers model, with those that are.
    """
    from ..encoders import ENCODERS
    from ..encoders.hub import hub_folder
    from ..encoders.minilm import MiniLM, weights_folder

    entry = ENCODERS.get(encoder.name)
    folder = None
    if encoder.name == MiniLM.name:
        folder = weights_folder()
    elif entry and entry.needs == "hub":
        folder = hub_folder(entry.name, entry.weights)
    elif Path(encoder.name).is_dir():
        folder = Path(encoder.name)
    if folder is None or (folder / "open_clip_config.json").is_file():
        raise PPPError(
            f"finetuned-transformer fine-tunes a model in transformers' format, and {encoder.name} is none. "
            "Choose --encoder minilm-l6, bert-base, or the folder of a model."
        )
    return folder
