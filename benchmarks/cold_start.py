"""From nothing to the first score: a fresh process, against sentence-transformers in another."""

from .pairing import in_turns, seconds
from .prompts import captions
from .setting import Row, Section, Setting

PAIRS = 3
PAIRS_FULL = 7


def measure(setting: Setting) -> Section:
    """Starts both programs by turns; the first start of all, with its export, was measured once."""
    prompts = captions(PAIRS_FULL + 1)
    first = setting.child("first-score", prompts[-1], setting.target, home=setting.folder / "empty")
    setting.child("first-score", prompts[-1], setting.target)
    setting.child("first-encode", prompts[-1])
    pairs = in_turns(
        lambda number: setting.child("first-score", prompts[number], setting.target).seconds,
        lambda number: setting.child("first-encode", prompts[number]).seconds,
        pairs=PAIRS_FULL if setting.full else PAIRS,
    )
    return Section(
        "Cold start to the first score",
        (
            Row(
                "`import ppp_core; score(one prompt)` against `SentenceTransformer(…).encode(one prompt)`, "
                "each a new process",
                str(pairs),
                f"{seconds(pairs.ours)} against {seconds(pairs.theirs)}",
                "at least as fast",
                pairs.ratio >= 1,
            ),
            Row(
                "first use ever, with the export of the encoder, against later ones",
                f"{times_as_long(first.seconds, pairs.ours):.1f} × as long (once)",
                seconds([first.seconds]),
            ),
        ),
        (
            "Files were in the machine's cache: both programs had run once before they were timed.",
            "The first use ever loads torch and transformers to export the encoder; "
            "`make app` and `ppp dashboard` do this before the page opens.",
        ),
    )


def times_as_long(first: float, later: tuple[float, ...]) -> float:
    """How many times as long the first start took as the median of later ones.

    Example:
        >>> times_as_long(12.0, (2.0, 3.0, 9.0))
        4.0
    """
    return first / sorted(later)[len(later) // 2]
