"""Phrases read from a line of tagged tokens, left to right."""

from __future__ import annotations

from .phrase_words import (
    COMPOUND_PREPOSITIONS,
    COPULAS,
    MAKING,
    NAMES,
    NO_ADJECTIVES,
    PICTURE_NOUNS,
    PREPOSITIONS,
    QUANTITIES,
    TAKES_OBJECT,
)
from .tag_corrections import BEFORE_NAMES
from .tagging import Token

_STARTS = frozenset(("DT", "PDT", "PRP$", "WP$", "CD", "JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "FW"))
_LONGEST_ALONE = 8
_LONGEST_PREPOSITION = max(map(len, COMPOUND_PREPOSITIONS))
_COMPOUNDING = (
    "colored", "coloured", "haired", "eyed", "skinned", "faced", "shaped", "sized", "legged", "looking",
    "themed", "winged", "clad", "tailed", "footed", "sleeved", "roofed", "headed", "striped", "toned",
)  # fmt: skip
_VERBS = frozenset(("VBZ", "VBP", "VBD", "VBG", "VBN", "VB", "MD"))


class Phrases:
    """What modifies in one line of tokens.

    Attributes:
        tokens: with their parts of speech and the known terms that they belong to.
    """

    def __init__(self, tokens: list[Token]):
        self.tokens = tokens

    def attributes(self) -> list[tuple[int, int]]:
        """Positions of adjectives and of prepositional phrases, in order, disjoint."""
        spans: list[tuple[int, int]] = []
        place = 0
        while place < len(self.tokens):
            end = self._prepositional(place)
            if end is not None:
                spans.append((self.tokens[place].start, self.tokens[end - 1].end))
                place = end
                continue
            found = self._adjective(place)
            if found is not None:
                spans.append((self.tokens[place].start, self.tokens[found - 1].end))
                place = found
                continue
            place += 1
        return spans

    # prepositional phrases

    def _prepositional(self, place: int) -> int | None:
        """The end of the prepositional phrases that begin at a token, or None."""
        end = self._one_phrase(place)
        if end is None or (self.tokens[place].key == "of" and self._of_counts_nothing(place)):
            return None
        while (more := self._one_phrase(end)) is not None:
            end = more
        return end

    def _one_phrase(self, place: int) -> int | None:
        length = self._preposition(place)
        if not length:
            return None
        end = self._noun_phrase(place + length)
        if end is None or self._is_known(place + length, end):
            return None
        return end

    def _preposition(self, place: int) -> int:
        """How many tokens the preposition at a place has; 0 for none."""
        tokens = self.tokens
        if place >= len(tokens) or tokens[place].known or tokens[place].tag == "END":
            return 0
        keys = tuple(token.key for token in tokens[place : place + _LONGEST_PREPOSITION])
        for length in range(len(keys), 1, -1):
            if keys[:length] in COMPOUND_PREPOSITIONS:
                return length
        token = tokens[place]
        if token.key not in PREPOSITIONS or token.tag not in ("IN", "TO", "RB", "JJ", "VBG"):
            return 0
        if token.tag in ("RB", "JJ") and not self._starts_noun_phrase(place + 1, strict=True):
            return 0
        following = tokens[place + 1 : place + 3]
        if len(following) == 2 and following[0].key in ("and", "or") and following[1].key in PREPOSITIONS:
            return 3
        return 1

    def _starts_noun_phrase(self, place: int, *, strict: bool = False) -> bool:
        if place >= len(self.tokens):
            return False
        tag = self.tokens[place].tag
        return tag in (("DT", "PRP$", "PDT") if strict else _STARTS)

    def _of_counts_nothing(self, place: int) -> bool:
        """Whether the ``of`` at a place stands behind a word of amount, part or picture."""
        if place == 0:
            return False
        before = self.tokens[place - 1]
        if before.known in ("medium", "genre", "camera"):
            return True
        key = before.key.rsplit("-", 1)[-1]
        return key in QUANTITIES or key in PICTURE_NOUNS or before.tag in ("DT", "CD") or before.key == "full"

    def _noun_phrase(self, place: int) -> int | None:
        """The end of the noun phrase that begins at a token, or None."""
        end = self._simple(place) or self._gerund(place)
        if end is None:
            return None
        end = self._listed(end)
        while end + 1 < len(self.tokens) and self.tokens[end].key in ("and", "or", "&"):
            more = self._simple(end + 1)
            bare = self.tokens[end + 1].is_noun  # suit and tie
            if more is None or (self._goes_on(more) and not bare):
                break
            end = more
        return end

    def _gerund(self, place: int) -> int | None:
        """The end of a verb's noun and its object, as in *for carrying passengers*."""
        if place >= len(self.tokens) or self.tokens[place].tag != "VBG":
            return None
        return self._simple(place + 1) or place + 1

    def _listed(self, end: int) -> int:
        """The end of *a stove, a table and a sink* whose first thing ends at ``end``."""
        tokens, now = self.tokens, end
        while now + 1 < len(tokens) and tokens[now].key == ",":
            last = tokens[now + 1].key in ("and", "or", "&")
            more = self._simple(now + 2 if last else now + 1)
            if more is None:
                return end
            if last or (more < len(tokens) and tokens[more].key in ("and", "or", "&")):
                return more
            now = more
        return end

    def _goes_on(self, place: int) -> bool:
        """Whether a verb follows: what stood before it is a subject of its own."""
        return place < len(self.tokens) and self.tokens[place].tag in _VERBS

    def _simple(self, place: int) -> int | None:
        """The end of a noun phrase without *and* at its top."""
        tokens = self.tokens
        end = None
        now = place
        determined = False
        while now < len(tokens):
            token = tokens[now]
            if token.tag == "END":
                if not (token.key == "," and end is None and now > place and self._adjectives_go_on(now)):
                    break
            elif token.tag == "PRP" or token.key in ("himself", "herself", "itself", "themselves"):
                return now + 1 if now == place else end
            elif token.key in ('"', "“", "'", "”", "``", "''"):
                closing = self._closing(now)
                if closing is None:
                    break
                end, now = closing + 1, closing
            elif token.is_noun:
                end = now + 1
                if self._is_compound(now):
                    now += 1
            elif token.tag in ("POS", "HYPH", "$", "#") or token.key == "'s":
                end = None
            elif end is not None:
                if token.tag != "CD":
                    break
                end = now + 1
            elif token.tag in ("DT", "PDT", "PRP$", "WP$"):
                if determined and token.tag != "DT":
                    break
                determined = True
            elif token.tag == "CD":
                if not self._noun_follows(now):
                    end = now + 1
            elif token.is_adjective or token.tag in ("RB", "RBR", "RBS"):
                if not self._noun_follows(now):
                    return now + 1 if (determined or token.is_adjective) and now > place - 1 else None
            elif token.tag in ("VBN", "VBG", "VBD"):
                if not self._noun_follows(now) or (
                    now == place and token.tag == "VBG" and not self._noun_next(now)
                ):
                    break
            elif token.tag == "CC":
                if not (now > place and self._noun_follows(now)):
                    break
            else:
                break
            now += 1
        return end

    def _closing(self, place: int) -> int | None:
        """Where a quotation that opens at a token ends."""
        for now in range(place + 1, min(place + 15, len(self.tokens))):
            if self.tokens[now].key in ('"', "”", "'", "''"):
                return now
        return None

    def _adjectives_go_on(self, place: int) -> bool:
        following = self.tokens[place + 1 : place + 2]
        return bool(following) and following[0].is_adjective and self._noun_follows(place + 1)

    def _noun_follows(self, place: int) -> bool:
        """Whether adjectives and their like lead from here to a noun."""
        for now in range(place + 1, min(place + 8, len(self.tokens))):
            token = self.tokens[now]
            if token.is_noun:
                return True
            if token.tag == "VBG" and token.key in TAKES_OBJECT:
                return False
            adjectival = token.is_adjective or token.tag in (
                "VBN",
                "VBG",
                "RB",
                "CC",
                "CD",
                "HYPH",
                "RBS",
                "RBR",
            )
            if not adjectival and token.key != ",":
                return False
            if token.key == "," and not (self._is_adjectival(now - 1) and self._is_adjectival(now + 1)):
                return False
        return False

    def _noun_next(self, place: int) -> bool:
        return place + 1 < len(self.tokens) and self.tokens[place + 1].is_noun

    def _is_adjectival(self, place: int) -> bool:
        if not 0 <= place < len(self.tokens) or self.tokens[place].known:
            return False
        return self.tokens[place].tag in ("JJ", "JJR", "JJS", "VBN")

    def _is_known(self, first: int, end: int) -> bool:
        """Whether the head of a noun phrase is a known term, which then stands for the phrase."""
        return any(
            self.tokens[place].known not in ("", "repeating") for place in (end - 1,) if place >= first
        )

    # adjectives

    def _adjective(self, place: int) -> int | None:
        """The end of the adjective that begins at a token, its adverbs included, or None."""
        tokens = self.tokens
        now = place
        while now < len(tokens) and tokens[now].tag in ("RB", "RBR", "RBS") and not tokens[now].known:
            now += 1
        if now >= len(tokens) or tokens[now].known:
            return None
        if tokens[now].is_adjective and now + 1 < len(tokens) and tokens[now + 1].key == "than":
            copula = place > 0 and tokens[place - 1].key in COPULAS
            return None if copula else self._noun_phrase(now + 2)
        coloured = self._coloured(now)
        if coloured is not None:
            return coloured
        aged = self._aged(now)
        if aged is not None:
            return aged
        token = tokens[now]
        if token.key in NO_ADJECTIVES or (tokens[now - 1].tag == "END" and now != place):
            return None
        if not self._is_attributive(now):
            return None
        if self._is_name(now):
            return None
        return now + 2 if tokens[now].tag == "NN" and self._is_compound(now) else now + 1

    def _coloured(self, place: int) -> int | None:
        """The end of ``dark grey skinned`` and its like, in front of a noun."""
        end = place
        while end < min(place + 3, len(self.tokens)) and not self.tokens[end].known:
            token = self.tokens[end]
            if token.key in _COMPOUNDING and end > place:
                return end + 1 if self._noun_follows(end) else None
            if not (token.is_adjective or token.is_noun):
                return None
            end += 1
        return None

    def _aged(self, place: int) -> int | None:
        """``25 year old``: its end."""
        keys = [token.key for token in self.tokens[place : place + 3]]
        if len(keys) == 3 and keys[1] in ("year", "years", "month", "week", "day") and keys[2] == "old":
            return place + 3 if self.tokens[place].tag == "CD" else None
        return None

    def _is_attributive(self, place: int) -> bool:
        token, before = self.tokens[place], self.tokens[place - 1] if place else None
        if token.is_adjective or ("-" in token.key and token.tag in ("VBN", "VBG", "NN", "VBD")):
            if self._noun_follows(place):
                return token.is_adjective or not token.is_noun or token.key.endswith(("ed", "ing", "like"))
            return token.is_adjective and (self._after_noun(before) or self._alone(place))
        if token.tag == "NN" and self._is_compound(place):
            return True
        if token.tag == "VBN":
            opens = before is None or before.tag in (
                "DT",
                "PRP$",
                "JJ",
                "CD",
                "END",
                "CC",
                "RB",
                "IN",
                "VBG",
                "VBZ",
            )
            return opens and self._noun_follows(place) and (before is None or before.key not in COPULAS)
        if token.tag == "VBG":
            opens = before is not None and before.tag in ("DT", "PRP$", "JJ", "CD")
            opens = opens and (before.tag == "DT" or token.key not in TAKES_OBJECT)
            return opens and self._noun_follows(place)
        return False

    def _is_compound(self, place: int) -> bool:
        """*snow covered* in front of a noun."""
        following = self.tokens[place + 1 : place + 3]
        before = self.tokens[place - 1].tag if place else "END"
        return (
            before in BEFORE_NAMES
            and len(following) == 2
            and following[0].key in MAKING
            and following[1].is_noun
            and not following[0].known
        )

    def _after_noun(self, before: Token | None) -> bool:
        return before is not None and before.is_noun

    def _alone(self, place: int) -> bool:
        """Whether an adjective is all of its segment."""
        tokens = self.tokens
        first, least = place, max(0, place - _LONGEST_ALONE)
        while first > least and tokens[first - 1].tag in ("RB", "JJ", "CC"):
            first -= 1
        last, most = place + 1, min(len(tokens), place + _LONGEST_ALONE)
        while last < most and tokens[last].tag in ("RB", "JJ", "CC"):
            last += 1
        opens = first == 0 or tokens[first - 1].tag == "END"
        return opens and (last == len(tokens) or tokens[last].tag == "END") and len(tokens) > 1

    def _is_name(self, place: int) -> bool:
        """Whether a word and the next are a name of two words: *hot dog*."""
        keys = [token.key for token in self.tokens[place : place + 2]]
        return " ".join(keys) in NAMES
