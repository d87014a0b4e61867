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
    def facts(self) -> list[str]:
        """What every figure says of itself."""
        one = "one picture a prompt, at random" if self.choice.pictures == cache.ONE else ""
        kept = "prompts that the encoder did not learn from" if self.choice.held_out else ""
        return [self.title, self.choice.encoder, one, kept]
