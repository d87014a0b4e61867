"""``ppp spread``."""

import math
from typing import Annotated

import typer

from ..errors import PPPError
from . import spread_parts as parts
from .console import note, print_json, print_table, progress_bar


def spread(
    name: Annotated[str, typer.Argument(metavar="NAME", help="a data set on this machine, or scenes")],
    target: Annotated[
        str | None, typer.Option("--target", metavar="T", help="what was measured; default: the main target")
    ] = None,
    meaning: Annotated[
        str | None,
        typer.Option(
            "--meaning",
            metavar="M",
            help="variance across what: samples, generators, generators-centred, generators-raw, prompts",
        ),
    ] = None,
    count: Annotated[
        str | None,
        typer.Option("--count", metavar="D", help="modifiers counted how: given, segments, lexicon, all"),
    ] = None,
    generator: Annotated[
        str | None, typer.Option("--generator", metavar="G", help="only images of this one")
    ] = None,
    effects: Annotated[
        str | None,
        typer.Option(
            "--effects", metavar="BY", help="what each modifier does, by: term, kind, factor, value"
        ),
    ] = None,
    components: Annotated[
        bool, typer.Option("--components", help="where the variance of ratings comes from")
    ] = False,
    images: Annotated[bool, typer.Option("--images", help="what averaging images brings predictors")] = False,
    widths: Annotated[
        bool, typer.Option("--widths", help="are prompts with more modifiers predicted with less doubt?")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="the answer in each group; or by length")
    ] = None,
    compare: Annotated[
        str | None, typer.Option("--compare", metavar="NAME", help="another data set's main target beside it")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Test whether prompts with more modifiers vary less, and do better."""
    from ..datasets import load_dataset
    from ..spread import counts_of, meanings_of, observations

    dataset = load_dataset(name)
    target = _full(dataset, target)
    observed = observations(dataset, target, meaning=meaning, count=count, generator=generator)
    parts.check(observed, effects=effects, by=by)
    other = None if compare is None else load_dataset(compare)
    if other is not None:
        _full(other, None)
    analysis = _analysed(observed)
    asked = (
        (effects is not None, lambda: parts.effects_part(observed, effects)),
        (components, lambda: parts.components_part(dataset, target)),
        (images, lambda: parts.images_part(dataset, target)),
        (widths, lambda: parts.widths_part(observed)),
        (by is not None, lambda: parts.groups_part(observed, by)),
        (other is not None, lambda: parts.compare_part(analysis, dataset, other, _analysed)),
    )
    found = [make() for wanted, make in asked if wanted]
    if json:
        allowed = {"meanings": meanings_of(dataset, target), "counts_allowed": counts_of(dataset)}
        print_json({"format": 1, **analysis.as_dict(), **allowed, **{one.key: one.value for one in found}})
        return
    _print(analysis, observed, meanings_of(dataset, target))
    for one in found:
        one.print()


def _analysed(observed):
    """The analysis, with what prompts are of held equal where it can be."""
    from ..spread import analyse

    subjects, lines = _subjects(observed)
    with progress_bar("tested", unit="tests") as update:
        analysis = analyse(observed, subjects=subjects, progress=update)
    for line in lines:
        note(line)
    return analysis


def _full(dataset, target: str | None) -> str:
    """A target's whole name: ``alignment`` stands for ``<data set>/alignment``."""
    if target is None:
        if not dataset.card.targets:
            raise PPPError(f"The data set {dataset.card.name} has no target.")
        return dataset.card.targets[0].name
    return target if "/" in target else f"{dataset.card.name}/{target}"


def _subjects(observed):
    """What the prompts are of, as vectors, where the encoder is here and they are not too many; and notes."""
    from ..encoders import is_available
    from ..spread.controls import subject_vectors, subjects_wanted
    from ..store import EmbeddingStore, home

    if not subjects_wanted(observed):
        return None, ()
    if not is_available("minilm-l6"):
        return None, ("What prompts are of is not held equal: the encoder minilm-l6 is not here.",)
    store = EmbeddingStore(home() / "embeddings")
    with progress_bar("subjects embedded") as update:
        vectors = subject_vectors(observed, store=store, progress=update)
    return vectors, (store.problem,) if store.problem else ()


def _print(analysis, observed, meanings) -> None:
    from ..spread import COUNTS

    print(analysis.answer)
    print()
    print(f"Variance {observed.told.within}. {observed.told.about}")
    print(f"Modifiers: {COUNTS[analysis.count].title.lower()}. {COUNTS[analysis.count].about}")
    print()
    rows = [
        [one.title, one.words or "-", parts.p_words(one.p_adjusted), one.verdict]
        for one in (*analysis.tests, *analysis.mean_tests)
    ]
    print_table(["test", "effect [95 % interval]", "p", "verdict"], rows)
    print(f"p: adjusted over these {len(rows)} tests (Benjamini-Hochberg).")
    print()
    means = analysis.mean_trend.set_index("count")
    print_table(
        ["modifiers", "prompts", "spread [95 %]", "mean [95 %]"],
        [
            [
                int(row.count_),
                int(row.n_prompts),
                _band(row.spread, row.low, row.high),
                _band(*means.loc[row.count_, ["mean", "low", "high"]]),
            ]
            for row in analysis.trend.rename(columns={"count": "count_"}).itertuples()
        ],
    )
    _print_rest(analysis, meanings)


def _print_rest(analysis, meanings) -> None:
    left_out = analysis.sensitivity.dropna()
    print()
    if len(left_out):
        least, most = left_out["estimate"].min(), left_out["estimate"].max()
        print(f"Leaving out one generator at a time, the rank correlation is {least:+.2f} to {most:+.2f}.")
    for line in (*analysis.controls, *analysis.notes):
        print(line)
    allowed = [name for name, why in meanings.items() if not why]
    print(f"This data allows variance across: {', '.join(allowed)}.")
    for name, why in meanings.items():
        if why:
            print(f"Not {name}: {why}")


def _band(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.3f}" if math.isnan(low) else f"{value:.3f} [{low:.3f}, {high:.3f}]"
