"""The ensemble: fair weights, what each member adds, saved and read again."""

import numpy as np
import pytest

from ppp_core.predictors.ensemble import MEMBERS, Ensemble
from ppp_core.predictors.reading import Reading

N = 160
WORDS = ("cat", "dog", "bus", "tree", "park", "night", "snow", "street", "red", "old")


@pytest.fixture(scope="module")
def made():
    """Prompts of random words; what is observed comes from one word, and from the vectors."""
    random = np.random.default_rng(0)
    chosen = random.random((N, len(WORDS))) < 0.4
    chosen[:, 0] |= ~chosen.any(axis=1)
    prompts = [" ".join(word for word, is_in in zip(WORDS, row, strict=True) if is_in) for row in chosen]
    prompts = [f"{prompt} {number}" for number, prompt in enumerate(prompts)]
    layers = random.normal(size=(N, 3, 12)).astype(np.float32)
    observed = chosen[:, 8] + layers[:, 2, 0] + 0.3 * random.normal(size=N)
    tokens = np.array([len(prompt.split()) for prompt in prompts])
    return Reading(prompts, layers, tokens, np.zeros(N, dtype=int)), observed


@pytest.fixture(scope="module")
def fitted(made):
    return Ensemble().fit(*made)


def pearson(x, y):
    return np.corrcoef(x, y)[0, 1]


def test_it_is_about_as_good_as_its_best_member_or_better(fitted, made):
    whole = pearson(fitted.out_of_fold, made[1])
    assert whole >= max(one.alone for one in fitted.contributions) - 0.02


def test_no_weight_is_negative_and_useless_members_are_left_out(fitted):
    assert (fitted.weights[:-1] > 0).all()
    assert len(fitted.members) == len(fitted.weights) - 1
    shares = {one.name: one.weight for one in fitted.contributions}
    assert sum(shares.values()) == pytest.approx(1)
    assert {name for name, share in shares.items() if share > 0} == set(fitted.members)


def test_what_a_member_adds_is_what_is_lost_without_it(fitted):
    adds = {one.name: one.adds for one in fitted.contributions}
    assert adds["density-probe"] > 0.1
    assert adds["density-probe"] > adds["caption-density"]
    assert fitted.report()[0].keys() == {"name", "alone", "weight", "adds"}


def test_adapted_scores_are_used_where_the_reading_has_them(made):
    reading, observed = made
    random = np.random.default_rng(1)
    adapted = (observed + 0.2 * random.normal(size=N))[:, None].astype(np.float32)
    with_scores = Reading(reading.prompts, reading.layers, reading.tokens, reading.truncated, adapted)
    shares = {one.name: one.weight for one in Ensemble().fit(with_scores, observed).contributions}
    assert "adapted-minilm" in shares
    assert shares["adapted-minilm"] > 0.5


def test_members_that_need_layers_are_left_out_without_them(made):
    reading, observed = made
    flat = Reading(reading.prompts, reading.layers[:, -1], reading.tokens, reading.truncated)
    names = [one.name for one in Ensemble().fit(flat, observed).contributions]
    assert "density-probe" not in names
    assert set(names) <= set(MEMBERS)


def test_permuted_values_teach_nothing(made):
    reading, observed = made
    shuffled = np.random.default_rng(5).permutation(observed)
    assert abs(pearson(Ensemble().fit(reading, shuffled).out_of_fold, shuffled)) < 3 / np.sqrt(N)


def test_out_of_fold_predictions_do_not_see_their_own_value(made):
    """A value changed to something absurd must not pull its own prediction towards it."""
    reading, observed = made
    spoilt = observed.copy()
    spoilt[7] += 60
    fair, pulled = (Ensemble().fit(reading, values) for values in (observed, spoilt))
    assert abs(pulled.out_of_fold[7] - fair.out_of_fold[7]) < 6


def test_arrays_give_the_same_predictions(fitted, made):
    again = Ensemble.from_arrays(fitted.arrays())
    assert list(again.members) == list(fitted.members)
    np.testing.assert_allclose(again.predict(made[0]), fitted.predict(made[0]), rtol=1e-6)


def test_nothing_to_learn_gives_the_mean(made):
    reading, _ = made
    constant = Ensemble().fit(reading, np.full(N, 1.5))
    np.testing.assert_allclose(constant.predict(reading.rows(np.arange(3))), 1.5, atol=1e-6)
    np.testing.assert_allclose(Ensemble.from_arrays(constant.arrays()).predict(reading), 1.5, atol=1e-6)
