"""Sums over prompts from which variance components, and their bootstrap over prompts, are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sums:
    """What every prompt brings; P prompts, G generators.

    Attributes:
        cells: images of each prompt and generator, (P, G).
        totals: sum of the prompt's images, (P,).
        apart: per prompt and generator, the sum of the images' distances from the prompt's mean, (P, G).
        within: sum of squares about the prompt's mean, (P,).
        inside: sum of squares about the means of prompt and generator, (P,).
        rater: sum over images of the variance between raters, (P,); nan where unknown.
        rated: images whose variance between raters is known, (P,).
        rater_noise: sum over images of that variance / number of raters, (P,); nan where unknown.
    """

    cells: np.ndarray
    totals: np.ndarray
    apart: np.ndarray
    within: np.ndarray
    inside: np.ndarray
    rater: np.ndarray
    rated: np.ndarray
    rater_noise: np.ndarray

    @property
    def n_prompts(self) -> int:
        """Rated prompts."""
        return len(self.cells)

    @property
    def n_generators(self) -> int:
        """Generators with a rated image."""
        return self.cells.shape[1]

    @property
    def n_images(self) -> int:
        """Rated images."""
        return int(self.cells.sum())

    @property
    def n_repeated(self) -> int:
        """Prompts and generators with two images or more."""
        return int((self.cells > 1).sum())

    @property
    def constant(self) -> bool:
        """Whether all images have one value."""
        means = self.totals / self.cells.sum(axis=1)
        return bool(self.within.sum() + np.ptp(means) <= 1e-12 * max(1.0, float(np.abs(means).max())))

    @property
    def _tells_of_seeds(self) -> bool:
        # a handful of repeated images would make a component of noise
        return int((self.cells - 1).clip(min=0).sum()) >= self.n_prompts / 2

    @property
    def _knows_raters(self) -> bool:
        return bool(self.rated.sum() > 0)

    @property
    def _knows_noise(self) -> bool:
        return bool(np.isfinite(self.rater_noise).all())

    def levels(self, name: str) -> int | None:
        """How many there are of what a component is about."""
        known = {
            "prompt": self.n_prompts,
            "generator": self.n_generators,
            "prompt×generator": int((self.cells > 0).sum()),
            "rater": None,
        }
        return known.get(name, self.n_images)

    def freedom(self, name: str) -> float:
        """Degrees of freedom of the variance that a component is estimated from, were all values normal."""
        cells, left = int((self.cells > 0).sum()), self.n_prompts + self.n_generators - 1
        if name == "rater":
            return float("inf")
        known = {
            "prompt": self.n_prompts - 1,
            "generator": self.n_generators - 1,
            "prompt×generator": cells - left,
        }
        within = self.n_images - cells if self._tells_of_seeds else self.n_images - left
        return float(known.get(name, within))

    def estimates(self, counts: np.ndarray) -> dict[str, np.ndarray]:
        """Unbiased variances in resamples of the prompts.

        Args:
            counts: how often each prompt was drawn, shape (resamples, P).

        Returns:
            Component -> shape (2, resamples), in the order of tables: a variance that holds the component and
            noise, and that noise; the estimate is the first less the second. Joined names are what the data
            cannot tell apart.
        """
        solved = self._solve(counts)
        found = {"prompt": solved["prompt"]}
        images, seed = counts @ self.cells.sum(axis=1), solved["seed"]
        noise = counts @ self.rater_noise / images if self._knows_noise else np.zeros(len(counts))
        own = "seed" if self._knows_raters else "seed + rater"
        if self.n_generators > 1:
            found["generator"] = solved["generator"]
            if self._tells_of_seeds:
                found["prompt×generator"] = solved["cell"]
            else:
                own = f"prompt×generator + {own}"
        found[own] = np.stack([seed, noise])
        if self._knows_raters:
            rater = counts @ self.rater / np.maximum(counts @ self.rated, 1)
            found["rater"] = np.stack([rater, np.zeros(len(counts))])
        return found

    def _solve(self, counts: np.ndarray) -> dict[str, np.ndarray]:
        """Sums of squares set equal to their expectations, generators' means fitted first."""
        n, drawn = self.cells.sum(axis=1), counts.sum(axis=1)
        n_generators, share = self.n_generators, self.cells / n[:, None]
        crossed = np.einsum("pg,gh->pgh", self.cells, np.eye(n_generators))
        crossed -= np.einsum("pg,ph->pgh", self.cells, share)  # generators' normal equations, (P, G, G)
        squared = np.einsum("pgh,phk->pgk", crossed, crossed)
        normal, square = (_summed(counts, part) for part in (crossed, squared))
        inverse = np.linalg.pinv(normal, hermitian=True, rcond=1e-10)
        effects = np.einsum("rgh,rh->rg", inverse, counts @ self.apart)
        images = counts @ n
        left = counts @ self.within - np.einsum("rg,rg->r", effects, counts @ self.apart)
        free = images - drawn - (n_generators - 1)
        trace = counts @ np.einsum("pgg->p", crossed) - np.einsum("rgh,rhg->r", inverse, square)
        cells = counts @ (self.cells > 0).sum(axis=1)
        if self._tells_of_seeds and n_generators > 1:
            seed = counts @ self.inside / np.maximum(images - cells, 1)
            inside = counts @ self.inside  # the rest is the interaction's, which other sums do not hold
            both = np.stack([left - inside, (free - images + cells) * seed]) / np.maximum(trace, 1e-12)
        else:
            seed, both = left / np.maximum(free, 1), np.zeros((2, len(counts)))
        cell = both[0] - both[1]
        # how sure the generators' means are, (resamples, G, G)
        unsure = np.einsum(
            "rgh,rhk,rkl->rgl", inverse, square * cell[:, None, None] + normal * seed[:, None, None], inverse
        )
        noise = np.einsum("rgg->r", unsure) / max(n_generators - 1, 1)
        between = (effects**2).sum(axis=1) / max(n_generators - 1, 1)
        means = self.totals / n - effects @ share.T  # (resamples, P)
        spread = _variance(counts, means)
        uneven = np.einsum("rgh,rgh->r", _covariance(counts, share), unsure)
        error = (counts @ (share**2).sum(axis=1) * cell + counts @ (1 / n) * seed) / drawn
        return {
            "prompt": np.stack([spread, error + uneven]),
            "generator": np.stack([between, noise]),
            "cell": both,
            "seed": seed,
        }


def sums_of(images: pd.DataFrame) -> Sums:
    """The sums of rated images.

    Args:
        images: columns prompt_id, generator, value, sd (between raters, nan where unknown), n_raters.
    """
    import pandas as pd

    prompt = pd.factorize(images["prompt_id"])[0]
    generator = pd.factorize(images["generator"])[0]
    value = images["value"].to_numpy(dtype=float) - float(images["value"].mean())
    shape = (prompt.max() + 1, generator.max() + 1)
    cells, sums = np.zeros(shape), np.zeros(shape)
    np.add.at(cells, (prompt, generator), 1.0)
    np.add.at(sums, (prompt, generator), value)
    n, totals = cells.sum(axis=1), sums.sum(axis=1)
    from_prompt = value - (totals / n)[prompt]
    from_cell = value - (sums / np.maximum(cells, 1))[prompt, generator]
    variance = images["sd"].to_numpy(dtype=float, na_value=np.nan) ** 2
    raters = images["n_raters"].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(variance)
    filled = np.where(known, variance, np.nanmean(variance) if known.any() else np.nan)
    return Sums(
        cells=cells,
        totals=totals,
        apart=sums - cells * (totals / n)[:, None],
        within=np.bincount(prompt, from_prompt**2),
        inside=np.bincount(prompt, from_cell**2),
        rater=np.bincount(prompt, np.where(known, variance, 0.0)),
        rated=np.bincount(prompt, known.astype(float)),
        rater_noise=np.bincount(prompt, filled / raters),
    )


def _summed(counts: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Sums of matrices over prompts, (resamples, G, G)."""
    return (counts @ parts.reshape(len(parts), -1)).reshape(-1, *parts.shape[1:])


def _variance(counts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sample variance over prompts of values (resamples, P)."""
    drawn = counts.sum(axis=1)
    mean = np.einsum("rp,rp->r", counts, values) / drawn
    return np.einsum("rp,rp->r", counts, (values - mean[:, None]) ** 2) / (drawn - 1)


def _covariance(counts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Sample covariance over prompts of rows (P, G), (resamples, G, G)."""
    drawn = counts.sum(axis=1)[:, None, None]
    mean = counts @ rows / drawn[:, :, 0]
    product = _summed(counts, np.einsum("pg,ph->pgh", rows, rows))
    return (product - drawn * np.einsum("rg,rh->rgh", mean, mean)) / (drawn - 1)
