"""The one error that users meet, and the phrasing of unknown names."""

from collections.abc import Iterable
from difflib import get_close_matches


class PPPError(ValueError):
    """Bad input, told in one line: what was wanted, what came, what to do."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> PPPError:
    """An error that answers an unknown name with the near ones and the whole list.

    Args:
        kind: what the name should have named, such as ``"encoder"``.
        name: the name that came.
        known: every name that would have been right.

    Returns:
        The error, to be raised by the caller.

    Example:
        >>> print(unknown_name("encoder", "minilm-16", ["tfidf", "minilm-l6"]))
        Unknown encoder 'minilm-16'. Did you mean 'minilm-l6'? Known: tfidf, minilm-l6.
    """
    known = list(known)
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    return PPPError(f"Unknown {kind} {name!r}.{hint} Known: {', '.join(known) or 'none'}.")
