"""Words and terms that are said again."""

from .matches import Match, Reading
from .vocabulary import STOPS

_DOUBLE_NAMES = frozenset(
    "bora pom tuk yo cha knock so choo can dum bang boo tom ha wiki tsk walla hula coo yum night bye".split()
)


def with_repetitions(reading: Reading, found: list[Match]) -> list[Match]:
    """Makes ``repeating`` of every later occurrence of a term, and of a word said again at once."""
    keys = reading.words.keys
    seen: set[str] = set()
    for match in found:
        said = " ".join(keys[match.first : match.last])
        if said in seen:
            match.kind = "repeating"
        seen.add(said)
    if len(set(keys)) == len(keys):
        return found
    taken = {place for match in found for place in range(match.first, match.last)}
    again = [
        Match(place, place + 1, "repeating", keys[place])
        for place in range(1, len(keys))
        if keys[place] == keys[place - 1] and place not in taken and _is_emphasis(reading, place)
    ]
    return sorted([*found, *again], key=lambda match: match.first) if again else found


def _is_emphasis(reading: Reading, place: int) -> bool:
    key = reading.words.keys[place]
    between = reading.text[reading.words.ends[place - 1] : reading.words.starts[place]]
    plain = not between.strip(" ,!-") and len(key) > 1
    words = reading.words
    if "," in between and not (words.fill(place - 1, place) and words.fill(place, place + 1)):
        return False  # toilet, toilet paper
    return plain and key not in STOPS and key not in _DOUBLE_NAMES and not key.isdigit()
