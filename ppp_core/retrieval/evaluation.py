"""How well predictors tell which queries are answered well: correlations with every measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..evaluation import correlate_many
from ..evaluation.inputs import FEWEST
from ..evaluation.results import COEFFICIENTS, plain
from .measures import MEASURES, mean_measures, measure_queries
from .post_retrieval import POST_RETRIEVAL, predict_queries
from .ranking import Ranking
from .relevance import Calibration, as_several

if TYPE_CHECKING:
    import pandas as pd

PROBE = "text-probe"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RetrievalEvaluation:
    """Measures of queries, predictors of them, and how the two go together.

    Attributes:
        name, encoder: of the ranking; the encoder is empty for a user's run.
        n_queries: queries that were asked, each with a relevant document.
        n_images: documents of the collection, or that the run and the qrels name.
        k: documents kept of each query.
        measures: one row a measure: name, title, value, low, high, about.
        correlations: one row a predictor and measure: predictor, title, family, direction, measure, n, and
            pearson, spearman, kendall with _low and _high; null where a side is constant.
        per_query: one row a query: query_id, prompt where known, n_relevant, measures, predictors.
        absent: predictor → why it could not be given.
        calibration: of the probabilities of relevance; None without them.
        confidence, resamples, seed: of intervals and folds.
        notes: what was left out, and how it was done.
    """

    name: str
    encoder: str
    n_queries: int
    n_images: int
    k: int
    measures: pd.DataFrame
    correlations: pd.DataFrame
    per_query: pd.DataFrame
    absent: dict[str, str]
    calibration: Calibration | None
    confidence: float
    resamples: int
    seed: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict:
        """Plain values, nested, without the queries one by one; undefined numbers are None."""
        told = {key: value for key, value in vars(self).items() if key not in ("per_query", "calibration")}
        for key in ("measures", "correlations"):
            told[key] = told[key].astype(object).to_dict("records")
        told["calibration"] = self.calibration and asdict(self.calibration)
        return plain(told)


def evaluate_retrieval(
    rankings: Ranking | Sequence[Ranking],
    *,
    names: Sequence[str] | None = None,
    text: np.ndarray | None = None,
    resamples: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> RetrievalEvaluation:
    """Measures every query, predicts it in every way, and correlates the two.

    Parameters of predictors are fixed in advance (`POST_RETRIEVAL`); what is learned is learned from other
    queries. Predictors are correlated as they are, lower being better for some.

    Args:
        rankings: one, or several whose queries follow each other, over the same documents.
        names: keys of `POST_RETRIEVAL`; all when left out.
        text: vectors of the prompts for ``text-probe``; a single ranking's own when left out.
        resamples: of the queries, at least 100.
        confidence: of the intervals.
        seed: of resamples and folds.
        progress: called with (measures correlated with every predictor, measures in all).

    Raises:
        PPPError: for an unknown predictor, no query, or options that make no sense.

    Example:
        >>> from ppp_core.retrieval import as_ranking
        >>> run = {f"q{i}": {"a": i + 1.0, "b": 1.0, "c": 0.5} for i in range(6)}
        >>> qrels = {f"q{i}": {"a" if i > 2 else "c": 1} for i in range(6)}
        >>> found = evaluate_retrieval(as_ranking(run, qrels), names=["top-score"], resamples=100)
        >>> found.correlations.set_index("measure").loc["RR", "pearson"].round(3).item()
        0.878
    """
    several = as_several(rankings)
    measured = measure_queries(several[0]) if len(several) == 1 else _together(several)
    predicted = predict_queries(several, measured, names=names, text=text, seed=seed)
    options = {"resamples": resamples, "confidence": confidence, "seed": seed}
    notes = list(dict.fromkeys(note for one in several for note in one.notes))
    n = len(measured)
    if n < FEWEST:
        notes.append(f"Correlations need at least {FEWEST} queries, got {n}.")
    if predicted.calibration is not None or any(one.startswith(PROBE) for one in predicted.values):
        notes.append("What is learned was learned from other queries: five folds, by the text of the prompt.")
    if not several[0].cosines and any(name in predicted.values for name in ("nqc", "wig", "smv")):
        notes.append("The corpus' score, which a run does not tell, is the mean score of what it found.")
    return RetrievalEvaluation(
        name=several[0].name,
        encoder=several[0].encoder,
        n_queries=n,
        n_images=len(several[0].doc_ids),
        k=max(one.k for one in several),
        measures=mean_measures(measured, **options),
        correlations=_correlations(predicted.values, measured, options, progress),
        per_query=_per_query(several, measured, predicted.values),
        absent=predicted.absent,
        calibration=predicted.calibration,
        **options,
        notes=tuple(notes),
    )


def _together(several: list[Ranking]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([measure_queries(one) for one in several], ignore_index=True)


def _correlations(
    values: pd.DataFrame, measured: pd.DataFrame, options: dict, progress: Progress | None
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    wanted = list(MEASURES) if len(measured) >= FEWEST else []
    for number, measure in enumerate(wanted, 1):
        mine = [name for name in values if " " not in name or name == f"{PROBE} {measure}"]
        for names in _of_same_queries(values[mine]):
            found = correlate_many(values[names].T, measured[measure], **options)
            rows += [_row(name, measure, one) for name, one in zip(names, found, strict=True)]
        if progress:
            progress(number, len(wanted))
    numbers = [f"{one}{end}" for one in COEFFICIENTS for end in ("", "_low", "_high")]
    frame = pd.DataFrame(
        rows, columns=["predictor", "title", "family", "direction", "measure", "n", *numbers]
    )
    order = {name: place for place, name in enumerate(POST_RETRIEVAL)}
    return frame.sort_values("predictor", key=lambda one: one.map(order), kind="stable", ignore_index=True)


def _of_same_queries(values: pd.DataFrame) -> list[list[str]]:
    """Names of columns that have a value for the same queries, at least four, together."""
    groups: dict[tuple, list[str]] = {}
    for name in values:
        here = values[name].notna()
        if here.sum() >= FEWEST:
            groups.setdefault(tuple(here), []).append(name)
    return list(groups.values())


def _row(name: str, measure: str, found) -> dict:
    known = POST_RETRIEVAL[name.split(" ")[0]]
    row = {
        "predictor": known.name,
        "title": known.title,
        "family": known.family,
        "direction": known.direction,
        "measure": measure,
        "n": found.n,
    }
    for coefficient in COEFFICIENTS:
        one = getattr(found, coefficient)
        row |= {coefficient: one.value, f"{coefficient}_low": one.low, f"{coefficient}_high": one.high}
    return row


def _per_query(several: list[Ranking], measured: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    known = {"query_id": [name for one in several for name in one.query_ids]}
    if all(one.queries for one in several):
        known["prompt"] = [text for one in several for text in one.queries]
    known["n_relevant"] = np.concatenate([one.n_relevant for one in several])
    return pd.concat([pd.DataFrame(known), measured, values], axis=1)
