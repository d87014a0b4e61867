"""What PPP's own predictors said of prompts that they did not learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .pairs import Pairs

if TYPE_CHECKING:
    import pandas as pd

ENTRANTS = (
    ("ensemble", "adapted-minilm"),
    ("multilayer-probe", "minilm-l6"),
    ("linear-probe", "minilm-l6"),
    ("linear-probe", "tfidf"),
    ("length", ""),
)
"""Predictor and encoder of the kept predictions that are looked for, what the live page prefers first."""

PARTS = ("out of fold", "validation")
FEWEST = 20


def kept_predictions(
    pairs: Pairs, target: str, *, predictions: pd.DataFrame | None = None
) -> dict[str, np.ndarray]:
    """Held-out predictions of each pair's prompt, found by what the prompt says.

    Every prompt was predicted by models that had not learned from it (out of fold, or the validation part).

    Args:
        pairs: with the column ``prompt`` in their frame.
        target: what was predicted.
        predictions: as `ppp_core.evaluation.benchmark.load_predictions` gives them, which is the default.

    Returns:
        Predictor, with its encoder -> float64 (n,), nan where there is no prediction; predictors with fewer
        than 20 of the prompts are left out. Empty where nothing is kept of this target.
    """
    if "prompt" not in pairs.frame:
        return {}
    from ..evaluation.benchmark.board import row_key
    from ..evaluation.benchmark.kept import load_predictions, prompt_hash

    predictions = load_predictions() if predictions is None else predictions
    mine = dict(tuple(predictions[predictions["row_key"].str.startswith(f"{target} ")].groupby("row_key")))
    hashes = pairs.frame["prompt"].map({one: prompt_hash(one) for one in pairs.frame["prompt"].unique()})
    found = {}
    for predictor, encoder in ENTRANTS:
        for part in PARTS:
            rows = mine.get(row_key(target, predictor, encoder, part))
            if rows is None:
                continue
            values = hashes.map(rows.set_index("prompt_hash")["predicted"]).to_numpy(float, na_value=np.nan)
            if hashes[np.isfinite(values)].nunique() >= FEWEST:
                found[f"{predictor} on {encoder}" if encoder else predictor] = values
                break
    return found
