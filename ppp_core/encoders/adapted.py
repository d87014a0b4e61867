"""``adapted-minilm``: MiniLM as published, and beside it the scores of a copy fine-tuned for some targets."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from ..errors import PPPError
from . import minilm
from .adapter import Adapter
from .base import Encoded, Layers
from .minilm import MiniLM

SHIPPED = Path(__file__).parents[2] / "data" / "models" / "encoders" / "adapted-minilm"
ARRAYS, CARD = "adapter.safetensors", "card.json"
FORMAT = 1
HASH_BYTES = 8


@dataclass(frozen=True)
class Adaptation:
    """A fine-tuning with what is needed to use it fairly.

    Attributes:
        adapter: the change of the encoder.
        learned: uint64, shape (n,), sorted: hashes of the prompts that it learned from, see `text_hash`.
        out_of_fold: float16, shape (n, k): scores of those prompts by towers that had not seen them.
        card: what it was trained on and how.
    """

    adapter: Adapter
    learned: np.ndarray
    out_of_fold: np.ndarray
    card: dict = field(default_factory=dict)

    def fair_scores(self, prompts: Sequence[str], scores: np.ndarray) -> np.ndarray:
        """The scores, those of prompts it learned from replaced by what was said out of fold."""
        hashes = np.array([text_hash(prompt) for prompt in prompts], dtype=np.uint64)
        places = np.searchsorted(self.learned, hashes).clip(max=len(self.learned) - 1)
        known = self.learned[places] == hashes
        return np.where(known[:, None], self.out_of_fold[places].astype(np.float32), scores)

    def arrays(self) -> dict[str, np.ndarray]:
        """All but the card as plain arrays."""
        return {**self.adapter.arrays(), "learned": self.learned, "out_of_fold": self.out_of_fold}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], card: dict) -> Self:
        """The adaptation whose `arrays` these are."""
        adapter = Adapter.from_arrays(arrays, card["targets"])
        return cls(adapter, arrays["learned"], arrays["out_of_fold"], card)


class AdaptedMiniLM:
    """Two towers: MiniLM's seven frozen layers, and one score a target from an adapted copy of it.

    ``layers="last"`` is what ``minilm-l6`` gives. ``layers="all"`` is (n, 8, 384): first a row whose leading
    ``n_adapted`` numbers are the adapted tower's scores (the rest is zero), then the frozen layers.

    Args:
        adaptation: what was fine-tuned; the one that comes with PPP when left out.

    Raises:
        PPPError: when it is missing or damaged, or the weights of MiniLM are.
    """

    name = "adapted-minilm"
    dim = MiniLM.dim
    n_layers = MiniLM.n_layers + 1
    max_tokens = MiniLM.max_tokens

    def __init__(self, adaptation: Adaptation | None = None):
        self.is_shipped = adaptation is None
        self.adaptation = adaptation or load_adaptation(SHIPPED)
        self.n_adapted = len(self.adaptation.adapter.targets)
        self._frozen = MiniLM()
        self._tower = MiniLM(self.adaptation.adapter)
        self.revision = self._tower.revision
        self.notes = tuple(dict.fromkeys((*self._frozen.notes, *self._tower.notes)))
        self.spans = self._frozen.spans

    def encode(self, prompts: Sequence[str], *, layers: Layers = "last") -> Encoded:
        """Embeds prompts, in their order; as `MiniLM.encode`, with one more layer in front of all."""
        frozen = self._frozen.encode(prompts, layers=layers)
        if layers == "last":
            return frozen
        scores = np.zeros((len(prompts), 1, self.dim), np.float32)
        scores[:, 0, : self.n_adapted] = self.scores(prompts)
        return replace(frozen, vectors=np.concatenate([scores, frozen.vectors], axis=1))

    def state(self) -> tuple[dict[str, np.ndarray], dict] | None:
        """What was learned, as arrays and JSON values; None for the adaptation that comes with PPP."""
        if self.is_shipped:
            return None
        card = {**self.adaptation.card, "targets": list(self.adaptation.adapter.targets)}
        return self.adaptation.arrays(), card

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], settings: Mapping) -> Self:
        """The encoder that gave this `state`. Raises PPPError when its parts do not fit the weights."""
        return cls(Adaptation.from_arrays(arrays, dict(settings)))

    def scores(self, prompts: Sequence[str]) -> np.ndarray:
        """The adapted tower's scores, float32 (n, k), in the order of its targets, in their units."""
        layers = self._tower.encode(prompts, layers="all").vectors
        return self.adaptation.adapter.scores(layers)


def is_exported() -> bool:
    """Whether loading the adapted encoder that comes with PPP is quick: both graphs were exported before."""
    return minilm.is_exported() and minilm.is_exported(load_adaptation(SHIPPED).adapter)


def text_hash(prompt: str) -> int:
    """First eight bytes of the SHA-256 of a text, white space folded.

    Example:
        >>> text_hash("a  cat ") == text_hash("a cat")
        True
    """
    digest = hashlib.sha256(" ".join(prompt.split()).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:HASH_BYTES], "big")


def load_adaptation(folder: Path) -> Adaptation:
    """Reads ``adapter.safetensors`` and ``card.json``.

    Raises:
        PPPError: when one is missing, or a byte has changed.
    """
    from safetensors.numpy import load

    try:
        content = (folder / ARRAYS).read_bytes()
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise PPPError(f"No adapted encoder in {folder}: {error.strerror or error}.") from error
    except ValueError as error:
        raise PPPError(f"{folder / CARD} is damaged: it is no JSON.") from error
    if card.get("format") != FORMAT or card.get("sha256") != hashlib.sha256(content).hexdigest():
        raise PPPError(f"The adapted encoder in {folder} is damaged: its checksum does not match.")
    return Adaptation.from_arrays(load(content), card)


def save_adaptation(adaptation: Adaptation, folder: Path) -> None:
    """Writes an adaptation so that `load_adaptation` reads it; replaces what stands there.

    Raises:
        PPPError: when it cannot be written.
    """
    from safetensors.numpy import save

    from ..store.atomic import write_atomically

    content = save({name: np.ascontiguousarray(array) for name, array in adaptation.arrays().items()})
    card = {**adaptation.card, "targets": list(adaptation.adapter.targets), "format": FORMAT}
    card["sha256"] = hashlib.sha256(content).hexdigest()
    with write_atomically(folder / ARRAYS) as path:
        path.write_bytes(content)
    with write_atomically(folder / CARD) as path:
        path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
