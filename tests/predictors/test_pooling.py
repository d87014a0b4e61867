"""How pictures and words are weighed: least squares, conformal ends, rows by number of pictures."""

import numpy as np
import pytest
from made_pictures import made_seen
from scipy.optimize import nnls

from ppp_core.predictors.pooling import (
    Pooling,
    combine,
    draw_views,
    ends,
    fit_pooling,
    fit_weights,
    views,
)

RNG = np.random.default_rng(4)
WORDS = RNG.normal(size=200)
PICTURES = RNG.normal(size=(6, 200, 2))


class Known:
    """Gives each picture its own first two dimensions."""

    def image_views(self, seen):
        return seen.base[:, :2].astype(np.float64)


def test_weights_are_least_squares_without_negative_shares():
    observed = 1 + 0.5 * PICTURES[..., 0] - 2 * PICTURES[..., 1] + 0.25 * WORDS
    found = fit_weights(PICTURES, WORDS, observed)
    columns = np.column_stack([PICTURES.reshape(-1, 2), np.tile(WORDS, 6), np.ones(1200), -np.ones(1200)])
    x, _ = nnls(columns, observed.ravel())
    np.testing.assert_allclose(found, [x[3] - x[4], *x[:3]], atol=1e-5)
    assert found[2] == pytest.approx(0, abs=1e-6)


def test_exact_weights_are_recovered():
    observed = 1 + 0.5 * PICTURES[..., 0] + 2 * PICTURES[..., 1] + 0.25 * WORDS
    found = fit_weights(PICTURES, WORDS, observed)
    np.testing.assert_allclose(found, [1, 0.5, 2, 0.25], atol=1e-6)
    np.testing.assert_allclose(combine(found, PICTURES, WORDS), observed, atol=1e-5)


def test_the_row_is_that_of_the_largest_number_not_above():
    drawn = dict.fromkeys((1, 2, 4, 8), PICTURES)
    pooling = fit_pooling(drawn, WORDS, WORDS)
    assert [pooling.row(n) for n in (0, 1, 2, 3, 4, 7, 8, 50)] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_ends_hold_nine_tenths_and_percentiles_are_ranks():
    observed = WORDS + RNG.normal(size=200)
    pooling = fit_pooling({1: PICTURES[:1]}, WORDS, observed, image_residuals=RNG.normal(size=5000))
    values = pooling.value(PICTURES[0], WORDS, 1)
    low, high = pooling.interval(values, 1)
    assert ((low <= observed) & (observed <= high)).mean() == pytest.approx(0.9, abs=0.02)
    np.testing.assert_allclose(pooling.image_ends, [-1.645, 1.645], atol=0.12)
    assert pooling.percentile(np.array([-99.0, np.median(values), 99.0]), 1) == pytest.approx(
        [0, 50, 100], abs=1
    )


def made_draws(rng, n, draws):
    """Prompts whose own worth their pictures show in noise, (draws, n, 2), and their words in part."""
    words, own = rng.normal(size=(2, n))
    observed = 0.5 * words + own + rng.normal(0, 0.7, n)
    return np.stack([own + rng.normal(0, sd, (draws, n)) for sd in (0.5, 1)], axis=-1), words, observed


@pytest.mark.parametrize("n", [22, 30, 60])
def test_intervals_hold_what_they_promise_however_many_draws_a_prompt_has(n):
    rng, inside = np.random.default_rng(5), []
    for _ in range(150):
        pooling = fit_pooling({1: (made := made_draws(rng, n, 20))[0]}, made[1], made[2])
        pictures, words, observed = made_draws(rng, 1000, 1)
        low, high = pooling.interval(pooling.value(pictures[0], words, 1), 1)
        inside.append(((low <= observed) & (observed <= high)).mean())
    assert 0.89 <= np.mean(inside) <= 0.97


def test_ends_of_single_values_are_those_of_split_conformal_prediction():
    residuals = RNG.permutation(np.arange(1.0, 100.0))  # 99: the 5th and the 95th of them
    assert ends(residuals, np.arange(99)) == (5, 95)
    assert ends(np.arange(1.0, 20.0), np.arange(19)) == (1, 19)
    assert ends(np.arange(1.0, 19.0), np.arange(18)) == (-np.inf, np.inf)  # 18 prompts bear no end


def test_a_prompt_counts_once_however_many_of_its_values_there_are():
    once, of = RNG.normal(size=40), np.arange(40)
    assert ends(np.tile(once, 7), np.tile(of, 7)) == ends(once, of)
    uneven = np.concatenate([once, np.full(500, once[0])])
    assert ends(uneven, np.concatenate([of, np.zeros(500, int)])) == ends(once, of)


def test_pictures_of_a_prompt_are_not_so_many_prompts():
    own = RNG.normal(size=12)
    pictures = np.repeat(own, 10) + 0.1 * RNG.normal(size=120)
    pooling = fit_pooling(
        {1: PICTURES}, WORDS, WORDS, image_residuals=pictures, image_prompts=np.repeat(np.arange(12), 10)
    )
    assert pooling.image_ends.tolist() == [-np.inf, np.inf]


def test_arrays_make_the_same_pooling():
    pooling = fit_pooling({1: PICTURES}, WORDS, WORDS)
    again = Pooling.from_arrays(pooling.arrays())
    np.testing.assert_array_equal(again.value(PICTURES[0], WORDS, 3), pooling.value(PICTURES[0], WORDS, 3))
    assert np.isnan(again.image_ends).all()


def test_drawn_views_are_means_over_what_was_drawn():
    seen, _ = made_seen(30)
    every = draw_views(Known(), seen, (1, 99), draws=3, seed=0)
    assert every[1].shape == (3, 30, 2)
    np.testing.assert_allclose(every[99], np.broadcast_to(views(Known(), seen), (3, 30, 2)))
    for row in range(30):  # a single picture's own
        own = seen.base[seen.prompt_of == row][:, :2]
        assert (np.abs(own[:, None] - every[1][:, row]).sum(axis=2).min(axis=0) < 1e-6).all()


def test_a_predictor_that_sees_all_together_is_asked_anew_for_each_draw():
    class Together:
        def predict(self, seen):
            return seen.counts.astype(float)

    seen, _ = made_seen(30, pictures=4)
    found = draw_views(Together(), seen, (1, 2), draws=2, seed=0)
    assert (found[1] == 1).all()
    assert found[2].shape == (2, 30, 1)
    assert (found[2] == 2).all()
