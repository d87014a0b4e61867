"""From a plan to a data set: frames, pictures where they are wanted, and their ratings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .card import CARD
from .grammar import FACTORS, RECIPE, recipe
from .plan import COUNTS, Plan, simulate

if TYPE_CHECKING:
    import pandas as pd

    from ..frames import DataSet

Progress = Callable[[int, int], None]
KNOWN = "scenes/known"


def make(
    *,
    n_prompts: int = 245,
    seeds: int = 4,
    painters: Sequence[str] | None = None,
    seed: int = 0,
    effect: float = 1.0,
    counts: Sequence[int] = COUNTS,
    ratings_only: bool = False,
    pictures: Path | None = None,
    progress: Progress | None = None,
) -> DataSet:
    """Makes a set of scenes of any size.

    Args:
        n_prompts, seeds, painters, seed, effect, counts: as of `simulate`.
        ratings_only: draws no picture and rates by ``scenes/known`` alone: some milliseconds a set.
        pictures: a folder for the pictures, as PNG, made where absent; None keeps none.
        progress: called with (pictures drawn, pictures in all).

    Returns:
        Prompts with n_modifiers and a column a factor (subject, colour, …; null where the prompt leaves it
        open); images with what was drawn (``drawn_<factor>``, drawn_variant); a rating an image and target.

    Raises:
        PPPError: for a number out of range, an unknown painter, or a folder that cannot be written.

    Example:
        >>> dataset = make(n_prompts=7, seeds=2, ratings_only=True)
        >>> len(dataset.prompts), len(dataset.images), len(dataset.ratings)
        (7, 28, 28)
    """
    from ..frames import DataSet

    plan = simulate(
        n_prompts=n_prompts, seeds=seeds, painters=painters, seed=seed, effect=effect, counts=counts
    )
    prompts, images = _prompts(plan), _images(plan)
    values, paths = {KNOWN: plan.values.ravel()}, None
    if not ratings_only:
        from .gallery import draw_all

        statistics, paths = draw_all(plan, images["image_id"].tolist(), pictures, progress)
        values |= {f"scenes/{name}": measured for name, measured in statistics.items()}
    images = images.assign(path=_text(paths or [None] * len(images)))
    return DataSet(CARD, prompts, images, _ratings(images, values), _notes(plan, effect))


def key() -> str:
    """Changes with whatever decides the default set: recipe, this package, measuring, and the libraries."""
    package = Path(__file__).parent
    files = [RECIPE, *sorted(package.rglob("*.py")), package.parents[1] / "image_statistics.py"]
    code = [sha256(path.read_bytes()).hexdigest() for path in files]
    libraries = [f"{name} {version(name)}" for name in ("numpy", "pillow", "scikit-image")]
    return sha256("\n".join([*code, *libraries]).encode()).hexdigest()[:32]


def sizes() -> tuple[int, int, int]:
    """Prompts, images and ratings of the default set."""
    n, p, s = simulate().values.shape
    return n, n * p * s, n * p * s * len(CARD.targets)


def _prompts(plan: Plan) -> pd.DataFrame:
    import pandas as pd

    columns = {
        "prompt_id": _text(plan.prompt_ids),
        "prompt": _text(plan.prompts),
        "split": _text([None] * len(plan.subject)),
        "n_modifiers": plan.counts,
        "subject": _named(list(recipe().subjects), plan.subject),
    }
    for place, factor in enumerate(FACTORS):
        words = _named(_names(factor), plan.said[:, place])
        columns[factor] = words.where(plan.named[:, place])
    return pd.DataFrame(columns)


def _images(plan: Plan) -> pd.DataFrame:
    import pandas as pd

    n, p, s = plan.values.shape
    prompts, painters, seeds = (grid.ravel() for grid in np.indices((n, p, s)))
    names = [
        f"{plan.prompt_ids[a]}-{plan.painters[b]}-{c}"
        for a, b, c in zip(prompts, painters, seeds, strict=True)
    ]
    columns = {
        "image_id": _text(names),
        "prompt_id": _named(plan.prompt_ids, prompts),
        "generator": _named(list(plan.painters), painters),
        "seed": pd.array(seeds, dtype="Int64"),
        "path": None,
        "drawn_subject": _named(list(recipe().subjects), plan.subject[prompts]),
    }
    for place, factor in enumerate(FACTORS):
        columns[f"drawn_{factor}"] = _named(_names(factor), plan.drawn[..., place].ravel())
    columns["drawn_variant"] = plan.variant.ravel()
    return pd.DataFrame(columns)


def _ratings(images: pd.DataFrame, values: dict[str, np.ndarray]) -> pd.DataFrame:
    import pandas as pd

    n, k = len(images), len(values)
    rows = np.tile(np.arange(n), k)
    of_images = images[["prompt_id", "image_id", "generator"]].take(rows).reset_index(drop=True)
    frame = of_images.assign(
        target=_named(list(values), np.repeat(np.arange(k), n)),
        value=np.concatenate(list(values.values())).astype(np.float64),
        sd=np.nan,
        n_raters=pd.array([pd.NA] * (n * k), dtype="Int64"),
    )
    return frame[["prompt_id", "image_id", "target", "generator", "value", "sd", "n_raters"]]


def _notes(plan: Plan, effect: float) -> tuple[str, ...]:
    told = ["Simulated: drawn and rated by a program."]
    if effect != 1:
        told.append(f"The recipe's effects are multiplied by {effect:g}.")
    repeated = len(plan.prompts) - len(set(plan.prompts))
    if repeated:
        told.append(
            f"{repeated:,} of {len(plan.prompts):,} prompts repeat an earlier one's words; all are kept."
        )
    return tuple(told)


def _names(factor: str) -> list[str]:
    return [level.name for level in recipe().levels(factor)]


def _named(names: Sequence[str], positions: np.ndarray) -> pd.Series:
    return _text(names).take(positions).reset_index(drop=True)


def _text(words: Sequence[str | None]) -> pd.Series:
    import pandas as pd

    return pd.Series(words, dtype="str")
