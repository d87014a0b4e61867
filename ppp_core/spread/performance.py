"""How sure predictions are of prompts with few and with many modifiers: the width of their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

    from ..evaluation.results import Estimate
    from ..predictors.trained import TrainedPredictor
    from ..store import EmbeddingStore

FEWEST = 10
"""Of fewer prompts, no correlation is told."""
_ABOUT = (
    "Intervals are conformal, calibrated in groups of predicted value and length: inside a group all prompts "
    "have the same width but for the ends of the scale, so width varies as far as the groups do."
)


@dataclass(frozen=True)
class PredictedWidths:
    """Predicted performance and its uncertainty against the number of modifiers.

    Attributes:
        target: what was predicted.
        definition: how modifiers were counted.
        prompts: prompt, count, words, value, low, high (90 % interval), width.
        trend: count, n_prompts, width (mean), low, high (95 % interval of the mean, null for one prompt),
            value (mean).
        spearman: of count and width, with a 95 % bootstrap interval.
        n_widths: how many different widths there are.
        notes: one sentence each.
    """

    target: str
    definition: str
    prompts: pd.DataFrame
    trend: pd.DataFrame
    spearman: Estimate
    n_widths: int
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """Whether predictions are surer of prompts with more modifiers, in a sentence."""
        rho = self.spearman
        if rho.reason:
            return f"Whether interval width goes with the number of modifiers cannot be told: {rho.reason}."
        told = f"ρ {rho.value:+.2f} [{rho.low:+.2f}, {rho.high:+.2f}], {len(self.prompts):,} prompts"
        if rho.low <= 0 <= rho.high:
            return (
                f"The width of predicted intervals does not clearly go with the number of modifiers ({told})."
            )
        kind = "narrower" if rho.value < 0 else "wider"
        return f"Predicted intervals are {kind} for prompts with more modifiers ({told})."

    def as_dict(self) -> dict:
        """All but the prompts, as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        return plain(
            {
                "target": self.target,
                "definition": self.definition,
                "answer": self.answer,
                "trend": self.trend.to_dict(orient="records"),
                "spearman": asdict(self.spearman),
                "n": len(self.prompts),
                "n_widths": self.n_widths,
                "notes": list(self.notes),
            }
        )


def predicted_widths(
    prompts: Sequence[str],
    *,
    target: str | TrainedPredictor = "ppp/alignment",
    definition: str = "lexicon",
    counts: Sequence[int] | None = None,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PredictedWidths:
    """Predicts prompts and sets the width of their 90 % intervals against their number of modifiers.

    Args:
        prompts: n texts.
        target: of a shipped predictor, or a trained predictor of your own.
        definition: how modifiers are counted, a key of `ppp_core.modifiers.DEFINITIONS`.
        counts: numbers of modifiers, counted otherwise; the definition then says how, in one word.
        store: where embeddings are kept.
        progress: called with (different prompts embedded, in all).

    Returns:
        The widths.

    Raises:
        PPPError: an unknown target or definition, no prompts, or counts of another length.
    """
    import pandas as pd

    from ..modifiers import counts as count_modifiers
    from ..predictors.scoring import score

    if counts is not None and len(counts) != len(prompts):
        raise PPPError(f"One count a prompt was wanted, got {len(counts)} for {len(prompts)} prompts.")
    table = score(prompts, [target], store=store, progress=progress)
    numbers = count_modifiers(list(prompts), definition) if counts is None else list(counts)
    name = target if isinstance(target, str) else target.target.name
    frame = pd.DataFrame(
        {
            "prompt": table["prompt"],
            "count": np.asarray(numbers, dtype=int),
            "words": [len(prompt.split()) for prompt in prompts],
            "value": table[name],
            "low": table[f"{name}_low"],
            "high": table[f"{name}_high"],
        }
    )
    frame["width"] = (frame["high"] - frame["low"]).round(9)
    return PredictedWidths(
        target=name,
        definition=definition,
        prompts=frame,
        trend=_trend(frame),
        spearman=_spearman(frame),
        n_widths=int(frame["width"].nunique()),
        notes=(_ABOUT, f"{frame['width'].nunique():,} different widths among {len(frame):,} prompts."),
    )


def _trend(frame: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import t

    grouped = frame.groupby("count")["width"].agg(["size", "mean", "std"]).reset_index()
    n = grouped["size"].to_numpy()
    reach = t.ppf(0.975, np.maximum(n - 1, 1)) * grouped["std"].to_numpy() / np.sqrt(n)
    values = frame.groupby("count")["value"].mean().to_numpy()
    grouped = grouped.rename(columns={"size": "n_prompts", "mean": "width"}).drop(columns="std")
    return grouped.assign(low=grouped["width"] - reach, high=grouped["width"] + reach, value=values)


def _spearman(frame: pd.DataFrame) -> Estimate:
    from ..evaluation.correlation import correlate
    from ..evaluation.intervals import nothing

    if len(frame) < FEWEST:
        return nothing(f"{FEWEST} prompts are wanted, got {len(frame)}")
    return correlate(frame["count"].to_numpy(float), frame["width"].to_numpy(float), resamples=2000).spearman
