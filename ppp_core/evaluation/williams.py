"""Williams' t: do two predictors correlate equally with the same observed values?"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class WilliamsTest:
    """Williams' t for two correlations that share the observed values.

    Attributes:
        t: positive where a correlates more; nan where the test is undefined.
        df: degrees of freedom, n - 3.
        p: two-sided, in [0, 1]; nan where the test is undefined.
    """

    t: float
    df: int
    p: float


def williams(r_a: float, r_b: float, r_ab: float, n: int) -> WilliamsTest:
    """Tests whether two correlations with one common variable are equal.

    Args:
        r_a: Pearson's r of predictor a with the observed values.
        r_b: Pearson's r of predictor b with the observed values.
        r_ab: Pearson's r of the two predictors.
        n: prompts, at least 4.

    Returns:
        The test. Two predictors that are the same up to a positive factor and an offset give t = 0, p = 1.

    Reference:
        Williams, The comparison of regression variables, JRSS B 21 (1959); in the form that Steiger,
        Tests for comparing elements of a correlation matrix, Psychological Bulletin 87 (1980),
        recommends (his T2).

    Example:
        Steiger's example: verbal ability correlates .4 and .5 with two scales that correlate .1, n = 103.

        >>> test = williams(0.4, 0.5, 0.1, 103)
        >>> round(test.t, 2), test.df, round(test.p, 2)
        (-0.89, 100, 0.37)
    """
    from scipy.stats import t as student

    df = n - 3
    if any(map(math.isnan, (r_a, r_b, r_ab))):
        return WilliamsTest(math.nan, df, math.nan)
    determinant = max(0.0, 1 - r_a**2 - r_b**2 - r_ab**2 + 2 * r_a * r_b * r_ab)
    noise = 2 * (n - 1) / df * determinant + ((r_a + r_b) / 2) ** 2 * (1 - r_ab) ** 3
    if math.isclose(r_ab, 1.0, abs_tol=1e-12) and math.isclose(r_a, r_b, abs_tol=1e-6):
        return WilliamsTest(0.0, df, 1.0)
    if noise <= 1e-14 or r_ab <= -1:
        return WilliamsTest(math.nan, df, math.nan)
    t = (r_a - r_b) * math.sqrt((n - 1) * (1 + r_ab) / noise)
    return WilliamsTest(t, df, float(2 * student.sf(abs(t), df)))
