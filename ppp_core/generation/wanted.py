"""Which pictures are wanted: every prompt by the same seeds, or exactly the rows of a list of runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from ..errors import PPPError

if TYPE_CHECKING:
    import pandas as pd

MOST_IMAGES = 1_000_000
_LARGEST_SEED = 2**63 - 1
_OURS = ("prompt_id", "image_id", "generator", "path", "flaw", "score")
"""Columns of a source that a data set of drawn pictures has of its own, or that are to be filled in."""


@dataclass(frozen=True)
class Wanted:
    """Pictures to draw.

    Attributes:
        prompts: one row a prompt: prompt_id, prompt, then what the source tells of a prompt.
        images: one row a picture, in the order of drawing: image_id (its path below the folder of pictures),
            prompt_id, prompt, seed, then what a list of runs tells of a run.
        notes: what was left out, one sentence each.
    """

    prompts: pd.DataFrame
    images: pd.DataFrame
    notes: tuple[str, ...]


def wanted_pictures(prompts: Sequence[str] | pd.DataFrame, *, images: int = 4, seed: int = 0) -> Wanted:
    """What to draw.

    Args:
        prompts: texts, or a frame with a column prompt. A frame with a column seed is a list of runs, such as
            `ppp plan-experiment` writes: exactly its rows are drawn, ``images`` and ``seed`` do not count.
        images: pictures a prompt, at least 1.
        seed: of the first picture of each prompt; the next has the next, the same for all prompts.

    Returns:
        The pictures; each prompt, or each prompt and seed, once.

    Raises:
        PPPError: for no prompts, a prompt that is no text, seeds that are no whole numbers from 0 on, or more
            than a million pictures.

    Example:
        >>> found = wanted_pictures(["a fox", "an owl", "a fox"], images=2, seed=5)
        >>> found.images["seed"].tolist(), found.images["image_id"][0]
        ([5, 6, 5, 6], 'a-fox-5ebbe2a2650a5e15/5.png')
    """
    import pandas as pd

    frame = prompts if isinstance(prompts, pd.DataFrame) else pd.DataFrame({"prompt": list(prompts)})
    frame, notes = _readable(frame)
    if "seed" in frame:
        frame, more = _once(frame.assign(seed=_seeds(frame["seed"])), ["prompt", "seed"])
        _check_total(len(frame))
        rows, of_prompt = frame, frame[["prompt_id", "prompt"]]
    else:
        _check_count(images, seed)
        frame, more = _once(frame, ["prompt"])
        _check_total(len(frame) * images)
        of_prompt = frame
        rows = frame[["prompt_id", "prompt"]].merge(
            pd.DataFrame({"seed": range(seed, seed + images)}), how="cross"
        )
    told = zip(rows["prompt"], rows["prompt_id"], rows["seed"], strict=True)
    names = [f"{picture_folder(prompt, of)}/{number}.png" for prompt, of, number in told]
    rows = rows.assign(image_id=names).reset_index(drop=True)
    first = [column for column in ("image_id", "prompt_id", "prompt", "seed") if column in rows]
    rows = rows[[*first, *(column for column in rows if column not in first)]]
    return Wanted(of_prompt.drop_duplicates("prompt_id").reset_index(drop=True), rows, (*notes, *more))


def picture_folder(prompt: str, prompt_id: str) -> str:
    """The name of the folder of a prompt's pictures: its first words, and its identifier.

    Example:
        >>> picture_folder("A fox; in SNOW!", "0123456789abcdef")
        'a-fox-in-snow-0123456789abcdef'
    """
    words = re.sub(r"[^a-z0-9]+", "-", prompt.lower())[:40].strip("-")
    return f"{words or 'prompt'}-{prompt_id}"


def _readable(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Prompts without white space around them, with identifiers; rows without a prompt are left out."""
    if "prompt" not in frame:
        raise PPPError(
            f"A column 'prompt' was wanted; there are {', '.join(map(repr, frame.columns)) or 'none'}."
        )
    frame = frame[[column for column in frame.columns if column not in _OURS]].reset_index(drop=True)
    strange = frame["prompt"].map(lambda one: not isinstance(one, str)).astype(bool)
    if strange.any():
        row = int(strange.idxmax())
        raise PPPError(f"Prompt {row + 1:,}: a text was wanted, got {frame['prompt'][row]!r}.")
    texts = frame["prompt"].astype("str").str.strip()
    blank = texts.eq("")
    if blank.all():
        raise PPPError("No prompt was given; at least one was wanted.")
    frame = frame.assign(prompt=texts)[~blank]
    ids = frame["prompt"].map(lambda one: sha256(one.encode("utf-8", "replace")).hexdigest()[:16])
    told = [f"{blank.sum():,} of {len(blank):,} rows have no prompt and are left out."] if blank.any() else []
    return frame.assign(prompt_id=ids), told


def _once(frame: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, list[str]]:
    again = frame.duplicated(columns)
    what = " and ".join(columns)
    told = f"{again.sum():,} of {len(again):,} rows repeat an earlier {what}; each is drawn once."
    return frame[~again].reset_index(drop=True), [told] if again.any() else []


def _check_count(images: int, seed: int) -> None:
    if not 1 <= images <= MOST_IMAGES:
        raise PPPError(f"Pictures a prompt are from 1 to {MOST_IMAGES:,}, got {images}.")
    if not 0 <= seed <= _LARGEST_SEED - images:
        raise PPPError(f"A seed is a whole number from 0 on, got {seed}.")


def _check_total(count: int) -> None:
    if count > MOST_IMAGES:
        raise PPPError(f"At most {MOST_IMAGES:,} pictures were wanted, got {count:,}. Take fewer prompts.")


def _seeds(values: pd.Series) -> pd.Series:
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    bad = (numbers.isna() | numbers.ne(numbers.round()) | numbers.lt(0) | numbers.gt(2**53)).astype(bool)
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise PPPError(
            f"Column 'seed', row {row + 1:,}: a whole number from 0 on was wanted, got {values.iloc[row]!r}."
        )
    return numbers.astype("int64")
