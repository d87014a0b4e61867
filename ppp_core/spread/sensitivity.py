"""Does a trend hang on one generator?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from .observations import Observations

MOST = 30
"""Generators that are left out in turn, at most."""


def without_each(observations: Observations) -> pd.DataFrame:
    """Spearman's rho of spread and count with each generator left out in turn.

    Args:
        observations: across generators, or across the samples of several.

    Returns:
        left_out, n (prompts), estimate; empty for one generator or two, for more than `MOST`, and across
        prompts.
    """
    import pandas as pd
    from scipy.stats import spearmanr

    values = observations.values
    names = sorted(values["generator"].dropna().unique())
    fewest = 1 if observations.meaning == "samples" else 2
    columns = ["left_out", "n", "estimate"]
    if not observations.told.within_prompt or not fewest < len(names) <= MOST:
        return pd.DataFrame(columns=columns)
    count = observations.prompts.set_index("prompt_id")["count"]
    rows = []
    for name in names:
        spread = _spread(values[values["generator"] != name], observations.meaning)
        counts = count[spread.index]
        fixed = counts.nunique() < 2 or spread.nunique() < 2
        rho = np.nan if fixed else float(spearmanr(counts, spread).statistic)
        rows.append((name, len(spread), rho))
    return pd.DataFrame(rows, columns=columns)


def _spread(values: pd.DataFrame, meaning: str) -> pd.Series:
    """Corrected standard deviations by prompt, of those that have one."""
    from .small_samples import c4

    keys = ["prompt_id", "generator"] if meaning == "samples" else ["prompt_id"]
    cells = values.groupby(keys)["value"]
    squares = ((values["value"] - cells.transform("mean")) ** 2).groupby(values["prompt_id"]).sum()
    df = cells.size().groupby(level="prompt_id").agg(lambda sizes: (sizes - 1).sum())
    kept = df[df > 0].index
    return np.sqrt(squares[kept] / df[kept]) / c4(df[kept] + 1)
