"""From pictures and what people said of them to a trained predictor after generation, with its card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from ...errors import PPPError
from ...predictors import predictor_class
from ...predictors.after import TrainedAfter
from ...predictors.calibration import CONFIDENCE
from ...predictors.familiarity import FAMILIAR_SHARE, fit_familiarity
from ...predictors.pooling import SIZES, draw_views, fit_pooling
from ...predictors.reading import Reading, read_prompts
from ...predictors.seen import seen_by
from ...splits import folds, normalise_text
from ..correlation import correlate
from ..coverage import coverage
from .data import AfterData, SeenPart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...encoders import Encoder, JointEncoder
    from ...predictors.base import Predictor
    from ...predictors.seen import Seen
    from ...store import EmbeddingStore

N_FOLDS = 5
N_DRAWS = 20
FEWEST_HELD_OUT = 30
"""Different prompts that a validation part needs to calibrate: an end of a 90 % interval takes 19, and the
figures are measured in turn on less than all."""

WORDS, TEXT_ENCODER = "multilayer-probe", "minilm-l6"
"""What reads the words alone, unless told otherwise, and what embeds them for it."""

SEEING = ("image-probe", "correlation-cnn")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "crepes", "onnxruntime")


@dataclass(frozen=True)
class Judged:
    """Predictions for prompts that the models behind them had not learned from.

    Attributes:
        part: the prompts with their pictures.
        words: float64, shape (n,): from the words alone.
        drawn: by number of pictures seen, shape (draws, n, k).
        image_values: float64, shape (m,): of each picture; None where the predictor sees all together.
        distance, picture_distance: float64, shapes (n,) and (m,): to what was learned from.
    """

    part: SeenPart
    words: np.ndarray
    drawn: dict[int, np.ndarray]
    image_values: np.ndarray | None
    distance: np.ndarray
    picture_distance: np.ndarray


def train_after(
    data: AfterData,
    *,
    predictor: str,
    encoder: JointEncoder,
    text_encoder: Encoder,
    words: str = WORDS,
    seed: int = 0,
    store: EmbeddingStore | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TrainedAfter:
    """Fits a predictor that sees pictures, calibrates it by how many it sees, and measures how good it is.

    Where the data set has a validation part of at least 30 different prompts, that part calibrates and
    judges. Where it has none, or a smaller one, which then is left alone, the out-of-fold predictions of five
    folds by prompt do both, and the predictor that is returned has learned from all training prompts.

    Args:
        data: what `after_data` gave.
        predictor: key of ``PREDICTORS`` that reads pictures.
        encoder: that ``data`` was seen by.
        text_encoder: embeds the prompts for ``words`` and the distance to the training prompts.
        words: key of ``PREDICTORS``: what is expected from the words alone.
        seed: of folds, draws and decompositions.
        store: where embeddings are looked up and kept; None keeps nothing.
        progress: called with (steps done, steps in all).

    Raises:
        PPPError: for an unknown predictor, or one that reads no pictures.
    """
    kind = check_reads_pictures(predictor)
    total, told = N_FOLDS + 2, progress or (lambda done, total: None)
    reading = read_prompts(text_encoder, data.train.seen.prompts, store=store)
    fitted = fit_both(kind, words, data.train, reading, seed=seed)
    told(1, total)
    held_out_part = _calibrating(data)
    if held_out_part is None:
        judged = out_of_fold(
            kind, words, data.train, reading, seed=seed, step=lambda fold: told(1 + fold, total)
        )
    else:
        held_out = read_prompts(text_encoder, held_out_part.seen.prompts, store=store)
        judged = judge(fitted, held_out_part, held_out, data.train, reading, seed=seed)
    pooling = fit_pooling(
        judged.drawn,
        judged.words,
        judged.part.observed,
        image_residuals=_image_residuals(judged),
        image_prompts=judged.part.seen.prompt_of,
    )
    trained = TrainedAfter(
        target=data.target,
        predictor=fitted[0],
        words=fitted[1],
        encoder=encoder,
        text_encoder=text_encoder,
        pooling=pooling,
        familiarity=_familiarity(reading.view("last"), judged.distance, seed),
        picture_familiarity=_familiarity(data.train.seen.pictures, judged.picture_distance, seed),
    )
    card = {
        "predictor": {"name": predictor, "reads": "images"},
        "words": {"name": words, "reads": fitted[1].reads},
        "encoder": {"name": encoder.name, "revision": encoder.revision, "seen": seen_by(encoder)},
        "text_encoder": {"name": text_encoder.name, "revision": text_encoder.revision},
        "data": _data_card(data),
        "seed": seed,
        "versions": {name: version(name) for name in LIBRARIES},
        **_figures(judged, data),
    }
    told(total, total)
    return replace(trained, card=card)


def _calibrating(data: AfterData) -> SeenPart | None:
    """The validation part, where it is large enough to calibrate."""
    enough = data.held_out is not None and _n_different(data.held_out.seen.prompts) >= FEWEST_HELD_OUT
    return data.held_out if enough else None


def _n_different(prompts: Sequence[str]) -> int:
    return len({normalise_text(prompt) for prompt in prompts})


def check_reads_pictures(predictor: str) -> type[Predictor]:
    """The class of a predictor that reads pictures; PPPError for another, with those that do."""
    kind = predictor_class(predictor)
    if kind.reads != "images":
        raise PPPError(f"{predictor} reads no pictures. Those that do: {', '.join(SEEING)}.")
    return kind


def fit_both(
    kind: type[Predictor], words: str, part: SeenPart, reading: Reading, *, seed: int
) -> tuple[Predictor, Predictor]:
    """A predictor of pictures and one of words that have learned from the same prompts."""
    told = predictor_class(words)
    return (
        kind().fit(part.seen, part.rated, seed=seed),
        told().fit(reading.view(told.reads), part.observed, seed=seed),
    )


def sizes_of(seen: Seen) -> tuple[int, ...]:
    """The numbers of pictures that can be calibrated: those that half of the prompts have, 1 at least."""
    most = int(np.median(seen.counts))
    return tuple(size for size in SIZES if size <= max(most, 1))


def judge(
    fitted: tuple[Predictor, Predictor],
    part: SeenPart,
    reading: Reading,
    known: SeenPart,
    known_reading: Reading,
    *,
    seed: int,
    sizes: tuple[int, ...] | None = None,
    draws: int = N_DRAWS,
) -> Judged:
    """Predictions of fitted models for other prompts than they learned from."""
    seeing, words = fitted
    last, pictures = known_reading.view("last"), known.seen.pictures
    mine, theirs = reading.view("last"), part.seen.pictures
    return Judged(
        part=part,
        words=words.predict(reading.view(words.reads)),
        drawn=draw_views(seeing, part.seen, sizes or sizes_of(part.seen), draws=draws, seed=seed),
        image_values=seeing.image_values(part.seen) if hasattr(seeing, "image_values") else None,
        distance=fit_familiarity(last, mine, seed=seed).distance(mine),
        picture_distance=fit_familiarity(pictures, theirs, seed=seed).distance(theirs),
    )


def out_of_fold(
    kind: type[Predictor],
    words: str,
    part: SeenPart,
    reading: Reading,
    *,
    seed: int,
    sizes: tuple[int, ...] | None = None,
    draws: int = N_DRAWS,
    step: Callable[[int], None] = lambda fold: None,
) -> Judged:
    """Each prompt, with its pictures, judged by models of four fifths of the others."""
    sizes = sizes or sizes_of(part.seen)
    parts: list[tuple[np.ndarray, Judged]] = []
    for fold, (inside, outside) in enumerate(folds(part.seen.prompts, k=N_FOLDS, seed=seed), start=1):
        known, asked = part.rows(inside), part.rows(outside)
        readings = reading.rows(outside), reading.rows(inside)
        fitted = fit_both(kind, words, known, readings[1], seed=seed)
        found = judge(fitted, asked, readings[0], known, readings[1], seed=seed, sizes=sizes, draws=draws)
        parts.append((outside, found))
        step(fold)
    prompts = np.concatenate([outside for outside, _ in parts])
    images = np.concatenate([part.seen.images_of(outside) for outside, _ in parts])
    by_prompt, by_image = np.argsort(prompts), np.argsort(images)

    def joined(name: str, order: np.ndarray) -> np.ndarray:
        return np.concatenate([getattr(one, name) for _, one in parts])[order]

    has_values = parts[0][1].image_values is not None
    return Judged(
        part=part,
        words=joined("words", by_prompt),
        drawn={
            size: np.concatenate([one.drawn[size] for _, one in parts], axis=1)[:, by_prompt]
            for size in sizes
        },
        image_values=joined("image_values", by_image) if has_values else None,
        distance=joined("distance", by_prompt),
        picture_distance=joined("picture_distance", by_image),
    )


def pooled_in_turn(judged: Judged, *, k: int = 10, seed: int = 1) -> tuple[dict[int, np.ndarray], dict]:
    """Prompts' values, and the ends of their intervals, by shares and residuals of other prompts.

    Args:
        judged: at least two different prompts.
        k: turns, or as many as there are different prompts, where those are fewer.
        seed: of the turns.

    Returns:
        By number of pictures seen, values (draws, n), and (low, high) of the same shape.
    """
    observed = judged.part.observed
    values = {size: np.empty(drawn.shape[:2]) for size, drawn in judged.drawn.items()}
    bounds = {size: (np.empty_like(one), np.empty_like(one)) for size, one in values.items()}
    prompts = judged.part.seen.prompts
    for inside, outside in folds(prompts, k=min(k, _n_different(prompts)), seed=seed):
        pooling = fit_pooling(
            {size: drawn[:, inside] for size, drawn in judged.drawn.items()},
            judged.words[inside],
            observed[inside],
        )
        for size, drawn in judged.drawn.items():
            found = pooling.value(drawn[:, outside], judged.words[outside], size)
            values[size][:, outside] = found
            for end, ready in zip(bounds[size], pooling.interval(found, size), strict=True):
                end[:, outside] = ready
    return values, bounds


def _image_residuals(judged: Judged) -> np.ndarray | None:
    if judged.image_values is None or not judged.part.by_picture:
        return None
    return judged.part.rated - judged.image_values


def _familiarity(vectors: np.ndarray, distance: np.ndarray, seed: int):
    draft = fit_familiarity(vectors, vectors[:1], seed=seed)
    return replace(draft, threshold=float(np.quantile(distance, FAMILIAR_SHARE)))


def _data_card(data: AfterData) -> dict:
    held_out = _calibrating(data)
    return {
        "name": data.name,
        "licence": data.licence,
        "attribution": data.attribution,
        "citation": data.citation,
        "n_train": len(data.train),
        "n_train_images": len(data.train.rated),
        "ratings_of": "pictures" if data.train.by_picture else "prompts",
        "n_held_out": len(held_out) if held_out else 0,
        "n_too_few": len(data.held_out) if data.held_out and not held_out else 0,
        "n_left_out": data.n_left_out,
        "n_unseen": data.n_unseen,
        "n_failed": len(data.failed),
        "train_sha256": data.train.digest(),
        "held_out_sha256": held_out.digest() if held_out else None,
    }


def _figures(judged: Judged, data: AfterData) -> dict:
    """How well it does, by number of pictures seen, and of single pictures; with coverage."""
    observed, target = judged.part.observed, data.target
    is_split = _calibrating(data) is not None
    values, bounds = pooled_in_turn(judged)
    seen, covered = [], []
    for size, found in values.items():
        found = np.clip(found, target.low, target.high)
        low, high = (np.clip(end, target.low, target.high) for end in bounds[size])
        seen.append({"n_images": size, **correlate_draws(found, observed)})
        everyone = np.broadcast_to(observed, found.shape)
        (all_of,) = coverage(everyone[0], low[0], high[0])
        covered.append(
            {
                "n_images": size,
                **all_of.as_dict(),
                "inside": float(((low <= everyone) & (everyone <= high)).mean()),
                "width": float((high - low).mean()),
            }
        )
    return {
        "held_out": {
            "part": "validation" if is_split else _out_of_fold_told(data),
            "n": len(observed),
            "draws": N_DRAWS,
            "words_alone": correlate(judged.words, observed).as_dict(),
            "by_images_seen": seen,
            "pictures": _picture_figures(judged),
        },
        "coverage": covered,
        "calibration": {
            "confidence": CONFIDENCE,
            "method": "split conformal" if is_split else "cross-conformal",
            "sizes": list(values),
        },
    }


def _out_of_fold_told(data: AfterData) -> str:
    told = f"out of fold, {N_FOLDS} folds by prompt"
    if data.held_out is None:
        return told
    return f"{told}; the validation part, {len(data.held_out):,} prompts, is too small for it"


def correlate_draws(values: np.ndarray, observed: np.ndarray) -> dict:
    """Mean over draws, (draws, n), of the correlations with what was observed; intervals over prompts."""
    every = [correlate(one, observed, resamples=1000).as_dict() for one in values]
    return {
        name: {
            key: float(np.mean([one[name][key] for one in every if one[name][key] is not None] or [np.nan]))
            for key in ("value", "low", "high")
        }
        for name in ("pearson", "spearman")
    }


def _picture_figures(judged: Judged) -> dict | None:
    """Of single pictures; intervals over pictures' prompts."""
    if _image_residuals(judged) is None:
        return None
    return {"n": len(judged.part.rated), **clustered(judged.image_values, judged.part)}


def clustered(values: np.ndarray, part: SeenPart, *, resamples: int = 2000, seed: int = 0) -> dict:
    """Correlations of single pictures, with percentile intervals of a bootstrap over prompts."""
    from scipy.stats import rankdata

    rng = np.random.default_rng(seed)
    n, of = len(part), part.seen.prompt_of

    def both(rows: np.ndarray) -> tuple[float, float]:
        ours, theirs = values[rows], part.rated[rows]
        ranked = np.corrcoef(rankdata(ours), rankdata(theirs))[0, 1]
        return ranked, np.corrcoef(ours, theirs)[0, 1]

    measured = both(np.arange(len(of)))
    drawn = [both(part.seen.images_of(rng.integers(0, n, n))) for _ in range(resamples)]
    low, high = np.nanquantile(np.array(drawn), (0.025, 0.975), axis=0)
    return {
        name: {"value": float(value), "low": float(a), "high": float(b)}
        for name, value, a, b in zip(("spearman", "pearson"), measured, low, high, strict=True)
    }
