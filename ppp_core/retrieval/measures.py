"""How well queries were answered: P@10, RR, nDCG@10 and others, by ir_measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..evaluation.inputs import check_options
from ..evaluation.resampling import draws
from .ranking import Ranking

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RetrievalMeasure:
    """What is known of a measure: its key (as ir_measures writes it), a title, and what it is."""

    name: str
    title: str
    about: str


MEASURES: dict[str, RetrievalMeasure] = {
    one.name: one
    for one in (
        RetrievalMeasure("P@10", "P@10", "Relevant among the first ten, divided by ten."),
        RetrievalMeasure("RR", "RR", "One over the rank of the first relevant, in the whole ranking."),
        RetrievalMeasure("RR@10", "RR@10", "The same among the first ten; 0 where there is none."),
        RetrievalMeasure(
            "nDCG@10", "nDCG@10", "Discounted gain of the first ten, divided by the best possible."
        ),
        RetrievalMeasure("R@10", "R@10", "Relevant among the first ten, divided by all relevant."),
        RetrievalMeasure("AP", "AP", "Mean precision at the ranks of all relevant, in the whole ranking."),
    )
}
"""Name → measure; all from 0 to 1, higher is better."""

_CUT = ("P@10", "RR@10", "nDCG@10", "R@10")


def measure_queries(ranking: Ranking) -> pd.DataFrame:
    """Every measure of every query.

    What looks at ten documents is computed by ir_measures on the kept documents, handed over in their order
    (so that its own rule for ties plays no part). RR and AP look at the whole ranking, of which only the
    ranks of the relevant documents are known: they are computed from those, and equal what ir_measures says
    of the whole ranking.

    Returns:
        One row a query in their order, columns `MEASURES`.

    Reference:
        MacAvaney, Macdonald and Ounis, Streamlining Evaluation with ir-measures, ECIR 2022.

    Example:
        >>> from ppp_core.retrieval import as_ranking
        >>> found = as_ranking({"q": {"a": 3.0, "b": 2.0, "c": 1.0}}, {"q": {"b": 1, "c": 1, "x": 1}})
        >>> measure_queries(found).round(3).loc[0].to_dict()
        {'P@10': 0.2, 'RR': 0.5, 'RR@10': 0.5, 'nDCG@10': 0.531, 'R@10': 0.667, 'AP': 0.389}
    """
    import pandas as pd

    found = pd.DataFrame(0.0, index=range(len(ranking)), columns=list(MEASURES))
    for query, measure, value in _by_ir_measures(ranking):
        found.loc[query, measure] = value
    found["RR"] = [1 / ranks[0] if len(ranks) else 0.0 for ranks in ranking.relevant_ranks]
    found["AP"] = [
        float((np.arange(1, len(ranks) + 1) / ranks).sum()) / n
        for ranks, n in zip(ranking.relevant_ranks, ranking.n_relevant, strict=True)
    ]
    return found


def mean_measures(
    measured: pd.DataFrame, *, resamples: int = 2000, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Means over queries with percentile intervals of a bootstrap over queries.

    Args:
        measured: as `measure_queries` gives it.
        resamples: at least 100.
        confidence: of the intervals.
        seed: of the resamples.

    Returns:
        One row a measure: name, title, value, low, high, about.
    """
    import pandas as pd

    check_options(resamples, confidence)
    values = measured.to_numpy(float)
    sampled = np.concatenate(
        [counts @ values / len(values) for counts in draws(len(values), resamples, seed)]
    )
    tail = (1 - confidence) / 2
    low, high = np.quantile(sampled, [tail, 1 - tail], axis=0)
    return pd.DataFrame(
        {
            "name": list(measured),
            "title": [MEASURES[name].title for name in measured],
            "value": values.mean(axis=0),
            "low": low,
            "high": high,
            "about": [MEASURES[name].about for name in measured],
        }
    )


def _by_ir_measures(ranking: Ranking):
    """(position of the query, name of the measure, value), from ten documents of each query."""
    from ir_measures import RR, P, R, evaluator, nDCG

    wanted = [P @ 10, RR @ 10, nDCG @ 10, R @ 10]
    # names of our own: a user's names never reach code in C
    qrels = {
        f"q{row}": {f"d{doc}": int(grade) for doc, grade in zip(docs, grades, strict=True)}
        for row, (docs, grades) in enumerate(zip(ranking.relevant, ranking.grades, strict=True))
    }
    run = {
        f"q{row}": {f"d{doc}": float(-rank) for rank, doc in enumerate(docs[:10]) if doc >= 0}
        for row, docs in enumerate(ranking.docs)
    }
    run = {query: found for query, found in run.items() if found}
    for one in evaluator(wanted, qrels).iter_calc(run):
        yield int(one.query_id[1:]), str(one.measure), float(one.value)
