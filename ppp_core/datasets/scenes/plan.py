"""Which prompts there are, what is in each picture, and what it is worth: arrays alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import PPPError, unknown_name
from .draws import bell, choices, mixed, orders
from .grammar import FACTORS, prompt_of, recipe
from .known import need_effect

COUNTS = (0, 1, 2, 3, 4, 5, 6)
"""How many factors a prompt names: each as often as the others."""

_MAX_VALUES = 5_000_000
_SUBJECTS, _NAMED, _SAID, _DRAWN, _NOISE, _VARIANT = range(6)


@dataclass(frozen=True)
class Scene:
    """All that decides a picture.

    Attributes:
        subject: one of the recipe's.
        colour, number, size, position, setting, light, weather, palette, style: a level of each factor.
        painter: whose hand.
        variant: decides the rest: which way the subject faces, its pattern, clouds, the place of each tree.
    """

    subject: str
    colour: str
    number: str
    size: str
    position: str
    setting: str
    light: str
    weather: str
    palette: str
    style: str
    painter: str = "smooth"
    variant: int = 0

    def __post_init__(self) -> None:
        words = recipe()
        words.subject(self.subject)
        for factor in FACTORS:
            words.level(factor, getattr(self, factor))
        if self.painter not in words.painters:
            raise unknown_name("painter", self.painter, words.painters)


@dataclass(frozen=True)
class Plan:
    """A set of scenes as whole numbers: n prompts, p painters, s seeds, 9 factors.

    Attributes:
        painters: p names.
        subject: which subject, int64 of shape (n,).
        named: whether the prompt names the factor, bool of shape (n, 9).
        said: the level that it names, or would, int64 of shape (n, 9).
        drawn: the level in each picture, int64 of shape (n, p, s, 9).
        values: what each is worth on ``scenes/known``, float64 of shape (n, p, s).
        variant: what else decides each picture, int64 of shape (n, p, s).
    """

    painters: tuple[str, ...]
    subject: np.ndarray
    named: np.ndarray
    said: np.ndarray
    drawn: np.ndarray
    values: np.ndarray
    variant: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Factors that each prompt names, int64 of shape (n,)."""
        return self.named.sum(axis=1)

    @cached_property
    def prompt_ids(self) -> list[str]:
        """``scene-0001`` and so on."""
        return [f"scene-{number:04d}" for number in range(1, len(self.subject) + 1)]

    @cached_property
    def prompts(self) -> list[str]:
        """The prompts' words."""
        subjects, levels = list(recipe().subjects), _level_names()
        return [
            prompt_of(
                subjects[subject],
                {factor: levels[factor][said[place]] for place, factor in enumerate(FACTORS) if named[place]},
            )
            for subject, named, said in zip(self.subject, self.named, self.said, strict=True)
        ]

    def scene(self, prompt: int, painter: int, seed: int) -> Scene:
        """What is in one picture, by positions."""
        levels, where = _level_names(), (prompt, painter, seed)
        drawn = {factor: levels[factor][self.drawn[where][place]] for place, factor in enumerate(FACTORS)}
        subject = list(recipe().subjects)[self.subject[prompt]]
        return Scene(subject, **drawn, painter=self.painters[painter], variant=int(self.variant[where]))


def simulate(
    *,
    n_prompts: int = 245,
    seeds: int = 4,
    painters: Sequence[str] | None = None,
    seed: int = 0,
    effect: float = 1.0,
    counts: Sequence[int] = COUNTS,
) -> Plan:
    """Draws prompts, scenes and their known values, and no picture: milliseconds a set.

    Every count has the same number of prompts (the first ones one more,
        where it does not come out even). Which
    factors a prompt names, and which level of each, is random. Subjects take turns: within a count none
    comes twice before all have come. Every picture has a scene of its own, also the two painters' pictures of
    one prompt and seed.

    Args:
        n_prompts: 1 or more.
        seeds: pictures of each prompt by each painter, 1 or more.
        painters: names; None for all.
        seed: of everything: another seed gives other prompts, scenes and noise.
        effect: multiple of the recipe's effects, 0 to 1.5. At 0 no factor does anything,
            so the variance within
            a prompt is the same however many it names.
        counts: how many factors prompts name, each 0 to 9.

    Raises:
        PPPError: for a number out of range, or an unknown painter.

    Example:
        >>> plan = simulate(n_prompts=14, seeds=3)
        >>> plan.values.shape, plan.counts.tolist()
        ((14, 2, 3), [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6])
        >>> plan.prompts[1], plan.prompts[5]
        ('a single cupcake', 'five green candles in a forest, at night, cold palette')
    """
    names = tuple(recipe().painters) if painters is None else tuple(painters)
    _check(n_prompts, seeds, names, seed, counts)
    effect = need_effect(effect)
    rows, total = np.arange(n_prompts), np.array([len(levels) for levels in recipe().factors.values()])
    count = np.asarray(counts, dtype=np.int64)[rows % len(counts)]
    n_factors = len(FACTORS)
    named = orders(n_prompts, n_factors, seed, _NAMED).argsort(axis=1) < count[:, None]
    said = choices(total, seed, _SAID, rows[:, None], np.arange(n_factors))
    who = np.array([list(recipe().painters).index(name) for name in names], dtype=np.int64)
    address = (rows[:, None, None], who[None, :, None], np.arange(seeds)[None, None, :])
    wide = tuple(part[..., None] for part in address)
    free = choices(total, seed, _DRAWN, *wide, np.arange(n_factors))
    drawn = np.where(named[:, None, None, :], said[:, None, None, :], free)
    subject = _subjects(n_prompts, len(counts), seed)
    return Plan(
        painters=names,
        subject=subject,
        named=named,
        said=said,
        drawn=drawn,
        values=_values(subject, drawn, who, bell(seed, _NOISE, *address), effect),
        variant=(mixed(seed, _VARIANT, *address) >> np.uint64(32)).astype(np.int64),
    )


def _check(n_prompts: int, seeds: int, painters: tuple[str, ...], seed: int, counts: Sequence[int]) -> None:
    for name, number in (("prompt", n_prompts), ("seed", seeds), ("painter", len(painters))):
        if number < 1:
            raise PPPError(f"Scenes need at least one {name}, got {number}.")
    for name in painters:
        if name not in recipe().painters:
            raise unknown_name("painter", name, recipe().painters)
    if len(set(painters)) < len(painters):
        raise PPPError(f"Each painter can be named once, got {', '.join(painters)}.")
    if seed < 0:
        raise PPPError(f"The seed must be 0 or more, got {seed}.")
    if not counts or not all(0 <= count <= len(FACTORS) for count in counts):
        raise PPPError(f"Prompts can name 0 to {len(FACTORS)} factors, got counts {list(counts)}.")
    n_values = n_prompts * len(painters) * seeds
    if n_values > _MAX_VALUES:
        raise PPPError(f"At most {_MAX_VALUES:,} pictures can be planned at once, got {n_values:,}.")


def _subjects(n_prompts: int, n_counts: int, seed: int) -> np.ndarray:
    """Whose turn it is: a random order of all subjects, gone through again and again, count by count."""
    order = orders(1, len(recipe().subjects), seed, _SUBJECTS)[0]
    rows, a_count = np.arange(n_prompts), -(-n_prompts // n_counts)
    return order[(rows % n_counts * a_count + rows // n_counts) % len(order)]


def _values(
    subject: np.ndarray, drawn: np.ndarray, who: np.ndarray, noise: np.ndarray, effect: float
) -> np.ndarray:
    """``scenes/known`` of each picture, shape (n, p, s). Sums of a few decimals: no machine differs."""
    words = recipe()
    base = np.array([one.base for one in words.subjects.values()])
    painter = np.array(list(words.painters.values()))
    value = words.centre + base[subject][:, None, None] + painter[who][None, :, None]
    for place, levels in enumerate(words.factors.values()):
        value = value + effect * np.array([level.effect for level in levels])[drawn[..., place]]
    return (value + words.noise_sd * noise).round(6)


def _level_names() -> dict[str, list[str]]:
    return {factor: [level.name for level in levels] for factor, levels in recipe().factors.items()}
