"""How many threads an encoder may use."""

import os

from ..errors import PPPError


def thread_count() -> int:
    """Threads of one encoder: ``$PPP_THREADS``, else the processors that this process may use.

    Raises:
        PPPError: when ``$PPP_THREADS`` is not a whole number above zero.
    """
    wanted = os.environ.get("PPP_THREADS", "")
    if not wanted:
        return _processors()
    if not wanted.isdecimal() or int(wanted) < 1:
        raise PPPError(f"PPP_THREADS must be a whole number above zero, got {wanted!r}.")
    return int(wanted)


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
