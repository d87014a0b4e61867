"""Settings of image tools: ``--ar 16:9``, and the line that begins with ``Steps:``."""

import re
from dataclasses import dataclass

LINE = re.compile(r"(?:(?<=\n)|^|(?<=[.,;]\s)|(?<=\s))Steps:\s*\d+\s*,\s*[A-Z]")
"""Where stable-diffusion-webui's line of settings begins."""

FLAGS = frozenset(
    "creative draft fast hd public raw relax sameseed stealth test testp tile turbo upanime upbeta "
    "uplight video vibe loop".split()
)
"""Midjourney's settings without a value."""

NAMES = FLAGS | frozenset(
    "ar aspect bs c chaos cref cw exp height h iw motion niji no o oref ow p personalize profile q "
    "quality repeat r s seed sref stop style stylize sv sw v version vp w weird width".split()
)

_NAME = re.compile(r"(?:--|[—–])([A-Za-z]+)")
_NUMBER = re.compile(r"[ \t]*[=:]?[ \t]*[-+]?\d[\w.]*(?:[:/x-][\d.]+|::[\d.]+)?(?![\w])")
_WORDS = {
    "style": re.compile(r"[ \t]+(?:raw|cute|expressive|scenic|original|default|\w*\d\w*)\b"),
    "sref": re.compile(r"(?:[ \t]+(?:https?:\S+|random|\w*\d\w*)(?:::[\d.]+)?)+"),
    "motion": re.compile(r"[ \t]+(?:low|high)\b"),
}
_WORDS |= dict.fromkeys(("cref", "oref", "p", "profile", "personalize", "seed", "loop"), _WORDS["sref"])
_NEXT = re.compile(r"\s(?:--|[—–])(?=[A-Za-z])|\n")
_VALUE = re.compile(r'(?:"[^"]*"|\{[^{}]*\}|[^,"\n])+')


@dataclass(frozen=True)
class Setting:
    """A setting that was read.

    Attributes:
        end: behind its name and value; of ``--no``, behind the name.
        excluded: of ``--no``, the end of what must not be there.
    """

    end: int
    excluded: int | None = None


def read_setting(prompt: str, start: int, limit: int) -> Setting | None:
    """Reads a setting whose dashes stand at ``start``; None where dashes of another kind do.

    Example:
        >>> text = "a fox --ar 16:9 --no cars, trees --tile"
        >>> text[6 : read_setting(text, 6, len(text)).end]
        '--ar 16:9'
        >>> found = read_setting(text, 16, len(text))
        >>> text[found.end : found.excluded]
        ' cars, trees'
    """
    found = _NAME.match(prompt, start, limit)
    if found is None:
        return None
    name = found[1].lower()
    if prompt[start] != "-" and name not in NAMES:  # a long dash may be just that
        return None
    if name == "no":
        after = _NEXT.search(prompt, found.end(), limit)
        return Setting(found.end(), after.start() if after else limit)
    value = _WORDS[name].match(prompt, found.end(), limit) if name in _WORDS else None
    value = value or _NUMBER.match(prompt, found.end(), limit)
    return Setting(value.end() if value and name not in FLAGS else found.end())


def settings_of_line(prompt: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of ``Steps: 20``, ``Sampler: Euler a`` and so on; values in quotes may hold commas.

    Example:
        >>> text = 'Steps: 20, Sampler: Euler a, Hashes: "a: 1, b: 2"'
        >>> [text[a:b].strip() for a, b in settings_of_line(text, 0, len(text))]
        ['Steps: 20', 'Sampler: Euler a', 'Hashes: "a: 1, b: 2"']
    """
    return [found.span() for found in _VALUE.finditer(prompt, start, end)]
