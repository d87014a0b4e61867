"""How many modifiers a prompt has, under each definition."""

from collections.abc import Sequence

from ..errors import PPPError, unknown_name
from .kinds import DEFINITIONS
from .parsed import Parsed
from .parsing import parse_all

_OF_TOOLS = ("parameter", "negative")


def count(parsed: Parsed, definition: str = "lexicon") -> int:
    """How many modifiers a parsed prompt has.

    Args:
        parsed: a prompt taken apart.
        definition: a key of `DEFINITIONS`.

    Raises:
        PPPError: an unknown definition, or ``"all"`` of a prompt parsed without grammar.

    Example:
        >>> from ppp_core.modifiers import parse
        >>> parsed = parse("a red fox, oil painting, (4k:1.2), --ar 3:2", grammar=False)
        >>> count(parsed, "segments"), count(parsed, "lexicon")
        (2, 2)
    """
    if definition not in DEFINITIONS:
        raise unknown_name("definition of the count of modifiers", definition, DEFINITIONS)
    if definition == "segments":
        return _segments(parsed)
    if definition == "lexicon":
        return parsed.n_known
    if not parsed.grammar:
        raise PPPError("Counting everything that modifies needs grammar: parse with grammar=True.")
    return len(parsed.modifiers)


def counts(prompts: Sequence[str], definition: str = "lexicon") -> list[int]:
    """How many modifiers each prompt has; grammar is used for ``"all"`` alone.

    Args:
        prompts: n texts.
        definition: a key of `DEFINITIONS`.

    Raises:
        PPPError: an unknown definition, or no list of texts.

    Example:
        >>> counts(["a fox", "a fox, oil painting by Monet"])
        [0, 2]
    """
    if definition not in DEFINITIONS:
        raise unknown_name("definition of the count of modifiers", definition, DEFINITIONS)
    return [count(parsed, definition) for parsed in parse_all(prompts, grammar=definition == "all")]


def _segments(parsed: Parsed) -> int:
    """Commas part the text; what belongs to a tool, and separators other than commas, fill no segment."""
    filled = 0
    waiting = True
    for part in parsed.parts:
        if part.kind in _OF_TOOLS:
            continue
        if part.kind == "separator":
            waiting = waiting or "," in part.text
            continue
        for number, piece in enumerate(part.text.split(",")):
            waiting = waiting or number > 0
            if waiting and piece.strip():
                filled += 1
                waiting = False
    return max(filled - 1, 0)
