"""Builds the measured results about modifiers and variance that come with PPP.

Run from the repository's top, with pqpp, agiqa-3k, genai-bench and tifa160 installed, or in a folder:

    python scripts/reference_spread.py [--from DIR]

What it writes holds no prompt and no person's rating: trends, tests, distributions and effects.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from ppp_core.datasets import DataSet, load_dataset
from ppp_core.errors import PPPError
from ppp_core.modifiers import lexicon
from ppp_core.spread import SpreadAnalysis, analyse, counts_of, observations, subject_vectors
from ppp_core.spread.components import variance_components
from ppp_core.spread.controls import subjects_wanted
from ppp_core.spread.counting import count_prompts
from ppp_core.spread.effects import modifier_effects
from ppp_core.spread.reference import FORMAT, SPREAD, compact, rounded
from ppp_core.spread.results import records
from ppp_core.store import write_atomically

MAX_BYTES = 200_000
"""The file may have so many."""

AGIQA = ("agiqa-3k/alignment", "agiqa-3k/quality")
OTHERS = ("genai-bench/alignment", "tifa160/alignment", "pqpp/hbpp-average")
PACKAGES = ("numpy", "scipy", "statsmodels", "pandas")
EFFECTS = (("agiqa-3k/alignment", "value"), ("agiqa-3k/quality", "value"))
EFFECTS += (("agiqa-3k/alignment", "kind"), ("agiqa-3k/quality", "kind"), ("genai-bench/alignment", "kind"))
FOREST = (
    *("outcome", "modifier", "kind", "n_with", "n_without", "effect", "low", "high", "shrunk", "shrunk_low"),
    *("shrunk_high", "p", "p_adjusted", "enough", "effect_sd", "percent", "percent_low", "percent_high"),
    "shrunk_percent",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="folder", type=Path, help="folder with the data sets' folders")
    asked = parser.parse_args()
    names = ("agiqa-3k", "genai-bench", "tifa160", "pqpp")
    try:
        datasets = {name: load_dataset(name, folder=asked.folder and asked.folder / name) for name in names}
        build(datasets, SPREAD)
    except PPPError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def build(datasets: dict[str, DataSet], path: Path, *, resamples: int = 4000) -> None:
    """Measures and writes. Raises PPPError when the file comes out too large."""
    told = {
        "format": FORMAT,
        "made": date.today().isoformat(),
        "lexicon": lexicon().version,
        "versions": {name: version(name) for name in PACKAGES},
        "analyses": [compact(one) for one in analyses(datasets, resamples)],
        "counts": rounded([row for one in datasets.values() for row in distributions(one)]),
        "effects": [effects(datasets, *one) for one in EFFECTS],
        "components": [components(datasets, one) for one in (*AGIQA, *OTHERS[:2])],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
    size = len(text.encode())
    print(f"{path.name}: {size:,} bytes, {len(told['analyses'])} analyses")
    if size > MAX_BYTES:
        raise PPPError(f"{path.name} came to {size:,} bytes, at most {MAX_BYTES:,} are shipped.")
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def analyses(datasets: dict[str, DataSet], resamples: int) -> Iterator[SpreadAnalysis]:
    """AGIQA-3K under every meaning and count, the other sets under two counts."""
    for target in AGIQA:
        for meaning in ("generators", "generators-centred", "generators-raw", "prompts"):
            yield measured(datasets, target, meaning, "given", resamples)
        for count in ("segments", "lexicon", "all"):
            yield measured(datasets, target, "generators", count, resamples)
    for target in OTHERS:
        for count in ("lexicon", "all"):
            yield measured(datasets, target, "generators", count, resamples)


def measured(
    datasets: dict[str, DataSet], target: str, meaning: str, count: str, resamples: int
) -> SpreadAnalysis:
    """One analysis, subjects held equal where they can be."""
    dataset = datasets[target.partition("/")[0]]
    observed = observations(dataset, target, meaning=meaning, count=count)
    subjects = subject_vectors(observed) if subjects_wanted(observed) else None
    found = analyse(observed, subjects=subjects, resamples=resamples)
    print(found.answer, flush=True)
    return found


def distributions(dataset: DataSet) -> Iterator[dict]:
    """How many prompts have how many modifiers, under each definition that the data allows."""
    for count, why in counts_of(dataset).items():
        if why:
            continue
        sizes = count_prompts(dataset, count).value_counts().sort_index()
        for modifiers, n_prompts in sizes.items():
            share = float(n_prompts / sizes.sum())
            row = {"dataset": dataset.card.title, "count": count, "modifiers": int(modifiers)}
            yield row | {"n_prompts": int(n_prompts), "share": share}


def effects(datasets: dict[str, DataSet], target: str, by: str) -> dict:
    """The effects of the modifiers on mean and spread, across generators."""
    found = modifier_effects(observations(datasets[target.partition("/")[0]], target), by=by)
    rows = records(found.frame[[name for name in FOREST if name in found.frame]])
    return {"target": target, "by": by, "answer": found.answer, "rows": rounded(rows)}


def components(datasets: dict[str, DataSet], target: str) -> dict:
    """The components of variance."""
    return rounded(variance_components(datasets[target.partition("/")[0]], target).as_dict())


if __name__ == "__main__":
    sys.exit(main())
