"""The commands of ``ppp``: each parses, calls the core, prints. Heavy imports wait inside them."""

from collections.abc import Callable

from .benchmarking import benchmark
from .data import datasets, get, import_
from .predicting import correlate, score, train
from .system import dashboard, doctor

COMMANDS: dict[str, Callable[..., None]] = {
    "dashboard": dashboard,
    "doctor": doctor,
    "datasets": datasets,
    "get": get,
    "import": import_,
    "score": score,
    "train": train,
    "benchmark": benchmark,
    "correlate": correlate,
}
