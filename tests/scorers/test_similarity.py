"""CLIPScore and its stand-in, on a space of three colours."""

import numpy as np
import pytest

from ppp_core.encoders import embed
from ppp_core.errors import PPPError
from ppp_core.scorers import load_scorer
from ppp_core.scorers.similarity import ClipScore, Similarity
from ppp_core.store import EmbeddingStore


def test_cosines_by_hand(colours, plain):
    pictures = [plain("red"), plain("red"), plain("red"), plain((255, 255, 0))]
    prompts = ["red", "blue", "red and green", "red"]
    found = Similarity("match", colours).score(pictures, prompts)
    assert found == pytest.approx([1, 0, 1 / np.sqrt(2), 1 / np.sqrt(2)])


def test_clipscore_is_two_and_a_half_cosines_and_never_below_zero(colours, plain):
    colours.encode_images = lambda pictures: np.array([[1.0, 0, 0], [-1.0, 0, 0]], np.float32)
    found = ClipScore(colours).score([plain("red"), plain("blue")], ["red", "red"])
    assert found.tolist() == [2.5, 0.0]


def test_clipscore_puts_its_words_before_the_prompt(colours, plain):
    seen = []
    encode = colours.encode
    colours.encode = lambda prompts, **options: (seen.extend(prompts), encode(prompts, **options))[1]
    ClipScore(colours).score([plain("red")], ["red"])
    assert seen == ["A photo depicts red"]


def test_a_broken_picture_has_no_score(colours, plain):
    found = ClipScore(colours).score([b"no picture", plain("red")], ["red", "red"])
    assert np.isnan(found[0])
    assert found[1] == 2.5


def test_vectors_are_kept(colours, plain, tmp_path):
    store = EmbeddingStore(tmp_path)
    first = ClipScore(colours).score([plain("red")], ["red"], store=store)

    def fail(*_, **__):
        raise AssertionError("embedded again")

    colours.encode = colours.encode_images = fail
    assert ClipScore(colours).score([plain("red")], ["red"], store=store) == first


def test_a_stand_in_gives_no_clipscore(colours):
    colours.is_stand_in = True
    with pytest.raises(
        PPPError, match=r"clipscore needs a real CLIP; colours is a small stand-in. Use match-lite"
    ):
        ClipScore(colours)


@pytest.mark.parametrize(
    ("pictures", "prompts", "message"),
    [
        ([], [], "clipscore needs at least one picture, got none"),
        ([b"x"], None, "clipscore compares a picture with its prompt; no prompts came"),
        ([b"x"], "red", "needs a list of prompts, got one text"),
        ([b"x"], ["red", "blue"], "needs one prompt a picture, got 2 for 1 pictures"),
        (b"x", ["red"], "needs a list of pictures, got one"),
    ],
)
def test_what_does_not_fit_is_told(colours, pictures, prompts, message):
    with pytest.raises(PPPError, match=message):
        ClipScore(colours).score(pictures, prompts)


def test_match_lite_is_the_cosine_of_dual_lite(plain):
    scorer = load_scorer("match-lite")
    picture = plain("blue", 64)
    text = embed(scorer.encoder, ["a blue sky"]).vectors[0]
    image = scorer.encoder.encode_images([picture])[0]
    expected = text @ image / np.linalg.norm(text) / np.linalg.norm(image)
    assert scorer.score([picture], ["a blue sky"]) == pytest.approx([expected], abs=1e-5)


def test_what_is_cut_is_counted_with_the_words_before_it(colours):
    seen = []
    encode = colours.encode
    colours.encode = lambda prompts, **options: (seen.extend(prompts), encode(prompts, **options))[1]
    assert ClipScore(colours).tokens_cut(["red", "blue"]).tolist() == [0, 0]
    assert sorted(seen) == ["A photo depicts blue", "A photo depicts red"]
    long = load_scorer("match-lite").tokens_cut(["a fox", "fox " * 600])
    assert long.tolist() == load_scorer("alignment-lite").tokens_cut(["a fox", "fox " * 600]).tolist()
    assert (long[0], long[1] > 300) == (0, True)
    assert load_scorer("quality-lite").tokens_cut(["fox " * 600]).tolist() == [0]
