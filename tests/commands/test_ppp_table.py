"""PPP's own table by anyone who has pictures: import, rate, benchmark; the target stands among models'."""

import pytest
from PIL import Image

from ppp_core.charts.looks import JUDGES
from ppp_core.datasets import load_dataset
from ppp_core.evaluation.benchmark import load_board

THINGS = ("fox", "car", "dog", "boat", "owl", "cup", "tree", "road", "hat", "sea")
BRIGHT = {"white": 235, "pale": 190, "grey": 128, "dark": 70, "black": 20}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A hundred prompts, one folder each: a word in each says how bright its two pictures are."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    for place in ("forest", "street"):
        for thing in THINGS:
            for number, (word, grey) in enumerate(BRIGHT.items()):
                root = tmp_path / "drawn" / f"a {word} {thing} in the {place}"
                root.mkdir(parents=True)
                for shift in (0, 5 + number):
                    Image.new("RGB", (24, 24), (grey + shift,) * 3).save(root / f"{shift}.png")
    return tmp_path / "drawn"


def test_import_rate_benchmark(folder, tmp_path, ppp, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ("import", folder, "--name", "mine"),
        ("rate", "mine", "--scorer", "brightness"),
        ("benchmark", "--target", "mine/brightness", "--predictor", "length", "--predictor", "linear-probe",
         "--encoder", "tfidf", "--seeds", 1, "--out", "board"),
    ):  # fmt: skip
        ran = ppp(*arguments)
        assert ran.status == 0, ran.err
    board = load_board("board/board.json")
    assert {row.judged_by for row in board.rows} == {"models"}
    assert JUDGES["models"].startswith("Made by models")
    best = board.rows[0]
    assert (best.target, best.predictor, best.n) == ("mine/brightness", "linear-probe", 100)
    assert board.as_dict()["rows"][0]["pearson"] > 0.9
    assert load_dataset("mine").target("mine/brightness").judged_by == "models"
