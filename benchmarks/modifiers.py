"""Prompts taken apart a second: known terms alone, and with grammar, by turns."""

import time

from ppp_core.modifiers import lexicon, parse_all

from .pairing import in_turns
from .prompts import captions
from .setting import Row, Section, Setting
from .throughput import rate

PROMPTS = 2_000
PAIRS = 5
GOAL = 2_000
STYLE = (
    ", oil painting, highly detailed, by Greg Rutkowski, (soft lighting:1.2), 85mm, 8k --ar 16:9 --no text"
)


def measure(setting: Setting, *, prompts: int = PROMPTS, pairs: int = PAIRS) -> Section:
    """Different captions each time, half of them with keywords and a tool's syntax behind them.

    Processor time, since one process on one core does the work.
    """
    made = captions(2 * pairs * prompts, seed=3)
    texts = [text + STYLE * (place % 2) for place, text in enumerate(made)]
    lexicon()
    parse_all(texts[:1])

    def seconds(turn: int, *, grammar: bool) -> float:
        start = time.process_time()
        parse_all(texts[turn * prompts : (turn + 1) * prompts], grammar=grammar)
        return time.process_time() - start

    found = in_turns(
        lambda number: seconds(2 * number, grammar=False),
        lambda number: seconds(2 * number + 1, grammar=True),
        pairs=pairs,
    )
    fastest = prompts / min(found.ours)
    return Section(
        "Modifiers",
        (
            Row(
                "`parse_all(list, grammar=False)`: known terms, one process",
                rate(prompts, found.ours),
                f"{fastest:,.0f} prompts/s at best",
                f"{GOAL:,} prompts/s",
                prompts / sorted(found.ours)[pairs // 2] >= GOAL,
            ),
            Row(
                "`parse_all(list)`: with grammar", rate(prompts, found.theirs), f"known terms alone: {found}"
            ),
        ),
        (
            f"Lists of {prompts:,} different captions, half of them with seven keywords and "
            "settings of a tool; seconds of processor time, so that other programs count little.",
        ),
    )
