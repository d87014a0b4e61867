"""Pictures rated by models: what is kept, what is not done twice, what becomes of it."""

import json

import numpy as np
import pytest
from PIL import Image

from ppp_core.datasets import import_dataset, installed, load_dataset, observed, rated, remove_dataset
from ppp_core.errors import PPPError
from ppp_core.evaluation import rating
from ppp_core.evaluation.parts import target_data
from ppp_core.evaluation.rating import rate
from ppp_core.scorers import PPP_METRICS, SCORERS
from ppp_core.scorers.image_statistic import ImageStatistic

GREYS = {"a": (0, 51), "b": (102, 153), "c": (204, 255)}
"""Prompt -> the greys of its two pictures: their brightness is known."""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A data set of three prompts and six plain pictures, with a score of their owner's; its folder."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    lines = ["prompt,image,taste"]
    for prompt, greys in GREYS.items():
        for number, grey in enumerate(greys):
            Image.new("RGB", (32, 32), (grey,) * 3).save(folder / f"{prompt}{number}.png")
            lines.append(f"{prompt},{prompt}{number}.png,{number + len(lines)}")
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    import_dataset(tmp_path / "mine.csv", name="mine", images=folder)
    return folder


class Counting:
    """A scorer that counts what it is asked for."""

    name, revision = "brightness", "first"

    def __init__(self, fail_after=None):
        self.asked, self.fail_after = [], fail_after

    def score(self, pictures, prompts=None, *, store=None):
        if self.fail_after is not None and len(self.asked) >= self.fail_after:
            raise KeyboardInterrupt
        self.asked += pictures
        return ImageStatistic("brightness").score(pictures)


@pytest.fixture
def counting(monkeypatch):
    def use(scorer):
        monkeypatch.setattr(rating, "load_scorer", lambda name, **_: scorer)
        return scorer

    return use


def test_ratings_become_a_target_of_models(mine, ppp):
    ran = ppp("rate", "mine", "--scorer", "brightness", "--scorer", "contrast")
    assert ran.status == 0, ran.err
    assert "mine/brightness: 6 pictures rated, 6 of them now." in ran.out
    assert "Made by a model" in ran.out
    dataset = load_dataset("mine")
    assert [one.name for one in dataset.card.targets] == ["mine/taste", "mine/brightness", "mine/contrast"]
    target = dataset.target("mine/brightness")
    assert (target.judged_by, target.low, target.high) == ("models", 0.0, 1.0)
    assert target.sentence(0.5).startswith("On 0 to 1, Brightness would rate images of this prompt about 0.5")
    means = observed(dataset, "mine/brightness").set_index("prompt")["observed"]
    assert means.to_dict() == pytest.approx({"a": 0.1, "b": 0.5, "c": 0.9})
    assert observed(dataset, "mine/taste")["observed"].tolist() == [2, 4, 6]


def test_predictors_can_be_trained_on_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    lines = ["prompt,image,taste"]
    for grey in range(60):
        Image.new("RGB", (16, 16), (grey,) * 3).save(tmp_path / f"{grey}.png")
        lines.append(f"grey {grey},{grey}.png,1")
    (tmp_path / "many.csv").write_text("\n".join(lines))
    rate(import_dataset(tmp_path / "many.csv", name="many", images=tmp_path), "brightness")
    data = target_data(load_dataset("many"), "many/brightness")
    assert data.target.judged_by == "models"
    assert data.train.observed == pytest.approx([int(one.split()[1]) / 255 for one in data.train.prompts])


def test_json(mine, ppp):
    (mine / "a0.png").write_bytes(b"no picture")
    ran = ppp("rate", "mine", "--scorer", "brightness", "--json")
    told = json.loads(ran.out)
    assert told["format"] == 1
    (one,) = told["rated"]
    assert (one["target"], one["n"], one["n_new"], one["n_absent"]) == ("mine/brightness", 5, 5, 0)
    assert list(one["failed"]) == ["a0.png"]
    assert "1 pictures have no rating, such as a0.png:" in ran.err
    assert "mine/brightness: 5 of 6 pictures are rated." in load_dataset("mine").notes


def test_what_was_rated_is_not_rated_again(mine, counting):
    first = counting(Counting())
    assert rate(load_dataset("mine"), "brightness").n_new == 6
    assert len(first.asked) == 6
    again = counting(Counting())
    found = rate(load_dataset("mine"), "brightness")
    assert (found.n, found.n_new, again.asked) == (6, 0, [])
    Image.new("RGB", (32, 32), "white").save(mine / "a0.png")  # the content of c1
    Image.new("RGB", (32, 32), (9, 9, 9)).save(mine / "a1.png")
    changed = counting(Counting())
    rate(load_dataset("mine"), "brightness")
    assert [path.rpartition("/")[2] for path in changed.asked] == ["a1.png"]
    means = observed(load_dataset("mine"), "mine/brightness").set_index("prompt")["observed"]
    assert means["a"] == pytest.approx((1 + 9 / 255) / 2)


def test_another_revision_rates_all_again(mine, counting):
    counting(Counting())
    rate(load_dataset("mine"), "brightness")
    newer = counting(Counting())
    newer.revision = "second"
    assert rate(load_dataset("mine"), "brightness").n_new == 6


def test_a_run_that_was_stopped_goes_on(mine, counting):
    counting(Counting(fail_after=4))
    with pytest.raises(KeyboardInterrupt):
        rate(load_dataset("mine"), "brightness", batch=2)
    assert "mine/brightness: 4 of 6 pictures are rated." in load_dataset("mine").notes
    rest, seen = counting(Counting()), []
    found = rate(load_dataset("mine"), "brightness", batch=1, progress=lambda *done: seen.append(done))
    assert (found.n, found.n_new, len(rest.asked)) == (6, 2, 2)
    assert seen == [(4, 6), (5, 6), (6, 6)]
    assert not any("pictures are rated" in line for line in load_dataset("mine").notes)


def test_a_scorer_of_prompts_gets_each_its_own(mine, monkeypatch):
    seen = []

    class Lengths:
        name, revision = "match-lite", "first"

        def score(self, pictures, prompts=None, *, store=None):
            seen.extend(zip([path.rpartition("/")[2] for path in pictures], prompts, strict=True))
            return ImageStatistic("brightness").score(pictures)

    monkeypatch.setattr(rating, "load_scorer", lambda name, **_: Lengths())
    rate(load_dataset("mine"), "match-lite")
    assert seen == [(f"{prompt}{number}.png", prompt) for prompt in GREYS for number in (0, 1)]


def test_bounds_that_a_scorer_has_not_are_those_of_its_ratings(mine, counting, monkeypatch):
    counting(Counting())
    monkeypatch.setitem(SCORERS, "brightness", SCORERS["niqe"])
    target = rate(load_dataset("mine"), "brightness").target
    assert (target.name, target.low, target.high) == ("mine/niqe", 0.0, 1.0)


def test_what_is_to_know_of_the_weights_is_told_everywhere(mine, counting, ppp):
    counting(Counting()).notes = ("head.pth is not the published file.",)
    ran = ppp("rate", "mine", "--scorer", "brightness", "--json")
    assert "brightness: head.pth is not the published file." in ran.err
    assert json.loads(ran.out)["rated"][0]["notes"] == ["head.pth is not the published file."]
    about = load_dataset("mine").target("mine/brightness").about
    assert about.endswith("not judged by people. head.pth is not the published file.")


def test_prompts_that_are_cut_are_told(mine, monkeypatch):
    class Short(Counting):
        def tokens_cut(self, prompts, *, store=None):
            return np.array([3 * (one == "a") for one in prompts])

    monkeypatch.setattr(rating, "load_scorer", lambda name, **_: Short())
    assert rate(load_dataset("mine"), "match-lite").notes == (
        "1 of 3 prompts are longer than match-lite reads; it does not see their ends.",
    )
    assert rate(load_dataset("mine"), "brightness").notes == ()


def test_the_list_changes_its_revision_and_removing_forgets(mine):
    before = installed()[0].revision
    rate(load_dataset("mine"), "brightness")
    assert installed()[0].revision != before
    assert rated.ratings_folder("mine").is_dir()
    remove_dataset("mine")
    assert not rated.ratings_folder("mine").exists()


def test_a_broken_file_of_ratings_is_told_and_harms_nothing(mine):
    rate(load_dataset("mine"), "brightness")
    (rated.ratings_folder("mine") / "brightness.parquet").write_bytes(b"PAR1 no")
    dataset = load_dataset("mine")
    assert [one.name for one in dataset.card.targets] == ["mine/taste"]
    assert any("ratings by brightness cannot be read" in line for line in dataset.notes)
    assert rate(dataset, "brightness").n_new == 6


def test_a_public_demo_rates_nothing(mine, refused, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    assert "Rating a data set is switched off" in refused("rate", "mine", "--scorer", "brightness")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mine",), "wants a data set and --scorer S"),
        (("mine", "--scorer", "beauty"), "Unknown scorer 'beauty'"),
        (("mina", "--scorer", "entropy"), "Unknown data set 'mina'. Did you mean 'mine'"),
        (("mine", "--scorer", "entropy", "--scorer", "contrast", "--folder", "x"), "--folder goes with one"),
        (("mine", "--scorer", "vitmem"), "vitmem needs the package vitmem. Run: pip install vitmem"),
    ],
)
def test_mistakes_are_told_in_one_line(mine, refused, arguments, message):
    assert message in refused("rate", *arguments)


def test_no_picture_at_all_is_told(mine, refused):
    for path in mine.iterdir():
        path.unlink()
    assert "No picture of the data set mine is on this machine" in refused(
        "rate", "mine", "--scorer", "entropy"
    )


def test_pictures_that_are_none_are_told(mine):
    for path in mine.iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(PPPError, match=r"brightness could rate no picture of mine: .*a0.png"):
        rate(load_dataset("mine"), "brightness")


def test_the_list_of_scorers(ppp):
    ran = ppp("rate", "--list", "--json")
    rows = {one["name"]: one for one in json.loads(ran.out)["scorers"]}
    assert list(rows) == list(SCORERS)
    assert rows["niqe"]["high"] is None
    assert rows["vitmem"]["get"] == "pip install vitmem"
    assert [name for name, one in rows.items() if one["ppp_metric"]] == list(PPP_METRICS)
    assert len(PPP_METRICS) == 6
    listed = ppp("rate", "--list").out
    assert "pip install vitmem" in listed
    assert "samp-net *" in listed
    assert "musiq *" not in listed
