"""Splits that keep the same prompt, however it is written, on one side."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from .errors import PPPError


def normalise_text(prompt: str) -> str:
    """What a prompt says, without case, punctuation and spacing: equal prompts give equal texts.

    Apostrophes vanish ("don't" = "dont"), other punctuation counts as a space, compatible characters
    count as one (full-width letters, ligatures). A prompt of nothing but punctuation keeps it.

    Example:
        >>> normalise_text("  A Cat,sitting on the dog's  bed. ")
        'a cat sitting on the dogs bed'
        >>> normalise_text("?!")
        '?!'
    """
    text = _fold(prompt)
    kept = "".join(" " if unicodedata.category(c).startswith("P") else c for c in re.sub("['’]", "", text))
    return " ".join(kept.split()) or " ".join(text.split())


def _fold(text: str) -> str:
    """Unicode's caseless, compatible form (Unicode Standard, section 3.13, definition D146)."""
    text = unicodedata.normalize("NFD", text).casefold()
    text = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text))


def folds(prompts: Sequence[str], *, k: int = 5, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """k splits for cross-validation; prompts that say the same are tested in the same fold.

    Args:
        prompts: n texts.
        k: folds, at least 2 and at most the number of different prompts.
        seed: of the shuffle.

    Returns:
        k pairs of sorted positions: to train on, to test on. Every prompt is tested once; the folds'
        sizes differ by no more than the largest group of equal prompts.

    Raises:
        PPPError: when k does not fit.

    Example:
        >>> for train, test in folds(["A cat", "a dog", "a cat!", "a bird"], k=3):
        ...     print(train, test)
        [1 3] [0 2]
        [0 1 2] [3]
        [0 2 3] [1]
    """
    groups, sizes = _groups(prompts)
    if not 2 <= k <= len(sizes):
        raise PPPError(
            f"folds needs k from 2 to the number of different prompts ({len(sizes)} here), got k={k}."
        )
    fold = _deal(sizes, k, seed)[groups]
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)]


def _groups(prompts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The group of each prompt, shape (n,), and the size of each group."""
    known: dict[str, int] = {}
    groups = np.array([known.setdefault(normalise_text(p), len(known)) for p in prompts], dtype=int)
    return groups, np.bincount(groups, minlength=len(known))


def _deal(sizes: np.ndarray, k: int, seed: int) -> np.ndarray:
    """The fold of each group: shuffled, the largest first, each to the fold that is smallest so far."""
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    fold = np.empty(len(sizes), dtype=int)
    filled = np.zeros(k, dtype=int)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold[group] = np.argmin(filled)
        filled[fold[group]] += sizes[group]
    return fold


def check_disjoint(train: Sequence[str], test: Sequence[str]) -> None:
    """Raises PPPError when a prompt to test on, however it is written, is also trained on.

    Args:
        train: prompts that are trained on.
        test: prompts that are tested on.

    Raises:
        PPPError: naming the first of them and how many there are.

    Example:
        >>> check_disjoint(["a cat"], ["a dog"])
    """
    trained = {normalise_text(prompt): prompt for prompt in train}
    shared = [prompt for prompt in test if normalise_text(prompt) in trained]
    if shared:
        twin = trained[normalise_text(shared[0])]
        raise PPPError(
            f"Prompts to test on must not be trained on, but {len(shared)} of {len(test)} are: "
            f"{shared[0]!r} is trained on as {twin!r}. Split with folds(), or drop them from training."
        )
