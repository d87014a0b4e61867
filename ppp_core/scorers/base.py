"""What a scorer is, what is known of one before it is loaded, and how pictures come to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..encoders import read_picture
from ..errors import PPPError

if TYPE_CHECKING:
    from PIL import Image

    from ..store import EmbeddingStore

    Source = str | Path | bytes | Image.Image

SEES = ("image", "image+prompt")


class Scorer(Protocol):
    """Pictures, and prompts where it needs them, to numbers of which higher is better.

    Attributes:
        name: key of the ``SCORERS`` table.
        revision: what fixes its numbers; part of every cache key.
    """

    name: str
    revision: str

    def score(
        self,
        pictures: "Sequence[Source]",
        prompts: Sequence[str] | None = None,
        *,
        store: "EmbeddingStore | None" = None,
    ) -> np.ndarray:
        """Scores pictures, in their order.

        Args:
            pictures: at least one: files, bytes, or pictures in memory.
            prompts: one a picture; a scorer of pictures alone takes no notice of them.
            store: where embeddings are looked up and kept; None keeps nothing.

        Returns:
            float64, shape (n,), higher is better; NaN where a picture could not be read.

        Raises:
            PPPError: on no pictures, or prompts that are wanted and do not fit.
        """
        ...


@dataclass(frozen=True)
class ScorerEntry:
    """One scorer, before it is loaded.

    Attributes:
        name: key of the table, lower-kebab.
        title: a few words for a chooser.
        measures: what its number means, in a few words.
        direction: ``"higher"`` is better, as everywhere; where a metric's authors count the other way, the
            scorer gives its negative, and ``about`` says so.
        low, high: bounds of its numbers; infinite where there are none.
        sees: ``"image"`` or ``"image+prompt"``.
        licence: of its weights, or of the package that computes it.
        needs: ``"nothing"``, ``"encoder"`` (CLIP's weights), ``"file"`` (weights given by the user) or
            ``"extra"`` (a package that PPP does not bring).
        get: the one command, or the one act, that gets what it needs; empty where nothing is needed.
        about: what it is and whose, in one or two sentences.
        make: loads it; takes ``folder`` and ``download``.
        judged: who made the judgment: always ``"models"``.
    """

    name: str
    title: str
    measures: str
    direction: str
    low: float
    high: float
    sees: str
    licence: str
    needs: str
    get: str
    about: str
    make: Callable[..., Any]
    judged: str = "models"


def check_sources(name: str, pictures: "Sequence[Source]", prompts: Sequence[str] | None = None) -> None:
    """Raises PPPError unless there is a list of pictures, and one prompt a picture where prompts came.

    Example:
        >>> check_sources("clipscore", [b"", b""], ["a cat"])
        Traceback (most recent call last):
        ppp_core.errors.PPPError: clipscore needs one prompt a picture, got 1 for 2 pictures.
    """
    if isinstance(pictures, str | Path | bytes) or not hasattr(pictures, "__len__"):
        raise PPPError(f"{name} needs a list of pictures, got one. Put it in a list.")
    if len(pictures) == 0:
        raise PPPError(f"{name} needs at least one picture, got none.")
    if isinstance(prompts, str):
        raise PPPError(f"{name} needs a list of prompts, got one text. Put it in a list.")
    if prompts is not None and len(prompts) != len(pictures):
        raise PPPError(f"{name} needs one prompt a picture, got {len(prompts)} for {len(pictures)} pictures.")


def need_prompts(name: str, pictures: "Sequence[Source]", prompts: Sequence[str] | None) -> list[str]:
    """The prompts, checked as by `check_sources`; raises PPPError when none came."""
    if prompts is None:
        raise PPPError(f"{name} compares a picture with its prompt; no prompts came.")
    check_sources(name, pictures, prompts)
    return list(prompts)


def score_each(
    pictures: "Sequence[Source]", measure: "Callable[[Image.Image], float]", *, smallest: int = 1
) -> np.ndarray:
    """One number a picture, read one at a time; NaN where it cannot be read or is too small.

    Args:
        pictures: files, bytes, or pictures in memory.
        measure: takes an RGB picture.
        smallest: pixels that the short side must have.

    Returns:
        float64, shape (n,).
    """
    return np.array([_one(picture, measure, smallest) for picture in pictures], np.float64)


def _one(source: "Source", measure: "Callable[[Image.Image], float]", smallest: int) -> float:
    try:
        image = read_picture(source).image
    except PPPError:
        return float("nan")
    return float(measure(image)) if min(image.size) >= smallest else float("nan")
