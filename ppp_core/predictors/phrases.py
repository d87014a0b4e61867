"""A prompt cut into phrases, and edits that leave its content as it is. No grammar model is loaded."""

import re
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import pairwise

OPENERS = frozenset(
    "about above across after against along amid among and around as at before behind below beneath "
    "beside between beyond but by down during for from in inside into like near next of off on onto or "
    "out outside over past through to toward towards under up upon while with within without".split()
)
"""Words that open a phrase: prepositions and conjunctions."""

ARTICLES = frozenset("a an the some this that these those its his her their".split())
EMPTY = frozenset("a an the is are there it its that which some being".split())
"""Words that may be left out without another picture in mind."""

MAX_PHRASES = 24
_WORD = re.compile(r"\S+")
_ENDS_PHRASE = re.compile(r"[,.;:!?|)\]]$")


def phrases(prompt: str, *, most: int = MAX_PHRASES) -> list[tuple[int, int]]:
    """Character spans of the prompt's phrases, in order; what lies between them is white space.

    A phrase ends at a punctuation mark, and begins at a preposition or conjunction, or at an article
    after something that has content. Neighbours are joined, shortest first, until few enough remain.

    Args:
        prompt: any text.
        most: phrases at the most.

    Example:
        >>> text = "a red fox at the edge of a forest, oil painting"
        >>> [text[start:end] for start, end in phrases(text)]
        ['a red fox', 'at the edge', 'of a forest,', 'oil painting']
    """
    spans = list(_phrases(prompt))
    return spans if len(spans) <= most else _joined(spans, most)


def _joined(spans: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Spans of which the shortest two neighbours, the first of equals, are joined until few are left."""
    starts = [start for start, _ in spans]
    end = dict(spans)
    after = dict(pairwise(starts))
    before = {later: start for start, later in after.items()}
    # (characters from start to end of the pair, start of the first, end of the second)
    pairs = [(end[later] - start, start, end[later]) for start, later in after.items()]
    heapify(pairs)
    while len(end) > most:
        _, start, until = heappop(pairs)
        later = after.get(start)
        if later is None or end[later] != until:
            continue  # one of the two has been joined to another since
        end[start] = end.pop(later)
        after[start] = after.pop(later, None)
        if after[start] is not None:
            before[after[start]] = start
            heappush(pairs, (end[after[start]] - start, start, end[after[start]]))
        if start in before:
            heappush(pairs, (end[start] - before[start], before[start], end[start]))
    return sorted(end.items())


def _phrases(prompt: str) -> Iterator[tuple[int, int]]:
    start = end = None
    has_content = False
    for word in _WORD.finditer(prompt):
        plain = word.group().lower().strip(".,;:!?\"'()[]")
        opens = plain in OPENERS or plain in ARTICLES
        if start is None:
            start = word.start()
        elif opens and has_content:
            yield start, end
            start, has_content = word.start(), False
        end = word.end()
        has_content = has_content or not opens
        if _ENDS_PHRASE.search(word.group()):
            yield start, end
            start, has_content = None, False
    if start is not None:
        yield start, end


def without(prompt: str, span: tuple[int, int]) -> str:
    """The prompt with one span left out and the seam tidied.

    Example:
        >>> without("a cat, on a mat", (0, 6))
        'on a mat'
    """
    left, right = prompt[: span[0]].rstrip(), prompt[span[1] :].lstrip()
    if not right:
        left = left.rstrip(",;:")
    return f"{left} {right}".strip()


def null_edits(prompt: str) -> list[str]:
    """Versions of a prompt that ask for the same picture: an empty word left out, an article swapped,
    a full stop added or removed. Each differs from the prompt in one place.

    Example:
        >>> null_edits("a dog is here")
        ['dog is here', 'the dog is here', 'a dog here', 'a dog is here.']
    """
    versions = []
    for word in _WORD.finditer(prompt):
        plain = word.group().lower()
        if plain in EMPTY:
            versions.append(without(prompt, word.span()))
        if plain in ("a", "an", "the"):
            other = "a" if plain == "the" else "the"
            versions.append(prompt[: word.start()] + other + prompt[word.end() :])
    stripped = prompt.rstrip()
    versions.append(stripped[:-1] if stripped.endswith(".") else f"{stripped}.")
    return [version for version in versions if version.strip()]
