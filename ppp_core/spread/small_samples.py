"""What few values do to a standard deviation, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def c4(n: ArrayLike) -> np.ndarray:
    """Expected sample standard deviation of n normal values, as a share of the true one.

    Args:
        n: numbers of values, at least 2; fewer give nan.

    Returns:
        In (0, 1), the same shape.

    Reference:
        Holtzman, The unbiased estimate of the population variance and standard deviation, American Journal
        of Psychology 63 (1950); the factor is called c4 in quality control.

    Example:
        >>> c4([2, 5, 10, 100]).round(4).tolist()
        [0.7979, 0.94, 0.9727, 0.9975]
    """
    from scipy.special import gammaln

    n = np.asarray(n, dtype=float)
    n = np.where(n >= 2, n, np.nan)
    return np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2))


def log_variance_bias(df: ArrayLike) -> np.ndarray:
    """Expected log of a normal sample's variance, less the log of the true variance; negative.

    Args:
        df: degrees of freedom, above 0.

    Example:
        >>> log_variance_bias([1, 9, 1000]).round(4).tolist()
        [-1.2704, -0.1152, -0.001]
    """
    from scipy.special import digamma

    df = np.asarray(df, dtype=float)
    return digamma(df / 2) - np.log(df / 2)


def log_variance_noise(df: ArrayLike) -> np.ndarray:
    """Variance of the log of a normal sample's variance.

    Args:
        df: degrees of freedom, above 0.

    Example:
        >>> log_variance_noise([1, 9]).round(4).tolist()
        [4.9348, 0.2487]
    """
    from scipy.special import polygamma

    return polygamma(1, np.asarray(df, dtype=float) / 2)
