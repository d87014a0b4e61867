"""Do intervals hold what they promise? The share of observed values inside, overall and by group."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError


@dataclass(frozen=True)
class Coverage:
    """How often observed values lie inside their predicted intervals.

    Attributes:
        group: the group's name; ``"all"`` for everything.
        n: prompts.
        inside: share of observed values inside, ends included, in [0, 1].
        low: lower end of the 95 % Wilson interval of that share.
        high: upper end of it.
        width: mean width of the predicted intervals, in the target's unit.
    """

    group: str
    n: int
    inside: float
    low: float
    high: float
    width: float

    def as_dict(self) -> dict:
        """The fields as plain values."""
        return asdict(self)


def coverage(
    observed: ArrayLike, low: ArrayLike, high: ArrayLike, groups: Sequence[str] | None = None
) -> list[Coverage]:
    """The coverage of predicted intervals, over all prompts and within groups.

    Coverage can be right over all and wrong for long prompts: give groups to see it.

    Args:
        observed: shape (n,).
        low: lower ends of the predicted intervals, shape (n,).
        high: upper ends, shape (n,), none below its lower end.
        groups: a name for each prompt, such as ``"short"`` or ``"long"``.

    Returns:
        ``"all"`` first, then each group in the order of its first prompt.

    Raises:
        PPPError: shapes that differ, no prompts, missing values, ends in the wrong order.

    Reference:
        Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    Example:
        >>> for part in coverage([1, 2, 3, 9], [0, 0, 0, 0], [4, 4, 4, 4], ["low", "low", "high", "high"]):
        ...     print(part.group, part.n, part.inside, part.width)
        all 4 0.75 4.0
        low 2 1.0 4.0
        high 2 0.5 4.0
    """
    observed, low, high = (np.asarray(values, dtype=float) for values in (observed, low, high))
    _check(observed, low, high, groups)
    inside = (low <= observed) & (observed <= high)
    parts = {"all": np.ones(len(observed), dtype=bool)}
    if groups is not None:
        names = np.array([str(name) for name in groups])
        parts |= {name: names == name for name in dict.fromkeys(names.tolist())}
    return [_one(name, inside[mask], (high - low)[mask]) for name, mask in parts.items()]


def _one(group: str, inside: np.ndarray, widths: np.ndarray) -> Coverage:
    from scipy.stats import binomtest

    share = binomtest(int(inside.sum()), len(inside)).proportion_ci(method="wilson")
    return Coverage(
        group, len(inside), float(inside.mean()), float(share.low), float(share.high), float(widths.mean())
    )


def _check(observed: np.ndarray, low: np.ndarray, high: np.ndarray, groups: Sequence[str] | None) -> None:
    shapes = f"observed {observed.shape}, low {low.shape} and high {high.shape}"
    if observed.ndim != 1 or not observed.shape == low.shape == high.shape:
        raise PPPError(f"coverage needs three vectors of one length, got {shapes}.")
    if not len(observed):
        raise PPPError("coverage needs at least one prompt, got none.")
    if groups is not None and len(groups) != len(observed):
        raise PPPError(f"coverage needs a group for each of {len(observed)} prompts, got {len(groups)}.")
    if groups is not None and "all" in {str(name) for name in groups}:
        raise PPPError("coverage uses the name 'all' for all prompts; call that group something else.")
    missing = int((np.isnan(observed) | np.isnan(low) | np.isnan(high)).sum())
    if missing:
        raise PPPError(f"coverage needs every value, got {missing} prompts with a missing one.")
    if (low > high).any():
        where = int(np.flatnonzero(low > high)[0])
        raise PPPError(f"coverage needs low <= high, got {low[where]} > {high[where]} at position {where}.")
