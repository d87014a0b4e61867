"""The kernel regression on layers, density and wording, against scikit-learn on its own points."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import euclidean_distances

from ppp_core.errors import PPPError
from ppp_core.predictors.density_probe import (
    DENSITY_SHARE,
    PENALTIES,
    DensityProbe,
    _block,
    _fit_block,
    _spread,
)
from ppp_core.predictors.kernels import squared_distances
from ppp_core.predictors.multilayer_probe import MultilayerProbe
from ppp_core.predictors.reading import Reading

N = 200


def made(seed=0):
    """Two crowds and strays; what is observed is how crowded it is, but only for scenes of one kind."""
    random = np.random.default_rng(seed)
    crowds = random.normal(size=(2, 10)) * 3
    kind = random.integers(0, 2, N)
    stray = random.random(N) < 0.5
    last = crowds[kind] + random.normal(size=(N, 10)) * np.where(stray, 2.5, 0.3)[:, None]
    layers = np.stack([random.normal(size=(N, 10)), last], axis=1).astype(np.float32)
    prompts = [f"a thing number {number} in a place" for number in range(N)]
    observed = np.where(kind == 1, ~stray, 0.5) + 0.1 * random.normal(size=N)
    return Reading(prompts, layers, np.full(N, 6), np.zeros(N, int)), observed


def test_it_is_kernel_ridge_on_its_own_points():
    reading, observed = made()
    probe = DensityProbe().fit(reading, observed)
    kept = probe.arrays()
    points = kept["points"].astype(np.float32) * kept["points_scale"]
    width, penalty, centre = kept["kernel"]
    assert width == pytest.approx(np.median(euclidean_distances(points, squared=True)) / 2, rel=1e-4)
    assert penalty in PENALTIES
    kernel = 1 / (1 + squared_distances(points, points) / width)
    reference = KernelRidge(alpha=penalty, kernel="precomputed").fit(kernel, observed - centre)
    asked = probe._point(reading)
    expected = reference.predict(1 / (1 + squared_distances(asked, points) / width)) + centre
    np.testing.assert_allclose(probe.predict(reading), expected, atol=2e-3)


def test_density_helps_where_density_counts():
    reading, observed = made()
    half = np.arange(N) < N // 2
    inside, outside = np.flatnonzero(half), np.flatnonzero(~half)
    found = [
        np.corrcoef(
            kind()
            .fit(reading.rows(inside).view(kind.reads), observed[inside])
            .predict(reading.rows(outside).view(kind.reads)),
            observed[outside],
        )[0, 1]
        for kind in (DensityProbe, MultilayerProbe)
    ]
    assert found[0] > found[1]
    assert found[0] > 0.5


def test_a_block_has_the_spread_asked_for_and_holds_outliers_back():
    random = np.random.default_rng(1)
    features = np.column_stack([random.normal(5, 2, 400), random.normal(0, 100, 400), np.full(400, 7.0)])
    learned = _fit_block(features, 2, DENSITY_SHARE)
    assert _spread(_block(features, learned)) == pytest.approx(DENSITY_SHARE, rel=1e-6)
    far = _block(np.array([[5.0, 1e9, 7.0]]), learned)
    farthest = _block(np.array([[5.0, features[:, 1].max(), 7.0]]), learned)
    np.testing.assert_allclose(far, farthest)


def test_constant_features_add_nothing():
    learned = _fit_block(np.full((30, 2), 4.0), 2, 1.0)
    np.testing.assert_array_equal(_block(np.array([[9.0, -3.0]]), learned), 0)


def test_one_layer_is_refused():
    reading, observed = made()
    flat = Reading(reading.prompts, reading.layers[:, -1], reading.tokens, reading.truncated)
    with pytest.raises(PPPError, match=r"reads all hidden layers, and this encoder has one"):
        DensityProbe().fit(flat, observed)
