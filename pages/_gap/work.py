"""Long work in the background: progress, cancel, and the outcome, for every visitor who asks for the same."""

import threading
from collections.abc import Callable

import streamlit as st

from pages._text import plain
from ppp_core import PPPError
from ppp_core.modality_gap import Cancelled

MOST_KEPT = 24
"""Outcomes that are kept; the oldest goes first."""

_TURN = threading.Lock()
"""One work at a time: the machine is shared."""


class Work:
    """One piece of work in a thread of its own.

    Args:
        run: does it; gets ``progress(done, total)``, which raises `Cancelled` when it was asked to stop, and
            ``cancelled()``. What it returns is the outcome.
        words: what is being done.
    """

    def __init__(self, run: Callable[..., object], words: str):
        self.words, self.outcome, self.error = words, None, ""
        self.done, self.total, self.waiting = 0, 0, True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(run,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Asks it to stop."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for its end. Returns whether it has come."""
        self._thread.join(seconds)
        return not self.running

    def _run(self, run: Callable[..., object]) -> None:
        try:
            with _TURN:
                self.waiting = False
                self._tell(0, 0)
                self.outcome = run(progress=self._tell, cancelled=self._stop.is_set)
        except PPPError as error:
            self.error = str(error)
        except Exception as error:
            # a thread's exception would be lost: whoever looks is told
            self.error = f"It stopped: {type(error).__name__}: {error}"

    def _tell(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled("It was stopped.")
        self.done, self.total = done, total


@st.cache_resource(show_spinner=False)
def works() -> dict[str, Work]:
    """Every work of this server by its key, the oldest first."""
    return {}


def start(key: str, run: Callable[..., object], words: str) -> Work:
    """Starts a work, unless it goes on or is done already."""
    kept = works()
    found = kept.get(key)
    if found is not None and (found.running or not found.error):
        return found
    kept.pop(key, None)
    for old in [one for one, work in kept.items() if not work.running][: max(0, len(kept) + 1 - MOST_KEPT)]:
        del kept[old]
    kept[key] = Work(run, words)
    return kept[key]


def was_started(key: str) -> bool:
    """Whether a work goes on, or has come to an end of any kind that is still known."""
    return key in works()


def outcome(key: str):
    """What came of a work; None where there is none yet."""
    found = works().get(key)
    return found.outcome if found is not None and not found.running else None


def offer(key: str, run: Callable[..., object], *, label: str, words: str, name: str, about: str = ""):
    """A button that starts a work, then its progress, then its outcome.

    Args:
        key: of the work; holds whatever it depends on.
        run: as of `Work`.
        label: of the button.
        words: what is being done, before the progress.
        name: of the widgets.
        about: stands below the button.

    Returns:
        The outcome; None before there is one.
    """
    found = works().get(key)
    if found is not None and found.running:
        watch(key, name=name)
        return None
    if found is not None and not found.error:
        return found.outcome
    if found is not None:
        (st.info if found.cancelling else st.error)(plain(found.error))
    if st.button(label, key=f"gap_start_{name}", icon=":material/play_arrow:", type="primary"):
        start(key, run, words)
        st.rerun()
    if about:
        st.caption(about)
    return None


def watch(key: str, *, name: str) -> None:
    """Progress of a work, told every second, with a way to stop it; the page runs again at its end."""
    st.fragment(_watch, run_every=1.0)(key, name)


def _watch(key: str, name: str) -> None:
    work = works().get(key)
    if work is None or not work.running:
        st.rerun()
    share = min(work.done / work.total, 1.0) if work.total else 0.0
    told = f": {work.done:,} of {work.total:,}" if work.total else ""
    waiting = " (waiting for another work of this server)" if work.waiting else ""
    st.progress(share, text=plain(f"{work.words}{told}{waiting}"))
    if work.cancelling:
        st.caption("Stopping …")
    else:
        st.button("Cancel", icon=":material/close:", key=f"gap_cancel_{name}", on_click=work.cancel)
