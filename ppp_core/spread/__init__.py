"""Modifiers and variance: spread within and between prompts, tests, effects, experiments.

Importing this loads no pandas, scipy or statsmodels.
"""

from .analysis import analyse
from .controls import subject_vectors
from .counting import COUNTS, PPP_SHARE_WITHOUT, Count, counts_of, default_count
from .meanings import MEANINGS, Meaning, default_meaning, meanings_of
from .observations import Observations, observations
from .results import SpreadAnalysis, SpreadTest, tests_frame
from .sample import SMALLEST

__all__ = [
    "COUNTS",
    "MEANINGS",
    "PPP_SHARE_WITHOUT",
    "SMALLEST",
    "Count",
    "Meaning",
    "Observations",
    "SpreadAnalysis",
    "SpreadTest",
    "analyse",
    "counts_of",
    "default_count",
    "default_meaning",
    "meanings_of",
    "observations",
    "subject_vectors",
    "tests_frame",
]
