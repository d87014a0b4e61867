"""``ppp plan-experiment``, ``ppp analyse-experiment`` and ``ppp images-needed``."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import PPPError
from .console import note, print_json, print_table

if TYPE_CHECKING:
    import pandas as pd


def plan_experiment(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="base prompts, without the modifiers; - is standard input")
    ],
    modifier: Annotated[list[str], typer.Option("--modifier", metavar="M", help="one or more to test")],
    out: Annotated[Path, typer.Option("--out", metavar="F", help="file to write: CSV, TSV, Parquet, JSON")],
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", help="images a prompt and arm")] = 4,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="S", help="of the order and of the seeds")
    ] = 0,
    design: Annotated[str, typer.Option("--design", help="each, or factorial: every combination")] = "each",
    effect: Annotated[
        float, typer.Option("--effect", help="on the mean to be found, in SDs between images of a prompt")
    ] = 0.5,
    ratio: Annotated[
        float, typer.Option("--ratio", help="of the SDs with and without to be found; .8 is 20 % less spread")
    ] = 0.8,
    correlation: Annotated[
        float, typer.Option("--correlation", help="between the scores of a pair; 0 is careful")
    ] = 0.0,
    power: Annotated[float, typer.Option("--power", help="that is wanted")] = 0.8,
    generator: Annotated[str, typer.Option("--generator", metavar="G", help="its name, for a column")] = "",
    prompt_column: Annotated[str, typer.Option("--prompt-column", metavar="C")] = "prompt",
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Plan an experiment in pairs: the same prompts and seeds without and with modifiers, at random."""
    from ..spread.experiment import plan_experiment as make_plan
    from ..spread.experiment_words import share
    from ..store.paths import refuse_when_public
    from ..tables import output_format, read_table, restore_formulas, write_table

    refuse_when_public("Writing a plan")
    output_format(out.suffix, out)
    table = restore_formulas(read_table(file, prompt_column=prompt_column))
    plan = make_plan(
        table[prompt_column].tolist(),
        modifier,
        seeds=seeds,
        seed=seed,
        design=design,
        generator=generator,
        effect=effect,
        ratio=ratio,
        correlation=correlation,
        power=power,
    )
    write_table(plan.runs, out)
    for line in (*table.attrs.get("notes", ()), *plan.notes):
        note(line)
    if json:
        print_json({**plan.as_dict(), "file": str(out)})
        return
    print(plan.answer)
    found = plan.power
    rows = [
        [
            f"an effect of {abs(effect):g} SD on the mean",
            share(found.mean),
            _or_never(found.prompts_for_mean),
            _or_never(found.seeds_for_mean),
        ],
        [
            f"SDs in a ratio of {ratio:g}",
            share(found.spread),
            _or_never(found.prompts_for_spread),
            _or_never(found.seeds_for_spread),
        ],
    ]
    print_table(["to find", "power", f"prompts for {share(power)}", f"or seeds for {share(power)}"], rows)
    print(f"written to {out}: fill in the column score, then `ppp analyse-experiment {out}`")


def analyse_experiment(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-|NAME", help="the plan's file with scores; - is standard input; or a data set"
        ),
    ],
    score: Annotated[
        str, typer.Option("--score", metavar="C", help="column of scores, higher is better")
    ] = "score",
    target: Annotated[
        str | None,
        typer.Option(
            "--target", metavar="T", help="these ratings of the data set that `ppp generate` drew of a plan"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Analyse an experiment in pairs: what each modifier does to the mean and to the spread."""
    from ..spread.experiment_analysis import analyse_experiment as analyse
    from ..spread.experiment_words import interval, signed

    result = analyse(_scored(file, score, target), score=score)
    if json:
        print_json(result.as_dict())
        return
    for answer in result.answers:
        print(answer)
    print_table(
        ["modifier", "prompts", "pairs", "mean without", "with", "effect", "in SDs", "p", "adjusted"],
        [
            [
                row.modifier,
                row.n_prompts,
                row.n_pairs,
                f"{row.mean_without:.3f}",
                f"{row.mean_with:.3f}",
                interval(row.effect, row.low, row.high, "+.3f"),
                signed(row.effect_sd),
                _or_dash(row.p, ".3g"),
                _or_dash(row.p_adjusted, ".3g"),
            ]
            for row in result.effects.itertuples()
        ],
    )
    header = ["modifier", "SD without", "with", "spread", "p", "adjusted", "Pitman-Morgan p", "rank p"]
    print_table(
        header,
        [
            [
                row.modifier,
                _or_dash(row.sd_without, ".3f"),
                _or_dash(row.sd_with, ".3f"),
                interval(row.percent, row.percent_low, row.percent_high, "+.0f", " %"),
                *(
                    _or_dash(value, ".3g")
                    for value in (row.p, row.p_adjusted, row.p_pitman_morgan, row.p_spearman)
                ),
            ]
            for row in result.spread.itertuples()
        ],
    )
    for row in result.interactions.itertuples():
        print(
            f"{row.first} and {row.second} together: "
            f"{interval(row.effect, row.low, row.high, '+.3f')}, p {_or_dash(row.p, '.3g')}"
        )
    print("95 % intervals; adjusted: Benjamini and Hochberg over all modifiers, mean and spread")
    for line in dict.fromkeys((*result.effects["model"] + ".", *result.notes)):
        note(line)


def images_needed(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="a data set, for its spreads")] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="T", help="of the data set; by default its main one")
    ] = None,
    difference: Annotated[
        float | None, typer.Option("--difference", metavar="D", help="between the two prompts' means")
    ] = None,
    sd: Annotated[
        float | None, typer.Option("--sd", metavar="S", help="between images of one prompt")
    ] = None,
    scores_a: Annotated[
        str | None, typer.Option("--a", metavar="X,X…", help="scores of the first prompt's images so far")
    ] = None,
    scores_b: Annotated[
        str | None, typer.Option("--b", metavar="X,X…", help="of the second prompt's")
    ] = None,
    power: Annotated[float, typer.Option("--power", help="chance that is wanted")] = 0.8,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Tell how many images it takes to rank two prompts, from a difference, a data set, or scores so far."""
    from ..spread.images_needed import compare_scores
    from ..spread.images_needed import images_needed as needed_images

    if scores_a is not None or scores_b is not None:
        if scores_a is None or scores_b is None or name or difference is not None or sd is not None:
            raise PPPError("Scores so far are two lists by themselves: --a 3,4,4 --b 2,3,3.")
        found = compare_scores(_numbers("--a", scores_a), _numbers("--b", scores_b), chance=power)
    elif name is not None:
        if sd is not None:
            raise PPPError(f"{name} gives its own --sd; leave it out: ppp images-needed {name}.")
        found = _of_dataset(name, target, difference, power)
    elif difference is not None and sd is not None and target is None:
        found = needed_images(difference, sd, chance=power)
    else:
        raise PPPError("Give --difference and --sd, or a data set, or scores so far with --a and --b.")
    if json:
        print_json(found.as_dict())
        return
    print(found.answer)
    if hasattr(found, "curve"):
        _print_curve(found)
    for line in found.notes:
        note(line)


def _of_dataset(name: str, target: str | None, difference: float | None, power: float):
    from ..datasets import load_dataset
    from ..spread.images_needed import images_needed_for

    return images_needed_for(load_dataset(name), target, difference=difference, chance=power)


def _print_curve(found) -> None:
    from ..spread.experiment_words import share

    random = "random_pairs" in found.curve
    if random:
        many = "more than 10,000" if found.for_random is None else f"{found.for_random:,}"
        print(
            f"Two of its prompts at random are in the right order with a chance of {share(found.chance)} "
            f"from {many} on."
        )
    header = [
        "images a prompt",
        "right order",
        "test finds it",
        *(["random pairs in order"] if random else []),
    ]
    columns = ["right_order", "power", *(["random_pairs"] if random else [])]
    rows = [
        [int(row["images"]), *(share(row[name]) for name in columns)]
        for row in found.curve.to_dict(orient="records")
    ]
    print_table(header, rows)


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise PPPError(
            f"{option} takes numbers with commas between them, such as 3,4,4.5, got {text!r}."
        ) from error


def _scored(source: str, score: str, target: str | None) -> "pd.DataFrame":
    """The plan's runs with their scores: of a file, or of a data set that was drawn of a plan."""
    if target is None:
        from ..tables import read_table

        return read_table(source, text_ok=False)
    from ..datasets import load_dataset
    from ..generation import scored_runs

    if score != "score":
        raise PPPError("--score names a column of a file, --target ratings of a data set: give one of them.")
    return scored_runs(load_dataset(source), target)


def _or_dash(value: float, spec: str) -> str:
    return f"{value:{spec}}" if math.isfinite(value) else "-"


def _or_never(number: int | None) -> str:
    return "no number" if number is None else f"{number:,}"
