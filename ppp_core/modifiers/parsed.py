"""A prompt taken apart."""

from collections import Counter
from dataclasses import dataclass

from .kinds import KINDS


@dataclass(frozen=True)
class Part:
    """A stretch of a prompt.

    Attributes:
        start, end: character positions in the prompt, end excluded; ``prompt[start:end] == text``.
        text: as it stands in the prompt.
        kind: a name of `KINDS`.
        term: what it is counted as: the lexicon's own form for a known term, else the text in lower case
            with single spaces.
        weight: what a tool's syntax multiplies it by; 1.0 where nothing is said.
        source: what told its kind: ``"lexicon"``, ``"pattern"``, ``"grammar"``, a tool's ``"syntax"``, or
            ``"rest"`` for the subject, which is what remains.
    """

    start: int
    end: int
    text: str
    kind: str
    term: str
    weight: float = 1.0
    source: str = "syntax"


@dataclass(frozen=True)
class Parsed:
    """A prompt as parts: disjoint, in order, and together the whole prompt.

    Attributes:
        prompt: as it was given.
        parts: from the first character to the last, none empty.
        grammar: whether grammar was used; without it, nothing is an ``attribute``.
        n_known: how many known terms and patterns there are, those included that lie inside of an
            ``attribute``, as the genre in *in a cyberpunk city*; the same with grammar and without.
    """

    prompt: str
    parts: tuple[Part, ...]
    grammar: bool
    n_known: int = 0

    @property
    def modifiers(self) -> tuple[Part, ...]:
        """The parts that count as modifiers."""
        return tuple(part for part in self.parts if KINDS[part.kind].modifies)

    @property
    def subject(self) -> str:
        """What the picture is of: the subject's parts, joined by single spaces."""
        return " ".join(part.text for part in self.parts if part.kind == "subject")

    @property
    def by_kind(self) -> dict[str, int]:
        """How many modifiers of each kind, kinds without one left out."""
        return dict(Counter(part.kind for part in self.modifiers))
