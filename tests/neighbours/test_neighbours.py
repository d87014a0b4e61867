"""The known prompts nearest to a given one."""

import numpy as np
import pandas as pd
import pytest

from ppp_core import neighbours
from ppp_core.datasets import import_dataset
from ppp_core.errors import PPPError
from ppp_core.neighbours import NeighbourIndex, build_index, installed_revisions


@pytest.fixture
def index(words_encoder):
    prompts = ["red fox", "red car", "blue car", "red fox in the forest"]
    vectors = words_encoder.encode(prompts).vectors
    worth = {"made/worth": [3.0, 2, 1, np.nan], "made/other": np.nan}
    table = pd.DataFrame({"dataset": "made", "prompt": prompts, "split": None, **worth})
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return NeighbourIndex(table, unit, words_encoder)


def test_nearest_by_hand(index):
    found = index.nearest("fox, red!", k=3)
    # red fox: the same two words; red fox forest: 2 of 3; red car: 1 of 2
    assert found["prompt"].tolist() == ["red fox", "red fox in the forest", "red car"]
    assert found["similarity"].tolist() == pytest.approx([1, np.sqrt(2 / 3), 0.5], abs=1e-3)
    assert found.columns.tolist() == ["dataset", "prompt", "split", "similarity", "observed"]
    assert found["observed"].tolist() == [{"made/worth": 3.0}, {}, {"made/worth": 2.0}]


def test_fewer_prompts_than_asked_for_are_all_given(index):
    assert len(index.nearest("blue car", k=99)) == 4


def test_a_prompt_of_unknown_words_is_like_none(index):
    assert index.nearest("zebra")["similarity"].tolist() == [0, 0, 0, 0]


def test_an_index_of_imported_prompts(tmp_path, monkeypatch, words_encoder):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(neighbours, "load_encoder", lambda name: words_encoder)
    for name, start in (("one", 0), ("two", 2)):
        rows = [f"{word} fox,{start + n}" for n, word in enumerate(("red", "blue"))]
        (tmp_path / f"{name}.csv").write_text("prompt,score\n" + "\n".join(rows))
        import_dataset(tmp_path / f"{name}.csv", name=name)
    assert [name for name, _ in installed_revisions()] == ["one", "two"]
    seen = []
    index = build_index(["one", "two"], progress=lambda done, total: seen.append((done, total)))
    assert index.vectors.shape == (4, words_encoder.dim)
    assert np.linalg.norm(index.vectors, axis=1) == pytest.approx(1)
    assert seen[-1] == (2, 2)  # two different prompts
    found = index.nearest("red fox", k=2)
    assert sorted(found["dataset"]) == ["one", "two"]
    assert found["prompt"].tolist() == ["red fox", "red fox"]
    assert found.loc[found["dataset"] == "two", "observed"].tolist() == [{"two/score": 2.0}]


def test_no_data_set_and_an_unknown_one_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    with pytest.raises(PPPError, match=r"at least one installed data set, got none\. Get one: ppp get pqpp"):
        build_index([])
    with pytest.raises(PPPError, match=r"pqpp is not on this machine\. Get it with: ppp get pqpp"):
        build_index(["pqpp"])
