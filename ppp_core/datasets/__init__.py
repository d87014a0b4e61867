"""Data sets: what each is, how it is fetched, read and imported. Importing this loads no pandas.

A new data set is one file (a ``CARD`` and ``read(folder) -> DataSet``) and one line in ``builtin.py``.
"""

from .builtin import DATASETS, DRAWN, POOLED, TARGETS
from .cards import Card, SourceFile, Target
from .fetching import get_dataset
from .frames import DataSet, export_frame, find_prompts, observed
from .importing import import_dataset
from .shelf import Installed, installed, load_dataset, remove_dataset, simulated

__all__ = [
    "DATASETS",
    "DRAWN",
    "POOLED",
    "TARGETS",
    "Card",
    "DataSet",
    "Installed",
    "SourceFile",
    "Target",
    "export_frame",
    "find_prompts",
    "get_dataset",
    "import_dataset",
    "installed",
    "load_dataset",
    "observed",
    "remove_dataset",
    "simulated",
]
