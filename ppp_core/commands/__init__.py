"""The commands of ``ppp``: each parses, calls the core, prints. Heavy imports wait inside them."""

from collections.abc import Callable

from .after import after
from .benchmarking import benchmark
from .data import datasets, get, import_
from .experimenting import analyse_experiment, images_needed, plan_experiment
from .gap import gap
from .generating import generate
from .modifying import modifiers
from .predicting import correlate, score, train
from .rating import rate
from .retrieving import retrieve
from .spreading import spread
from .system import dashboard, doctor

COMMANDS: dict[str, Callable[..., None]] = {
    "dashboard": dashboard,
    "doctor": doctor,
    "datasets": datasets,
    "get": get,
    "import": import_,
    "score": score,
    "after": after,
    "train": train,
    "benchmark": benchmark,
    "correlate": correlate,
    "modifiers": modifiers,
    "spread": spread,
    "gap": gap,
    "rate": rate,
    "retrieve": retrieve,
    "generate": generate,
    "plan-experiment": plan_experiment,
    "analyse-experiment": analyse_experiment,
    "images-needed": images_needed,
}
