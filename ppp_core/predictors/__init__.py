"""Prompt to predicted performance: the baseline first, then what learns more."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from ..errors import unknown_name
from .base import Predictor


def _load(module: str, name: str) -> type[Predictor]:
    return getattr(import_module(f".{module}", __name__), name)


PREDICTORS: dict[str, Callable[[], type[Predictor]]] = {
    "length": partial(_load, "length", "Length"),
    "linguistic": partial(_load, "linguistic", "Linguistic"),
    "nearest-mean": partial(_load, "nearest_mean", "NearestMean"),
    "linear-probe": partial(_load, "linear_probe", "LinearProbe"),
    "multilayer-probe": partial(_load, "multilayer_probe", "MultilayerProbe"),
    "intermediate-probe": partial(_load, "intermediate_probe", "IntermediateProbe"),
    "caption-density": partial(_load, "caption_density", "CaptionDensity"),
    "density-probe": partial(_load, "density_probe", "DensityProbe"),
    "finetuned-transformer": partial(_load, "finetuned_transformer", "FinetunedTransformer"),
    "adapted-minilm": partial(_load, "adapted_minilm", "AdaptedMiniLM"),
    "transfer-probe": partial(_load, "transfer_probe", "TransferProbe"),
    "ensemble": partial(_load, "ensemble", "Ensemble"),
    "image-probe": partial(_load, "image_probe", "ImageProbe"),
    "correlation-cnn": partial(_load, "correlation_cnn", "CorrelationCNN"),
}
"""Name -> what loads the class; heavy imports wait until it is called."""


def predictor_class(name: str) -> type[Predictor]:
    """The class behind a key of ``PREDICTORS``.

    Raises:
        PPPError: for an unknown name, with the near ones.

    Example:
        >>> predictor_class("linear-probe").reads
        'last'
    """
    if name not in PREDICTORS:
        raise unknown_name("predictor", name, PREDICTORS)
    return PREDICTORS[name]()
