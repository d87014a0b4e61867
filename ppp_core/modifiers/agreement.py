"""How well parsed prompts agree with labelled ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import PPPError, unknown_name
from .kinds import KINDS, MODIFYING
from .labelled import STYLES, Label, Labelled, read_labelled
from .parsed import Parsed, Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MEASURES",
    "Agreement",
    "CountAgreement",
    "Label",
    "Labelled",
    "Score",
    "Share",
    "agreement",
    "matches",
    "overlap",
    "read_labelled",
]

MEASURES = {
    "modifier": "is it a modifier: the spans overlap by half or more",
    "exact": "is it a modifier, with the very same boundaries",
    "kind": "is it a modifier of this kind: the spans overlap by half or more, and the kinds are equal",
}

ENOUGH = 0.5
"""Intersection over union of the characters from which on two spans match."""

LEAST_LABELS = 10
"""Labels that a kind must have to enter the mean over kinds."""

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """A number with the percentile interval (95 %) of its bootstrap over prompts; nan where undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """Precision, recall and their harmonic mean.

    Attributes:
        n_labelled, n_found, n_agreed: spans.
        precision: agreed of found; nan where nothing was found.
        recall: agreed of labelled; nan where nothing is labelled.
        f1: 2 agreed / (labelled + found), in [0, 1]; nan where there is neither.
        low, high: percentile interval (95 %) of f1, bootstrap over prompts.
    """

    n_labelled: int
    n_found: int
    n_agreed: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float


@dataclass(frozen=True)
class CountAgreement:
    """How well the number of modifiers found agrees with the number labelled, prompt by prompt.

    Attributes:
        mean_labelled, mean_found: per prompt.
        mean_absolute_error: in modifiers.
        exactly: share of prompts with the very same number.
        correlation: Pearson's r; nan where one side is constant.
    """

    mean_labelled: float
    mean_found: float
    mean_absolute_error: float
    exactly: float
    correlation: Share


@dataclass(frozen=True)
class Agreement:
    """Parsed prompts beside labelled ones.

    Attributes:
        n_prompts: how many prompts were judged.
        scores: measure (a key of `MEASURES`) -> score over all prompts; ``"kind"`` is the micro mean.
        kind_macro: the mean of `by_kind`'s f1 over the kinds with `LEAST_LABELS` labels or more.
        kind_accuracy: among matched spans, the share whose kinds are equal.
        by_style: style -> measure -> score.
        by_kind: kind -> score of the measure ``"kind"``, kinds that are neither labelled nor found left out.
        confusions: (labelled kind, found kind) -> matched spans, for kinds that differ, most frequent first.
        count: of modifiers per prompt.
    """

    n_prompts: int
    scores: dict[str, Score]
    kind_macro: Share
    kind_accuracy: Share
    by_style: dict[str, dict[str, Score]]
    by_kind: dict[str, Score]
    confusions: dict[tuple[str, str], int]
    count: CountAgreement

    @property
    def frame(self) -> pd.DataFrame:
        """One row a score: level (all, style, kind), name, measure, and the fields of `Score`."""
        import pandas as pd

        rows = [("all", "", measure, score) for measure, score in self.scores.items()]
        rows += [
            ("style", style, measure, score)
            for style, scores in self.by_style.items()
            for measure, score in scores.items()
        ]
        rows += [("kind", kind, "kind", score) for kind, score in self.by_kind.items()]
        return pd.DataFrame(
            [{"level": level, "name": name, "measure": m, **asdict(score)} for level, name, m, score in rows]
        )

    def as_dict(self) -> dict:
        """Everything, for JSON: confusions as a list, None where a number is undefined."""
        plain = asdict(self)
        plain["confusions"] = [
            {"labelled": labelled, "found": found, "n": n} for (labelled, found), n in self.confusions.items()
        ]
        return _without_nan(plain)


def agreement(
    labelled: Sequence[Labelled],
    parse: Callable[[str], Parsed],
    *,
    kinds: Collection[str] = MODIFYING,
    resamples: int = 2000,
    seed: int = 0,
) -> Agreement:
    """Judges parsed prompts by labelled ones.

    Args:
        labelled: n prompts with their labels.
        parse: takes a prompt apart.
        kinds: what is judged; labels and found parts of other kinds are left out. For a parser without
            grammar: all of `MODIFYING` but ``attribute``.
        resamples: of the bootstrap over prompts.
        seed: of the bootstrap.

    Returns:
        Precision, recall, F1 and their intervals. With the kinds of `MODIFYING` and grammar, the number
        found is the count of the definition ``"all"``.

    Raises:
        PPPError: no prompts, an unknown kind, or no resamples.

    Example:
        >>> def commas(prompt: str) -> Parsed:
        ...     cut = prompt.index(",")
        ...     subject = Part(0, cut, prompt[:cut], "subject", prompt[:cut])
        ...     medium = Part(cut, len(prompt), prompt[cut:], "medium", prompt[cut:])
        ...     return Parsed(prompt, (subject, medium), grammar=False)
        >>> one = Labelled("agiqa", "development", "a fox, oil painting", (Label(7, 19, "medium"),))
        >>> judged = agreement([one], commas, resamples=9)
        >>> judged.scores["kind"].f1, judged.scores["exact"].f1, judged.by_kind["medium"].n_labelled
        (1.0, 0.0, 1)
    """
    _check(labelled, kinds, resamples)
    names = [kind for kind in KINDS if kind in set(kinds)]
    judged = [_judge(one, parse(one.prompt), names) for one in labelled]
    # shape (n_prompts, 3 measures + n kinds, 3): labelled, found, agreed
    cells = np.array([one.cells for one in judged])
    styles = np.array([one.style for one in labelled])
    rng = np.random.default_rng(seed)
    scores, macro, accuracy = _scored(cells, resamples, rng)
    by_style = {
        style: dict(zip(MEASURES, _scored(cells[styles == style], resamples, rng)[0], strict=False))
        for style in STYLES
        if style in set(styles.tolist())
    }
    by_kind = dict(zip(names, scores[len(MEASURES) :], strict=True))
    confusions = Counter(pair for one in judged for pair in one.confused)
    return Agreement(
        n_prompts=len(labelled),
        scores=dict(zip(MEASURES, scores, strict=False)),
        kind_macro=macro,
        kind_accuracy=accuracy,
        by_style=by_style,
        by_kind={name: score for name, score in by_kind.items() if score.n_labelled or score.n_found},
        confusions=dict(confusions.most_common()),
        count=_counted(cells[:, 0, :2], resamples, rng),
    )


def overlap(one: Label | Part, other: Label | Part) -> float:
    """Intersection over union of two spans' characters, in [0, 1].

    Example:
        >>> overlap(Label(0, 4, "mood"), Label(2, 8, "mood"))
        0.25
    """
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / (one.end - one.start + other.end - other.start - max(shared, 0))


def matches(
    labels: Sequence[Label | Part], found: Sequence[Label | Part], *, enough: float = ENOUGH
) -> list[tuple[int, int]]:
    """Which labels were found: one to one, greedy by overlap, ties in the order of the prompt.

    Args:
        labels: disjoint spans.
        found: disjoint spans.
        enough: the least `overlap`, above 0.

    Returns:
        Pairs of positions (in ``labels``, in ``found``), in the order of ``labels``.

    Example:
        >>> matches([Label(0, 4, "mood"), Label(6, 9, "mood")], [Label(5, 9, "mood")])
        [(1, 0)]
    """
    pairs = [(-overlap(a, b), i, j) for i, a in enumerate(labels) for j, b in enumerate(found)]
    taken: dict[int, int] = {}
    for distance, i, j in sorted(pairs):
        if -distance >= enough and i not in taken and j not in taken.values():
            taken[i] = j
    return sorted(taken.items())


@dataclass(frozen=True)
class _Judged:
    """One prompt: cells of shape (3 measures + n kinds, 3), and the matched kinds that differ."""

    cells: np.ndarray
    confused: tuple[tuple[str, str], ...]


def _judge(one: Labelled, parsed: Parsed, names: Sequence[str]) -> _Judged:
    labels = [label for label in one.labels if label.kind in names]
    found = [part for part in parsed.parts if part.kind in names]
    pairs = [(labels[i], found[j]) for i, j in matches(labels, found)]
    exact = sum((a.start, a.end) == (b.start, b.end) for a, b in pairs)
    equal = Counter(a.kind for a, b in pairs if a.kind == b.kind)
    both = (len(labels), len(found))
    rows = [(*both, len(pairs)), (*both, exact), (*both, equal.total())]
    of_label, of_found = Counter(a.kind for a in labels), Counter(b.kind for b in found)
    rows += [(of_label[name], of_found[name], equal[name]) for name in names]
    confused = tuple((a.kind, b.kind) for a, b in pairs if a.kind != b.kind)
    return _Judged(np.array(rows), confused)


def _scored(cells: np.ndarray, resamples: int, rng: np.random.Generator) -> tuple[list[Score], Share, Share]:
    """A score a row of cells, the macro mean over kinds, and the accuracy of the kind among matched spans."""
    total = cells.sum(axis=0)
    sampled = np.tensordot(_draws(len(cells), resamples, rng), cells, axes=1)
    f1, f1_sampled = _f1(total), _f1(sampled)  # shapes (rows,) and (resamples, rows)
    scores = [
        Score(
            *map(int, row), _over(row[2], row[1]), _over(row[2], row[0]), *_interval(f1[i], f1_sampled[:, i])
        )
        for i, row in enumerate(total)
    ]
    frequent = np.flatnonzero(total[len(MEASURES) :, 0] >= LEAST_LABELS) + len(MEASURES)
    if len(frequent):
        macro = Share(*_interval(f1[frequent].mean(), f1_sampled[:, frequent].mean(axis=1)))
    else:
        macro = Share(float("nan"), float("nan"), float("nan"))
    right = _ratio(sampled[:, 2, 2], sampled[:, 0, 2])
    return scores, macro, Share(*_interval(_over(total[2, 2], total[0, 2]), right))


def _counted(numbers: np.ndarray, resamples: int, rng: np.random.Generator) -> CountAgreement:
    labelled, found = numbers.T.astype(float)
    sums = np.stack([labelled, found, labelled**2, found**2, labelled * found], axis=1)
    sampled = _draws(len(numbers), resamples, rng) @ sums / len(numbers)
    off = np.abs(labelled - found)
    return CountAgreement(
        mean_labelled=float(labelled.mean()),
        mean_found=float(found.mean()),
        mean_absolute_error=float(off.mean()),
        exactly=float((off == 0).mean()),
        correlation=Share(*_interval(_pearson(sums.mean(axis=0)[None])[0], _pearson(sampled))),
    )


def _pearson(means: np.ndarray) -> np.ndarray:
    """Pearson's r from the means of x, y, x², y² and xy, shape (rows, 5); nan where one is constant."""
    x, y, xx, yy, xy = means.T
    spread = np.maximum(xx - x**2, 0) * np.maximum(yy - y**2, 0)
    return _ratio(xy - x * y, np.sqrt(np.where(spread > 1e-12, spread, 0.0)))


def _draws(n: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """How often each of n prompts was drawn, shape (resamples, n)."""
    return rng.multinomial(n, np.full(n, 1 / n), size=resamples)


def _f1(cells: np.ndarray) -> np.ndarray:
    return _ratio(2 * cells[..., 2], cells[..., 0] + cells[..., 1])


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=np.asarray(below) != 0)


def _over(above: int, below: int) -> float:
    return float(above / below) if below else float("nan")


def _interval(value: float, sampled: np.ndarray) -> tuple[float, float, float]:
    defined = sampled[~np.isnan(sampled)]
    if np.isnan(value) or not len(defined):
        return float(value), float("nan"), float("nan")
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(value), float(low), float(high)


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def _check(labelled: Sequence[Labelled], kinds: Collection[str], resamples: int) -> None:
    if not len(labelled):
        raise PPPError("agreement needs at least one labelled prompt, got none.")
    for kind in kinds:
        if kind not in KINDS:
            raise unknown_name("kind", kind, KINDS)
    if resamples < 1:
        raise PPPError(f"agreement needs at least one resample, got {resamples}.")
