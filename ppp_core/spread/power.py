"""How likely an experiment in pairs is to find an effect, on the mean and on the spread, before it is run.

Unit of everything: the standard deviation between images of one prompt, drawn with different seeds. In a
pair, the same base prompt and seed are drawn without and with a modifier.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import NormalDist

from ..errors import PPPError

MOST = 10_000
"""More prompts or seeds than this are told as "cannot be had"."""


@dataclass(frozen=True)
class Power:
    """What a plan can find.

    Attributes:
        effect: on the mean, in standard deviations between images of one prompt.
        ratio: of the standard deviations with and without the modifier; .8 is 20 % less spread.
        mean: chance to find the effect on the mean.
        spread: chance to find the ratio.
        prompts_for_mean, prompts_for_spread: base prompts that the wanted power needs, with these seeds;
            None where no number of them does.
        seeds_for_mean, seeds_for_spread: seeds a prompt that it needs, with these prompts; None likewise.
        wanted: the power that is aimed at.
        alpha: two-sided level of each test.
    """

    effect: float
    ratio: float
    mean: float
    spread: float
    prompts_for_mean: int | None
    prompts_for_spread: int | None
    seeds_for_mean: int | None
    seeds_for_spread: int | None
    wanted: float
    alpha: float

    def as_dict(self) -> dict:
        """The fields as plain values."""
        return asdict(self)


def mean_power(
    n_prompts: int,
    seeds: int,
    effect: float,
    *,
    correlation: float = 0.0,
    slope_sd: float = 0.25,
    alpha: float = 0.05,
) -> float:
    """Chance to find an effect on the mean: the noncentral t test of the prompts' mean differences.

    Of one prompt, the test is over its pairs, and says nothing of other prompts.

    Args:
        n_prompts: base prompts, at least 1.
        seeds: pairs a prompt, at least 2.
        effect: in standard deviations between images of one prompt.
        correlation: between the two images of a pair, -1 to 1: how much the same seed makes them alike.
        slope_sd: standard deviation of the effect between prompts, in the same unit.
        alpha: two-sided level.

    Returns:
        The power, 0 to 1.

    Raises:
        PPPError: for an impossible argument.

    Example:
        >>> round(mean_power(20, 4, 0.5), 2)
        0.81
    """
    _check(n_prompts, seeds, correlation, alpha)
    _need(slope_sd >= 0, "slope_sd needs to be 0 or more", slope_sd)
    noise = 2 * (1 - correlation)
    if n_prompts == 1:
        return _t_power(effect, math.sqrt(noise), seeds, alpha)
    return _t_power(effect, math.sqrt(slope_sd**2 + noise / seeds), n_prompts, alpha)


def spread_power(
    n_prompts: int, seeds: int, ratio: float, *, correlation: float = 0.0, alpha: float = 0.05
) -> float:
    """Chance to find a ratio of standard deviations: the t test of the prompts' log ratios.

    A prompt's log ratio of two sample variances of normal scores has the variance 2 (ψ′(a) − c), where
    a = (seeds − 1) / 2 and c is the covariance that pairs give the two. With one prompt the test is
    Pitman and Morgan's.

    Args:
        n_prompts: base prompts, at least 1.
        seeds: pairs a prompt, at least 2 (of one prompt 4).
        ratio: standard deviation with the modifier / without, above 0.
        correlation: between the two images of a pair, -1 to 1.
        alpha: two-sided level.

    Returns:
        The power, 0 to 1.

    Raises:
        PPPError: for an impossible argument.

    Example:
        >>> round(spread_power(20, 8, 0.8), 2), round(spread_power(80, 8, 0.8), 2)
        (0.64, 1.0)
    """
    _check(n_prompts, seeds, correlation, alpha)
    _need(ratio > 0, "ratio needs to be above 0", ratio)
    if n_prompts == 1:
        return _one_prompt(seeds, ratio, correlation, alpha)
    return _t_power(math.log(ratio), log_ratio_sd(seeds, correlation), n_prompts, alpha)


def log_ratio_sd(seeds: int, correlation: float = 0.0) -> float:
    """Standard deviation of the log ratio of two sample standard deviations of normal scores in pairs.

    Args:
        seeds: pairs.
        correlation: between the two scores of a pair.

    Example:
        With many pairs it nears sqrt((1 - correlation²) / seeds), here .1.

        >>> round(log_ratio_sd(100), 3)
        0.101
    """
    from scipy.special import polygamma

    a = (seeds - 1) / 2
    covariance, term = 0.0, 1.0
    for k in range(1, 500):  # the coefficients of log x in Laguerre polynomials are -1 / k
        term *= correlation**2 * k / (a + k - 1)
        covariance += term / k**2
    return math.sqrt(max(2 * (float(polygamma(1, a)) - covariance), 0.0)) / 2


def required_prompts(power_of: Callable[[int], float], wanted: float) -> int | None:
    """The fewest prompts, or seeds, for which a power reaches what is wanted; None beyond ten thousand.

    Args:
        power_of: the power with so many; must not fall.
        wanted: 0 to 1.

    Example:
        >>> required_prompts(lambda n: mean_power(n, 4, 0.5), 0.8)
        20
    """
    low, high = 1, 2
    while power_of(high) < wanted:
        low, high = high, high * 2
        if low >= MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= wanted else (middle, high)
    return high


def power_of_plan(
    n_prompts: int,
    seeds: int,
    *,
    effect: float = 0.5,
    ratio: float = 0.8,
    correlation: float = 0.0,
    slope_sd: float = 0.25,
    alpha: float = 0.05,
    wanted: float = 0.8,
    strata: int = 1,
) -> Power:
    """The power of a plan on the mean and on the spread, and what the power that is wanted would need.

    Args:
        n_prompts, seeds, effect, ratio, correlation, slope_sd, alpha: as in `mean_power`, `spread_power`.
        wanted: the power that is aimed at, 0 to 1.
        strata: pairs that every prompt and seed gives, as the other modifiers of a factorial plan do.

    Raises:
        PPPError: for an impossible argument.
    """
    _need(0 < wanted < 1, "power needs to lie between 0 and 1, such as 0.8", wanted)
    _need(effect != 0, "effect needs to differ from 0", effect)
    _need(ratio > 0 and ratio != 1, "ratio needs to be above 0 and differ from 1", ratio)

    def mean(prompts: int, pairs: int) -> float:
        return mean_power(
            prompts, pairs * strata, effect, correlation=correlation, slope_sd=slope_sd, alpha=alpha
        )

    def spread(prompts: int, pairs: int) -> float:
        free = (pairs - 1) * strata  # degrees of freedom: each stratum has a mean of its own
        return spread_power(prompts, free + 1, ratio, correlation=correlation, alpha=alpha)

    fewest = 4 if n_prompts == 1 else 2
    return Power(
        effect=effect,
        ratio=ratio,
        mean=mean(n_prompts, seeds),
        spread=spread(n_prompts, seeds) if seeds >= fewest else 0.0,
        prompts_for_mean=required_prompts(lambda n: mean(n, seeds), wanted),
        prompts_for_spread=required_prompts(lambda n: spread(n, seeds) if n > 1 else 0.0, wanted),
        seeds_for_mean=required_prompts(lambda n: mean(n_prompts, n) if n > 1 else 0.0, wanted),
        seeds_for_spread=required_prompts(lambda n: spread(n_prompts, n) if n >= fewest else 0.0, wanted),
        wanted=wanted,
        alpha=alpha,
    )


def _t_power(effect: float, sd: float, n: int, alpha: float) -> float:
    if sd == 0:
        return float(effect != 0)
    return t_power(abs(effect) / sd * math.sqrt(n), n - 1, alpha)


def t_power(shift: float, df: float, alpha: float) -> float:
    """Power of a two-sided t test.

    Args:
        shift: expected t, 0 or more (the noncentrality).
        df: degrees of freedom, above 0.
        alpha: level.

    Example:
        >>> round(t_power(0.0, 5, 0.05), 3), t_power(80.0, 5, 0.05)
        (0.05, 1.0)
    """
    from scipy.stats import chi2, nct, t

    reach = float(t.isf(alpha / 2, df))
    # far out, scipy's noncentral t loses its digits and then is nan; the numerator's noise is small there
    far = chi2.cdf(df * (shift / reach) ** 2, df)
    above = float(nct.sf(reach, df, shift) if shift < 30 else far)
    below = float(nct.cdf(-reach, df, shift)) if shift < 4 else 0.0
    return min(above + below, 1.0)


def _one_prompt(seeds: int, ratio: float, correlation: float, alpha: float) -> float:
    """Pitman and Morgan: a ratio of variances is a correlation of sum and difference; Fisher's z of that."""
    _need(seeds >= 4, "The spread of one base prompt needs at least 4 seeds", seeds)
    r = (ratio**2 - 1) / math.sqrt((ratio**2 + 1) ** 2 - 4 * correlation**2 * ratio**2)
    if abs(r) >= 1:
        return 1.0
    normal = NormalDist()
    reach, shift = normal.inv_cdf(1 - alpha / 2), math.atanh(abs(r)) * math.sqrt(seeds - 3)
    return normal.cdf(shift - reach) + normal.cdf(-shift - reach)


def _check(n_prompts: int, seeds: int, correlation: float, alpha: float) -> None:
    _need(n_prompts >= 1, "Power needs at least 1 base prompt", n_prompts)
    _need(seeds >= 2, "Power needs at least 2 seeds a prompt", seeds)
    _need(-1 <= correlation <= 1, "correlation needs to lie between -1 and 1", correlation)
    _need(0 < alpha < 1, "alpha needs to lie between 0 and 1, such as 0.05", alpha)


def _need(fulfilled: bool, wanted: str, came: float) -> None:
    if not fulfilled:
        raise PPPError(f"{wanted}, got {came:g}.")
