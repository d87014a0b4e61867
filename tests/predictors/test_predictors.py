"""Every predictor against an independent reference, and against itself after a trip through the disk."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError
from ppp_core.evaluation.after.training import SEEING
from ppp_core.evaluation.training import train
from ppp_core.predictors import PREDICTORS, predictor_class
from ppp_core.predictors.artefact import load_trained, save_trained
from ppp_core.predictors.compact import compact
from ppp_core.predictors.length import Length
from ppp_core.predictors.linear import PENALTIES
from ppp_core.predictors.linear_probe import LinearProbe
from ppp_core.predictors.linguistic import Linguistic
from ppp_core.predictors.linguistic_features import linguistic_features
from ppp_core.predictors.multilayer_probe import PENALTIES as KERNEL_PENALTIES
from ppp_core.predictors.multilayer_probe import LayerMap, MultilayerProbe
from ppp_core.predictors.reading import Reading

RNG = np.random.default_rng(7)
VECTORS = RNG.normal(size=(150, 12)).astype(np.float32) * np.arange(1, 13, dtype=np.float32) + 3
OBSERVED = VECTORS[:, 0] - 0.2 * VECTORS[:, 5] + RNG.normal(0, 1.0, 150)
LAYERS = RNG.normal(size=(120, 3, 16)).astype(np.float32)
BENT = np.sin(2 * LAYERS[:, 2, 0]) + LAYERS[:, 0, 1] ** 2 + RNG.normal(0, 0.1, 120)
PROMPTS = [f"{'very ' * (n % 5)}{word} fox" for n in range(8) for word in ("red", "enormous", "of, the")]
ADAPTED = (BENT[:, None] + RNG.normal(size=(120, 2))).astype(np.float32)
READING = Reading(
    [f"{PROMPTS[n % len(PROMPTS)]} {n}" for n in range(120)],
    LAYERS,
    np.full(120, 3),
    np.zeros(120, int),
    ADAPTED,
)
OWN_TESTS = {
    "finetuned-transformer": "tunes a model",
    "adapted-minilm": "adapts MiniLM",
    "transfer-probe": "same",
    "image-probe": "sees pictures",
    "correlation-cnn": "same",
}
"""Those that cannot work with made words, and why; their own tests take them through the disk."""


def _reference_ridge(features, observed):
    """The penalty by leaving out one prompt after the other, the fit by scikit-learn's own pipeline."""
    standardised = StandardScaler().fit_transform(features)
    grid, scoring = {"alpha": PENALTIES}, "neg_mean_squared_error"
    search = GridSearchCV(Ridge(), grid, scoring=scoring, cv=LeaveOneOut()).fit(standardised, observed)
    return make_pipeline(StandardScaler(), Ridge(**search.best_params_)).fit(features, observed)


def test_linear_probe_is_ridge_on_standardised_features():
    reference = _reference_ridge(VECTORS.astype(np.float64), OBSERVED)
    predicted = LinearProbe().fit(VECTORS, OBSERVED).predict(VECTORS)
    assert predicted.dtype == np.float64
    np.testing.assert_allclose(predicted, reference.predict(VECTORS), atol=2e-5)


def test_linear_probe_on_sparse_vectors_is_plain_ridge():
    features = sparse.csr_array(np.where(np.abs(VECTORS) > 4, VECTORS, 0))
    folds = KFold(5, shuffle=True, random_state=0)
    reference = GridSearchCV(Ridge(), {"alpha": PENALTIES[:3]}, scoring="neg_mean_squared_error", cv=folds)
    reference.fit(features.toarray().astype(np.float64), OBSERVED)
    predicted = LinearProbe().fit(features, OBSERVED).predict(features)
    np.testing.assert_allclose(predicted, reference.predict(features.toarray()), atol=2e-3)


def test_constant_feature_has_no_weight_and_shift_of_features_changes_nothing():
    with_constant = np.column_stack([VECTORS, np.full(len(VECTORS), 9, np.float32)])
    probe = LinearProbe().fit(with_constant, OBSERVED)
    assert probe.head.weights[-1] == 0
    np.testing.assert_allclose(
        probe.predict(with_constant), LinearProbe().fit(VECTORS, OBSERVED).predict(VECTORS), atol=1e-4
    )


def test_length_predicts_from_lengths_alone():
    lengths = np.array([[len(p), len(p.split()), p.count(",") + 1] for p in PROMPTS], dtype=float)
    observed = lengths @ [0.1, 0.5, -1.0]
    reference = _reference_ridge(lengths, observed)
    predicted = Length().fit(PROMPTS, observed).predict(PROMPTS)
    np.testing.assert_allclose(predicted, reference.predict(lengths), atol=1e-5)


def test_linguistic_predicts_from_its_eight_features():
    features = linguistic_features(PROMPTS)
    observed = features[:, 1] * 0.5 + features[:, 2]
    reference = _reference_ridge(features, observed)
    predicted = Linguistic().fit(PROMPTS, observed).predict(PROMPTS)
    np.testing.assert_allclose(predicted, reference.predict(features), atol=1e-5)


def test_multilayer_probe_is_kernel_ridge_on_its_own_components():
    probe = MultilayerProbe().fit(LAYERS, BENT)
    kept = probe.arrays()
    basis = kept["basis"].astype(np.float32) * kept["basis_scale"]
    flat = ((LAYERS - kept["mean"]) * kept["layer_scale"][:, None]).reshape(len(LAYERS), -1)
    components = flat @ basis
    points = kept["points"].astype(np.float32) * kept["points_scale"]
    step = kept["points_scale"]
    assert (np.abs(points - components) <= 0.502 * step + 1e-5).all()  # the training prompts themselves
    width, penalty, centre = kept["kernel"]
    assert width == pytest.approx(np.median(euclidean_distances(points, squared=True)), rel=1e-5)
    assert centre == pytest.approx(BENT.mean())
    assert penalty in KERNEL_PENALTIES
    reference = KernelRidge(alpha=penalty, kernel="rbf", gamma=1 / width).fit(points, BENT - centre)
    expected = reference.predict(components) + centre
    np.testing.assert_allclose(probe.predict(LAYERS), expected, atol=1e-4)
    assert np.corrcoef(expected, BENT)[0, 1] > 0.8


def test_multilayer_components_keep_the_distances_of_scaled_layers():
    probe = MultilayerProbe().fit(LAYERS, BENT)
    kept = probe.arrays()
    spread = np.sqrt(np.square(LAYERS - LAYERS.mean(axis=0)).sum(axis=2).mean(axis=0))
    np.testing.assert_allclose(kept["layer_scale"] * spread, [0.4, 0.9, 1.4], rtol=1e-4)
    mapping = LayerMap(kept["mean"], kept["layer_scale"], compact(np.eye(48)))
    whole = mapping(LAYERS)  # 3 layers of 16, scaled, no component left out
    np.testing.assert_allclose(whole.mean(axis=0), 0, atol=1e-4)


def test_compact_matrix_errs_by_half_a_step_at_most():
    matrix = RNG.normal(size=(50, 4)) * [1, 10, 0.001, 0]
    error = np.abs(compact(matrix).values - matrix)
    assert (error <= np.abs(matrix).max(axis=0) / 127 / 2 * 1.001).all()


@pytest.mark.parametrize("name", sorted(set(PREDICTORS) - {"finetuned-transformer", *SEEING}))
def test_arrays_make_the_same_predictor(name):
    read, observed = {
        "prompts": (PROMPTS, np.arange(len(PROMPTS)) / 3),
        "last": (VECTORS, OBSERVED),
        "all": (LAYERS, BENT),
        "adapted": (ADAPTED, BENT),
        "reading": (READING, BENT),
    }[predictor_class(name).reads]
    fitted = predictor_class(name)().fit(read, observed, seed=3)
    again = predictor_class(name).from_arrays(fitted.arrays())
    assert again.name == name
    assert (again.predict(read) == fitted.predict(read)).all()


@pytest.mark.parametrize("name", sorted(set(PREDICTORS) - set(OWN_TESTS)))
def test_five_lines_from_data_to_a_loaded_prediction(name, made_data, words_encoder, tmp_path):
    fitted = train(made_data, predictor=name, encoder=words_encoder)
    save_trained(fitted, tmp_path / "kept")
    loaded = load_trained(tmp_path / "kept", encoder=words_encoder)
    prompts = ["red fox in the forest", "blue car in the street tiny quiet", "something else"]
    before, after = fitted.predict(prompts), loaded.predict(prompts)
    for one, other in zip(before, after, strict=True):
        assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
        assert (one.percentile, one.distance, one.unfamiliar) == (
            other.percentile,
            other.distance,
            other.unfamiliar,
        )
        assert (one.version, len(other.version)) == ("unsaved", 12)
    assert loaded.predictor.name == loaded.card["predictor"]["name"] == name


@pytest.mark.parametrize("name", ["length", "linear-probe"])
def test_five_lines_with_an_encoder_that_learns(name, made_data, tmp_path):
    fitted = train(made_data, predictor=name, encoder=Tfidf())
    save_trained(fitted, tmp_path / "kept")
    loaded = load_trained(tmp_path / "kept")
    assert loaded.encoder is not fitted.encoder
    prompts = ["red fox in the forest", "one two three"]
    values = [(one.value, one.distance) for one in loaded.predict(prompts)]
    assert values == [(one.value, one.distance) for one in fitted.predict(prompts)]


def test_linear_probe_learns_what_words_are_worth(trained):
    best, worst = trained.predict(["red fox in the forest", "blue car in the street"])
    assert best.value - worst.value == pytest.approx(2 * (1 + 0.5 + 0.25), abs=0.15)
    assert best.value == pytest.approx(2 + 1.75 + 0.5, abs=0.15)
    assert trained.card["held_out"]["pearson"]["value"] > 0.9
    assert best.percentile > 95
    assert worst.percentile < 5


@pytest.mark.parametrize("name", ["linear-probe", "multilayer-probe"])
def test_permuted_labels_leave_nothing_to_learn(name, words_encoder, make_data):
    # judged on a part of their own: out-of-fold predictions of nothing lean the wrong way by themselves
    data = make_data(n_train=300, n_held_out=400, seed=5)
    np.random.default_rng(11).shuffle(data.train.observed)
    found = train(data, predictor=name, encoder=words_encoder).card["held_out"]["pearson"]["value"]
    assert abs(found) < 3 / np.sqrt(400)  # three standard errors of a correlation of nothing


def test_probe_of_all_layers_refuses_an_encoder_of_one(made_data):
    with pytest.raises(PPPError, match=r"reads all hidden layers, and this encoder has one"):
        train(made_data, predictor="multilayer-probe", encoder=Tfidf())


def test_unknown_predictor_is_answered_with_the_near_one():
    with pytest.raises(PPPError, match=r"Unknown predictor 'linear-prob'\. Did you mean 'linear-probe'"):
        predictor_class("linear-prob")


def test_constant_target_is_trained_and_says_that_correlation_is_undefined(words_encoder, make_data):
    data = make_data(n_train=80, n_held_out=0)
    data.train.observed[:] = 3.0
    fitted = train(data, predictor="linear-probe", encoder=words_encoder)
    assert fitted.predict(["red fox"])[0].value == pytest.approx(3.0)
    assert fitted.card["held_out"]["pearson"]["value"] is None
    assert fitted.card["held_out"]["pearson"]["reason"]


def test_predictions_of_one_value_leave_no_figure_that_is_none(words_encoder, make_data, tmp_path):
    data = make_data(n_train=100, n_held_out=80)
    data.train.observed[:] = 3.0
    fitted = train(data, predictor="linear-probe", encoder=words_encoder)
    assert fitted.card["held_out"]["pearson_of_fold_models"] == []
    save_trained(fitted, tmp_path / "kept")
    assert "NaN" not in (tmp_path / "kept" / "card.json").read_text()
