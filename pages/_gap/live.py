"""The live view: pairs that were embedded here, or came in a file."""

from dataclasses import dataclass

from pages import _cache_gap as cache
from ppp_core.modality_gap import Pairs


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes:
        choice: the key of all that is computed.
        pairs: that are shown and measured.
        everything: with the pairs that the encoder was trained on, too.
        title: of the data.
    """

    choice: cache.Choice
    pairs: Pairs
    everything: Pairs
    title: str

    @property
    def key(self) -> str:
        """Of whatever is computed of the pairs."""
        return " ".join(map(str, self.choice))

    @property
    def has_pictures(self) -> bool:
        """Whether there are pictures to show, or they can be drawn."""
        return self.choice.data == cache.SCENES or "path" in self.pairs.frame

    @property
    def facts(self) -> list[str]:
        """What every figure says of itself."""
        return [self.title, self.choice.encoder, *drawn(self.choice)]


def drawn(choice: cache.Choice) -> list[str]:
    """Which of a data set's pairs these are, in words; nothing where they are all."""
    one = ["one picture a prompt, at random"] if choice.pictures == cache.ONE else []
    return one + ["prompts that the encoder did not learn from"] * choice.held_out
