"""Known terms in a prompt, without grammar: which stand as keywords, and which are mere words of a scene."""

from dataclasses import dataclass

from .heads import with_heads
from .matches import Match, Reading
from .patterns import another_name, pattern_at
from .vocabulary import COLOURS, CONNECTORS, DETERMINERS, INTENSIFIERS, PICTURES, STOPS


def known_matches(reading: Reading) -> list[Match]:
    """All known terms and patterns that count, in order, disjoint."""
    found = with_heads(reading, _scan(reading))
    if not found:
        return []
    found = _intensified(reading, found)
    segments = _Segments(reading, found)
    return [match for match in found if segments.counts(match)]


def _scan(reading: Reading) -> list[Match]:
    """Left to right, the longest first."""
    found: list[Match] = []
    keys, known = reading.words.keys, reading.lexicon.lengths
    place, count = 0, len(keys)
    floor = 0
    credited = False  # whether a credit goes on
    while place < count:
        best = reading.term_at(place) if keys[place] in known else None
        made = pattern_at(reading, place)
        if made is not None and (best is None or made.last >= best.last):
            best = made
            best.first = max(best.first, floor)  # a pattern may reach back, but not into another term
        if best is None:
            place += 1
            continue
        found.append(best)
        if best.kind == "artist" and (best.source == "pattern" or credited):
            credited = True
            while (more := another_name(reading, found[-1].last)) is not None:
                found.append(more)
        else:
            credited = False
        place = floor = found[-1].last
    return found


def _intensified(reading: Reading, found: list[Match]) -> list[Match]:
    """An adverb of degree belongs to the word that it makes stronger."""
    keys = reading.words.keys
    behind = 0
    for match in found:
        first = match.first
        again = first > 1 and keys[first - 1] == keys[first - 2]  # very very: told apart as repetition
        while not again and first > behind and keys[first - 1] in INTENSIFIERS and reading.joined(first):
            first -= 1
        if first < match.first and match.kind not in ("artist", "medium", "rendering"):
            match.first = first
        behind = match.last
    return found


@dataclass(slots=True)
class _Tally:
    """Words of a segment: all, and those outside known terms and connectors; whether a sure term is there."""

    words: int = 0
    others: int = 0
    sure: bool = False
    last: int = 0


class _Segments:
    """Tells which known terms stand as keywords."""

    def __init__(self, reading: Reading, found: list[Match]):
        self.reading = reading
        self.found = found
        self.at = {match.first: match for match in found}
        self.ending = {match.last: match for match in found}
        self.tallies = self._tallies()
        self.alone = len(reading.words) == 1
        self.sure = self._sure_runs()

    def _tallies(self) -> list[_Tally]:
        words = self.reading.words
        tallies = [_Tally() for _ in range(words.segments[-1] + 1 if len(words) else 0)]
        known = set()
        for match in self.found:
            known.update(range(match.first, match.last))
            if match.scope == "":
                tallies[words.segments[match.last - 1]].sure = True
        for place, segment in enumerate(words.segments):
            tally = tallies[segment]
            tally.words += 1
            tally.last = place + 1
            tally.others += place not in known and words.keys[place] not in _FILLERS
        return tallies

    def _sure_runs(self) -> set[int]:
        """First words of the terms that stand in a row up to a segment's end, one of them sure."""
        segments, sure, run = self.reading.words.segments, set(), []
        for match in self.found:
            if run and (run[-1].last != match.first or segments[match.first] != segments[run[-1].first]):
                run = []
            run.append(match)
            if match.last == self.tallies[segments[match.first]].last and any(not one.scope for one in run):
                sure.update(one.first for one in run)
        return sure

    def counts(self, match: Match) -> bool:
        """Whether a term that was found counts as a modifier."""
        if self.alone and match.kind != "image":
            return False
        segment = self.tallies[self.reading.words.segments[match.last - 1]]
        if self._is_time(match):
            return segment.words == match.last - match.first
        if segment.others == 0:
            return True
        if match.scope == "segment":
            return (
                self._before_picture(match)
                or match.first in self.sure
                or self._of(match)
                or self._led(match, segment.last)
            )
        if match.kind in ("medium", "genre") and match.source == "lexicon":
            return not self._is_thing(match)
        return True

    def _is_time(self, match: Match) -> bool:
        """Whether a term is a bare time of day, which tells of light where it stands alone."""
        return match.last - match.first == 1 and self.reading.words.keys[match.first] in _TIMES

    def _before_picture(self, match: Match) -> bool:
        """Whether a word for a picture follows, at once or behind more terms."""
        reading = self.reading
        place = match.last
        end = min(len(reading.words), place + _REACH)
        while place < end and reading.joined(place):
            following = self.at.get(place)
            if reading.words.keys[place] in PICTURES or (following and following.kind == "medium"):
                return True
            if following is None:
                return False
            place = following.last
        return False

    def _of(self, match: Match) -> bool:
        """Whether a picture of something begins the segment: *a photo of …*."""
        reading, keys = self.reading, self.reading.words.keys
        if (
            match.kind not in ("medium", "genre", "camera")
            or match.last >= len(keys)
            or keys[match.last] != "of"
        ):
            return False
        first = match.first
        most = max(0, first - _REACH)
        while first > most and reading.joined(first):
            if first not in self.ending and keys[first - 1] not in DETERMINERS:
                break
            first = self.ending[first].first if first in self.ending else first - 1
        return first == 0 or not reading.joined(first)

    def _led(self, match: Match, end: int) -> bool:
        """Whether a preposition leads to a term that ends its segment: *in black and white*."""
        keys, place = self.reading.words.keys, match.first
        if match.last != end or match.kind not in _LEADING:
            return False
        if match.kind == "colour" and match.last - match.first == 1 and keys[place] in COLOURS:
            return False  # a woman in black
        if place > 0 and keys[place - 1] in DETERMINERS:
            place -= 1
        return place > 0 and self.reading.joined(place) and keys[place - 1] in _LEADING[match.kind]

    def _is_thing(self, match: Match) -> bool:
        """Whether a picture is a thing of the scene: *a man taking a photo*, *a poster on a wall*."""
        reading, keys = self.reading, self.reading.words.keys
        after = keys[match.last] if match.last < len(keys) and reading.joined(match.last) else ""
        first = match.first
        most = max(0, first - _REACH)
        while first > most and reading.joined(first) and keys[first - 1] not in STOPS:
            first -= 1
        begins = first == 0 or not reading.joined(first)
        if first > 0 and reading.joined(first) and keys[first - 1] in DETERMINERS:
            first -= 1
            begins = first == 0 or not reading.joined(first)
            if not begins and keys[first - 1] not in ("as", "in", "into", "of"):
                return after != "of" or first > 1
        return begins and after in _PLACES


_REACH = 12
"""Words around a term that are looked at."""

_PLACES = frozenset("on at under behind beside near next hanging sitting lying above inside".split())

_LEADING = {
    "colour": frozenset(("in", "with")),
    "medium": frozenset(("in",)),
    "lighting": frozenset(("in", "with", "at", "under", "by")),
    "camera": frozenset(("from", "with", "in")),
}
"""Kinds -> prepositions that lead to such a term."""

_FILLERS = CONNECTORS | INTENSIFIERS
_TIMES = frozenset(
    "sunset sunrise sundown night dawn dusk morning evening noon midnight afternoon twilight daytime "
    "nighttime day midday nightfall daybreak".split()
)
