"""embed: each text once, in order, from the store where it is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.encoders import Encoded, embed
from ppp_core.encoders.base import batches_by_length, readable_prompts
from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError
from ppp_core.store import EmbeddingStore


class LengthEncoder:
    """A prompt's vector is (its length, its words); three layers are that, doubled, tripled."""

    name, revision, dim, n_layers, max_tokens = "length", "1", 2, 3, 4

    def __init__(self):
        self.calls = []

    def encode(self, prompts, *, layers="last"):
        self.calls.append(list(prompts))
        words = np.array([len(prompt.split()) for prompt in prompts])
        one = np.array([[len(prompt), len(prompt.split())] for prompt in prompts], np.float32)
        vectors = one if layers == "last" else np.stack([one, 2 * one, 3 * one], axis=1)
        tokens = np.minimum(words, self.max_tokens)
        return Encoded(vectors, tokens, words - tokens)

    def spans(self, prompt):
        return []


PROMPTS = ["a red cat", "dog", "a red cat", "", "one two three four five six"]
VECTORS = [[9, 3], [3, 1], [9, 3], [0, 0], [27, 6]]


def test_each_text_is_encoded_once_and_order_is_kept():
    encoder = LengthEncoder()
    encoded = embed(encoder, PROMPTS)
    assert encoded.vectors.tolist() == VECTORS
    assert encoded.tokens.tolist() == [3, 1, 3, 0, 4]
    assert encoded.truncated.tolist() == [0, 0, 0, 0, 2]
    assert encoder.calls == [["", "dog", "a red cat", "one two three four five six"]]


def test_the_order_comes_back_from_any_order_of_lengths():
    prompts = ["x" * length for length in (5, 2, 9, 4, 1, 7)]
    encoded = embed(LengthEncoder(), prompts, batch=2)
    assert encoded.vectors[:, 0].tolist() == [5, 2, 9, 4, 1, 7]


def test_batches_report_their_progress():
    encoder, seen = LengthEncoder(), []
    encoded = embed(encoder, PROMPTS, layers="all", batch=3, progress=lambda *now: seen.append(now))
    assert seen == [(3, 4), (4, 4)]
    assert encoded.vectors[:, 2].tolist() == (3 * np.array(VECTORS)).tolist()


def test_what_the_store_knows_is_not_encoded_again(tmp_path):
    store, encoder, seen = EmbeddingStore(tmp_path), LengthEncoder(), []
    embed(encoder, ["dog", "a red cat"], store=store)
    again = embed(encoder, PROMPTS, store=EmbeddingStore(tmp_path), progress=lambda *now: seen.append(now))
    assert again.vectors.tolist() == VECTORS
    assert again.truncated.tolist() == [0, 0, 0, 0, 2]
    assert encoder.calls[1:] == [["", "one two three four five six"]]
    assert seen == [(4, 4)]
    everything = embed(encoder, PROMPTS, store=store, progress=lambda *now: seen.append(now))
    assert everything.vectors.tolist() == VECTORS
    assert len(encoder.calls) == 2
    assert seen == [(4, 4), (4, 4)]


def test_layers_and_revisions_are_kept_apart(tmp_path):
    store, encoder = EmbeddingStore(tmp_path), LengthEncoder()
    embed(encoder, ["dog"], store=store)
    assert embed(encoder, ["dog"], layers="all", store=store).vectors.shape == (1, 3, 2)
    encoder.revision = "2"
    embed(encoder, ["dog"], store=store)
    assert len(encoder.calls) == 3


def test_a_store_that_fails_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    encoded = embed(LengthEncoder(), PROMPTS, store=EmbeddingStore(tmp_path / "file"))
    assert encoded.vectors.tolist() == VECTORS


def test_sparse_vectors_keep_their_order_and_are_not_stored(tmp_path):
    encoder, store = Tfidf().fit(["a red cat", "a dog"]), EmbeddingStore(tmp_path)
    prompts = ["dog", "a red cat", "dog", "a bird on a tree"]
    encoded = embed(encoder, prompts, store=store, batch=1)
    assert (encoded.vectors != encoder.encode(prompts).vectors).nnz == 0
    assert not store.path.exists()


def test_refusals():
    encoder = LengthEncoder()
    for prompts, message in (
        ([], "at least one prompt, got none"),
        ("a cat", "a list of prompts, got one text"),
        (["a cat", 3], "Prompt 2 must be text, got int"),
        (["a" * 1_000_001], "1,000,001 characters"),
    ):
        with pytest.raises(PPPError, match=message):
            embed(encoder, prompts)
    with pytest.raises(PPPError, match="layers must be 'last' or 'all', got 'first'"):
        embed(encoder, ["a cat"], layers="first")
    with pytest.raises(PPPError, match="batches of at least one prompt, got 0"):
        embed(encoder, ["a cat"], batch=0)
    assert encoder.calls == []


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 200), st.integers(1, 8))
def test_batches_hold_every_row_once_within_their_bounds(lengths, tokens, prompts):
    lengths = np.array(lengths, int)
    batches = [batch.tolist() for batch in batches_by_length(lengths, tokens=tokens, prompts=prompts)]
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(len(batch) <= prompts for batch in batches)
    assert all(len(batch) == 1 or len(batch) * lengths[batch].max() <= tokens for batch in batches)


def test_readable_prompts_keep_their_lengths():
    assert readable_prompts(["\ud83d\ude00 and 😀"]) == ["\ufffd\ufffd and 😀"]
