"""A user's table becomes a data set, or one line says why not."""

import io
import os
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ppp_core.datasets import export_frame, import_dataset, installed, load_dataset, observed
from ppp_core.datasets.importing import frames_of
from ppp_core.errors import PPPError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    return tmp_path / "home"


def table(text, name="scores.csv"):
    stream = io.BytesIO(text.encode())
    stream.name = name
    return stream


def test_numeric_columns_become_targets():
    text = "prompt,Human Score,style,split,id\na cat,1.5,oil,train,7\na dog,,photo,val,8\na fox,-2,,test,9\n"
    dataset = import_dataset(table(text), name="mine")
    assert [target.name for target in dataset.card.targets] == ["mine/human-score"]
    target = dataset.card.targets[0]
    assert (target.low, target.high, target.judged_by) == (-2.0, 1.5, "user")
    assert dataset.prompts["split"].tolist() == ["train", "validation", "test"]
    assert dataset.prompts["style"].tolist()[:2] == ["oil", "photo"]
    assert observed(dataset, "mine/human-score")["observed"].tolist() == [1.5, -2.0]
    assert dataset.notes == ("Column 'Human Score': 1 of 3 values are missing.",)
    assert [(one.name, one.origin, one.n_prompts, one.n_ratings) for one in installed()] == [
        ("mine", "user", 3, 2)
    ]


def test_loaded_again_it_is_the_same():
    first = import_dataset(table("prompt,x\na,1\nb,2\n"), name="mine")
    again = load_dataset("mine")
    assert again.card == first.card
    pd.testing.assert_frame_equal(again.ratings, first.ratings)
    assert export_frame(again)["mine/x"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text,x\na,1\n", r"no column 'prompt'"),
        ("prompt,x\na,1\n  ,2\n", r"Row 2 has no prompt \(1 such rows\)"),
        ("prompt,x\na,1\nb,2\n a,3\n", r"Rows 1 and 3 have the same prompt 'a'"),
        (
            "prompt,x\na,1\nb,two\nc,3\n",
            r"Column 'x', row 2: a number was wanted, got 'two' \(1 such cells\)",
        ),
        ("prompt,x\na,1\nb,inf\n", r"Column 'x', row 2: a finite number was wanted, got inf"),
        ("prompt,x\na,one\nb,two\n", r"No column of numbers .* Columns: 'prompt', 'x'"),
        ("prompt,x,split\na,1,training\nb,2,later\n", r"'split', row 2: train, .* got 'later'"),
        ("prompt,A b,a-B\na,1,2\n", r"columns 'A b' and 'a-B' would both be called mine/a-b"),
    ],
)
def test_refused_with_its_row_and_nothing_written(text, message, home):
    with pytest.raises(PPPError, match=message):
        import_dataset(table(text), name="mine")
    assert installed() == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pqpp", r"'pqpp' is taken by a built-in data set"),
        ("scenes", r"taken by a built-in"),
        ("../../x", r"small letters, digits"),
        ("Mine", r"got 'Mine'"),
        ("", r"got ''"),
        ("a--b", r"got 'a--b'"),
    ],
)
def test_names(name, message):
    with pytest.raises(PPPError, match=message):
        import_dataset(table("prompt,x\na,1\n"), name=name)


def test_replacing_is_asked_for():
    import_dataset(table("prompt,x\na,1\n"), name="mine")
    with pytest.raises(PPPError, match=r"There is a data set 'mine' already"):
        import_dataset(table("prompt,x\na,2\n"), name="mine")
    dataset = import_dataset(table("prompt,x\na,2\n"), name="mine", replace=True)
    assert dataset.ratings["value"].tolist() == [2.0]


def test_repeated_prompts_are_averaged_when_asked():
    text = "prompt,x\na,1\nb,5\na,2\n"
    dataset = import_dataset(table(text), name="mine", duplicates="mean")
    means = observed(dataset, "mine/x")
    assert means[["prompt", "observed", "n_ratings"]].to_numpy().tolist() == [["a", 1.5, 2], ["b", 5.0, 1]]
    assert dataset.notes == ("1 rows repeated a prompt; its numbers are averaged.",)


def test_rows_of_one_prompt_can_be_images_without_pictures():
    text = "prompt,generator,seed,n_modifiers,x\na,sd,7,0,1\na,mj,,0,5\nb,sd,2.5,1,2\n"
    dataset = import_dataset(table(text), name="mine", duplicates="images")
    assert [target.name for target in dataset.card.targets] == ["mine/x"]
    assert dataset.prompts["n_modifiers"].tolist() == [0, 1]
    images = dataset.images[["image_id", "generator", "path"]].astype(object)
    assert images.where(images.notna(), None).to_numpy().tolist() == [
        ["row-1", "sd", None],
        ["row-2", "mj", None],
        ["row-3", "sd", None],
    ]
    assert dataset.images["seed"].isna().tolist() == [False, True, True]
    assert dataset.ratings[["image_id", "value"]].to_numpy().tolist() == [
        ["row-1", 1.0],
        ["row-2", 5.0],
        ["row-3", 2.0],
    ]
    assert not any("averaged" in note for note in dataset.notes)


def test_an_unknown_way_with_repeated_prompts():
    with pytest.raises(PPPError, match=r"one of refuse, mean, images, got 'keep'"):
        import_dataset(table("prompt,x\na,1\n"), name="mine", duplicates="keep")


def test_exported_formulas_come_back_as_they_were():
    dataset = import_dataset(table("prompt,x\n'=cat,1\n"), name="mine")
    assert dataset.prompts["prompt"].tolist() == ["=cat"]
    assert "apostrophe" in dataset.notes[0]


def test_pictures_stay_where_they_are(tmp_path):
    for name in ("a1.png", "a2.png"):
        (tmp_path / name).write_bytes(b"picture")
    text = "prompt,image,generator,look\na,a1.png,sd,1\na,a2.png,mj,3\n"
    dataset = import_dataset(table(text), name="mine", images=tmp_path)
    assert dataset.images["path"].tolist() == [str(tmp_path / "a1.png"), str(tmp_path / "a2.png")]
    assert dataset.images["generator"].tolist() == ["sd", "mj"]
    assert observed(dataset, "mine/look")["observed"].tolist() == [2.0]


@pytest.mark.parametrize("column", ["image", "file_name", "Path"])
def test_pictures_need_no_numbers(tmp_path, column, ppp):
    for name in ("a1.png", "a2.png", "b.png"):
        Image.new("RGB", (20, 20), "white").save(tmp_path / name)
    text = f"prompt,{column},generator,style\na,a1.png,sd,oil\na,a2.png,mj,oil\nb,b.png,sd,\n"
    (tmp_path / "list.csv").write_text(text)
    ran = ppp("import", tmp_path / "list.csv", "--name", "mine", "--images", tmp_path)
    assert ran.status == 0, ran.err
    assert "mine: 2 prompts; targets: none." in ran.out
    dataset = load_dataset("mine")
    assert (len(dataset.images), len(dataset.ratings), dataset.card.targets) == (3, 0, ())
    assert dataset.prompts["style"].tolist()[0] == "oil"
    assert ppp("rate", "mine", "--scorer", "brightness").status == 0
    assert observed(load_dataset("mine"), "mine/brightness")["observed"].tolist() == pytest.approx([1.0, 1.0])


def test_without_pictures_numbers_are_needed_still():
    with pytest.raises(PPPError, match=r"No column of numbers was found.* 'prompt', 'image'"):
        import_dataset(table("prompt,image\na,a.png\n"), name="mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prompt,x\na,1\n", r"needs a column 'image'"),
        ("prompt,x,image\na,1,../secret.png\n", r"row 1: there is no picture '../secret.png'"),
        ("prompt,x,image\na,1,absent.png\n", r"row 1: there is no picture 'absent.png'"),
        ("prompt,x,image\na,1,i.png\nb,1,i.png\n", r"row 2: 'i.png' came before"),
    ],
)
def test_bad_pictures(tmp_path, text, message):
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "i.png").write_bytes(b"x")
    with pytest.raises(PPPError, match=message):
        import_dataset(table(text), name="mine", images=tmp_path / "pictures")


def test_public_demo(monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match=r"Importing a data set is switched off"):
        import_dataset(table("prompt,x\na,1\n"), name="mine")


def test_file_above_the_limit(tmp_path):
    with (tmp_path / "large.csv").open("wb") as stream:
        stream.truncate(300_000_000)
    with pytest.raises(PPPError, match=r"at most 200 MB, got 300 MB"):
        import_dataset(tmp_path / "large.csv", name="mine")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.floats(-1e6, 1e6) | st.just(float("nan"))),
        min_size=1,
        max_size=20,
    )
)
def test_means_are_those_of_pandas(rows):
    frame = pd.DataFrame(rows, columns=["prompt", "x"])
    if frame["x"].isna().all():
        with pytest.raises(PPPError, match=r"Every score is missing"):
            frames_of(frame, name="mine", source="s", duplicates="mean")
        return
    dataset = frames_of(frame, name="mine", source="s", duplicates="mean")
    wanted = frame.dropna().groupby("prompt")["x"].mean()
    got = observed(dataset, "mine/x").set_index("prompt")["observed"]
    assert sorted(got.index) == sorted(wanted.index)
    np.testing.assert_allclose(got[wanted.index], wanted, rtol=1e-9, atol=1e-6)


def test_replacing_a_table_of_pictures_forgets_their_ratings(tmp_path, ppp):
    for number, grey in ((1, 0), (2, 255)):
        (tmp_path / f"v{number}").mkdir()
        Image.new("RGB", (16, 16), (grey,) * 3).save(tmp_path / f"v{number}" / "a.png")
    (tmp_path / "mine.csv").write_text("prompt,image\na fox,a.png\n")
    common = ("import", tmp_path / "mine.csv", "--name", "mine", "--images")
    assert ppp(*common, tmp_path / "v1").status == 0
    assert ppp("rate", "mine", "--scorer", "brightness").status == 0
    assert ppp(*common, tmp_path / "absent", "--replace").status == 2
    assert load_dataset("mine").ratings["value"].tolist() == [0.0]
    ran = ppp(*common, tmp_path / "v2", "--replace")
    assert ran.status == 0, ran.err
    assert "Ratings of the pictures before are forgotten: 1 target. Rate" in ran.err
    assert load_dataset("mine").card.targets == ()
    assert ppp("rate", "mine", "--scorer", "brightness").status == 0
    plain = import_dataset(table("prompt,x\na,1\n"), name="mine", replace=True)
    assert plain.notes == ("Ratings of the pictures before are forgotten: 1 target.",)


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no such names or pipes")
def test_names_that_are_not_utf8_are_refused_or_written_readably(tmp_path):
    Image.new("RGB", (16, 16)).save(tmp_path / os.fsdecode(b"\xff.png"))
    (tmp_path / "a.png").symlink_to(os.fsdecode(b"\xff.png"))
    with pytest.raises(PPPError, match=r"row 1: the name of what 'a.png' links to is not UTF-8. Rename it"):
        import_dataset(table("prompt,image\na fox,a.png\n"), name="mine", images=tmp_path)
    named = tmp_path / os.fsdecode(b"\xff.csv")
    named.write_text("prompt,x\na,1\n")
    assert import_dataset(named, name="mine").card.about == "Imported from ?.csv."
