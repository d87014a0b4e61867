"""Two prompts side by side: which one will do better, and how sure is that?"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from .reading import Reading, read_prompts
from .trained import TrainedPredictor

SURE = 2 / 3
Verdict = Literal["better", "worse", "tied"]


@dataclass(frozen=True)
class VariantComparison:
    """A variant against a reference prompt.

    Attributes:
        prompt: the variant.
        difference: its value minus the reference's, in the target's unit.
        chance: that people would rate the variant's images above the reference's, in (0, 1); a tie
            counts half. Fitted on pairs of similar prompts that the predictor never learned from.
        verdict: ``"better"`` or ``"worse"`` where that chance, or its complement, is two thirds at
            least and the difference is larger than the noise of edits without content; else ``"tied"``.
    """

    prompt: str
    difference: float
    chance: float
    verdict: Verdict


def compare_variants(
    trained: TrainedPredictor, reference: str, variants: Sequence[str], *, reading: Reading | None = None
) -> list[VariantComparison]:
    """Compares each variant with the reference, by the paired difference of their values.

    Args:
        trained: the predictor.
        reference: the prompt to compare with.
        variants: at least one prompt.
        reading: of the reference followed by the variants, where it is at hand.

    Raises:
        PPPError: on no variants, and on an empty prompt.
    """
    reading = reading or read_prompts(trained.encoder, [reference, *variants])
    values = trained.values(reading)
    differences = values[1:] - values[0]
    chances = trained.calibration.chance(differences)
    noise = trained.calibration.noise
    return [
        VariantComparison(prompt, difference, chance, _verdict(difference, chance, noise))
        for prompt, difference, chance in zip(variants, differences.tolist(), chances.tolist(), strict=True)
    ]


def _verdict(difference: float, chance: float, noise: float) -> Verdict:
    if abs(difference) <= noise or 1 - SURE < chance < SURE:
        return "tied"
    return "better" if difference > 0 else "worse"


def differing_words(reference: str, variant: str) -> list[tuple[str, bool]]:
    """The words of a variant, each with whether it differs from the reference there; case and
    punctuation around a word do not count.

    Example:
        >>> differing_words("a red fox", "a red panda at night")
        [('a', False), ('red', False), ('panda', True), ('at', True), ('night', True)]
    """
    ours, theirs = variant.split(), reference.split()
    matcher = SequenceMatcher(None, [*map(_bare, theirs)], [*map(_bare, ours)], autojunk=False)
    same = {
        position
        for block in matcher.get_matching_blocks()
        for position in range(block.b, block.b + block.size)
    }
    return [(word, position not in same) for position, word in enumerate(ours)]


def _bare(word: str) -> str:
    return word.lower().strip(".,;:!?\"'()[]") or word
