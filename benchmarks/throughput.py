"""Many prompts: `ppp score` against `SentenceTransformer.encode` with the same weights."""

from .pairing import Pairs, in_turns, seconds
from .processes import Run
from .prompts import captions, write_prompts
from .setting import Row, Section, Setting

PROMPTS = 10_000
SLICES = 8
SLICE = 250
PAIRS_FULL = 3


def measure(setting: Setting, *, prompts: int = PROMPTS, slices: int = SLICES, size: int = SLICE) -> Section:
    """Whole programs over one file by turns, then both over slices inside one process."""
    file = write_prompts(setting.folder / "throughput.csv", captions(prompts, seed=1))
    encoding: list[float] = []

    def ours(number: int) -> float:
        return setting.ppp("score", file, "--target", setting.target, "--out", f"{file}.{number}.csv").seconds

    def theirs(number: int) -> float:
        run: Run = setting.child("encode-file", file)
        encoding.append(run.answer["seconds"])
        return run.seconds

    whole = in_turns(ours, theirs, pairs=PAIRS_FULL if setting.full else 1)
    alone = Pairs(whole.ours, tuple(encoding))
    answer = setting.child("slices", setting.target, slices, size).answer
    inside = Pairs(tuple(answer["ours"]), tuple(answer["theirs"]))
    return Section(
        f"Prompts per second, {prompts:,} prompts",
        (
            Row(
                "`ppp score FILE --out F` against a program with `SentenceTransformer.encode(list)`, both "
                "with their start",
                str(whole),
                f"{rate(prompts, whole.ours)} against {rate(prompts, whole.theirs)}",
                "at least as fast",
                whole.ratio >= 1,
            ),
            Row(
                "`ppp score FILE --out F` with its start, reading and writing against "
                "`SentenceTransformer.encode(list)` alone",
                str(alone),
                f"{rate(prompts, alone.ours)} against {rate(prompts, alone.theirs)}",
                "at least as fast",
                alone.ratio >= 1,
            ),
            Row(
                f"`score(list)` against `SentenceTransformer.encode(list)`, {slices} different lists of "
                f"{size:,} prompts, one process, neither start counted",
                str(inside),
                f"{rate(size, inside.ours)} against {rate(size, inside.theirs)}",
            ),
        ),
        (
            "Both use the same weights on the same processors, sentence-transformers with its own batch size "
            f"of 32; the largest difference between their unit vectors was {answer['difference']:.0e}.",
            "`ppp score` embeds seven layers, predicts, and adds interval, percentile and familiarity to "
            "every row; sentence-transformers gives the last layer and nothing else.",
        ),
    )


def rate(prompts: int, taken: tuple[float, ...]) -> str:
    """Prompts per second and the time they took, by the median.

    Example:
        >>> rate(100, (1.0, 2.0, 9.0))
        '50 prompts/s (2 s)'
    """
    return f"{prompts / sorted(taken)[len(taken) // 2]:,.0f} prompts/s ({seconds(taken)})"
