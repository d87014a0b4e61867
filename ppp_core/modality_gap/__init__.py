"""The modality gap: how far apart prompts and pictures lie in a joint space, what closes it, what it costs.

Importing this loads no pandas, scipy, scikit-learn or umap.
"""

from .closings import CLOSINGS, Closing, ClosingEntry, fit_closing
from .comparing import ClosingComparison, compare_closings
from .dataset_pairs import pairs_of
from .measure_table import LITERATURE, MEASURES, Measure, Published, literature_frame
from .measures import QUICK, GapMeasures, measure_gap
from .pairs import Pairs, make_pairs, read_npz
from .predicted import kept_predictions
from .projections import METHODS, Method, Placed, Projection, clusters, kept_projection, place, project
from .reference import GapReference, load_gap_reference
from .relevance import Relevance, gap_relevance
from .task import TaskResult, quality_task
from .thumbnails import Sheet, thumbnail_sheet
from .umap_map import Cancelled

__all__ = [
    "CLOSINGS",
    "LITERATURE",
    "MEASURES",
    "METHODS",
    "QUICK",
    "Cancelled",
    "Closing",
    "ClosingComparison",
    "ClosingEntry",
    "GapMeasures",
    "GapReference",
    "Measure",
    "Method",
    "Pairs",
    "Placed",
    "Projection",
    "Published",
    "Relevance",
    "Sheet",
    "TaskResult",
    "clusters",
    "compare_closings",
    "fit_closing",
    "gap_relevance",
    "kept_predictions",
    "kept_projection",
    "literature_frame",
    "load_gap_reference",
    "make_pairs",
    "measure_gap",
    "pairs_of",
    "place",
    "project",
    "quality_task",
    "read_npz",
    "thumbnail_sheet",
]
