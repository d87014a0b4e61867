"""A prompt with its phrases tinted by what they add, as escaped HTML."""

from __future__ import annotations

from html import escape

from ..predictors.explanation import Explanation, PhraseEffect

HELPS, HURTS = "0, 114, 178", "213, 94, 0"
"""Okabe and Ito's blue and vermilion, told apart in every common kind of colour blindness."""

PROMPT_STYLE = (
    "font-size:1.12rem;line-height:2;overflow-wrap:anywhere;white-space:pre-wrap;"
    "max-height:15rem;overflow-y:auto"
)
CUT_STYLE = "opacity:.5;text-decoration:line-through"
MARKS = {True: "▲", False: "▼"}


def tinted_prompt(explanation: Explanation, *, decimals: int = 2) -> str:
    """The prompt as HTML: clear phrases tinted and marked, blue ▲ helps, orange ▼ hurts; the rest plain.

    The strongest clear phrase has the deepest tint. What the encoder does not see is greyed. Every
    phrase tells its figure on hover, and to a screen reader on focus. The prompt's text is escaped.

    Args:
        explanation: of the prompt.
        decimals: of the figures.
    """
    strongest = max((abs(one.effect) for one in explanation.phrases if one.clear), default=1.0)
    parts, end = [], 0
    for phrase in explanation.phrases:
        parts.append(escape(explanation.prompt[end : phrase.start]))
        parts.append(_phrase(phrase, strongest, decimals))
        end = phrase.end
    parts.append(escape(explanation.prompt[end:]))
    body = "".join(parts)
    return f'<div style="{PROMPT_STYLE}" dir="auto">{body}</div>'


def _phrase(phrase: PhraseEffect, strongest: float, decimals: int) -> str:
    title = escape(told(phrase, decimals), quote=True)
    text = escape(phrase.text)
    tells = f'title="{title}" aria-description="{title}" tabindex="0"'
    if phrase.cut:
        return f'<span {tells} style="{CUT_STYLE}">{text}</span>'
    if not phrase.clear:
        return f"<span {tells}>{text}</span>"
    helps = phrase.effect > 0
    depth = 0.12 + 0.33 * abs(phrase.effect) / strongest
    colour = HELPS if helps else HURTS
    style = (
        f"background:rgba({colour},{depth:.2f});border-bottom:2px solid rgb({colour});"
        "border-radius:.25em .25em 0 0;padding:.1em .2em"
    )
    return (
        f'<span {tells} style="{style}">{text}'
        f'<sup aria-hidden="true" style="font-size:.6em">{MARKS[helps]}</sup></span>'
    )


def told(phrase: PhraseEffect, decimals: int = 2) -> str:
    """What a phrase does, in words.

    Example:
        >>> told(PhraseEffect("a cat", 0, 5, effect=0.25, cut=False, clear=True))
        'helps: +0.25'
    """
    if phrase.cut:
        return "cut off: the encoder does not see it"
    if phrase.effect is None:
        return "all there is: it cannot be left out"
    if not phrase.clear:
        return f"no clear effect: {phrase.effect:+.{decimals}f}"
    return f"{'helps' if phrase.effect > 0 else 'hurts'}: {phrase.effect:+.{decimals}f}"
