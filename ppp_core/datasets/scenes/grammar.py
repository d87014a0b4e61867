"""What a scene is made of, and how a prompt tells of it. The words and effects stand in the recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from ...errors import PPPError, unknown_name

RECIPE = Path(__file__).parents[3] / "data" / "scenes" / "recipe.json"

FACTORS = ("colour", "number", "size", "position", "setting", "light", "weather", "palette", "style")
"""What a prompt may name beside its subject, in the order in which it is said."""


@dataclass(frozen=True)
class Level:
    """One thing that a factor can be.

    Attributes:
        name: such as ``"night"``.
        phrase: as it is said in a prompt, such as ``"at night"``.
        effect: what it adds to ``scenes/known``; those of one factor add up to 0.
    """

    name: str
    phrase: str
    effect: float


@dataclass(frozen=True)
class Subject:
    """A thing that can be drawn.

    Attributes:
        name: one of it, such as ``"mouse"``.
        plural: several, such as ``"mice"``.
        group: animals, food, things, vehicles or places.
        base: what it adds to ``scenes/known``.
    """

    name: str
    plural: str
    group: str
    base: float


@dataclass(frozen=True)
class Recipe:
    """The words of the scenes and what each does to ``scenes/known``.

    Attributes:
        version: raised when words, effects or pictures change.
        low, high: bounds of ``scenes/known``; no value ever comes near them.
        centre: where its values lie, on average over levels.
        noise_sd: standard deviation of what nothing explains.
        painters: what each adds.
        factors: levels by factor.
        subjects: by name.
    """

    version: str
    low: float
    high: float
    centre: float
    noise_sd: float
    painters: Mapping[str, float]
    factors: Mapping[str, tuple[Level, ...]]
    subjects: Mapping[str, Subject]

    def levels(self, factor: str) -> tuple[Level, ...]:
        """The levels of a factor. Raises PPPError for an unknown factor."""
        if factor not in self.factors:
            raise unknown_name("factor", factor, self.factors)
        return self.factors[factor]

    def level(self, factor: str, name: str) -> Level:
        """A level by its name. Raises PPPError for an unknown factor or level."""
        for level in self.levels(factor):
            if level.name == name:
                return level
        raise unknown_name(f"level of {factor}", name, [level.name for level in self.levels(factor)])

    def subject(self, name: str) -> Subject:
        """A subject by its name. Raises PPPError for an unknown one."""
        if name not in self.subjects:
            raise unknown_name("subject", name, self.subjects)
        return self.subjects[name]


@cache
def recipe() -> Recipe:
    """The recipe that comes with PPP.

    Example:
        >>> recipe().level("light", "night").phrase, recipe().subject("mouse").plural
        ('at night', 'mice')
    """
    try:
        told = json.loads(RECIPE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PPPError(f"The recipe of Scenes, {RECIPE}, is not there or broken. Fetch PPP again.") from error
    factors = {
        factor: tuple(Level(name, **level) for name, level in levels.items())
        for factor, levels in told.pop("factors").items()
    }
    subjects = {name: Subject(name, **subject) for name, subject in told.pop("subjects").items()}
    return Recipe(
        painters=MappingProxyType(told.pop("painters")),
        factors=MappingProxyType({factor: factors[factor] for factor in FACTORS}),
        subjects=MappingProxyType(subjects),
        **told,
    )


def prompt_of(subject: str, named: Mapping[str, str]) -> str:
    """A prompt that names a subject and some of its factors.

    A subject whose number is left open has no article: "cat" may be one or several, "a cat" may not.

    Args:
        subject: one of the recipe's.
        named: level by factor.

    Raises:
        PPPError: for an unknown subject, factor or level.

    Example:
        >>> prompt_of("apple", {"number": "three", "setting": "kitchen", "size": "large", "weather": "rain"})
        'three large apples in a kitchen, rain'
        >>> prompt_of("owl", {"number": "one", "light": "night"}), prompt_of("mouse", {"colour": "red"})
        ('a single owl, at night', 'red mouse')
    """
    words = recipe()
    thing = words.subject(subject)
    said = {factor: words.level(factor, level).phrase for factor, level in named.items()}
    many = named.get("number", "one") != "one"
    head = [said.get(factor) for factor in ("number", "size", "colour")]
    noun = " ".join(word for word in (*head, thing.plural if many else thing.name) if word)
    place = " ".join(word for word in (noun, said.get("setting")) if word)
    rest = [said.get(factor) for factor in ("position", "light", "weather", "palette", "style")]
    return ", ".join(phrase for phrase in (place, *rest) if phrase)
