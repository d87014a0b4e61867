"""How many images it takes to tell which of two prompts does better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError
from .experiment_words import interval, share
from .power import MOST, required_prompts, t_power

if TYPE_CHECKING:
    import pandas as pd

    from ..datasets import DataSet

_ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class ImagesNeeded:
    """How many images a prompt.

    Attributes:
        difference: between the two prompts' true means, in the target's unit.
        sd_a, sd_b: standard deviation between images of the first and of the second prompt.
        chance: that is wanted.
        for_order: images a prompt with which the better prompt has the higher mean with that chance; None
            where ten thousand are not enough.
        for_power: images a prompt with which a two-sided test finds the difference with that chance.
        for_random: images a prompt with which two prompts taken at random from the data are put in the right
            order with that chance; None where unknown or not to be had.
        curve: images, right_order (chance that the better prompt has the higher mean), power, and, of a data
            set, random_pairs (the same chance for two of its prompts taken at random).
        notes: what was assumed, one sentence each.
    """

    difference: float
    sd_a: float
    sd_b: float
    chance: float
    for_order: int | None
    for_power: int | None
    for_random: int | None
    curve: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The numbers in a sentence."""
        sd = f"{self.sd_a:.3g}" if self.sd_a == self.sd_b else f"{self.sd_a:.3g} and {self.sd_b:.3g}"
        return (
            f"For two prompts that differ by {self.difference:.3g} (images of one prompt: SD {sd}), the "
            f"better one has the higher mean with a chance of {share(self.chance)} from "
            f"{_images(self.for_order)} a prompt on; a test finds the difference with that chance from "
            f"{_images(self.for_power)} on."
        )

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from ..evaluation.results import plain

        numbers = ("difference", "sd_a", "sd_b", "chance", "for_order", "for_power", "for_random")
        return plain(
            {
                "answer": self.answer,
                **{name: getattr(self, name) for name in numbers},
                "curve": self.curve.to_dict(orient="records"),
                "notes": list(self.notes),
            }
        )


@dataclass(frozen=True)
class ScoresSoFar:
    """Two prompts by the scores of their images so far.

    Attributes:
        difference: mean of the first less that of the second, with Welch's interval.
        low, high: of it.
        p: two-sided, that they are equal.
        better: ``"a"`` or ``"b"`` where the interval leaves 0 out, else ``"unsettled"``.
        chance_a_better: chance that the first prompt's true mean is higher, where nothing was known before.
        more: further images a prompt that a test is likely to need, if the difference and the spread are what
            they look like; 0 where the interval leaves 0 out; None where they look alike.
        n_a, n_b: scores.
        notes: one sentence each.
    """

    difference: float
    low: float
    high: float
    p: float
    better: str
    chance_a_better: float
    more: int | None
    n_a: int
    n_b: int
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """Which is better, how sure, and what remains to be done."""
        ahead, sure = ("A", self.chance_a_better) if self.difference >= 0 else ("B", 1 - self.chance_a_better)
        told = f"{ahead} is ahead by {abs(self.difference):.3g}"
        told += f" (A less B {interval(self.difference, self.low, self.high, '+.3g')})"
        if self.better != "unsettled":
            wrong = share(1 - sure, 1)
            return f"{told}: {self.better.upper()} is better; chance that it is not: {wrong}."
        rest = (
            "the scores are too much alike to say how many more images it takes"
            if self.more is None
            else f"about {_images(self.more, 'more ')} a prompt should settle it, if it is as it looks"
        )
        return f"{told}, not settled: the chance that {ahead} is better is {share(sure)}; {rest}."

    def as_dict(self) -> dict:
        """The fields as plain values; undefined numbers are None."""
        from dataclasses import asdict

        from ..evaluation.results import plain

        return plain({"answer": self.answer, **asdict(self)})


def images_needed(
    difference: float,
    sd: float | tuple[float, float],
    *,
    chance: float = 0.8,
    alpha: float = 0.05,
    correlation: float = 0.0,
) -> ImagesNeeded:
    """How many images of each of two prompts, with normal scores.

    Args:
        difference: between the prompts' true means.
        sd: between images of one prompt, in the same unit; two numbers where the prompts differ.
        chance: wanted, above one half and below 1.
        alpha: two-sided level of the test.
        correlation: between the two images of a pair, if both prompts are drawn with the same seeds; 0 for
            seeds of their own. With any other, the test is the paired one.

    Returns:
        The numbers.

    Raises:
        PPPError: for an impossible argument.

    Example:
        >>> found = images_needed(0.5, 1.0)
        >>> found.for_order, found.for_power
        (6, 64)
    """
    sd_a, sd_b = (sd, sd) if isinstance(sd, int | float) else sd
    difference = abs(float(difference))
    _check(difference, float(sd_a), float(sd_b), chance, alpha, correlation)
    apart = math.sqrt(sd_a**2 + sd_b**2 - 2 * correlation * sd_a * sd_b)  # of one pair

    def order(k: int) -> float:
        return NormalDist().cdf(difference * math.sqrt(k) / apart) if apart else 1.0

    def power(k: int) -> float:
        return _test_power(difference, apart, sd_a, sd_b, k, alpha, paired=correlation != 0)

    test = "paired t test" if correlation else "Welch's t test"
    notes = (
        f"Normal scores, one score an image; power by the two-sided {test} at level {alpha:g}.",
        "The higher mean being right is far less than a test finding it: at no difference it is a coin toss.",
        *(
            (f"Both prompts are drawn with the same seeds; correlation {correlation:g}.",)
            if correlation
            else ()
        ),
    )
    return ImagesNeeded(
        difference=difference,
        sd_a=float(sd_a),
        sd_b=float(sd_b),
        chance=chance,
        for_order=1 if order(1) >= chance else required_prompts(order, chance),
        for_power=required_prompts(power, chance),
        for_random=None,
        curve=_curve(order, power),
        notes=notes,
    )


def images_needed_for(
    dataset: DataSet,
    target: str | None = None,
    *,
    difference: float | None = None,
    chance: float = 0.8,
    alpha: float = 0.05,
    resamples: int = 200,
) -> ImagesNeeded:
    """The same with the spreads of a data set: one generator, whose images differ by seed.

    Where the data cannot tell seeds from what prompts do with single generators, both count as spread, so
    the numbers are too high for one generator.

    Args:
        dataset: with several rated images a prompt.
        target: one of its targets' names; None for its main one.
        difference: in the target's unit; None for the typical one: that of two of its prompts at random,
            2 / √π times the standard deviation between prompts.
        chance: wanted, above one half and below 1.
        alpha: two-sided level of the test.
        resamples: of the components' intervals, which are not used here.

    Returns:
        The numbers, with those for two prompts at random.

    Raises:
        PPPError: when the data does not tell, or for an impossible argument.
    """
    from .components import variance_components

    target = dataset.card.targets[0].name if target is None else target
    found = variance_components(dataset, target, resamples=resamples)
    between, within = found.variance("prompt"), found.variance("seed")
    if not between > 0 or not within > 0:
        raise PPPError(
            f"{target}: the variance between prompts, or between images, is estimated as 0; give a "
            "difference and a standard deviation."
        )
    between += (
        found.variance("prompt×generator") if "prompt×generator" in set(found.frame["component"]) else 0.0
    )
    typical = 2 / math.sqrt(math.pi) * math.sqrt(between)
    people = found.variance("rater") / found.n_raters  # of an image's mean rating; nan where unknown
    within += people if math.isfinite(people) else 0.0
    needed = images_needed(
        typical if difference is None else difference, math.sqrt(within), chance=chance, alpha=alpha
    )

    def right(k: int) -> float:
        return 0.5 + math.asin(math.sqrt(between / (between + within / k))) / math.pi

    (own,) = found.frame.loc[[("seed" in name.split(" + ")) for name in found.frame["component"]], "title"]
    told = (
        f"From {found.n_images:,} images of {found.n_prompts:,} prompts of {target}: SD between prompts of "
        f"one generator {math.sqrt(between):.3g}, between images of a prompt {math.sqrt(within):.3g} "
        f"({own.lower()}"
        + (f", each rated by {found.n_raters:.0f} people)." if math.isfinite(people) else ")."),
        *(
            ("The difference is that of two of its prompts at random, on average.",)
            if difference is None
            else ()
        ),
    )
    curve = needed.curve.assign(random_pairs=[right(k) for k in needed.curve["images"]])
    return ImagesNeeded(
        **{
            **{name: getattr(needed, name) for name in needed.__dataclass_fields__},
            "for_random": 1 if right(1) >= chance else required_prompts(right, chance),
            "curve": curve,
            "notes": (*told, *found.notes, *needed.notes),
        }
    )


def compare_scores(
    a: Sequence[float], b: Sequence[float], *, chance: float = 0.8, alpha: float = 0.05
) -> ScoresSoFar:
    """Which of two prompts is better by the scores so far, how sure that is, and how many more it takes.

    Args:
        a, b: scores of images of the first and of the second prompt, at least 2 each; higher is better.
        chance: to settle it with the further images.
        alpha: of the interval, two-sided.

    Returns:
        The comparison.

    Raises:
        PPPError: fewer than 2 scores, or scores that are no finite numbers.

    Example:
        >>> found = compare_scores([3.0, 4, 4, 5], [2.0, 3, 3, 2])
        >>> found.better, round(found.chance_a_better, 3)
        ('a', 0.986)
    """
    from scipy.stats import t, ttest_ind

    first, second = _scores("A", a), _scores("B", b)
    difference = float(first.mean() - second.mean())
    if first.var() + second.var() == 0:
        raise PPPError(
            "All scores of a prompt are equal for both; nothing tells how sure their difference is."
        )
    test = ttest_ind(first, second, equal_var=False)
    ends = test.confidence_interval(1 - alpha)
    low, high = float(ends.low), float(ends.high)
    better = "a" if low > 0 else "b" if high < 0 else "unsettled"
    more: int | None = 0
    if better == "unsettled":
        sds = (float(first.std(ddof=1)), float(second.std(ddof=1)))
        total = images_needed(difference, sds, chance=chance, alpha=alpha).for_power if difference else None
        more = None if total is None else max(total - min(len(first), len(second)), 1)
    notes = (
        "Chance: Welch's t turned round, as if nothing had been known of the prompts before.",
        "Looking after every image and stopping as soon as it is settled makes wrong verdicts more frequent: "
        "set the number of images first.",
    )
    return ScoresSoFar(
        difference,
        low,
        high,
        float(test.pvalue),
        better,
        float(t.cdf(test.statistic, test.df)),
        more,
        len(first),
        len(second),
        notes,
    )


def _test_power(
    difference: float, apart: float, sd_a: float, sd_b: float, k: int, alpha: float, *, paired: bool
) -> float:
    if k < 2:
        return 0.0
    if apart == 0:
        return 1.0
    # Welch and Satterthwaite's degrees of freedom, with as many images of either
    df = k - 1 if paired else (k - 1) * (sd_a**2 + sd_b**2) ** 2 / (sd_a**4 + sd_b**4)
    return t_power(difference * math.sqrt(k) / apart, df, alpha)


def _curve(order, power) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for k in _ROUND:
        rows.append({"images": k, "right_order": order(k), "power": power(k)})
        if rows[-1]["power"] > 0.995:
            break
    return pd.DataFrame(rows)


def _check(
    difference: float, sd_a: float, sd_b: float, chance: float, alpha: float, correlation: float
) -> None:
    for wanted, fulfilled, came in (
        (
            "difference needs to be a number other than 0",
            math.isfinite(difference) and difference > 0,
            difference,
        ),
        ("sd needs to be above 0", math.isfinite(sd_a) and sd_a > 0, sd_a),
        ("sd needs to be above 0", math.isfinite(sd_b) and sd_b > 0, sd_b),
        ("The chance needs to lie between 0.5 and 1, such as 0.8", 0.5 < chance < 1, chance),
        ("alpha needs to lie between 0 and 1, such as 0.05", 0 < alpha < 1, alpha),
        ("correlation needs to lie between -1 and 1", -1 <= correlation <= 1, correlation),
    ):
        if not fulfilled:
            raise PPPError(f"{wanted}, got {came:g}.")


def _scores(name: str, values: Sequence[float]) -> np.ndarray:
    try:
        scores = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise PPPError(f"Scores of {name} need to be numbers: {error}.") from error
    if scores.ndim != 1 or len(scores) < 2 or not np.isfinite(scores).all():
        raise PPPError(f"Prompt {name} needs 2 or more scores that are finite numbers, got {list(values)}.")
    return scores


def _images(number: int | None, more: str = "") -> str:
    if number is None:
        return f"more than {MOST:,} images"
    return f"{number:,} {more}image{'' if number == 1 else 's'}"
