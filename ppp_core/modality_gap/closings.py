"""Ways to close the gap: each learns from some pairs, then moves any others."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PPPError, unknown_name
from .pairs import make_pairs, unit

Move = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ClosingEntry:
    """A row of the table.

    Attributes:
        name: the key.
        title: a few plain words.
        about: what it does, in one sentence.
        fit: from text and image vectors of unit length, float32 (n, dim), and the options: what moves texts,
            and what moves images.
        options: names and defaults.
        needs_partners: whether it learns which prompt belongs to which picture, or from each side alone.
        source: whose idea it is.
    """

    name: str
    title: str
    about: str
    fit: Callable[..., tuple[Move, Move]]
    options: Mapping[str, float | int]
    needs_partners: bool
    source: str


@dataclass(frozen=True)
class Closing:
    """A closing that has learned.

    Attributes:
        name: the key of `CLOSINGS`.
        options: that it was fitted with.
        dim: length of the vectors that it moves.
    """

    name: str
    options: Mapping[str, float | int]
    dim: int
    text: Move
    image: Move

    def apply(self, text: ArrayLike, image: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Moves vectors of both sides; they need not be partners, nor as many.

        Args:
            text: shape (n, dim), any length but zero.
            image: shape (m, dim).

        Returns:
            Both, float32, of unit length.

        Raises:
            PPPError: for vectors of another dimension, or that are no finite numbers.
        """
        sides = unit(text, "text"), unit(image, "image")
        for side in sides:
            if side.shape[1] != self.dim:
                raise PPPError(f"This closing moves vectors of {self.dim} dimensions, got {side.shape[1]}.")
        return _moved(self.text, sides[0]), _moved(self.image, sides[1])


def fit_closing(name: str, text: ArrayLike, image: ArrayLike, **options: float) -> Closing:
    """Learns a closing from pairs.

    Args:
        name: a key of `CLOSINGS`.
        text, image: shape (n, dim) each, row by row partners.
        options: of the closing, such as ``strength`` of ``shift``.

    Raises:
        PPPError: an unknown closing or option, or vectors that do not fit.

    Example:
        >>> text, image = np.eye(3) + 0.5, np.eye(3)[::-1] - 0.2
        >>> moved = fit_closing("shift", text, image, strength=1.0).apply(text, image)
        >>> moved[0].shape, fit_closing("shift", text, image).options["strength"]
        ((3, 3), 1.0)
    """
    if name not in CLOSINGS:
        raise unknown_name("closing", name, CLOSINGS)
    entry = CLOSINGS[name]
    for option, value in options.items():
        if option not in entry.options:
            raise unknown_name(f"option of {name}", option, entry.options)
        if not np.isfinite(value):
            raise PPPError(f"The option {option} of {name} needs a finite number, got {value}.")
    chosen = {**entry.options, **options}
    pairs = make_pairs(text, image)
    moves = entry.fit(pairs.text, pairs.image, **chosen)
    return Closing(name, MappingProxyType(chosen), pairs.dim, *moves)


def _none(text: np.ndarray, image: np.ndarray) -> tuple[Move, Move]:
    return _as_it_is, _as_it_is


def _as_it_is(vectors: np.ndarray) -> np.ndarray:
    return vectors


def _mean_removal(text: np.ndarray, image: np.ndarray) -> tuple[Move, Move]:
    return _less(text.mean(axis=0)), _less(image.mean(axis=0))


def _less(offset: np.ndarray) -> Move:
    return lambda vectors: vectors - offset


def _standardisation(text: np.ndarray, image: np.ndarray) -> tuple[Move, Move]:
    return _scaled(text), _scaled(image)


def _scaled(learned: np.ndarray) -> Move:
    mean, spread = learned.mean(axis=0), learned.std(axis=0)
    spread = np.where(spread > 1e-6, spread, 1.0)
    return lambda vectors: (vectors - mean) / spread


def _shift(text: np.ndarray, image: np.ndarray, *, strength: float) -> tuple[Move, Move]:
    half = strength / 2 * (image.mean(axis=0) - text.mean(axis=0))
    return _less(-half), _less(half)


def _orthogonal(text: np.ndarray, image: np.ndarray) -> tuple[Move, Move]:
    from scipy.linalg import orthogonal_procrustes

    mine, theirs = text.mean(axis=0), image.mean(axis=0)
    rotation, _ = orthogonal_procrustes((text - mine).astype(np.float64), (image - theirs).astype(np.float64))
    return lambda vectors: (vectors - mine) @ rotation + theirs, _as_it_is


def _adapter(
    text: np.ndarray, image: np.ndarray, *, hidden: int, penalty: float, seed: int
) -> tuple[Move, Move]:
    """What a network adds to a text vector that was moved by the gap: so it starts from the shift."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    if hidden < 1 or penalty < 0:
        raise PPPError(
            f"adapter needs hidden of at least 1 and a penalty of at least 0, got {hidden}, {penalty}."
        )
    gap = image.mean(axis=0) - text.mean(axis=0)
    scale = float(np.sqrt(text.shape[1]))  # so that a unit vector's numbers are about 1
    network = MLPRegressor(
        hidden_layer_sizes=(int(hidden),),
        alpha=float(penalty),
        max_iter=200,
        early_stopping=True,
        validation_fraction=0.15,
        n_iter_no_change=10,
        random_state=int(seed),
    )
    rest = (image - text - gap).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds are the setting
        network.fit(text.astype(np.float64) * scale, rest * scale)
    return lambda vectors: vectors + gap + network.predict(vectors * scale) / scale, _as_it_is


def _moved(move: Move, vectors: np.ndarray) -> np.ndarray:
    return vectors if move is _as_it_is else _unit(move(vectors))


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Unit length; a vector that was moved to nothing stays as near to nothing as numbers allow."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    moved = np.where(lengths > 1e-12, vectors, 1.0)
    return unit(moved)


CLOSINGS: dict[str, ClosingEntry] = {
    entry.name: entry
    for entry in (
        ClosingEntry(
            "none", "As it is", "Nothing is moved: the baseline.", _none, MappingProxyType({}), False, ""
        ),
        ClosingEntry(
            "mean-removal",
            "Means removed",
            "Each modality's mean is taken off, so both centroids lie at the origin.",
            _mean_removal,
            MappingProxyType({}),
            False,
            "GR-CLIP (2025); as old as centring",
        ),
        ClosingEntry(
            "standardisation",
            "Standardised",
            "Each modality's mean is taken off, and every dimension scaled to the same spread.",
            _standardisation,
            MappingProxyType({}),
            False,
            "the usual z-score",
        ),
        ClosingEntry(
            "shift",
            "Shifted along the gap",
            "Both modalities move towards each other along the difference of their means: strength 0 leaves "
            "them, 1 brings the centroids together, 2 swaps them, less than 0 widens the gap.",
            _shift,
            MappingProxyType({"strength": 1.0}),
            False,
            "Liang et al. (2022), Mind the Gap, NeurIPS",
        ),
        ClosingEntry(
            "orthogonal",
            "Rotated (Procrustes)",
            "Texts are centred, turned onto their pictures by the best rotation, and moved to the images' "
            "mean; pictures stay.",
            _orthogonal,
            MappingProxyType({}),
            True,
            "Schönemann (1966), Psychometrika",
        ),
        ClosingEntry(
            "adapter",
            "Adapter (a small network)",
            "A network with one hidden layer learns the picture's vector from the text's; pictures stay.",
            _adapter,
            MappingProxyType({"hidden": 256, "penalty": 1.0, "seed": 0}),
            True,
            "after PPP's third experiment (arXiv 2306.08915)",
        ),
    )
}
"""The baseline comes first."""
