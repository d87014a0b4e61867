"""What a benchmark measures: which targets, predictors, encoders and seeds go together, and which cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...datasets import POOLED, DataSet, installed, load_dataset
from ...encoders import ENCODERS, Encoder, encoder_status, load_encoder
from ...errors import PPPError
from ...predictors import PREDICTORS, predictor_class
from ...predictors.base import Predictor
from ..leaving_out import split_off
from ..parts import TargetData, target_data
from .judging import LEFT_OUT, OUT_OF_FOLD, Judges, judges_of, learned_texts
from .runs import RunKey

QUICK = (
    "length",
    "linguistic",
    "linear-probe",
    "nearest-mean",
    "caption-density",
    "intermediate-probe",
    "multilayer-probe",
    "density-probe",
)
"""Predictors that a benchmark takes unless told: each fits in seconds."""

HUMAN = ("people", "retrieval")
"""Who judged, where people did."""

SIZES = (100, 200, 500, 1_000, 2_000, 4_000)
"""Prompts learned from along a learning curve; all there are come last."""

ADAPTED_TO = "pqpp"
"""The data set that the shipped adapted encoder learned from."""

ADAPTABLE = ("minilm-l6", "adapted-minilm")
"""Encoders that a predictor may adapt to a target. The second one is taken only when it is named: to adapt
it for another seed or fold takes long."""

READ_LAYERS = ("intermediate-probe", "transfer-probe", "density-probe")
"""Predictors that take a whole reading and need all hidden layers of it."""

N_DRAWS = 3
"""Random subsets of each size."""


@dataclass(frozen=True)
class Job:
    """One fit (or the five of a cross-validation), and the targets that it is judged by.

    Attributes:
        trained_on: the target learned from.
        predictor, encoder: names; encoder is empty where the predictor reads the prompts alone.
        seed: of the fit.
        targets: that judge its predictions.
        n_train: where fewer prompts are learned from; else None.
        draw: which random subset.
    """

    trained_on: str
    predictor: str
    encoder: str
    seed: int
    targets: tuple[str, ...]
    n_train: int | None = None
    draw: int = 0

    def key(self, target: str, part: str) -> RunKey:
        """Of the run that one target's judgment is."""
        return RunKey(
            target, self.predictor, self.encoder, self.seed, part, self.trained_on, self.n_train, self.draw
        )

    def __str__(self) -> str:
        cut = f", {self.n_train:,} prompts" if self.n_train else ""
        return f"{self.trained_on}: {self.predictor}{', ' * bool(self.encoder)}{self.encoder}{cut}"


@dataclass(frozen=True)
class Plan:
    """All that is to be measured, with the data and encoders at hand.

    Attributes:
        jobs: in the order in which they are done.
        skipped: what was asked for and cannot be, and why: one sentence each.
        data: by target; a pooled target without one of its sources is ``<target>-without-<source>``.
        judges: by target: the prompts that judge it when it is learned from itself.
        encoders: by name.
    """

    jobs: tuple[Job, ...]
    skipped: tuple[str, ...]
    data: Mapping[str, TargetData]
    judges: Mapping[str, Judges]
    encoders: Mapping[str, Encoder]
    _learned: dict[str, set[str]] = field(default_factory=dict, repr=False)
    _found: dict[tuple[str, str], tuple[Judges, dict]] = field(default_factory=dict, repr=False)

    @property
    def n_runs(self) -> int:
        """Runs that the jobs give."""
        return sum(len(job.targets) for job in self.jobs)

    def judges_for(self, trained_on: str, target: str) -> Judges:
        """The prompts that judge by one target what another taught: none of those it taught with."""
        return self._judged(trained_on, target)[0]

    def hashes(self, trained_on: str, target: str) -> dict:
        """name, train_sha256 and held_out_sha256: a run counts as long as these are the same."""
        return self._judged(trained_on, target)[1]

    def _judged(self, trained_on: str, target: str) -> tuple[Judges, dict]:
        pair = (trained_on, target)
        if pair not in self._found:
            judges, data = self._find(*pair), self.data[trained_on]
            hashes = {
                "name": data.target.dataset,
                "train_sha256": data.train.digest(),
                "held_out_sha256": judges.digest(),
            }
            self._found[pair] = (judges, hashes)
        return self._found[pair]

    def _find(self, trained_on: str, target: str) -> Judges:
        judges = self.judges[target]
        if target == trained_on:
            return judges
        if target.partition("/")[0] != trained_on.partition("/")[0]:
            return judges.without(self._learned_by(trained_on), LEFT_OUT)
        if judges.part == OUT_OF_FOLD:  # the folds are the trained target's: only its prompts were judged
            known = set(self.data[trained_on].train.prompts)
            return judges.rows(row for row, text in enumerate(judges.prompts) if text in known)
        return judges.without(self._learned_by(trained_on))

    def _learned_by(self, target: str) -> set[str]:
        if target not in self._learned:
            self._learned[target] = learned_texts(self.data[target])
        return self._learned[target]


def make_plan(
    targets: Sequence[str] = (),
    predictors: Sequence[str] = (),
    encoders: Sequence[str | Encoder] = (),
    *,
    seeds: int = 1,
    split: str = "validation",
    transfer: bool = False,
    curves: bool = False,
) -> Plan:
    """Lays out a benchmark: what goes together, and what is left out and why.

    Args:
        targets: names, or a data set's name for all of its targets that no model made; empty for those
            that people judged, of all data sets on this machine.
        predictors: keys of ``PREDICTORS``; empty for those that fit in seconds.
        encoders: keys of ``ENCODERS``, folders, or encoders; empty for all that are on this machine.
        seeds: how many, from 0 on.
        split: ``"validation"`` (or out of fold, where a data set has no such part) or ``"test"``.
        transfer: whether each predictor is judged by all other targets too.
        curves: whether to learn from fewer prompts as well.

    Returns:
        The plan; its ``skipped`` tells what was left out.

    Raises:
        PPPError: for unknown names, fewer than one seed, a split that a data set asked for has not, or
            when nothing is left to measure.
    """
    if seeds < 1:
        raise PPPError(f"A benchmark needs at least one seed, got {seeds}.")
    skipped: list[str] = []
    loaded: dict[str, DataSet] = {}
    data, judges = _gather(targets, split, loaded, skipped)
    predictors = predictors or [name for name in QUICK if name in PREDICTORS]
    fed = data and not all(_reads_alone(name) for name in predictors)
    ready = _ready(encoders, skipped) if fed else {}
    pairs = _pairs(predictors, ready, skipped)
    wanted = tuple(data)
    left_out = [found for name in wanted for found in _leave_out(name, loaded, data, judges, split)]
    jobs = []
    for predictor, encoder in pairs:
        for without, source, target in left_out:
            # an adapted encoder has learned from the data set that it was adapted to, whatever is left out
            if encoder != ADAPTABLE[1] or source != ADAPTED_TO:
                jobs += [Job(without, predictor, encoder, seed, (target,)) for seed in range(seeds)]
        for target in wanted:
            for seed in range(seeds):
                judged = _judged_by(target, wanted, predictor, encoder) if transfer else (target,)
                jobs.append(Job(target, predictor, encoder, seed, judged))
            if curves:
                jobs += _curve(target, predictor, encoder, len(data[target].train))
    if not jobs:
        nothing = "No data set that people judged is on this machine. Name a target, or: ppp get pqpp"
        told = " ".join(skipped) or nothing
        raise PPPError(f"Nothing to measure. {told}")
    return Plan(tuple(jobs), tuple(skipped), data, judges, ready)


def _gather(
    names: Sequence[str], split: str, loaded: dict[str, DataSet], skipped: list[str]
) -> tuple[dict[str, TargetData], dict[str, Judges]]:
    data, judges = {}, {}
    for name in names or _at_hand():
        dataset = name.partition("/")[0]
        if dataset not in loaded:
            loaded[dataset] = load_dataset(dataset)
        known = loaded[dataset]
        whole = "/" not in name
        judges_wanted = (*HUMAN, "user") if names else HUMAN
        judged = [target.name for target in known.card.targets if target.judged_by in judges_wanted]
        if names and whole and not judged:
            skipped.append(f"{name} has no target that people judged; name one of its targets.")
        for target in judged if whole else [name]:
            try:
                data[target] = target_data(known, target)
                judges[target] = judges_of(known, data[target], split)
            except PPPError as error:
                if names and not whole:
                    raise
                data.pop(target, None)
                skipped.append(str(error))
    if names and not data:
        raise PPPError(skipped[0])
    return data, judges


def _at_hand() -> list[str]:
    """The data sets on this machine, and those that are made of them."""
    here = [one.name for one in installed()]
    return [*here, *(name for name, module in POOLED.items() if set(module.source_names()) & set(here))]


def _leave_out(
    target: str,
    loaded: dict[str, DataSet],
    data: dict[str, TargetData],
    judges: dict[str, Judges],
    split: str,
) -> list[tuple[str, str, str]]:
    """A pooled target without each of its sources in turn: its name then, the source, the target that judges.

    Puts what the plan needs of them into ``data`` and ``judges``.
    """
    dataset = target.partition("/")[0]
    if dataset not in POOLED or split != "validation":
        return []
    found = []
    for judging in POOLED[dataset].POOLS[target].sources:
        source = judging.partition("/")[0]
        if source not in set(loaded[dataset].prompts["source"]):
            continue
        try:
            without, _, _ = split_off(loaded[dataset], target, source)
        except PPPError:  # nothing is left to learn from
            continue
        if source not in loaded:
            loaded[source] = load_dataset(source)
        if judging not in data:
            data[judging] = target_data(loaded[source], judging)
            judges[judging] = judges_of(loaded[source], data[judging], split)
        name = f"{target}-without-{source}"
        data[name] = without
        found.append((name, source, judging))
    return found


def _ready(encoders: Sequence[str | Encoder], skipped: list[str]) -> dict[str, Encoder]:
    """The encoders that can be used, by name."""
    status = {one.name: one for one in encoder_status()}
    found = {}
    quick = [name for name in ENCODERS if status[name].available and name not in ADAPTABLE[1:]]
    for wanted in encoders or quick:
        if not isinstance(wanted, str):
            found[wanted.name] = wanted
        elif wanted in status and not status[wanted].available:
            skipped.append(f"{wanted} is not on this machine. Get it with: {status[wanted].get}")
        else:
            loaded = load_encoder(wanted)
            found[loaded.name] = loaded
    return found


def _pairs(
    predictors: Sequence[str], encoders: Mapping[str, Encoder], skipped: list[str]
) -> list[tuple[str, str]]:
    pairs = []
    for name in dict.fromkeys(predictors):
        kind = predictor_class(name)
        if _reads_alone(name):
            pairs.append((name, ""))
            continue
        for encoder in encoders.values():
            why = _why_not(kind, encoder)
            if why:
                skipped.append(f"{name} {why}.")
            else:
                pairs.append((name, encoder.name))
    return pairs


def _reads_alone(predictor: str) -> bool:
    """Whether a predictor takes the prompts and no encoder."""
    kind = predictor_class(predictor)
    return kind.reads == "prompts" and not getattr(kind, "tunes_encoder", False)


def _why_not(kind: type[Predictor], encoder: Encoder) -> str:
    """Why an encoder cannot feed a predictor; empty where it can."""
    if kind.reads == "images":
        return "sees pictures, and a benchmark is of prompts alone: use ppp after --curve"
    if encoder.n_layers < 2 and (kind.reads == "all" or kind.name in READ_LAYERS):
        return f"reads all hidden layers, and {encoder.name} has one"
    if kind.reads == "adapted" and encoder.name not in ADAPTABLE:
        return f"adapts {ADAPTABLE[0]}, and {encoder.name} is none that can be adapted"
    if kind.name == "transfer-probe" and encoder.name != ADAPTABLE[1]:
        return f"reads adapted scores, and {encoder.name} has none"
    if getattr(kind, "tunes_encoder", False) and hasattr(encoder, "fit"):
        return f"fine-tunes a model, and {encoder.name} is none"
    return ""


def _judged_by(target: str, names: Iterable[str], predictor: str, encoder: str) -> tuple[str, ...]:
    """The target itself, then all others that say something about transfer.

    An adapted encoder has learned all targets of a data set at once, so only other data sets do, and never
    the one that the shipped one was adapted to.
    """
    joint = predictor_class(predictor).reads == "adapted" or encoder == ADAPTABLE[1]
    known = {target.partition("/")[0], ADAPTED_TO} if joint else set()
    return (target, *(name for name in names if name != target and name.partition("/")[0] not in known))


def _curve(target: str, predictor: str, encoder: str, n_all: int) -> list[Job]:
    return [
        Job(target, predictor, encoder, 0, (target,), size, draw)
        for size in SIZES
        if size < n_all
        for draw in range(N_DRAWS)
    ]
