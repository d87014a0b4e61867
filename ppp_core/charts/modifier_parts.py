"""A prompt with its modifiers marked by kind, as escaped HTML."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

from ..modifiers import DEFINITIONS, KINDS, Parsed, Part, count
from .looks import OKABE_ITO

MOST_TERMS = 12
"""Terms that the legend names of each kind."""

_BLUE, _VERMILION, _GREEN, _PURPLE, _ORANGE, _SKY, _GREY = OKABE_ITO
LOOKS: dict[str, tuple[str, str]] = {
    "artist": (_VERMILION, "solid"),
    "medium": (_BLUE, "solid"),
    "movement": (_GREEN, "solid"),
    "genre": (_PURPLE, "solid"),
    "lighting": (_ORANGE, "solid"),
    "colour": (_SKY, "solid"),
    "camera": (_BLUE, "dashed"),
    "rendering": (_GREEN, "dashed"),
    "mood": (_PURPLE, "dashed"),
    "quality": (_ORANGE, "dashed"),
    "repeating": (_VERMILION, "dotted"),
    "image": (_SKY, "dotted"),
    "magic": (_PURPLE, "dotted"),
    "attribute": (_GREY, "solid"),
    "parameter": (_GREY, "dotted"),
    "negative": (_GREY, "dotted"),
}
"""Kind -> colour and line below; the pairs differ, and each mark names its kind in words too."""

PROMPT_STYLE = (
    "font-size:1.08rem;line-height:2.1;overflow-wrap:anywhere;white-space:pre-wrap;"
    "max-height:20rem;overflow-y:auto"
)
_LABEL = (
    "font-size:.72rem;font-weight:600;opacity:.85;margin-left:.35em;white-space:nowrap;letter-spacing:.02em"
)
_CODE = "font-family:monospace;font-size:.92em;opacity:.8"
_LIST = "list-style:none;margin:0;padding:0;display:grid;gap:.3rem .9rem"
_COLUMNS = "grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr))"


@dataclass(frozen=True)
class KindShown:
    """A kind that a prompt has, as the legend tells it.

    Attributes:
        kind: a name of `KINDS`.
        n: how many parts are of it.
        terms: what they are counted as, each once, in the order of the prompt.
    """

    kind: str
    n: int
    terms: tuple[str, ...]


def marked_prompt(parsed: Parsed) -> str:
    """The prompt as HTML: each modifier on a tint, underlined, and followed by the name of its kind.

    Settings of a tool and negative prompts are dotted, set in a monospaced face and told to be not counted.
    A weight other than 1 is told. The prompt's text is escaped.

    Args:
        parsed: the prompt taken apart.

    Example:
        >>> from ppp_core.modifiers import parse
        >>> html = marked_prompt(parse("<b>, oil painting", grammar=False))
        >>> "&lt;b&gt;, " in html, "oil painting" in html, "Medium" in html
        (True, True, True)
    """
    body = "".join(map(_marked, parsed.parts))
    return f'<div style="{PROMPT_STYLE}" dir="auto">{body}</div>'


def kinds_shown(parsed: Parsed) -> list[KindShown]:
    """The kinds that are marked in a prompt, in the order of `KINDS`.

    Example:
        >>> from ppp_core.modifiers import parse
        >>> parsed = parse("a fox, 4k, oil painting, hd", grammar=False)
        >>> [(one.kind, one.n, one.terms) for one in kinds_shown(parsed)]
        [('medium', 1, ('oil painting',)), ('quality', 2, ('4k', 'hd'))]
    """
    numbers = Counter(part.kind for part in parsed.parts)
    terms: dict[str, dict[str, None]] = {}
    for part in parsed.parts:
        if part.kind in LOOKS:
            terms.setdefault(part.kind, {})[" ".join(part.term.split())] = None
    return [KindShown(kind, numbers[kind], tuple(terms[kind])) for kind in KINDS if kind in terms]


def legend(parsed: Parsed) -> str:
    """The kinds that a prompt has, with their number, their terms and what they mean, as an HTML list.

    Args:
        parsed: the prompt taken apart.
    """
    rows = "".join(map(_row, kinds_shown(parsed)))
    return f'<ul style="{_LIST};{_COLUMNS}">{rows}</ul>' if rows else ""


def counts_shown(parsed: Parsed) -> list[tuple[str, str, str]]:
    """The number of modifiers under each definition: its title, the number, and the rule.

    Without grammar, what needs grammar has a dash for its number.

    Example:
        >>> from ppp_core.modifiers import parse
        >>> [row[:2] for row in counts_shown(parse("a red fox, 4k, hd", grammar=False))]
        [('Comma segments', '2'), ('Known terms', '2'), ('Everything that modifies', '–')]
    """
    return [
        (one.title, "–" if name == "all" and not parsed.grammar else f"{count(parsed, name):,}", one.about)
        for name, one in DEFINITIONS.items()
    ]


def _marked(part: Part) -> str:
    text = escape(part.text)
    if part.kind not in LOOKS:
        return text
    told = escape(_told(part), quote=True)
    inner = text if KINDS[part.kind].modifies else f'<span style="{_CODE}">{text}</span>'
    label = f'<span style="{_LABEL}">{_label(part)}</span>'
    return f'<span title="{told}" style="{_mark(part.kind)}">{inner}{label}</span>'


def _label(part: Part) -> str:
    """What stands behind a part: its kind, and its weight where there is one."""
    kind = KINDS[part.kind]
    weight = f" ×{part.weight:g}" if part.weight != 1.0 else ""
    return f"{kind.title}{weight}" if kind.modifies else f"{kind.title}, not counted"


def _told(part: Part) -> str:
    """What a part is, in a sentence for hovering."""
    kind = KINDS[part.kind]
    if not kind.modifies:
        return f"{kind.title}: {kind.about}; not counted"
    weight = f"; weight {part.weight:g}" if part.weight != 1.0 else ""
    return f"{kind.title}, counted as “{part.term}”{weight}"


def _mark(kind: str) -> str:
    """The look of a part, as a style."""
    colour, line = LOOKS[kind]
    return (
        f"background:{_tint(colour)};border-bottom:2px {line} {colour};border-radius:.25em .25em 0 0;"
        "padding:.1em .25em;box-decoration-break:clone;-webkit-box-decoration-break:clone"
    )


def _tint(colour: str) -> str:
    """A colour that is clear enough for text on a light and on a dark page.

    Example:
        >>> _tint("#0072B2")
        'rgba(0,114,178,0.16)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def _row(shown: KindShown) -> str:
    kind = KINDS[shown.kind]
    named = ", ".join(shown.terms[:MOST_TERMS])
    more = len(shown.terms) - MOST_TERMS
    terms = escape(named + (f" and {more:,} more" if more > 0 else ""))
    number = f"{shown.n:,}" if kind.modifies else "not counted"
    return (
        f'<li title="{escape(kind.about, quote=True)}" style="overflow-wrap:anywhere">'
        f'<span style="{_mark(shown.kind)};font-weight:600">{kind.title}</span> {number}'
        f'<span style="opacity:.8"> · {terms}</span></li>'
    )
