"""Measures against figures worked out by hand, and against ir_measures on whole rankings."""

import numpy as np
import pandas as pd
import pytest
from ir_measures import AP, RR, P, R, evaluator, nDCG

from ppp_core.retrieval import MEASURES, as_ranking, mean_measures, measure_queries


def ranking_of(*relevant_ranks, grades=None, depth=20, missing=0, k=100):
    """A run of one query whose relevant documents have these ranks, and some that are not in it."""
    run = {f"d{rank}": float(depth - rank) for rank in range(1, depth + 1)}
    judged = dict(zip((f"d{rank}" for rank in relevant_ranks), grades or [1] * 99, strict=False))
    judged |= {f"missing{one}": 1 for one in range(missing)}
    return as_ranking({"q": run}, {"q": judged | {"d20": 0}}, k=k)


def log2(*places):
    return float(np.sum([1 / np.log2(place + 1) for place in places]))


@pytest.mark.parametrize(
    ("ranking", "known"),
    [
        (
            ranking_of(1, 2, 3),
            {"P@10": 0.3, "RR": 1, "RR@10": 1, "nDCG@10": 1, "R@10": 1, "AP": 1},
        ),
        (
            ranking_of(2, 5, 12),
            {
                "P@10": 0.2,
                "RR": 1 / 2,
                "RR@10": 1 / 2,
                "nDCG@10": log2(2, 5) / log2(1, 2, 3),
                "R@10": 2 / 3,
                "AP": (1 / 2 + 2 / 5 + 3 / 12) / 3,
            },
        ),
        (
            ranking_of(11, missing=3),
            {"P@10": 0, "RR": 1 / 11, "RR@10": 0, "nDCG@10": 0, "R@10": 0, "AP": 1 / 11 / 4},
        ),
        (
            ranking_of(1, 3, grades=[1, 4]),
            {
                "P@10": 0.2,
                "RR": 1,
                "RR@10": 1,
                "nDCG@10": (1 + 4 / 2) / (4 + 1 / np.log2(3)),
                "R@10": 1,
                "AP": (1 + 2 / 3) / 2,
            },
        ),
        (
            ranking_of(2, depth=3),
            {"P@10": 0.1, "RR": 0.5, "RR@10": 0.5, "nDCG@10": log2(2), "R@10": 1, "AP": 0.5},
        ),
    ],
)
def test_figures_worked_out_by_hand(ranking, known):
    found = measure_queries(ranking)
    assert list(found) == list(MEASURES)
    for name, value in known.items():
        assert found.loc[0, name] == pytest.approx(value), name


@pytest.mark.parametrize("k", [10, 30, None])
def test_they_are_ir_measures_of_the_whole_ranking(make_ranking, k):
    whole, _ = make_ranking(15, 5, 6, k=None, noise=1.0, others=50)
    kept, _ = make_ranking(15, 5, 6, k=k, noise=1.0, others=50)
    run = {
        name: {str(doc): -float(rank) for rank, doc in enumerate(docs)}
        for name, docs in zip(whole.query_ids, whole.docs, strict=True)
    }
    qrels = {
        name: {str(doc): 1 for doc in docs}
        for name, docs in zip(whole.query_ids, whole.relevant, strict=True)
    }
    found = measure_queries(kept)
    wanted = [P @ 10, RR, RR @ 10, nDCG @ 10, R @ 10, AP]
    seen = 0
    for one in evaluator(wanted, qrels).iter_calc(run):
        row = whole.query_ids.index(one.query_id)
        assert found.loc[row, str(one.measure)] == pytest.approx(one.value, abs=1e-6), one
        seen += 1
    assert seen == 15 * 6
    assert 0 < found["RR"].min() < 0.1


def test_ties_follow_the_rankings_order():
    """trec_eval would order tied documents by name; a ranking says itself what comes first."""
    ranking = as_ranking({"q": {"a": 1.0, "b": 1.0, "c": 1.0}}, {"q": {"c": 1}})
    flipped = ranking.rows([0])
    flipped.docs[0] = flipped.docs[0][::-1]
    assert measure_queries(ranking).loc[0, "nDCG@10"] == 1
    assert measure_queries(flipped).loc[0, "nDCG@10"] == pytest.approx(log2(3))


def test_means_and_their_intervals():
    random = np.random.default_rng(0)
    measured = pd.DataFrame({"P@10": random.random(200), "RR": 0.5})
    found = mean_measures(measured, resamples=4000).set_index("name")
    mean, error = measured["P@10"].mean(), measured["P@10"].std(ddof=0) / 200**0.5
    assert found.loc["P@10", "value"] == pytest.approx(mean)
    assert found.loc["P@10", "low"] == pytest.approx(mean - 1.96 * error, abs=0.1 * error)
    assert found.loc["P@10", "high"] == pytest.approx(mean + 1.96 * error, abs=0.1 * error)
    assert found.loc["RR", ["value", "low", "high"]].tolist() == pytest.approx([0.5, 0.5, 0.5])
    narrower = mean_measures(measured, resamples=4000, confidence=0.5).set_index("name")
    assert narrower.loc["P@10", "low"] > found.loc["P@10", "low"]
    assert found["title"].tolist() == ["P@10", "RR"]
