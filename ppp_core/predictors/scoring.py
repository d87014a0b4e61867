"""Many prompts, one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..encoders.base import readable_prompts
from ..errors import PPPError
from .reading import read_prompts
from .shipped import DEFAULT_TARGET, load_shipped
from .trained import Prediction, TrainedPredictor

if TYPE_CHECKING:
    import pandas as pd

    from ..store import EmbeddingStore


def score(
    prompts: Sequence[str],
    targets: Sequence[str | TrainedPredictor] = (DEFAULT_TARGET,),
    *,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Scores prompts for one or more targets; each prompt is embedded once an encoder.

    Args:
        prompts: n texts.
        targets: names of shipped predictors, or trained predictors of your own.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (different prompts embedded, in all).

    Returns:
        One row a prompt, in their order, with the columns of `score_columns`: ``prompt`` (half characters
        become the replacement character); for each
        target ``<target>`` (its unit, higher is better), ``<target>_low`` and ``<target>_high`` (90 %
        interval), ``<target>_percentile`` (0 to 100, among the training prompts); ``unfamiliar`` (to the
        training prompts of at least one of the targets), ``tokens`` (seen), ``truncated`` (cut off).

    Raises:
        PPPError: for an unknown target, no target, the same one twice, no prompts, an empty prompt.

    Example:
        >>> table = score(["a red fox at the edge of a forest", "four cars on a street"])
        >>> table.shape, table.columns[1]
        ((2, 8), 'ppp/alignment')
    """
    import pandas as pd

    predictors = [
        target if isinstance(target, TrainedPredictor) else load_shipped(target) for target in targets
    ]
    names = [predictor.target.name for predictor in predictors]
    if not names or len(set(names)) < len(names):
        raise PPPError(f"score needs one or more different targets, got {names or 'none'}.")
    readings = {}
    columns: dict[str, object] = {"prompt": []}
    unfamiliar = np.zeros(len(prompts), dtype=bool)
    for name, predictor in zip(names, predictors, strict=True):
        key = (predictor.encoder.name, predictor.encoder.revision)
        if key not in readings:
            readings[key] = read_prompts(predictor.encoder, prompts, store=store, progress=progress)
        found = predictor.columns(readings[key])
        unfamiliar |= found["unfamiliar"]
        columns[name] = found["value"]
        columns |= {f"{name}_{part}": found[part] for part in ("low", "high", "percentile")}
    columns["prompt"] = readable_prompts(prompts)
    first = readings[predictors[0].encoder.name, predictors[0].encoder.revision]
    columns |= {"unfamiliar": unfamiliar, "tokens": first.tokens, "truncated": first.truncated}
    return pd.DataFrame(columns)


def predict_all(prompt: str, predictors: Sequence[TrainedPredictor]) -> dict[str, Prediction]:
    """One prompt's prediction for each of several targets, by their names; embedded once an encoder.

    Raises:
        PPPError: for an empty prompt.
    """
    readings = {}
    found = {}
    for predictor in predictors:
        key = (predictor.encoder.name, predictor.encoder.revision)
        if key not in readings:
            readings[key] = read_prompts(predictor.encoder, [prompt])
        (found[predictor.target.name],) = predictor.predict([prompt], reading=readings[key])
    return found


def score_columns(targets: Sequence[str]) -> list[str]:
    """Names of the columns that `score` gives for these targets, in order.

    Example:
        >>> score_columns(["a/b"])
        ['prompt', 'a/b', 'a/b_low', 'a/b_high', 'a/b_percentile', 'unfamiliar', 'tokens', 'truncated']
    """
    parts = ("", "_low", "_high", "_percentile")
    return ["prompt", *(f"{t}{part}" for t in targets for part in parts), "unfamiliar", "tokens", "truncated"]
