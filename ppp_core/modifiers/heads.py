"""Phrases whose last word tells their kind: *dramatic cinematic lighting*, *game boy palette*."""

from __future__ import annotations

from .matches import Match, Reading
from .vocabulary import CONNECTORS, DETERMINERS, HEADS, INTENSIFIERS, STOPS, STYLES

_ADJECTIVAL = (
    "ic",
    "al",
    "ed",
    "ful",
    "ive",
    "ous",
    "ant",
    "ent",
    "less",
    "ish",
    "ary",
    "like",
    "ing",
    "lit",
)
_ADJECTIVES = frozenset(
    "soft warm cold dark bright hard harsh low high rich deep pale cool dim natural neon studio rim dusty "
    "light moody gloomy eerie hazy misty foggy dreamy spooky creepy gritty cozy cosy pretty lovely heavy "
    "vivid muted strong sharp shallow wide tight close perfect best good great fine clean clear crisp "
    "smooth tilted dutch top front back side rear aerial bottom full medium long short extreme macro "
    "fisheye overhead red blue green yellow orange purple pink white black gold golden silver teal cyan "
    "magenta brown pastel earthy monochrome saturated desaturated vibrant ambient volumetric beautiful "
    "gorgeous amazing intricate ultra hyper super insane rustic retro vintage modern old warm-toned noir "
    "film candle".split()
)
_LONGEST = 4
_MOST = 8
"""Words before a head that are looked at."""

_SURE = frozenset(
    "lighting palette colors colours tones scheme atmosphere ambience ambiance mood vibe vibes style "
    "aesthetic composition angle lens quality resolution perspective".split()
)
"""Heads that take all of a later segment with them, whatever its words."""

_THINGS = frozenset(
    "light lights view shot detail details focus feel feeling tone closeup definition".split()
)
"""Heads that in running text are things as often as not: *traffic lights*."""

_NO_LOOKS = frozenset("different various same other many several multiple similar own such that this".split())
_BEFORE = frozenset("in with under at from of".split())


def with_heads(reading: Reading, found: list[Match]) -> list[Match]:
    """Joins the adjectives before a head to it; what was found inside of such a phrase becomes part of it.

    Args:
        reading: the words of a prompt.
        found: known terms, in order and disjoint.
    """
    keys = reading.words.keys
    heads = [place for place, key in enumerate(keys) if key in HEADS]
    if not heads:
        return found
    reader = _Heads(reading, found)
    made: list[Match] = []
    for head in heads:
        match = reader.phrase(head)
        if match is None:
            continue
        while made and made[-1].first >= match.first:  # cinematic lighting | cinematic lighting style
            made.pop()
        if made:
            match.first = max(match.first, made[-1].last)
        made.append(match)
    covered = {place for match in made for place in range(match.first, match.last)}
    kept = [match for match in found if covered.isdisjoint(range(match.first, match.last))]
    return sorted([*kept, *made], key=lambda match: match.first)


class _Heads:
    """Reads phrases backwards from their heads."""

    def __init__(self, reading: Reading, found: list[Match]):
        self.reading = reading
        self.keys = reading.words.keys
        self.segments = reading.words.segments
        self.by_last = {match.last: match for match in found}
        self.taken = {place for match in found for place in range(match.first, match.last)}

    def phrase(self, head: int) -> Match | None:
        """The phrase that ends in a head and is longer than what is known of it, or None."""
        own = self.by_last.get(head + 1)
        if own is None and head in self.taken:
            return None
        begins = own.first if own else head
        first, before = self._reach_back(begins)
        if begins == head:
            first = self._start_of_segment(first, head)
        if first == begins or any(key in _NO_LOOKS for key in self.keys[first:head]):
            return None
        if begins == head and not self._is_sure(first, head, before):
            return None
        kind = own.kind if own else HEADS[self.keys[head]]
        term = ""
        if self.keys[head] in STYLES and own is None:
            kind = before.kind if before else self._kind_of_style(first, head)
            term = before.term if before and before.first == first else ""
        return Match(first, head + 1, kind, term or " ".join(self.keys[first : head + 1]))

    def _reach_back(self, first: int) -> tuple[int, Match | None]:
        """Where the adjectives begin that end at a word, and the last known term among them."""
        keys, nearest = self.keys, None
        most = max(0, first - _MOST)
        while first > most and self.reading.joined(first):
            before = self.by_last.get(first)
            styled = keys[first] in STYLES
            if before is not None and (styled or _is_adjectival(keys[first - 1], before)):
                nearest = nearest or before
                first = before.first
            elif first - 1 not in self.taken and keys[first - 1] not in STOPS:
                if not (styled or _is_adjective(keys[first - 1])):
                    break
                first -= 1
            elif keys[first - 1] == "and" and (before := self.by_last.get(first - 1)) is not None:
                if not _is_adjectival(keys[first - 2], before):
                    break
                first = before.first
            else:
                break
        return first, nearest

    def _start_of_segment(self, first: int, head: int) -> int:
        """Where a later segment of a few words begins that ends in a sure head."""
        start = first
        most = max(0, first - _MOST)
        while start > most and self.segments[start - 1] == self.segments[head] and self.reading.joined(start):
            known = self.by_last.get(start)
            if self.keys[start - 1] in STOPS or (known is None and start - 1 in self.taken):
                return first
            if known is not None and known.kind in ("artist", "medium", "rendering"):
                return first
            start = known.first if known is not None else start - 1
        begins = start > 0 and self.segments[start - 1] != self.segments[head]
        whole = begins and self._ends(head) and head - start < _LONGEST
        return start if whole and self.keys[head] in _SURE else first

    def _is_sure(self, first: int, head: int, before: Match | None) -> bool:
        """Whether a phrase says how the picture looks, rather than names a thing of the scene."""
        place = first
        while place > 0 and self.keys[place - 1] in DETERMINERS and self.reading.joined(place):
            place -= 1
        start = place
        while (
            start > 0
            and self.segments[start - 1] == self.segments[head]
            and self.keys[start - 1] in CONNECTORS
        ):
            start -= 1
        begins = start == 0 or self.segments[start - 1] != self.segments[head]
        led = place > 0 and self.keys[place - 1] in _BEFORE
        if self._ends(head) and ((begins and (start > 0 or before is not None)) or led):
            return True
        return before is not None and self.keys[head] not in _THINGS

    def _ends(self, head: int) -> bool:
        return head + 1 == len(self.keys) or self.segments[head + 1] != self.segments[head]

    def _kind_of_style(self, first: int, head: int) -> str:
        """A style is an artist's where its name begins with a capital that does not begin the prompt."""
        named = any(self.reading.is_capital(place) for place in range(first, head) if place)
        return "artist" if named else "movement"


def _is_adjectival(key: str, match: Match) -> bool:
    fixed = match.kind in ("artist", "medium", "repeating")
    return not fixed and (match.scope == "segment" or _is_adjective(key))


def _is_adjective(key: str) -> bool:
    return key in _ADJECTIVES or key in INTENSIFIERS or (len(key) > 4 and key.endswith(_ADJECTIVAL))
