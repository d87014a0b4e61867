"""``ppp after`` and ``ppp train`` with predictors that see pictures, on made pictures."""

import json

import pandas as pd
import pytest
from made_pictures import ColourEncoder, made_dataset, plain

from ppp_core.predictors import after as after_module
from ppp_core.predictors import after_artefact

TARGET = "made/light"


@pytest.fixture(scope="module")
def dataset(make_data, tmp_path_factory):
    prompts = make_data(n_train=70, n_held_out=0).train.prompts
    return made_dataset(tmp_path_factory.mktemp("pictures"), prompts)


@pytest.fixture
def world(dataset, words_encoder, monkeypatch, tmp_path):
    """Data set and encoders are the made ones, whatever asks for them."""
    from ppp_core import datasets, encoders
    from ppp_core.evaluation.after import measuring

    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    for module in (datasets, measuring):
        monkeypatch.setattr(module, "load_dataset", lambda name: dataset)
    for module in (encoders, after_artefact, measuring):
        monkeypatch.setattr(module, "load_encoder", lambda name: words_encoder)
        monkeypatch.setattr(module, "load_joint_encoder", lambda name: ColourEncoder())
    return tmp_path


@pytest.fixture(scope="module")
def folder(dataset, words_encoder, tmp_path_factory):
    """An artefact that `ppp train` would have written."""
    from ppp_core.evaluation.after.data import after_data
    from ppp_core.evaluation.after.training import train_after

    data = after_data(dataset, TARGET, ColourEncoder())
    trained = train_after(
        data,
        predictor="image-probe",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
    folder = tmp_path_factory.mktemp("artefact") / "made"
    after_artefact.save_after(trained, folder)
    return folder


def picture(folder, name, level):
    path = folder / f"{name}.png"
    plain(level, level, level).save(path)
    return path


def test_train_writes_what_after_reads(world, ppp):
    ran = ppp("train", TARGET, "--predictor", "image-probe", "--encoder", "colours", "--out", world / "kept")
    assert ran.status == 0, ran.err
    assert "on 70 prompts not learned from (out of fold, 5 folds by prompt)" in ran.out
    assert "each picture" in ran.out
    assert "90 % prediction intervals with 2 seen held" in ran.out
    asked = ppp("after", "red fox", picture(world, "a", 0.9), "--target", world / "kept", "--json")
    assert json.loads(asked.out)["predictions"][0]["after"]["n_images"] == 1


def test_prompt_and_pictures(world, folder, ppp):
    dark, light = picture(world, "dark", 0.1), picture(world, "light", 0.9)
    bad = world / "bad.png"
    bad.write_bytes(b"none")
    ran = ppp("after", "red fox", dark, bad, light, "--target", folder)
    assert ran.status == 0, ran.err
    assert ran.out.startswith("made/light: With 2 pictures seen ")
    assert str(dark) in ran.out
    assert ran.err.startswith(f"{bad}: ")
    told = json.loads(ppp("after", "red fox", dark, bad, light, "--target", folder, "--json").out)
    (one,) = told["predictions"]
    assert one["after"]["images"][1] is None
    assert one["after"]["images"][0]["value"] < one["after"]["images"][2]["value"]
    assert list(one["after"]["failed"]) == [str(bad)]
    assert one["before"] is None


def test_a_data_set_becomes_a_table(world, folder, ppp):
    out = world / "table.csv"
    ran = ppp("after", "made", "--target", folder, "--out", out)
    assert ran.status == 0, ran.err
    table = pd.read_csv(out)
    assert len(table) == 70
    assert table[f"{TARGET}_low"].le(table[TARGET]).all()
    assert "flatters it here" in ran.err


def test_the_curve_is_measured_and_kept(world, ppp, monkeypatch):
    from ppp_core.evaluation.after import images_added

    monkeypatch.setattr(
        images_added.images_added, "__kwdefaults__",
        {**images_added.images_added.__kwdefaults__, "seeds": (0,), "draws": 2, "resamples": 100},
    )  # fmt: skip
    out = world / "curve.json"
    ran = ppp("after", "--curve", "made", "--encoder", "colours", "--out", out)
    assert ran.status == 0, ran.err
    assert "made/light, image-probe on colours" in ran.out
    assert "pictures seen" in ran.out
    assert set(images_added.load_images_added(out)) == {TARGET}
    told = json.loads(ppp("after", "--curve", "made", "--encoder", "colours", "--json").out)
    assert told["format"] == 1
    assert told["curves"][0]["rows"][0]["reads"] == "words"


@pytest.mark.parametrize("arguments", [("made",), ("--curve", "made", "--encoder", "colours")])
def test_a_public_demo_writes_no_file(world, folder, refused, monkeypatch, arguments):
    from ppp_core import datasets

    monkeypatch.setenv("PPP_PUBLIC", "1")
    monkeypatch.setattr(datasets, "load_dataset", None)  # no work is begun
    out = world / "table.csv"
    told = refused("after", *arguments, "--out", out)
    assert told.startswith("Writing a file is switched off in this public demo")
    assert not out.exists()


def test_a_public_demo_still_predicts(world, folder, ppp, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    ran = ppp("after", "red fox", picture(world, "a", 0.5), "--target", folder)
    assert ran.status == 0, ran.err


def test_a_table_told_as_json(world, folder, ppp):
    out = world / "table.csv"
    ran = ppp("after", "made", "--target", folder, "--out", out, "--json")
    assert ran.status == 0, ran.err
    assert json.loads(ran.out) == {
        "format": 1,
        "dataset": "made",
        "n_prompts": 70,
        "targets": [TARGET],
        "out": str(out),
        "notes": ["made/light: its predictor has learned from made itself, which flatters it here."],
    }
    assert ran.err == ""
    assert len(pd.read_csv(out)) == 70


def test_one_target_twice_is_refused(world, folder, refused):
    out = world / "table.csv"
    told = refused("after", "made", "--target", folder, "--target", folder, "--out", out)
    assert told == "made/light stands there twice, and a table has one column of a target. Name it once."
    assert not out.exists()
    told = refused("after", "--curve", "made", "--target", TARGET, "--target", TARGET)
    assert told == "made/light stands there twice. Name it once."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("after",), "a prompt and at least one picture"),
        (("after", "red fox"), "a prompt and at least one picture"),
        (("after", "a", "b", "--out", "x.csv"), "a prompt and at least one picture"),
        (("after", "a", "--curve", "made"), "--curve NAME takes no prompt"),
        (("after", "--curve", "made", "--predictor", "length"), "length reads no pictures"),
        (("after", "a", "b.png", "--target", "made/lihgt"), "Unknown target after generation 'made/lihgt'"),
    ],
)
def test_what_makes_no_sense_is_refused(world, refused, arguments, told):
    assert told in refused(*arguments)


def test_score_refuses_what_sees_pictures(world, folder, refused):
    assert "reads pictures, and `ppp score` has none" in refused(
        "score", "-", "--target", folder, stdin=b"a cat"
    )


def test_after_refuses_what_sees_none(world, tfidf_folder, refused):
    path = picture(world, "a", 0.5)
    assert "reads no pictures. Use `ppp score`" in refused("after", "a cat", path, "--target", tfidf_folder)


def test_shipped_predictors_after_generation():
    assert after_module.after_targets() == ("agiqa-3k/alignment", "agiqa-3k/quality")
