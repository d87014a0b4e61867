"""A table of one's own: prompts with observed scores, with predictions, or with both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import PPPError
from .results import Correlation, Estimate

if TYPE_CHECKING:
    import pandas as pd

    from ..store import EmbeddingStore
    from .benchmark.placing import Placement

MOST_ROWS = 20_000
MOST_BYTES = 50_000_000
MOST_SCORED = 2_000
"""More prompts than this are not scored from the page: it would take minutes."""

LEAST = 4


@dataclass(frozen=True)
class OwnTable:
    """What a user brought.

    Attributes:
        frame: columns prompt, and observed or predicted or both, float64; missing values are nan.
        notes: what was guessed, changed or left out, one sentence each.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def has_observed(self) -> bool:
        return "observed" in self.frame.columns

    @property
    def has_predicted(self) -> bool:
        return "predicted" in self.frame.columns


def read_own(
    source: str | Path | BinaryIO,
    *,
    prompt_column: str = "prompt",
    observed_column: str = "observed",
    predicted_column: str = "predicted",
) -> OwnTable:
    """Reads prompts with scores, predictions or both; at most 20,000 rows and 50 MB.

    Args:
        source: a path or an upload: CSV, TSV, Parquet or JSON lines.
        prompt_column: the column of prompts.
        observed_column: of your scores, higher is better; may be absent.
        predicted_column: of your predictions, higher is better; may be absent.

    Raises:
        PPPError: when the file cannot be read, has neither column, or a value is no number.

    Example:
        >>> import io
        >>> table = read_own(io.BytesIO(b"prompt,observed\\na,1\\nb,2\\nc,3\\nd,4\\n"))
        >>> table.has_observed, table.has_predicted, len(table.frame)
        (True, False, 4)
    """
    from ..tables import numbers, read_table

    raw = read_table(
        source, prompt_column=prompt_column, text_ok=False, max_bytes=MOST_BYTES, max_rows=MOST_ROWS
    )
    wanted = {"observed": observed_column, "predicted": predicted_column}
    there = {name: column for name, column in wanted.items() if column in raw.columns}
    if not there:
        raise PPPError(
            f"A column {observed_column!r} (your scores) or {predicted_column!r} (your predictions) was "
            f"wanted; the table has: {', '.join(map(str, raw.columns))}."
        )
    frame = raw[[prompt_column]].set_axis(["prompt"], axis=1)
    frame = frame.assign(**{name: numbers(raw, column) for name, column in there.items()})
    blank = frame["prompt"].isna() | frame["prompt"].astype("str").str.strip().eq("")
    notes = list(raw.attrs.get("notes", ()))
    if blank.any():
        notes.append(f"{int(blank.sum()):,} rows without a prompt left out.")
    if len(frame) - int(blank.sum()) < LEAST:
        raise PPPError(f"At least {LEAST} prompts were wanted, got {len(frame) - int(blank.sum())}.")
    return OwnTable(frame[~blank].reset_index(drop=True), tuple(notes))


def own_correlation(table: OwnTable, *, resamples: int = 10_000) -> Correlation:
    """How well your predictions go with your scores, with intervals.

    Raises:
        PPPError: when one of the two is not there, or fewer than 4 prompts have both.
    """
    from .correlation import correlate

    if not (table.has_observed and table.has_predicted):
        raise PPPError("Scores and predictions were wanted, and the table has only one of them.")
    return correlate(table.frame["predicted"], table.frame["observed"], resamples=resamples)


def shipped_on_own(
    table: OwnTable,
    targets: Sequence[str],
    *,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
    resamples: int = 10_000,
) -> tuple[pd.DataFrame, dict]:
    """How well the predictors that come with PPP go with your scores.

    Args:
        table: with scores.
        targets: that predictors are shipped for.
        store: where embeddings are kept; None keeps nothing.
        progress: called with (prompts embedded, in all).
        resamples: of the bootstrap.

    Returns:
        One row a target, the highest Pearson first: target, n, and pearson, spearman, kendall with
        ``_low`` and ``_high``; and what was scored: ``n_scored``, ``n_given``, ``unfamiliar`` (share).

    Raises:
        PPPError: without scores, or when nothing can be scored.
    """
    import pandas as pd

    from ..predictors.scoring import score
    from .correlation import correlate_many

    if not table.has_observed:
        raise PPPError("A column of your scores was wanted, and the table has none.")
    rows = table.frame.dropna(subset=["observed"])
    scored = rows.head(MOST_SCORED)
    values = score(scored["prompt"].tolist(), list(targets), store=store, progress=progress)
    predicted = values[list(targets)].to_numpy(float).T
    found = correlate_many(predicted, scored["observed"], resamples=resamples)
    records = [{"target": name, **_flat(one)} for name, one in zip(targets, found, strict=True)]
    told = {"n_scored": len(scored), "n_given": len(rows), "unfamiliar": float(values["unfamiliar"].mean())}
    order = pd.DataFrame(records).sort_values("pearson", ascending=False, kind="stable")
    return order.reset_index(drop=True), told


VERDICTS = {"beaten": "you beat it", "better": "it beats you", "tied": "no significant difference"}


def placed_table(placed: Placement, names: Mapping[str, str]) -> pd.DataFrame:
    """A placement as a table, the highest value first, the user's own row among ours.

    Args:
        placed: of a user's predictions.
        names: what a row of the board is called, by its key; the key where there is none.

    Returns:
        Columns method, value, low, high, p (adjusted), verdict.
    """
    import pandas as pd

    rows = [
        {"method": names.get(one.key, one.key), **_ends(one.estimate), "p": one.p}
        | {"verdict": VERDICTS.get(one.verdict, "")}
        for one in placed.competitors
    ]
    if placed.shared is not None:
        rows.append({"method": "▶ you", **_ends(placed.shared), "p": None, "verdict": ""})
    frame = pd.DataFrame(rows, columns=["method", "value", "low", "high", "p", "verdict"])
    return frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def _ends(estimate: Estimate) -> dict:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _flat(correlation: Correlation) -> dict:
    flat: dict = {"n": correlation.n}
    for name in ("pearson", "spearman", "kendall"):
        one = getattr(correlation, name)
        flat |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    return flat
