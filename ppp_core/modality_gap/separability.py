"""How well a straight cut tells prompts from pictures, on pairs that it was not learned from."""

from __future__ import annotations

import numpy as np

FOLDS = 5


def held_out_hits(
    text: np.ndarray, image: np.ndarray, groups: np.ndarray, *, seed: int = 0, folds: int = FOLDS
) -> np.ndarray:
    """The share of each pair's two vectors that is told right, by a model that saw neither.

    A logistic regression on standardised dimensions (scikit-learn, C = 1), fitted on the other folds.
    Everything is learned there, the means of the standardisation, too; pairs that share a prompt or a
    picture stay in one fold. So where the modalities do not differ, .5 is expected.

    Args:
        text, image: float32, shape (n, dim), of unit length.
        groups: int, shape (n,): pairs that stay together.
        seed: of the folds.
        folds: how many.

    Returns:
        float64, shape (n,): 0, .5 or 1.

    Example:
        >>> random = np.random.default_rng(0)
        >>> text, image = random.normal(0, 0.1, (2, 40, 3)) + np.array([[[1, 0, 0]], [[0, 1, 0]]])
        >>> held_out_hits(text, image, np.arange(40)).mean().item()
        1.0
    """
    n_groups = int(groups.max()) + 1
    fold_of = np.random.default_rng(seed).permutation(n_groups)[groups] % folds
    hits = np.zeros(len(text))
    for fold in range(folds):
        train, test = fold_of != fold, fold_of == fold
        told = _classifier(text[train], image[train])
        hits[test] = (~told(text[test]) + 0.0 + told(image[test])) / 2
    return hits


def _classifier(text: np.ndarray, image: np.ndarray):
    """A function from vectors (n, dim) to whether each is a picture, bool (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    vectors = np.concatenate([text, image]).astype(np.float64)
    is_image = np.repeat([False, True], [len(text), len(image)])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(vectors, is_image)
    return lambda vectors: model.predict(vectors).astype(bool)
