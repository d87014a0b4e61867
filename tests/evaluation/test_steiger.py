"""Steiger's and Meng's z against published examples."""

import math

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.evaluation.steiger import compare_pairs, meng, steiger

# Silver, Hittner and May, A FORTRAN 77 program for comparing dependent correlations, Applied Psychological
# Measurement 30 (2006), as the tests of the R package cocor 1.1 quote it.
DEPCOR = {"r_xu": 0.5, "r_yu": 0.6, "r_yv": 0.7, "r_xv": 0.8, "n": 100}


def test_steigers_case_b():
    # Steiger (1980), p. 249; he gives −1.4045 from rounded steps, cocor −1.4050.
    test = steiger(0.5, 0.6, r_xu=0.8, r_xv=0.5, r_yu=0.5, r_yv=0.7, n=103)
    assert test.z == pytest.approx(-1.4050, abs=5e-5)


def test_four_variables_of_depcor():
    test = steiger(0.3, 0.4, **DEPCOR)
    assert test.z == pytest.approx(-1.0744, abs=5e-5)
    assert test.p == pytest.approx(0.2827, abs=5e-5)


@pytest.mark.parametrize(
    ("r_a", "r_b", "r_ab", "n", "z"),
    [
        (0.4, 0.5, 0.1, 103, -0.8887185),  # Steiger's case A, p. 249, as cocor computes it
        (0.3, 0.4, 0.5, 100, -1.0718),  # depcor
    ],
)
def test_a_shared_variable_gives_steigers_test_for_that_case(r_a, r_b, r_ab, n, z):
    test = steiger(r_a, r_b, r_xu=1.0, r_xv=r_b, r_yu=r_a, r_yv=r_ab, n=n)
    assert test.z == pytest.approx(z, abs=5e-5)


def test_unrelated_pairs_are_fishers_test_of_two_samples():
    test = steiger(0.5, 0.2, r_xu=0.0, r_xv=0.0, r_yu=0.0, r_yv=0.0, n=60)
    # The covariance is not 0 by assumption alone, but by the formula with no correlation between pairs.
    assert test.z == pytest.approx((math.atanh(0.5) - math.atanh(0.2)) / math.sqrt(2 / 57))


def test_the_formula_written_out_by_hand():
    # j, k, h, m = x, y, u, v; both correlations of interest replaced by their mean, .5.
    jh, jm, kh, km, jk, hm = 0.3, 0.2, 0.1, 0.4, 0.5, 0.5
    psi = 0.5 * (
        (jh - jk * kh) * (km - kh * hm)
        + (jm - jh * hm) * (kh - jk * jh)
        + (jh - jm * hm) * (km - jk * jm)
        + (jm - jk * km) * (kh - km * hm)
    )
    error = math.sqrt((2 - 2 * psi / (1 - 0.25) ** 2) / 97)
    test = steiger(0.6, 0.4, r_xu=jh, r_xv=jm, r_yu=kh, r_yv=km, n=100)
    assert test.z == pytest.approx((math.atanh(0.6) - math.atanh(0.4)) / error)
    assert test.high - test.low == pytest.approx(2 * 1.959964 * error)


def test_mengs_example():
    # Meng, Rosenthal and Rubin (1992), p. 173: Z = 1.68, one-sided p = .047, interval −.129 to 1.671.
    test = meng(0.63, -0.03, -0.19, 15)
    assert round(test.z, 2) == 1.68
    assert round(test.p / 2, 3) == 0.047
    assert (test.low, test.high) == pytest.approx((-0.129, 1.671), abs=0.0015)


@pytest.mark.parametrize(
    ("r_a", "r_b", "r_ab", "z"),
    # May and Hittner, A note on statistics for comparing dependent correlations, Psychological Reports 80
    # (1997), n = 50.
    [
        (0.5, 0.2, 0.0, 1.62),
        (0.5, 0.2, 0.3, 1.91),
        (0.5, 0.2, 0.8, 3.50),  # here f is below 1
        (0.7, 0.4, 0.0, 2.03),
        (0.7, 0.4, 0.8, 4.05),
    ],
)
def test_meng_by_may_and_hittner(r_a, r_b, r_ab, z):
    assert round(meng(r_a, r_b, r_ab, 50).z, 2) == z


def test_meng_where_f_is_capped():
    # r_ab = −.5 would give f = 1.5 / (2 · .855) > 1 were the correlations high: Meng et al. cap it at 1.
    mean_square = (0.5**2 + 0.6**2) / 2
    assert 1.5 / (2 * (1 - mean_square)) > 1
    z = (math.atanh(0.6) - math.atanh(0.5)) * math.sqrt(97 / (2 * 1.5))  # h = 1 with f = 1
    assert meng(0.6, 0.5, -0.5, 100).z == pytest.approx(z)


def test_pairs_of_values_give_the_test_of_their_correlations():
    random = np.random.default_rng(0)
    x, y, u, v = random.normal(size=(4, 50)) + random.normal(size=50)
    y[3] = math.nan
    kept = np.arange(50) != 3
    r = np.corrcoef(np.stack([x, y, u, v])[:, kept])
    between = {"r_xu": r[0, 2], "r_xv": r[0, 3], "r_yu": r[1, 2], "r_yv": r[1, 3]}
    expected = steiger(r[0, 1], r[2, 3], **between, n=49)
    found = compare_pairs(x, y, u, v)
    assert found.n == 49
    assert (found.z, found.p) == pytest.approx((expected.z, expected.p))


def test_the_same_pair_is_no_evidence_and_undefined_stays_undefined():
    x, y = np.arange(9.0), np.array([3.0, 1, 2, 5, 4, 8, 6, 7, 9])
    same = compare_pairs(x, y, x, y)
    assert (same.z, same.p) == (0.0, 1.0)
    assert math.isnan(compare_pairs(x, y, x, np.ones(9)).p)
    assert math.isnan(compare_pairs(x, x, x, y).z)  # a correlation of 1 has no place on Fisher's scale
    assert math.isnan(meng(0.4, math.nan, 0.1, 40).p)


def test_impossible_input_is_refused():
    with pytest.raises(PPPError, match=r"in \[-1, 1\], got r_uv=1\.2"):
        steiger(0.5, 1.2, r_xu=0, r_xv=0, r_yu=0, r_yv=0, n=50)
    with pytest.raises(PPPError, match="meng needs at least 4 prompts, got 3"):
        meng(0.5, 0.2, 0.1, 3)
    with pytest.raises(PPPError, match=r"one length, got \(4,\), \(4,\), \(4,\), \(3,\)"):
        compare_pairs(range(4), range(4), range(4), range(3))
