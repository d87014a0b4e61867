"""From what some pictures of a prompt are worth to what the prompt is worth, by how many were seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from .calibration import CONFIDENCE, N_KNOWN
from .seen import Seen

SIZES = (1, 2, 4, 8)
"""Numbers of pictures seen that are calibrated, as far as prompts have as many."""


@dataclass(frozen=True)
class Pooling:
    """What prompts that the predictor never learned from say about its values, by number of pictures seen.

    One picture tells little of its prompt, so the fewer were seen, the more a value is drawn to what the
    words alone let expect.

    Attributes:
        sizes: int, shape (s,), rising: numbers of pictures seen.
        weights: float64, shape (s, 2 + k): a constant, and the shares of the pictures' k columns and of the
            words' value.
        below, above: float64, shape (s,): ends of the 90 % interval minus the value; infinite where too few
            prompts were there to bear an end, which then is the target's bound.
        known: float64, shape (s, 201): quantiles of the values of training prompts.
        image_ends: float64, shape (2,): as below and above, of one picture; NaN where people rated none.
    """

    sizes: np.ndarray
    weights: np.ndarray
    below: np.ndarray
    above: np.ndarray
    known: np.ndarray
    image_ends: np.ndarray

    def row(self, n_images: int) -> int:
        """The row of the largest calibrated number that is not above ``n_images``."""
        return max(int(np.searchsorted(self.sizes, n_images, side="right")) - 1, 0)

    def value(self, pictures: np.ndarray, words: np.ndarray, n_images: int) -> np.ndarray:
        """Values of prompts, (n,), from columns of their pictures, (n, k), and values of their words."""
        return combine(self.weights[self.row(n_images)], pictures, words)

    def interval(self, values: np.ndarray, n_images: int) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the 90 % intervals of prompts' values."""
        row = self.row(n_images)
        return values + self.below[row], values + self.above[row]

    def percentile(self, values: np.ndarray, n_images: int) -> np.ndarray:
        """Share of the training prompts, in percent, that come out lower with as many pictures seen."""
        known = self.known[self.row(n_images)]
        worse, tied = (np.searchsorted(known, values, side=side) for side in ("left", "right"))
        return 100 * (worse + tied) / 2 / len(known)

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as plain arrays."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The pooling whose `arrays` these are."""
        return cls(**arrays)


def combine(weights: np.ndarray, pictures: np.ndarray, words: np.ndarray) -> np.ndarray:
    """A constant, and shares of what the pictures say and of what the words do.

    Args:
        weights: shape (2 + k,): the constant, of the pictures' k columns, of the words.
        pictures: shape (..., n, k).
        words: shape (n,).

    Returns:
        shape (..., n).
    """
    return weights[0] + pictures @ weights[1:-1] + weights[-1] * words


def views(predictor, seen: Seen) -> np.ndarray:
    """What a fitted predictor makes of each prompt's pictures, float64 (n, k): one column, or several."""
    if not hasattr(predictor, "image_views"):
        return predictor.predict(seen)[:, None]
    return means_of(seen, predictor.image_views(seen))


def draw_views(
    predictor, seen: Seen, sizes: Sequence[int], *, draws: int, seed: int
) -> dict[int, np.ndarray]:
    """The same of prompts of which only some pictures are seen, drawn at random.

    Args:
        predictor: a fitted predictor that reads pictures.
        seen: prompts with all their pictures.
        sizes: how many pictures to see; a prompt with fewer shows all.
        draws: random draws of each size.
        seed: of the draws.

    Returns:
        By size, float64, shape (draws, n, k).
    """
    rng = np.random.default_rng(seed)
    drawn = {size: [seen.draw(size, rng) for _ in range(draws)] for size in sizes}
    if not hasattr(predictor, "image_views"):
        return {
            size: np.array([views(predictor, seen.only(chosen)) for chosen in own])
            for size, own in drawn.items()
        }
    known = predictor.image_views(seen)
    return {
        size: np.array([means_of(seen.only(chosen), known[chosen]) for chosen in own])
        for size, own in drawn.items()
    }


def means_of(seen: Seen, columns: np.ndarray) -> np.ndarray:
    """Means over each prompt's pictures, (n, k), of columns (m, k)."""
    return np.column_stack([seen.means(column) for column in columns.T])


def fit_weights(pictures: np.ndarray, words: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Weights, shape (2 + k,), by least squares over all draws; no share is below zero.

    Args:
        pictures: shape (draws, n, k), of drawn pictures.
        words, observed: shape (n,), or (draws, n) where they depend on the draw.
    """
    from scipy.optimize import lsq_linear

    draws, n, k = pictures.shape
    said, wanted = (np.broadcast_to(one, (draws, n)).ravel() for one in (words, observed))
    columns = [np.ones((draws * n, 1)), pictures.reshape(-1, k), said[:, None]]
    lowest = [-np.inf] + [0.0] * (k + 1)
    return lsq_linear(np.hstack(columns), wanted, bounds=(lowest, np.inf)).x


def ends(residuals: np.ndarray, prompt_of: np.ndarray) -> tuple[float, float]:
    """Lower and upper end of the 90 % interval around zero: a prompt counts once, however many its values.

    Args:
        residuals: float, shape (m,): several values of each prompt, which are not independent.
        prompt_of: int, shape (m,): the prompt of each.

    Returns:
        The ends; infinite where there are fewer than 19 prompts, which bear none.

    Reference:
        Lee, Barber and Willett, Distribution-free inference with hierarchical data, 2023: coverage is at
        least 90 % for a random value of another prompt. With one value a prompt this is split conformal
        prediction.

    Example:
        >>> ends(np.arange(1.0, 100.0), np.arange(99)), ends(np.zeros(36), np.arange(36) // 2)
        ((5.0, 95.0), (-inf, inf))
    """
    counts = np.bincount(prompt_of)
    share = 1 / counts[prompt_of] / (np.count_nonzero(counts) + 1)
    return -_upper(-residuals, share), _upper(residuals, share)


def _upper(residuals: np.ndarray, share: np.ndarray) -> float:
    order = np.argsort(residuals)
    reached = np.cumsum(share[order]) >= (1 + CONFIDENCE) / 2 - 1e-9
    return float(residuals[order][reached.argmax()]) if reached.any() else float("inf")


def fit_pooling(
    drawn: Mapping[int, np.ndarray],
    words: np.ndarray,
    observed: np.ndarray,
    *,
    image_residuals: np.ndarray | None = None,
    image_prompts: np.ndarray | None = None,
) -> Pooling:
    """Weights, intervals and quantiles, by number of pictures seen.

    Args:
        drawn: by size, columns of prompts not learned from, shape (draws, n, k).
        words: what their words alone let expect, shape (n,), by models that had not learned from them.
        observed: what people said, shape (n,).
        image_residuals: what people said of single pictures minus what was predicted; None where they rated
            none.
        image_prompts: int, the prompt of each of these pictures; None counts each as a prompt of its own.

    Returns:
        The pooling. Coverage is that of a prompt and a draw at random; the draws of one prompt count as one.
    """
    sizes = sorted(drawn)
    weights = np.array([fit_weights(drawn[size], words, observed) for size in sizes])
    values = [combine(one, drawn[size], words) for one, size in zip(weights, sizes, strict=True)]
    offsets = np.array([_ends_of_draws(observed - one) for one in values])
    image_ends = (np.nan, np.nan)
    if image_residuals is not None:
        of = np.arange(len(image_residuals)) if image_prompts is None else image_prompts
        image_ends = ends(image_residuals, of)
    return Pooling(
        sizes=np.array(sizes),
        weights=weights,
        below=offsets[:, 0],
        above=offsets[:, 1],
        known=np.array([np.quantile(one, np.linspace(0, 1, N_KNOWN)) for one in values]),
        image_ends=np.array(image_ends),
    )


def _ends_of_draws(residuals: np.ndarray) -> tuple[float, float]:
    """`ends` of residuals of shape (draws, n)."""
    draws, n = residuals.shape
    return ends(residuals.ravel(), np.tile(np.arange(n), draws))
