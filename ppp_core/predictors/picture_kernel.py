"""Likeness of pictures with their prompts: a sum of kernels, for a regression on what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..errors import PPPError
from .compact import CompactMatrix, compact
from .kernels import median_squared_distance, squared_distances
from .seen import Seen

N_PICTURE, N_INTERACTION = 160, 128
ROWS = 4096
"""Of the kernel, at once."""

_TINY = 1e-12


@dataclass(frozen=True)
class Shares:
    """What the kernel adds up, and how much of each.

    Attributes:
        picture: likeness of the pictures.
        both: likeness of the pictures times that of their prompts.
        interaction: likeness of the interaction features.
        mixed: likeness of the pictures times that of the interaction features.
        match: likeness of the cosines of prompt and picture.
    """

    picture: float = 0.0
    both: float = 0.0
    interaction: float = 0.0
    mixed: float = 0.0
    match: float = 0.0


@dataclass(frozen=True)
class Axes:
    """From features to a few principal components of the standardised ones.

    Attributes:
        mean: float32, shape (d,).
        basis: (d, k); standardisation is part of it.
    """

    mean: np.ndarray
    basis: CompactMatrix

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Components, float32 (n, k), of features (n, d)."""
        return (features - self.mean) @ self.basis.values


@dataclass(frozen=True)
class Points:
    """Pictures with their prompts, as the kernel sees them.

    Attributes:
        picture: float32, shape (m, k).
        interaction: float32, shape (m, j).
        texts: float32, shape (n, d), rows of length 1.
        prompt_of: int, shape (m,).
        matches: float32, shape (m,).
    """

    picture: np.ndarray
    interaction: np.ndarray
    texts: np.ndarray
    prompt_of: np.ndarray
    matches: np.ndarray

    def rows(self, chosen: np.ndarray) -> "Points":
        """Some of the pictures."""
        return Points(
            self.picture[chosen],
            self.interaction[chosen],
            self.texts,
            self.prompt_of[chosen],
            self.matches[chosen],
        )


@dataclass(frozen=True)
class PictureKernel:
    """Gaussian kernels on five views of a picture and its prompt, added up by their shares.

    Attributes:
        picture, interaction: from features to components.
        anchors: the pictures that others are compared with.
        widths: float64, shape (4,): squared distances of pictures, prompts, interaction features and
            matches at which their likeness falls to 1/e.
        shares: float64, shape (5,), in the order of `Shares`.
    """

    picture: Axes
    interaction: Axes
    anchors: Points
    widths: np.ndarray
    shares: np.ndarray

    def points(self, seen: Seen) -> Points:
        """What was seen, as the kernel sees it.

        Raises:
            PPPError: when it was seen by an encoder of another size.
        """
        texts, features = seen.texts[seen.prompt_of], picture_features(seen)
        found = (features.shape[1], 4 * seen.texts.shape[1])
        wanted = (len(self.picture.mean), len(self.interaction.mean))
        if found != wanted:
            raise PPPError(f"The probe was fitted to features {wanted}, got {found}: another encoder?")
        return Points(
            self.picture(features),
            self.interaction(interaction_features(texts, seen.images)),
            seen.texts,
            seen.prompt_of,
            pairwise_cosines(texts, seen.images),
        )

    def __call__(self, points: Points) -> np.ndarray:
        """The kernel with the anchors, float64, shape (m, n_anchors)."""
        share = Shares(*self.shares.tolist())
        width_picture, width_text, width_interaction, width_match = self.widths.tolist()
        alike = _gaussian(points.picture, self.anchors.picture, width_picture)
        total = share.picture * alike
        if share.both:
            texts = _gaussian(points.texts, self.anchors.texts, width_text)
            total += share.both * alike * texts[points.prompt_of][:, self.anchors.prompt_of]
        if share.interaction or share.mixed:
            related = _gaussian(points.interaction, self.anchors.interaction, width_interaction)
            total += related * (share.interaction + share.mixed * alike)
        if share.match:
            ours, theirs = points.matches[:, None], self.anchors.matches[:, None]
            total += share.match * _gaussian(ours, theirs, width_match)
        return total

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as plain arrays; the large ones in one byte a number."""
        found = {
            "prompt_of": self.anchors.prompt_of.astype(np.int32),
            "matches": self.anchors.matches,
            "widths": self.widths,
            "shares": self.shares,
        }
        for name, axes in (("picture", self.picture), ("interaction", self.interaction)):
            found |= {f"{name}_mean": axes.mean, **_kept(f"{name}_basis", axes.basis)}
        for name in ("picture", "interaction", "texts"):
            found |= _kept(f"{name}_points", compact(getattr(self.anchors, name)))
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The kernel whose `arrays` these are; they may hold more."""

        def matrix(name: str) -> CompactMatrix:
            return CompactMatrix(arrays[name], arrays[f"{name}_scale"])

        anchors = Points(
            picture=matrix("picture_points").values,
            interaction=matrix("interaction_points").values,
            texts=matrix("texts_points").values,
            prompt_of=arrays["prompt_of"].astype(int),
            matches=arrays["matches"],
        )
        return cls(
            picture=Axes(arrays["picture_mean"], matrix("picture_basis")),
            interaction=Axes(arrays["interaction_mean"], matrix("interaction_basis")),
            anchors=anchors,
            widths=arrays["widths"],
            shares=arrays["shares"],
        )


def fit_kernel(
    seen: Seen, *, shares: Shares, text_width: float, anchors: np.ndarray, seed: int
) -> PictureKernel:
    """The kernel that compares with some of the pictures seen, its widths set by the median distances.

    Args:
        seen: what is learned from.
        shares: how much of each view.
        text_width: squared distance of prompts (of length 1) at which their likeness falls to 1/e, in
            parts of the median.
        anchors: positions of pictures to compare with, rising.
        seed: of the decompositions.
    """
    texts, features = seen.texts[seen.prompt_of], picture_features(seen)
    related = interaction_features(texts, seen.images)
    picture = _principal(features, N_PICTURE, seed)
    interaction = _principal(related, N_INTERACTION, seed)
    matches = pairwise_cosines(texts, seen.images)
    drawn = Points(picture(features), interaction(related), seen.texts, seen.prompt_of, matches)
    widths = [
        median_squared_distance(drawn.picture, seed=seed),
        text_width * median_squared_distance(seen.texts, seed=seed),
        median_squared_distance(drawn.interaction, seed=seed),
        median_squared_distance(matches[:, None], seed=seed),
    ]
    kernel = PictureKernel(
        picture=picture,
        interaction=interaction,
        anchors=drawn.rows(anchors),
        widths=np.maximum(np.array(widths, np.float64), _TINY),
        shares=np.array(list(vars(shares).values()), np.float64),
    )
    return PictureKernel.from_arrays(kernel.arrays())  # rounded as it will be read


def solve(
    kernel: PictureKernel, seen: Seen, deviations: np.ndarray, penalties: Sequence[float]
) -> np.ndarray:
    """Weights of the anchors in kernel ridge regressions that share a kernel.

    Args:
        kernel: fitted to what was seen; with fewer anchors than pictures, Nyström's approximation.
        seen: what is learned from.
        deviations: shape (m, k): what is wanted of each picture, by k regressions.
        penalties: of each regression.

    Returns:
        float64, shape (n_anchors, k).
    """
    from scipy.linalg import cho_factor, cho_solve

    among = kernel(kernel.anchors)
    diagonal = np.diag_indices(len(among))
    exact = len(among) == len(deviations)
    squares, products = among, deviations
    if not exact:
        squares, products = np.zeros_like(among), np.zeros((len(among), deviations.shape[1]))
        points = kernel.points(seen)
        for start in range(0, len(deviations), ROWS):
            rows = np.arange(start, min(start + ROWS, len(deviations)))
            block = kernel(points.rows(rows))
            squares += block.T @ block
            products += block.T @ deviations[rows]
    found = []
    for column, penalty in enumerate(penalties):
        system = squares.copy() if exact else squares + penalty * among
        # Nyström's: against rounding, the kernel of many points being nearly singular
        system[diagonal] += penalty if exact else 1e-6
        found.append(cho_solve(cho_factor(system, overwrite_a=True), products[:, column]))
    return np.column_stack(found)


def interaction_features(texts: np.ndarray, images: np.ndarray) -> np.ndarray:
    """[t; i; t·i; |t − i|] of prompts and pictures, row by row: (m, dim) and (m, dim) to (m, 4 * dim).

    Example:
        >>> interaction_features(np.array([[1.0, 2.0]]), np.array([[3.0, 0.5]]))
        array([[1. , 2. , 3. , 0.5, 3. , 1. , 2. , 1.5]])
    """
    return np.hstack([texts, images, texts * images, np.abs(texts - images)])


def pairwise_cosines(texts: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Cosines, shape (m,), of rows of length 1."""
    return (texts * images).sum(axis=1)


def picture_features(seen: Seen) -> np.ndarray:
    """Square roots of the base's features, sign kept, or the pictures' vectors where there is no base."""
    if seen.base is None:
        return seen.images
    return np.sign(seen.base) * np.sqrt(np.abs(seen.base))


def _principal(features: np.ndarray, k: int, seed: int) -> Axes:
    from sklearn.decomposition import PCA

    mean, deviations = features.mean(axis=0), features.std(axis=0)
    # a dimension that hardly varies is noise at the last bit: it counts for nothing
    deviations[deviations <= 0.01 * np.median(deviations)] = np.inf
    standard = (features - mean) / deviations
    pca = PCA(min(k, *standard.shape), svd_solver="randomized", random_state=seed).fit(standard)
    return Axes(mean.astype(np.float32), compact(pca.components_.T / deviations[:, None]))


def _kept(name: str, matrix: CompactMatrix) -> dict[str, np.ndarray]:
    return {name: matrix.steps, f"{name}_scale": matrix.scale}


def _gaussian(left: np.ndarray, right: np.ndarray, width: float) -> np.ndarray:
    """exp(−|a − b|² / width), float64 (n_left, n_right)."""
    return np.exp(squared_distances(left.astype(np.float64), right.astype(np.float64)) / -width)
