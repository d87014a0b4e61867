"""Adjectives and prepositional phrases of a description, read from parts of speech."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from .matches import Match
from .noun_phrases import Phrases
from .tag_corrections import correct_tags
from .tagging import Token, read_tokens, tag


def add_attributes(drafts: Sequence) -> None:
    """Adds ``attribute`` to the matches of drafts, and takes out the terms inside of phrases.

    Args:
        drafts: prompts on the way to being parsed, with ``syntax``, ``words`` and ``matches``.

    Raises:
        PPPError: when spaCy or its model is not installed.
    """
    described = [draft for draft in drafts if _has_description(draft)]
    texts = [draft.syntax.text for draft in described]
    tokens = [_tokens(draft) for draft in described]
    if described:
        tag(texts, tokens)
        for found in tokens:
            correct_tags(found)
    for draft, found in zip(described, tokens, strict=True):
        _add(draft, Phrases(found).attributes())


def _has_description(draft) -> bool:
    known = sum(match.last - match.first for match in draft.matches)
    return len(draft.words) > 1 and known < len(draft.words)


def _tokens(draft) -> list[Token]:
    """Tokens of the segments that are not all known terms, each with the known term that it belongs to."""
    words, text = draft.words, draft.syntax.text
    tokens = read_tokens(text, 0, len(text))
    spans = [(words.starts[m.first], words.ends[m.last - 1], m.kind) for m in draft.matches]
    place = 0
    for token in tokens:
        while place < len(spans) and spans[place][1] <= token.start:
            place += 1
        if place < len(spans) and spans[place][0] < token.end:
            token.known = spans[place][2]
            token.last = token.end >= spans[place][1]
    return tokens


def _add(draft, spans: list[tuple[int, int]]) -> None:
    words = draft.words
    made = []
    for start, end in spans:
        first, last = bisect_left(words.starts, start), bisect_left(words.starts, end)
        if first < last:
            made.append(Match(first, last, "attribute", source="grammar"))
    covered = {place for match in made for place in range(match.first, match.last)}
    kept = [match for match in draft.matches if covered.isdisjoint(range(match.first, match.last))]
    draft.matches = sorted([*kept, *made], key=lambda match: match.first)
