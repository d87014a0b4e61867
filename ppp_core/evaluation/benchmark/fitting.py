"""The one place of the benchmark that fits: a predictor on training prompts, without calibration."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...encoders import Encoder
from ...predictors import predictor_class
from ...predictors.base import Predictor
from ...predictors.options import fit_options
from ...predictors.reading import read_prompts, read_training
from ...splits import folds
from ..parts import Part, TargetData

if TYPE_CHECKING:
    from ...store import EmbeddingStore

N_FOLDS = 5


def fit_predictor(
    data: TargetData,
    predictor: str,
    encoder: Encoder | None,
    seed: int,
    store: EmbeddingStore | None,
) -> tuple[Predictor, Encoder | None]:
    """Fits a predictor on ``data.train`` and nothing else.

    An encoder that learns (``fit``) is copied and fitted on the same prompts first, with their observed
    values where its ``fit`` takes ``observed``; an adapted one is replaced by one that learned from these
    prompts alone (`fair_encoder`). So what comes back must be used to read other prompts.

    Args:
        data: its train part is learned from; its held-out part is not looked at.
        predictor: key of ``PREDICTORS``.
        encoder: None where the predictor reads the prompts alone.
        seed: of the fit.
        store: where embeddings are looked up and kept; None keeps nothing.

    Returns:
        The fitted predictor and the encoder that feeds it.

    Raises:
        PPPError: for an unknown predictor, or one that this encoder cannot feed.
    """
    from ..adapting import fair_encoder

    kind = predictor_class(predictor)
    prompts = data.train.prompts
    if kind.reads == "prompts" or encoder is None:
        read = list(prompts)
    else:
        encoder = fair_encoder(_fitted_encoder(encoder, data.train, seed), kind, data, seed=seed)
        read = read_training(encoder, prompts, store=store).view(kind.reads)
    options = fit_options(kind, encoder=encoder)
    return kind().fit(read, data.train.observed, seed=seed, **options), encoder


def predict_prompts(
    fitted: Predictor,
    encoder: Encoder | None,
    prompts: Sequence[str],
    *,
    bounds: tuple[float, float],
    store: EmbeddingStore | None = None,
) -> np.ndarray:
    """Predicted performance, float64 (n,), kept within the bounds of the target learned from."""
    if fitted.reads == "prompts" or encoder is None:
        read = list(prompts)
    else:
        read = read_prompts(encoder, prompts, store=store).view(fitted.reads)
    return np.clip(fitted.predict(read), *bounds)


def predict_out_of_fold(
    data: TargetData,
    predictor: str,
    encoder: Encoder | None,
    seed: int,
    store: EmbeddingStore | None,
    *,
    order: np.ndarray | None = None,
    n_train: int | None = None,
    between: Callable[[], None] = lambda: None,
) -> tuple[np.ndarray, int]:
    """Each training prompt predicted by a predictor that learned from four fifths of the others.

    Args:
        data: its train part is cut into five folds, by ``seed``.
        predictor, encoder, seed, store: as in `fit_predictor`.
        order: int, shape (n,): which prompts come first where fewer are learned from; None for as they come.
        n_train: at most so many prompts are learned from in each fold; None for all.
        between: called before each fold; may raise to stop.

    Returns:
        Predicted performance, float64 (n,), and how many prompts a fold learned from on average.
    """
    predicted, learned = np.empty(len(data.train)), []
    options = {"order": order, "n_train": n_train, "between": between}
    for fold in fit_folds(data, predictor, encoder, seed, store, **options):
        asked = [data.train.prompts[row] for row in fold.outside]
        predicted[fold.outside] = predict_prompts(
            fold.fitted, fold.encoder, asked, bounds=bounds(data), store=store
        )
        learned.append(fold.n_learned)
    return predicted, round(sum(learned) / len(learned))


@dataclass(frozen=True)
class Fold:
    """A predictor that learned from four fifths of the training prompts.

    Attributes:
        fitted, encoder: as `fit_predictor` gives them.
        outside: int, shape (n_outside,): positions of the training prompts that it did not learn from.
        n_learned: prompts that it learned from.
    """

    fitted: Predictor
    encoder: Encoder | None
    outside: np.ndarray
    n_learned: int


def fit_folds(
    data: TargetData,
    predictor: str,
    encoder: Encoder | None,
    seed: int,
    store: EmbeddingStore | None,
    *,
    order: np.ndarray | None = None,
    n_train: int | None = None,
    between: Callable[[], None] = lambda: None,
) -> Iterator[Fold]:
    """The five predictors of a cross-validation, one by one; arguments as in `predict_out_of_fold`."""
    order = np.arange(len(data.train)) if order is None else order
    for inside, outside in folds(data.train.prompts, k=N_FOLDS, seed=seed):
        between()
        learned = np.sort(order[np.isin(order, inside)][:n_train])
        part = replace(data, train=data.train.rows(learned), held_out=None)
        yield Fold(*fit_predictor(part, predictor, encoder, seed, store), outside, len(learned))


def bounds(data: TargetData) -> tuple[float, float]:
    """Lowest and highest value of the target."""
    return data.target.low, data.target.high


def _fitted_encoder(encoder: Encoder | None, train: Part, seed: int) -> Encoder | None:
    if not hasattr(encoder, "fit"):
        return encoder
    takes = inspect.signature(encoder.fit).parameters
    more = {"observed": train.observed, "seed": seed}
    # a copy: the next fold must not change what this one's predictor reads with
    return copy.copy(encoder).fit(train.prompts, **{key: v for key, v in more.items() if key in takes})
