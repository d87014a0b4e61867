"""Evaluation: correlations with intervals, fair comparisons, splits without leaks, coverage."""

from ..splits import check_disjoint, folds, normalise_text
from .correlation import compare, correlate, correlate_many
from .coverage import Coverage, coverage
from .results import Comparison, Correlation, Estimate
from .williams import WilliamsTest, williams

__all__ = [
    "Comparison",
    "Correlation",
    "Coverage",
    "Estimate",
    "WilliamsTest",
    "check_disjoint",
    "compare",
    "correlate",
    "correlate_many",
    "coverage",
    "folds",
    "normalise_text",
    "williams",
]
