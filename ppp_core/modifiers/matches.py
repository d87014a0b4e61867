"""What is found in the words of a prompt."""

from dataclasses import dataclass

from .lexicon import Lexicon
from .words import Words, are_joined


@dataclass(slots=True)
class Match:
    """Neighbouring words that are known.

    Attributes:
        first, last: numbers of the first word, and of the one behind the last.
        kind: a name of `KINDS`.
        term: what it is counted as; empty for the words themselves.
        source: ``"lexicon"`` or ``"pattern"``.
        scope: of the lexicon's term, or ``""``.
    """

    first: int
    last: int
    kind: str
    term: str = ""
    source: str = "pattern"
    scope: str = ""


@dataclass(slots=True)
class Reading:
    """A prompt's words on the way to being understood.

    Attributes:
        prompt: as it was given.
        text: the prompt with syntax overwritten, of the same length.
        words: of the text.
        lexicon: of known terms.
    """

    prompt: str
    text: str
    words: Words
    lexicon: Lexicon

    def joined(self, first: int) -> bool:
        """Whether nothing but spaces and hyphens stands between a word and the one before it."""
        words = self.words
        return first > 0 and are_joined(self.text, words.ends[first - 1], words.starts[first])

    def term_at(self, first: int) -> Match | None:
        """The longest known term that begins at a word."""
        found = self.lexicon.longest_at(self.words, self.text, first) if first < len(self.words) else None
        if found is None:
            return None
        last, term = found
        return Match(first, last, term.kind, term.term, "lexicon", term.scope)

    def reach(self, first: int, most: int) -> int:
        """The number behind the last of at most so many words that stand together."""
        last = first
        end = min(len(self.words), first + most)
        while last < end and (last == first or self.joined(last)):
            last += 1
        return last

    def is_capital(self, place: int) -> bool:
        """Whether a word begins with a capital letter."""
        return self.text[self.words.starts[place]].isupper()
