"""A prompt taken apart into subject and typed modifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import PPPError
from .keywords import known_matches
from .lexicon import lexicon
from .matches import Match, Reading
from .parsed import Parsed, Part
from .repetition import with_repetitions
from .syntax import Syntax, read_syntax
from .vocabulary import EMPTY, INTENSIFIERS
from .words import Words, read_words

_BREAK = re.compile(r"[,;|\n\r。，、；]+")


def parse(prompt: str, *, grammar: bool = True) -> Parsed:
    """Takes a prompt apart.

    Args:
        prompt: any text; no text is refused.
        grammar: whether to find adjectives and prepositional phrases too, as ``attribute``; loads spaCy's
            small English model. Without it, what is not known is subject.

    Returns:
        Parts that are disjoint, in order, and together the prompt.

    Raises:
        PPPError: something else than a text, or a missing language model.

    Example:
        >>> parsed = parse("an oil painting of a fox, (soft lighting:1.2) --ar 3:2", grammar=False)
        >>> [(part.kind, part.text, part.weight) for part in parsed.modifiers]
        [('medium', 'oil painting', 1.0), ('lighting', 'soft lighting', 1.2)]
        >>> parsed.subject
        'a fox'
    """
    return parse_all([prompt], grammar=grammar)[0]


def parse_all(prompts: Sequence[str], *, grammar: bool = True) -> list[Parsed]:
    """Takes prompts apart as `parse` does; equal ones once, grammar in batches.

    Args:
        prompts: n texts.
        grammar: as in `parse`.

    Returns:
        n parsed prompts.

    Raises:
        PPPError: no list of texts, or a missing language model.

    Example:
        >>> [one.by_kind for one in parse_all(["a fox, 4k", "a fox, 4k"], grammar=False)]
        [{'quality': 1}, {'quality': 1}]
    """
    _check(prompts)
    known = lexicon()
    drafts = [_Draft(prompt, known) for prompt in dict.fromkeys(prompts)]
    if grammar:
        from .grammar import add_attributes

        add_attributes(drafts)
    parsed = {draft.prompt: draft.parsed(grammar=grammar) for draft in drafts}
    return [parsed[prompt] for prompt in prompts]


class _Draft:
    """A prompt on the way to being parsed.

    Attributes:
        reading: its words.
        matches: what was found, in order and disjoint.
    """

    def __init__(self, prompt: str, known):
        self.prompt = prompt
        self.syntax: Syntax = read_syntax(prompt)
        self.words: Words = read_words(self.syntax.text)
        self.reading = Reading(prompt, self.syntax.text, self.words, known)
        self.matches: list[Match] = with_repetitions(self.reading, known_matches(self.reading))
        images = sum(kind == "image" for _, _, kind in self.syntax.spans)
        self.n_known = len(self.matches) + images

    def parsed(self, *, grammar: bool) -> Parsed:
        return Parsed(self.prompt, tuple(_parts(self)), grammar, self.n_known)


def _parts(draft: _Draft) -> list[Part]:
    words, prompt, weights = draft.words, draft.prompt, draft.syntax.weights
    spans = [(words.starts[match.first], words.ends[match.last - 1], match) for match in draft.matches]
    spans += [(start, end, kind) for start, end, kind in draft.syntax.spans]
    spans.sort(key=lambda span: span[0])
    parts: list[Part] = []
    position = word = 0
    for start, end, found in [*spans, (len(prompt), len(prompt), None)]:
        if position < start:
            word = _fill(draft, position, start, word, parts)
        if found is None:
            break
        text = prompt[start:end]
        if isinstance(found, str):
            parts.append(Part(start, end, text, found, _plain(text)))
        else:
            weight = weights.mean(words.starts[found.first : found.last]) if weights.starts else 1.0
            term = found.term or " ".join(words.keys[found.first : found.last])
            parts.append(Part(start, end, text, found.kind, term, weight, found.source))
            word = found.last
        position = end
    return parts


def _fill(draft: _Draft, start: int, end: int, word: int, parts: list[Part]) -> int:
    """Adds what stands between two parts: subject where it has content, else separators."""
    words, prompt, text = draft.words, draft.prompt, draft.syntax.text
    count = len(words)
    while word < count and words.starts[word] < start:
        word += 1
    position = start
    while word < count and words.ends[word] <= end:
        last = word + 1
        while last < count and words.ends[last] <= end and not _is_break(words, text, last):
            last += 1
        alone = _ends_at(words, text, word) and _ends_at(words, text, last)
        first, behind = (word, last) if alone else _trimmed(words.keys, word, last)
        if first < behind:
            position = _add_subject(draft, position, first, behind, parts)
        word = last
    if position < end:
        parts.append(_separator(prompt, position, end))
    return word


def _is_break(words: Words, text: str, place: int) -> bool:
    end, start = words.ends[place - 1], words.starts[place]
    return start - end > 1 and _BREAK.search(text, end, start) is not None


def _ends_at(words: Words, text: str, place: int) -> bool:
    return place in (0, len(words)) or _is_break(words, text, place)


def _trimmed(keys: list[str], first: int, last: int) -> tuple[int, int]:
    """Words without those of no content around them; an article in front of content stays."""
    start, end = first, last
    while start < end and keys[start] in EMPTY:
        start += 1
    while end > start and keys[end - 1] in EMPTY:
        end -= 1
    if all(key in INTENSIFIERS for key in keys[start:end]):
        return start, start
    if start > first and keys[start - 1] in ("a", "an", "the"):
        start -= 1
    return start, end


def _add_subject(draft: _Draft, position: int, first: int, last: int, parts: list[Part]) -> int:
    words, prompt, weights = draft.words, draft.prompt, draft.syntax.weights
    start, end = words.starts[first], words.ends[last - 1]
    if position < start:
        parts.append(_separator(prompt, position, start))
    text = prompt[start:end]
    weight = weights.mean(words.starts[first:last]) if weights.starts else 1.0
    parts.append(Part(start, end, text, "subject", _plain(text), weight, "rest"))
    return end


def _separator(prompt: str, start: int, end: int) -> Part:
    text = prompt[start:end]
    return Part(start, end, text, "separator", text)


def _plain(text: str) -> str:
    """In lower case, with single spaces."""
    return " ".join(text.lower().split())


def _check(prompts: Sequence[str]) -> None:
    if isinstance(prompts, str):
        raise PPPError(f"parse_all takes a list of prompts, got one text: {prompts[:40]!r}. Use parse.")
    wrong = next((place for place, prompt in enumerate(prompts) if not isinstance(prompt, str)), None)
    if wrong is not None:
        kind = type(prompts[wrong]).__name__
        raise PPPError(f"A prompt is a text, got {kind} at position {wrong}.")
