"""The table of the built-in data sets, and of their targets."""

from types import ModuleType

from . import agiqa_3k, genai_bench, pooled, pqpp, scenes, tifa160
from .cards import Target

DATASETS: dict[str, ModuleType] = {
    "pqpp": pqpp,
    "agiqa-3k": agiqa_3k,
    "genai-bench": genai_bench,
    "tifa160": tifa160,
}
"""Name -> the module with its ``CARD`` and ``read``."""

POOLED: dict[str, ModuleType] = {"ppp": pooled}
"""Name -> the module of a data set made of others: ``CARD``, ``source_names`` and ``pool``."""

DRAWN: dict[str, ModuleType] = {"scenes": scenes}
"""Name -> the module of a simulated data set: ``CARD``, ``make``, ``key`` and ``sizes``.

None is ever pooled, and no shipped predictor learns from one.
"""

TARGETS: dict[str, Target] = {
    target.name: target
    for entry in (*DATASETS.values(), *POOLED.values(), *DRAWN.values())
    for target in entry.CARD.targets
}
"""Name -> target, over the built-in cards; `DataSet.target` knows a user's own."""
