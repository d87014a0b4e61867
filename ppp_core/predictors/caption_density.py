"""How common the scene of a prompt is among known captions: a feature that retrieval lives on."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from .base import Reads
from .captions import DENSITY_NAMES, Captions, keep_captions
from .linear import LinearHead, fit_ridge
from .reading import Reading, read_prompts
from .word_rarity import RARITY_NAMES, WordRarity

if TYPE_CHECKING:
    import pandas as pd

    from ..encoders import Encoder
    from ..store import EmbeddingStore

TAIL = 0.005


class CaptionDensity:
    """Ridge regression on how common a prompt's scene is among captions, and on the squares of that.

    How common: how crowded the prompt's neighbourhood is in the encoder's space (`Captions`), and in how
    many captions its words stand, alone and in pairs (`WordRarity`). The captions are the training
    prompts, unless others are given; no rating of theirs is used, only that they were said, and a caption
    that is the prompt itself does not count. Features are cut off at the training part's outermost half
    per cent, so that nothing is extrapolated from a prompt unlike all captions.

    Beware when it predicts PQPP's retrieval targets: PQPP's prompts are the captions nearest to the
    centroids of clusters of a sentence encoder's vectors, and the images whose relevance was judged
    were pooled by likeness of captions. Density among captions resembles how those candidates were
    pooled; elsewhere it says how common a scene is, which need not be how well it is retrieved.

    Reference:
        Poesina et al., PQPP, CVPR 2025, for the targets and how they were pooled.

    Example:
        >>> from ppp_core.encoders import load_encoder
        >>> prompts = [f"a {size} {thing}" for size in ("big", "tiny", "huge") for thing in "abcdefgh"]
        >>> reading = read_prompts(load_encoder("tfidf").fit(prompts), prompts)
        >>> CaptionDensity().fit(reading, np.arange(24.0)).predict(reading).shape
        (24,)
    """

    name: ClassVar[str] = "caption-density"
    reads: ClassVar[Reads] = "reading"
    takes_captions: ClassVar[bool] = True

    def fit(
        self, read: Reading, observed: np.ndarray, *, seed: int = 0, captions: Reading | None = None
    ) -> Self:
        """Learns from a reading of n prompts and what was observed, float (n,).

        Args:
            read: of the training prompts.
            observed: higher is better.
            seed: of the decomposition.
            captions: known captions, read by the same encoder; the training prompts when left out.
        """
        known = read if captions is None else captions
        self.captions = keep_captions(known.view("last"), seed=seed)
        self.rarity = WordRarity.of(known.prompts)
        density = self._density(read)
        low, high = np.quantile(density, [TAIL, 1 - TAIL], axis=0)
        cut = density.clip(low, high)
        self._scaling = np.stack([low, high, cut.mean(axis=0), np.maximum(cut.std(axis=0), 1e-9)])
        self._head = fit_ridge(self._features(density), observed, seed=seed)
        return self

    def predict(self, read: Reading) -> np.ndarray:
        """Predicted performance, float64 (n,), of a reading."""
        return self._head.predict(self._features(self._density(read)))

    def arrays(self) -> dict[str, np.ndarray]:
        """The captions in their few directions and as words, the features' scaling, the head."""
        parts = (self.captions.arrays(), self.rarity.arrays(), self._head.arrays())
        return {name: array for part in parts for name, array in part.items()} | {"scaling": self._scaling}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A fitted predictor from the arrays of another."""
        made = cls()
        made.captions, made.rarity = Captions.from_arrays(arrays), WordRarity.from_arrays(arrays)
        made._scaling = arrays["scaling"]
        made._head = LinearHead.from_arrays(arrays)
        return made

    def _density(self, read: Reading) -> np.ndarray:
        crowded, rare = self.captions.density(read.view("last")), self.rarity.features(read.prompts)
        return np.column_stack([crowded, rare])

    def _features(self, density: np.ndarray) -> np.ndarray:
        low, high, mean, scale = self._scaling
        scaled = (density.clip(low, high) - mean) / scale
        return np.column_stack([scaled, np.square(scaled)])


def caption_density(
    encoder: "Encoder",
    captions: Sequence[str],
    prompts: Sequence[str],
    *,
    store: "EmbeddingStore | None" = None,
) -> "pd.DataFrame":
    """How common the scenes of prompts are among captions, as a table.

    For PQPP's targets read the warning at `CaptionDensity`: it resembles how PQPP's candidates were pooled.

    Args:
        encoder: embeds both.
        captions: at least twenty texts; one that says the same as a prompt does not count for it.
        prompts: at least one text.
        store: where embeddings are looked up and kept; None keeps nothing.

    Returns:
        One row a prompt: ``prompt``, the 38 columns that `Captions.density` describes, and the 16 of
        `WordRarity.features`.

    Raises:
        PPPError: on fewer than twenty captions, no prompts, or an empty one.

    Example:
        >>> from ppp_core.encoders import load_encoder
        >>> captions = [f"a {colour} cat on a sofa" for colour in "red blue black white grey".split()] * 4
        >>> encoder = load_encoder("tfidf").fit(captions)
        >>> frame = caption_density(encoder, captions, ["a black cat", "two zebras"])
        >>> (frame["mean-cosine"] > 0.2).tolist()
        [True, False]
    """
    import pandas as pd

    known = read_prompts(encoder, captions, store=store)
    asked = read_prompts(encoder, prompts, store=store)
    crowded = keep_captions(known.view("last")).density(asked.view("last"))
    rare = WordRarity.of(known.prompts).features(asked.prompts)
    frame = pd.DataFrame(np.column_stack([crowded, rare]), columns=[*DENSITY_NAMES, *RARITY_NAMES])
    frame.insert(0, "prompt", asked.prompts)
    return frame
