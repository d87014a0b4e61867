"""Folders and tables of pictures that are no data set: rated, resumed, written as a table."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ppp_core.datasets import installed, load_dataset
from ppp_core.evaluation import rating
from ppp_core.evaluation.rating import rate, ratings_table, unnamed_dataset
from ppp_core.scorers.image_statistic import ImageStatistic

GREYS = {"a fox": (0, 51), "=an owl": (102, 255)}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path):
    """One folder a prompt, two plain pictures in each: their brightness is known."""
    root = tmp_path / "drawn"
    for prompt, greys in GREYS.items():
        (root / prompt).mkdir(parents=True)
        for number, grey in enumerate(greys):
            Image.new("RGB", (32, 32), (grey,) * 3).save(root / prompt / f"{number}.png")
    return root


def test_a_folder_becomes_a_table(folder, tmp_path, ppp):
    (folder / "a fox" / "1.png").write_bytes(b"no picture")
    out = tmp_path / "rated.csv"
    ran = ppp("rate", folder, "--scorer", "brightness", "--scorer", "contrast", "--out", out)
    assert ran.status == 0, ran.err
    assert "brightness: 3 pictures rated, 3 of them now." in ran.out
    assert f"written to {out}" in ran.err
    table = pd.read_csv(out)
    assert table.columns.tolist() == [
        "image", "prompt", "generator", "seed", "brightness", "contrast", "problem",
    ]  # fmt: skip
    assert table["image"].tolist() == ["'=an owl/0.png", "'=an owl/1.png", "a fox/0.png", "a fox/1.png"]
    assert table["prompt"].tolist() == ["'=an owl", "'=an owl", "a fox", "a fox"]  # no formula for anybody
    assert table["brightness"].tolist()[:3] == pytest.approx([0.4, 1.0, 0.0])
    assert table["contrast"].tolist()[:3] == pytest.approx([0, 0, 0], abs=1e-9)
    assert table.loc[3, ["brightness", "contrast"]].isna().all()
    assert "1.png is not in a format that is read" in table["problem"][3]
    assert table["problem"][:3].isna().all()
    assert installed() == []


def test_json_and_parquet(folder, tmp_path, ppp):
    ran = ppp("rate", folder, "--scorer", "brightness", "--out", tmp_path / "r.parquet", "--json")
    told = json.loads(ran.out)
    assert (told["format"], told["dataset"]) == (1, str(folder))
    assert (told["rated"][0]["n"], told["rated"][0]["notes"]) == (4, [])
    table = pd.read_parquet(tmp_path / "r.parquet")
    assert table["brightness"].tolist() == pytest.approx([0.4, 1.0, 0.0, 0.2])


def test_a_run_that_was_stopped_goes_on(folder, monkeypatch):
    class Counting:
        name, revision, asked = "brightness", "first", []

        def score(self, pictures, prompts=None, *, store=None):
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            self.asked.extend(pictures)
            return ImageStatistic("brightness").score(pictures)

    scorer = Counting()
    monkeypatch.setattr(rating, "load_scorer", lambda name, **_: scorer)
    with pytest.raises(KeyboardInterrupt):
        rate(unnamed_dataset(folder), "brightness", batch=2)
    scorer.asked, seen = [], []
    dataset = unnamed_dataset(folder)
    found = rate(dataset, "brightness", batch=1, progress=lambda *done: seen.append(done))
    assert (found.n, found.n_new, seen) == (4, 2, [(2, 4), (3, 4), (4, 4)])
    assert ratings_table(dataset, [found])["brightness"].tolist() == pytest.approx([0.4, 1.0, 0.0, 0.2])


def test_a_table_with_its_folder(folder, tmp_path, ppp):
    (tmp_path / "list.csv").write_text("words,file_name\na fox,a fox/0.png\nan owl,a fox/1.png\n")
    out = tmp_path / "out.json"
    ran = ppp(
        "rate", tmp_path / "list.csv", "--images", folder, "--prompt-column", "words",
        "--scorer", "brightness", "--out", out,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["prompt"], one["brightness"]) for one in rows] == [
        ("a fox", 0.0), ("an owl", pytest.approx(0.2)),
    ]  # fmt: skip


def test_a_data_set_is_written_too(folder, tmp_path, ppp):
    assert ppp("import", folder, "--name", "mine").status == 0
    ran = ppp("rate", "mine", "--scorer", "brightness", "--out", tmp_path / "r.tsv")
    assert "mine/brightness: 4 pictures rated" in ran.out
    assert len(pd.read_csv(tmp_path / "r.tsv", sep="\t")) == 4
    (folder / "a fox" / "0.png").unlink()
    ppp("rate", "mine", "--scorer", "brightness", "--out", tmp_path / "r.tsv")
    table = pd.read_csv(tmp_path / "r.tsv", sep="\t")
    assert table["problem"].dropna().tolist() == ["The picture is not on this machine."]
    assert np.isnan(table["brightness"][2])


def test_a_data_set_goes_before_a_folder_of_its_name(folder, tmp_path, ppp, monkeypatch):
    assert ppp("import", folder, "--name", "drawn").status == 0
    monkeypatch.chdir(tmp_path)
    assert ppp("rate", "drawn", "--scorer", "brightness").status == 0
    assert [target.name for target in load_dataset("drawn").card.targets] == ["drawn/brightness"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("drawn", "--scorer", "entropy"), "drawn is no data set: say where its ratings go with --out F"),
        (("drawn", "--scorer", "entropy", "--out", "x.docx"), "Unknown output format '.docx'"),
        (("drawn", "--scorer", "beauty", "--out", "x.csv"), "Unknown scorer 'beauty'"),
        (("drawn", "--scorer", "entropy", "--out", "x.csv", "--prompt-column", "p"), "no --prompt-column"),
        (("list.csv", "--scorer", "entropy", "--out", "x.csv"), "tell their folder with --images DIR"),
        (("nowhere", "--scorer", "entropy", "--out", "x.csv"), "Unknown data set 'nowhere'"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(folder, tmp_path, refused, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("prompt,image\na,0.png\n")
    assert message in refused("rate", *arguments)
    assert not (tmp_path / "x.csv").exists()


def test_a_public_demo_rates_no_folder(folder, tmp_path, refused, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    told = refused("rate", folder, "--scorer", "entropy", "--out", tmp_path / "x.csv")
    assert "Rating a data set is switched off" in told
