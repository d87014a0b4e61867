"""Scenes: a simulated data set with a known answer, drawn by PPP itself. Importing this loads no numpy.

Prompts come from a small grammar; whatever a prompt leaves open is drawn at random for each picture, so
naming it takes away variance, by an amount that the recipe tells. ``data/scenes/README.md`` says more.
"""

from importlib import import_module

from .card import CARD
from .grammar import FACTORS, Level, Recipe, Subject, prompt_of, recipe
from .known import known_effect, known_mean, known_variance, mean_variance, variance_removed

_LATER = {
    "COUNTS": "plan",
    "Plan": "plan",
    "SIZE": "drawing",
    "Scene": "plan",
    "draw": "drawing",
    "key": "making",
    "make": "making",
    "scene_of": "drawing",
    "simulate": "plan",
    "sizes": "making",
}
"""Name -> the module that it comes from, which loads numpy: imported when it is first used."""

__all__ = [
    "CARD",
    "COUNTS",
    "FACTORS",
    "SIZE",
    "Level",
    "Plan",
    "Recipe",
    "Scene",
    "Subject",
    "draw",
    "key",
    "known_effect",
    "known_mean",
    "known_variance",
    "make",
    "mean_variance",
    "prompt_of",
    "recipe",
    "scene_of",
    "simulate",
    "sizes",
    "variance_removed",
]


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
