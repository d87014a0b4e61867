"""The lexicon: terms of known kind, found in running text by their words."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..errors import PPPError, unknown_name
from .kinds import KINDS
from .vocabulary import EMPTY
from .words import Words, are_joined, read_words

FOLDER = Path(__file__).parents[2] / "data" / "lexicon"
SCOPES = ("", "segment")
HEADER = "term\tvariants\tscope"

_BRITISH = {
    "color": "colour", "colors": "colours", "colored": "coloured", "colorful": "colourful",
    "coloring": "colouring", "colorist": "colourist", "watercolor": "watercolour",
    "watercolors": "watercolours", "gray": "grey", "grayscale": "greyscale", "center": "centre",
    "centered": "centred", "theater": "theatre", "mold": "mould", "stylized": "stylised",
    "jewelry": "jewellery",
    "molded": "moulded", "fiber": "fibre", "luster": "lustre", "somber": "sombre", "saber": "sabre",
    "armor": "armour", "vapor": "vapour", "odor": "odour", "humor": "humour", "plow": "plough",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the lexicon.

    Attributes:
        term: its own form, in lower case.
        kind: a name of `KINDS`.
        scope: ``""`` where it is found anywhere; ``"segment"`` where it counts only as a keyword, since in
            running text its words usually mean something else.
    """

    term: str
    kind: str
    scope: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Terms by their words.

    Attributes:
        version: of the files.
        terms: every term, once.
        forms: by words joined by single spaces: the term that they mean.
        lengths: by first word: how many words the forms have that begin with it, the most first.
    """

    version: str
    terms: tuple[Term, ...]
    forms: dict[str, Term] = field(repr=False)
    lengths: dict[str, tuple[int, ...]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.terms)

    @property
    def by_kind(self) -> dict[str, int]:
        """How many terms of each kind."""
        counts = Counter(term.kind for term in self.terms)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}

    def get(self, text: str) -> Term | None:
        """The term that a text as a whole means, whatever its case, hyphens and spaces.

        Example:
            >>> made = make_lexicon("1", [(Term("oil painting", "medium"), ())])
            >>> made.get("Oil-Paintings").term, made.get("oil")
            ('oil painting', None)
        """
        return self.forms.get(" ".join(read_words(text).keys))

    def longest_at(self, words: Words, text: str, place: int) -> tuple[int, Term] | None:
        """The longest term that begins at a word.

        Args:
            words: of the text.
            text: that the words were read from.
            place: number of the first word.

        Returns:
            The number of the word behind the term, and the term; None where none begins.

        Example:
            >>> made = make_lexicon("1", [(Term("oil", "medium"), ()), (Term("oil painting", "medium"), ())])
            >>> made.longest_at(read_words("an oil-painting"), "an oil-painting", 1)
            (3, Term(term='oil painting', kind='medium', scope=''))
        """
        keys = words.keys
        lengths = self.lengths.get(keys[place])
        if lengths is None:
            return None
        reach = min(place + lengths[0], len(keys))
        joined = place + 1
        while joined < reach and are_joined(text, words.ends[joined - 1], words.starts[joined]):
            joined += 1
        for length in lengths:
            end = place + length
            if end <= joined:
                term = self.forms.get(" ".join(keys[place:end]) if length > 1 else keys[place])
                if term is not None:
                    return end, term
        return None


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with PPP; read once a process.

    Raises:
        PPPError: when a file is missing or says what it may not; see `read_lexicon`.
    """
    return read_lexicon(FOLDER)


def read_lexicon(folder: str | Path) -> Lexicon:
    """Reads a lexicon: ``card.json``, and a table ``<kind>.tsv`` for each kind that the card names.

    The tables have the columns term, variants (separated by ``|``) and scope. Regular plurals, British
    spellings, hyphens, spaces and capitals need no variants.

    Args:
        folder: of these files.

    Raises:
        PPPError: a missing file, an unknown kind or scope, a term or variant that means two things, or a
            count that differs from the card's; with file and line.
    """
    folder = Path(folder)
    card = _card(folder / "card.json")
    entries = []
    for kind, count in card["files"].items():
        if kind not in KINDS or not KINDS[kind].modifies:
            raise unknown_name(
                "kind of modifier", kind, (name for name, one in KINDS.items() if one.modifies)
            )
        found = _entries(folder / f"{kind}.tsv", kind)
        if len(found) != count:
            raise PPPError(f"{folder / kind}.tsv holds {len(found):,} terms, its card says {count:,}.")
        entries += found
    return make_lexicon(card["version"], entries)


def make_lexicon(version: str, entries: list[tuple[Term, tuple[str, ...]]]) -> Lexicon:
    """A lexicon of terms with their variants.

    Raises:
        PPPError: when one form would mean two terms, or a form holds no word with content.
    """
    forms: dict[str, Term] = {}
    for term, variants in entries:
        for form in (term.term, *variants):
            key = " ".join(read_words(form).keys)
            if not key or key in EMPTY or (len(key) == 1 and key.isascii()):
                raise PPPError(f"The lexicon's term {term.term!r} has a form without content: {form!r}.")
            known = forms.setdefault(key, term)
            if known is not term:
                raise PPPError(
                    f"In the lexicon {form!r} stands for {term.term!r} ({term.kind}) and for "
                    f"{known.term!r} ({known.kind}). Keep one."
                )
    for key, term in list(forms.items()):
        for other in _regular_forms(key):
            forms.setdefault(other, term)
    lengths: dict[str, set[int]] = {}
    for key in forms:
        first, *rest = key.split(" ")
        lengths.setdefault(first, set()).add(1 + len(rest))
    ordered = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
    return Lexicon(version, tuple(term for term, _ in entries), forms, ordered)


def _regular_forms(key: str) -> list[str]:
    """Its regular plural, and both in British spelling."""
    forms = [key]
    last = key.rpartition(" ")[2]
    if last.isalpha() and len(last) > 2:
        forms.append(f"{key}es" if last.endswith(("s", "x", "z", "ch", "sh")) else f"{key}s")
    british = [" ".join(_BRITISH.get(word, word) for word in form.split(" ")) for form in forms]
    return [*forms[1:], *british]


def _card(path: Path) -> dict:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PPPError(f"{path} is missing or no JSON; the lexicon's card was wanted there.") from error
    wrong = not isinstance(card, dict) or not isinstance(card.get("version"), str)
    if wrong or not isinstance(card.get("files"), dict):
        raise PPPError(f"{path} must tell 'version' and 'files' (terms by kind).")
    return card


def _entries(path: Path, kind: str) -> list[tuple[Term, tuple[str, ...]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PPPError(f"{path} is missing, but the lexicon's card names it.") from error
    if not lines or lines[0] != HEADER:
        raise PPPError(f"{path} must begin with the line {HEADER!r}.")
    return [_entry(line, kind, f"{path}, line {number:,}") for number, line in enumerate(lines[1:], 2)]


def _entry(line: str, kind: str, where: str) -> tuple[Term, tuple[str, ...]]:
    cells = line.split("\t")
    if len(cells) != 3:
        raise PPPError(f"{where}: three cells separated by tabs were wanted, got {len(cells)}.")
    term, variants, scope = cells
    if scope not in SCOPES:
        raise PPPError(f"{where}: the scope is empty or 'segment', got {scope!r}.")
    if not term or term != term.strip().lower():
        raise PPPError(f"{where}: a term in lower case was wanted, got {term!r}.")
    return Term(term, kind, scope), tuple(part for part in variants.split("|") if part)
