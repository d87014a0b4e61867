"""The probe finds a known signal in pictures, keeps what it learned, and is a kernel ridge regression."""

import numpy as np
import pytest
from made_pictures import made_seen
from sklearn.kernel_ridge import KernelRidge

from ppp_core.errors import PPPError
from ppp_core.predictors import image_probe
from ppp_core.predictors.image_probe import PENALTY, ImageProbe
from ppp_core.predictors.picture_kernel import interaction_features

SEEN, WORTH = made_seen(120)
INSIDE, OUTSIDE = np.arange(90), np.arange(90, 120)
PART, ASKED = SEEN.rows(INSIDE), SEEN.rows(OUTSIDE)
MINE, THEIRS = WORTH[SEEN.images_of(INSIDE)], WORTH[SEEN.images_of(OUTSIDE)]


@pytest.fixture(scope="module")
def probe():
    return ImageProbe().fit(PART, MINE)


def test_a_known_signal_is_found_in_pictures_of_other_prompts(probe):
    assert np.corrcoef(probe.image_values(ASKED), THEIRS)[0, 1] > 0.8
    assert np.corrcoef(probe.predict(ASKED), ASKED.means(THEIRS))[0, 1] > 0.8


def test_shuffled_ratings_leave_nothing_to_find():
    shuffled = np.random.default_rng(3).permutation(MINE)
    found = ImageProbe().fit(PART, shuffled).image_values(ASKED)
    assert abs(np.corrcoef(found, THEIRS)[0, 1]) < 3 / np.sqrt(len(ASKED))  # prompts, not pictures, differ


def test_a_prompt_is_worth_the_mean_of_its_pictures(probe):
    np.testing.assert_allclose(probe.predict(ASKED), ASKED.means(probe.image_values(ASKED)))
    without = ASKED.only(np.flatnonzero(ASKED.prompt_of != 0))
    assert np.isnan(probe.predict(without)[0])


def test_it_is_kernel_ridge_regression_on_its_own_kernel(probe):
    kernel = probe._kernel
    among, asked = kernel(kernel.anchors), kernel(kernel.points(ASKED))
    centre = MINE.mean()
    reference = KernelRidge(alpha=PENALTY, kernel="precomputed").fit(among, MINE - centre)
    np.testing.assert_allclose(probe.image_values(ASKED), reference.predict(asked) + centre, atol=1e-4)


def test_the_kernel_is_the_sum_of_its_parts(probe):
    kernel = probe._kernel
    points = kernel.points(ASKED)
    one, anchor = points.rows(np.array([7])), kernel.anchors

    def likeness(ours, theirs, width):
        return np.exp(-((ours - theirs) ** 2).sum() / width)

    text = likeness(ASKED.texts[ASKED.prompt_of[7]], anchor.texts[anchor.prompt_of[5]], kernel.widths[1])
    picture = likeness(one.picture[0], anchor.picture[5], kernel.widths[0])
    related = likeness(one.interaction[0], anchor.interaction[5], kernel.widths[2])
    match = likeness(one.matches[0], anchor.matches[5], kernel.widths[3])
    expected = 0.5 * picture + 0.5 * picture * text + 0.1 * picture * related + 0.2 * match
    assert kernel(one)[0, 5] == pytest.approx(expected, rel=1e-5)
    assert one.matches[0] == pytest.approx(float(ASKED.texts[ASKED.prompt_of[7]] @ ASKED.images[7]), rel=1e-5)


def test_ratings_of_prompts_serve_all_their_pictures():
    means = PART.means(MINE)
    by_prompt, by_picture = ImageProbe().fit(PART, means), ImageProbe().fit(PART, means[PART.prompt_of])
    np.testing.assert_array_equal(by_prompt.predict(ASKED), by_picture.predict(ASKED))


def test_arrays_make_the_same_probe(probe):
    again = ImageProbe.from_arrays(probe.arrays())
    np.testing.assert_array_equal(again.image_views(ASKED), probe.image_views(ASKED))


def test_order_of_pictures_is_of_no_account(probe):
    order = np.lexsort((-np.arange(len(ASKED.prompt_of)), ASKED.prompt_of))  # backwards within prompts
    turned = ASKED._pictures(order, ASKED.prompt_of)
    np.testing.assert_allclose(probe.predict(turned), probe.predict(ASKED), atol=1e-9)


def test_with_many_pictures_some_are_compared_with_and_all_are_learned_from(probe, monkeypatch):
    monkeypatch.setattr(image_probe, "N_ANCHORS", 150)
    few = ImageProbe().fit(PART, MINE)
    assert few.arrays()["weights"].shape == (150, 2)
    assert np.corrcoef(few.image_values(ASKED), probe.image_values(ASKED))[0, 1] > 0.95
    monkeypatch.setattr(image_probe, "N_ANCHORS", 10)
    assert np.corrcoef(ImageProbe().fit(PART, MINE).image_values(ASKED), THEIRS)[0, 1] > 0.3


def test_without_a_base_the_pictures_vectors_are_seen():
    from dataclasses import replace

    found = ImageProbe().fit(replace(PART, base=None), MINE).image_values(replace(ASKED, base=None))
    assert np.corrcoef(found, THEIRS)[0, 1] > 0.6


def test_another_encoder_and_no_pictures_are_refused(probe):
    from dataclasses import replace

    with pytest.raises(PPPError, match=r"fitted to features \(8, 32\), got \(3, 32\): another encoder"):
        probe.predict(replace(ASKED, base=ASKED.base[:, :3]))
    with pytest.raises(PPPError, match="learns from pictures, got none"):
        ImageProbe().fit(PART.only(np.zeros(0, int)), MINE)


def test_interaction_features_are_four_blocks():
    texts, images = np.array([[1.0, -2.0]]), np.array([[0.5, 3.0]])
    assert interaction_features(texts, images).tolist() == [[1, -2, 0.5, 3, 0.5, -6, 0.5, 5]]
