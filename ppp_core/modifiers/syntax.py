"""The syntax of image tools: weights, settings, negative prompts, addresses of images.

What is read here is Midjourney's (``word::2``, ``--ar 16:9``, ``--no cars``) and that of
stable-diffusion-webui and its kin (``(word:1.3)``, ``[word]``, ``<lora:name:0.8>``, ``BREAK``, ``AND``,
``Negative prompt:`` and the line of settings below it). Whatever does not fit is plain text.
"""

import re
from dataclasses import dataclass, field

from .tool_settings import LINE, read_setting, settings_of_line
from .weights import Brackets, Weights

IMAGE_FILE = re.compile(r"\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif|heic)(?:[?#]\S*)?$", re.I)

_ANY = re.compile(
    r"[()\[\]{}\\<>|]|--|[—–][A-Za-z]|::|https?:|www\.|\bBREAK\b|\bAND\b|(?i:prompts?\s*:|steps:|embedding:)"
)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_TOKEN = re.compile(
    rf"""
    (?P<escape>\\[()\[\]{{}}\\<>:|])
    | (?P<tag><\s*(?:lora|lyco|lycoris|hypernet|hypernetwork|embedding|segment|clip|model)\s*:[^<>\n]*>)
    | (?P<picture><\s*(?:image|img|picture)\s*\d*\s*>)
    | (?P<url>(?:https?://|www\.)[^\s<>"']+)
    | (?P<setting>(?<!\S)(?:--|[—–])(?=[A-Za-z]))
    | (?P<clause>::(?P<share>{_NUMBER}(?!\w))?)
    | (?P<weighted>:\s*(?P<factor>[+-]?[.\d]+)\s*\))
    | (?P<timed>:\s*[.\d]+\s*\])
    | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<brace>[{{}}]) | (?P<bar>\|)
    | (?P<word>\b(?:BREAK|AND)\b)
    | (?P<embedding>(?i:\bembedding:[\w.\-]+(?::[.\d]+)?))
    """,
    re.X,
)
_LABEL = re.compile(r"\s*(?:/imagine\s+(?:prompt\s*:?\s*)?|(?:positive\s+)?prompt\s*:\s*)", re.I)
_NEGATIVE = re.compile(r"(?<!\w)negative(?:[ _]prompts?\s*:|[ _]prompts?\s*\n|:)", re.I)
_END_OF_NEGATIVE = re.compile(r"(?<!\S)--(?=[A-Za-z])")
_SHARE_AT_END = re.compile(rf":\s*({_NUMBER})\s*$")


@dataclass(frozen=True)
class Syntax:
    """A prompt with a tool's syntax taken out.

    Attributes:
        text: of the prompt's length, syntax overwritten: by spaces where words on both sides belong
            together, by line breaks where they do not.
        spans: (start, end, kind) of settings, negative prompts and images, in order.
        weights: of every position.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    weights: Weights = field(default_factory=Weights)


def read_syntax(prompt: str) -> Syntax:
    """Takes a tool's syntax out of a prompt; never fails, whatever is nested, unbalanced or empty.

    Example:
        >>> syntax = read_syntax("a ((red)) fox <lora:ink:0.8> --no cars")
        >>> syntax.text.split(), syntax.weights.at(4)
        (['a', 'red', 'fox'], 1.21)
        >>> [(kind, "a ((red)) fox <lora:ink:0.8> --no cars"[a:b]) for a, b, kind in syntax.spans]
        [('parameter', '<lora:ink:0.8>'), ('parameter', '--no'), ('negative', 'cars')]
    """
    if _ANY.search(prompt) is None:
        return Syntax(prompt)
    return _Reading(prompt).result()


class _Reading:
    """One pass over a prompt."""

    def __init__(self, prompt: str):
        self.prompt = prompt
        self.text = list(prompt)
        self.spans: list[tuple[int, int, str]] = []
        self.brackets = Brackets()
        self.clauses: list[tuple[int, float]] = []
        self.clause_start = 0
        self.end = len(prompt)
        self.joined = False  # whether AND was read
        self.shouted = not any(map(str.islower, prompt))  # AND in a prompt of capitals is a word

    def result(self) -> Syntax:
        start = self._label()
        self._settings_line(start)
        self._negative_prompt(start)
        self._tokens(start)
        if self.joined:
            self._share(self.end)
        elif self.clauses:
            self.clauses.append((self.clause_start, 1.0))
        weights = Weights.of(len(self.prompt), self.brackets, self.clauses)
        return Syntax("".join(self.text), tuple(sorted(self.spans)), weights)

    def _hide(self, start: int, end: int, cover: str = " ") -> None:
        self.text[start:end] = cover * (end - start)

    def _keep(self, start: int, end: int, kind: str) -> None:
        """Notes a part, without the space around it, and hides it."""
        self._hide(start, end, "\n")
        inner = self.prompt[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())
        if start < end:
            self.spans.append((start, end, kind))

    def _label(self) -> int:
        found = _LABEL.match(self.prompt)
        if found is None:
            return 0
        self._keep(0, found.end(), "parameter")
        self.clause_start = found.end()
        return found.end()

    def _settings_line(self, start: int) -> None:
        found = LINE.search(self.prompt, start)
        if found is None:
            return
        self._hide(found.start(), self.end, "\n")
        for first, last in settings_of_line(self.prompt, found.start(), self.end):
            self._keep(first, last, "parameter")
        self.end = found.start()

    def _negative_prompt(self, start: int) -> None:
        found = _NEGATIVE.search(self.prompt, start, self.end)
        if found is None:
            return
        after = _END_OF_NEGATIVE.search(self.prompt, found.end(), self.end)
        end = after.start() if after else self.end
        self._keep(*found.span(), "parameter")
        self._keep(found.end(), end, "negative")
        if after:
            self._tokens(after.start())
        self.end = found.start()

    def _tokens(self, start: int) -> None:
        position = start
        while found := _TOKEN.search(self.prompt, position, self.end):
            position = self._token(found)

    def _token(self, found: re.Match) -> int:
        """Reads one piece of syntax; gives the position to go on from."""
        start, end = found.span()
        kind = found.lastgroup if found.lastgroup not in ("share", "factor") else None
        if found["clause"] is not None:
            self._clause(start, end, found["share"])
        elif found["weighted"] is not None:
            self._weighted(start, end, found["factor"])
        elif kind in ("tag", "embedding"):
            self._keep(start, end, "parameter")
        elif kind == "picture":
            self._keep(start, end, "image")
        elif kind == "url":
            return self._address(start, end)
        elif kind == "setting":
            return self._setting(start)
        elif kind == "escape":
            self._hide(start, start + 1)
        elif kind == "word":
            self._conjunction(start, end)
        else:
            self._punctuation(kind, found.group(), start, end)
        return end

    def _clause(self, start: int, end: int, share: str | None) -> None:
        self._hide(start, end, "\n")
        weight = float(share) if share else 1.0
        self.clauses.append((self.clause_start, weight))
        if weight < 0 and self.prompt[self.clause_start : start].strip():
            self._replace(self.clause_start, start)
        self.clause_start = end

    def _replace(self, start: int, end: int) -> None:
        """Makes a clause of negative weight a negative prompt."""
        while self.spans and self.spans[-1][0] >= start:
            self.spans.pop()
        self._keep(start, end, "negative")

    def _weighted(self, start: int, end: int, factor: str) -> None:
        if re.fullmatch(_NUMBER, factor):
            self.brackets.close("(", end - 1, float(factor))
        else:
            self.brackets.close("(", end - 1, None)
        self._hide(start, end)

    def _address(self, start: int, end: int) -> int:
        address = self.prompt[start:end].rstrip(").,;:!?")
        end = start + len(address)
        first = not self.prompt[:start].strip(" <")  # Midjourney's image prompts stand first
        if first or IMAGE_FILE.search(address) or "//s.mj.run/" in address:
            self._keep(start, end, "image")
        return max(end, start + 1)

    def _setting(self, start: int) -> int:
        setting = read_setting(self.prompt, start, self.end)
        if setting is None:
            return start + 1
        self._keep(start, setting.end, "parameter")
        if setting.excluded is None:
            return setting.end
        self._keep(setting.end, setting.excluded, "negative")
        return setting.excluded

    def _conjunction(self, start: int, end: int) -> None:
        if self.shouted:
            return
        if self.prompt[start:end] == "AND":
            self.joined = True
            self._share(start)
            self.clause_start = end
        self._keep(start, end, "parameter")

    def _share(self, end: int) -> None:
        """Reads the weight at the end of a clause that ``AND`` joins to others, as ``a cat :1.2``."""
        found = _SHARE_AT_END.search(self.prompt, self.clause_start, end)
        self.clauses.append((self.clause_start, float(found[1]) if found else 1.0))
        if found:
            self._hide(*found.span())

    def _punctuation(self, kind: str | None, text: str, start: int, end: int) -> None:
        if kind == "open":
            self.brackets.open(text, start)
        elif kind == "close":
            self.brackets.close("(" if text == ")" else "[", start, None)
        elif kind == "timed":
            self.brackets.neutral()
            self.brackets.close("[", end - 1, None)
        elif kind == "bar":
            self.brackets.neutral()
        self._hide(start, end, "\n" if kind == "bar" else " ")
