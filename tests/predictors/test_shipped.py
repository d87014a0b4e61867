"""The artefacts that come with PPP, and prompts scored with them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import ppp_core
from ppp_core.datasets import load_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation.parts import target_data
from ppp_core.predictors.artefact import load_trained, save_trained
from ppp_core.predictors.evidence import evidence
from ppp_core.predictors.scoring import predict_all, score, score_columns
from ppp_core.predictors.shipped import (
    DEFAULT_TARGET,
    MODELS,
    find_trained,
    folder_of,
    load_shipped,
    shipped_targets,
)

ROOT = Path(ppp_core.__file__).parents[1]
PROMPTS = ["a red fox at the edge of a forest", "four cars on a street", "a red fox at the edge of a forest"]
FIELDS = {
    "predictor": {"name", "reads"},
    "encoder": {"name", "revision"},
    "data": {
        *("name", "licence", "attribution", "citation", "n_train", "n_train_ratings", "n_held_out"),
        *("n_left_out", "train_sha256", "held_out_sha256"),
    },
    "held_out": {"part", "n", "n_dropped", "pearson", "spearman", "kendall", "confidence", "resamples"},
    "familiarity": {"threshold", "familiar", "flagged"},
    "calibration": {"confidence", "method", "bins", "noise", "slope"},
    "versions": {"numpy", "scikit-learn", "crepes", "onnxruntime", "tokenizers"},
    "target": {"name", "title", "measure", "low", "high", "judged_by", "reads_as", "about"},
}
every_target = pytest.mark.parametrize("target", shipped_targets())


@every_target
def test_it_loads_and_predicts_inside_its_bounds(target):
    trained = load_shipped(target)
    for found in trained.predict(PROMPTS[:2]):
        assert trained.target.low <= found.low <= found.high <= trained.target.high
        assert trained.target.low <= found.value <= trained.target.high
        assert 0 <= found.percentile <= 100
        assert (found.target, found.version) == (target, trained.card["checksum"][:12])


@every_target
def test_its_card_says_everything(target):
    card = load_shipped(target).card
    for part, fields in FIELDS.items():
        assert fields <= card[part].keys(), part
    assert card["data"]["attribution"]
    assert card["data"]["licence"]
    assert isinstance(card["seed"], int)
    assert all(card["versions"].values())
    assert card["encoder"]["revision"] == load_shipped(target).encoder.revision
    assert card["calibration"]["bins"] == len(load_shipped(target).calibration.below)
    assert card["familiarity"]["threshold"] == load_shipped(target).familiarity.threshold


@every_target
def test_its_intervals_hold_ninety_percent(target):
    every = load_shipped(target).card["coverage"][0]
    assert every["group"] == "all"
    assert every["inside"] == pytest.approx(0.9, abs=0.02)


@every_target
def test_one_in_twenty_familiar_prompts_and_most_strange_ones_are_flagged(target):
    told = load_shipped(target).card["familiarity"]
    share, n = told["familiar"]["share"], told["familiar"]["n"]
    assert abs(share - 0.05) < 4 * np.sqrt(2 * 0.05 * 0.95 / n)  # the threshold is of as many prompts
    assert told["flagged"]["not prompts at all"]["share"] > 0.8


@every_target
def test_its_evidence_is_told(target):
    told = evidence(load_shipped(target))
    assert f"{load_shipped(target).card['held_out']['pearson']['value']:.3f}" in told.correlation
    assert len(told.coverage_table) == 5


def test_they_are_small():
    sizes = {
        path.name: sum(file.stat().st_size for file in path.iterdir())
        for path in MODELS.iterdir()
        if (path / "card.json").exists()
    }
    assert sizes
    assert max(sizes.values()) < 2_000_000, sizes
    assert sum(sizes.values()) < 20_000_000, sizes


@pytest.mark.real_data
@every_target
def test_no_training_prompt_is_inside(target, data_folder):
    folder = MODELS / folder_of(target)
    data = target_data(load_dataset(target.partition("/")[0], folder=data_folder), target)
    written = (folder / "model.safetensors").read_bytes() + (folder / "card.json").read_bytes()
    long = [prompt for prompt in data.train.prompts if len(prompt) > 12]
    assert [prompt for prompt in long if prompt.encode() in written] == []
    assert load_shipped(target).card["data"]["n_train"] == len(data.train)
    assert load_shipped(target).card["data"]["train_sha256"] == data.train.digest()


@every_target
def test_it_can_be_saved_again_byte_for_byte(target, tmp_path):
    save_trained(load_shipped(target), tmp_path / "again", share=True)
    folder = MODELS / folder_of(target)
    assert (tmp_path / "again" / "card.json").read_text() == (folder / "card.json").read_text()
    ours, theirs = (load_file(place / "model.safetensors") for place in (tmp_path / "again", folder))
    assert ours.keys() == theirs.keys()


def test_the_default_comes_first_and_each_target_has_one_folder():
    targets = shipped_targets()
    assert len(set(map(folder_of, targets))) == len(targets)
    assert targets[0] == DEFAULT_TARGET == "ppp/alignment"


def test_unknown_target_is_answered_with_the_near_one():
    known = shipped_targets()[0]
    with pytest.raises(PPPError, match=rf"Unknown target '{known}x'\. Did you mean '{known}'"):
        load_shipped(known + "x")


def test_a_folder_stands_for_a_target(tfidf_folder):
    assert find_trained(str(tfidf_folder)).target.name == "made/worth"
    assert find_trained(shipped_targets()[0]) is load_shipped(shipped_targets()[0])


def test_columns_of_a_score_table(tfidf_folder, trained):
    table = score(PROMPTS, [load_trained(tfidf_folder)])
    assert table.columns.tolist() == score_columns(["made/worth"])
    assert table.columns.tolist() == [
        *("prompt", "made/worth", "made/worth_low", "made/worth_high", "made/worth_percentile"),
        *("unfamiliar", "tokens", "truncated"),
    ]
    assert table["prompt"].tolist() == PROMPTS
    assert table.iloc[0].equals(table.iloc[2])
    assert table["tokens"].tolist() == [9, 5, 9]


def test_score_and_predict_all_agree_for_every_target():
    predictors = [load_shipped(target) for target in shipped_targets()]
    table = score(PROMPTS[:1], predictors)
    found = predict_all(PROMPTS[0], predictors)
    assert list(found) == list(shipped_targets())
    for target, one in found.items():
        row = table.iloc[0]
        assert (row[target], row[f"{target}_low"], row[f"{target}_high"]) == (one.value, one.low, one.high)
        assert row[f"{target}_percentile"] == one.percentile
    assert table["unfamiliar"][0] == any(one.unfamiliar for one in found.values())


def test_the_order_of_prompts_changes_no_score(trained):
    prompts = ["red fox", "blue car in the street", "green boat tiny quiet foggy"]
    forwards, backwards = score(prompts, [trained]), score(prompts[::-1], [trained])
    assert forwards.equals(backwards[::-1].reset_index(drop=True))


@pytest.mark.parametrize(
    ("prompts", "targets", "told"),
    [
        (["a", " \t"], 1, r"Prompt 2 of 2 is empty: a score needs at least one word"),
        ([], 1, "at least one prompt, got none"),
        (["a"], 0, "one or more different targets, got none"),
        (["a"], 2, r"different targets, got \['made/worth', 'made/worth'\]"),
        ("a red fox", 1, "needs a list of prompts, got one text"),
        (["a", 3.5], 1, "Prompt 2 must be text, got float"),
    ],
)
def test_what_cannot_be_scored_is_told(trained, prompts, targets, told):
    with pytest.raises(PPPError, match=told):
        score(prompts, [trained] * targets)


ODD = [
    "x" * 1_000_000,
    "\u202eright to left שלום",
    "🦊👨‍👩‍👧‍👦🏳️‍🌈",
    "bell \x07 and escape \x1b[31m",
    "half a pair \ud83d",
    "e\u0301" * 500,
]


def test_odd_prompts_are_scored_by_every_shipped_predictor():
    table = score(ODD, [load_shipped(target) for target in shipped_targets()])
    numbers = table.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy(dtype=float)).all()
    assert table["prompt"].tolist() == [prompt.replace("\ud83d", "\ufffd") for prompt in ODD]


def test_a_prompt_of_more_than_a_million_characters_is_refused(trained):
    with pytest.raises(PPPError, match=r"Prompt 1 has 1,000,001 characters, at most 1,000,000"):
        load_shipped(shipped_targets()[0]).predict(["x" * 1_000_001])


WARM = """
import json, sys
import ppp_core
before = sorted(sys.modules)
ppp_core.score(["a red fox"], sys.argv[1:])
print(json.dumps([before, sorted(sys.modules)]))
"""
HEAVY = "umap spacy open_clip torchvision torch transformers sklearn crepes streamlit lancedb".split()


def test_a_warm_first_score_loads_nothing_heavy():
    ran = subprocess.run(
        [sys.executable, "-c", WARM, *shipped_targets()], cwd=ROOT, capture_output=True, text=True, check=True
    )
    at_import, after = json.loads(ran.stdout)
    assert [name for name in (*HEAVY, "pandas", "numpy", "onnxruntime") if name in at_import] == []
    assert [name for name in HEAVY if name in after] == []
    assert "onnxruntime" in after
