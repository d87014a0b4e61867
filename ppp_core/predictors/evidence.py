"""How do we know? A trained predictor's card in sentences."""

import json
import shlex
from dataclasses import dataclass
from functools import cache

from . import predictor_class
from .shipped import DEFAULT_TARGET, MODELS
from .trained import TrainedPredictor

REFERENCE = MODELS.parent / "reference" / "predictors.json"
LIMITS = (
    "It reads words and sees no image. It does not know your generator, its seed or its settings, only the "
    "ones that were judged. What was judged is English; a prompt in another language is not understood, and "
    "mostly, not always, flagged. The interval is for the mean over the judged images of a prompt, not for "
    "one image. A part of what people say is chance that no prompt can predict."
)


@dataclass(frozen=True)
class Evidence:
    """What stands behind a predictor's scores, in sentences for the reader.

    Attributes:
        learned_from: data, prompts and ratings.
        licence, attribution, citation: of the data.
        correlation: held-out correlation with its interval.
        baselines: the same measured for simpler predictors.
        coverage: of the 90 % intervals.
        coverage_table: rows with group, prompts, inside, low, high (percent).
        familiarity: what share of prompts is called unfamiliar.
        limits: what it cannot know.
    """

    learned_from: str
    licence: str
    attribution: str
    citation: str
    correlation: str
    baselines: str
    coverage: str
    coverage_table: list[dict]
    familiarity: str
    limits: str


def evidence(trained: TrainedPredictor) -> Evidence:
    """Tells a trained predictor's card; every figure is measured by us on prompts not learned from."""
    card, data = trained.card, trained.card["data"]
    return Evidence(
        learned_from=(
            f"{data['n_train']:,} prompts of {data['name']} with {data['n_train_ratings']:,} published "
            f"values. {trained.target.about} The text encoder is {trained.encoder.name}, the predictor "
            f"{trained.predictor.name}, version {trained.version}."
        ),
        licence=data["licence"],
        attribution=data["attribution"],
        citation=data["citation"],
        correlation=_elsewhere(card) + _correlation(card["held_out"]) + _members(card),
        baselines=_baselines(trained),
        coverage=_coverage(card),
        coverage_table=[_coverage_row(part) for part in card["coverage"]],
        familiarity=_familiarity(card["familiarity"]),
        limits=LIMITS,
    )


def _elsewhere(card: dict) -> str:
    """How it does on data sets that it had not learned from, where that was measured."""
    told = "; ".join(
        f"{one['source']} {_figure(one['spearman'])} ({one['n']:,} prompts)"
        for one in card.get("left_out", [])
    )
    if not told:
        return ""
    return (
        f"Learned anew without a data set and judged by it, Spearman: {told}. Layers, penalty and shares "
        "were chosen while looking at these figures, so they lean a little high. "
    )


def _members(card: dict) -> str:
    """What an ensemble is made of, the heaviest first."""
    weights = sorted(card.get("members", []), key=lambda one: -one["weight"])
    told = ", ".join(f"{one['name']} {one['weight']:.0%}" for one in weights if one["weight"] > 0)
    return f" Its members, by weight: {told}." if told else ""


def _correlation(held_out: dict) -> str:
    pearson, spearman, kendall = (held_out[name] for name in ("pearson", "spearman", "kendall"))
    told = (
        f"On {held_out['n']:,} prompts that it did not learn from ({held_out['part']}), Pearson "
        f"{_figure(pearson)}, Spearman {_figure(spearman)}, Kendall τ-b {_figure(kendall)} with what was "
        "observed; 95 % intervals, measured by us. The kind of predictor was chosen on these prompts, too."
    )
    folds = held_out.get("pearson_of_fold_models")
    if folds:
        told += (
            f" {len(folds)} models, each of four fifths of the training prompts, reach {min(folds):.3f} to "
            f"{max(folds):.3f}."
        )
    return told


def _figure(part: dict) -> str:
    if part["value"] is None:
        return f"undefined ({part['reason']})"
    return f"{part['value']:.3f} [{part['low']:.3f}, {part['high']:.3f}]"


@cache
def reference_rows() -> tuple[dict, ...]:
    """What every predictor reaches on every target, measured when the shipped ones were trained."""
    return tuple(json.loads(REFERENCE.read_text(encoding="utf-8"))) if REFERENCE.exists() else ()


def _baselines(trained: TrainedPredictor) -> str:
    rows = [row for row in reference_rows() if row["target"] == trained.target.name]
    told = ", ".join(f"{_kind(row)} {row['pearson']['value']:.3f}" for row in rows)
    return f"Pearson on the same prompts, measured by us: {told}." if rows else "Not measured."


def _kind(row: dict) -> str:
    """A predictor with its encoder, where it reads one."""
    if predictor_class(row["predictor"]).reads == "prompts":
        return row["predictor"]
    return f"{row['predictor']} on {row['encoder']}"


def _coverage(card: dict) -> str:
    every = card["coverage"][0]
    if card["calibration"]["method"] != "split conformal":
        about = "; measured on models that learned from four fifths, while the predictor learned from all"
    else:
        about = ""
    return (
        f"The 90 % intervals held {every['inside']:.1%} of {every['n']:,} observed values "
        f"({card['calibration']['method']}; calibrated on nine tenths of these prompts and measured on the "
        f"last tenth, in turn{about})."
    )


def _coverage_row(part: dict) -> dict:
    return {
        "group": part["group"],
        "prompts": part["n"],
        "inside, %": round(100 * part["inside"], 1),
        "95 % interval": f"{100 * part['low']:.1f} to {100 * part['high']:.1f}",
        "mean width": round(part["width"], 2),
    }


def _familiarity(card: dict) -> str:
    flagged = card["flagged"].items()
    others = ", ".join(f"{name} {part['share']:.0%} of {part['n']:,}" for name, part in flagged)
    familiar = card["familiar"]
    return (
        f"Of {familiar['n']:,} prompts of the training data's own kind {familiar['share']:.1%} are called "
        f"unfamiliar; of other texts: {others}."
    )


def command_line(prompt: str, target: str = DEFAULT_TARGET) -> str:
    """The shell command that scores one prompt, quoted so that it can be pasted.

    Example:
        >>> print(command_line("a cat's hat", "pqpp/hbpp-sdxl"))
        printf '%s\\n' '{"prompt": "a cat\\u0027s hat"}' | ppp score - --target pqpp/hbpp-sdxl
    """
    record = json.dumps({"prompt": prompt}).replace("'", "\\u0027")
    return f"printf '%s\\n' {shlex.quote(record)} | ppp score - --target {shlex.quote(target)}"
