"""Prompt to predicted performance: the baseline first, then what learns more."""

from collections.abc import Callable

from ..errors import unknown_name
from .base import Predictor


def _length() -> type[Predictor]:
    from .length import Length

    return Length


def _linguistic() -> type[Predictor]:
    from .linguistic import Linguistic

    return Linguistic


def _linear_probe() -> type[Predictor]:
    from .linear_probe import LinearProbe

    return LinearProbe


def _multilayer_probe() -> type[Predictor]:
    from .multilayer_probe import MultilayerProbe

    return MultilayerProbe


PREDICTORS: dict[str, Callable[[], type[Predictor]]] = {
    "length": _length,
    "linguistic": _linguistic,
    "linear-probe": _linear_probe,
    "multilayer-probe": _multilayer_probe,
}


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
