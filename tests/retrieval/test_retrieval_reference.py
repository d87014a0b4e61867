"""What comes with PPP is what measuring gives, holds figures alone, and is what the page tells."""

import importlib.util
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from ppp_core.charts.retrieval import predictors_forest
from ppp_core.errors import PPPError
from ppp_core.retrieval import (
    MEASURES,
    POST_RETRIEVAL,
    evaluate_retrieval,
    measure_queries,
    predict_queries,
    rank_dataset,
)
from ppp_core.retrieval.reference import MAX_BYTES, PARTS, REFERENCE, as_kept, load_retrieval_reference

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "retrieval.md").read_text(encoding="utf-8")
DIGITS = 1.2e-4


@pytest.fixture(scope="module")
def kept():
    return load_retrieval_reference()


def test_it_is_whole_and_small(kept):
    assert REFERENCE.stat().st_size <= MAX_BYTES
    assert set(kept.parts) == set(PARTS)
    assert {name: one.n_queries for name, one in kept.parts.items()} == {"unseen": 60, "folds": 300}
    for one in kept.parts.values():
        assert (one.n_images, one.k, one.absent, one.resamples) == (2972, 100, {}, 10_000)
        assert list(one.measures["name"]) == list(MEASURES)
        assert list(dict.fromkeys(one.correlations["predictor"])) == list(POST_RETRIEVAL)
        assert one.correlations["pearson_low"].notna().all()
        assert one.per_query.empty
        assert one.calibration.n == 100 * one.n_queries
    assert (
        "dual-lite was trained on 240 of 300 prompts: they are no queries; their images are searched all "
        in (" ".join(kept.parts["unseen"].notes))
    )
    assert PARTS["folds"] in kept.parts["folds"].notes


def test_it_holds_no_words_of_prompts():
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    assert set(told["parts"]["unseen"]["correlations"][0]) == {
        "predictor", "measure", "n", "pearson", "pearson_low", "pearson_high", "spearman", "spearman_low",
        "spearman_high", "kendall", "kendall_low", "kendall_high",
    }  # fmt: skip
    assert "per_query" not in told["parts"]["folds"]


def test_what_is_kept_is_read_back(make_ranking, tmp_path):
    ranking, _ = make_ranking(20, 3, 6, noise=0.6, others=20)
    found = evaluate_retrieval(ranking, names=["length", "nqc"], resamples=100)
    told = as_kept("2026-01-01", "Made", "Ours", {"numpy": "2"}, dict.fromkeys(PARTS, found))
    (tmp_path / "made.json").write_text(json.dumps(told))
    read = load_retrieval_reference(tmp_path / "made.json")
    assert (read.made, read.title, read.source, read.versions) == (
        "2026-01-01",
        "Made",
        "Ours",
        {"numpy": "2"},
    )
    for part in read.parts.values():
        pd.testing.assert_frame_equal(part.measures, found.measures, rtol=DIGITS)
        pd.testing.assert_frame_equal(part.correlations, found.correlations, rtol=DIGITS, check_dtype=False)
        assert part.notes == found.notes
        assert predictors_forest(part.correlations).data


def test_what_is_missing_or_damaged_is_refused(tmp_path):
    with pytest.raises(PPPError, match=r"No measured retrieval at .*absent\.json"):
        load_retrieval_reference(tmp_path / "absent.json")
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    cases = {
        "no json": ("{", "is damaged"),
        "old": (json.dumps({**told, "format": 0}), "is not of format 1"),
        "short": (
            json.dumps({**told, "parts": {"unseen": told["parts"]["unseen"]}}),
            "lacks something: 'folds'",
        ),
        "odd": (json.dumps({**told, "parts": {"unseen": {}, "folds": {}}}), "lacks something"),
    }
    for name, (text, words) in cases.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PPPError, match=words):
            load_retrieval_reference(path)


@pytest.mark.parametrize("name", [*MEASURES, *POST_RETRIEVAL])
def test_everything_is_documented(name):
    assert f"`{name}`" in TEXT


def test_the_page_tells_the_figures_that_come_with_ppp(kept):
    """Every row of the page's two tables, as the reference has it."""
    parts = [kept.parts[name] for name in ("unseen", "folds")]
    rows = []
    for name in ("P@10", "RR", "nDCG@10", "AP"):
        cells = [part.measures.set_index("name").loc[name] for part in parts]
        rows.append(
            f"| `{name}` | " + " | ".join(figure(*one[["value", "low", "high"]]) for one in cells) + " |"
        )
    for name in POST_RETRIEVAL:
        cells = []
        for measure in ("P@10", "RR"):
            for part in parts:
                one = part.correlations.set_index(["predictor", "measure"]).loc[(name, measure)]
                cells.append(figure(*one[["pearson", "pearson_low", "pearson_high"]], digits=2))
        rows.append(f"| `{name}` | " + " | ".join(cells) + " |")
    missing = [row for row in rows if row not in TEXT]
    assert not missing, "\n".join(missing)
    for part in parts:
        assert f"{part.calibration.error:.3f}".lstrip("0") in TEXT


def figure(value, low, high, *, digits=3):
    texts = [re.sub(r"^(-?)0\.", r"\1.", f"{one:.{digits}f}").replace("-", "−") for one in (value, low, high)]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


@pytest.mark.slow
@pytest.mark.real_data
def test_it_is_what_measuring_gives(kept, data_folder):
    """The sixty unseen prompts through the real encoder, to the third decimal."""
    from ppp_core.datasets import load_dataset
    from ppp_core.encoders import load_joint_encoder
    from ppp_core.store import EmbeddingStore, home

    dataset = load_dataset("agiqa-3k", folder=data_folder)
    store = EmbeddingStore(home() / "embeddings")
    ranking = rank_dataset(dataset, load_joint_encoder("dual-lite"), store=store)
    found = evaluate_retrieval(ranking, resamples=100)
    known = kept.parts["unseen"]
    assert found.measures["value"].tolist() == pytest.approx(known.measures["value"].tolist(), abs=2e-3)
    mine, theirs = (one.correlations.set_index(["predictor", "measure"]) for one in (found, known))
    stable = ["top-score", "sigma-k", "nqc", "wig", "smv", "expected-p10"]
    for key in theirs.index:
        if key[0] in stable:
            assert mine.loc[key, "pearson"] == pytest.approx(theirs.loc[key, "pearson"], abs=2e-2), key


@pytest.mark.real_data
def test_twelve_prompts_that_the_encoder_never_saw(data_folder):
    """The first of the unseen prompts among their own 119 images: real files, real encoder, known figures."""
    from ppp_core.datasets import load_dataset
    from ppp_core.encoders import load_joint_encoder

    whole, encoder = load_dataset("agiqa-3k", folder=data_folder), load_joint_encoder("dual-lite")
    prompts = whole.prompts[~encoder.has_learned(whole.prompts["prompt"].tolist())].head(12)
    images = whole.images[whole.images["prompt_id"].isin(prompts["prompt_id"])]
    ranking = rank_dataset(replace(whole, prompts=prompts, images=images), encoder, k=None)
    assert (len(ranking), len(ranking.doc_ids)) == (12, 119)
    measured = measure_queries(ranking)
    known = {"P@10": 0.4917, "RR": 0.7639, "nDCG@10": 0.5349, "AP": 0.5363}
    for name, value in known.items():
        assert measured[name].mean() == pytest.approx(value, abs=1e-3), name
    names = {"top-score": 0.18701, "nqc": 0.09701, "wig": 0.12599, "smv": 0.07748, "cohesion": 0.15536}
    values = predict_queries(ranking, measured, names=list(names)).values
    for name, value in names.items():
        assert values.loc[0, name] == pytest.approx(value, abs=1e-3), name


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location(
        "reference_retrieval", ROOT / "scripts" / "reference_retrieval.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("train_dual_lite", None)


def test_heads_trained_anew_know_what_they_learned(script):
    from ppp_core.encoders.dual_lite import DualLite

    stock = DualLite()
    again = script.Refitted(stock.heads, ["A red fox"])
    assert again.has_learned(["a red fox!", "a blue fox"]).tolist() == [True, False]
    assert again.revision != stock.revision
    assert (again.encode(["a"]).vectors == stock.encode(["a"]).vectors).all()


def test_a_file_that_is_too_large_is_not_written(script, make_ranking, tmp_path, monkeypatch):
    ranking, _ = make_ranking(20, 3, 6)
    halves = [ranking.rows(range(10)), ranking.rows(range(10, 20))]
    card = SimpleNamespace(title="Made", licence="none", attribution="Ours.")
    monkeypatch.setattr(script, "load_dataset", lambda name: SimpleNamespace(card=card))
    monkeypatch.setattr(script, "rank_dataset", lambda *_, **__: ranking)
    monkeypatch.setattr(script, "folded", lambda *_: halves)
    script.build(tmp_path / "made.json", resamples=100)
    assert load_retrieval_reference(tmp_path / "made.json").parts["folds"].n_queries == 20
    monkeypatch.setattr(script, "MAX_BYTES", 10)
    with pytest.raises(PPPError, match=r"large\.json came to [\d,]+ bytes, at most 10 are shipped"):
        script.build(tmp_path / "large.json", resamples=100)
    assert not (tmp_path / "large.json").exists()
