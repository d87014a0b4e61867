"""What a tagger gets wrong where a prompt has little grammar, mended."""

from .phrase_words import ADJECTIVE_ENDINGS, ADJECTIVES, AFTER_NOUN, MOTIONS, NOUNS, TAKES_OBJECT
from .tagging import Token

BEFORE_NAMES = frozenset(("END", "DT", "PRP$", "JJ", "CD", "CC", "IN"))
"""Tags of what may stand before a noun phrase's adjectives."""

_DETERMINERS = frozenset(("DT", "PRP$"))
_ADJECTIVAL = frozenset(("JJ", "JJR", "JJS", "VBN", "VBD", "RB", "CD"))
_AFTER_NOUNS = frozenset(("END", "IN", "WDT", "VBZ", "VBP", "VBG", "VBD", "VBN"))
_MAY_BE_ADJECTIVE = frozenset(("NN", "NNP", "VB", "VBP", "VBD", "RB"))
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "``": "''"}
_QUOTED = "NN-QUOTED"
_LONGEST_QUOTATION = 15
_MOST_ADJECTIVES = 8


def correct_tags(tokens: list[Token]) -> None:
    """Changes tags in place, right to left: what follows a word tells most of it."""
    _name_quotations(tokens)
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        before = tokens[place - 1].tag if place else "END"
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        token.tag = _corrected(tokens, place, token, before, after) or token.tag


def _corrected(tokens: list[Token], place: int, token: Token, before: str, after: Token | None) -> str | None:
    noun_phrase_follows = after is not None and (after.is_noun or after.is_adjective)
    if token.key == "half" and after is not None and after.tag == "VBN":
        return "RB"
    if token.key in NOUNS and after is not None and after.is_noun:
        return "NN"
    if token.tag == "VBN" and noun_phrase_follows and before in _ADJECTIVAL:
        return "JJ" if _is_determined(tokens, place) else None
    if token.key in TAKES_OBJECT and token.tag in ("NN", "JJ") and before in ("NN", "NNS", "NNP", "JJ"):
        return None if after is None or after.is_noun else "VBG"
    opens = before == "END" or before in _DETERMINERS  # parked cars
    if token.tag == "VBD" and noun_phrase_follows and (opens or _is_determined(tokens, place)):
        return "JJ"
    if token.tag in _MAY_BE_ADJECTIVE and noun_phrase_follows:
        known = token.key in ADJECTIVES or (len(token.key) > 6 and token.key.endswith(ADJECTIVE_ENDINGS))
        return "JJ" if known and (token.tag[0] == "N" or before in BEFORE_NAMES) else None
    if place and before == "END" and (after is None or after.tag == "END"):
        alone = token.key in ADJECTIVES or (token.key.endswith("ed") and token.tag in ("VBN", "VBD"))
        return "JJ" if alone else None
    if token.tag == "VBG" and before == "END" and token.key not in TAKES_OBJECT and noun_phrase_follows:
        return "JJ"  # melting clocks
    if token.tag == "RP" and token.key in MOTIONS and after is not None and after.tag in _DETERMINERS:
        return "IN"  # skiing down a slope
    if token.tag == "JJ" and not noun_phrase_follows and (after is None or after.key != "than"):
        if before == "NN" and token.key not in AFTER_NOUN:
            return "NN"  # fire hydrant
        ends = after is None or after.tag in _AFTER_NOUNS
        return "NN" if ends and token.key not in ADJECTIVES and _is_determined(tokens, place) else None
    return None


def _is_determined(tokens: list[Token], place: int) -> bool:
    """Whether an article stands before a word and its adjectives."""
    now, least = place - 1, max(0, place - _MOST_ADJECTIVES)
    while now >= least and tokens[now].tag in _ADJECTIVAL:
        now -= 1
    return now >= 0 and tokens[now].tag in _DETERMINERS


def _name_quotations(tokens: list[Token]) -> None:
    """Makes names of the words between quotation marks: they are shown, not said of the picture."""
    place = 0
    while place < len(tokens):
        closing = _QUOTES.get(tokens[place].key)
        end = _closing(tokens, place, closing) if closing else None
        if end is None:
            place += 1
            continue
        for token in tokens[place : end + 1]:
            token.tag = _QUOTED
        place = end + 1


def _closing(tokens: list[Token], place: int, mark: str) -> int | None:
    opens = place == 0 or tokens[place - 1].end < tokens[place].start
    reach = min(place + _LONGEST_QUOTATION, len(tokens)) if opens else 0
    found = (now for now in range(place + 2, reach) if tokens[now].key == mark or tokens[now].key == "''")
    return next(found, None)
