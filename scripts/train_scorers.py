"""Trains quality-lite and alignment-lite on people's scores of AGIQA-3K's pictures, and ships them.

Run from the repository's top, with the data set and its pictures installed (`ppp get agiqa-3k --from DIR`):
`python scripts/train_scorers.py`. The figures in the cards are of five folds by prompt: every picture is
scored by a head that saw no picture and no score of its prompt. Settings were chosen on other folds (seed 0)
of the same prompts than those that the figures are of (seed 1). What dual-lite learned takes no part, because
it has seen most of the prompts. The shipped heads are then trained on all pictures.
"""

import sys
from dataclasses import asdict, dataclass
from importlib import metadata

import numpy as np

from ppp_core.datasets import load_dataset
from ppp_core.encoders import embed, embed_images, load_encoder, load_image_encoder
from ppp_core.scorers.kernel_head import PARTS, KernelHead
from ppp_core.scorers.lite import IMAGE_ENCODER, SHIPPED, TEXT_ENCODER, prompt_features, save_head
from ppp_core.splits import folds
from ppp_core.store import EmbeddingStore, home

DATASET = "agiqa-3k"
K, FOLD_SEED = 5, 1
RESAMPLES = 2000
TRIED = 30
"""Settings of both heads that were compared on the folds of seed 0, about."""


@dataclass(frozen=True)
class Settings:
    """How a head is fitted.

    Attributes:
        axes: principal axes of the pictures' features that are kept.
        penalty: of the ridge.
        shares: of each of ``PARTS`` in the kernel.
        text_width: squared distance of prompts at which their kernel falls to 1/e.
    """

    axes: int = 160
    penalty: float = 0.1
    shares: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    text_width: float = 1.0


SETTINGS = {
    "quality-lite": Settings(),
    "alignment-lite": Settings(shares=(0.5, 0.0, 0.5, 0.2)),
}
ABOUT = {
    "quality-lite": "How people would rate the look of a picture.",
    "alignment-lite": "How people would rate the match of a picture with its prompt.",
}


@dataclass(frozen=True)
class Data:
    """Pictures and prompts as features, and people's scores.

    Attributes:
        prompts: n texts.
        texts: float32, shape (n, 384), rows of length 1.
        features: float32, shape (n_images, 1280).
        matches: float32, shape (n_images,).
        prompt_of: int, shape (n_images,).
        scores: target → float64, shape (n_images,).
    """

    prompts: list[str]
    texts: np.ndarray
    features: np.ndarray
    matches: np.ndarray
    prompt_of: np.ndarray
    scores: dict[str, np.ndarray]


def main() -> None:
    dataset = load_dataset(DATASET)
    data = read_data(dataset)
    for name, settings in SETTINGS.items():
        target = f"{DATASET}/{name.removesuffix('-lite')}"
        card = card_of(name, target, settings, data, dataset)
        rows = np.arange(len(data.features))
        save_head(fit(data, data.scores[target], rows, settings), card, SHIPPED / name)
        print(name, card["validation"]["figures"], flush=True)


def card_of(name: str, target: str, settings: Settings, data: Data, dataset) -> dict:
    """All that a card tells except checksum and format."""
    observed = data.scores[target]
    figures = figures_of(cross_validated(data, observed, settings), observed, data.prompt_of)
    others = {}
    if settings.shares[1:] != (0.0, 0.0, 0.0):
        alone = cross_validated(data, observed, Settings())
        others["the picture alone"] = figures_of(alone, observed, data.prompt_of)["spearman"]
    return {
        "name": name,
        "about": ABOUT[name],
        "sees": "image" if name == "quality-lite" else "image+prompt",
        "target": target,
        "encoders": [IMAGE_ENCODER] if name == "quality-lite" else [IMAGE_ENCODER, TEXT_ENCODER],
        "settings": {**asdict(settings), "shares": dict(zip(PARTS, settings.shares, strict=True))},
        "validation": {
            "how": f"{K} folds by prompt (seed {FOLD_SEED}): every picture scored by a head that saw nothing "
            f"of its prompt; 95 % percentile intervals of {RESAMPLES:,} bootstraps over prompts; settings "
            f"chosen among some {TRIED} on other folds (seed 0) of the same prompts",
            "n_images": len(observed),
            "n_prompts": len(data.prompts),
            "figures": figures,
            "others": others,
        },
        "data": {
            "name": dataset.card.name,
            "licence": dataset.card.licence,
            "attribution": dataset.card.attribution,
            "n_prompts": len(data.prompts),
            "n_images": len(observed),
        },
        "versions": {one: metadata.version(one) for one in ("numpy", "scipy")},
    }


def read_data(dataset) -> Data:
    """The data set as features, from the store where they are known."""
    store = EmbeddingStore(home() / "embeddings")
    prompts, images = dataset.prompts, dataset.images
    if images["path"].isna().any():
        sys.exit(f"The pictures of {DATASET} are not here. Run: ppp get {DATASET} --from DIR")
    network = load_image_encoder(IMAGE_ENCODER)
    embedded = embed_images(network, images["path"].tolist(), store=store, progress=_tell)
    if embedded.failed:
        sys.exit(f"A picture cannot be used: {next(iter(embedded.failed.values()))}")
    vectors = embed(load_encoder(TEXT_ENCODER), prompts["prompt"].tolist(), store=store).vectors
    rows = {one: row for row, one in enumerate(prompts["prompt_id"])}
    prompt_of = np.array([rows[one] for one in images["prompt_id"]])
    logits = network.class_logits(embedded.vectors)
    directions, matches = prompt_features(vectors[prompt_of], logits)
    first = np.unique(prompt_of, return_index=True)[1]
    table = dataset.ratings.pivot(index="image_id", columns="target", values="value")
    scores = table.loc[images["image_id"]]
    return Data(
        prompts=prompts["prompt"].tolist(),
        texts=directions[first],
        features=embedded.vectors,
        matches=matches,
        prompt_of=prompt_of,
        scores={name: scores[name].to_numpy() for name in scores.columns},
    )


def fit(data: Data, observed: np.ndarray, rows: np.ndarray, settings: Settings) -> KernelHead:
    """A head fitted to some pictures (positions); rounded as it will be read."""
    from scipy.linalg import cho_factor, cho_solve

    mean, axes = principal_axes(np.sqrt(data.features[rows]), settings.axes)
    points = (np.sqrt(data.features[rows]) - mean) @ axes
    alone = not any(settings.shares[1:])
    seen = np.unique(data.prompt_of[rows])
    matches = np.zeros(len(rows)) if alone else data.matches[rows]
    spread = median_squared_distance(matches[:, None]) or 1.0
    head = KernelHead(
        mean=mean,
        axes=axes,
        points=points,
        texts=np.zeros((1, 0), np.float32) if alone else data.texts[seen],
        text_of=(np.zeros(len(rows)) if alone else np.searchsorted(seen, data.prompt_of[rows])).astype(
            np.int32
        ),
        matches=matches.astype(np.float32),
        widths=np.array([median_squared_distance(points), settings.text_width, spread], np.float32),
        shares=np.array(settings.shares, np.float32),
        weights=np.zeros(len(rows), np.float32),
        intercept=np.zeros(1, np.float32),
        bounds=np.array([0.0, 5.0], np.float32),
    ).rounded()
    # the weights are fitted to the arrays as they are rounded
    kernel = kernel_of(head, data, rows, alone)
    kernel[np.diag_indices(len(rows))] += settings.penalty
    centre = float(observed[rows].mean())
    return head.with_weights(cho_solve(cho_factor(kernel), observed[rows] - centre), centre)


def kernel_of(head: KernelHead, data: Data, rows: np.ndarray, alone: bool) -> np.ndarray:
    """The kernel of some pictures with those that a head was fitted to."""
    points = head.reduce(data.features[rows])
    if alone:
        return head.kernel(points, None, None)
    return head.kernel(points, data.texts[data.prompt_of[rows]], data.matches[rows])


def cross_validated(data: Data, observed: np.ndarray, settings: Settings) -> np.ndarray:
    """Scores of all pictures, float64 (n_images,), each by a head that saw nothing of its prompt."""
    alone = not any(settings.shares[1:])
    scores = np.full(len(observed), np.nan)
    for train, test in folds(data.prompts, k=K, seed=FOLD_SEED):
        rows = np.flatnonzero(np.isin(data.prompt_of, test))
        head = fit(data, observed, np.flatnonzero(np.isin(data.prompt_of, train)), settings)
        texts = None if alone else data.texts[data.prompt_of[rows]]
        scores[rows] = head.predict(data.features[rows], texts, None if alone else data.matches[rows])
    return scores


def principal_axes(values: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean, and what takes centred values to k principal components of the standardised ones."""
    mean, deviations = values.mean(axis=0), values.std(axis=0)
    deviations[deviations < 0.01 * np.median(deviations)] = np.inf
    standard = ((values - mean) / deviations).astype(np.float64)
    _, vectors = np.linalg.eigh(standard.T @ standard)
    axes = vectors[:, ::-1][:, :k] / deviations[:, None]
    return mean.astype(np.float32), axes.astype(np.float32)


def median_squared_distance(points: np.ndarray) -> float:
    """Median squared distance of 1,500 points to all: the median heuristic for a kernel's width."""
    some = np.random.default_rng(0).permutation(len(points))[:1500]
    left, right = points[some].astype(np.float64), points.astype(np.float64)
    distances = np.square(left).sum(1)[:, None] + np.square(right).sum(1) - 2 * left @ right.T
    return float(np.median(np.maximum(distances, 0)))


def figures_of(scores: np.ndarray, observed: np.ndarray, prompt_of: np.ndarray) -> dict:
    """Correlations over pictures, over prompts' means, and within prompts, with intervals."""
    rng = np.random.default_rng(0)
    rows_of = [np.flatnonzero(prompt_of == prompt) for prompt in np.unique(prompt_of)]
    measured = correlations(scores, observed, rows_of)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = [rows_of[one] for one in rng.integers(0, len(rows_of), len(rows_of))]
        drawn.append(list(correlations(scores, observed, chosen).values()))
    low, high = np.nanquantile(np.array(drawn), (0.025, 0.975), axis=0)
    return {
        name: {"value": round(value, 4), "low": round(float(a), 4), "high": round(float(b), 4)}
        for (name, value), a, b in zip(measured.items(), low, high, strict=True)
    }


def correlations(scores: np.ndarray, observed: np.ndarray, rows_of: list[np.ndarray]) -> dict[str, float]:
    """Four correlations of the pictures of some prompts (positions of each prompt's pictures)."""
    from scipy.stats import rankdata

    rows = np.concatenate(rows_of)
    ranks = rankdata(scores[rows]), rankdata(observed[rows])
    means = [np.array([values[one].mean() for one in rows_of]) for values in (scores, observed)]
    sizes = [len(one) for one in rows_of]
    owner = np.repeat(np.arange(len(rows_of)), sizes)
    within = [values[rows] - mean[owner] for values, mean in zip((scores, observed), means, strict=True)]
    return {
        "spearman": _pearson(*ranks),
        "pearson": _pearson(scores[rows], observed[rows]),
        "spearman_of_prompts": _pearson(rankdata(means[0]), rankdata(means[1])),
        "pearson_within_prompts": _pearson(*within),
    }


def _pearson(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.corrcoef(left, right)[0, 1])


def _tell(done: int, total: int) -> None:
    if done % 320 == 0 or done == total:
        print(f"pictures: {done:,} of {total:,}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
