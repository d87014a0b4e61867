"""The words of a prompt, and where segments end."""

import re
import unicodedata
from dataclasses import dataclass

# marks that combine with a letter belong to it; & is read as "and"; a picture character is a word
_ASCII = re.compile(r"[A-Za-z0-9]+|&")
_UNICODE = re.compile(
    r"(?:[^\W_][\u0300-\u036f\u200d]*)+|&|[\u2190-\u21ff\u2600-\u27bf\U0001f000-\U0001faff][\u200d\ufe0f\U0001f3fb-\U0001f3ff\u2600-\u27bf\U0001f000-\U0001faff]*"
)
_JOINED = re.compile(r"[\s_'’‘`‐‑-]*|\.\s*|\s*-\s*")
_LINE = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ENDS = re.compile(
    r"[,;|!?…•·—–。，、；：！？]|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\s-+\s|\s/+\s|\.\s|:(?!\d)"
)
_PLAIN = frozenset((" ", "-", "'", "  "))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a prompt.

    Attributes:
        keys: as they are looked up: lower case, without accents.
        starts, ends: positions in the prompt.
        segments: for each word, the number of its segment; they are ended by commas and their like.
    """

    keys: list[str]
    starts: list[int]
    ends: list[int]
    segments: list[int]

    def __len__(self) -> int:
        return len(self.keys)

    def fill(self, first: int, last: int) -> bool:
        """Whether some words, the last one excluded, are the whole of one segment."""
        segments = self.segments
        begins = first == 0 or segments[first - 1] != segments[first]
        ends = last == len(segments) or segments[last] != segments[last - 1]
        return begins and ends and segments[first] == segments[last - 1]


def read_words(text: str) -> Words:
    """The words of a text, in order.

    Example:
        >>> words = read_words("Dürer’s Sci-Fi city, black & white")
        >>> words.keys
        ['durer', 's', 'sci', 'fi', 'city', 'black', 'and', 'white']
        >>> words.segments
        [0, 0, 0, 0, 0, 1, 1, 1]
    """
    plain = text.isascii()
    found = [match.span() for match in (_ASCII if plain else _UNICODE).finditer(text)]
    starts = [start for start, _ in found]
    ends = [end for _, end in found]
    if plain:
        lowered = text.lower()  # of the same length, as it is ASCII
        keys = [lowered[start:end] for start, end in found]
    else:
        keys = [key_of(text[start:end]) for start, end in found]
    if "&" in keys:
        keys = ["and" if key == "&" else key for key in keys]
    return Words(keys, starts, ends, _segments(text, starts, ends))


def key_of(word: str) -> str:
    """A word as it is looked up.

    Example:
        >>> key_of("Dürer"), key_of("ŁÓDŹ"), key_of("山")
        ('durer', 'łodz', '山')
    """
    if word.isascii():
        return word.lower()
    marked = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in marked if not unicodedata.combining(letter)) or word


def are_joined(text: str, end: int, start: int) -> bool:
    """Whether what stands between two words leaves them one term: spaces, hyphens, an initial's point."""
    between = text[end:start]
    if between in (" ", "-"):
        return True
    if between == ", ":
        return False
    if between in ("/", ":", "."):  # f/1.8, 16:9, b/w
        return True
    if _JOINED.fullmatch(between) is None or _LINE.search(between):
        return False
    # a point ends a sentence unless a single letter stands before it: h. r. giger
    return "." not in between or end < 2 or not text[end - 2].isalnum()


def _segments(text: str, starts: list[int], ends: list[int]) -> list[int]:
    """For each word the number of its segment; a segment ends between two words."""
    if not starts:
        return []
    number = 0
    numbers = [0]
    for end, start in zip(ends, starts[1:], strict=False):
        # one character more, for what a colon stands before
        if text[end:start] not in _PLAIN and _ENDS.search(text, end, start + 1):
            number += 1
        numbers.append(number)
    return numbers
