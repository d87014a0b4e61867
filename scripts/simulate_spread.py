"""Measures size, power and coverage of the tests of spread on simulated data, and keeps the rates.

Run from the repository's top (some minutes on one core):

    python scripts/simulate_spread.py
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ppp_core.errors import PPPError
from ppp_core.evaluation.results import plain
from ppp_core.spread.descriptions import MEAN_TESTS, SPREAD_TESTS
from ppp_core.spread.simulation import World, population, rating_world, scenes_world, simulate
from ppp_core.store import write_atomically

OUT = Path(__file__).resolve().parents[1] / "data" / "reference" / "spread_simulation.json"
SLOW = ("location-scale-all", "mean-slope")
EVERY = tuple(name for name in (*SPREAD_TESTS, *MEAN_TESTS) if name not in SLOW)
MAIN = (
    "spearman",
    "kendall",
    "location-scale",
    "log-spread",
    "quantile-50",
    "brown-forsythe",
    "fligner-killeen",
)
MAIN += ("levene", "spearman-mean", "location-scale-mean", "share-of-possible")
COVERED = (
    *("spearman", "kendall", "location-scale", "log-spread", "quantile-25", "quantile-50", "quantile-75"),
    *("brown-forsythe", "fligner-killeen", "levene", "location-scale-mean", "spearman-words"),
)
"""Tests whose truth is the same for samples of every size."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=600, help="simulated data sets of each kind")
    asked = parser.parse_args()
    try:
        rows = [row for one in parts(asked.samples) for row in one]
    except PPPError as error:
        print(error, file=sys.stderr)
        return 2
    told = {
        "format": 1,
        "note": "Shares of simulated data sets, seeds fixed; error: Monte-Carlo standard error of the share.",
        "level": 0.05,
        "rows": rows,
    }
    with write_atomically(OUT) as temporary:
        temporary.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(rows)} rates")
    return 0


def parts(samples: int) -> Iterable[list[dict]]:
    """The simulations, each as rows of rates."""
    nothing = {"case": "nothing to find", "n_prompts": 140}
    some = max(50, samples // 4)
    null = scenes_world(n_prompts=140, seeds=3, effect=0.0)
    yield rates(null, samples, EVERY, world="Scenes, modifiers change nothing", **nothing)
    uneven = rating_world(n_prompts=140, uneven=True)
    yield rates(uneven, samples, MAIN, world="Ratings, uneven numbers of values", **nothing)
    across = rating_world(n_prompts=140, meaning="prompts")
    names = (*MAIN, "mean-spearman", "mean-kendall", "mean-slope")
    yield rates(across, samples, names, world="Ratings, across prompts", **nothing)
    for n_values in (3, 5, 10):
        ceiling = rating_world(n_prompts=200, n_values=n_values, rise=0.5, start=2.8)
        told = {"case": "the ceiling's artefact", "n_prompts": 200}
        yield rates(ceiling, some * 2, MAIN, world=f"Ratings near the ceiling, {n_values} values", **told)
    big = scenes_world(n_prompts=1, size=20_000, seeds=3, effect=1.0)
    truth = population(big, names=COVERED)
    for n_prompts in (35, 70, 140, 280, 560):
        world = scenes_world(n_prompts=n_prompts, seeds=3, effect=1.0)
        told = {"world": "Scenes", "case": "modifiers take variance away", "n_prompts": n_prompts}
        wanted = samples if n_prompts == 140 else some
        yield rates(world, wanted, EVERY if n_prompts == 140 else MAIN, truth=truth, **told)


def rates(draw: World, samples: int, names, *, truth=None, **told) -> list[dict]:
    """One world's rates, with what it is."""
    found = simulate(draw, samples=samples, names=names, truth=truth, resamples=300)
    print(told, flush=True)
    rows = [{**told, **asdict(rate)} for rate in found]
    return plain([{key: _short(value) for key, value in row.items()} for row in rows])


def _short(value):
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())
