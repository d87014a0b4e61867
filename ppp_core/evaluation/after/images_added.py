"""How much does seeing pictures add over the words alone? Measured by how many are seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ...errors import PPPError
from ...predictors import predictor_class
from ...predictors.pooling import combine, fit_weights, means_of, views
from ...predictors.reading import Reading
from ...splits import folds, normalise_text
from ...store import write_atomically
from .data import SeenPart
from .training import N_FOLDS, fit_both

FORMAT = 1
REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference" / "images_added.json"
CNN_REFERENCE = REFERENCE.with_name("images_added_cnn.json")
SIZES = (1, 2, 4, 10)
SEEDS = (1, 2, 3)
DRAWS = 10
RESAMPLES = 1000
READS = ("words", "pictures", "both")
AGAINST = ("all", "unseen")


@dataclass(frozen=True)
class Figure:
    """A coefficient with its 95 % interval; NaN where it is undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class AddedRow:
    """One point of the curve.

    Attributes:
        n_images: pictures of each prompt that were seen; 0 for the words alone.
        reads: ``"words"``, ``"pictures"`` or ``"both"``.
        against: ``"all"``: the mean over all of a prompt's pictures, those seen among them; ``"unseen"``:
            over those that were not.
        n_prompts: prompts that it was measured on.
        pearson, spearman: means over draws and folds.
        over_words, over_pictures: how much higher Spearman's coefficient is than without seeing pictures,
            and than without reading the words; None where that says nothing.
    """

    n_images: int
    reads: str
    against: str
    n_prompts: int
    pearson: Figure
    spearman: Figure
    over_words: Figure | None = None
    over_pictures: Figure | None = None


@dataclass(frozen=True)
class ImagesAdded:
    """The curve of one target.

    Attributes:
        target: what was predicted.
        predictor, encoder, words: what saw the pictures, by which encoder, and what read the words.
        how: how it was measured, in a sentence.
        rows: its points.
    """

    target: str
    predictor: str
    encoder: str
    words: str
    how: str
    rows: tuple[AddedRow, ...]

    def find(self, n_images: int, reads: str, against: str = "all") -> AddedRow:
        """One point. Raises PPPError where it was not measured."""
        for row in self.rows:
            if (row.n_images, row.reads, row.against) == (n_images, reads, against):
                return row
        raise PPPError(
            f"The curve of {self.target} has no point of {n_images} pictures, {reads}, against {against}."
        )

    def as_dict(self) -> dict:
        """All of it as plain values for JSON; what is undefined is None."""
        return _plain(asdict(self))


@dataclass(frozen=True)
class _Draws:
    """What some draws of pictures say of n prompts, judged by models that had not learned from them.

    Attributes:
        pictures: float64, shape (draws, n, k).
        words: float64, shape (draws, n).
        observed: float64, shape (draws, n).
    """

    pictures: np.ndarray
    words: np.ndarray
    observed: np.ndarray


def images_added(
    part: SeenPart,
    reading: Reading,
    *,
    target: str,
    predictor: str,
    encoder: str,
    words: str,
    sizes: Sequence[int] = SIZES,
    seeds: Sequence[int] = SEEDS,
    draws: int = DRAWS,
    resamples: int = RESAMPLES,
    progress: Callable[[int, int], None] | None = None,
) -> ImagesAdded:
    """Measures the curve by five folds by prompt: the same prompts and folds for every point.

    How the words and the pictures seen are weighed is fitted on other prompts than those that judge it, in
    ten turns. A prompt with fewer pictures than wanted shows all; against those unseen, prompts that show
    all are left out.

    Args:
        part: prompts with their pictures and ratings.
        reading: of the prompts, for ``words``.
        target: its name.
        predictor, words: keys of ``PREDICTORS``.
        encoder: its name.
        sizes: numbers of pictures seen; of those that no prompt has, none is measured.
        seeds: of the folds; each has its own draws.
        draws: random draws of pictures, a size and seed.
        resamples: of the bootstrap over prompts.
        progress: called with (folds done, folds in all).

    Raises:
        PPPError: on fewer prompts than folds.
    """
    most = int(part.seen.counts.max())
    sizes = [size for size in sizes if size <= most]
    told, total = progress or (lambda done, total: None), len(seeds) * N_FOLDS
    collected: dict[tuple[int, str], list[_Draws]] = {}
    for number, seed in enumerate(seeds):
        pictures, words_said = _out_of_fold(
            part,
            reading,
            predictor,
            words,
            seed,
            lambda fold, number=number: told(number * N_FOLDS + fold, total),
        )
        for size in sizes:
            for against, found in _draw(part, pictures, words_said, size, draws, seed).items():
                collected.setdefault((size, against), []).append(found)
    rows = _rows(part, {key: _together(found) for key, found in collected.items()}, resamples)
    how = (
        f"{N_FOLDS} folds by prompt, {len(seeds)} times; {draws} random draws of pictures each; means over "
        f"draws; 95 % percentile intervals of {resamples:,} bootstraps over prompts"
    )
    return ImagesAdded(target, predictor, encoder, words, how, tuple(rows))


def _out_of_fold(part, reading, predictor, words, seed, step) -> tuple[Callable, np.ndarray]:
    """What models of other prompts make of pictures chosen, as a function, and of the words, (n,)."""
    kind = predictor_class(predictor)
    said, models = np.empty(len(part)), []
    for fold, (inside, outside) in enumerate(folds(part.seen.prompts, k=N_FOLDS, seed=seed), start=1):
        seeing, told = fit_both(kind, words, part.rows(inside), reading.rows(inside), seed=seed)
        said[outside] = told.predict(reading.rows(outside).view(told.reads))
        models.append((outside, seeing))
        step(fold)
    if all(hasattr(model, "image_views") for _, model in models):
        known = _image_views(part, models)
        return (lambda chosen: means_of(part.seen.only(chosen), known[chosen])), said

    def of_chosen(chosen: np.ndarray) -> np.ndarray:
        shown, found = part.seen.only(chosen), None
        for outside, model in models:
            mine = views(model, shown.rows(outside))
            found = np.empty((len(part), mine.shape[1])) if found is None else found
            found[outside] = mine
        return found

    return of_chosen, said


def _image_views(part: SeenPart, models: list) -> np.ndarray:
    found = None
    for outside, model in models:
        mine = model.image_views(part.seen.rows(outside))
        found = np.empty((len(part.rated), mine.shape[1])) if found is None else found
        found[part.seen.images_of(outside)] = mine
    return found


def _draw(
    part: SeenPart, pictures: Callable, words: np.ndarray, size: int, draws: int, seed: int
) -> dict[str, _Draws]:
    rng = np.random.default_rng((seed, size))
    drawn = [part.seen.draw(size, rng) for _ in range(draws)]
    columns = np.array([pictures(chosen) for chosen in drawn])  # (draws, n, k)
    said = np.tile(words, (draws, 1))
    found = {"all": _Draws(columns, said, np.tile(part.observed, (draws, 1)))}
    left = _left(part, size)
    if part.by_picture and left.mean() > 0.5:
        unseen = np.array([_unseen_means(part, chosen) for chosen in drawn])
        found["unseen"] = _Draws(columns[:, left], said[:, left], unseen[:, left])
    return found


def _left(part: SeenPart, size: int) -> np.ndarray:
    """Which prompts have pictures left unseen; bool, (n,)."""
    return part.seen.counts > size


def _unseen_means(part: SeenPart, chosen: np.ndarray) -> np.ndarray:
    rest = np.setdiff1d(np.arange(len(part.rated)), chosen)
    return part.seen.only(rest).means(part.rated[rest])


def _together(found: list[_Draws]) -> _Draws:
    return _Draws(*(np.concatenate([getattr(one, name) for one in found]) for name in vars(found[0])))


def _rows(part: SeenPart, collected: Mapping[tuple[int, str], _Draws], resamples: int) -> list[AddedRow]:
    rows = []
    for (size, against), found in collected.items():
        judged = _left(part, size) if against == "unseen" else np.ones(len(part), bool)
        prompts = [part.seen.prompts[row] for row in np.flatnonzero(judged)]
        values = {
            "words": found.words,
            "pictures": _weighed(found.pictures, np.zeros_like(found.words), found.observed, prompts),
            "both": _weighed(found.pictures, found.words, found.observed, prompts),
        }
        resampled = {reads: _resampled(one, found.observed, resamples) for reads, one in values.items()}
        for reads, one in resampled.items():
            if reads == "words" and against == "all" and any(row.n_images == 0 for row in rows):
                continue  # the same for every size
            row = AddedRow(
                n_images=0 if reads == "words" and against == "all" else size,
                reads=reads,
                against=against,
                n_prompts=found.observed.shape[1],
                pearson=_figure(*one["pearson"]),
                spearman=_figure(*one["spearman"]),
                over_words=_over(one, resampled["words"]) if reads != "words" else None,
                over_pictures=_over(one, resampled["pictures"]) if reads == "both" else None,
            )
            rows.append(row)
    return sorted(rows, key=lambda row: (AGAINST.index(row.against), READS.index(row.reads), row.n_images))


def _weighed(
    pictures: np.ndarray, words: np.ndarray, observed: np.ndarray, prompts: Sequence[str]
) -> np.ndarray:
    """Values, (draws, n), of each prompt by weights that other prompts set."""
    values = np.empty_like(observed)
    turn = _turns(prompts)
    for one in range(turn.max() + 1):
        inside, outside = turn != one, turn == one
        weights = fit_weights(pictures[:, inside], words[:, inside], observed[:, inside])
        values[:, outside] = combine(weights, pictures[:, outside], words[:, outside])
    return values


def _turns(prompts: Sequence[str]) -> np.ndarray:
    """The turn, of ten, of each prompt, (n,), at random; prompts that say the same share one."""
    known: dict[str, int] = {}
    text_of = [known.setdefault(normalise_text(prompt), len(known)) for prompt in prompts]
    return (np.random.default_rng(1).permutation(len(known)) % min(10, len(known)))[text_of]


def _resampled(values: np.ndarray, observed: np.ndarray, resamples: int) -> dict[str, tuple]:
    """Pearson and Spearman, means over draws: as measured, and of resampled prompts, (resamples,)."""
    from scipy.stats import rankdata

    rng, n = np.random.default_rng(0), observed.shape[1]

    def both(chosen: np.ndarray) -> tuple[float, float]:
        ours, theirs = values[:, chosen], observed[:, chosen]
        ranks = rankdata(ours, axis=1), rankdata(theirs, axis=1)
        return _mean_pearson(ours, theirs), _mean_pearson(*ranks)

    measured = both(np.arange(n))
    drawn = np.array([both(rng.integers(0, n, n)) for _ in range(resamples)])
    return {name: (measured[column], drawn[:, column]) for column, name in enumerate(("pearson", "spearman"))}


def _mean_pearson(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Mean over rows of the correlation of two matrices, row by row; NaN where a row is constant."""
    ours = ours - ours.mean(axis=1, keepdims=True)
    theirs = theirs - theirs.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.mean((ours * theirs).sum(axis=1) / lengths))


def _figure(value: float, drawn: np.ndarray) -> Figure:
    if np.isnan(value) or np.isnan(drawn).all():
        return Figure(float("nan"), float("nan"), float("nan"))
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Figure(round(float(value), 4), round(float(low), 4), round(float(high), 4))


def _over(one: dict[str, tuple], other: dict[str, tuple]) -> Figure:
    (value, drawn), (base, base_drawn) = one["spearman"], other["spearman"]
    return _figure(value - base, drawn - base_drawn)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def load_images_added(path: str | Path = REFERENCE) -> dict[str, ImagesAdded]:
    """The curves that come with PPP, or those in another file of that kind, by target.

    Raises:
        PPPError: when the file is missing, damaged, or of another format.

    Example:
        >>> found = load_images_added()
        >>> sorted(found), found["agiqa-3k/quality"].find(0, "words").n_prompts
        (['agiqa-3k/alignment', 'agiqa-3k/quality'], 300)
    """
    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(f"No measured curve in {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise PPPError(f"{path} is damaged: it is no JSON.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        found = told.get("format") if isinstance(told, dict) else None
        raise PPPError(f"{path} should be curves of format {FORMAT}, got format {found}.")
    try:
        return {one["target"]: _read(one) for one in told["curves"]}
    except (KeyError, TypeError) as error:
        raise PPPError(f"{path} is damaged: {error!r}.") from error


def _read(told: Mapping) -> ImagesAdded:
    rows = [AddedRow(**{name: _figure_of(value) for name, value in row.items()}) for row in told["rows"]]
    return ImagesAdded(**{**told, "rows": tuple(rows)})


def _figure_of(told: object) -> object:
    if not isinstance(told, Mapping):
        return told
    return Figure(**{name: float("nan") if value is None else value for name, value in told.items()})


def write_images_added(curves: Sequence[ImagesAdded], path: str | Path) -> None:
    """Writes curves so that `load_images_added` reads them.

    Raises:
        PPPError: when the file cannot be written.
    """
    told = {"format": FORMAT, "curves": [curve.as_dict() for curve in curves]}
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
