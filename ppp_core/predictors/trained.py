"""A predictor with its calibration and its card: what is saved, shipped, loaded and asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..encoders import Encoder
from ..targets import Target
from .base import Predictor
from .calibration import Calibration
from .familiarity import Familiarity
from .reading import Reading, read_prompts


@dataclass(frozen=True)
class Prediction:
    """How well one prompt is expected to do, and how far that is to be trusted.

    Attributes:
        prompt: the text.
        target: name of what is predicted, such as ``"pqpp/hbpp-average"``.
        value: in the target's unit; higher is better.
        low: lower end of the 90 % prediction interval.
        high: upper end.
        percentile: share of the training prompts predicted to do worse, 0 to 100.
        distance: to the nearest training prompts, 0 (the same) to 2.
        unfamiliar: whether it is farther than 95 % of prompts of the training data's own kind.
        tokens: content tokens that the encoder saw.
        truncated: content tokens that were cut off, and had no part in the value.
        predictor: key of the predictor.
        encoder: name of the encoder.
        version: of the artefact.
    """

    prompt: str
    target: str
    value: float
    low: float
    high: float
    percentile: float
    distance: float
    unfamiliar: bool
    tokens: int
    truncated: int
    predictor: str
    encoder: str
    version: str


@dataclass(frozen=True)
class TrainedPredictor:
    """A fitted predictor of one target, ready to be asked.

    Attributes:
        target: what is predicted.
        predictor: the fitted predictor.
        encoder: what embeds the prompts for the predictor, and for the distance to training prompts.
        calibration: intervals, percentiles, chances.
        familiarity: distance to the training prompts.
        observed: int, shape (n_bins,): how many training prompts people placed in each of equal parts
            of the target's range.
        card: what it was trained on and how good it is, as in ``card.json``.
    """

    target: Target
    predictor: Predictor
    encoder: Encoder
    calibration: Calibration
    familiarity: Familiarity
    observed: np.ndarray
    card: dict = field(default_factory=dict)

    @property
    def version(self) -> str:
        """First twelve hex digits of the artefact's checksum; ``"unsaved"`` before it is saved."""
        return self.card.get("checksum", "unsaved")[:12]

    def values(self, reading: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,), inside the target's bounds."""
        values = self.predictor.predict(reading.view(self.predictor.reads))
        return np.clip(values, self.target.low, self.target.high)

    def predict(self, prompts: Sequence[str], *, reading: Reading | None = None) -> list[Prediction]:
        """One prediction a prompt, in their order.

        Args:
            prompts: at least one text.
            reading: of these prompts by this encoder, where it is at hand.

        Raises:
            PPPError: on no prompts, and on an empty one.
        """
        reading = reading or read_prompts(self.encoder, prompts)
        columns = self.columns(reading)
        return [
            Prediction(
                prompt=prompt,
                target=self.target.name,
                tokens=int(reading.tokens[row]),
                truncated=int(reading.truncated[row]),
                predictor=self.predictor.name,
                encoder=self.encoder.name,
                version=self.version,
                **{name: column[row].item() for name, column in columns.items()},
            )
            for row, prompt in enumerate(reading.prompts)
        ]

    def columns(self, reading: Reading) -> dict[str, np.ndarray]:
        """The predictions as columns, shape (n,) each: value, low, high, percentile, distance, unfamiliar."""
        values = self.values(reading)
        bounds = {"lowest": self.target.low, "highest": self.target.high}
        low, high = self.calibration.interval(values, words=reading.words(), **bounds)
        distance = self.familiarity.distance(reading.view("last"))
        return {
            "value": values,
            "low": low,
            "high": high,
            "percentile": self.calibration.percentile(values),
            "distance": distance,
            "unfamiliar": distance > self.familiarity.threshold,
        }
