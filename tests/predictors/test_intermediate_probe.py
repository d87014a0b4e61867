"""The probe of middle layers against scikit-learn's ridge, and the counts of wording by hand."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from ppp_core.encoders.tfidf import Tfidf
from ppp_core.errors import PPPError
from ppp_core.predictors.intermediate_probe import PENALTY, WORDING_SPREAD, IntermediateProbe
from ppp_core.predictors.reading import Reading, read_prompts
from ppp_core.predictors.wording import WORDING_NAMES, wording

RNG = np.random.default_rng(5)
PROMPTS = [
    " ".join(RNG.choice(["red", "cat", "two", "under", "no", "big"], size=RNG.integers(2, 8)))
    for _ in range(90)
]


def reading(n_layers: int, dim: int, *, scale=1.0) -> Reading:
    layers = (RNG.normal(size=(90, n_layers, dim)) * scale + 3).astype(np.float32)
    return Reading(PROMPTS, layers, np.zeros(90, int), np.zeros(90, int))


def reference(read: Reading, kept: slice, observed: np.ndarray) -> np.ndarray:
    layers = read.layers[:, kept].astype(float)
    blocks = []
    for block in layers.transpose(1, 0, 2):
        centred = block - block.mean(axis=0)
        blocks.append(centred / np.sqrt((centred**2).sum(axis=1).mean()))
    features = np.hstack(blocks) / np.sqrt(len(blocks))
    counts = wording(read.prompts)
    spread = np.where(counts.std(axis=0) > 0, counts.std(axis=0), 1)
    held = np.clip((counts - counts.mean(axis=0)) / spread, -4, 4)
    joined = np.hstack([features, held * WORDING_SPREAD / np.sqrt(6)])
    return Ridge(alpha=PENALTY * len(observed)).fit(joined, observed).predict(joined)


@pytest.mark.parametrize(
    ("n_layers", "dim", "kept"),
    [(7, 5, slice(2, 5)), (7, 60, slice(2, 5)), (2, 5, slice(0, 2)), (13, 4, slice(4, 9))],
)
def test_it_is_ridge_regression_on_the_middle_layers_and_counts(n_layers, dim, kept):
    read = reading(n_layers, dim)
    observed = RNG.normal(size=90) + read.layers[:, kept.start, 0]
    fitted = IntermediateProbe().fit(read, observed)
    assert fitted.predict(read) == pytest.approx(reference(read, kept, observed), abs=1e-4)


def test_a_layers_scale_does_not_count():
    read = reading(7, 5)
    observed = RNG.normal(size=90)
    scaled = Reading(
        read.prompts, read.layers * np.array([1, 1, 1, 50, 1, 1, 1])[:, None], read.tokens, read.truncated
    )
    one, other = (IntermediateProbe().fit(each, observed).predict(each) for each in (read, scaled))
    assert one == pytest.approx(other, abs=1e-3)


def test_outer_layers_are_not_read():
    read = reading(7, 5)
    fitted = IntermediateProbe().fit(read, RNG.normal(size=90))
    before = fitted.predict(read)
    read.layers[:, [0, 1, 5, 6]] = 99
    assert (fitted.predict(read) == before).all()


def test_arrays_make_the_same_probe_and_are_small():
    read = reading(7, 384)
    fitted = IntermediateProbe().fit(read, RNG.normal(size=90))
    again = IntermediateProbe.from_arrays(fitted.arrays())
    assert (again.predict(read) == fitted.predict(read)).all()
    assert sum(array.nbytes for array in fitted.arrays().values()) < 6_000


def test_a_wild_prompt_is_held_at_the_limit():
    read = reading(7, 5)
    fitted = IntermediateProbe().fit(read, RNG.normal(size=90))
    wild = [Reading(["red, " * n], read.layers[:1], read.tokens[:1], read.truncated[:1]) for n in (500, 5000)]
    assert fitted.predict(wild[0]) == pytest.approx(fitted.predict(wild[1]))


def test_an_encoder_of_one_layer_is_refused():
    encoder = Tfidf().fit(PROMPTS)
    with pytest.raises(PPPError, match=r"reads all hidden layers, and this encoder has one"):
        IntermediateProbe().fit(read_prompts(encoder, PROMPTS), RNG.normal(size=90))


@pytest.mark.parametrize(
    ("prompt", "n_words", "counts"),
    [
        ("A cat.", 2, {}),
        ("Three dogs don't sit behind the RED car", 8, {"numbers": 1, "negations": 1, "places": 1}),
        ("more apples than pears, no plums", 6, {"comparisons": 2, "negations": 1}),
        ("a sign saying 'OPEN'", 4, {"quoted": 1}),
        ("the dogs bowl and the cats' bowl", 7, {}),
        ("a cat that doesn’t sit", 5, {"negations": 1}),
        ("🦊", 0, {}),
    ],
)
def test_counts_of_wording(prompt, n_words, counts):
    row = dict(zip(WORDING_NAMES, wording([prompt])[0], strict=True))
    assert row.pop("log words") == pytest.approx(np.log1p(n_words))
    assert {name: value for name, value in row.items() if value} == counts


def test_no_prompts_have_no_rows():
    assert wording([]).shape == (0, 6)
