"""Probabilities of relevance: calibrated, and never told by what they are to tell."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from ppp_core.errors import PPPError
from ppp_core.retrieval import (
    as_ranking,
    calibration,
    expected_precision,
    expected_reciprocal_rank,
    relevance_probabilities,
)
from ppp_core.retrieval.relevance import parts_of, relevance_features


def scored(n=200, depth=30, *, seed=0, slope=2.0):
    """A run whose documents are relevant with a probability that their scores give, and that probability."""
    random = np.random.default_rng(seed)
    scores = -np.sort(-random.normal(size=(n, depth)), axis=1)
    probability = expit(slope * scores - 2)
    hits = random.random((n, depth)) < probability
    hits[:, -1] |= ~hits.any(axis=1)
    run = {f"q{i}": {f"d{j:02d}": float(scores[i, j]) for j in range(depth)} for i in range(n)}
    qrels = {f"q{i}": {f"d{j:02d}": int(hits[i, j]) for j in range(depth)} for i in range(n)}
    return as_ranking(run, qrels), probability, hits


def test_they_are_calibrated_on_made_data():
    ranking, known, hits = scored()
    found = relevance_probabilities(ranking)
    assert np.corrcoef(found.ravel(), known.ravel())[0, 1] > 0.97
    assert np.abs(found - known).mean() < 0.03
    told = calibration(found, hits)
    assert told.error < 0.03
    assert told.mean == pytest.approx(told.rate, abs=0.01)
    assert told.brier < 0.9 * told.brier_rate
    assert all(abs(said - seen) < 0.08 for said, seen in told.bins)
    assert calibration(np.clip(found * 2, 0, 1), hits).error > 0.08, "what is not calibrated is seen"


def test_expectations_hold_on_average():
    ranking, _, hits = scored(400, seed=3)
    found = relevance_probabilities(ranking)
    first = np.array([1 / (np.flatnonzero(one)[0] + 1) for one in hits])
    assert expected_precision(found).mean() == pytest.approx(hits[:, :10].mean(), abs=0.02)
    assert expected_reciprocal_rank(found).mean() == pytest.approx(first.mean(), abs=0.05)


def test_a_querys_own_relevance_does_not_tell():
    """With the folds as they are, turning all judgments of one fold round leaves its probabilities alone."""
    ranking, _, _ = scored(60)
    parts = parts_of(ranking)
    before = relevance_probabilities(ranking, parts=parts)
    _, test = parts[2]
    flipped = list(ranking.relevant)
    for row in test:
        flipped[row] = np.setdiff1d(ranking.docs[row], ranking.relevant[row])
    after = relevance_probabilities(replace(ranking, relevant=tuple(flipped)), parts=parts)
    np.testing.assert_array_equal(after[test], before[test])
    others = np.setdiff1d(np.arange(60), test)
    assert (np.abs(after[others] - before[others]).max(axis=1) > 1e-3).all()


def test_queries_that_say_the_same_are_in_one_fold():
    ranking, _, _ = scored(40)
    queries = [f"Prompt {row}!" for row in range(20)] + [f"prompt {row}" for row in range(20)]
    told = replace(ranking, queries=tuple(queries))
    parts = parts_of(told)
    for learn, test in parts:
        assert not {row % 20 for row in learn} & {row % 20 for row in test}
        assert sorted([*learn, *test]) == list(range(40))
    assert sorted(np.concatenate([test for _, test in parts])) == list(range(40))


def test_features_see_scores_and_images_only(made, make_ranking):
    ranking, _ = made
    found = relevance_features(ranking)
    assert found.shape == (60, 100, 8)
    blind = replace(ranking, relevant=tuple(np.array([0]) for _ in range(60)))
    np.testing.assert_array_equal(relevance_features(blind), found)
    row, place = 3, 4
    vectors = ranking.image[ranking.docs[row]].astype(float)
    others = [vectors[place] @ vectors[other] for other in range(10) if other != place]
    assert found[row, place, 6] == pytest.approx(np.mean(others))
    assert found[row, place, 7] == pytest.approx(vectors[place] @ vectors[0])
    assert found[row, 0, 7] == pytest.approx(vectors[0] @ vectors[1])
    assert found[row, 50, 6] == pytest.approx(np.mean(vectors[:10] @ vectors[50]))
    assert found[row, place, 4] == pytest.approx(ranking.scores[row, 4] - ranking.scores[row, 3])


def test_short_rankings_and_empty_ones():
    run = {f"q{i}": {f"d{j}": float(-j) for j in range(3 + i % 4)} for i in range(20)}
    qrels = {f"q{i}": {f"d{i % 3}": 1} for i in range(20)} | {"none": {"d0": 1}}
    found = relevance_probabilities(as_ranking(run, qrels))
    assert found.shape == (21, 6)
    for row in range(20):
        assert np.isfinite(found[row]).sum() == 3 + row % 4
    assert np.isnan(found[20]).all()
    assert np.isnan(expected_precision(found)).tolist() == [False] * 20 + [True]
    assert np.isnan(expected_reciprocal_rank(found)).tolist() == [False] * 20 + [True]


def test_nothing_to_learn_from():
    run = {f"q{i}": {"a": 1.0, "b": 0.5} for i in range(12)}
    all_relevant = as_ranking(run, {f"q{i}": {"a": 1, "b": 1} for i in range(12)})
    assert np.isnan(relevance_probabilities(all_relevant)).all()
    few = as_ranking({"q": {"a": 1.0}}, {"q": {"a": 1}})
    with pytest.raises(PPPError, match="at least 10 queries, got 1"):
        relevance_probabilities(few)
    with pytest.raises(PPPError, match="at least one probability, got none"):
        calibration(np.full((2, 2), np.nan), np.zeros((2, 2)))


def test_expected_values_by_enumeration():
    """Every outcome of four independent documents, weighted by its probability."""
    p = np.array([0.3, 0.9, 0.05, 0.5])
    precision = reciprocal = 0.0
    for outcome in np.ndindex(2, 2, 2, 2):
        weight = np.prod(np.where(outcome, p, 1 - p))
        hits = np.flatnonzero(outcome)
        precision += weight * len(hits) / 4
        reciprocal += weight * (1 / (hits[0] + 1) if len(hits) else 0)
    assert expected_precision(p[None], k=4).item() == pytest.approx(precision)
    assert expected_reciprocal_rank(p[None]).item() == pytest.approx(reciprocal)
    assert expected_precision(p[None]).item() == pytest.approx(p.sum() / 10)
