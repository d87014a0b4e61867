"""Builds the measured retrieval on AGIQA-3K that comes with PPP.

Run from the repository's top, with the data set and its images installed (`ppp get agiqa-3k --from DIR`):

    python scripts/reference_retrieval.py

Twice the same: the prompts that the shipped dual-lite never saw; and all prompts, each asked of heads that
scripts/train_dual_lite.py's `fit` trains anew without its fold. No image, prompt or vector is kept.
"""

import hashlib
import json
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import train_dual_lite

from ppp_core.datasets import load_dataset
from ppp_core.encoders import embed, load_encoder
from ppp_core.encoders.dual_lite import DualLite
from ppp_core.errors import PPPError
from ppp_core.retrieval import evaluate_retrieval, rank_dataset
from ppp_core.retrieval.reference import MAX_BYTES, PARTS, REFERENCE, as_kept
from ppp_core.splits import folds, normalise_text
from ppp_core.store import EmbeddingStore, home, write_atomically

DATASET = "agiqa-3k"
TITLE = "The images of AGIQA-3K, searched with its prompts through dual-lite"
RESAMPLES = 10_000
PACKAGES = ("numpy", "scikit-learn", "ir-measures", "pytrec-eval-terrier", "torch")


class Refitted(DualLite):
    """dual-lite with other heads, which knows what they were trained on."""

    name = "dual-lite, trained anew"

    def __init__(self, heads, learned):
        super().__init__()
        self.heads = heads
        self.learned = {normalise_text(prompt) for prompt in learned}
        arrays = b"".join(one.tobytes() for one in heads.arrays().values())
        self.revision = hashlib.sha256(arrays + self.revision.encode()).hexdigest()

    def has_learned(self, prompts):
        return np.array([normalise_text(prompt) in self.learned for prompt in prompts], bool)


def main() -> int:
    try:
        build(REFERENCE)
    except PPPError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def build(path: Path, *, resamples: int = RESAMPLES) -> None:
    """Measures and writes. Raises PPPError when the file comes out too large."""
    dataset, store = load_dataset(DATASET), EmbeddingStore(home() / "embeddings")
    unseen = evaluate_retrieval(rank_dataset(dataset, DualLite(), store=store), resamples=resamples)
    rankings = folded(dataset, store)
    asked = [text for one in rankings for text in one.queries]
    # the heads of each fold have a space of their own: the probe on the prompt sees MiniLM's, which all share
    text = embed(load_encoder("minilm-l6"), asked, store=store).vectors
    told = as_kept(
        date.today().isoformat(),
        TITLE,
        f"{dataset.card.title}, {dataset.card.licence}; measured by us. {dataset.card.attribution}",
        {name: version(name) for name in PACKAGES},
        {"unseen": unseen, "folds": evaluate_retrieval(rankings, text=text, resamples=resamples)},
    )
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
    size = len(content.encode())
    print(f"{path.name}: {size:,} bytes")
    if size > MAX_BYTES:
        raise PPPError(f"{path.name} came to {size:,} bytes, at most {MAX_BYTES:,} are shipped.")
    with write_atomically(path) as temporary:
        temporary.write_text(content, encoding="utf-8")


def folded(dataset, store) -> list:
    """A ranking a fold, by heads that learned the other folds; every prompt is asked once."""
    pairs, settings = train_dual_lite.read_pairs(dataset), train_dual_lite.Settings()
    rankings = []
    for learn, _ in folds(pairs.prompts, k=train_dual_lite.K, seed=settings.seed):
        heads = train_dual_lite.fit(pairs, learn, settings)
        encoder = Refitted(heads, [pairs.prompts[row] for row in learn])
        found = rank_dataset(dataset, encoder, store=store)
        kept = [note for note in found.notes if not note.startswith(encoder.name)]
        rankings.append(replace(found, notes=(*kept, PARTS["folds"])))
        print(f"{len(rankings)} of {train_dual_lite.K} folds ranked", flush=True)
    return rankings


if __name__ == "__main__":
    sys.exit(main())
