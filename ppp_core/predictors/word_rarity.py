"""How rare the words of a prompt, and their pairs, are among known captions."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Self

import numpy as np

RARITY_NAMES = (
    "log-share-of-words-mean",
    "log-share-of-words-least",
    "log-share-of-words-most",
    "log-share-of-words-least-two",
    "log-share-of-words-spread",
    "log-share-of-words-sum",
    "log-share-of-pairs-mean",
    "log-share-of-pairs-least",
    "log-share-of-pairs-most",
    "log-share-of-pairs-most-three",
    "information-of-pairs-mean",
    "information-of-pairs-most",
    "content-words",
    "words",
    "words-in-no-caption",
    "words-in-under-five-captions",
)
MOST_WORDS = 60
"""Content words of a prompt that count; pairs grow with the square."""

_WORD = re.compile(r"\w+")
_FUNCTION_WORDS = frozenset(
    "a an the of on in with and is are at to by it its his her their this that from for as up down some "
    "there while near next into over out off has have be one two three".split()
)


class WordRarity:
    """In how many captions words stand, alone and two by two.

    Attributes:
        n_captions: how many captions there are.
    """

    def __init__(self, rows: Sequence[np.ndarray], vocabulary: Sequence[str]):
        self._rows, self._vocabulary = rows, list(vocabulary)
        self._numbers = {word: number for number, word in enumerate(self._vocabulary)}
        self.n_captions = len(rows)
        self._words = Counter(number for row in rows for number in row.tolist())
        self._pairs, self._together = _count_pairs(rows, len(self._vocabulary))
        self._said = {tuple(sorted(row.tolist())) for row in rows}

    @classmethod
    def of(cls, captions: Sequence[str]) -> Self:
        """Counts the words of captions.

        Example:
            >>> rarity = WordRarity.of(["a red cat on a sofa", "a black cat", "two zebras"])
            >>> values = rarity.features(["a cat and a zebra"])[0].tolist()
            >>> found = dict(zip(RARITY_NAMES, values, strict=True))
            >>> found["content-words"], found["words"], found["words-in-no-caption"]
            (2.0, 5.0, 1.0)
            >>> round(np.exp(found["log-share-of-words-most"]).item(), 3)  # (2 + 1/2) / 3
            0.833
        """
        numbers: dict[str, int] = {}
        rows = [
            np.array([numbers.setdefault(word, len(numbers)) for word in _content(caption)], np.int32)
            for caption in captions
        ]
        return cls(rows, list(numbers))

    def features(self, prompts: Sequence[str]) -> np.ndarray:
        """Sixteen numbers a prompt, named by `RARITY_NAMES`.

        One caption of exactly the prompt's content words does not count: it is taken for the prompt itself.

        Args:
            prompts: n texts.

        Returns:
            float64, shape (n, 16): natural logarithms of the share of captions with a content word, or
            with two of them; pointwise mutual information of two; counts of words.
        """
        return np.array([self._of(prompt) for prompt in prompts], dtype=np.float64)

    def arrays(self) -> dict[str, np.ndarray]:
        """The captions as numbers of words, and the words as the bytes of a JSON text."""
        text = json.dumps(self._vocabulary, ensure_ascii=False).encode("utf-8")
        small = np.uint16 if len(self._vocabulary) <= np.iinfo(np.uint16).max else np.int32
        return {
            "words": np.concatenate([np.empty(0, np.int32), *self._rows]).astype(small),
            "lengths": np.array([len(row) for row in self._rows], np.uint8),
            "vocabulary": np.frombuffer(text, np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The rarity whose `arrays` these are."""
        ends = np.cumsum(arrays["lengths"].astype(np.int64))[:-1]
        rows = np.split(arrays["words"].astype(np.int32), ends)
        return cls(rows, json.loads(arrays["vocabulary"].tobytes().decode("utf-8")))

    def _counts(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """How many captions have both words of each pair."""
        numbers = [sorted((self._numbers.get(one, -1), self._numbers.get(other, -1))) for one, other in pairs]
        wanted = np.array([-1 if low < 0 else low * len(self._numbers) + high for low, high in numbers], int)
        if not len(self._pairs):
            return np.zeros(len(pairs), int)
        places = np.searchsorted(self._pairs, wanted).clip(max=len(self._pairs) - 1)
        return np.where(self._pairs[places] == wanted, self._together[places], 0)

    def _of(self, prompt: str) -> list[float]:
        words = _content(prompt)
        known = sorted(self._numbers[word] for word in words if word in self._numbers)
        itself = int(len(known) == len(words) and tuple(known) in self._said)
        n = max(self.n_captions - itself, 1)
        counts = np.array([self._words[self._numbers.get(word, -1)] for word in words] or [itself]) - itself
        places = list(combinations(range(len(words)), 2))
        together = self._counts([(words[one], words[other]) for one, other in places])
        shared = (together if places else np.array([itself])) - itself
        alone, paired = np.log((counts + 0.5) / n), np.log((shared + 0.5) / n)
        information = paired - np.array([alone[one] + alone[other] for one, other in places] or paired)
        return [
            alone.mean(),
            alone.min(),
            alone.max(),
            np.sort(alone)[:2].mean(),
            alone.std(),
            alone.sum(),
            paired.mean(),
            paired.min(),
            paired.max(),
            np.sort(paired)[-3:].mean(),
            information.mean(),
            information.max(),
            len(words),
            len(_WORD.findall(prompt)),
            (counts == 0).sum(),
            (counts < 5).sum(),
        ]


def _count_pairs(rows: Sequence[np.ndarray], n_words: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of words as sorted numbers ``lower * n_words + higher``, and how many rows have each."""
    widest = max((len(row) for row in rows), default=0)
    table = np.full((len(rows), widest), -1, np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = np.sort(row)
    found = [np.empty(0, np.int64)]
    for one, other in combinations(range(widest), 2):
        both = table[table[:, other] >= 0]
        found.append(both[:, one] * n_words + both[:, other])
    return np.unique(np.concatenate(found), return_counts=True)


def _content(text: str) -> list[str]:
    """Different content words of a text, in lower case, in their order."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _FUNCTION_WORDS)
    return list(dict.fromkeys(found))[:MOST_WORDS]
