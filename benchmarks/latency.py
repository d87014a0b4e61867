"""One prompt typed: every target and the explanation, against one encoding by sentence-transformers."""

from .pairing import Pairs, seconds
from .setting import Row, Section, Setting

PROMPTS = 30
PROMPTS_FULL = 200


def measure(setting: Setting) -> Section:
    """Takes prompts one by one in a warm process, by turns with the encoding of the same prompt."""
    count = PROMPTS_FULL if setting.full else PROMPTS
    answer = setting.child("latency", setting.target, count).answer
    predicted, explained = (
        Pairs(tuple(answer[name]["ours"]), tuple(answer[name]["theirs"]))
        for name in ("predicted", "explained")
    )
    targets = answer["targets"]
    return Section(
        "One prompt typed",
        (
            Row(
                f"predictions for {targets} target{'s' * (targets > 1)} against one "
                "`SentenceTransformer.encode`",
                str(predicted),
                f"{seconds(predicted.ours)} against {seconds(predicted.theirs)}",
            ),
            Row(
                "the same and the explanation of one target against one `SentenceTransformer.encode`",
                str(explained),
                f"{seconds(explained.ours)} against {seconds(explained.theirs)}",
            ),
        ),
        (
            "An explanation encodes the prompt again without each of its phrases, all in one batch, so it is "
            "several encodings against one.",
            "Each pair is another prompt, in a process that has loaded both; nothing is cached on the way.",
        ),
    )
