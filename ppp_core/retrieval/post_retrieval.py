"""What predicts how well a query was answered: the table, and the values of all queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from . import image_predictors as images
from . import score_predictors as scores
from . import text_predictors as texts
from .ranking import Ranking
from .relevance import (
    Calibration,
    as_several,
    calibration,
    expected_precision,
    expected_reciprocal_rank,
    parts_of,
    relevance_probabilities,
)

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = {
    "text": "The prompt alone, before retrieval",
    "scores": "Scores of what was retrieved",
    "images": "Images that were retrieved",
    "relevance": "Learned from relevance to other queries",
}
"""What a predictor looks at, in the order of the table."""

NEEDS = {
    "queries": "the texts of the queries (--queries FILE)",
    "text": "vectors of the prompts, which an encoder gives",
    "image": "vectors of the images, which an encoder gives",
}


@dataclass(frozen=True)
class PostPredictor:
    """What is known of a predictor.

    Attributes:
        name: its key.
        title: as tables and figures write it.
        family: a key of `FAMILIES`.
        formula: in one line.
        source: author and year; what differs here.
        direction: "+" where a higher value should mean a better answer, "-" where a lower one, "?" where
            nothing is claimed. Values are never turned round.
        parameters: fixed in advance, never chosen on the queries that are judged.
        needs: keys of `NEEDS`.
        value: float64 (n,) of a ranking; None for what is learned from other queries.
    """

    name: str
    title: str
    family: str
    formula: str
    source: str
    direction: str = "+"
    parameters: Mapping[str, int] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    value: Callable[..., np.ndarray] | None = None


PROBED = ("P@10", "RR")
"""Measures that ``text-probe`` is fitted to, one after the other."""

_LEARNED = "logistic regression on score, rank and likeness; fitted on other queries"
_EXPECTED = "expected value of calibrated relevance, as a re-run of PQPP has it"

POST_RETRIEVAL: dict[str, PostPredictor] = {
    one.name: one
    for one in (
        PostPredictor(
            "length", "Words of the prompt", "text", "number of words", "baseline", "?", {}, ("queries",),
            texts.length,
        ),
        PostPredictor(
            "prompt-density", "How near other prompts are", "text",
            "mean cosine to the k nearest other prompts of the collection", "ours; PQPP's caption density",
            "?", {"k": 10}, ("text",), texts.prompt_density,
        ),
        PostPredictor(
            "text-probe", "Probe on the prompt", "text",
            "ridge regression of the measure on the prompt's vector; fitted on other queries",
            "Poesina et al. 2025 (pre-retrieval)", "+", {"folds": 5}, ("text",),
        ),
        PostPredictor(
            "top-score", "Best score", "scores", "s₁", "baseline", "+", {}, (), scores.top_score,
        ),
        PostPredictor(
            "sigma-k", "Score variation at k", "scores", "sd(s₁ … s_k)", "Pérez-Iglesias and Araujo 2010",
            "+", {"k": 100}, (), scores.sigma_k,
        ),
        PostPredictor(
            "sigma-max", "Largest score variation", "scores", "max over i ≤ k of sd(s₁ … s_i)",
            "Pérez-Iglesias and Araujo 2010", "+", {"k": 100}, (), scores.sigma_max,
        ),
        PostPredictor(
            "nqc", "NQC", "scores", "sd(s₁ … s_k) / |s(corpus)|", "Shtok et al. 2012", "+", {"k": 100}, (),
            scores.nqc,
        ),
        PostPredictor(
            "wig", "WIG", "scores", "mean(s₁ … s_k) − s(corpus)",
            "Zhou and Croft 2007, without the length of the query", "+", {"k": 5}, (), scores.wig,
        ),
        PostPredictor(
            "wig-by-length", "WIG by length", "scores", "(mean(s₁ … s_k) − s(corpus)) / √words",
            "Zhou and Croft 2007", "+", {"k": 5}, ("queries",), scores.wig_by_length,
        ),
        PostPredictor(
            "smv", "SMV", "scores", "mean(s |ln(s / mean(s))|) / |s(corpus)|", "Tao and Wu 2014", "+",
            {"k": 100}, (), scores.smv,
        ),
        PostPredictor(
            "clarity", "Visual clarity", "images",
            "KL divergence of the found images' visual words from the collection's, weighted by score",
            "after Cronen-Townsend et al. 2002; clusters of images for words", "+",
            {"k": 100, "words": 50, "seed": 0}, ("image",), images.clarity,
        ),
        PostPredictor(
            "cohesion", "Likeness of the first images", "images",
            "mean cosine among the first k − mean cosine in the collection",
            "after Arabzadeh et al. 2021 (coherence)", "+", {"k": 10}, ("image",), images.cohesion,
        ),
        PostPredictor(
            "autocorrelation", "Autocorrelation of scores", "images",
            "Pearson's r of a score with the mean score of the nearest neighbours among the first k",
            "Diaz 2007", "+", {"k": 100, "neighbours": 5}, ("image",), images.autocorrelation,
        ),
        PostPredictor(
            "expected-p10", "Expected P@10", "relevance", f"Σ p_i / 10, i ≤ 10; p: {_LEARNED}", _EXPECTED,
            "+", {"k": 100, "folds": 5},
        ),
        PostPredictor(
            "expected-rr", "Expected RR", "relevance", f"Σ_i p_i Π_j<i (1 − p_j) / i; p: {_LEARNED}",
            _EXPECTED, "+", {"k": 100, "folds": 5},
        ),
    )
}  # fmt: skip
"""Key → predictor, the baseline first; what looks at the prompt alone stands beside what came after."""


@dataclass(frozen=True)
class QueryPredictions:
    """Values of predictors.

    Attributes:
        values: one row a query, a column a predictor. ``text-probe`` is fitted to a measure, so there is a
            column for each: ``text-probe P@10`` and so on.
        absent: predictor → why it could not be given.
        calibration: of the probabilities of relevance; None without them.
    """

    values: pd.DataFrame
    absent: dict[str, str]
    calibration: Calibration | None


def predict_queries(
    rankings: Ranking | Sequence[Ranking],
    measured: pd.DataFrame,
    *,
    names: Sequence[str] | None = None,
    text: np.ndarray | None = None,
    seed: int = 0,
) -> QueryPredictions:
    """Every predictor's value of every query.

    Args:
        rankings: one, or several whose queries follow each other (such as one a fold, by other encoders).
        measured: as of `measure_queries`, in the order of the queries; only what is learned looks at it, at
            other queries alone.
        names: keys of `POST_RETRIEVAL`; all when left out.
        text: vectors of the prompts for ``text-probe``, shape (n, dim); a single ranking's own when left out.
        seed: of the folds.

    Raises:
        PPPError: for an unknown name, or measures that do not fit.
    """
    import pandas as pd

    several = as_several(rankings)
    n = sum(map(len, several))
    if len(measured) != n:
        raise PPPError(f"predict_queries needs measures of {n:,} queries, got {len(measured):,}.")
    names = list(POST_RETRIEVAL) if names is None else list(names)
    for name in names:
        if name not in POST_RETRIEVAL:
            raise unknown_name("predictor", name, POST_RETRIEVAL)
    absent = {name: why for name in names if (why := _why_absent(several, POST_RETRIEVAL[name]))}
    learned = _Learned(several, measured, text, seed)
    columns: dict[str, np.ndarray] = {}
    for name in names:
        if name in absent:
            continue
        predictor = POST_RETRIEVAL[name]
        if predictor.value is not None:
            columns[name] = np.concatenate([predictor.value(one, **predictor.parameters) for one in several])
        elif why := learned.why_not(name):
            absent[name] = why
        else:
            columns |= learned.columns(name)
        if name in columns and np.isnan(columns[name]).all():
            absent[name] = "it is undefined for every query"
            del columns[name]
    frame = pd.DataFrame(columns, index=range(n))
    return QueryPredictions(frame, absent, learned.told)


def _why_absent(several: list[Ranking], predictor: PostPredictor) -> str:
    for need in predictor.needs:
        if any(getattr(one, need) is None or not len(getattr(one, need)) for one in several):
            return f"it needs {NEEDS[need]}"
    return ""


class _Learned:
    """What is learned from other queries, once for all predictors that want it."""

    def __init__(self, several: list[Ranking], measured: pd.DataFrame, text: np.ndarray | None, seed: int):
        self.several, self.measured, self.seed = several, measured, seed
        self.text = several[0].text if text is None and len(several) == 1 else text
        self.told: Calibration | None = None
        self._probabilities: np.ndarray | None = None
        self.why = ""
        try:
            self.parts = parts_of(several, seed=seed)
        except PPPError as error:
            self.why = str(error)

    def why_not(self, name: str) -> str:
        if name == "text-probe" and self.text is None:
            return "it needs vectors of all prompts by one encoder"
        return self.why

    def columns(self, name: str) -> dict[str, np.ndarray]:
        if name == "text-probe":
            return self._probe()
        expected = expected_precision if name == "expected-p10" else expected_reciprocal_rank
        return {name: expected(self.probabilities())}

    def probabilities(self) -> np.ndarray:
        if self._probabilities is None:
            depth = POST_RETRIEVAL["expected-rr"].parameters["k"]
            self._probabilities = found = relevance_probabilities(self.several, k=depth, parts=self.parts)
            width = found.shape[1]
            hits = np.zeros(found.shape, bool)
            start = 0
            for one in self.several:
                mine = one.hits[:, :width]
                hits[start : start + len(one), : mine.shape[1]] = mine
                start += len(one)
            if not np.isnan(found).all():
                self.told = calibration(found, hits)
        return self._probabilities

    def _probe(self) -> dict[str, np.ndarray]:
        probe = texts.text_probe
        return {
            f"text-probe {measure}": probe(self.text, self.measured[measure].to_numpy(), self.parts)
            for measure in PROBED
        }
