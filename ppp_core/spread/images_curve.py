"""How a predictor's correlation depends on the number of images that an observed value is the mean of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .components import rated_images

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet
    from ..targets import Target

FEWEST = 20
KEPT_ORDER = ("ensemble", "density-probe", "multilayer-probe", "linear-probe", "length")
"""Of the kept predictions, the first of these is taken."""
_TOLD = (
    "The generators' means are taken out: their strength is no noise here.",
    "The formula goes through the last point and, for images chosen at random, has to agree with the others; "
    "what it adds is what still more images would give.",
)


@dataclass(frozen=True)
class ImagesCurve:
    """Correlation against the number of images averaged.

    Attributes:
        target: what was rated.
        frame: one row a number of images: images, pearson (mean over random choices of so many images a
            prompt), low, high (percentiles over choices and resamples of prompts together), spearman, formula
            (Pearson's r as the attenuation formula has it, through the value at all images).
        n_prompts: with so many images and a prediction.
        reliability_one: share of the variance of one image's rating that is the prompt's own.
        source: whose predictions these are.
        notes: one sentence each.
    """

    target: Target
    frame: pd.DataFrame
    n_prompts: int
    reliability_one: float
    source: str
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """From one image to all, in a sentence; and what no noise would give."""
        first, last = self.frame.iloc[0], self.frame.iloc[-1]
        limit = last["pearson"] / math.sqrt(_reliability(self.reliability_one, int(last["images"])))
        return (
            f"Judged by one image a prompt, predictions correlate {first['pearson']:.2f} "
            f"[{first['low']:.2f}, {first['high']:.2f}]; by the mean of {last['images']:.0f} images "
            f"{last['pearson']:.2f} [{last['low']:.2f}, {last['high']:.2f}]; without any noise of images it "
            f"would be about {min(limit, 1):.2f} ({self.n_prompts:,} prompts)."
        )

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        return plain(
            {
                "target": self.target.name,
                "answer": self.answer,
                "curve": self.frame.to_dict(orient="records"),
                "n_prompts": self.n_prompts,
                "reliability_one": self.reliability_one,
                "source": self.source,
                "notes": list(self.notes),
            }
        )


def images_curve(
    dataset: DataSet,
    target: str,
    predicted: Mapping[str, float] | None = None,
    *,
    repeats: int = 400,
    confidence: float = 0.95,
    seed: int = 0,
) -> ImagesCurve:
    """Measures it by choosing images at random, and puts the formula beside it.

    The generators' means (and those of their settings) are taken out, so that it does not matter whose
    images are chosen. The number of images goes up to what nine of ten prompts have; prompts with fewer are
    left out throughout, so that all points are of the same prompts.

    Formula: r(k) = r(∞) √(s / (s + e / k)), Spearman's attenuation, where s is the variance of the prompts'
    true means and e that of one image about it, r(∞) chosen so that the last point agrees.

    Args:
        dataset: with several rated images a prompt.
        target: one of its targets' names.
        predicted: prompt_id -> predicted value; None for kept predictions of prompts that the predictor had
            not learned from, where PPP brings them.
        repeats: random choices; each also draws prompts anew for the interval.
        confidence: of the intervals.
        seed: of both.

    Returns:
        The curve.

    Raises:
        PPPError: an unknown target, no kept predictions, too few prompts or images, constant values.
    """
    import pandas as pd

    from ..evaluation.correlation import pearson, spearman
    from ..evaluation.inputs import check_options

    check_options(repeats, confidence)
    known = dataset.target(target)
    images, notes = rated_images(dataset, target)
    source = "the predictions given"
    if predicted is None:
        predicted, source = kept_predictions(dataset, target)
    values, guess, left = _table(images, predicted)
    n, most = values.shape
    random = np.random.default_rng(seed)
    numbers = np.arange(1, most + 1)
    pearsons, spearmans, resampled = (np.empty((repeats, most)) for _ in range(3))
    for i in range(repeats):
        means = np.cumsum(random.permuted(values, axis=1), axis=1) / numbers
        rows = random.integers(0, n, n)
        pearsons[i] = [pearson(guess, column) for column in means.T]
        spearmans[i] = [spearman(guess, column) for column in means.T]
        resampled[i] = [pearson(guess[rows], column) for column in means[rows].T]
    low, high = np.nanquantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    one = _reliability_of_one(values)
    whole = float(pearsons[0, -1])
    formula = whole * np.sqrt([_reliability(one, k) / _reliability(one, most) for k in numbers])
    frame = pd.DataFrame(
        {
            "images": numbers,
            "pearson": np.nanmean(pearsons, axis=0),
            "low": low,
            "high": high,
            "spearman": np.nanmean(spearmans, axis=0),
            "formula": formula,
        }
    )
    notes = (*_TOLD, *notes)
    if left:
        notes += (f"{left:,} prompts left out for having fewer images or no prediction.",)
    return ImagesCurve(known, frame, n, one, source, notes)


def kept_predictions(dataset: DataSet, target: str) -> tuple[dict[str, float], str]:
    """Predictions that PPP brings of prompts which the predictor had not learned from.

    Returns:
        prompt_id -> value, and whose they are.

    Raises:
        PPPError: when there are none of this target.
    """
    from ..evaluation.benchmark.board import row_key
    from ..evaluation.benchmark.kept import beside_observed, load_predictions

    predictions = load_predictions()
    keys = predictions["row_key"]
    keys = set(keys[keys.str.startswith(f"{target} ")])
    for predictor in KEPT_ORDER:
        for part in ("out of fold", "validation"):
            for encoder in ("minilm-l6", "adapted-minilm", "tfidf", ""):
                key = row_key(target, predictor, encoder, part, "")
                if key in keys:
                    rows = beside_observed(predictions, key, dataset, target)
                    told = f"{predictor}{f' on {encoder}' if encoder else ''}, {part}"
                    values = dict(zip(rows["prompt_id"], rows["predicted"], strict=True))
                    return values, f"{told}; learned from none of these prompts"
    raise PPPError(f"No kept predictions of {target}; give predictions of your own.")


def _table(images: pd.DataFrame, predicted: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray, int]:
    """Values (prompts, images), for as many images as nine of ten prompts have; predictions; left out."""
    own = images["value"] - images.groupby("generator")["value"].transform("mean")
    rows = images.assign(value=own, guess=images["prompt_id"].map(dict(predicted)).astype(float))
    n_all = rows["prompt_id"].nunique()
    rows = rows[rows["guess"].notna()]
    sizes = rows.groupby("prompt_id").size()
    if len(sizes) < FEWEST:
        raise PPPError(f"The curve needs {FEWEST} prompts with ratings and a prediction, got {len(sizes)}.")
    most = int(np.quantile(sizes, 0.1, method="lower"))
    if most < 2:
        raise PPPError("The curve needs prompts with two rated images or more; most have one.")
    kept = rows[rows["prompt_id"].map(sizes) >= most]
    random = np.random.default_rng(0)  # where a prompt has more, which ones is left to chance
    groups = [(mine["guess"].iloc[0], mine["value"].to_numpy()) for _, mine in kept.groupby("prompt_id")]
    values = np.stack([random.permutation(mine)[:most] for _, mine in groups])
    guess = np.array([one for one, _ in groups])
    if np.ptp(guess) == 0 or np.ptp(values) == 0:
        raise PPPError("The curve needs predictions and ratings that differ between prompts.")
    return values, guess, n_all - len(values)


def _reliability_of_one(values: np.ndarray) -> float:
    """Intraclass correlation of one image, ICC(1): at least a small positive number."""
    between = values.mean(axis=1).var(ddof=1)
    within = values.var(axis=1, ddof=1).mean()
    own = between - within / values.shape[1]
    return float(max(own / (own + within), 1e-6)) if own + within > 0 else 1e-6


def _reliability(one: float, k: int) -> float:
    """Spearman and Brown's formula: of the mean of k images."""
    return k * one / (1 + (k - 1) * one)
