"""The probe and the adapted score, joined."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.predictors.intermediate_probe import IntermediateProbe
from ppp_core.predictors.reading import Reading
from ppp_core.predictors.transfer_probe import ADAPTED_SHARE, TransferProbe

N = 150
RANDOM = np.random.default_rng(0)
LAYERS = RANDOM.normal(size=(N, 4, 8)).astype(np.float32)
TRUE = LAYERS[:, 1, 0].astype(float)
OBSERVED = 3 + TRUE + 0.5 * RANDOM.normal(size=N)
ADAPTED = np.column_stack([RANDOM.normal(size=N), 10 * OBSERVED + 15 * RANDOM.normal(size=N)]).astype(
    np.float32
)
READING = Reading([f"a cat, number {n}" for n in range(N)], LAYERS, np.full(N, 4), np.zeros(N, int), ADAPTED)


@pytest.fixture(scope="module")
def fitted():
    return TransferProbe().fit(READING, OBSERVED)


def test_it_joins_the_probe_with_the_score_that_goes_best(fitted):
    probe = IntermediateProbe().fit(READING, OBSERVED)
    column, said_mean, said_spread, score_mean, score_spread, slope, intercept = fitted.arrays()["scaling"]
    assert column == 1
    assert (score_mean, score_spread) == pytest.approx((ADAPTED[:, 1].mean(), ADAPTED[:, 1].std()), rel=1e-5)
    joined = (probe.predict(READING) - said_mean) / said_spread
    joined += ADAPTED_SHARE * (ADAPTED[:, 1] - score_mean) / score_spread
    np.testing.assert_allclose(fitted.predict(READING), slope * joined + intercept, rtol=1e-6)


def test_out_of_fold_predictions_are_in_the_unit_of_what_was_observed(fitted):
    slope, intercept = np.polyfit(fitted.out_of_fold, OBSERVED, 1)
    assert (slope, intercept) == pytest.approx((1, 0), abs=1e-6)
    assert (
        np.corrcoef(fitted.out_of_fold, OBSERVED)[0, 1] < np.corrcoef(fitted.predict(READING), OBSERVED)[0, 1]
    )


def test_arrays_give_the_same_predictions(fitted):
    again = TransferProbe.from_arrays(fitted.arrays())
    np.testing.assert_array_equal(again.predict(READING), fitted.predict(READING))


def test_an_encoder_without_adapted_scores_is_refused():
    plain = Reading(READING.prompts, LAYERS, READING.tokens, READING.truncated)
    with pytest.raises(PPPError, match=r"reads an adapted encoder\. Use the encoder adapted-minilm"):
        TransferProbe().fit(plain, OBSERVED)
