"""How a prompt's pictures go together, as a matrix of correlations."""

from collections.abc import Mapping

import numpy as np

from .seen import Seen


def fit_reduction(pictures: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """The first principal components of pictures, (m, dim): their mean and axes."""
    from sklearn.decomposition import PCA

    pca = PCA(min(k, *pictures.shape), svd_solver="full").fit(pictures.astype(np.float64))
    return {"mean": pca.mean_.astype(np.float32), "axes": pca.components_.astype(np.float32)}


def correlation_pictures(seen: Seen, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The matrix of each prompt, float32 (n, s, s); the order of its pictures is of no account.

    Args:
        seen: prompts with their pictures; one without any has a matrix of zeros.
        arrays: ``images``: the largest number of pictures, for a matrix between pictures, those first that go
            best with the others, with zeros where there are fewer; or ``mean`` and ``axes``, for one between
            their components.
    """
    return np.array(
        [matrix(one, arrays, _in_order(one, arrays)) for one in prepare(seen, arrays)], np.float32
    )


def prepare(seen: Seen, arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """What matrices of each prompt's k pictures are made of: correlations (k, k), or components (k, d)."""
    ends = np.cumsum(seen.counts)
    own = [seen.pictures[start:end] for start, end in zip(ends - seen.counts, ends, strict=True)]
    if "images" in arrays:
        return [_correlations(one) for one in own]
    return [(one - arrays["mean"]) @ arrays["axes"].T for one in own]


def matrix(prepared: np.ndarray, arrays: Mapping[str, np.ndarray], rows: np.ndarray) -> np.ndarray:
    """The matrix (s, s) of some pictures, by position, of what `prepare` gave of a prompt."""
    if "images" not in arrays:
        return _correlations(prepared[rows].T)  # zero where a component does not vary, as with one picture
    size = int(arrays["images"][0])
    found, rows = np.zeros((size, size)), rows[:size]
    found[: len(rows), : len(rows)] = prepared[np.ix_(rows, rows)]
    return found


def _in_order(prepared: np.ndarray, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    if "images" not in arrays:
        return np.arange(len(prepared))
    highest = np.sort(prepared, axis=1)[:, ::-1]  # among equals, the one with the nearest picture, and so on
    return np.lexsort((*-highest.T[::-1], -prepared.sum(axis=1).round(9)))


def _correlations(rows: np.ndarray) -> np.ndarray:
    centred = rows.astype(np.float64) - rows.mean(axis=1, keepdims=True, dtype=np.float64)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    scale = np.abs(rows).max(initial=0.0) or 1.0
    unit = np.divide(centred, lengths, out=np.zeros_like(centred), where=lengths > 1e-9 * scale)
    return unit @ unit.T
