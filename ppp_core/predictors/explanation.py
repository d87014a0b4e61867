"""Which words help or hurt, by leaving them out."""

from dataclasses import dataclass

from ..errors import PPPError
from .phrases import phrases, without
from .reading import read_prompts
from .trained import TrainedPredictor


@dataclass(frozen=True)
class PhraseEffect:
    """What one phrase does to the predicted value.

    Attributes:
        text: the phrase as it stands in the prompt.
        start: of its characters in the prompt.
        end: one past its last character.
        effect: value of the prompt minus value without the phrase, in the target's unit: positive
            helps. None for what the encoder does not see, or where nothing else would remain.
        cut: whether the encoder no longer sees it.
        clear: whether the effect is larger than the noise.
    """

    text: str
    start: int
    end: int
    effect: float | None
    cut: bool
    clear: bool


@dataclass(frozen=True)
class Explanation:
    """The phrases of a prompt with their effects.

    Attributes:
        prompt: the text.
        target: name of what is predicted.
        value: predicted for the whole prompt.
        noise: 90 % of edits without visual content (an article swapped, a full stop) change the value
            by less; an effect within it is not clear.
        phrases: in the order of the prompt.
    """

    prompt: str
    target: str
    value: float
    noise: float
    phrases: tuple[PhraseEffect, ...]


def explain(trained: TrainedPredictor, prompt: str) -> Explanation:
    """Leaves out each phrase of a prompt in turn and reports how the predicted value changes.

    All versions are embedded in one batch. Effects need not add up: a phrase's effect depends on the
    others. At most 24 phrases; in a longer prompt short neighbours are joined. What the encoder does not
    see is one more phrase at the end, cut; leaving out a phrase never moves it into view.

    Raises:
        PPPError: for an empty prompt.
    """
    if not prompt.strip():
        raise PPPError("explain needs a prompt with at least one word, got an empty one.")
    seen_until = _seen_until(trained, prompt)
    seen = prompt[:seen_until]
    spans = phrases(seen)
    shortened = {span: text for span in spans if (text := without(seen, span))}
    reading = read_prompts(trained.encoder, [seen, *shortened.values()])
    value, *others = trained.values(reading).tolist()
    effects = {span: value - other for span, other in zip(shortened, others, strict=True)}
    noise = trained.calibration.noise
    found = [
        PhraseEffect(
            text=prompt[start:end],
            start=start,
            end=end,
            effect=(effect := effects.get((start, end))),
            cut=False,
            clear=effect is not None and abs(effect) > noise,
        )
        for start, end in spans
    ]
    return Explanation(
        prompt=prompt,
        target=trained.target.name,
        value=value,
        noise=noise,
        phrases=(*found, *_cut(prompt, seen_until)),
    )


def _cut(prompt: str, seen_until: int) -> list[PhraseEffect]:
    """What the encoder does not see, as one phrase; none where it sees all."""
    rest = prompt[seen_until:].strip()
    if not rest:
        return []
    start = prompt.index(rest, seen_until)
    return [PhraseEffect(rest, start, start + len(rest), effect=None, cut=True, clear=False)]


def _seen_until(trained: TrainedPredictor, prompt: str) -> int:
    """One past the last character that the encoder sees."""
    spans = trained.encoder.spans(prompt)
    if len(spans) <= trained.encoder.max_tokens:
        return len(prompt)
    return spans[trained.encoder.max_tokens - 1][1]
