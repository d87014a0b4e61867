"""The store in memory answers as the one on disk does, holds no more than it may, and writes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core import PPPError
from ppp_core.encoders import embed_images
from ppp_core.store import EmbeddingStore, EncoderKey
from ppp_core.store.memory import MemoryStore

KEY = EncoderKey("tiny", "1", "last", (2,))
OTHER = EncoderKey("tiny", "2", "last", (2,))


def put(store, key, texts, value=1.0):
    n = len(texts)
    return store.put(key, texts, np.full((n, 2), value), np.arange(n), np.zeros(n, int))


def test_it_answers_by_encoder_and_text(tmp_path):
    for store in (MemoryStore(), EmbeddingStore(tmp_path)):
        put(store, KEY, ["a cat", "a dog"], 3.0)
        put(store, OTHER, ["a cat"], 4.0)
        found = store.get(KEY, ["a bird", "a dog", "a cat", "a dog"])
        assert found.found.tolist() == [False, True, True, True]
        assert found.vectors.tolist() == [[3.0, 3.0]] * 3
        assert found.vectors.dtype == np.float32
        assert found.tokens.tolist() == [1, 0, 1]
        assert store.get(OTHER, ["a cat"]).vectors.tolist() == [[4.0, 4.0]]


def test_what_was_asked_for_longest_ago_goes():
    store = MemoryStore(most=2)
    put(store, KEY, ["one", "two"])
    store.get(KEY, ["one"])
    put(store, KEY, ["three"])
    assert store.get(KEY, ["one", "two", "three"]).found.tolist() == [True, False, True]
    store.put_remarks({"one": ["Turned."], "two": [], "three": ["Animated.", "Turned."]})
    assert store.get_remarks(["one", "three"]) == [(), ("Animated.", "Turned.")]


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4), max_size=12))
@settings(max_examples=50)
def test_with_room_enough_it_finds_what_the_disk_finds(batches):
    store, kept = MemoryStore(most=6), {}
    for number, texts in enumerate(batches):
        put(store, KEY, texts, float(number))
        kept |= dict.fromkeys(texts, float(number))
    found = store.get(KEY, list("abcdef"))
    assert found.found.tolist() == [letter in kept for letter in "abcdef"]
    assert found.vectors[:, 0].tolist() == [kept[letter] for letter in "abcdef" if letter in kept]


def test_pictures_are_embedded_once_even_in_a_public_demo(monkeypatch, tmp_path):
    class Counting:
        name, revision, dim, preprocessing, seen = "counting", "1", 1, "none", 0

        def encode_images(self, pictures):
            self.seen += len(pictures)
            return np.array([[np.asarray(one).mean()] for one in pictures], np.float32)

    from PIL import Image

    monkeypatch.setenv("PPP_PUBLIC", "1")
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    encoder, store = Counting(), MemoryStore()
    pictures = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]
    for _ in range(2):
        assert embed_images(encoder, pictures, store=store).vectors.tolist() == [[255.0], [0.0]]
    assert encoder.seen == 2
    assert list(tmp_path.rglob("*")) == []


def test_bad_shapes_and_no_room_are_refused():
    with pytest.raises(PPPError, match=r"vectors of shape \(2, 2\) for tiny, got \(2, 3\)"):
        MemoryStore().put(KEY, ["a", "b"], np.zeros((2, 3)), np.zeros(2, int), np.zeros(2, int))
    with pytest.raises(PPPError, match="at least one embedding, got 0"):
        MemoryStore(most=0)
