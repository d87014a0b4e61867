"""Fine-tuning learns, stops at its best, is fair to the prompts that it learned from, and can be repeated."""

from dataclasses import replace

import numpy as np
import pytest

from ppp_core.adaptation import Settings, adapt
from ppp_core.adaptation import joint as joint_module
from ppp_core.adaptation.joint import _mean
from ppp_core.adaptation.loss import Goal
from ppp_core.adaptation.tower import token_ids, train_tower
from ppp_core.encoders.adapted import AdaptedMiniLM, load_adaptation, save_adaptation
from ppp_core.encoders.minilm import MiniLM
from ppp_core.errors import PPPError

COLOURS = ("red", "blue", "green", "yellow")
THINGS = ("cat", "dog", "bus", "tree", "bench", "boat")
PLACES = ("in a park", "on a beach")
PROMPTS = [f"a {colour} {thing} {place}" for colour in COLOURS for thing in THINGS for place in PLACES]
OBSERVED = np.array([[float(" red " in p), float("cat" in p or "dog" in p)] for p in PROMPTS])
TARGETS = ("made/red", "made/animal")
QUICK = Settings(rank=4, epochs=6, batch=8, rate=2e-3, head_rate=1e-2, folds=2, ceiling_share=2.0)


@pytest.fixture(scope="module")
def adaptation():
    return adapt(PROMPTS, OBSERVED, TARGETS, settings=QUICK, workers=1)


@pytest.fixture(scope="module")
def encoder(adaptation):
    return AdaptedMiniLM(adaptation)


def out_of_fold(adaptation):
    everything = adaptation.fair_scores(PROMPTS, np.full(OBSERVED.shape, np.nan))
    assert not np.isnan(everything).any()
    return everything


def test_it_learns_both_targets_at_once(adaptation):
    scores = out_of_fold(adaptation)
    assert [np.corrcoef(scores[:, k], OBSERVED[:, k])[0, 1] for k in range(2)] > [0.6, 0.6]
    assert all(np.corrcoef(scores[:, k], OBSERVED[:, k])[0, 1] > 0.6 for k in range(2))


def test_permuted_values_teach_nothing():
    order = np.random.default_rng(3).permutation(len(PROMPTS))
    nonsense = adapt(PROMPTS, OBSERVED[order], TARGETS, settings=QUICK, workers=1)
    scores, shuffled = out_of_fold(nonsense), OBSERVED[order]
    found = np.mean([np.corrcoef(scores[:, k], shuffled[:, k])[0, 1] for k in range(2)])
    assert abs(found) < 0.45  # two targets of 48 prompts: three standard errors


def test_the_same_seed_gives_the_same_and_another_does_not():
    short = replace(QUICK, epochs=1)
    made = [
        adapt(PROMPTS[::2], OBSERVED[::2], TARGETS, settings=short, seed=seed, workers=1)
        for seed in (0, 0, 1)
    ]
    first, again, other = (one.adapter.revision("x") for one in made)
    assert first == again != other


def test_processes_give_the_same_towers_in_order(monkeypatch):
    jobs = [(3, 1), (1, 2), (2, 3)]
    monkeypatch.setattr(joint_module, "train_tower", pow)
    told = []
    assert joint_module._train_all(jobs, 1, lambda *done: told.append(done)) == [3, 1, 8]
    assert joint_module._train_all(jobs, 2, lambda *done: told.append(done)) == [3, 1, 8]
    assert told == [(1, 3), (2, 3), (3, 3)] * 2


def test_the_best_epoch_is_kept_and_the_merged_graph_scores_as_the_tower_did():
    ids, rows = token_ids(PROMPTS), np.arange(len(PROMPTS))
    inside, outside = rows[rows % 3 > 0], rows[rows % 3 == 0]
    goal = Goal.of(OBSERVED, inside, QUICK)
    tower = train_tower(ids, goal, inside, outside, QUICK, 0, 0)
    assert 1 <= tower.epoch <= QUICK.epochs
    merged = MiniLM(_mean([tower], [goal], TARGETS, QUICK.rank))
    layers = merged.encode([PROMPTS[row] for row in outside], layers="all").vectors
    scores = _mean([tower], [goal], TARGETS, QUICK.rank).scores(layers)
    np.testing.assert_allclose(scores, tower.scores * goal.scale + goal.mean, atol=5e-3)


def test_an_epoch_that_made_things_worse_is_not_kept(monkeypatch):
    ids, rows = token_ids(PROMPTS), np.arange(len(PROMPTS))
    goal = Goal.of(OBSERVED, rows[::2], QUICK)
    qualities = iter([0.1, 0.7, 0.3, 0.2, 0.6, 0.5])
    monkeypatch.setattr(Goal, "quality", lambda self, scores, rows: next(qualities))
    assert train_tower(ids, goal, rows[::2], rows[1::2], QUICK, 0, 0).epoch == 2


def test_the_encoder_gives_scores_first_and_the_frozen_layers_as_they_are(encoder, adaptation):
    prompts = [*PROMPTS[:3], "something that was never said in training"]
    frozen = MiniLM().encode(prompts, layers="all")
    both = encoder.encode(prompts, layers="all")
    assert both.vectors.shape == (4, 8, 384)
    np.testing.assert_array_equal(both.vectors[:, 1:], frozen.vectors)
    np.testing.assert_allclose(both.vectors[:, 0, :2], encoder.scores(prompts))
    assert not both.vectors[:, 0, 2:].any()
    np.testing.assert_array_equal(encoder.encode(prompts).vectors, frozen.vectors[:, -1])
    assert encoder.revision != MiniLM().revision


def test_fair_scores_replace_only_what_was_learned_from(adaptation, encoder):
    prompts = [PROMPTS[5], "a purple submarine under a bridge"]
    scores = encoder.scores(prompts)
    fair = adaptation.fair_scores(prompts, scores)
    assert fair[0].tolist() == out_of_fold(adaptation)[5].tolist() != scores[0].tolist()
    assert fair[1].tolist() == scores[1].tolist()


def test_what_is_saved_is_what_is_loaded(adaptation, encoder, tmp_path):
    save_adaptation(adaptation, tmp_path / "kept")
    loaded = load_adaptation(tmp_path / "kept")
    assert AdaptedMiniLM(loaded).revision == encoder.revision
    assert loaded.card["epochs_kept"] == adaptation.card["epochs_kept"]
    path = tmp_path / "kept" / "adapter.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(PPPError, match=r"adapted encoder in .*kept is damaged: its checksum"):
        load_adaptation(tmp_path / "kept")
    with pytest.raises(PPPError, match=r"No adapted encoder in .*nowhere: No such file"):
        load_adaptation(tmp_path / "nowhere")


def test_values_that_do_not_fit_are_refused():
    with pytest.raises(PPPError, match=r"one value a prompt and target, \(2, 2\), got \(2, 1\)"):
        adapt(["a", "b"], np.zeros((2, 1)), TARGETS)
