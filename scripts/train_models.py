"""Trains every predictor on every target it can be shipped for, ships the best of each, writes the table.

Run from the repository's top, with the data sets installed (`ppp get pqpp agiqa-3k genai-bench tifa160`):
`make models`. Every step can be done by hand with `ppp train`.
"""

import json
import sys
import time

from ppp_core.datasets import DATASETS, load_dataset
from ppp_core.encoders import load_encoder
from ppp_core.evaluation.parts import target_data
from ppp_core.evaluation.training import train
from ppp_core.predictors.artefact import save_trained
from ppp_core.predictors.shipped import MODELS, folder_of
from ppp_core.store import EmbeddingStore, home, write_atomically

PEOPLE = ("pqpp", "genai-bench", "agiqa-3k")
CANDIDATES = (
    ("length", "minilm-l6"),
    ("linguistic", "minilm-l6"),
    ("linear-probe", "tfidf"),
    ("linear-probe", "minilm-l6"),
    ("multilayer-probe", "minilm-l6"),
)
REFERENCE = MODELS.parent / "reference" / "predictors.json"
SEED = 0


def main() -> None:
    datasets = {name: load_dataset(name) for name in DATASETS}
    prompts = {name: dataset.prompts["prompt"].tolist() for name, dataset in datasets.items()}
    store = EmbeddingStore(home() / "embeddings")
    rows = []
    for name in PEOPLE:
        strangers = {other: texts for other, texts in prompts.items() if other != name}
        for target in datasets[name].card.targets:
            data = target_data(datasets[name], target.name)
            results = {}
            for predictor, encoder in CANDIDATES:
                started = time.monotonic()
                trained = train(
                    data,
                    predictor=predictor,
                    encoder=load_encoder(encoder),
                    seed=SEED,
                    strangers=strangers,
                    store=store,
                )
                results[predictor, encoder] = trained
                rows.append(_row(trained))
                pearson = trained.card["held_out"]["pearson"]["value"]
                seconds = time.monotonic() - started
                print(f"{target.name:24}{predictor:18}{encoder:12}{pearson:.3f}  {seconds:.0f} s", flush=True)
            best = max(results.values(), key=lambda one: one.card["held_out"]["pearson"]["value"])
            save_trained(best, MODELS / folder_of(target.name), overwrite=True)
    with write_atomically(REFERENCE) as path:
        path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _row(trained) -> dict:
    card = trained.card
    return {
        "target": trained.target.name,
        "predictor": card["predictor"]["name"],
        "encoder": card["encoder"]["name"],
        "source": "measured by us",
        **card["held_out"],
    }


if __name__ == "__main__":
    sys.exit(main())
