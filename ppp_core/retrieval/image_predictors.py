"""Post-retrieval predictors that look at the images that were found, in the encoder's space."""

from __future__ import annotations

import numpy as np

from .ranking import Ranking

_FITTED_ON = 20_000
_DOCUMENT_SHARE = 0.6  # of a document's own words, the rest being the collection's: Cronen-Townsend et al.


def cohesion(ranking: Ranking, *, k: int = 10) -> np.ndarray:
    """By how much the first k images are more alike than images of the collection; float64 (n,).

    Mean cosine between two of the first k, less that between any two of the collection.
    """
    return np.array([_alike(ranking.image[docs[:k]]) for docs in ranking.docs]) - _alike(ranking.image)


def autocorrelation(ranking: Ranking, *, k: int = 100, neighbours: int = 5) -> np.ndarray:
    """Whether like images have like scores: float64 (n,), -1 to 1.

    Pearson's r, over the first k images, of a score with the mean score of the nearest of the others. nan
    where there are no more images than neighbours.
    """
    return np.array(
        [
            _moran(ranking.image[docs[:k]], scores[:k], neighbours)
            for docs, scores in zip(ranking.docs, ranking.scores, strict=True)
        ]
    )


def clarity(ranking: Ranking, *, k: int = 100, words: int = 50, seed: int = 0) -> np.ndarray:
    """How far what the first k images show is from what the collection shows: float64 (n,), in bits.

    Clarity compares the language of the documents that were found with the collection's. Images have no
    words, so visual words stand for them: clusters (k-means) of the collection's vectors. An image's language
    is its own word, smoothed with the collection's; the found images' language is their mean, weighted by the
    softmax of their scores in standard deviations of the query's scores over the collection; the value is the
    Kullback-Leibler divergence from the collection's. No relevance is used.
    """
    word_of = visual_words(ranking.image, words=words, seed=seed)
    collection = np.bincount(word_of) / len(word_of)
    found = np.empty(len(ranking))
    for row, (docs, scores) in enumerate(zip(ranking.docs[:, :k], ranking.scores[:, :k], strict=True)):
        weights = np.exp((scores - scores[0]) / max(ranking.corpus_sd[row], 1e-12))
        own = np.bincount(word_of[docs], weights / weights.sum(), minlength=len(collection))
        language = _DOCUMENT_SHARE * own + (1 - _DOCUMENT_SHARE) * collection
        found[row] = (language * np.log2(language / collection)).sum()
    return found


def visual_words(image: np.ndarray, *, words: int = 50, seed: int = 0) -> np.ndarray:
    """The cluster of each image, int (m,), every one from 0 to the highest used at least once.

    Args:
        image: unit vectors, float32, shape (m, dim).
        words: clusters, at most one an image.
        seed: of k-means, and of the 20,000 images that it is fitted on where there are more.

    Example:
        >>> visual_words(np.eye(2, dtype=np.float32)[[0, 1, 0]], words=2).tolist() in ([0, 1, 0], [1, 0, 1])
        True
    """
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    some = np.random.default_rng(seed).permutation(len(image))[:_FITTED_ON]
    with warnings.catch_warnings():
        # fewer different images than words: some words are then empty, and dropped below
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(min(words, len(some)), n_init=1, random_state=seed).fit(image[np.sort(some)])
    return np.unique(fitted.predict(image), return_inverse=True)[1]


def _alike(vectors: np.ndarray) -> float:
    """Mean cosine between two different rows of unit vectors; nan for fewer than two."""
    n = len(vectors)
    if n < 2:
        return float("nan")
    total = vectors.sum(axis=0, dtype=np.float64)
    return float((total @ total - np.square(vectors, dtype=np.float64).sum()) / (n * (n - 1)))


def _moran(vectors: np.ndarray, scores: np.ndarray, neighbours: int) -> float:
    if len(vectors) <= neighbours:
        return float("nan")
    alike = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(alike, -np.inf)
    near = np.argsort(-alike, axis=1, kind="stable")[:, :neighbours]
    around = scores[near].mean(axis=1)
    mine, theirs = scores - scores.mean(), around - around.mean()
    spread = np.sqrt((mine @ mine) * (theirs @ theirs))
    return float(mine @ theirs / spread) if spread > 1e-12 else float("nan")
