"""Trains the heads of dual-lite on the pictures of AGIQA-3K, split by prompt, and ships them with their card.

Run from the repository's top, with the data set and its pictures installed (`ppp get agiqa-3k --from DIR`):
`python scripts/train_dual_lite.py`. The network and MiniLM stay as published. One fold of five is never
trained on: the card's figures of the shipped heads are on that fold. The other four folds are held out in
turn, too, by heads that are not shipped, for a figure on every prompt.
"""

import sys
from dataclasses import asdict, dataclass
from importlib import metadata

import numpy as np

from ppp_core.datasets import load_dataset
from ppp_core.encoders import embed, load_encoder
from ppp_core.encoders.dual_lite import LEARNED_DIM, SHIPPED, Heads, prompt_hash, save_heads
from ppp_core.encoders.image_embedding import embed_images
from ppp_core.encoders.image_table import load_image_encoder
from ppp_core.encoders.threads import thread_count
from ppp_core.splits import folds
from ppp_core.store import EmbeddingStore, home

DATASET = "agiqa-3k"
K = 5
CUTS = (1, 5, 10)
DRAWS = 200
RESAMPLES = 10_000


@dataclass(frozen=True)
class Settings:
    """How the heads are trained; found by five-fold cross-validation, see docs/decisions.md."""

    seed: int = 0
    steps: int = 300
    batch: int = 120
    rate: float = 1e-3
    weight_decay: float = 0.1
    dropout: float = 0.7
    temperature: float = 0.07
    share: float = 0.8
    offset: float = 0.55


@dataclass(frozen=True)
class Pairs:
    """Prompts and their pictures, as features.

    Attributes:
        prompts: n different texts.
        texts: float32, shape (n, 384), MiniLM's last layer.
        features, logits: float32, shapes (n_images, 1280) and (n_images, 1000).
        prompt_of: int, shape (n_images,): the prompt of each picture.
        classes, centre: of `Heads`.
    """

    prompts: list[str]
    texts: np.ndarray
    features: np.ndarray
    logits: np.ndarray
    prompt_of: np.ndarray
    classes: np.ndarray
    centre: np.ndarray


def main() -> None:
    dataset = load_dataset(DATASET)
    pairs = read_pairs(dataset)
    settings = Settings()
    splits = folds(pairs.prompts, k=K, seed=settings.seed)
    fitted = [fit(pairs, train, settings) for train, _ in splits]
    hits = [retrieval_hits(heads, pairs, test) for heads, (_, test) in zip(fitted, splits, strict=True)]
    learned, held_out = splits[0]
    card = {
        "name": "dual-lite",
        "about": "Linear heads on MiniLM-L6 and EfficientNet-Lite0; a small stand-in for CLIP.",
        "settings": asdict(settings),
        "retrieval": _retrieval(hits, held_out),
        "gap": gap_of(fitted[0], pairs, held_out),
        "data": _data(dataset, pairs, learned, held_out),
        "class_names": "ImageNet's 1,000, as in open_clip (MIT)",
        "versions": {name: metadata.version(name) for name in ("numpy", "torch", "open_clip_torch", "timm")},
    }
    save_heads(fitted[0], card, SHIPPED)
    print(card["retrieval"]["line"])


def read_pairs(dataset) -> Pairs:
    """The data set as features, from the store where they are known. Prints how far it has got."""
    from open_clip.zero_shot_metadata import IMAGENET_CLASSNAMES

    store = EmbeddingStore(home() / "embeddings")
    network, text = load_image_encoder("efficientnet-lite0"), load_encoder("minilm-l6")
    prompts, images = dataset.prompts, dataset.images
    if images["path"].isna().any():
        sys.exit(f"The pictures of {DATASET} are not here. Run: ppp get {DATASET} --from DIR")
    embedded = embed_images(network, images["path"].tolist(), store=store, progress=_tell)
    if embedded.failed:
        sys.exit(f"A picture cannot be used: {next(iter(embedded.failed.values()))}")
    texts = embed(text, prompts["prompt"].tolist(), store=store).vectors
    rows = {one: row for row, one in enumerate(prompts["prompt_id"])}
    classes = _unit(text.encode(list(IMAGENET_CLASSNAMES)).vectors)
    return Pairs(
        prompts=prompts["prompt"].tolist(),
        texts=texts,
        features=embedded.vectors,
        logits=network.class_logits(embedded.vectors),
        prompt_of=np.array([rows[one] for one in images["prompt_id"]]),
        classes=classes,
        centre=classes.mean(axis=0),
    )


def fit(pairs: Pairs, train: np.ndarray, settings: Settings) -> Heads:
    """Heads fitted to some prompts (positions) and their pictures: one picture a prompt in each batch."""
    import torch
    from open_clip.loss import ClipLoss

    torch.manual_seed(settings.seed)
    torch.set_num_threads(thread_count())
    rng = np.random.default_rng(settings.seed)
    pictures = {row: np.flatnonzero(pairs.prompt_of == row) for row in train}
    seen = np.concatenate(list(pictures.values()))
    module = make_module(pairs, train, seen, settings)
    decayed = [module.text.weight, module.image.weight]
    others = [value for value in module.parameters() if not any(value is one for one in decayed)]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=settings.rate,
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.steps)
    loss = ClipLoss()
    for _ in range(settings.steps):
        rows = rng.permutation(train)[: settings.batch]
        chosen = np.array([rng.choice(pictures[row]) for row in rows])
        found = loss(module.images(chosen), module.texts(rows), module.log_scale.exp())
        optimiser.zero_grad()
        found.backward()
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            module.log_scale.clamp_(0, np.log(100))  # as CLIP does
    # as they will be read: the figures are those of the rounded heads
    return Heads.from_arrays(module.eval().heads(pairs).arrays())


def make_module(pairs: Pairs, train: np.ndarray, seen: np.ndarray, settings: Settings):
    """The heads as a torch module on standardised features; `heads` gives them on plain features."""
    import torch
    from torch.nn.functional import normalize

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.text_scale = _scale(pairs.texts[train])
            self.image_scale = _scale(pairs.features[seen])
            self.said = {
                "text": _said(_unit(pairs.texts), pairs.centre),
                "image": _said(_softmax(pairs.logits) @ pairs.classes, pairs.centre),
            }
            self.inputs = {
                "text": torch.from_numpy((pairs.texts - self.text_scale[0]) / self.text_scale[1]),
                "image": torch.from_numpy((pairs.features - self.image_scale[0]) / self.image_scale[1]),
            }
            self.text = torch.nn.Linear(pairs.texts.shape[1], LEARNED_DIM)
            self.image = torch.nn.Linear(pairs.features.shape[1], LEARNED_DIM)
            self.dropout = torch.nn.Dropout(settings.dropout)
            dim = LEARNED_DIM + pairs.texts.shape[1]
            # fixed: an offset that is learned moves until the gap is nearly closed
            self.image_offset = _random_offset(dim, settings.offset)
            self.text_offset = -self.image_offset
            self.share = torch.nn.Parameter(torch.tensor(settings.share))
            self.log_scale = torch.nn.Parameter(torch.tensor(-np.log(settings.temperature)).float())

        def texts(self, rows):
            return self._joined("text", self.text, self.text_offset, rows)

        def images(self, rows):
            return self._joined("image", self.image, self.image_offset, rows)

        def _joined(self, kind, head, offset, rows):
            learned = normalize(head(self.dropout(self.inputs[kind][rows])), dim=1)
            joined = torch.cat([learned, self.share * self.said[kind][rows]], dim=1)
            return normalize(joined + offset, dim=1)

        def heads(self, pairs) -> Heads:
            text = _on_plain_features(self.text, *self.text_scale)
            image = _on_plain_features(self.image, *self.image_scale)
            offsets = (self.text_offset.numpy(), self.image_offset.numpy())
            return Heads(*text, *image, pairs.classes, pairs.centre, self.share.item(), *offsets)

    return Module()


def retrieval_hits(heads: Heads, pairs: Pairs, rows: np.ndarray) -> dict[str, np.ndarray]:
    """How often each prompt finds its picture, and its picture it, among those of the prompts given.

    Returns:
        ``"text_to_image"`` and ``"image_to_text"``: shape (n_prompts, 3), shares of the draws (one random
        picture of each prompt a draw) in which the partner is among the first 1, 5 and 10. Ties count
        against it.
    """
    rng = np.random.default_rng(0)
    texts, images = _unit(heads.texts(pairs.texts)), _unit(heads.images(pairs.features, pairs.logits))
    found = {"text_to_image": np.zeros((len(rows), 3)), "image_to_text": np.zeros((len(rows), 3))}
    for _ in range(DRAWS):
        chosen = [rng.choice(np.flatnonzero(pairs.prompt_of == row)) for row in rows]
        cosines = texts[rows] @ images[chosen].T  # (n_prompts, n_prompts)
        for name, table in (("text_to_image", cosines), ("image_to_text", cosines.T)):
            ahead = (table >= np.diag(table)[:, None]).sum(axis=1) - 1
            found[name] += ahead[:, None] < np.array(CUTS)
    return {name: hits / DRAWS for name, hits in found.items()}


def gap_of(heads: Heads, pairs: Pairs, rows: np.ndarray) -> dict[str, float]:
    """Distance of the centroids of unit vectors, of held-out prompts and all their pictures."""
    pictures = np.isin(pairs.prompt_of, rows)
    texts = _unit(heads.texts(pairs.texts[rows]))
    images = _unit(heads.images(pairs.features[pictures], pairs.logits[pictures]))
    return {"centroid_distance": round(float(np.linalg.norm(images.mean(0) - texts.mean(0))), 4)}


def _retrieval(hits: list[dict[str, np.ndarray]], held_out: np.ndarray) -> dict:
    own = {name: _figures(values) for name, values in hits[0].items()}
    pooled = {name: _figures(np.concatenate([one[name] for one in hits])) for name in hits[0]}
    n, n_all = len(held_out), len(np.concatenate([one["text_to_image"] for one in hits]))
    r10 = own["text_to_image"]["R@10"]
    line = (
        f"finds the picture of a held-out prompt among the first ten of {n} for {100 * r10['value']:.0f} % "
        f"of prompts [{100 * r10['low']:.0f}, {100 * r10['high']:.0f}]; chance {100 * 10 / n:.0f} %"
    )
    chance = {f"R@{k}": round(k / n, 4) for k in CUTS}
    return {
        "line": line,
        "how": f"one random picture of each held-out prompt, mean of {DRAWS} draws; 95 % percentile "
        f"intervals of {RESAMPLES:,} bootstraps over prompts, the candidates as they are",
        "held_out": {"n": n, "candidates": n, "chance": chance, **own},
        "cross_validated": {
            "n": n_all,
            "candidates": n,
            "chance": chance,
            "about": f"the same training on {K} folds by turns: every prompt held out once",
            **pooled,
        },
    }


def _figures(hits: np.ndarray) -> dict:
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(hits), (RESAMPLES, len(hits)))
    means = hits[drawn].mean(axis=1)  # (resamples, 3)
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    return {
        f"R@{k}": {"value": round(float(v), 4), "low": round(float(a), 4), "high": round(float(b), 4)}
        for k, v, a, b in zip(CUTS, hits.mean(axis=0), low, high, strict=True)
    }


def _data(dataset, pairs: Pairs, learned: np.ndarray, held_out: np.ndarray) -> dict:
    card = dataset.card
    return {
        "name": card.name,
        "licence": card.licence,
        "attribution": card.attribution,
        "n_prompts": len(learned),
        "n_images": int(np.isin(pairs.prompt_of, learned).sum()),
        "n_held_out": len(held_out),
        "learned": sorted(prompt_hash(pairs.prompts[row]) for row in learned),
    }


def _on_plain_features(layer, mean: np.ndarray, deviation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    weight = weight / deviation
    return weight, bias - weight @ mean


def _random_offset(dim: int, length: float):
    import torch

    offset = torch.randn(dim)
    return offset * length / offset.norm()


def _said(vectors: np.ndarray, centre: np.ndarray):
    import torch

    return torch.from_numpy(_unit(vectors - centre))


def _scale(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    deviations = values.std(axis=0)
    # three of MiniLM's dimensions are the same for all prompts: divided by infinity, they count for nothing
    deviations[deviations < 0.01 * np.median(deviations)] = np.inf
    return values.mean(axis=0), deviations


def _softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _tell(done: int, total: int) -> None:
    if done % 320 == 0 or done == total:
        print(f"pictures: {done:,} of {total:,}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
