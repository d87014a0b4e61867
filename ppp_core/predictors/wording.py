"""What a prompt asks for, counted: its length, numbers, places, negations, comparisons, writing.

Plain counts of plain words: they need no model, and mean the same in every data set.
"""

import re
from collections.abc import Sequence

import numpy as np

_LISTS = {
    "numbers": "two three four five six seven eight nine ten eleven twelve dozen hundred several many "
    "multiple few",
    "places": "left right above below under beneath underneath behind front beside next between inside "
    "outside top bottom over around near across atop",
    "negations": "no not without none nothing never neither nor n't except",
    "comparisons": "more less fewer than bigger smaller larger taller shorter most least same equal as "
    "different both each every all only",
}
_WORDS = {name: frozenset(words.split()) for name, words in _LISTS.items()}
_WORD = re.compile(r"n['’]t\b|\w+?(?=n['’]t\b)|\w+")
_QUOTED = re.compile(r"[\"“”]|'[^']+'(?=\s|$|,|\.)")

WORDING_NAMES = ("log words", *_WORDS, "quoted")


def wording(prompts: Sequence[str]) -> np.ndarray:
    """Counts of what prompts ask for.

    Args:
        prompts: n texts.

    Returns:
        float64, shape (n, 6), columns as ``WORDING_NAMES``: the natural logarithm of one more than the
        words; how many of them name a number, a place, a negation, a comparison; and 1 where words are
        quoted, such as those to be written in the picture.

    Example:
        >>> row = wording(["Two red cats, but no dog, left of a sign that says 'HELLO'"])[0]
        >>> dict(zip(WORDING_NAMES[1:], row[1:].astype(int).tolist(), strict=True))
        {'numbers': 1, 'places': 1, 'negations': 1, 'comparisons': 0, 'quoted': 1}
    """
    return np.array([_row(prompt) for prompt in prompts], dtype=np.float64).reshape(-1, len(WORDING_NAMES))


def _row(prompt: str) -> list[float]:
    words = [word.replace("’", "'") for word in _WORD.findall(prompt.lower())]
    listed = [sum(word in known for word in words) for known in _WORDS.values()]
    n_words = sum(word != "n't" for word in words)
    return [np.log1p(n_words), *listed, bool(_QUOTED.search(prompt))]
