"""The truth about ``scenes/known``: what each thing adds, and how much variance naming it removes.

A value is ``centre + base(subject) + Σ effect(level drawn) + painter + noise``. A factor that the prompt
names has the same level in every picture; one that it leaves open is drawn anew for each picture, every level
equally likely, independently of all else. So within a prompt

    variance = Σ over open factors of the variance of their levels' effects + painters + noise,

exactly, on average over seeds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...errors import PPPError
from .grammar import FACTORS, recipe

EFFECT = (0.0, 1.5)
"""Smallest and largest multiple of the effects; beyond it values could leave the scale."""


def need_effect(effect: float) -> float:
    """The multiple of the effects, checked. Raises PPPError when it is not from 0 to 1.5."""
    if not EFFECT[0] <= effect <= EFFECT[1]:
        raise PPPError(f"effect must lie on {EFFECT[0]:g} to {EFFECT[1]:g}, got {effect}.")
    return float(effect)


def variance_removed(factor: str, *, effect: float = 1.0) -> float:
    """How much naming a factor takes off the variance between pictures of one prompt.

    Args:
        factor: one of ``FACTORS``.
        effect: multiple of the recipe's effects, as of `make`.

    Raises:
        PPPError: for an unknown factor, or an effect out of range.

    Example:
        >>> variance_removed("light"), variance_removed("position"), variance_removed("light", effect=0.5)
        (3.3, 0.0, 0.825)
    """
    effects = [level.effect for level in recipe().levels(factor)]
    return need_effect(effect) ** 2 * _variance(effects)


def known_variance(named: Collection[str] = (), *, effect: float = 1.0, painters: bool = True) -> float:
    """The variance between pictures of a prompt that names these factors.

    Args:
        named: factors; a mapping from factor to level will do.
        effect: multiple of the recipe's effects, as of `make`.
        painters: whether the difference between the two painters counts; without it this is the variance
            between pictures of one painter, and between those of both with each painter's mean removed.

    Raises:
        PPPError: for an unknown factor, or an effect out of range.

    Example:
        >>> round(known_variance(), 3), round(known_variance(("style",)), 3)
        (32.658, 24.742)
        >>> known_variance(FACTORS, painters=False)
        6.25
    """
    for factor in named:
        recipe().levels(factor)
    need_effect(effect)
    left_open = sum(variance_removed(factor, effect=effect) for factor in FACTORS if factor not in named)
    between = _variance(list(recipe().painters.values())) if painters else 0.0
    return left_open + between + recipe().noise_sd ** 2


def mean_variance(count: int, *, effect: float = 1.0, painters: bool = True) -> float:
    """The variance of prompts naming ``count`` factors, on average over all choices of so many.

    It falls in equal steps from 0 to 9 factors.

    Raises:
        PPPError: for a count that is not from 0 to 9, or an effect out of range.
    """
    if not 0 <= count <= len(FACTORS):
        raise PPPError(f"A prompt names 0 to {len(FACTORS)} factors, got {count}.")
    least = known_variance(FACTORS, effect=effect, painters=painters)
    most = known_variance((), effect=effect, painters=painters)
    return most - (most - least) * count / len(FACTORS)


def known_effect(factor: str, level: str, *, effect: float = 1.0) -> float:
    """What naming a level adds to the expected value of a prompt.

    Raises:
        PPPError: for an unknown factor or level, or an effect out of range.

    Example:
        >>> known_effect("style", "watercolour")
        4.0
    """
    return need_effect(effect) * recipe().level(factor, level).effect


def known_mean(subject: str, named: Mapping[str, str] | None = None, *, effect: float = 1.0) -> float:
    """The value that pictures of a prompt have on average, over seeds and both painters.

    Args:
        subject: one of the recipe's.
        named: level by factor; what is left open adds 0 on average.
        effect: multiple of the recipe's effects, as of `make`.

    Raises:
        PPPError: for an unknown subject, factor or level, or an effect out of range.

    Example:
        >>> known_mean("cat"), known_mean("cat", {"style": "sketch"})
        (54.0, 50.5)
    """
    words = recipe()
    painters = sum(words.painters.values()) / len(words.painters)
    added = sum(known_effect(factor, level, effect=effect) for factor, level in (named or {}).items())
    return words.centre + words.subject(subject).base + painters + added


def _variance(values: list[float]) -> float:
    """Of values that are all equally likely."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)
