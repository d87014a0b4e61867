"""The weighted mean of neighbours against scikit-learn's, and how its two settings are chosen."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import KNeighborsRegressor

from ppp_core.predictors.nearest_mean import NEIGHBOURS, TEMPERATURES, NearestMean

RNG = np.random.default_rng(4)
VECTORS = RNG.normal(size=(240, 12)).astype(np.float32)
UNIT = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
OBSERVED = 2 * UNIT[:, 0] - UNIT[:, 3] + RNG.normal(0, 0.1, 240)


def reference(points, count, temperature):
    """scikit-learn's neighbours by squared distance of unit vectors, 2 - 2 cosine, in its own weighting."""
    return KNeighborsRegressor(
        count, weights=lambda distances: np.exp((1 - distances**2 / 2) / temperature), algorithm="brute"
    )


def test_it_is_the_weighted_mean_of_the_nearest():
    fitted = NearestMean().fit(VECTORS[:200], OBSERVED[:200])
    points = fitted.known.points.values
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    model = reference(points, fitted.n_neighbours, fitted.temperature).fit(points, OBSERVED[:200])
    predicted = fitted.predict(VECTORS[200:])
    assert predicted.dtype == np.float64
    np.testing.assert_allclose(predicted, model.predict(UNIT[200:]), atol=1e-3)
    assert np.corrcoef(predicted, OBSERVED[200:])[0, 1] > 0.8


def test_its_settings_are_those_of_the_least_error_when_each_prompt_is_left_out():
    fitted = NearestMean().fit(VECTORS, OBSERVED)
    points = fitted.known.points.values
    cosines = cosine_similarity(points)
    np.fill_diagonal(cosines, -np.inf)
    errors = {}
    for count in NEIGHBOURS:
        for temperature in TEMPERATURES:
            rows = np.argsort(-cosines, axis=1)[:, :count]
            weights = np.exp(np.take_along_axis(cosines, rows, axis=1) / temperature)
            mean = (weights * OBSERVED[rows]).sum(axis=1) / weights.sum(axis=1)
            errors[count, temperature] = np.square(mean - OBSERVED).mean()
    assert (fitted.n_neighbours, fitted.temperature) == min(errors, key=errors.get)


def test_a_prompt_that_is_asked_for_again_counts_itself():
    values = RNG.normal(size=240)
    fitted = NearestMean().fit(VECTORS, values)
    fitted.n_neighbours, fitted.temperature = 5, 0.01
    np.testing.assert_allclose(fitted.predict(7 * VECTORS), values, atol=0.05)


def test_permuted_labels_leave_nothing_to_learn():
    mixed = np.random.default_rng(8).permutation(OBSERVED)
    predicted = NearestMean().fit(VECTORS[:140], mixed[:140]).predict(VECTORS[140:])
    assert abs(np.corrcoef(predicted, mixed[140:])[0, 1]) < 3 / np.sqrt(100)


@pytest.mark.parametrize("n", [20, 37])
def test_few_prompts_are_enough(n):
    fitted = NearestMean().fit(VECTORS[:n], OBSERVED[:n])
    assert fitted.n_neighbours < n
    assert np.isfinite(fitted.predict(VECTORS)).all()


def test_arrays_make_the_same_predictor():
    fitted = NearestMean().fit(VECTORS, OBSERVED)
    again = NearestMean.from_arrays(fitted.arrays())
    assert (again.predict(VECTORS) == fitted.predict(VECTORS)).all()
