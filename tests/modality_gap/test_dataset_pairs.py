"""Pairs of a data set: every picture beside its prompt, with what is known of it."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.encoders import Encoded
from ppp_core.errors import PPPError
from ppp_core.modality_gap import measure_gap, pairs_of
from ppp_core.store import EmbeddingStore
from ppp_core.targets import Target


class Colours:
    """A picture's mean colour, and a prompt's named one: red, green, blue from 0 to 1, then a 1."""

    name, revision, dim, preprocessing, n_layers, max_tokens = "colours", "1", 4, "none", 1, 5
    is_stand_in, retrieval = True, ""

    def encode(self, prompts, *, layers="last"):
        words = [prompt.lower().replace("!", "").split() for prompt in prompts]
        named = [[float(colour in one) for colour in ("red", "green", "blue")] for one in words]
        vectors = np.array([[*one, 1] for one in named], np.float32)
        cut = np.array([max(0, len(one) - self.max_tokens) for one in words])
        return Encoded(vectors, np.array([len(one) for one in words]) - cut, cut)

    def encode_images(self, pictures):
        return np.array([[*np.asarray(one).mean(axis=(0, 1)) / 255, 1] for one in pictures], np.float32)


class Trained(Colours):
    def has_learned(self, prompts):
        return np.array(["red" in prompt for prompt in prompts])


def target(name):
    return Target(name, name, name, 0, 9, "people", "{value}", "")


PROMPTS = {
    "p1": "a red thing",
    "p2": "A red thing!",
    "p3": "a green thing",
    "p4": "one blue thing of many words here",
}


@pytest.fixture
def dataset(tmp_path):
    """Four prompts, two of which say the same, three pictures each; both kinds of ratings."""
    rows, ratings = [], []
    for prompt_id, colour in zip(PROMPTS, [(255, 0, 0), (200, 0, 0), (0, 255, 0), (0, 0, 255)], strict=True):
        for number in range(3):
            image_id = f"{prompt_id}-{number}"
            shade = tuple(max(0, part - 9 * number) for part in colour)
            Image.new("RGB", (8, 8), shade).save(tmp_path / f"{image_id}.png")
            rows.append((image_id, prompt_id, "brush", str(tmp_path / f"{image_id}.png")))
            ratings.append((prompt_id, image_id, "made/look", float(number)))
        ratings.append((prompt_id, None, "made/match", 5.0))
    card = Card(
        "made", "Made", "", "", "", "", "", (target("made/look"), target("made/match"), target("made/none"))
    )
    return build(
        card,
        pd.DataFrame({"prompt_id": PROMPTS.keys(), "prompt": PROMPTS.values(), "n_modifiers": [0, 1, 0, 2]}),
        pd.DataFrame(rows, columns=["image_id", "prompt_id", "generator", "path"]),
        pd.DataFrame(ratings, columns=["prompt_id", "image_id", "target", "value"]),
    )


def test_every_picture_stands_beside_its_prompt(dataset):
    pairs = pairs_of(dataset, Colours())
    assert (len(pairs), pairs.of, pairs.name, pairs.encoder) == (12, 12, "made", "colours")
    assert pairs.image_ids == tuple(f"p{p}-{i}" for p in (1, 2, 3, 4) for i in range(3))
    np.testing.assert_allclose(pairs.text[0], np.array([1, 0, 0, 1]) / 2**0.5, rtol=1e-6)
    np.testing.assert_allclose(pairs.image[6], np.array([0, 1, 0, 1]) / 2**0.5, rtol=1e-6)
    assert pairs.notes == ("1 prompts are longer than the encoder reads; their ends are cut off.",)


def test_prompts_that_say_the_same_stay_together(dataset):
    pairs = pairs_of(dataset, Colours())
    assert pairs.groups.tolist() == [0] * 6 + [1] * 3 + [2] * 3
    assert pairs.frame["prompt_id"].tolist()[3] == "p2"


def test_the_frame_tells_what_is_known(dataset):
    frame = pairs_of(dataset, Colours()).frame
    assert set(frame) == {
        "prompt_id", "image_id", "prompt", "generator", "path", "n_modifiers", "made/look", "made/match",
    }  # fmt: skip
    assert frame["made/look"].tolist() == [0.0, 1.0, 2.0] * 4
    assert frame["made/match"].eq(5).all()
    assert frame["n_modifiers"].tolist() == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_samples_are_told_and_seeded(dataset):
    one = pairs_of(dataset, Colours(), one_image=True, seed=1)
    assert one.frame["prompt_id"].tolist() == ["p1", "p2", "p3", "p4"]
    assert "One picture a prompt, drawn at random (seed 1), of 12 pictures." in one.notes
    some = pairs_of(dataset, Colours(), n=5)
    assert (len(some), some.of) == (5, 12)
    assert "5 of 12 pairs, drawn at random (seed 0)." in some.notes
    assert some.image_ids == pairs_of(dataset, Colours(), n=5).image_ids
    assert some.image_ids != pairs_of(dataset, Colours(), n=5, seed=3).image_ids


def test_pictures_that_cannot_be_read_are_left_out_and_told(dataset, tmp_path):
    (tmp_path / "p3-1.png").write_bytes(b"no picture")
    pairs = pairs_of(dataset, Colours())
    assert len(pairs) == 11
    assert "p3-1" not in pairs.image_ids
    assert pairs.frame["image_id"].tolist() == list(pairs.image_ids)
    assert any(one.startswith("1 of 12 pictures cannot be read, such as:") for one in pairs.notes)
    for path in tmp_path.glob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(PPPError, match="No picture of made can be read: "):
        pairs_of(dataset, Colours())


def test_what_an_encoder_learned_is_told_and_can_be_left_out(dataset):
    pairs = pairs_of(dataset, Trained())
    assert pairs.frame["learned"].tolist() == [True] * 6 + [False] * 6
    assert "colours was trained on 2 of these 4 prompts: figures that include them flatter it." in pairs.notes
    assert pairs.held_out().frame["prompt_id"].unique().tolist() == ["p3", "p4"]


def test_embeddings_are_kept(dataset, tmp_path):
    store, steps = EmbeddingStore(tmp_path / "kept"), []
    first = pairs_of(dataset, Colours(), store=store)

    class Blind(Colours):
        def encode(self, prompts, *, layers="last"):
            raise AssertionError

        encode_images = encode

    again = pairs_of(dataset, Blind(), store=store, progress=lambda *step: steps.append(step))
    np.testing.assert_array_equal(again.image, first.image)
    np.testing.assert_array_equal(again.text, first.text)
    assert steps[-1] == (12, 12)


def test_a_data_set_without_pictures_is_refused(dataset):
    import dataclasses

    bare = dataclasses.replace(dataset, images=dataset.images.assign(path=None))
    with pytest.raises(PPPError, match="The data set made has no pictures on this machine"):
        pairs_of(bare, Colours())
    with pytest.raises(PPPError, match="at least one pair, got n=0"):
        pairs_of(dataset, Colours(), n=0)


@pytest.mark.real_data
def test_agiqa_through_the_stand_in(data_folder):
    """A dozen of pictures end to end: the real files, the real encoder."""
    from ppp_core.datasets import load_dataset
    from ppp_core.encoders import load_joint_encoder

    dataset = load_dataset("agiqa-3k", folder=data_folder / "agiqa-3k")
    pairs = pairs_of(dataset, load_joint_encoder("dual-lite"), n=24, one_image=True)
    assert pairs.of == 2982
    assert {"agiqa-3k/alignment", "agiqa-3k/quality", "generator", "n_modifiers"} <= set(pairs.frame)
    found = measure_gap(pairs, only=["l2m", "cosine-auc"], resamples=0)
    assert found.value("l2m") > 0.4
    assert found.value("cosine-auc") > 0.8
