"""Text from elsewhere, shown as it is."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|$<>~^&@]|:(?=\S))")


def plain(text: object) -> str:
    """Text whose Markdown is escaped, for messages and labels that hold what a visitor or a file brought.

    Example:
        >>> print(plain("row 2: ![x](https://elsewhere)"))
        row 2: !\\[x\\](https\\://elsewhere)
    """
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
