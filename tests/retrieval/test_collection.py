"""A data set's images and prompts, each once, and what is relevant."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.encoders import Encoded
from ppp_core.errors import PPPError
from ppp_core.retrieval import collect, measure_queries, rank_dataset
from ppp_core.store import EmbeddingStore


class Colours:
    """A picture's mean colour, and a prompt's named one: red, green, blue from 0 to 1, then a little."""

    name, revision, dim, preprocessing, n_layers, max_tokens = "colours", "1", 4, "none", 1, 5
    is_stand_in, retrieval = True, ""

    def encode(self, prompts, *, layers="last"):
        words = [prompt.lower().replace("!", "").split() for prompt in prompts]
        named = [[float(colour in one) for colour in ("red", "green", "blue")] for one in words]
        cut = np.array([max(0, len(one) - self.max_tokens) for one in words])
        return Encoded(np.array([[*one, 0.1] for one in named], np.float32), cut, cut)

    def encode_images(self, pictures):
        return np.array([[*np.asarray(one).mean(axis=(0, 1)) / 255, 0.1] for one in pictures], np.float32)


class Trained(Colours):
    def has_learned(self, prompts):
        return np.array(["red" in prompt.lower() for prompt in prompts])


PROMPTS = {
    "p1": "a red thing",
    "p2": "A red thing!",
    "p3": "a green thing",
    "p4": "one blue thing of many words here",
    "p5": "nothing was drawn of this",
}
COLOURS = {"p1": (255, 0, 0), "p2": (200, 0, 0), "p3": (0, 255, 0), "p4": (0, 0, 255)}


@pytest.fixture
def dataset(tmp_path):
    """Five prompts, two of which say the same, one without images; three images each, one file twice."""
    rows = []
    for prompt_id, colour in COLOURS.items():
        for number in range(3):
            image_id = f"{prompt_id}-{number}"
            shade = tuple(max(0, part - 9 * number) for part in colour)
            Image.new("RGB", (8, 8), shade).save(tmp_path / f"{image_id}.png")
            rows.append((image_id, prompt_id, "brush", str(tmp_path / f"{image_id}.png")))
    Image.new("RGB", (8, 8), COLOURS["p3"]).save(tmp_path / "again.png")
    rows.append(("p4-again", "p4", "brush", str(tmp_path / "again.png")))
    card = Card("made", "Made", "", "", "", "", "", ())
    return build(
        card,
        pd.DataFrame({"prompt_id": PROMPTS.keys(), "prompt": PROMPTS.values()}),
        pd.DataFrame(rows, columns=["image_id", "prompt_id", "generator", "path"]),
        pd.DataFrame(columns=["prompt_id", "image_id", "target", "value"]),
    )


def names(collection, row):
    return sorted(collection.image_ids[at] for at in collection.relevant[row])


def test_files_and_prompts_count_once(dataset):
    found = collect(dataset)
    assert found.query_ids == ("p1", "p3", "p4")
    assert found.queries == ("a red thing", "a green thing", "one blue thing of many words here")
    assert sorted(found.image_ids) == [f"p{p}-{i}" for p in (1, 2, 3, 4) for i in range(3)]
    assert names(found, 0) == [f"p{p}-{i}" for p in (1, 2) for i in range(3)]
    assert names(found, 1) == ["p3-0", "p3-1", "p3-2"]
    assert names(found, 2) == ["p3-0", "p4-0", "p4-1", "p4-2"], "a file made from two prompts is of both"
    assert found.notes == (
        "1 of 13 images repeat another file; each counts once.",
        "1 of 5 prompts repeat another; each counts once.",
        "1 prompts have no image and are no queries.",
    )


def test_the_order_of_images_knows_nothing_of_prompts(dataset):
    """Where all cosines are the same, rows in the data set's order would put a prompt's images together."""

    class Blind(Colours):
        def encode_images(self, pictures):
            return np.ones((len(pictures), 4), np.float32)

    found = rank_dataset(dataset, Blind())
    owners = [found.doc_ids[at].split("-")[0] for at in found.docs[0]]
    assert owners != sorted(owners)
    reversed_rows = dataclasses.replace(dataset, images=dataset.images.iloc[::-1].reset_index(drop=True))
    again = rank_dataset(reversed_rows, Blind())
    first, second = ([one.doc_ids[at] for at in one.docs[0]] for one in (found, again))
    assert [one for one in first if "p3-0" not in one] == [one for one in second if "again" not in one]


def test_a_search_finds_the_colour(dataset):
    found = rank_dataset(dataset, Colours())
    assert (found.name, found.encoder, found.k, len(found.doc_ids)) == ("made", "colours", 12, 12)
    assert found.hits[0, :6].all()
    assert not found.hits[0, 6:].any()
    assert found.relevant_ranks[1].tolist() == [1, 2, 3]
    assert measure_queries(found)["P@10"].tolist()[:2] == [0.6, 0.3]
    assert "1 prompts are longer than the encoder reads; their ends are cut off." in found.notes
    assert found.prompts.shape == (3, 4)


def test_what_the_encoder_learned_is_no_query_but_is_searched(dataset):
    found = rank_dataset(dataset, Trained())
    assert found.query_ids == ("p3", "p4")
    assert (len(found.doc_ids), len(found.prompts)) == (12, 3)
    told = "colours was trained on 1 of 3 prompts"
    assert f"{told}: they are no queries; their images are searched all the same." in found.notes
    whole = rank_dataset(dataset, Trained(), learned=True)
    assert whole.query_ids == ("p1", "p3", "p4")
    assert f"{told}: figures that include them flatter it." in whole.notes
    everything = dataclasses.replace(
        dataset, prompts=dataset.prompts.assign(prompt=[f"red {one}" for one in PROMPTS])
    )
    with pytest.raises(PPPError, match=r"colours was trained on every prompt of made\. Use --learned"):
        rank_dataset(everything, Trained())


def test_images_that_cannot_be_read_are_left_out_and_told(dataset, tmp_path):
    (tmp_path / "p1-0.png").write_bytes(b"no picture")
    for number in range(3):
        (tmp_path / f"p3-{number}.png").write_bytes(f"no picture {number}".encode())
    (tmp_path / "p2-1.png").unlink()
    found = rank_dataset(dataset, Colours())
    assert found.query_ids == ("p1", "p4")
    assert sorted(found.doc_ids) == ["p1-1", "p1-2", "p2-0", "p2-2", "p4-0", "p4-1", "p4-2", "p4-again"]
    assert found.image.shape == (8, 4)
    assert found.hits.sum(axis=1).tolist() == [4, 4]
    text = " ".join(found.notes)
    assert "Images that cannot be opened are left out, such as: " in text
    assert "4 of 12 images cannot be read, such as: " in text
    assert "1 prompts have no image that can be read and are no queries." in text
    for path in tmp_path.glob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(PPPError, match="No image of made can be read: "):
        rank_dataset(dataset, Colours())
    for path in tmp_path.glob("*.png"):
        path.unlink()
    with pytest.raises(PPPError, match="No image of made can be read: "):
        collect(dataset)


def test_embeddings_are_kept(dataset, tmp_path):
    store, steps = EmbeddingStore(tmp_path / "kept"), []
    first = rank_dataset(dataset, Colours(), store=store)

    class Blind(Colours):
        def encode(self, prompts, *, layers="last"):
            raise AssertionError

        encode_images = encode

    again = rank_dataset(dataset, Blind(), store=store, progress=lambda *step: steps.append(step))
    assert np.array_equal(first.docs, again.docs)
    assert steps[-1] == (12, 12)


def test_a_data_set_without_images_is_refused(dataset):
    bare = dataclasses.replace(dataset, images=dataset.images.assign(path=None))
    with pytest.raises(PPPError, match="The data set made has no images on this machine"):
        rank_dataset(bare, Colours())
    some = dataset.images["path"].where(dataset.images["prompt_id"] != "p4", None)
    partly = dataclasses.replace(dataset, images=dataset.images.assign(path=some))
    assert "4 of 13 images are not on this machine." in collect(partly).notes
    with pytest.raises(PPPError, match="at least 10 documents a query, got 3"):
        rank_dataset(dataset, Colours(), k=3)
