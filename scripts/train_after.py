"""Trains the predictors after generation that come with PPP, and measures what each more picture adds.

Run from the repository's top, with AGIQA-3K and its pictures installed (`ppp get agiqa-3k --from DIR`):
`python scripts/train_after.py`. All figures are of folds by prompt: no prompt that a model is judged by was
learned from, nor any of its scores. Nine of AGIQA-3K's files stand under two or three prompts each (19 of
2,982 rows), most of them in two folds: see docs/after-generation.md. Of dual-lite only what it did not learn
from pairs is used. Penalties and shares of the kernel were chosen on other folds (seed 0) of the same prompts
than those of the figures (seeds 1 to 3).
"""

import sys

from ppp_core.datasets import load_dataset
from ppp_core.encoders import load_encoder, load_joint_encoder
from ppp_core.evaluation.after.data import after_data
from ppp_core.evaluation.after.images_added import CNN_REFERENCE, REFERENCE, write_images_added
from ppp_core.evaluation.after.measuring import measure_curve
from ppp_core.evaluation.after.training import train_after
from ppp_core.predictors.after import AFTER
from ppp_core.predictors.after_artefact import save_after
from ppp_core.predictors.artefact import read_card
from ppp_core.predictors.shared_arrays import drop_unused
from ppp_core.predictors.shipped import folder_of
from ppp_core.store import EmbeddingStore, home

WORDS = {"agiqa-3k/alignment": "density-probe", "agiqa-3k/quality": "multilayer-probe"}
"""What reads the words alone: the predictor that is shipped for the target before generation."""

FOLD_SEED = 1


def main() -> None:
    dataset = load_dataset("agiqa-3k")
    store = EmbeddingStore(home() / "embeddings")
    encoder, text_encoder = load_joint_encoder("dual-lite"), load_encoder("minilm-l6")
    for target, words in WORDS.items():
        data = after_data(dataset, target, encoder, store=store)
        trained = train_after(
            data,
            predictor="image-probe",
            encoder=encoder,
            text_encoder=text_encoder,
            words=words,
            seed=FOLD_SEED,
            store=store,
        )
        save_after(trained, AFTER / folder_of(target), overwrite=True, share=True)
        print(target, trained.card["held_out"]["by_images_seen"], flush=True)
    drop_unused(AFTER, [read_card(AFTER / folder_of(target)) for target in WORDS])
    curves = [
        measure_curve(target, encoder="dual-lite", words=words, store=store)
        for target, words in WORDS.items()
    ]
    write_images_added(curves, REFERENCE)
    of_network = [
        measure_curve(target, predictor="correlation-cnn", encoder="dual-lite", store=store)
        for target in WORDS
    ]
    write_images_added(of_network, CNN_REFERENCE)


if __name__ == "__main__":
    sys.exit(main())
