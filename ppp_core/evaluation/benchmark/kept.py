"""Predictions kept without their prompts: a hash of the text finds them beside an installed data set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ...datasets import DataSet, observed
from ...errors import PPPError
from ...splits import normalise_text
from ...store import write_atomically
from .board import REFERENCE, row_key
from .lineups import Lineup

if TYPE_CHECKING:
    import pandas as pd

PREDICTIONS = REFERENCE / "predictions.parquet"
COLUMNS = ("row_key", "prompt_hash", "predicted")


def prompt_hash(prompt: str) -> str:
    """First 16 hex digits of the SHA-256 of what a prompt says, case and punctuation aside.

    Example:
        >>> prompt_hash("A cat."), prompt_hash("a  CAT") == prompt_hash("A cat.")
        ('51e4674156077982', True)
    """
    return hashlib.sha256(normalise_text(prompt).encode()).hexdigest()[:16]


def predictions_frame(lines: Iterable[Lineup]) -> pd.DataFrame:
    """Predictions of the board's rows, averaged over seeds: row_key, prompt_hash, predicted (float32).

    Of prompts of one row that say the same, the first is kept.
    """
    import numpy as np
    import pandas as pd

    parts = []
    for line in lines:
        hashes = [prompt_hash(prompt) for prompt in line.prompts]
        for one, values in zip(line.entrants, line.means, strict=True):
            key = row_key(line.target, one.predictor, one.encoder, line.part, one.trained_on)
            columns = ([key] * len(hashes), hashes, values.astype(np.float32))
            parts.append(
                pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))).drop_duplicates("prompt_hash")
            )
    return pd.concat(parts, ignore_index=True)


def save_predictions(lines: Iterable[Lineup], path: str | Path) -> None:
    """Writes `predictions_frame` as Parquet, whole or not at all."""
    frame = predictions_frame(lines)
    with write_atomically(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd")


def load_predictions(path: str | Path = PREDICTIONS) -> pd.DataFrame:
    """Reads what `save_predictions` wrote; without a path, the predictions that come with PPP.

    Raises:
        PPPError: when the file is missing or damaged.
    """
    import pandas as pd

    try:
        return pd.read_parquet(path, columns=list(COLUMNS))
    except FileNotFoundError as error:
        raise PPPError(f"No kept predictions at {path}. Make them with: ppp benchmark --out DIR") from error
    except (OSError, ValueError, KeyError) as error:
        raise PPPError(f"The kept predictions {path} are damaged. Make or fetch them again.") from error


def beside_observed(predictions: pd.DataFrame, key: str, dataset: DataSet, target: str) -> pd.DataFrame:
    """One row's kept predictions beside what was observed, for scatters, residuals and misses.

    Args:
        predictions: as `load_predictions` gives them.
        key: of a row of the board.
        dataset: installed, with the target.
        target: that judges.

    Returns:
        Columns prompt_id, prompt, split, observed, predicted, in the data set's order; prompts without a
        kept prediction are left out. Maybe empty.
    """
    mine = predictions.loc[predictions["row_key"] == key]
    by_hash = dict(zip(mine["prompt_hash"], mine["predicted"].astype(float), strict=True))
    frame = observed(dataset, target)[["prompt_id", "prompt", "split", "observed"]]
    # where a text is both learned from and held out, training left it out: its prediction is a held-out one
    frame = frame.assign(predicted=[by_hash.get(prompt_hash(prompt)) for prompt in frame["prompt"]])
    known = frame[frame["predicted"].notna()]
    return known.astype({"predicted": "float64"}).reset_index(drop=True)
