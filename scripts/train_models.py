"""Trains every predictor on every target it can be shipped for, ships the best of each, writes the table.

Run from the repository's top, with the data sets installed (`ppp get pqpp agiqa-3k genai-bench tifa160`):
`make models`. Targets named on the command line are trained alone. Every step can be done by hand with
`ppp train`. The adapted encoder, which takes longest, is trained anew only where the one that stands there
learned from other data or with other settings.
"""

import json
import sys
import time
from dataclasses import asdict, replace
from functools import partial

from ppp_core.adaptation import Settings, adapt
from ppp_core.datasets import load_dataset
from ppp_core.encoders import load_encoder
from ppp_core.encoders.adapted import SHIPPED, load_adaptation, save_adaptation
from ppp_core.errors import PPPError
from ppp_core.evaluation.leaving_out import fitter, leave_one_out
from ppp_core.evaluation.parts import Joint, target_data
from ppp_core.evaluation.training import train
from ppp_core.predictors.artefact import save_trained
from ppp_core.predictors.shared_arrays import drop_unused
from ppp_core.predictors.shipped import MODELS, folder_of, shipped_cards
from ppp_core.splits import normalise_text
from ppp_core.store import EmbeddingStore, home, write_atomically

ADAPTED_TO = "pqpp"
NAMES = ("pqpp", "genai-bench", "agiqa-3k", "tifa160")
POOLED = "ppp"
TRAVELS = "ppp/alignment"
PEOPLE = ("pqpp", "genai-bench", "agiqa-3k")
CANDIDATES = (
    ("linear-probe", "tfidf"),
    ("linear-probe", "minilm-l6"),
    ("multilayer-probe", "minilm-l6"),
    ("density-probe", "minilm-l6"),
    ("adapted-minilm", "adapted-minilm"),
    ("ensemble", "adapted-minilm"),
)
POOLED_CANDIDATES = {
    "ppp/alignment": (
        ("linear-probe", "tfidf"),
        ("intermediate-probe", "minilm-l6"),
        ("transfer-probe", "adapted-minilm"),
    ),
    "ppp/quality": (("linear-probe", "tfidf"), ("multilayer-probe", "minilm-l6")),
}
"""The last of each is shipped: data sets left out chose it, which prompts of the same kind cannot judge."""
REFERENCE = MODELS.parent / "reference" / "predictors.json"
SEED = 0


def main() -> None:
    datasets = {name: load_dataset(name) for name in (*NAMES, POOLED)}
    prompts = {name: datasets[name].prompts["prompt"].tolist() for name in NAMES}
    adapt_encoder(datasets[ADAPTED_TO], {name: prompts[name] for name in NAMES if name != ADAPTED_TO})
    store = EmbeddingStore(home() / "embeddings")
    wanted = sys.argv[1:]
    for name in (*PEOPLE, POOLED):
        strangers = {other: texts for other, texts in prompts.items() if name not in (other, POOLED)}
        for target in datasets[name].card.targets:
            if wanted and target.name not in wanted:
                continue
            data = target_data(datasets[name], target.name)
            fit = partial(train, data, seed=SEED, strangers=strangers, store=store)
            kinds = POOLED_CANDIDATES[target.name] if name == POOLED else CANDIDATES
            results = [_trained(fit, *kind) for kind in kinds]
            best = results[-1] if name == POOLED else max(results, key=_pearson)
            if target.name == TRAVELS:
                best = _judged_elsewhere(best, datasets[name], store)
            save_trained(best, MODELS / folder_of(target.name), overwrite=True, share=True)
            _keep_rows([_row(trained) for trained in results], target.name)
    if not wanted:
        drop_unused(MODELS, shipped_cards())


def _judged_elsewhere(trained, dataset, store):
    """With its figures on each data set that neither it nor its encoder had learned from."""
    card = trained.card
    fit = fitter(card["predictor"]["name"], trained.encoder, seed=SEED, store=store)
    sources = [name for name in NAMES if name != ADAPTED_TO]
    found = leave_one_out(dataset, trained.target.name, fit, sources=sources)
    return replace(trained, card={**card, "left_out": [one.as_dict() for one in found]})


def _keep_rows(rows: list[dict], target: str) -> None:
    """Puts a target's rows in the place of those that stand there."""
    kept = json.loads(REFERENCE.read_text(encoding="utf-8")) if REFERENCE.exists() else []
    others = [row for row in kept if row["target"] != target]
    with write_atomically(REFERENCE) as path:
        path.write_text(json.dumps([*others, *rows], indent=1) + "\n", encoding="utf-8")


def adapt_encoder(dataset, others: dict[str, list[str]]) -> None:
    """Fine-tunes MiniLM on a data set, without prompts that another one holds too, and ships it."""
    joint = target_data(dataset, dataset.card.targets[0].name).joint
    said = {normalise_text(text) for texts in others.values() for text in texts}
    kept = [row for row, text in enumerate(joint.prompts) if normalise_text(text) not in said]
    joint = Joint([joint.prompts[row] for row in kept], joint.observed[kept], joint.targets)
    try:
        card = load_adaptation(SHIPPED).card
        if (card["data"]["train_sha256"], card["settings"]) == (joint.digest(), asdict(Settings())):
            return
    except PPPError:
        pass  # there is none yet, or it is damaged: it is made
    made = adapt(joint.prompts, joint.observed, joint.targets, seed=SEED, progress=_tell)
    data = {
        "name": dataset.card.name,
        "licence": dataset.card.licence,
        "attribution": dataset.card.attribution,
        "n_train": len(kept),
        "train_sha256": joint.digest(),
        "left_out": f"prompts that {', '.join(others)} hold too",
    }
    save_adaptation(replace(made, card={**made.card, "data": data}), SHIPPED)


def _tell(done: int, total: int) -> None:
    print(f"adapted-minilm: tower {done} of {total}", flush=True)


def _trained(fit, predictor: str, encoder: str):
    started = time.monotonic()
    trained = fit(predictor=predictor, encoder=load_encoder(encoder))
    seconds = time.monotonic() - started
    print(
        f"{trained.target.name:24}{predictor:18}{encoder:16}{_pearson(trained):.3f}  {seconds:.0f} s",
        flush=True,
    )
    return trained


def _pearson(trained) -> float:
    return trained.card["held_out"]["pearson"]["value"]


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
