"""The trained predictors that come with PPP, found by their target."""

from functools import cache
from pathlib import Path

from ..errors import PPPError, unknown_name
from .artefact import load_trained, read_card
from .trained import TrainedPredictor

MODELS = Path(__file__).parents[2] / "data" / "models"
DEFAULT_TARGET = "ppp/alignment"


@cache
def shipped_targets() -> tuple[str, ...]:
    """Targets that a predictor is shipped for; the default first, then by name."""
    names = {folder_of(card["target"]["name"]): card["target"]["name"] for card in shipped_cards()}
    return tuple(sorted(names.values(), key=lambda name: (name != DEFAULT_TARGET, _data_order(name), name)))


def _data_order(target: str) -> int:
    order = ("ppp/", "pqpp/hbpp", "genai-bench", "agiqa-3k", "pqpp")
    return next((place for place, start in enumerate(order) if target.startswith(start)), len(order))


def shipped_cards() -> list[dict]:
    """The cards of all shipped predictors."""
    return [read_card(path.parent) for path in sorted(MODELS.glob("*/card.json"))]


def folder_of(target: str) -> str:
    """Name of the folder of a target's predictor: slashes become dashes."""
    return target.replace("/", "-")


@cache
def load_shipped(target: str) -> TrainedPredictor:
    """The shipped predictor of a target; read once a process.

    Raises:
        PPPError: for a target that none is shipped for, with the near names.
    """
    if target not in shipped_targets():
        raise unknown_name("target", target, shipped_targets())
    return load_trained(MODELS / folder_of(target))


def find_trained(name: str) -> TrainedPredictor:
    """The shipped predictor of a target, or the one in a folder that `save_trained` wrote.

    Raises:
        PPPError: when there is neither, or the folder's predictor is damaged or reads pictures.
    """
    if name not in shipped_targets() and Path(name).is_dir():
        found = load_trained(name)
        if found.predictor.reads == "images":
            raise PPPError(
                f"The predictor in {name} reads pictures, and `ppp score` has none. Use `ppp after`."
            )
        return found
    return load_shipped(name)
