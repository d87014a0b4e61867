"""How many images it takes: against simulation, statsmodels, and what can be done in the head."""

import json
import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from ppp_core.datasets import load_dataset
from ppp_core.errors import PPPError
from ppp_core.spread.images_needed import compare_scores, images_needed, images_needed_for


def test_the_order_is_right_as_often_as_told():
    found = images_needed(0.5, 1.0, chance=0.9)
    curve = found.curve.set_index("images")
    rng = np.random.default_rng(0)
    for k in (1, 4, 10):
        means = rng.normal([0.5, 0.0], 1 / math.sqrt(k), (40_000, 2))
        assert (means[:, 0] > means[:, 1]).mean() == pytest.approx(curve.loc[k, "right_order"], abs=0.0075)
    assert found.for_order == math.ceil(2 * (stats.norm.ppf(0.9) / 0.5) ** 2)


@pytest.mark.parametrize(("difference", "sd"), [(0.5, 1.0), (1.0, 0.7), (0.2, 0.4)])
def test_the_power_is_that_of_two_samples(difference, sd):
    needed = images_needed(difference, sd).for_power
    assert needed == math.ceil(TTestIndPower().solve_power(difference / sd, power=0.8, alpha=0.05))


def test_different_spreads_and_paired_images():
    assert images_needed(0.5, (0.5, 1.5)).for_power > images_needed(0.5, 1.0).for_power
    assert images_needed(0.5, 1.0, correlation=0.8).for_power < 0.3 * images_needed(0.5, 1.0).for_power


def test_hardly_any_difference_takes_more_than_can_be_drawn():
    found = images_needed(1e-4, 1.0)
    assert (found.for_order, found.for_power) == (None, None)
    assert "more than 10,000 images" in found.answer


def test_a_sure_thing_takes_one_image():
    assert images_needed(5.0, 1.0).for_order == 1


def test_scores_so_far_are_welchs_test():
    a, b = [3.0, 4, 4, 5, 3], [2.0, 3, 2.5]
    found = compare_scores(a, b)
    test = stats.ttest_ind(a, b, equal_var=False)
    ends = test.confidence_interval()
    assert (found.p, found.low, found.high) == pytest.approx((test.pvalue, ends.low, ends.high))
    assert found.chance_a_better == pytest.approx(1 - test.pvalue / 2)
    turned = compare_scores(b, a)
    assert turned.chance_a_better == pytest.approx(1 - found.chance_a_better)
    assert (found.better, turned.better, found.more) == ("a", "b", 0)
    assert "A is better; chance that it is not: " in found.answer


def test_verdicts_are_hardly_ever_wrong():
    rng, right = np.random.default_rng(1), []
    for _ in range(200):
        truth = rng.choice([-0.5, 0.5])
        found = compare_scores(rng.normal(truth, 1, 4), rng.normal(0, 1, 4), chance=0.9)
        right.append(found.better == "unsettled" or found.better == ("a" if truth > 0 else "b"))
    assert np.mean(right) > 1 - 0.025 - 3 * math.sqrt(0.025 / 200)


def test_undecided_scores_tell_how_many_more():
    found = compare_scores([3.0, 4, 4], [3.0, 3, 4])
    needed = images_needed(1 / 3, (np.std([3, 4, 4], ddof=1), np.std([3, 3, 4], ddof=1))).for_power
    assert (found.better, found.more) == ("unsettled", needed - 3)
    assert found.answer.endswith(
        f"about {needed - 3} more images a prompt should settle it, if it is as it looks."
    )
    alike = compare_scores([3.0, 4], [4.0, 3])
    assert alike.more is None
    assert "too much alike" in alike.answer
    assert "+0 [−" in alike.answer
    assert " is 50 %; " in alike.answer


def test_json_is_plain():
    for found in (images_needed(0.5, 1.0), compare_scores([3.0, 4], [4.0, 3])):
        assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["answer"] == found.answer


@pytest.mark.parametrize(
    ("arguments", "options", "told"),
    [
        ((0.0, 1.0), {}, "difference needs to be a number other than 0, got 0"),
        ((0.5, 0.0), {}, "sd needs to be above 0, got 0"),
        ((0.5, 1.0), {"chance": 0.5}, "between 0.5 and 1, such as 0.8, got 0.5"),
        ((0.5, 1.0), {"correlation": 2}, "correlation needs to lie between -1 and 1, got 2"),
    ],
)
def test_impossible_questions_are_refused(arguments, options, told):
    with pytest.raises(PPPError, match=told):
        images_needed(*arguments, **options)


def test_scores_that_tell_nothing_are_refused():
    with pytest.raises(PPPError, match=r"Prompt A needs 2 or more scores that are .* got \[1.0\]"):
        compare_scores([1.0], [1.0, 2.0])
    with pytest.raises(PPPError, match="Scores of B need to be numbers"):
        compare_scores([1.0, 2.0], ["x", "y"])
    with pytest.raises(PPPError, match="All scores of a prompt are equal for both"):
        compare_scores([1.0, 1.0], [2.0, 2.0])


@pytest.mark.real_data
def test_a_data_set_gives_its_spreads(data_folder):
    dataset = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
    found = images_needed_for(dataset, "agiqa-3k/alignment")
    main = dataset.card.targets[0].name
    assert images_needed_for(dataset).answer == images_needed_for(dataset, main).answer
    assert found.sd_a == pytest.approx(0.485, abs=0.005)
    # two prompts at random, seen as draws from the two variances that were estimated
    between = (found.difference * math.sqrt(math.pi) / 2) ** 2
    rng = np.random.default_rng(2)
    true = rng.normal(0, math.sqrt(between), (40_000, 2))
    seen = true + rng.normal(0, found.sd_a / math.sqrt(4), true.shape)
    right = ((true[:, 0] > true[:, 1]) == (seen[:, 0] > seen[:, 1])).mean()
    assert found.curve.set_index("images").loc[4, "random_pairs"] == pytest.approx(right, abs=0.0075)
