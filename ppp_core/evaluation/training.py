"""From a target's data to a trained predictor: fitted, calibrated, judged, with its card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from ..encoders import Encoder
from ..predictors import predictor_class
from ..predictors.base import Predictor
from ..predictors.calibration import CONFIDENCE, Calibration, fit_calibration
from ..predictors.familiarity import FAMILIAR_SHARE, Familiarity, fit_familiarity
from ..predictors.options import fit_options
from ..predictors.phrases import null_edits
from ..predictors.reading import Reading, read_prompts, read_training
from ..predictors.trained import TrainedPredictor
from ..splits import folds, normalise_text
from .adapting import fair_encoder
from .correlation import correlate
from .coverage import coverage
from .parts import Part, TargetData
from .strangers import STRANGE_TEXTS

if TYPE_CHECKING:
    from ..store import EmbeddingStore

N_FOLDS = 5
N_EDITED = 300
N_HISTOGRAM = 36
LIBRARIES = ("numpy", "scikit-learn", "crepes", "onnxruntime", "tokenizers")

Progress = Callable[[int, int], None]
Read = Callable[[Sequence[str]], Reading]


@dataclass(frozen=True)
class _Judged:
    """Predictions for prompts that the predictor behind them had not learned from.

    Attributes:
        reading: of the prompts.
        predicted, observed: float64, shape (n,).
        distance: to the training prompts, float64, shape (n,).
    """

    reading: Reading
    predicted: np.ndarray
    observed: np.ndarray
    distance: np.ndarray


def train(
    data: TargetData,
    *,
    predictor: str,
    encoder: Encoder,
    seed: int = 0,
    strangers: Mapping[str, Sequence[str]] | None = None,
    captions: Sequence[str] | None = None,
    store: "EmbeddingStore | None" = None,
    progress: Progress | None = None,
) -> TrainedPredictor:
    """Fits a predictor, calibrates it on prompts it has not seen, and measures how good it is.

    Where the data set has a validation part, that part calibrates and judges (split conformal
    prediction). Where it has none, the out-of-fold predictions of five folds do both, and the
    predictor that is returned has learned from all prompts (cross-conformal prediction).

    Args:
        data: what `target_data` gave.
        predictor: key of ``PREDICTORS``.
        encoder: embeds the prompts; ``tfidf`` is fitted on the training prompts here.
        seed: of folds and decompositions.
        strangers: prompts of other kinds, by name, to measure how many are called unfamiliar.
        captions: known captions, for ``caption-density`` to use in place of the training prompts; those
            that say the same as a held-out prompt are left out.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (steps done, steps in all).

    Raises:
        PPPError: for an unknown predictor, or one that this encoder cannot feed.
    """
    step = _Steps(progress, N_FOLDS + 3)
    fresh = predictor_class(predictor)
    encoder = encoder.fit(data.train.prompts) if hasattr(encoder, "fit") else encoder
    encoder = fair_encoder(encoder, fresh, data, seed=seed)
    read = partial(read_prompts, encoder, store=store)
    reading = read_training(encoder, data.train.prompts, store=store)
    step()
    held_out = read(data.held_out.prompts) if data.held_out else None
    options = fit_options(fresh, encoder=encoder, captions=_captions(captions, data, read))
    fitted = fit_part(fresh, reading, data.train, seed=seed, **options)
    step()
    out_of_fold, fold_models = _out_of_fold(data, reading, fitted, options, seed, step)
    familiarity = _familiarity(reading, held_out, out_of_fold, seed)
    if held_out is None:
        judged = out_of_fold
    else:
        judged = _Judged(
            held_out,
            _bounded(fitted, held_out, data),
            data.held_out.observed,
            familiarity.distance(held_out.view("last")),
        )
    calibration = _calibrate(judged, out_of_fold, fitted, read, data, seed)
    trained = TrainedPredictor(
        target=data.target,
        predictor=fitted,
        encoder=encoder,
        calibration=calibration,
        familiarity=familiarity,
        observed=_histogram(data),
    )
    card = {
        "predictor": {"name": predictor, "reads": fresh.reads},
        "members": fitted.report() if hasattr(fitted, "report") else [],
        "encoder": _encoder_card(encoder),
        "data": _data_card(data),
        "seed": seed,
        "versions": {name: version(name) for name in LIBRARIES},
        "held_out": _held_out_card(judged, fold_models, held_out, data),
        "coverage": _coverage_card(judged, data),
        "familiarity": _familiarity_card(trained, judged, read, strangers or {}),
        "calibration": {
            "confidence": CONFIDENCE,
            "method": "split conformal" if held_out is not None else "cross-conformal",
            "bins": len(calibration.below),
            "noise": calibration.noise,
            "slope": calibration.slope,
        },
    }
    step()
    return replace(trained, card=card)


class _Steps:
    """Counts steps for a progress bar."""

    def __init__(self, progress: Progress | None, total: int):
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total)


def _bounded(model: Predictor, reading: Reading, data: TargetData) -> np.ndarray:
    return np.clip(model.predict(reading.view(model.reads)), data.target.low, data.target.high)


def fit_part(
    kind: type[Predictor], reading: Reading, part: Part, *, seed: int = 0, **options: object
) -> Predictor:
    """A predictor that has learned from a part's prompts, read already; options as of `fit_options`."""
    return kind().fit(reading.view(kind.reads), part.observed, seed=seed, **options)


def _captions(captions: Sequence[str] | None, data: TargetData, read: Read) -> Reading | None:
    if captions is None:
        return None
    return read([caption for caption in captions if normalise_text(caption) not in data.judging])


def _out_of_fold(
    data: TargetData,
    reading: Reading,
    fitted: Predictor,
    options: Mapping[str, object],
    seed: int,
    step: Callable[[], None],
) -> tuple[_Judged, list[Predictor]]:
    """Each training prompt judged by a model of four fifths of the others, and the five models.

    A predictor that made such predictions itself when it was fitted is taken by its word; it has no models.
    """
    own = getattr(fitted, "out_of_fold", None)
    predicted, distance = np.empty(len(data.train)), np.empty(len(data.train))
    models = []
    for inside, outside in folds(data.train.prompts, k=N_FOLDS, seed=seed):
        known, asked = reading.rows(inside), reading.rows(outside)
        familiarity = fit_familiarity(known.view("last"), asked.view("last"), seed=seed)
        distance[outside] = familiarity.distance(asked.view("last"))
        if own is None:
            models.append(fit_part(type(fitted), known, data.train.rows(inside), seed=seed, **options))
            predicted[outside] = _bounded(models[-1], asked, data)
        step()
    if own is not None:
        predicted = np.clip(own, data.target.low, data.target.high)
    return _Judged(reading, predicted, data.train.observed, distance), models


def _familiarity(reading: Reading, held_out: Reading | None, out_of_fold: _Judged, seed: int) -> Familiarity:
    last = reading.view("last")
    if held_out is not None:
        return fit_familiarity(last, held_out.view("last"), seed=seed)
    threshold = float(np.quantile(out_of_fold.distance, FAMILIAR_SHARE))
    return replace(fit_familiarity(last, last, seed=seed), threshold=threshold)


def _calibrate(
    judged: _Judged, out_of_fold: _Judged, model: Predictor, read: Read, data: TargetData, seed: int
) -> Calibration:
    return fit_calibration(
        judged.predicted,
        judged.observed,
        known=out_of_fold.predicted,
        pairs=_similar_pairs(judged.reading.view("last")),
        words=judged.reading.words(),
        null_changes=_null_changes(judged.reading.prompts, model, read, data, seed),
    )


def _similar_pairs(last: np.ndarray, *, n_nearest: int = 3) -> np.ndarray:
    """Positions (n * n_nearest, 2) of each prompt with those nearest in meaning."""
    from sklearn.metrics.pairwise import cosine_similarity

    similar = cosine_similarity(last)
    np.fill_diagonal(similar, -np.inf)
    nearest = np.argpartition(similar, -n_nearest, axis=1)[:, -n_nearest:]
    return np.column_stack([np.repeat(np.arange(len(similar)), n_nearest), nearest.ravel()])


def _null_changes(
    prompts: Sequence[str], model: Predictor, read: Read, data: TargetData, seed: int
) -> np.ndarray:
    """Changes of the value by edits that ask for the same picture, over some of the prompts."""
    some = np.random.default_rng(seed).permutation(len(prompts))[:N_EDITED]
    pairs = [(prompts[row], edited) for row in some for edited in null_edits(prompts[row])]
    before, after = (_bounded(model, read(texts), data) for texts in zip(*pairs, strict=True))
    return after - before


def _histogram(data: TargetData) -> np.ndarray:
    counts, _ = np.histogram(data.train.observed, bins=N_HISTOGRAM, range=(data.target.low, data.target.high))
    return counts.astype(np.int32)


def _encoder_card(encoder: Encoder) -> dict:
    """What embeds the prompts, and, where it was adapted, what it learned from."""
    card = {"name": encoder.name, "revision": encoder.revision}
    adaptation = getattr(encoder, "adaptation", None)
    return {**card, "adapted": adaptation.card} if adaptation else card


def _data_card(data: TargetData) -> dict:
    return {
        "name": data.target.dataset,
        "licence": data.licence,
        "attribution": data.attribution,
        "citation": data.citation,
        "n_train": len(data.train),
        "n_train_ratings": data.train.n_ratings,
        "n_held_out": len(data.held_out) if data.held_out else 0,
        "n_left_out": data.n_left_out,
        "train_sha256": data.train.digest(),
        "held_out_sha256": data.held_out.digest() if data.held_out else None,
    }


def _held_out_card(
    judged: _Judged, models: list[Predictor], held_out: Reading | None, data: TargetData
) -> dict:
    """How well predictions go with what people said, on prompts not learned from."""
    result = correlate(judged.predicted, judged.observed).as_dict()
    if held_out is None:
        return {"part": f"out of fold, {N_FOLDS} folds", **result}
    with np.errstate(invalid="ignore", divide="ignore"):  # a model that predicts one value has none
        by_fold = [
            float(np.corrcoef(_bounded(model, held_out, data), judged.observed)[0, 1]) for model in models
        ]
    defined = [value for value in by_fold if np.isfinite(value)]
    return {"part": "validation", **result, "pearson_of_fold_models": defined}


def _coverage_card(judged: _Judged, data: TargetData) -> list[dict]:
    """Coverage of intervals calibrated on nine tenths of the prompts and measured on the last, in turn."""
    words = judged.reading.words()
    low, high = np.empty(len(judged.observed)), np.empty(len(judged.observed))
    for inside, outside in folds(judged.reading.prompts, k=10):
        calibration = fit_calibration(
            judged.predicted[inside],
            judged.observed[inside],
            known=judged.predicted,
            pairs=np.array([[0, 1]]),
            null_changes=np.zeros(1),
            words=words[inside],
        )
        low[outside], high[outside] = calibration.interval(
            judged.predicted[outside],
            words=words[outside],
            lowest=data.target.low,
            highest=data.target.high,
        )
    by_length = np.where(words <= np.median(words), "short prompts", "long prompts")
    by_value = np.where(
        judged.predicted <= np.median(judged.predicted), "low predictions", "high predictions"
    )
    every, *length_groups = coverage(judged.observed, low, high, by_length.tolist())
    value_groups = coverage(judged.observed, low, high, by_value.tolist())[1:]
    return [part.as_dict() for part in (every, *length_groups, *value_groups)]


def _familiarity_card(
    trained: TrainedPredictor, judged: _Judged, read: Read, strangers: Mapping[str, Sequence[str]]
) -> dict:
    """Share of prompts flagged: familiar ones (threshold from one half, share in the other), and others."""
    order = np.random.default_rng(0).permutation(len(judged.distance))
    one, other = np.array_split(judged.distance[order], 2)
    threshold = np.quantile(one, FAMILIAR_SHARE)
    flagged = {}
    for name, texts in {**strangers, "not prompts at all": STRANGE_TEXTS}.items():
        distance = trained.familiarity.distance(read(list(texts)).view("last"))
        flagged[name] = {"share": float((distance > trained.familiarity.threshold).mean()), "n": len(texts)}
    return {
        "threshold": trained.familiarity.threshold,
        "familiar": {"share": float((other > threshold).mean()), "n": len(other)},
        "flagged": flagged,
    }
