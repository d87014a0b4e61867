"""The baseline encoder: counts of words and pairs of words."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

from ppp_core.encoders import load_encoder
from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError

TRAINING = ["a red cat", "a blue dog", "a red dog on a red table"]


def by_hand(prompt, training):
    """The textbook formula: (1 + ln count) × (ln((1 + n) / (1 + documents)) + 1), then length one."""

    def terms(text):
        words = text.split()
        return words + [f"{a} {b}" for a, b in pairwise(words)]

    documents = [set(terms(text)) for text in training]
    weights = {}
    for term in set(terms(prompt)) & set.union(*documents):
        rarity = math.log((1 + len(documents)) / (1 + sum(term in d for d in documents))) + 1
        weights[term] = (1 + math.log(terms(prompt).count(term))) * rarity
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()}


def test_weights_follow_the_formula():
    encoder = Tfidf().fit(TRAINING)
    vocabulary = encoder.state()[1]["vocabulary"]
    prompt = "a red red bird on a table"
    row = encoder.encode([prompt]).vectors.toarray()[0]
    got = {term: weight for term, weight in zip(vocabulary, row, strict=True) if weight}
    assert got == pytest.approx(by_hand(prompt, TRAINING), abs=1e-6)
    assert row.dtype == np.float32


def test_the_state_gives_the_same_encoder_through_json():
    encoder = Tfidf().fit(TRAINING)
    arrays, values = encoder.state()
    again = Tfidf.from_state(arrays, json.loads(json.dumps(values)))
    prompts = ["a red cat", "nothing known here", ""]
    assert (again.encode(prompts).vectors != encoder.encode(prompts).vectors).nnz == 0
    assert again.revision == encoder.revision
    assert again.dim == encoder.dim == len(values["vocabulary"])


def test_the_revision_follows_what_was_learned():
    assert Tfidf().fit(TRAINING).revision != Tfidf().fit(TRAINING[:2]).revision


def test_layers_change_nothing_and_tokens_are_words():
    encoder = Tfidf().fit(TRAINING)
    encoded = encoder.encode(["A red, red cat!", ""], layers="all")
    assert encoded.vectors.shape == (2, encoder.dim)
    assert (encoded.tokens.tolist(), encoded.truncated.tolist()) == ([4, 0], [0, 0])
    assert encoder.spans("A red, cat!") == [(0, 1), (2, 5), (7, 10)]


def test_each_load_is_a_new_one():
    load_encoder("tfidf").fit(TRAINING)
    assert load_encoder("tfidf").revision == "unfitted"


@pytest.mark.parametrize("act", [lambda e: e.encode(["a cat"]), lambda e: e.state()])
def test_unfitted_use_is_told(act):
    with pytest.raises(PPPError, match="Call fit first"):
        act(Tfidf())


def test_prompts_without_words_are_told():
    with pytest.raises(PPPError, match="needs training prompts with words, got 2 without any"):
        Tfidf().fit(["", "!?"])


def test_a_state_that_does_not_fit_is_told():
    arrays, values = Tfidf().fit(TRAINING).state()
    with pytest.raises(PPPError, match=r"got 2 words and weights of shape \(\d+,\)"):
        Tfidf.from_state(arrays, {**values, "vocabulary": ["a", "b"]})
    with pytest.raises(PPPError, match="reads state version 1, got None"):
        Tfidf.from_state(arrays, {})
