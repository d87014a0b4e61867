"""PPP: how well a prompt will do in text-to-image generation, before any image exists.

Nothing heavy is imported until a name is used.
"""

from importlib import import_module

from .errors import PPPError

__version__ = "0.1.0"

_HOMES = {
    "compare": "evaluation",
    "compare_variants": "predictors.variants",
    "correlate": "evaluation",
    "explain": "predictors.explanation",
    "get_dataset": "datasets",
    "load_dataset": "datasets",
    "load_encoder": "encoders",
    "load_shipped": "predictors.shipped",
    "load_trained": "predictors.artefact",
    "save_trained": "predictors.artefact",
    "score": "predictors.scoring",
    "shipped_targets": "predictors.shipped",
    "target_data": "evaluation.parts",
    "train": "evaluation.training",
}

__all__ = ["PPPError", "__version__", *_HOMES]


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
