"""The known prompts most like a given one, with what people really gave them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .datasets import DataSet, export_frame, installed, load_dataset
from .encoders import Encoder, embed, load_encoder
from .errors import PPPError
from .store import EmbeddingStore, home, is_public

if TYPE_CHECKING:
    import pandas as pd

ENCODER = "minilm-l6"


@dataclass(frozen=True)
class NeighbourIndex:
    """The prompts of some data sets, embedded.

    Attributes:
        table: one row a prompt: dataset, prompt, split, then one column a target with observed performance.
        vectors: float32, shape (n_prompts, dim), unit length.
        encoder: what embedded them.
    """

    table: pd.DataFrame
    vectors: np.ndarray
    encoder: Encoder

    def nearest(self, prompt: str, *, k: int = 8) -> pd.DataFrame:
        """The k most similar prompts, most similar first.

        Args:
            prompt: any text that is not blank.
            k: rows at most.

        Returns:
            Columns dataset, prompt, split, similarity (cosine, -1 to 1), and ``observed``: a dictionary from
            the names of the data set's targets to what was observed, model-made metrics left out.
        """
        vector = _unit(embed(self.encoder, [prompt]).vectors)[0]
        similarity = self.vectors @ vector
        best = np.argsort(-similarity, kind="stable")[:k]
        found = self.table.iloc[best].reset_index(drop=True)
        told = found[["dataset", "prompt", "split"]].assign(similarity=similarity[best].round(3))
        scores = found.drop(columns=["dataset", "prompt", "split"])
        return told.assign(observed=[row.dropna().to_dict() for _, row in scores.iterrows()])


def installed_revisions() -> tuple[tuple[str, str], ...]:
    """Name and revision of every installed data set: what an index of them all depends on."""
    return tuple((one.name, one.revision) for one in installed())


def build_index(
    names: Sequence[str], *, progress: Callable[[int, int], None] | None = None
) -> NeighbourIndex:
    """Embeds the prompts of installed data sets; embeddings are kept for the next time.

    Args:
        names: data sets, at least one.
        progress: called with (prompts done, prompts in all).

    Raises:
        PPPError: on no names, and for one that is not installed.
    """
    import pandas as pd

    if not names:
        raise PPPError("Neighbours need at least one installed data set, got none. Get one: ppp get pqpp")
    frames = [_observed_by_people(load_dataset(name)).assign(dataset=name) for name in names]
    table = pd.concat(frames, ignore_index=True).drop(columns="prompt_id")
    first = ["dataset", "prompt", "split"]
    table = table[first + [column for column in table.columns if column not in first]]
    encoder = load_encoder(ENCODER)
    store = None if is_public() else EmbeddingStore(home() / "embeddings")
    encoded = embed(encoder, table["prompt"].tolist(), store=store, progress=progress)
    return NeighbourIndex(table, _unit(encoded.vectors), encoder)


def _observed_by_people(dataset: DataSet) -> pd.DataFrame:
    """Prompts and what was observed; metrics that models made are left out, never mixed in."""
    made = [target.name for target in dataset.card.targets if target.judged_by == "models"]
    return export_frame(dataset).drop(columns=made, errors="ignore")


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
