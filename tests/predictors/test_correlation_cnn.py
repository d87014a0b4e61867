"""PQPP's network: what it is shown, what it learns, and that torch gives the same numbers."""

import numpy as np
import pytest
from made_pictures import made_seen

from ppp_core.errors import PPPError
from ppp_core.predictors.correlation_cnn import CHANNELS, HIDDEN, CorrelationCNN
from ppp_core.predictors.correlation_pictures import correlation_pictures
from ppp_core.predictors.seen import Seen


def alike(n: int, *, seed: int = 0) -> tuple[Seen, np.ndarray]:
    """Prompts with five pictures that are the more alike, the more the prompt is worth."""
    rng = np.random.default_rng(seed)
    worth = rng.uniform(0, 1, n)
    common = np.repeat(rng.normal(size=(n, 1, 24)), 5, axis=1)
    vectors = worth[:, None, None] * common + (1 - worth)[:, None, None] * rng.normal(size=(n, 5, 24))
    images = vectors.reshape(-1, 24).astype(np.float32)
    return Seen(
        [f"p{row}" for row in range(n)], np.ones((n, 2), np.float32), images, np.repeat(np.arange(n), 5)
    ), worth


@pytest.fixture(scope="module")
def learned():
    seen, worth = alike(110)
    return CorrelationCNN(epochs=5).fit(seen.rows(np.arange(80)), worth[:80]), seen, worth


def test_matrices_hold_pearson_correlations():
    seen, _ = made_seen(5, pictures=4)
    matrices = correlation_pictures(seen, {"images": np.array([6])})
    own = np.corrcoef(seen.base[seen.prompt_of == 2])
    count = len(own)
    assert matrices.shape == (5, 6, 6)
    np.testing.assert_allclose(
        np.sort(matrices[2][:count, :count], axis=None), np.sort(own, axis=None), atol=1e-6
    )
    assert (matrices[2][count:] == 0).all()
    assert (
        np.diff(matrices[2].sum(axis=1)[:count]) <= 1e-6
    ).all()  # those first that go best with the others


def test_matrices_between_dimensions_are_those_of_numpy():
    seen, _ = made_seen(5, pictures=6)
    arrays = {"mean": np.zeros(8, np.float32), "axes": np.eye(8, dtype=np.float32)[:5]}
    found = correlation_pictures(seen, arrays)[1]
    np.testing.assert_allclose(found, np.corrcoef(seen.base[seen.prompt_of == 1][:, :5].T), atol=1e-5)
    alone = seen.only(np.flatnonzero(np.diff(seen.prompt_of, prepend=-1)))  # one picture each
    assert (correlation_pictures(alone, arrays) == 0).all()


def test_it_learns_that_worthy_prompts_have_pictures_alike(learned):
    network, seen, worth = learned
    assert np.corrcoef(network.predict(seen.rows(np.arange(80, 110))), worth[80:])[0, 1] > 0.8


def test_order_and_words_are_of_no_account(learned):
    from dataclasses import replace

    network, seen, _ = learned
    asked = seen.rows(np.arange(80, 90))
    order = np.lexsort((-np.arange(len(asked.prompt_of)), asked.prompt_of))
    before = network.predict(asked)
    np.testing.assert_allclose(network.predict(asked._pictures(order, asked.prompt_of)), before, atol=1e-6)
    np.testing.assert_array_equal(network.predict(replace(asked, texts=-asked.texts)), before)


def test_one_seed_one_network_and_arrays_make_the_same():
    seen, worth = alike(40)
    one, other = (CorrelationCNN(epochs=2).fit(seen, worth, seed=5) for _ in range(2))
    np.testing.assert_array_equal(one.predict(seen), other.predict(seen))
    again = CorrelationCNN.from_arrays(one.arrays())
    np.testing.assert_array_equal(again.predict(seen), one.predict(seen))
    assert again.of == "images"


@pytest.mark.parametrize("of", ["images", "dimensions"])
def test_torch_gives_the_same_numbers(of):
    import torch

    from ppp_core.predictors.correlation_training import make_network

    seen, worth = alike(24)
    network = CorrelationCNN(of=of, epochs=1).fit(seen, worth)
    matrices = correlation_pictures(seen, network.arrays())
    reference = make_network(matrices.shape[-1], CHANNELS, HIDDEN)
    weights = {name: torch.from_numpy(network.arrays()[name]) for name in reference.state_dict()}
    reference.load_state_dict(weights)
    with torch.no_grad():
        expected = reference.train(False)(torch.from_numpy(matrices))[:, 0].numpy()
    low, high = network.arrays()["bounds"]
    np.testing.assert_allclose((network.predict(seen) - low) / (high - low), expected, atol=1e-5)


def test_torch_is_left_as_it_was():
    import torch

    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    seen, worth = alike(30)
    CorrelationCNN(epochs=1).fit(seen, worth)
    assert torch.rand(1) == wanted


def test_one_picture_and_many_are_answered(learned):
    network, seen, _ = learned
    one = seen.only(np.flatnonzero(np.diff(seen.prompt_of, prepend=-1)))
    assert np.ptp(network.predict(one)) < 1e-6  # a picture alone goes with itself: nothing to tell
    asked = seen.rows(np.arange(4))
    thrice = asked._pictures(np.repeat(np.arange(20), 3), np.repeat(asked.prompt_of, 3))
    assert np.isfinite(network.predict(thrice)).all()


def test_wrong_matrix_and_no_pictures_are_refused():
    with pytest.raises(PPPError, match=r"of 'images' or of 'dimensions', got 'words'"):
        CorrelationCNN(of="words")
    seen, worth = alike(10)
    with pytest.raises(PPPError, match="learns from pictures, got none"):
        CorrelationCNN().fit(seen.only(np.zeros(0, int)), worth)
