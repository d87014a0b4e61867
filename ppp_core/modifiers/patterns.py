"""Forms that tell a modifier without its being known: ``by …``, ``in the style of …``, ``85 mm``.

Each function is asked at one word and answers with what begins there, or None.
"""

import re
from collections.abc import Callable

from .matches import Match, Reading
from .vocabulary import DETERMINERS, NAME_PARTICLES, STOPS

_MAKING = frozenset(
    "art artwork painted drawn illustrated designed directed photographed created made sculpted painting "
    "drawing illustration photo photograph photography portrait poster render rendered concept sketch "
    "animated filmed composed written".split()
)
_CUES = frozenset(
    "art artwork painted drawn illustrated designed directed photographed created made sculpted animated "
    "filmed composed written".split()
)
"""Words before *by* that belong to the credit."""

_PLATFORMS = frozenset(
    "artstation deviantart deviantartist behance pixiv instagram cgsociety pinterest unsplash flickr "
    "dribbble reddit twitter tumblr 500px polycount zbrushcentral cgtrader artbreeder cara cgchannel "
    "youtube civitai artgram zerochan danbooru facebook".split()
)
_CAMERA = frozenset(
    "camera lens film iphone smartphone phone drone canon nikon sony leica hasselblad fujifilm kodak arri "
    "red polaroid gopro pentax olympus panasonic rolleiflex mamiya dslr fuji zeiss sigma samsung pixel "
    "webcam camcorder vhs super8 imax disposable holga lomo phase".split()
)
_NUMBER = re.compile(r"\d+")
_FOCAL = re.compile(r"\d{1,4}mm")
_SIZE = re.compile(r"\d{1,3}k|\d{3,4}[pi]")
_DECADE = re.compile(r"(?:1[5-9]|20)?\d0s")
_UNITS_OF_FOCUS = frozenset(("mm", "millimeter", "millimeters", "millimetre", "millimetres"))
_AFTER_FOCUS = frozenset(("lens", "lenses", "prime", "macro", "telephoto", "film"))
_NAME_ENDS = STOPS - NAME_PARTICLES


def credited(reading: Reading, first: int) -> Match | None:
    """``by …`` with a name behind it, or ``lit by …``; the cue's own verb belongs to it."""
    keys = reading.words.keys
    made = first > 0 and keys[first - 1] in _MAKING and reading.joined(first)
    start = first - 1 if made and keys[first - 1] in _CUES else first
    name = first + 1
    if name >= len(keys) or not reading.joined(name):
        return None
    known = reading.term_at(name)
    if known is None and keys[name] == "the" and name + 1 < len(keys):
        known = reading.term_at(name + 1)
    if known is not None and known.kind == "artist" and (made or not _is_deed(reading, first)):
        return Match(start, known.last, "artist", known.term)
    if known is not None and known.kind == "lighting":
        return Match(name, known.last, known.kind, known.term, "lexicon", known.scope)
    if keys[name] in DETERMINERS:
        return None
    if not made and _is_deed(reading, first):
        return None
    alone = first == 0 or reading.words.segments[first - 1] != reading.words.segments[first]
    last = _end_of_name(reading, name, lower=made or alone)
    return Match(start, last, "artist", " ".join(keys[name:last])) if last > name else None


def another_name(reading: Reading, after: int) -> Match | None:
    """A name that goes on a credit: *by Hokusai and Xaver Quendel*, *by Hokusai, Xaver Quendel*."""
    words = reading.words
    place = after + 1 if words.keys[after : after + 1] == ["and"] and reading.joined(after) else after
    if place >= len(words) or not reading.is_capital(place) or reading.term_at(place) is not None:
        return None
    last = _end_of_name(reading, place, lower=False)
    # behind a comma, only where a first and a last name are all of the segment
    if place == after and (last - place < 2 or reading.joined(place) or not words.fill(place, last)):
        return None
    return Match(place, last, "artist", " ".join(words.keys[place:last])) if last > place else None


def _is_deed(reading: Reading, first: int) -> bool:
    """Whether a participle of no art stands before *by*: *sponsored by*, *made by*."""
    before = reading.words.keys[first - 1] if reading.joined(first) else ""
    return before.endswith("ed") and before not in _MAKING


def _end_of_name(reading: Reading, first: int, *, lower: bool, title: bool = False, most: int = 4) -> int:
    """The number behind a name: capitalised words and particles; where ``lower``, any words; where
    ``title``, an *in* too."""
    keys = reading.words.keys
    last = first
    for place in range(first, reading.reach(first, most + 1)):
        ends = keys[place] in _NAME_ENDS or (place > first and reading.term_at(place) is not None)
        if ends and not (title and last > first and keys[place] == "in" and _is_title(reading, place)):
            break
        if place - first >= most:
            break
        named = reading.is_capital(place) or len(keys[place]) == 1 or keys[place] in NAME_PARTICLES
        if not (named or lower) or keys[place].isdigit():
            break
        last = place + 1
    while last > first and keys[last - 1] in NAME_PARTICLES:
        last -= 1
    return last


def _is_title(reading: Reading, place: int) -> bool:
    """Whether an *in* may stand inside of a title: *ghost in the shell*, up to the segment's end."""
    words = reading.words
    return any(
        words.segments[end - 1] == words.segments[place]
        and (end == len(words) or words.segments[end] != words.segments[place])
        for end in range(place + 2, min(place + 3, len(words)) + 1)
    )


def styled(reading: Reading, first: int) -> Match | None:
    """``in the style of …``, ``style of …``, ``inspired by …``: kind by what follows."""
    keys = reading.words.keys
    for cue in _STYLE_CUES.get(keys[first], ()):
        after = first + len(cue)
        if tuple(keys[first:after]) == cue and reading.reach(first, len(cue) + 1) > after:
            return _of_style(reading, first, after, sure=cue[-1] == "of")
    return None


def _of_style(reading: Reading, first: int, after: int, *, sure: bool) -> Match | None:
    keys = reading.words.keys
    name = after
    while name < len(keys) - 1 and keys[name] in DETERMINERS:
        name += 1
    known = reading.term_at(name)
    if known is not None:
        while (more := _follows(reading, known.last)) is not None:
            known = Match(known.first, more.last, more.kind, more.term)
        return Match(first, known.last, known.kind, known.term)
    last = _end_of_name(reading, name, lower=sure, title=sure)
    return Match(first, last, "artist", " ".join(keys[name:last])) if last > name else None


def _follows(reading: Reading, place: int) -> Match | None:
    """A known term of a picture right behind another, as in ``a vintage | movie poster``."""
    if place >= len(reading.words) or not reading.joined(place):
        return None
    found = reading.term_at(place)
    return found if found is not None and found.kind in ("medium", "genre", "movement") else None


_STYLE_CUES = {
    "in": [("in", "the", "style", "of"), ("in", "style", "of"), ("in", "the", "styles", "of"),
           ("in", "the", "manner", "of"), ("in", "a", "style", "of"), ("in", "the", "aesthetic", "of")],
    "style": [("style", "of")],
    "styled": [("styled", "after"), ("styled", "like")],
    "inspired": [("inspired", "by")],
    "after": [("after", "the", "style", "of")],
    "reminiscent": [("reminiscent", "of")],
    "aesthetic": [("aesthetic", "of")],
}  # fmt: skip


def published(reading: Reading, first: int) -> Match | None:
    """``trending on …``, ``featured on …``: the place and its cue."""
    keys = reading.words.keys
    place = first + 1
    if reading.reach(first, 3) < first + 3 or keys[place] not in ("on", "in", "at"):
        return None
    end = place + 2
    if keys[place + 1] not in _PLATFORMS:
        if keys[first] != "trending":
            return None
    elif (end < len(keys) and keys[end] in ("hq", "hd", "com") and reading.joined(end)) or keys[
        place + 1 : place + 3
    ] == ["pixiv", "fanbox"]:
        end += 1
    return Match(first, end, "quality", " ".join(keys[first:end]))


def shot(reading: Reading, first: int) -> Match | None:
    """``shot on …``, ``taken with …``: a camera, a lens, a film."""
    keys = reading.words.keys
    after = first + 1
    if after >= len(keys) or keys[after] not in ("on", "with", "by", "using", "through", "in", "from"):
        return None
    end = reading.reach(first, 10)
    place = after + 1
    while place < end and keys[place] in DETERMINERS:
        place += 1
    last = place
    told = False
    while last < end and keys[last] not in STOPS:
        known = reading.term_at(last)
        if known is not None and known.kind not in ("camera", "medium"):
            break
        told = told or keys[last] in _CAMERA or (known is not None and known.kind == "camera")
        told = told or any(map(str.isdigit, keys[last]))
        last = known.last if known is not None else last + 1
    return Match(first, last, "camera", " ".join(keys[place:last])) if told and last > place else None


def rendered(reading: Reading, first: int) -> Match | None:
    """``rendered in …``, ``made with …``: an engine or a program; ``lit by …``: light."""
    keys = reading.words.keys
    after = first + 1
    if after + 1 >= len(keys) or keys[after] not in ("in", "with", "by", "using", "on"):
        return None
    place = after + 1
    while place < len(keys) - 1 and keys[place] in DETERMINERS:
        place += 1
    if reading.reach(first, place - first + 1) <= place:
        return None
    known = reading.term_at(place)
    if known is not None and known.kind == "rendering":
        return Match(first, known.last, "rendering", known.term)
    if keys[first] == "rendered" and reading.is_capital(place):
        last = _end_of_name(reading, place, lower=False)
        return Match(first, last, "rendering", " ".join(keys[place:last])) if last > place else None
    return None


def lit(reading: Reading, first: int) -> Match | None:
    """``lit by …``, ``illuminated with …``, to the end of the noun phrase."""
    keys = reading.words.keys
    if first + 1 >= len(keys) or keys[first + 1] not in ("by", "with", "from"):
        return None
    end = reading.reach(first, 8)
    last = first + 2
    while last < end and keys[last] in DETERMINERS:
        last += 1
    start = last
    while last < end and keys[last] not in STOPS:
        last += 1
    # more words are a scene: illuminated by moonlit path glowing runes hovering
    return Match(first, last, "lighting", " ".join(keys[first:last])) if 0 < last - start <= 3 else None


def detailed(reading: Reading, first: int) -> Match | None:
    """``insanely detailed``: an adverb of degree and a word of detail."""
    keys = reading.words.keys
    end = first
    while end > 0 and reading.joined(end) and (keys[end - 1].endswith("ly") or keys[end - 1] in _DEGREES):
        end -= 1
    return Match(end, first + 1, "quality", " ".join(keys[end : first + 1])) if end < first else None


_DEGREES = frozenset("very super ultra hyper mega extra so most more well".split())


def suffixed(reading: Reading, first: int) -> Match | None:
    """``cottagecore``, ``solarpunk``: a world made by its ending."""
    key = reading.words.keys[first]
    if len(key) > 6 and key.endswith(("core", "punk", "wave")) and key not in _NO_WORLDS:
        return Match(first, first + 1, "genre", key)
    return None


_NO_WORLDS = frozenset(
    "hardcore softcore encore scores fourscore albacore microwave heatwave shockwave airwave brainwave "
    "underscore semicore postpunk".split()
)


def numbered(reading: Reading, first: int) -> Match | None:
    """``85 mm lens``, ``f/1.8``, ``ISO 400``, ``8K resolution``, ``1980s``."""
    keys = reading.words.keys
    key = keys[first]
    end = reading.reach(first, 5)
    following = keys[first + 1 : end]
    if _FOCAL.fullmatch(key) or (
        _NUMBER.fullmatch(key) and following[:1] and following[0] in _UNITS_OF_FOCUS
    ):
        last = first + (1 if _FOCAL.fullmatch(key) else 2)
        while last < end and keys[last] in _AFTER_FOCUS:
            last += 1
        return Match(first, last, "camera", " ".join(keys[first:last]))
    if _SIZE.fullmatch(key) or (_NUMBER.fullmatch(key) and following[:1] == ["k"]):
        last = first + (1 if _SIZE.fullmatch(key) else 2)
        if last < end and keys[last] in ("resolution", "quality", "res"):
            last += 1
        return Match(first, last, "quality", " ".join(keys[first:last]))
    if _DECADE.fullmatch(key):
        last = first + 1
        if last < end and keys[last] in ("style", "aesthetic", "styled"):
            last += 1
        return Match(first, last, "movement", " ".join(keys[first:last]))
    return None


def aperture(reading: Reading, first: int) -> Match | None:
    """``f/1.8``, ``f 2.8``, ``iso 100``."""
    keys = reading.words.keys
    last = first + 1
    end = reading.reach(first, 3)
    while last < end and keys[last].isdigit():
        last += 1
    return Match(first, last, "camera", " ".join(keys[first:last])) if last > first + 1 else None


TRIGGERS: dict[str, Callable[[Reading, int], Match | None]] = {
    "by": credited,
    **dict.fromkeys(_STYLE_CUES, styled),
    **dict.fromkeys(("trending", "featured", "popular", "posted", "viral", "winner"), published),
    **dict.fromkeys(("shot", "taken", "captured", "photographed", "filmed", "recorded"), shot),
    **dict.fromkeys(("rendered", "made", "modeled", "modelled", "created", "render"), rendered),
    **dict.fromkeys(("lit", "illuminated"), lit),
    **dict.fromkeys(("detailed", "detail", "details"), detailed),
    **dict.fromkeys(("f", "iso"), aperture),
}
"""First word -> the pattern that it may begin."""


def pattern_at(reading: Reading, first: int) -> Match | None:
    """What a pattern finds at a word, or None."""
    key = reading.words.keys[first]
    trigger = TRIGGERS.get(key)
    if trigger is not None:
        return trigger(reading, first)
    if key[-4:] in _ENDINGS:
        return suffixed(reading, first)
    if "0" <= key[0] <= "9":
        return numbered(reading, first)
    if key[0] == "f" and key[1:].isdigit():
        return aperture(reading, first)
    return None


_ENDINGS = frozenset(("core", "punk", "wave"))
