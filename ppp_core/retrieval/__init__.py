"""Searching images with prompts: rankings, how good they are, and what predicts that.

Importing it is light: pandas, scikit-learn and ir_measures load when something is computed.
"""

from .collection import Collection, collect, rank_dataset
from .evaluation import RetrievalEvaluation, evaluate_retrieval
from .exporting import export
from .measures import MEASURES, RetrievalMeasure, mean_measures, measure_queries
from .post_retrieval import FAMILIES, POST_RETRIEVAL, PostPredictor, QueryPredictions, predict_queries
from .ranking import Ranking, rank_vectors
from .relevance import (
    Calibration,
    calibration,
    expected_precision,
    expected_reciprocal_rank,
    relevance_probabilities,
)
from .runs import as_ranking, read_ranking
from .trec import read_qrels, read_queries, read_run, write_qrels, write_queries, write_run

__all__ = [
    "FAMILIES",
    "MEASURES",
    "POST_RETRIEVAL",
    "Calibration",
    "Collection",
    "PostPredictor",
    "QueryPredictions",
    "Ranking",
    "RetrievalEvaluation",
    "RetrievalMeasure",
    "as_ranking",
    "calibration",
    "collect",
    "evaluate_retrieval",
    "expected_precision",
    "expected_reciprocal_rank",
    "export",
    "mean_measures",
    "measure_queries",
    "predict_queries",
    "rank_dataset",
    "rank_vectors",
    "read_qrels",
    "read_queries",
    "read_ranking",
    "read_run",
    "relevance_probabilities",
    "write_qrels",
    "write_queries",
    "write_run",
]
