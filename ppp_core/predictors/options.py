"""What some predictors need beside prompts and values, when they are fitted."""

from typing import TYPE_CHECKING

from ..errors import PPPError
from . import PREDICTORS, predictor_class
from .base import Predictor

if TYPE_CHECKING:
    from ..encoders import Encoder
    from .reading import Reading


def fit_options(
    kind: type[Predictor], *, encoder: "Encoder | None" = None, captions: "Reading | None" = None
) -> dict[str, object]:
    """More arguments for ``fit``, by what a predictor's class says that it takes.

    ``tunes_encoder``: the encoder, whose model is fine-tuned. ``takes_captions``: known captions other
    than the training prompts, where there are any.

    Args:
        kind: the predictor's class.
        encoder: what embeds the prompts.
        captions: read by that encoder.

    Raises:
        PPPError: on captions for a predictor that takes none.

    Example:
        >>> fit_options(predictor_class("linear-probe"))
        {}
    """
    options: dict[str, object] = {}
    if getattr(kind, "tunes_encoder", False):
        options["encoder"] = encoder
    if captions is not None:
        if not getattr(kind, "takes_captions", False):
            takers = (key for key in PREDICTORS if getattr(predictor_class(key), "takes_captions", False))
            raise PPPError(f"{kind.name} reads no captions of your own. Those that do: {', '.join(takers)}.")
        options["captions"] = captions
    return options
