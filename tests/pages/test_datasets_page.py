"""The data set page: empty, full, searched, and told off."""

import io
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ppp_core.datasets import import_dataset, scenes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.setattr(scenes, "make", partial(scenes.make, n_prompts=7, seeds=1))  # quick to draw
    st.cache_resource.clear()
    return tmp_path


@pytest.fixture
def mine(home):
    rows = [f"a {'red' if i % 4 == 0 else 'blue'} cat {i},{i},{i % 7}" for i in range(40)]
    import_dataset(io.BytesIO("\n".join(["prompt,look,match", *rows]).encode()), name="mine", format="csv")


@pytest.fixture
def page(home):
    def open_page():
        return AppTest.from_file(str(ROOT / "pages" / "datasets.py"), default_timeout=60).run()

    return open_page


def captions(app):
    return " ".join(one.value for one in app.caption)


def test_without_data_sets_it_says_how_to_get_one(page):
    app = page()
    assert not app.exception
    assert "No data set is on this machine yet" in app.info[0].value
    app.selectbox(key="dataset").set_value("pqpp").run()
    assert not app.exception
    assert app.code[0].value == "ppp get pqpp"
    assert [button.label for button in app.button] == ["Get it now", "Import"]


@pytest.mark.parametrize("public", ["", "1"])
def test_a_visitor_sees_scenes_marked_as_simulated_with_pictures(home, page, monkeypatch, public):
    monkeypatch.setenv("PPP_PUBLIC", public)
    app = page()
    assert not app.exception
    assert app.selectbox(key="dataset").value == "scenes"
    assert any("Simulated: no person judged it" in one.value for one in app.markdown)
    assert "Simulated: made by a drawing program, not by people." in captions(app)
    assert "2 pictures drawn from one prompt" in captions(app)
    assert "have a standard deviation of 5.7" in captions(app)
    app.selectbox(key="scene").set_value("scene-0007").run()
    assert not app.exception
    assert "have a standard deviation of 5.7" not in captions(app)
    assert (home / "datasets" / "scenes").exists() == (not public)
    assert "remove" not in [button.key for button in app.button]


def test_it_shows_counts_targets_and_prompts(mine, page):
    app = page()
    assert not app.exception
    assert {one.label: one.value for one in app.metric} == {
        "Prompts": "40",
        "Images": "0",
        "Ratings": "80",
        "Targets": "2",
    }
    assert "40 of 40 prompts shown" in captions(app)
    assert any("mean 19.50" in one.value for one in app.text)


def test_search_narrows_the_table(mine, page):
    app = page()
    app.text_input(key="words").set_value("RED cat").run()
    assert "10 of 40 prompts shown" in captions(app)
    assert len(app.dataframe[0].value) == 10


def test_another_target_is_drawn(mine, page):
    app = page()
    app.selectbox(key="target-mine").set_value("mine/match").run()
    assert any("match over 40 prompts" in one.value for one in app.text)


def test_upload_becomes_a_data_set(home, page):
    app = page()
    app.file_uploader[0].set_value(("scores.csv", b"prompt,x\na,1\nb,2\n", "text/csv"))
    next(one for one in app.text_input if one.label == "Name").set_value("fresh")
    next(one for one in app.button if one.label == "Import").click().run()
    assert not app.exception
    assert app.success[0].value == "fresh is here: 2 prompts. Choose it in the list of data sets."


@pytest.mark.parametrize(
    ("contents", "name", "message"),
    [
        (b"prompt,x\na,1\nb,two\nc,3\n", "fresh", "Column 'x', row 2: a number was wanted, got 'two'"),
        (b"text,x\na,1\n", "fresh", "scores.csv has no column 'prompt'"),
        (b"prompt,x\na,1\n", "../fresh", "small letters, digits and single hyphens"),
        (None, "fresh", "Choose a file first"),
    ],
)
def test_bad_upload_is_one_clear_line(home, page, contents, name, message):
    app = page()
    if contents is not None:
        app.file_uploader[0].set_value(("scores.csv", contents, "text/csv"))
    next(one for one in app.text_input if one.label == "Name").set_value(name)
    next(one for one in app.button if one.label == "Import").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert message in app.error[0].value


def test_failed_download_is_one_clear_line(home, page, monkeypatch):
    from ppp_core.datasets import fetching
    from ppp_core.errors import PPPError

    def fail(*arguments, **options):
        raise PPPError("Cannot download it: no network.")

    monkeypatch.setattr(fetching, "download", fail)
    app = page()
    app.selectbox(key="dataset").set_value("pqpp").run()
    app.button(key="get").click().run()
    assert [one.value for one in app.error] == ["Cannot download it: no network."]


def test_broken_data_set_is_one_clear_line_and_can_be_removed(mine, home, page):
    (home / "datasets" / "mine" / "ratings.parquet").write_bytes(b"broken")
    app = page()
    assert not app.exception
    assert "The data set mine in" in app.error[0].value
    app.button(key="remove").click().run()
    assert app.success[0].value == "mine was removed."
    assert not (home / "datasets" / "mine").exists()


def test_public_demo_has_nothing_that_writes(mine, page, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    app = page()
    assert not app.exception
    assert len(app.button) == 0
    assert len(app.file_uploader) == 0
    app.selectbox(key="dataset").set_value("pqpp").run()
    assert "Downloading is switched off" in captions(app)


def test_markup_in_a_column_name_stays_text(home, page):
    text = "prompt,<b>x</b> [l](http://a)\na,1\nb,2\n"
    import_dataset(io.BytesIO(text.encode()), name="mine", format="csv")
    app = page()
    assert not app.exception
    assert not any("http://a" in one.value for one in (*app.markdown, *app.caption))
