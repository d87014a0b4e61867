"""Rankings against a plain loop; ties, blocks and depth."""

import numpy as np
import pytest

import ppp_core.retrieval.ranking as module
from ppp_core.errors import PPPError
from ppp_core.retrieval import rank_vectors


def plain_ranking(text, image):
    """Positions of all images of each text, by cosine, the lower position first where they are equal."""
    found = []
    for one in text:
        cosines = [float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)) for other in image]
        found.append(sorted(range(len(image)), key=lambda at: (-round(cosines[at], 6), at)))
    return found


@pytest.fixture
def vectors():
    random = np.random.default_rng(0)
    text, image = random.normal(size=(7, 5)), random.normal(size=(40, 5))
    image[20:24] = 3 * image[3]  # the same direction as another: tied for every text
    relevant = [random.choice(40, size=3, replace=False) for _ in range(7)]
    return text.astype(np.float32), image.astype(np.float32), relevant


@pytest.mark.parametrize("k", [10, 39, 40, 100, None])
@pytest.mark.parametrize("block", [1, 90, 10**6])
def test_it_is_the_plain_loops(vectors, monkeypatch, k, block):
    monkeypatch.setattr(module, "_BLOCK", block)
    text, image, relevant = vectors
    found, known = rank_vectors(text, image, relevant, k=k), plain_ranking(text, image)
    width = min(k or 40, 40)
    assert found.docs.tolist() == [one[:width] for one in known]
    for row, order in enumerate(known):
        ranks = sorted(order.index(one) + 1 for one in relevant[row])
        assert found.relevant_ranks[row].tolist() == ranks
        assert found.hits[row].tolist() == [doc in relevant[row] for doc in order[:width]]
    assert (np.diff(found.scores, axis=1) <= 0).all()
    assert (found.k, len(found), found.n_relevant.tolist()) == (width, 7, [3] * 7)


def test_what_is_known_of_the_whole_collection(vectors):
    text, image, relevant = vectors
    found = rank_vectors(text, image, relevant, k=10)
    unit = image / np.linalg.norm(image, axis=1, keepdims=True)
    cosines = (text / np.linalg.norm(text, axis=1, keepdims=True)) @ unit.T
    np.testing.assert_allclose(found.corpus_mean, cosines.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(found.corpus_sd, cosines.std(axis=1), atol=1e-6)
    np.testing.assert_allclose(found.levels, (1 + found.scores) / 2)
    np.testing.assert_allclose(found.corpus_level, (1 + found.corpus_mean) / 2)
    assert np.array_equal(found.prompts, found.text)


def test_rows_are_some_of_the_queries(vectors):
    text, image, relevant = vectors
    whole = rank_vectors(text, image, relevant, queries=list("abcdefg"))
    some = whole.rows(np.array([False, True, False, True, False, False, False]), "Two of them.")
    assert (some.query_ids, some.queries, some.notes) == (("1", "3"), ("b", "d"), ("Two of them.",))
    assert np.array_equal(some.docs, whole.docs[[1, 3]])
    assert np.array_equal(some.text, whole.text[[1, 3]])
    assert some.relevant[1] is whole.relevant[3]
    assert (len(some.doc_ids), len(some.prompts)) == (40, 7)


def test_progress_is_told(vectors, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", 80)
    steps = []
    rank_vectors(*vectors, progress=lambda *step: steps.append(step))
    assert steps == [(2, 7), (4, 7), (6, 7), (7, 7)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"k": 9}, "k of at least 10 documents a query, got 9"),
        ({"text": np.zeros((7, 4))}, "text vector in row 0 has no direction"),
        ({"text": np.ones((7, 4))}, r"got text \(7, 4\), image \(40, 5\) and 7 arrays"),
        ({"text": np.ones((6, 5))}, r"got text \(6, 5\), image \(40, 5\) and 7 arrays"),
        ({"image": np.full((40, 5), np.nan)}, "image vector in row 0 has no direction"),
        ({"image": np.ones(5)}, r"image vectors of shape \(n, dim\), got \(5,\)"),
        ({"relevant": [[]] * 7}, r"Text 0 needs relevant images from 0 to 39, got \[\]"),
        ({"relevant": [[1], [40]] + [[1]] * 5}, r"Text 1 needs relevant images from 0 to 39, got \[40\]"),
    ],
)
def test_what_does_not_fit_is_refused(vectors, change, told):
    given = dict(zip(("text", "image", "relevant"), vectors, strict=True)) | change
    with pytest.raises(PPPError, match=told):
        rank_vectors(**given)
