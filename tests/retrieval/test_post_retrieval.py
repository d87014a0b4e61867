"""Every predictor against a plain loop over its formula, and on collections whose answers are known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation import correlate
from ppp_core.retrieval import FAMILIES, POST_RETRIEVAL, as_ranking, measure_queries, predict_queries
from ppp_core.retrieval.image_predictors import visual_words

UNLEARNED = [name for name, one in POST_RETRIEVAL.items() if one.value is not None]
SHALLOW = {"k": 12, "words": 5, "neighbours": 3}


@pytest.fixture(scope="module")
def small(make_ranking):
    """24 prompts of which 30 images each are kept."""
    return make_ranking(24, 4, 5, k=30, noise=0.6, others=40)[0]


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    return math.sqrt(mean([(one - mean(values)) ** 2 for one in values]))


def cosine(one, other):
    return sum(float(a) * float(b) for a, b in zip(one, other, strict=True))


def pearson(x, y):
    above = mean([(a - mean(x)) * (b - mean(y)) for a, b in zip(x, y, strict=True)])
    return above / deviation(x) / deviation(y)


class Plain:
    """The formulas, for one query, in loops."""

    def __init__(self, ranking, row, k):
        self.ranking, self.row = ranking, row
        levels = [(1 + float(one)) / 2 for one in ranking.scores[row]]
        every = [cosine(ranking.text[row], other) for other in ranking.image]
        self.raw, self.levels, self.corpus = [float(s) for s in ranking.scores[row]], levels, mean(every)
        self.corpus_level, self.corpus_sd = (1 + self.corpus) / 2, deviation(every)
        self.k, self.top = k, levels[:k]
        self.images = [ranking.image[doc] for doc in ranking.docs[row][:k]]

    def length(self):
        return len(self.ranking.queries[self.row].split())

    def prompt_density(self):
        others = [one for place, one in enumerate(self.ranking.prompts) if place != self.row]
        near = sorted((cosine(self.ranking.text[self.row], one) for one in others), reverse=True)
        return mean(near[: self.k])

    def top_score(self):
        return self.raw[0]

    def sigma_k(self):
        return deviation(self.top)

    def sigma_max(self):
        return max(deviation(self.top[: one + 1]) for one in range(len(self.top)))

    def nqc(self):
        return deviation(self.top) / abs(self.corpus_level)

    def wig(self):
        return mean([one - self.corpus_level for one in self.top])

    def wig_by_length(self):
        return mean([(one - self.corpus_level) / math.sqrt(self.length()) for one in self.top])

    def smv(self):
        middle = mean(self.top)
        return mean([one * abs(math.log(one / middle)) for one in self.top]) / abs(self.corpus_level)

    def cohesion(self):
        def alike(vectors):
            n = len(vectors)
            return mean([cosine(vectors[i], vectors[j]) for i in range(n) for j in range(n) if i != j])

        return alike(self.images) - alike(list(self.ranking.image))

    def autocorrelation(self):
        scores, around = self.raw[: self.k], []
        for here, mine in enumerate(self.images):
            others = [place for place in range(len(self.images)) if place != here]
            near = sorted(others, key=lambda place: -cosine(mine, self.images[place]))[
                : SHALLOW["neighbours"]
            ]
            around.append(mean([scores[place] for place in near]))
        return pearson(scores, around)

    def clarity(self):
        words = visual_words(self.ranking.image, words=SHALLOW["words"], seed=0)
        weights = [math.exp((one - self.raw[0]) / self.corpus_sd) for one in self.raw[: self.k]]
        bits = 0.0
        for word in set(words.tolist()):
            corpus = mean([float(one == word) for one in words])
            docs = self.ranking.docs[self.row][: self.k]
            documents = [0.6 * (words[doc] == word) + 0.4 * corpus for doc in docs]
            found = sum(w * d for w, d in zip(weights, documents, strict=True)) / sum(weights)
            bits += found * math.log2(found / corpus)
        return bits


@pytest.mark.parametrize("name", UNLEARNED)
def test_it_is_the_plain_loops(small, name):
    predictor = POST_RETRIEVAL[name]
    options = {key: SHALLOW.get(key, value) for key, value in predictor.parameters.items()}
    found = predictor.value(small, **options)
    assert found.shape == (24,)
    for row in range(0, 24, 5):
        known = getattr(Plain(small, row, SHALLOW["k"]), name.replace("-", "_"))()
        assert found[row] == pytest.approx(known, rel=1e-4, abs=1e-6), row


def test_the_table_is_whole():
    assert next(iter(POST_RETRIEVAL)) == "length"
    assert [*dict.fromkeys(one.family for one in POST_RETRIEVAL.values())] == list(FAMILIES)
    for name, one in POST_RETRIEVAL.items():
        assert one.name == name
        assert one.direction in {"+", "-", "?"}
        assert all((one.title, one.formula, one.source))
    assert {"nqc", "wig", "sigma-k", "smv", "clarity", "expected-p10", "expected-rr"} <= set(POST_RETRIEVAL)


@pytest.mark.parametrize("name", [name for name, one in POST_RETRIEVAL.items() if one.direction == "+"])
def test_where_answers_are_known_it_tells_good_from_bad(made, name):
    """Prompts' images are ever further from them: what looks at answers must see it."""
    ranking, nearness = made
    measured = measure_queries(ranking)
    assert correlate(nearness, measured["P@10"], resamples=200).pearson.value > 0.7
    values = predict_queries(ranking, measured, names=[name]).values
    if name == "text-probe":  # prompts here tell nothing of how near their images are
        assert abs(correlate(values["text-probe P@10"], measured["P@10"], resamples=200).pearson.value) < 0.4
        return
    assert correlate(values[name], measured["P@10"], resamples=500).pearson.low > 0


def test_where_answers_are_chance_nothing_is_told(make_ranking):
    """Images that have nothing to do with their prompts: no predictor may find something in them."""
    ranking, _ = make_ranking(120, 5, 16, noise=1.0, others=100)
    random = np.random.default_rng(1)
    relevant = random.permutation(len(ranking.doc_ids))[: 120 * 5].reshape(120, 5)
    pairs = zip(ranking.docs, relevant, strict=True)
    rows = [np.flatnonzero(np.isin(docs, mine)) + 1 for docs, mine in pairs]
    blind = replace(ranking, relevant=tuple(relevant), relevant_ranks=tuple(rows))
    measured = measure_queries(blind)
    values = predict_queries(blind, measured).values
    told = {name: correlate(values[name], measured["AP"], resamples=200) for name in values}
    found = {name: one.spearman.value for name, one in told.items()}
    assert max(map(abs, found.values())) < 0.35, found
    assert np.mean(list(found.values())) < 0.15


def test_a_run_gives_what_scores_give():
    run = {f"q{i}": {f"d{j}": (10 + i) / (1 + j) for j in range(15)} for i in range(12)}
    qrels = {f"q{i}": {f"d{i}": 1, "d0": 1} for i in range(12)}
    ranking = as_ranking(run, qrels)
    found = predict_queries(ranking, measure_queries(ranking))
    assert set(found.values) == {
        "top-score", "sigma-k", "sigma-max", "nqc", "wig", "smv", "expected-p10", "expected-rr",
    }  # fmt: skip
    assert found.absent["length"] == "it needs the texts of the queries (--queries FILE)"
    assert found.absent["wig-by-length"] == found.absent["length"]
    assert found.absent["prompt-density"] == "it needs vectors of the prompts, which an encoder gives"
    assert found.absent["clarity"] == "it needs vectors of the images, which an encoder gives"
    told = as_ranking(run, qrels, queries={f"q{i}": "a fox" for i in range(12)})
    assert {"length", "wig-by-length"} <= set(predict_queries(told, measure_queries(told)).values)


def test_what_is_undefined_is_not_given():
    """Scores below zero have no logarithm; a query that found nothing has no scores."""
    run = {f"q{i}": {"a": -1.0, "b": -2.0 - i} for i in range(4)}
    ranking = as_ranking(run, {**{f"q{i}": {"a": 1} for i in range(4)}, "none": {"a": 1}})
    found = predict_queries(ranking, measure_queries(ranking))
    assert found.absent["smv"] == "it is undefined for every query"
    assert found.absent["expected-p10"].startswith("Learning relevance from other queries needs at least 10")
    assert found.values["wig"].isna().tolist() == [False] * 4 + [True]
    assert found.values["sigma-max"].isna().tolist() == [False] * 4 + [True]
    assert found.values.loc[0, "top-score"] == -1


def test_names_and_numbers_are_checked(small):
    measured = measure_queries(small)
    assert list(predict_queries(small, measured, names=["wig", "nqc"]).values) == ["wig", "nqc"]
    with pytest.raises(PPPError, match=r"Unknown predictor 'nqq'\. Did you mean 'nqc'"):
        predict_queries(small, measured, names=["nqq"])
    with pytest.raises(PPPError, match="measures of 24 queries, got 23"):
        predict_queries(small, measured[:23])
    with pytest.raises(PPPError, match="At least one query was wanted, got none"):
        predict_queries([], measured)


def test_several_rankings_are_one_after_the_other(small):
    parts = [small.rows(np.arange(10)), small.rows(np.arange(10, 24))]
    measured = measure_queries(small)
    whole, joined = (predict_queries(one, measured) for one in (small, parts))
    assert joined.absent == {"text-probe": "it needs vectors of all prompts by one encoder"}
    for name in joined.values:
        np.testing.assert_allclose(joined.values[name], whole.values[name], err_msg=name)
    told = predict_queries(parts, measured, text=small.text)
    np.testing.assert_allclose(told.values["text-probe RR"], whole.values["text-probe RR"])
    assert told.calibration == whole.calibration


def test_visual_words():
    random = np.random.default_rng(0)
    centres = np.eye(8, dtype=np.float32)[:4]
    vectors = np.repeat(centres, 25, axis=0) + 0.01 * random.normal(size=(100, 8)).astype(np.float32)
    words = visual_words(vectors, words=4)
    assert sorted(set(words)) == [0, 1, 2, 3]
    assert all(len(set(words[start : start + 25])) == 1 for start in range(0, 100, 25))
    assert sorted(set(visual_words(np.repeat(centres[:2], 10, axis=0), words=50))) == [0, 1]
