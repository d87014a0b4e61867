"""Evaluations: coefficients against scipy, what is told, what is kept."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ppp_core.errors import PPPError
from ppp_core.retrieval import (
    MEASURES,
    POST_RETRIEVAL,
    as_ranking,
    evaluate_retrieval,
    export,
    measure_queries,
    rank_vectors,
    read_ranking,
)


@pytest.fixture(scope="module")
def evaluated(make_ranking):
    ranking, _ = make_ranking(40, 4, 8, noise=0.6, others=40, k=60)
    return ranking, evaluate_retrieval(ranking, resamples=300)


def test_coefficients_are_scipys(evaluated):
    _, found = evaluated
    for row in found.correlations.sample(15, random_state=0).itertuples():
        column = row.predictor if row.predictor != "text-probe" else f"text-probe {row.measure}"
        x, y = found.per_query[column], found.per_query[row.measure]
        assert row.n == 40
        assert row.pearson == pytest.approx(stats.pearsonr(x, y).statistic)
        assert row.spearman == pytest.approx(stats.spearmanr(x, y).statistic)
        assert row.kendall == pytest.approx(stats.kendalltau(x, y).statistic)
        assert row.pearson_low < row.pearson < row.pearson_high


def test_every_predictor_meets_every_measure(evaluated):
    ranking, found = evaluated
    seen = found.correlations.groupby("predictor", sort=False)["measure"].agg(list)
    assert list(seen.index) == list(POST_RETRIEVAL)
    for name, measures in seen.items():
        assert measures == (["P@10", "RR"] if name == "text-probe" else list(MEASURES))
    assert (found.name, found.n_queries, found.n_images, found.k) == ("made", 40, 200, 60)
    assert found.absent == {}
    assert found.notes == (
        "What is learned was learned from other queries: five folds, by the text of the prompt.",
    )
    assert list(found.per_query)[:4] == ["query_id", "prompt", "n_relevant", "P@10"]
    assert found.per_query["n_relevant"].eq(4).all()
    pd.testing.assert_frame_equal(found.per_query[list(MEASURES)], measure_queries(ranking))
    assert found.calibration.n == 40 * 60


def test_it_is_the_same_again_and_json(evaluated):
    (ranking, found), steps = evaluated, []
    again = evaluate_retrieval(ranking, resamples=300, progress=lambda *step: steps.append(step))
    assert steps == [(number, 6) for number in range(1, 7)]
    assert again.as_dict() == found.as_dict()
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert set(told) == {
        "name", "encoder", "n_queries", "n_images", "k", "measures", "correlations", "absent",
        "calibration", "confidence", "resamples", "seed", "notes",
    }  # fmt: skip
    assert set(told["correlations"][0]) == {
        "predictor", "title", "family", "direction", "measure", "n", "pearson", "pearson_low", "pearson_high",
        "spearman", "spearman_low", "spearman_high", "kendall", "kendall_low", "kendall_high",
    }  # fmt: skip
    assert set(told["measures"][0]) == {"name", "title", "value", "low", "high", "about"}
    assert set(told["calibration"]) == {"n", "mean", "rate", "brier", "brier_rate", "error", "bins"}
    other = evaluate_retrieval(ranking, resamples=300, seed=1)
    assert not other.measures["low"].equals(found.measures["low"])


def test_a_run_says_what_it_lacks():
    run = {f"q{i}": {f"d{j}": (10.0 + i) / (1 + j) for j in range(12)} for i in range(12)}
    qrels = {f"q{i}": {f"d{i % 4}": 1, f"d{i}": 1} for i in range(12)} | {"none": {"d1": 1}}
    found = evaluate_retrieval(as_ranking(run, qrels), resamples=100)
    assert (found.encoder, found.n_queries, found.n_images) == ("", 13, 12)
    assert found.per_query.loc[12, list(MEASURES)].eq(0).all()
    assert found.correlations["n"].eq(12).all(), "what was not answered is not predicted"
    assert "The corpus' score, which a run does not tell, is the mean score of what it found." in found.notes
    assert {"length", "clarity", "text-probe"} <= set(found.absent)
    assert "prompt" not in found.per_query


def test_constant_sides_and_few_queries_are_no_error():
    run = {f"q{i}": {"a": 1.0 + i, "b": 0.5} for i in range(5)}
    found = evaluate_retrieval(as_ranking(run, {f"q{i}": {"a": 1} for i in range(5)}), resamples=100)
    assert found.correlations["pearson"].isna().all(), "every query is answered perfectly"
    assert found.as_dict()["correlations"][0]["pearson"] is None
    few = evaluate_retrieval(as_ranking(run, {"q1": {"a": 1}, "q2": {"b": 1}}), resamples=100)
    assert few.correlations.empty
    assert "Correlations need at least 4 queries, got 2." in few.notes
    assert few.as_dict()["correlations"] == []


def test_options_are_checked(evaluated):
    ranking, _ = evaluated
    with pytest.raises(PPPError, match=r"Unknown predictor 'clarty'\. Did you mean 'clarity'"):
        evaluate_retrieval(ranking, names=["clarty"])
    with pytest.raises(PPPError, match="at least 100 resamples, got 10"):
        evaluate_retrieval(ranking, names=["nqc"], resamples=10)


def test_what_is_exported_is_read_back(tmp_path):
    random = np.random.default_rng(0)
    text, image = random.normal(size=(12, 4)), random.normal(size=(50, 4))
    relevant = [random.choice(50, 3, replace=False) for _ in range(12)]
    queries = {"query_ids": [f"p {i}" for i in range(12)], "queries": [f"=prompt\t{i}" for i in range(12)]}
    ranking = rank_vectors(text, image, relevant, k=None, **queries)
    found = evaluate_retrieval(ranking, resamples=100)
    written = export(ranking, found, tmp_path / "new" / "folder")
    assert [one.name for one in written] == [
        "run.txt", "qrels.txt", "queries.tsv", "queries.csv", "queries.parquet",
    ]  # fmt: skip
    assert sorted(one.name for one in written[0].parent.iterdir()) == sorted(one.name for one in written)
    read = read_ranking(*written[:2], queries=written[2], k=None)
    pd.testing.assert_frame_equal(measure_queries(read), measure_queries(ranking))
    again = evaluate_retrieval(read, names=["top-score", "length"], resamples=100)
    np.testing.assert_allclose(again.per_query["top-score"], found.per_query["top-score"], atol=1e-6)
    assert again.per_query["length"].tolist() == found.per_query["length"].tolist()
    table = pd.read_parquet(written[4])
    pd.testing.assert_frame_equal(table, found.per_query, check_dtype=False)
    assert "'=prompt" in written[3].read_text()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PPPError, match="file is a file; a folder to write into was wanted"):
        export(ranking, found, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
