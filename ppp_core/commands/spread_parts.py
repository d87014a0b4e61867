"""What ``ppp spread`` tells on request, below its main answer: parts made, printed, and given as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import unknown_name
from .console import print_table, progress_bar

if TYPE_CHECKING:
    from ..datasets import DataSet
    from ..spread.observations import Observations
    from ..spread.results import SpreadAnalysis

MOST_PREDICTED = 2_000
"""Of more prompts, so many are drawn: each takes time to embed."""
RESAMPLES_A_GROUP = 500


@dataclass(frozen=True)
class Part:
    """One block: its key and value in JSON, its title, and what prints the rest of it."""

    key: str
    value: object
    title: str
    show: Callable[[], None]

    def print(self) -> None:
        """The block after an empty line."""
        print()
        print(self.title)
        self.show()


def check(observed: Observations, *, effects: str | None, by: str | None) -> None:
    """Raises PPPError for an unknown way to tell modifiers apart or to group, before anything takes time."""
    from ..spread.grouping import ways_to_group
    from ..spread.memberships import BY

    if effects is not None and effects not in BY:
        raise unknown_name("way to tell modifiers apart", effects, BY)
    if by is not None and by not in (ways := ways_to_group(observed)):
        raise unknown_name("way to group", by, ways)


def effects_part(observed: Observations, by: str) -> Part:
    """Each modifier's effect on mean and spread, and what pairs do together."""
    from ..spread.effects import combinations, modifier_effects
    from ..spread.memberships import BY

    found, pairs = modifier_effects(observed, by=by), combinations(observed, by=by)

    def show() -> None:
        print(found.answer)
        for outcome, header in (("mean", "effect on the mean"), ("spread", "change of the SD")):
            rows = found.of(outcome)
            if len(rows):
                table = [_effect_row(row, outcome) for row in rows.to_dict("records")]
                print_table(["modifier", "with", "without", f"{header} [95 %]", "shrunken", "p"], table)
        print(f"p: adjusted over the modifiers. Held fixed: {', '.join(found.controls) or 'nothing'}.")
        print(pairs.answer)
        if len(pairs.frame):
            header = ["of", "modifiers", "prompts with both", "beyond both alone [95 %]", "p"]
            print_table(header, [_pair_row(row) for row in pairs.frame.to_dict("records")])
        _print_lines((*found.notes, *pairs.notes))

    value = {**found.as_dict(), "combinations": pairs.as_dict()}
    return Part("effects", value, f"Effects: {BY[by].lower()}", show)


def _effect_row(row: dict, outcome: str) -> list:
    if outcome == "mean":
        told = [_signed(row["effect"], row["low"], row["high"]), _signed(row["shrunk"])]
    else:
        ends = (row["percent"], row["percent_low"], row["percent_high"])
        told = [
            _signed(*ends, form="+.0f", unit=" %"),
            _signed(row["shrunk_percent"], form="+.0f", unit=" %"),
        ]
    return [row["modifier"], int(row["n_with"]), int(row["n_without"]), *told, p_words(row["p_adjusted"])]


def _pair_row(row: dict) -> list:
    names = f"{row['first']} + {row['second']}"
    size = _signed(row["effect"], row["low"], row["high"])
    return [row["outcome"], names, int(row["n_both"]), size, p_words(row["p_adjusted"])]


def components_part(dataset: DataSet, target: str) -> Part:
    """Where the variance of single ratings comes from."""
    from ..spread.components import variance_components

    found = variance_components(dataset, target)

    def show() -> None:
        print(found.answer)
        rows = [
            [
                row.title,
                f"{row.variance:.4g}",
                _band(row.share, row.share_low, row.share_high, form=".0%"),
                f"{row.sd:.3f}",
                "-" if math.isnan(row.levels) else int(row.levels),
            ]
            for row in found.frame.itertuples()
        ]
        print_table(["component", "variance", "share [95 %]", "SD", "levels"], rows)
        _print_lines(found.notes)

    return Part("components", found.as_dict(), "Components: where the variance comes from", show)


def images_part(dataset: DataSet, target: str) -> Part:
    """The predictors' correlation over the number of images averaged."""
    from ..spread.images_curve import images_curve

    found = images_curve(dataset, target)

    def show() -> None:
        print(found.answer)
        rows = [
            [
                int(row.images),
                _band(row.pearson, row.low, row.high, form=".2f"),
                f"{row.spearman:.2f}",
                f"{row.formula:.2f}",
            ]
            for row in found.frame.itertuples()
        ]
        print_table(["images", "Pearson [95 %]", "Spearman", "formula"], rows)
        _print_lines((f"{found.n_prompts:,} prompts; predictions: {found.source}.", *found.notes))

    return Part("images", found.as_dict(), "Images: how many make a fair judge", show)


def widths_part(observed: Observations) -> Part:
    """How wide predicted intervals are, by number of modifiers; of a sample where prompts are many."""
    from ..spread.performance import predicted_widths
    from ..store import EmbeddingStore, home

    prompts, sampled = observed.prompts, ()
    if len(prompts) > MOST_PREDICTED:
        sampled = (f"{MOST_PREDICTED:,} of {len(prompts):,} prompts were predicted, drawn at random.",)
        prompts = prompts.sample(MOST_PREDICTED, random_state=0).sort_index()
    with progress_bar("predicted", unit="prompts") as update:
        found = predicted_widths(
            prompts["prompt"].tolist(),
            definition="lexicon" if observed.count == "given" else observed.count,
            counts=prompts["count"].tolist(),
            store=EmbeddingStore(home() / "embeddings"),
            progress=update,
        )
    found = replace(found, definition=observed.count, notes=(*sampled, *found.notes))

    def show() -> None:
        print(found.answer)
        rows = [
            [
                int(row["count"]),
                int(row["n_prompts"]),
                _band(row["width"], row["low"], row["high"]),
                f"{row['value']:.3f}",
            ]
            for row in found.trend.to_dict("records")
        ]
        print_table(["modifiers", "prompts", "width [95 %]", "predicted"], rows)
        _print_lines(found.notes)

    return Part("widths", found.as_dict(), f"Widths: of predicted 90 % intervals, {found.target}", show)


def groups_part(observed: Observations, by: str) -> Part:
    """The answer in each group of prompts."""
    from ..spread import analyse
    from ..spread.grouping import grouped, ways_to_group

    parts = grouped(observed, by)
    found = {}
    with progress_bar("groups tested", unit="groups") as update:
        for done, (name, part) in enumerate(parts.items(), 1):
            found[str(name)] = analyse(part, resamples=RESAMPLES_A_GROUP)
            update(done, len(parts))

    def show() -> None:
        for name, one in found.items():
            print(f"{name}: {one.answer}")
        print_table(["group", *_RANK], [[name, *_rank_row(one)] for name, one in found.items()])
        print("Each group is tested by itself, so a few of many look clear by chance.")

    title = f"Groups: by {ways_to_group(observed)[by].lower()}"
    return Part("groups", {name: one.as_dict() for name, one in found.items()}, title, show)


def compare_part(
    mine: SpreadAnalysis, dataset: DataSet, other: DataSet, analysed: Callable[[Observations], SpreadAnalysis]
) -> Part:
    """The same analysis of another data set's main target, as near as that one allows."""
    from ..spread import counts_of, default_count, default_meaning, meanings_of, observations

    target = other.card.targets[0].name
    meaning, count = mine.meaning, mine.count
    notes = []
    if why := meanings_of(other, target)[meaning]:
        notes.append(f"Not measured alike, no variance across {meaning} there: {why}")
        meaning = default_meaning(other, target)
    if why := counts_of(other)[count]:
        notes.append(f"Not measured alike, modifiers are not counted by {count} there: {why}")
        count = default_count(other)
    if dataset.target(mine.target).measure != other.target(target).measure:
        notes.append("The two are on different scales: compare directions and strengths, not values.")
    found = analysed(observations(other, target, meaning=meaning, count=count))
    found = replace(found, notes=(*notes, *found.notes))

    def show() -> None:
        print(found.answer)
        rows = [[one.target, one.meaning, one.count, *_rank_row(one)] for one in (mine, found)]
        print_table(["target", "variance across", "counted", *_RANK], rows)
        _print_lines(found.notes)

    return Part("compare", found.as_dict(), f"Compared with {found.dataset}", show)


_RANK = ("prompts", "rank correlation [95 %]", "p", "strength")


def _rank_row(analysis: SpreadAnalysis) -> list:
    rank = analysis.test("spearman")
    return [analysis.n, _signed(rank.estimate, rank.low, rank.high), p_words(rank.p), analysis.strength]


def _print_lines(lines: tuple[str, ...]) -> None:
    for line in dict.fromkeys(lines):
        print(line)


def p_words(value: float) -> str:
    """A p value for a table.

    Example:
        >>> p_words(0.0312), p_words(0.0001), p_words(float("nan"))
        ('.031', '< .001', '-')
    """
    if math.isnan(value):
        return "-"
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def _signed(
    value: float, low: float = math.nan, high: float = math.nan, *, form: str = "+.2f", unit: str = ""
) -> str:
    return _band(value, low, high, form=form, unit=unit)


def _band(value: float, low: float, high: float, *, form: str = ".3f", unit: str = "") -> str:
    if math.isnan(value):
        return "-"
    told = f"{value:{form}}"
    return f"{told}{unit}" if math.isnan(low) else f"{told} [{low:{form}}, {high:{form}}]{unit}"
