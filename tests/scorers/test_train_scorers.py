"""The figures in the cards: fair by prompt, and the textbook's correlations."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

SCRIPT = Path(__file__).parents[2] / "scripts" / "train_scorers.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("train_scorers", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(script, n_prompts=40, per_prompt=5):
    """Pictures that show which prompt they are of, and scores that only the prompt decides, at random."""
    rng = np.random.default_rng(0)
    prompt_of = np.repeat(np.arange(n_prompts), per_prompt)
    own = rng.uniform(1, 2, size=(n_prompts, 30))
    features = own[prompt_of] + 0.01 * rng.uniform(size=(len(prompt_of), 30))
    texts = rng.normal(size=(n_prompts, 8))
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    scores = rng.uniform(1, 4, n_prompts)[prompt_of] + 0.01 * rng.normal(size=len(prompt_of))
    matches = rng.normal(size=len(prompt_of)).astype(np.float32)
    prompts = [f"prompt {number}" for number in range(n_prompts)]
    return script.Data(prompts, texts, features, matches, prompt_of, {"t": scores})


@pytest.mark.parametrize("shares", [(1.0, 0.0, 0.0, 0.0), (0.5, 0.2, 0.5, 0.2)])
def test_no_picture_is_scored_by_what_saw_its_prompt(script, shares):
    data = made(script)
    settings = script.Settings(axes=10, shares=shares)
    rows = np.arange(len(data.features))
    head = script.fit(data, data.scores["t"], rows, settings)
    alone = shares[1:] == (0.0, 0.0, 0.0)
    own = (None, None) if alone else (data.texts[data.prompt_of], data.matches)
    learned = spearmanr(head.predict(data.features, *own), data.scores["t"])[0]
    held_out = spearmanr(script.cross_validated(data, data.scores["t"], settings), data.scores["t"])[0]
    assert learned > 0.9
    assert abs(held_out) < 0.4


def test_correlations_are_the_textbooks(script):
    rng = np.random.default_rng(1)
    prompt_of = np.repeat(np.arange(12), 4)
    observed = rng.integers(0, 5, 48).astype(float)
    scores = observed + rng.normal(size=48)
    rows_of = [np.flatnonzero(prompt_of == prompt) for prompt in range(12)]
    found = script.correlations(scores, observed, rows_of)
    means = [[values[rows].mean() for rows in rows_of] for values in (scores, observed)]
    within = [values - np.repeat(mean, 4) for values, mean in zip((scores, observed), means, strict=True)]
    assert found == pytest.approx(
        {
            "spearman": spearmanr(scores, observed)[0],
            "pearson": pearsonr(scores, observed)[0],
            "spearman_of_prompts": spearmanr(*means)[0],
            "pearson_within_prompts": pearsonr(*within)[0],
        }
    )


def test_a_wider_bootstrap_of_fewer_prompts(script, monkeypatch):
    monkeypatch.setattr(script, "RESAMPLES", 200)
    rng = np.random.default_rng(2)
    widths = []
    for n_prompts in (10, 160):
        observed = rng.normal(size=4 * n_prompts)
        scores = observed + rng.normal(size=4 * n_prompts)
        one = script.figures_of(scores, observed, np.repeat(np.arange(n_prompts), 4))["spearman"]
        assert one["low"] <= one["value"] <= one["high"]
        widths.append(one["high"] - one["low"])
    assert widths[0] > 2 * widths[1]
