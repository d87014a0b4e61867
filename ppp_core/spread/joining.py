"""A modifier joined to a prompt, and whether it is in there already."""

from __future__ import annotations

import re

from ..errors import PPPError

_SETTINGS = ("parameter", "negative", "separator")
RULE = "“, modifier” is put after the prompt; a tool's settings, such as --ar 16:9, stay last."


def join(prompt: str, modifier: str) -> str:
    """The prompt with a modifier after a comma; a tool's settings and negative prompt stay at the end.

    Args:
        prompt: any text that says something.
        modifier: what to add.

    Raises:
        PPPError: when one of them is empty.

    Example:
        >>> join("a cat --ar 3:2", "oil painting")
        'a cat, oil painting --ar 3:2'
        >>> join("a cat,", "oil painting")
        'a cat, oil painting'
    """
    body, settings = _split(prompt)
    body, modifier = body.rstrip(" \t\n,;"), modifier.strip(" \t\n,;")
    if not body or not modifier:
        raise PPPError(
            f"join needs a prompt and a modifier that say something, got {prompt!r}, {modifier!r}."
        )
    return f"{body}, {modifier}{settings}"


def has(prompt: str, modifier: str) -> bool:
    """Whether a prompt holds a modifier as whole words; case, hyphens and spaces aside.

    Example:
        >>> has("a cat, Oil-Painting style", "oil painting"), has("the potboiler", "oil")
        (True, False)
    """
    words = [re.escape(word) for word in re.findall(r"\w+", modifier.casefold())]
    if not words:
        return modifier.strip().casefold() in prompt.casefold()
    phrase = r"[\W_]+".join(words)
    return re.search(rf"(?<!\w){phrase}(?!\w)", prompt.casefold()) is not None


def _split(prompt: str) -> tuple[str, str]:
    """What is said, and the settings at the end with the space before them."""
    from ..modifiers import parse

    end = len(prompt)
    for part in reversed(parse(prompt, grammar=False).parts):
        if part.kind not in _SETTINGS:
            break
        if part.kind != "separator":
            end = part.start
    said = prompt[:end].rstrip()
    return said, prompt[len(said) :].rstrip() if end < len(prompt) else ""
