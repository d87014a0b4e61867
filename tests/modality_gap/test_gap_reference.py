"""What comes with PPP is what measuring gives, and holds no vector."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.modality_gap import METHODS, load_gap_reference, measure_gap, project
from ppp_core.modality_gap.reference import MAX_BYTES, REFERENCE, SCALE

SCRIPT = Path(__file__).parents[2] / "scripts" / "reference_gap.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("reference_gap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_whole_and_small():
    found = load_gap_reference()
    assert REFERENCE.stat().st_size <= MAX_BYTES
    assert set(found.projections) == set(METHODS)
    assert {one.text_xy.shape for one in found.projections.values()} == {(500, 2)}
    assert (found.measures.n, found.measures.dim, found.closings.n) == (500, 512, 500)
    assert found.closings.frame["closing"].nunique() == 6
    assert found.projections["umap"].settings == {"neighbours": 15, "distance": 0.1, "seed": 0}
    assert found.projections["umap"].shown == "500 of 500 pairs shown"
    assert found.measures.frame["low"].notna().all()


def test_it_holds_no_words_and_no_vectors():
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    for one in told["projections"]:
        assert len(one["text"]) == len(one["image"]) == 1000
        assert all(isinstance(number, int) for number in one["text"])
        assert "axes" not in one


@pytest.mark.real_data
def test_it_is_what_measuring_gives(coco):
    found = load_gap_reference()
    for row in measure_gap(coco, resamples=0).frame.itertuples():
        assert found.measures.value(row.name) == pytest.approx(row.value, rel=2e-4), row.name
    for method in ("pca", "gap-axis"):
        kept, made = found.projections[method], project(coco, method=method)
        np.testing.assert_allclose(kept.text_xy, made.text_xy, atol=1 / SCALE)
        np.testing.assert_allclose(kept.image_xy, made.image_xy, atol=1 / SCALE)
        assert kept.trustworthiness == pytest.approx(made.trustworthiness, abs=1e-4)
        assert (kept.x_title, kept.y_title) == (made.x_title, made.y_title)


def test_what_is_built_can_be_read(script, clouds, tmp_path, monkeypatch):
    text, image = clouds(60, 6, gap=2)
    np.savez(tmp_path / "mine.npz", text=text, image=image)
    options = {"resamples": 100, "methods": ("pca", "gap-axis")}
    script.build(tmp_path / "mine.npz", tmp_path / "mine.json", **options)
    found = load_gap_reference(tmp_path / "mine.json")
    known = measure_gap(text, image, resamples=100)
    assert found.measures.value("rmg") == pytest.approx(known.value("rmg"), rel=1e-4)
    assert list(found.measures.frame.columns) == list(known.frame.columns)
    assert found.closings.frame.loc[0, "closing_title"] == "As it is"
    monkeypatch.setattr(script, "MAX_BYTES", 10)
    with pytest.raises(PPPError, match=r"mine\.json came to [\d,]+ bytes, at most 10 are shipped"):
        script.build(tmp_path / "mine.npz", tmp_path / "mine.json", **options)


def test_what_is_missing_or_damaged_is_refused(tmp_path):
    with pytest.raises(PPPError, match=r"No measured gap at .*absent\.json"):
        load_gap_reference(tmp_path / "absent.json")
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    cases = {
        "no json": ("{", "is damaged"),
        "old": (json.dumps({**told, "format": 0}), "is not of format 1"),
        "short": (
            json.dumps({key: one for key, one in told.items() if key != "closings"}),
            "lacks something",
        ),
        "odd": (json.dumps({**told, "projections": [{**told["projections"][0], "text": [1, 2]}]}), "lacks"),
    }
    for name, (text, words) in cases.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PPPError, match=words):
            load_gap_reference(path)
