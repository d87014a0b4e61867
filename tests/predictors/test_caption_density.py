"""Densities against counting by hand, and what is learned from them on a world with a crowd in it."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError
from ppp_core.predictors import captions as captions_module
from ppp_core.predictors.caption_density import CaptionDensity, caption_density
from ppp_core.predictors.captions import (
    COSINES,
    DENSITY_NAMES,
    MEANS,
    NEAREST,
    WIDTHS,
    Captions,
    keep_captions,
)
from ppp_core.predictors.linear_probe import LinearProbe
from ppp_core.predictors.options import fit_options
from ppp_core.predictors.reading import Reading, read_prompts
from ppp_core.predictors.word_rarity import RARITY_NAMES, WordRarity

RNG = np.random.default_rng(2)
KNOWN = RNG.normal(size=(300, 10)).astype(np.float32) + 0.8
ASKED = np.concatenate([RNG.normal(size=(40, 10)).astype(np.float32) + 0.5, 3 * KNOWN[:5]])
PAIRS = [
    f"a {colour} {thing}" for colour in ("red", "blue", "green", "grey") for thing in "fox dog cat".split()
]


def by_hand(cosines, cosines_as_they_are):
    """The nineteen features of one prompt, by the words of the docstring."""
    kept = np.sort(cosines[cosines_as_they_are < 0.9995])[::-1]
    found = [kept[k - 1] if k <= len(kept) else kept[-1] for k in NEAREST]
    found += [kept[:k].mean() for k in MEANS]
    found += [np.log(((kept > cosine).sum() + 0.5) / len(kept)) for cosine in COSINES]
    found += [np.log(np.exp((kept - 1) / width).mean() + 1e-9) for width in WIDTHS]
    return [*found, kept.mean()]


def test_density_is_what_counting_by_hand_gives():
    captions = keep_captions(KNOWN)
    points = captions.points.values  # ten dimensions: all are kept, rounded to a byte
    centre = (points / np.linalg.norm(points, axis=1, keepdims=True)).mean(axis=0)
    unit = ASKED / np.linalg.norm(ASKED, axis=1, keepdims=True)
    plain = cosine_similarity(unit, points)
    known = points / np.linalg.norm(points, axis=1, keepdims=True)
    centred = cosine_similarity(unit - centre, known - centre)
    got = captions.density(ASKED)
    assert got.shape == (45, len(DENSITY_NAMES))
    at = [n for n, name in enumerate(DENSITY_NAMES) if not name.endswith("-500")]  # fewer captions than that
    expected = np.array([[*by_hand(p, p), *by_hand(c, p)] for p, c in zip(plain, centred, strict=True)])
    np.testing.assert_allclose(got[:, at], expected[:, at], atol=2e-4)
    assert (plain.max(axis=1)[-5:] > 0.9995).all()  # five prompts are captions


def test_a_caption_does_not_count_itself():
    captions = keep_captions(KNOWN)
    nearest = captions.density(KNOWN)[:, DENSITY_NAMES.index("cosine-to-1")]
    others = cosine_similarity(KNOWN) - 2 * np.eye(len(KNOWN))
    np.testing.assert_allclose(nearest, others.max(axis=1), atol=0.01)
    assert nearest.max() < 0.9995


def test_length_of_vectors_and_size_of_pieces_change_nothing(monkeypatch):
    captions = keep_captions(KNOWN)
    before = captions.density(ASKED)
    monkeypatch.setattr(captions_module, "_ROWS", 7)
    np.testing.assert_allclose(captions.density(5 * ASKED), before, atol=1e-5)


def test_many_dimensions_are_reduced_and_cosines_stay():
    wide = (RNG.normal(size=(400, 60)) @ RNG.normal(size=(60, 200))).astype(np.float32)
    captions = keep_captions(wide)
    assert captions.points.steps.shape == (400, 96)
    _, cosines = captions.nearest(wide[:50], 3, itself=False)
    exact = np.sort(cosine_similarity(wide[:50], wide) - 2 * np.eye(50, 400), axis=1)[:, -3:]
    np.testing.assert_allclose(np.sort(cosines, axis=1), exact, atol=0.02)


def test_sparse_vectors_give_what_dense_ones_give():
    counts = np.where(KNOWN > 1, KNOWN, 0)
    unit = counts / np.linalg.norm(counts, axis=1, keepdims=True).clip(1e-9)
    dense, thin = keep_captions(unit), keep_captions(sparse.csr_array(unit))
    np.testing.assert_allclose(thin.density(sparse.csr_array(unit[:9])), dense.density(unit[:9]), atol=5e-2)


def test_captions_come_back_from_their_arrays():
    captions = keep_captions(KNOWN)
    again = Captions.from_arrays(captions.arrays())
    assert (again.density(ASKED) == captions.density(ASKED)).all()


def test_too_few_captions_are_refused():
    with pytest.raises(PPPError, match="at least 20 captions, got 19"):
        keep_captions(KNOWN[:19])


def test_rarity_is_what_counting_by_hand_gives():
    texts = ["A red fox on a sofa", "the red dog", "a red fox", "one grey boat", "a fox", ""]
    sets = [{"red", "fox", "sofa"}, {"red", "dog"}, {"red", "fox"}, {"grey", "boat"}, {"fox"}, set()]
    got = WordRarity.of(texts).features(["Red fox, red sofa; dog zebra?"])[0]
    words, n = ["red", "fox", "sofa", "dog", "zebra"], 6

    def log_share(*wanted):
        return np.log((sum(set(wanted) <= one for one in sets) + 0.5) / n)

    alone = [log_share(word) for word in words]
    paired = [log_share(*two) for two in combinations(words, 2)]
    information = [log_share(*two) - log_share(two[0]) - log_share(two[1]) for two in combinations(words, 2)]
    expected = {
        "log-share-of-words-mean": np.mean(alone),
        "log-share-of-words-least": min(alone),
        "log-share-of-words-most": max(alone),
        "log-share-of-words-least-two": np.mean(sorted(alone)[:2]),
        "log-share-of-words-spread": np.std(alone),
        "log-share-of-words-sum": sum(alone),
        "log-share-of-pairs-mean": np.mean(paired),
        "log-share-of-pairs-least": min(paired),
        "log-share-of-pairs-most": max(paired),
        "log-share-of-pairs-most-three": np.mean(sorted(paired)[-3:]),
        "information-of-pairs-mean": np.mean(information),
        "information-of-pairs-most": max(information),
        "content-words": 5,
        "words": 6,
        "words-in-no-caption": 1,
        "words-in-under-five-captions": 5,
    }
    assert tuple(expected) == RARITY_NAMES
    np.testing.assert_allclose(got, list(expected.values()))


def test_rarity_of_a_caption_is_that_among_the_others():
    texts = [*PAIRS, "a lone zebra on the moon"]
    inside = WordRarity.of(texts).features(texts[-1:])
    outside = WordRarity.of(PAIRS).features(texts[-1:])
    np.testing.assert_allclose(inside, outside)


@pytest.mark.parametrize(
    "prompt", ["", "?!", "the of a", "fox", "zebra", "w " * 500, " ".join(map(str, range(500)))]
)
def test_rarity_of_odd_prompts_is_finite(prompt):
    assert np.isfinite(WordRarity.of(PAIRS).features([prompt])).all()
    assert np.isfinite(WordRarity.of(["", "the"]).features([prompt])).all()


def test_rarity_comes_back_from_its_arrays():
    rarity = WordRarity.of([*PAIRS, "", "élan 山"])
    again = WordRarity.from_arrays(rarity.arrays())
    asked = [*PAIRS, "élan 山", "zebra", "", "fox cat dog"]
    assert (again.features(asked) == rarity.features(asked)).all()


@pytest.fixture(scope="module")
def crowded():
    """Vectors of which half stand in a crowd; what is observed is the log of how many stand near."""
    rng = np.random.default_rng(5)
    crowd = rng.normal(size=(12, 16)).repeat(25, axis=0) + 0.3 * rng.normal(size=(300, 16))
    vectors = np.concatenate([crowd, rng.normal(size=(300, 16))]).astype(np.float32)[rng.permutation(600)]
    near = (cosine_similarity(vectors) > 0.7).sum(axis=1)
    zeros = np.zeros(600, int)
    reading = Reading([f"thing {n}" for n in range(600)], vectors, zeros, zeros)
    return reading, np.log(near)


def test_it_learns_from_how_many_stand_near(crowded):
    reading, observed = crowded
    known, asked = np.arange(400), np.arange(400, 600)
    predicted = CaptionDensity().fit(reading.rows(known), observed[known]).predict(reading.rows(asked))
    assert np.corrcoef(predicted, observed[asked])[0, 1] > 0.85


def test_permuted_labels_leave_nothing_to_learn(crowded):
    reading, observed = crowded
    known, asked = np.arange(400), np.arange(400, 600)
    mixed = np.random.default_rng(1).permutation(observed)
    predicted = CaptionDensity().fit(reading.rows(known), mixed[known]).predict(reading.rows(asked))
    assert abs(np.corrcoef(predicted, mixed[asked])[0, 1]) < 3 / np.sqrt(200)


def test_arrays_make_the_same_predictor_and_stay_small(crowded):
    reading, observed = crowded
    fitted = CaptionDensity().fit(reading, observed)
    arrays = fitted.arrays()
    again = CaptionDensity.from_arrays(arrays)
    assert (again.predict(reading) == fitted.predict(reading)).all()
    assert arrays["points"].dtype == np.int8


def test_a_prompt_unlike_all_is_not_extrapolated_to(crowded):
    reading, observed = crowded
    fitted = CaptionDensity().fit(reading, observed)
    lowest = fitted.predict(reading).min()
    strange = Reading(["zebra " * 80 + "moon"], -reading.layers.mean(axis=0)[None] * 50, [81], [0])
    assert abs(fitted.predict(strange)[0] - lowest) < 2 * np.ptp(observed)


def test_captions_of_ones_own_are_used_in_place_of_the_training_prompts(crowded):
    reading, observed = crowded
    few = reading.rows(np.arange(60))
    made = CaptionDensity().fit(few, observed[:60], **fit_options(CaptionDensity, captions=reading))
    assert made.captions.points.steps.shape[0] == 600
    assert CaptionDensity().fit(few, observed[:60]).captions.points.steps.shape[0] == 60


def test_captions_for_a_predictor_that_takes_none_are_refused(crowded):
    with pytest.raises(PPPError, match=r"linear-probe reads no captions .* do: caption-density\."):
        fit_options(LinearProbe, captions=crowded[0])


def test_the_table_of_densities_has_a_row_a_prompt():
    captions = PAIRS * 2
    encoder = Tfidf().fit(captions)
    frame = caption_density(encoder, captions, ["a red fox", "two purple zebras"])
    assert frame["prompt"].tolist() == ["a red fox", "two purple zebras"]
    assert frame.columns.tolist() == ["prompt", *DENSITY_NAMES, *RARITY_NAMES]
    assert frame["mean-cosine"].is_monotonic_decreasing
    assert frame["words-in-no-caption"].tolist() == [0, 2]
    direct = keep_captions(read_prompts(encoder, captions).view("last"))
    asked = encoder.encode(["a red fox", "two purple zebras"]).vectors
    assert np.array_equal(frame[list(DENSITY_NAMES)].to_numpy(), direct.density(asked))
