"""An experiment in pairs, planned: the same prompts and seeds drawn without and with a modifier.

What people have published are different prompts with few and with many modifiers, so anything else that
differs between those prompts may be what makes the images vary. Here nothing differs but the modifier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from .experiment_words import share
from .joining import RULE, has, join
from .power import Power, power_of_plan

if TYPE_CHECKING:
    import pandas as pd

DESIGNS = {
    "each": "Each modifier by itself, against the same prompt and seed without any",
    "factorial": "Every combination of the modifiers, so that what they do together can be seen",
}
COLUMNS = ("run", "pair_id", "base_prompt", "modifier", "arm", "prompt", "seed", "score")
WITHOUT, WITH = "without", "with"
TOGETHER = " + "
"""Between the modifiers of one image."""

MOST_FACTORS = 5
MOST_IMAGES = 1_000_000


@dataclass(frozen=True)
class Plan:
    """What to draw, in which order, and what that can find.

    Attributes:
        runs: one row an image to draw, in random order: run (from 1), pair_id (images with one pair_id have
            prompt and seed in common), base_prompt, modifier (empty without; several joined by " + "),
            arm ("without" or "with"), prompt (to be drawn), seed (to be set), score (empty, to be filled
            in), and generator where one was named.
        modifiers: as asked.
        design: key of `DESIGNS`.
        n_prompts, n_seeds: base prompts, and seeds a base prompt.
        power: what the plan can find.
        notes: what was assumed or left out, one sentence each.
    """

    runs: pd.DataFrame
    modifiers: tuple[str, ...]
    design: str
    n_prompts: int
    n_seeds: int
    power: Power
    notes: tuple[str, ...]

    @property
    def n_images(self) -> int:
        """Images to draw."""
        return len(self.runs)

    @property
    def answer(self) -> str:
        """What the plan can find, in a sentence."""
        power, spread = self.power, abs(100 * (1 - self.power.ratio))
        prompts = "1 prompt" if self.n_prompts == 1 else f"{self.n_prompts:,} prompts"
        return (
            f"{self.n_images:,} images ({prompts}, {self.n_seeds} seeds each) find an effect of "
            f"{abs(power.effect):g} SD on the mean in {share(power.mean)} of such experiments, and "
            f"{spread:.0f} % {'less' if power.ratio < 1 else 'more'} spread in {share(power.spread)}."
        )

    def as_dict(self) -> dict:
        """All but the runs, as plain values."""
        return {
            "answer": self.answer,
            "modifiers": list(self.modifiers),
            "design": self.design,
            "n_prompts": self.n_prompts,
            "n_seeds": self.n_seeds,
            "n_images": self.n_images,
            "power": self.power.as_dict(),
            "notes": list(self.notes),
        }


def plan_experiment(
    prompts: Sequence[str],
    modifiers: Sequence[str],
    *,
    seeds: int = 4,
    seed: int = 0,
    design: str = "each",
    generator: str = "",
    effect: float = 0.5,
    ratio: float = 0.8,
    correlation: float = 0.0,
    slope_sd: float = 0.25,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Plan:
    """A balanced plan: every base prompt with the same seeds without and with every modifier.

    A base prompt that holds one of the modifiers already is left out, and so is a repeated one. Every base
    prompt has seeds of its own, which all of its arms share. The order is random over the whole file, so
    that whatever drifts while images are drawn or rated falls on all arms alike.

    Args:
        prompts: base prompts, without the modifiers.
        modifiers: one or more, such as ``"oil painting"``.
        seeds: images a prompt and arm, at least 2; 3 and more tell of the spread of each prompt.
        seed: of the order and of the seeds to draw with; the same gives the same plan.
        design: key of `DESIGNS`.
        generator: its name for a column of its own; empty for none.
        effect: on the mean to be found, in standard deviations between images of one prompt.
        ratio: of the standard deviations with and without a modifier to be found; .8 is 20 % less spread.
        correlation: between the two scores of a pair, if the same seed makes images alike; 0 is careful.
        slope_sd: how much the effect on the mean differs between prompts, in the unit of ``effect``.
        alpha: two-sided level; divided by the number of modifiers for the power that is told.
        power: that is wanted.

    Returns:
        The plan, with its power.

    Raises:
        PPPError: no prompts or modifiers, repeated or empty modifiers, an unknown design, too few seeds,
            an effect, ratio, correlation, slope or power that cannot be, or more than a million images.

    Example:
        >>> plan = plan_experiment(["a cat", "a dog --ar 3:2"], ["oil painting"], seeds=2)
        >>> plan.runs.shape, sorted(set(plan.runs["prompt"]))[1]
        ((8, 8), 'a cat, oil painting')
    """
    modifiers = _checked(modifiers, design)
    _check_numbers(effect=effect, ratio=ratio, power=power, slope_sd=slope_sd, correlation=correlation)
    bases, notes = _bases(prompts, modifiers)
    if seeds < 2:
        raise PPPError(f"An experiment needs at least 2 seeds a prompt and arm, got {seeds}.")
    arms = _arms(modifiers, design)
    if len(bases) * seeds * len(arms) > MOST_IMAGES:
        raise PPPError(
            f"The plan would have {len(bases) * seeds * len(arms):,} images; at most {MOST_IMAGES:,} were "
            "wanted. Take fewer prompts, seeds or modifiers."
        )
    told = power_of_plan(
        len(bases),
        seeds,
        effect=effect,
        ratio=ratio,
        correlation=correlation,
        slope_sd=slope_sd,
        alpha=alpha / len(modifiers),
        wanted=power,
        strata=len(arms) // 2 if design == "factorial" else 1,
    )
    runs = _runs(bases, arms, seeds, seed, generator)
    notes += _assumed(len(bases), seeds, modifiers, design, correlation, slope_sd, alpha)
    return Plan(runs, modifiers, design, len(bases), seeds, told, tuple(notes))


def _checked(modifiers: Sequence[str], design: str) -> tuple[str, ...]:
    if design not in DESIGNS:
        raise unknown_name("design", design, DESIGNS)
    wanted = tuple(modifier.strip(" \t\n,;") for modifier in modifiers)
    if not wanted or not all(wanted):
        raise PPPError(
            f"An experiment needs one or more modifiers that say something, got {list(modifiers)}."
        )
    if len({modifier.casefold() for modifier in wanted}) < len(wanted):
        raise PPPError(f"Every modifier is wanted once, got {', '.join(wanted)}.")
    if joined := [modifier for modifier in wanted if TOGETHER in modifier]:
        raise PPPError(f"A modifier must not hold {TOGETHER!r}, which joins several, got {joined[0]!r}.")
    if design == "factorial" and len(wanted) > MOST_FACTORS:
        raise PPPError(f"A factorial plan takes at most {MOST_FACTORS} modifiers, got {len(wanted)}.")
    return wanted


def _check_numbers(**numbers: float) -> None:
    for name, came in numbers.items():
        if not math.isfinite(came):
            raise PPPError(f"{name} needs to be a finite number, got {came:g}.")
    if abs(numbers["correlation"]) >= 1:
        raise PPPError(f"correlation needs to lie between -1 and 1, got {numbers['correlation']:g}.")


def _bases(prompts: Sequence[str], modifiers: tuple[str, ...]) -> tuple[list[str], list[str]]:
    notes, kept = [], list(dict.fromkeys(text.strip() for text in prompts if text.strip()))
    if left := len(prompts) - len(kept):
        notes.append(f"{_count(left, 'prompt')} left out for being empty or there twice.")
    free = [text for text in kept if not any(has(text, modifier) for modifier in modifiers)]
    if left := len(kept) - len(free):
        notes.append(f"{_count(left, 'prompt')} left out for holding one of the modifiers already.")
    if not free:
        raise PPPError(
            f"An experiment needs base prompts without the modifiers, got {len(prompts)} prompts and none of "
            "that kind left."
        )
    return free, notes


def _arms(modifiers: tuple[str, ...], design: str) -> list[tuple[str, ...]]:
    if design == "each":
        return [(), *((modifier,) for modifier in modifiers)]
    return [arm for size in range(len(modifiers) + 1) for arm in combinations(modifiers, size)]


def _runs(
    bases: list[str], arms: list[tuple[str, ...]], seeds: int, seed: int, generator: str
) -> pd.DataFrame:
    import pandas as pd

    random = np.random.default_rng(seed)
    numbers = random.choice(2**31 - 1, size=(len(bases), seeds), replace=False).tolist()
    width, wide = len(str(len(bases))), len(str(seeds))
    texts = {(base, arm): _drawn(base, arm) for base in bases for arm in arms}
    rows = [
        {
            "pair_id": f"p{i + 1:0{width}d}-s{j + 1:0{wide}d}",
            "base_prompt": base,
            "modifier": TOGETHER.join(arm),
            "arm": WITH if arm else WITHOUT,
            "prompt": texts[base, arm],
            "seed": numbers[i][j],
        }
        for i, base in enumerate(bases)
        for j in range(seeds)
        for arm in arms
    ]
    runs = pd.DataFrame(rows).iloc[random.permutation(len(rows))].reset_index(drop=True)
    runs.insert(0, "run", np.arange(1, len(runs) + 1))
    runs["score"] = np.full(len(runs), np.nan)
    return runs.assign(generator=generator) if generator else runs


def _drawn(base: str, arm: tuple[str, ...]) -> str:
    for modifier in arm:
        base = join(base, modifier)
    return base


def _assumed(n_prompts, seeds, modifiers, design, correlation, slope_sd, alpha) -> list[str]:
    notes = [
        RULE,
        "Draw the runs in their order, each with its seed and everything else the same; rate them without "
        "knowing the arm; write the ratings into the column score.",
        f"Power: two-sided t tests over {'the pairs' if n_prompts == 1 else 'the prompts'} at level {alpha:g}"
        + (f" / {len(modifiers)} modifiers, which is careful" if len(modifiers) > 1 else "")
        + f"; normal scores, correlation {_minus(correlation)} within a pair"
        + (f", effect differing between prompts with SD {slope_sd:g}." if n_prompts > 1 else "."),
    ]
    if n_prompts == 1:
        notes.append("With one base prompt, what is found holds for that prompt alone.")
    if seeds < 3:
        notes.append("With 2 seeds, a prompt says next to nothing of its spread; 4 to 8 are better.")
    if design == "factorial" and len(modifiers) > 1:
        notes.append("Every modifier is judged over all combinations of the others, so more images count.")
    return notes


def _minus(number: float) -> str:
    return f"{number:g}".replace("-", "−")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
