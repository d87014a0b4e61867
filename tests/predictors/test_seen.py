"""What is seen: pictures in their prompts' order, whatever cannot be read told, drawn at random."""

import numpy as np
import pytest
from made_pictures import ColourEncoder, made_seen, plain

from ppp_core.errors import PPPError
from ppp_core.predictors.seen import see


def test_pictures_follow_their_prompts_and_a_broken_one_is_told():
    pictures = [[plain(1, 0, 0), b"broken"], [], [plain(0, 1, 0), plain(0, 0, 1)]]
    seen = see(ColourEncoder(), ["red", "nothing", "green"], pictures)
    assert seen.prompt_of.tolist() == [0, 2, 2]
    assert seen.places.tolist() == [0, 2, 3]
    assert seen.counts.tolist() == [1, 0, 2]
    assert list(seen.failed) == [1]
    assert "not in a format that is read" in seen.failed[1]
    np.testing.assert_allclose(seen.images[0], np.array([1, 1, 0, 0]) / np.sqrt(2), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(seen.texts, axis=1), 1, atol=1e-6)
    assert seen.base is None


def test_rows_take_the_pictures_along():
    seen, _ = made_seen(6)
    part = seen.rows(np.array([4, 1]))
    assert part.prompts == ["prompt 4", "prompt 1"]
    assert part.counts.tolist() == seen.counts[[4, 1]].tolist()
    np.testing.assert_array_equal(part.base[part.prompt_of == 0], seen.base[seen.prompt_of == 4])
    np.testing.assert_array_equal(part.base[part.prompt_of == 1], seen.base[seen.prompt_of == 1])
    np.testing.assert_array_equal(part.texts, seen.texts[[4, 1]])


def test_draws_are_of_every_prompt_and_each_picture_is_as_likely():
    seen, _ = made_seen(20, pictures=4)
    rng, drawn = np.random.default_rng(0), np.zeros(len(seen.prompt_of))
    for _ in range(600):
        chosen = seen.draw(2, rng)
        assert (np.bincount(seen.prompt_of[chosen], minlength=20) == 2).all()
        drawn[chosen] += 1
    expected = 600 * 2 / seen.counts[seen.prompt_of]
    assert np.abs(drawn / expected - 1).max() < 0.2
    assert (seen.draw(99, rng) == np.arange(len(seen.prompt_of))).all()  # all, where there are no more


def test_means_are_over_a_prompts_own_pictures():
    seen, worth = made_seen(15)
    expected = [worth[seen.prompt_of == row].mean() for row in range(15)]
    np.testing.assert_allclose(seen.means(worth), expected)
    alone = seen.only(np.flatnonzero(seen.prompt_of != 3))
    assert np.isnan(alone.means(worth[seen.prompt_of != 3])[3])


@pytest.mark.parametrize(
    ("prompts", "pictures", "told"),
    [
        ([], [], r"at least one prompt"),
        (["a", "b"], [[]], r"a list of pictures for each prompt, got 1 for 2"),
        (["a", " "], [[], []], r"Prompt 2 of 2 is empty"),
    ],
)
def test_what_cannot_be_seen_is_refused(prompts, pictures, told):
    with pytest.raises(PPPError, match=told):
        see(ColourEncoder(), prompts, pictures)


def test_of_dual_lite_only_what_was_not_learned_from_pairs_is_taken():
    from types import SimpleNamespace

    class Learned(ColourEncoder):
        heads = SimpleNamespace(
            text_bias=np.zeros(2), text_offset=np.full(4, 9.0), image_offset=np.full(4, -9.0)
        )

        def has_learned(self, prompts):
            return np.ones(len(prompts), bool)

        def encode(self, prompts, *, layers="last"):
            encoded = super().encode(prompts)
            return type(encoded)(encoded.vectors + 9, encoded.tokens, encoded.truncated)

        def encode_images(self, pictures):
            return super().encode_images(pictures) - 9

    seen = see(Learned(), ["green blue blue"], [[plain(1, 0.6, 0.8)]])
    np.testing.assert_allclose(seen.texts, [[1 / np.sqrt(5), 2 / np.sqrt(5)]], atol=1e-6)
    np.testing.assert_allclose(seen.images, [[0.6, 0.8]], atol=1e-6)
