"""What of a board is shown: the rows of one view, and the answer that they give in a sentence."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from ..errors import unknown_name

if TYPE_CHECKING:
    import pandas as pd

VIEWS: dict[str, tuple[str, ...]] = {
    "held out": ("validation", "out of fold"),
    "test": ("test",),
    "left out": ("left out",),
}
"""Which parts a view shows. A target has a validation part, or is judged out of fold, never both."""

VIEW_TITLES = {
    "held out": "Validation",
    "test": "Test",
    "left out": "Data set left out",
}

VIEW_MEANINGS = {
    "held out": "the validation part where the data set has one, else five folds of cross-validation",
    "test": "the part that nothing was chosen or calibrated on",
    "left out": "learned from other data sets, without one prompt of this one",
}

MEASURED = "measured"
NAMES = {"pearson": "Pearson r", "spearman": "Spearman ρ", "kendall": "Kendall τ-b"}
SEEN = {"images": "sees the images", "retrieved images": "sees the retrieved images"}

WITHOUT = "-without-"
"""In the name of a pooled target of which one source, the judging one, was left out."""


def with_methods(frame: pd.DataFrame) -> pd.DataFrame:
    """Adds a column ``method``: what a row is called within its target.

    Args:
        frame: rows of boards, as `Board.frame` gives them.

    Example:
        >>> import pandas as pd
        >>> row = {"predictor": "CNN", "encoder": "", "trained_on": "a/b", "needs": "images"}
        >>> with_methods(pd.DataFrame([row]))["method"][0]
        'CNN ← a/b, sees the images'
    """
    names = [
        method_name(row.predictor, row.encoder, trained_on=row.trained_on, needs=row.needs)
        for row in frame.itertuples()
    ]
    return frame.assign(method=names)


def beside_metrics(metrics: pd.DataFrame) -> pd.DataFrame:
    """Metrics that see images, and of the predictions those that learned from all other data sets together.

    Args:
        metrics: columns kind and trained_on.

    Example:
        >>> import pandas as pd
        >>> learned = ["", "a/b", "ppp/alignment-without-tifa160"]
        >>> rows = pd.DataFrame({"kind": ["sees images", "text only", "text only"], "trained_on": learned})
        >>> len(beside_metrics(rows))
        2
    """
    pooled = metrics["trained_on"].fillna("").str.contains(WITHOUT, regex=False)
    return metrics[metrics["kind"].ne("text only") | pooled]


def method_name(predictor: str, encoder: str, *, trained_on: str = "", needs: str = "prompt") -> str:
    """Predictor and encoder, what it learned from where that is another target, and what it sees.

    Example:
        >>> method_name("linear-probe", "minilm-l6")
        'linear-probe · minilm-l6'
        >>> method_name("length", "", trained_on="ppp/alignment-without-tifa160")
        'length ← ppp/alignment without the judging set'
    """
    name = f"{predictor} · {encoder}" if encoder else predictor
    learned, left_out, _ = trained_on.partition(WITHOUT)
    name += f" ← {learned}" if learned else ""
    name += " without the judging set" if left_out else ""
    return f"{name}, {SEEN[needs]}" if needs in SEEN else name


def views_in(frame: pd.DataFrame) -> list[str]:
    """The views that measured rows are there for, in the order of ``VIEWS``."""
    parts = set(frame.loc[frame["source"] == MEASURED, "part"])
    return [name for name, shown in VIEWS.items() if parts & set(shown)]


def view(
    frame: pd.DataFrame,
    *,
    part: str = "held out",
    sources: Collection[str] | None = None,
    judges: Collection[str] | None = None,
    fewest_seeds: int = 1,
    level: str = "prompt",
) -> pd.DataFrame:
    """The rows that a choice shows, at most one a method, source and target.

    Args:
        frame: with the columns of a board and ``method``.
        part: a key of ``VIEWS``; it selects measured rows. What others published stays, whatever its part.
        sources: who measured; None for all.
        judges: who made the observed values; None for all.
        fewest_seeds: measured rows of fewer seeds are left out.
        level: ``"prompt"`` or ``"image"``: two tasks, never side by side.

    Returns:
        The rows, in their order.

    Raises:
        PPPError: for an unknown part.
    """
    if part not in VIEWS:
        raise unknown_name("part", part, VIEWS)
    measured = frame["source"] == MEASURED
    seeds = frame["n_seeds"].fillna(1).astype(int)
    kept = ~measured | (frame["part"].isin(VIEWS[part]) & (seeds >= fewest_seeds))
    kept &= frame["level"].replace("", "prompt") == level
    if sources is not None:
        kept &= frame["source"].isin(sources)
    if judges is not None:
        kept &= frame["judged_by"].isin(judges)
    return frame[kept].drop_duplicates(["target", "method", "source"]).reset_index(drop=True)


def ranked(rows: pd.DataFrame, target: str, measure: str) -> pd.DataFrame:
    """The rows of one target with a value of this measure, the highest first."""
    mine = rows[(rows["target"] == target) & rows[measure].notna()]
    return mine.sort_values(measure, ascending=False, kind="stable").reset_index(drop=True)


def answer(rows: pd.DataFrame, target: str, measure: str, *, title: str = "") -> str:
    """The best measured row of a target, who is tied with it, and the best that others published.

    Args:
        rows: of one view.
        target: one of its targets.
        measure: pearson, spearman or kendall.
        title: what the target is called; its name where there is none.

    Example:
        >>> import pandas as pd
        >>> row = {"target": "a/b", "method": "length", "source": "measured", "part": "validation",
        ...        "by": "PPP", "n": 80, "n_seeds": 1, "needs": "prompt", "pearson": 0.5,
        ...        "pearson_low": 0.3, "pearson_high": 0.7, "pearson_tied": True}
        >>> answer(pd.DataFrame([row]), "a/b", "pearson")
        'a/b: the best we measured is length, Pearson r .500 (95 % interval .30 to .70; validation, ...).'
    """
    order = ranked(rows, target, measure)
    measured = order[order["source"] == MEASURED]
    name = title or target
    if measured.empty:
        told = f"{name}: nothing of our own is measured here in {NAMES[measure]}."
    else:
        best = next(measured.itertuples())
        told = (
            f"{name}: the best we measured is {best.method}, "
            f"{NAMES[measure]} {short(getattr(best, measure))} "
            f"({_ends(best, measure)}{best.part}, {prompts(best.n)}{_seeds(best)})."
            f"{_ties(measured, measure)}"
        )
    return told + _published(order, measure)


def told(row: object, measure: str) -> str:
    """One row with what it takes to believe it: data, part, n, seeds, interval, who measured.

    Args:
        row: a row of `DataFrame.itertuples` of a view.
        measure: pearson, spearman or kendall.
    """
    ends = _ends(row, measure) or "no interval told; "
    return (
        f"{row.method} on {row.target}: {NAMES[measure]} {short(getattr(row, measure))} "
        f"({ends}{row.part}, {prompts(row.n)}{_seeds(row)}); {row.source}, {row.by}."
    )


def tied(rows: pd.DataFrame, measure: str) -> pd.Series:
    """Whether each row is known not to be significantly different from the best; unknown is False."""
    return rows[f"{measure}_tied"].astype("boolean").fillna(False).astype(bool)


BEST, TIED = "★", "≈"
"""Marks of the best measured row of a target, and of rows not significantly different from it."""


def best_marks(rows: pd.DataFrame, measure: str) -> pd.Series:
    """★ for the best measured row of each target, ≈ for one not significantly different from it, else "".

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"target": ["t"] * 3, "source": ["measured"] * 3, "pearson": [0.2, 0.4, 0.3],
        ...                       "pearson_tied": [False, True, True]})
        >>> best_marks(frame, "pearson").tolist()
        ['', '★', '≈']
    """
    marks = rows["source"].map(lambda source: "").astype(object)
    ours = rows["source"] == MEASURED
    marks[ours & tied(rows, measure)] = TIED
    known = rows[ours & rows[measure].notna()]
    marks[known.groupby("target", sort=False)[measure].idxmax()] = BEST
    return marks


def _ties(measured: pd.DataFrame, measure: str) -> str:
    others = measured.iloc[1:]
    tested = others[others[f"{measure}_tied"].notna()]
    if tested.empty:
        return ""
    names = tested.loc[tied(tested, measure), "method"].tolist()
    if not names:
        return f" It is significantly better than the {len(tested)} others tested (Holm, 5 %)."
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f" Not significantly different: {', '.join(names[:2])}{more} (of {len(tested)} others, Holm, 5 %)."


def _published(order: pd.DataFrame, measure: str) -> str:
    """The best that others published from the prompt alone, with its part and prompts."""
    alone = order[(order["source"] != MEASURED) & (order["needs"] == "prompt")]
    if alone.empty:
        return ""
    best = next(alone.itertuples())
    same = best.part in set(order.loc[order["source"] == MEASURED, "part"])
    return (
        f" Best of others from the prompt alone: {best.method} {short(getattr(best, measure))} "
        f"({best.source}; {best.part} part, {prompts(best.n)}{'' if same else ', not the prompts of ours'})."
    )


def number(value: object) -> float | None:
    """A finite number, or None for whatever is unknown: None, nan, a null of pandas.

    Example:
        >>> number(3), number(float("nan")), number(None)
        (3.0, None, None)
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def short(value: object, digits: int = 3) -> str:
    """A coefficient without the zero before the point; a dash where there is none.

    Example:
        >>> short(0.5834), short(-0.152, 2), short(float("nan")), short(1.0, 2)
        ('.583', '−.15', '–', '1.00')
    """
    known = number(value)
    if known is None:
        return "–"
    text = f"{abs(known):.{digits}f}"
    text = text[1:] if text.startswith("0.") else text
    return f"−{text}" if round(known, digits) < 0 else text


def interval(low: object, high: object, digits: int = 2) -> str:
    """An interval in words; empty where an end is unknown.

    Example:
        >>> interval(0.55, 0.61), interval(-0.1, 0.2), interval(None, 0.2)
        ('.55 to .61', '−.10 to .20', '')
    """
    if number(low) is None or number(high) is None:
        return ""
    return f"{short(low, digits)} to {short(high, digits)}"


def prompts(n: object) -> str:
    """A count of prompts in words.

    Example:
        >>> prompts(2040), prompts(1), prompts(None)
        ('2,040 prompts', '1 prompt', 'number of prompts not told')
    """
    known = number(n)
    if known is None:
        return "number of prompts not told"
    return f"{int(known):,} prompt{'s' * (known != 1)}"


def _ends(row: object, measure: str) -> str:
    words = interval(getattr(row, f"{measure}_low"), getattr(row, f"{measure}_high"))
    return f"95 % interval {words}; " if words else ""


def _seeds(row: object) -> str:
    seeds = number(row.n_seeds)
    return f", mean of {int(seeds)} seeds" if seeds and seeds > 1 else ""
