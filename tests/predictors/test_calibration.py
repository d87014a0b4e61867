"""Intervals, percentiles, chances and familiarity on simulated data whose answer is known."""

import numpy as np
import pytest
from crepes import ConformalPredictiveSystem
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ppp_core.predictors.calibration import Calibration, fit_calibration
from ppp_core.predictors.familiarity import Familiarity, fit_familiarity

NO_PAIRS = np.array([[0, 1]])


def _simulated(n, rng):
    """Predictions on 0 to 10 whose errors grow with them: exchangeable, not of one width."""
    predicted = rng.uniform(0, 10, n)
    return predicted, predicted + rng.normal(0, 0.2 + 0.3 * predicted)


def _fitted(predicted, observed, **options):
    return fit_calibration(
        predicted, observed, known=predicted, pairs=NO_PAIRS, null_changes=np.zeros(1), **options
    )


def test_coverage_is_ninety_percent_overall_and_in_every_group():
    rng = np.random.default_rng(0)
    rounds, fresh, bins = 60, 500, 5
    inside = np.empty((rounds, bins))
    for number in range(rounds):
        calibration = _fitted(*_simulated(1000, rng))
        predicted, observed = _simulated(fresh, rng)
        low, high = calibration.interval(predicted, lowest=-np.inf, highest=np.inf)
        held = (low <= observed) & (observed <= high)
        group = np.digitize(predicted, calibration.edges)
        inside[number] = [held[group == one].mean() for one in range(bins)]
    # the standard error is measured between rounds, so it holds calibration and test part alike
    mean, error = inside.mean(axis=0), inside.std(axis=0, ddof=1) / np.sqrt(rounds)
    assert (error < 0.008).all()
    assert (np.abs(mean - 0.9) < 4 * error + 2 / 201).all()  # 200 prompts a bin: 90 % to within 2/201
    assert abs(inside.mean() - 0.9) < 4 * error.mean() / np.sqrt(bins) + 2 / 201


def test_one_bin_would_be_wrong_in_groups():
    rng = np.random.default_rng(1)
    calibration = _fitted(*_simulated(4000, rng), n_bins=1)
    predicted, observed = _simulated(4000, rng)
    low, high = calibration.interval(predicted, lowest=-np.inf, highest=np.inf)
    held = (low <= observed) & (observed <= high)
    assert held[predicted < 3].mean() > 0.97
    assert held[predicted > 8].mean() < 0.83


def test_offsets_are_those_of_crepes():
    rng = np.random.default_rng(2)
    predicted, observed = _simulated(700, rng)
    calibration = _fitted(predicted, observed)
    asked = np.array([0.5, 4.0, 9.9])
    residuals, bins = observed - predicted, np.digitize(predicted, calibration.edges)
    system = ConformalPredictiveSystem().fit(residuals, bins=bins, seed=0)
    expected = system.predict_int(asked, bins=np.digitize(asked, calibration.edges), confidence=0.9)
    found = calibration.interval(asked, lowest=-np.inf, highest=np.inf)
    np.testing.assert_allclose(np.column_stack(found), expected)


@pytest.mark.parametrize(("n", "bins"), [(60, 1), (399, 2), (650, 4), (1000, 5), (9000, 5)])
def test_one_bin_for_a_hundred_and_fifty_prompts(n, bins):
    assert len(_fitted(*_simulated(n, np.random.default_rng(3))).below) == bins


def test_short_and_long_prompts_are_calibrated_apart():
    rng = np.random.default_rng(7)

    def simulated(n):
        predicted, words = rng.uniform(0, 10, n), rng.integers(3, 30, n)
        return predicted, predicted + rng.normal(0, np.where(words > 16, 0.5, 2.0)), words

    predicted, observed, words = simulated(4000)
    calibration = _fitted(predicted, observed, words=words)
    assert calibration.length_edge == np.median(words)
    predicted, observed, words = simulated(4000)
    low, high = calibration.interval(predicted, lowest=-np.inf, highest=np.inf, words=words)
    held = (low <= observed) & (observed <= high)
    is_long = words > calibration.length_edge
    # 2,000 prompts a group and 200 a bin: a standard error of about .01
    assert held[is_long].mean() == pytest.approx(0.9, abs=0.04)
    assert held[~is_long].mean() == pytest.approx(0.9, abs=0.04)
    assert (high - low)[is_long].mean() < 0.5 * (high - low)[~is_long].mean()


def test_a_bin_that_ties_leave_empty_takes_the_ends_of_all():
    predicted = np.repeat([1.0, 1.0, 1.0, 2.0], 150)
    observed = predicted + np.random.default_rng(8).normal(size=600)
    calibration = _fitted(predicted, observed)
    low, high = calibration.interval(np.array([0.5, 1.0, 2.0]), lowest=-99, highest=99)
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    assert (low < high).all()


@pytest.mark.filterwarnings("ignore:the no. of calibration examples")
def test_few_prompts_give_the_widest_interval_there_is():
    # five residuals a bin cannot tell 90 %: the ends are the largest residuals seen
    predicted = np.arange(10.0)
    observed = predicted + np.array([-3, 1, 0, 2, -1, 1, -2, 0, 3, 1])
    low, high = _fitted(predicted, observed).interval(predicted, lowest=-9, highest=99)
    assert ((low <= observed) & (observed <= high)).all()
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()


def test_intervals_stay_inside_the_bounds():
    calibration = _fitted(*_simulated(500, np.random.default_rng(4)))
    low, high = calibration.interval(np.array([0.0, 0.1, 9.9, 10.0]), lowest=0, highest=10)
    assert (low >= 0).all()
    assert (high <= 10).all()
    assert low[0] == 0
    assert high[-1] == 10


KNOWN = np.sort(np.random.default_rng(5).normal(size=4000))
GRID = np.linspace(-4, 4, 41)


def test_percentile_is_scipys_on_the_kept_quantiles_and_near_it_on_all():
    calibration = fit_calibration(
        KNOWN, KNOWN, known=KNOWN, pairs=NO_PAIRS, null_changes=np.zeros(1), n_bins=1
    )
    found = calibration.percentile(GRID)
    kept = [stats.percentileofscore(calibration.known, value, kind="mean") for value in GRID]
    whole = [stats.percentileofscore(KNOWN, value, kind="mean") for value in GRID]
    np.testing.assert_allclose(found, kept)
    np.testing.assert_allclose(found, whole, atol=0.51)
    assert found[0] == 0
    assert found[-1] == 100


def test_percentile_of_ties_counts_half():
    calibration = Calibration(*(np.zeros(1),) * 3, known=np.array([1.0, 2, 2, 3]), slope=1.0, noise=0.0)
    assert calibration.percentile(np.array([2.0])).tolist() == [50]


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_chances_of_both_orders_are_one_together(difference, slope):
    calibration = Calibration(*(np.zeros(1),) * 4, slope=slope, noise=0.0)
    there, back = calibration.chance(np.array([difference, -difference]))
    assert there + back == 1
    assert there == pytest.approx(stats.logistic.cdf(slope * difference), abs=1e-12)


def test_slope_of_simulated_duels_is_recovered():
    # Bradley and Terry: each prompt has a strength, who wins a duel is drawn by the logistic curve
    rng = np.random.default_rng(6)
    n, slope = 6000, 1.7
    strength = rng.normal(size=2 * n)
    pairs = np.arange(2 * n).reshape(n, 2)
    chance = 1 / (1 + np.exp(-slope * (strength[pairs[:, 0]] - strength[pairs[:, 1]])))
    observed = np.zeros(2 * n)
    observed[pairs[:, 0]] = np.where(rng.random(n) < chance, 1.0, -1.0)
    found = fit_calibration(strength, observed, known=strength, pairs=pairs, null_changes=np.zeros(1))
    assert found.slope == pytest.approx(slope, rel=0.08)  # standard error about 2.5 %


def test_predictions_that_say_nothing_give_a_slope_near_zero():
    rng = np.random.default_rng(7)
    predicted, observed = rng.normal(size=4000), rng.normal(size=4000)
    pairs = np.arange(4000).reshape(-1, 2)
    found = fit_calibration(predicted, observed, known=predicted, pairs=pairs, null_changes=np.zeros(1))
    assert found.slope < 0.1


def test_noise_is_the_change_that_nine_of_ten_empty_edits_stay_below():
    changes = np.concatenate([np.linspace(-1, 1, 201), [0.0]])
    found = fit_calibration(KNOWN, KNOWN, known=KNOWN, pairs=NO_PAIRS, null_changes=changes, n_bins=1)
    assert found.noise == pytest.approx(np.quantile(np.abs(changes), 0.9))


def test_calibration_comes_back_from_its_arrays():
    calibration = _fitted(*_simulated(400, np.random.default_rng(8)))
    again = Calibration.from_arrays(calibration.arrays())
    assert again.arrays().keys() == calibration.arrays().keys()
    assert all((again.arrays()[name] == array).all() for name, array in calibration.arrays().items())


def _cloud(n, axis, rng):
    """Points around one axis of thirty."""
    return rng.normal(size=(n, 30)) + 12 * np.eye(30)[axis]


def test_one_in_twenty_familiar_prompts_is_called_unfamiliar_and_strange_ones_all():
    rng = np.random.default_rng(9)
    shares = []
    for _ in range(10):
        familiarity = fit_familiarity(_cloud(400, 0, rng), _cloud(400, 0, rng))
        shares.append((familiarity.distance(_cloud(400, 0, rng)) > familiarity.threshold).mean())
        assert (familiarity.distance(_cloud(50, 1, rng)) > familiarity.threshold).all()
    assert np.mean(shares) == pytest.approx(0.05, abs=4 * np.std(shares, ddof=1) / np.sqrt(10))


def test_distance_is_one_minus_the_mean_cosine_with_the_five_nearest():
    rng = np.random.default_rng(10)
    plane = rng.normal(size=(4, 9))  # four directions of nine, so that none is left out
    training, asked = rng.normal(size=(60, 4)) @ plane, rng.normal(size=(20, 4)) @ plane
    unit, turned = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (training, asked))
    nearest = np.sort(turned @ unit.T, axis=1)[:, -5:]
    found = fit_familiarity(training, training).distance(asked)
    np.testing.assert_allclose(found, 1 - nearest.mean(axis=1), atol=0.01)  # one byte a number


def test_what_was_learned_five_times_is_at_no_distance():
    rng = np.random.default_rng(11)
    training = np.repeat(rng.normal(size=(12, 40)), 5, axis=0)
    familiarity = fit_familiarity(training, training)
    assert familiarity.distance(3 * training) == pytest.approx(0, abs=0.02)
    assert familiarity.distance(-training).min() > 0.5


def test_an_empty_vector_is_far_from_everything():
    familiarity = fit_familiarity(*(np.random.default_rng(12).normal(size=(50, 8)) for _ in range(2)))
    assert familiarity.distance(np.zeros((1, 8))) == pytest.approx(1)


def test_familiarity_comes_back_from_its_arrays():
    training = np.random.default_rng(13).normal(size=(50, 8))
    familiarity = fit_familiarity(training, training)
    again = Familiarity.from_arrays(familiarity.arrays())
    assert again.threshold == familiarity.threshold
    assert (again.distance(training) == familiarity.distance(training)).all()
