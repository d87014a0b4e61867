"""The data set page shows pictures that lie on this machine, as the search box finds them."""

from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages._datasets import gallery
from ppp_core.datasets import get_dataset, import_dataset
from ppp_core.datasets.layouts import import_pictures

ROOT = Path(__file__).resolve().parents[2]
COLOURS = ("red", "green", "blue")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.syspath_prepend(str(ROOT))
    st.cache_resource.clear()
    return tmp_path


@pytest.fixture
def folder(home):
    """Twenty pictures, one of them broken, in a folder a prompt."""
    made = home / "made"
    for number in range(20):
        own = made / f"a {COLOURS[number % 3]} [ball](x)"
        own.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), COLOURS[number % 3]).save(own / f"{number:02}.png")
    (made / "a red [ball](x)" / "00.png").write_bytes(b"no picture")
    return made


def opened(name: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "datasets.py"), default_timeout=60)
    app.query_params["dataset"] = name
    app.run()
    assert not app.exception
    return app


def captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption).replace("\\", "")


def test_pictures_without_ratings_are_shown_and_how_to_rate_them(folder):
    import_pictures(folder, name="mine")
    app = opened("mine")
    assert "There are no scores yet" in app.info[0].value
    assert app.code[0].value.startswith("ppp rate mine --scorer")
    shown = len(app.get("image"))
    assert f"{shown} of 20 pictures shown, drawn at random (seed 0)." in captions(app)
    assert shown in (13, 14)  # the broken one is among them, or not
    assert ("1 more is not there or cannot be read" in captions(app)) == (shown == 13)
    assert "a green [ball](x)" in captions(app)
    assert not any("[ball](x)" in one.value for one in app.caption)  # Markdown of a file is escaped


def test_the_search_box_narrows_them(folder):
    import_pictures(folder, name="mine")
    app = opened("mine")
    app.text_input(key="words").set_value("GREEN").run()
    assert "7 of 7 pictures shown." in captions(app)
    assert "drawn at random" not in captions(app)
    app.text_input(key="words").set_value("yellow").run()
    assert "No picture is of a prompt that was found." in captions(app)
    assert not app.get("image")


def test_others_are_drawn_by_another_seed(folder):
    import_pictures(folder, name="mine")
    app = opened("mine")
    app.button(key="draw_others").click().run()
    assert not app.exception
    assert "pictures shown, drawn at random (seed 1)." in captions(app)


def test_ratings_stand_below_each_picture(folder, home):
    rows = [f"a ball,{path.relative_to(folder)},2.5" for path in sorted(folder.rglob("1*.png"))]
    table = home / "scores.csv"
    table.write_text("\n".join(["prompt,image,look", *rows]))
    import_dataset(table, name="rated", images=folder)
    app = opened("rated")
    assert "10 of 10 pictures shown." in captions(app)
    assert sum("look **2.50**" in one.value for one in app.markdown) == 10


def test_a_data_set_without_pictures_shows_none_and_how_to_bring_some(home):
    (home / "scores.csv").write_text("prompt,look\na,1\nb,2\n")
    import_dataset(home / "scores.csv", name="words")
    app = opened("words")
    assert "Some of its pictures" not in [one.value for one in app.subheader]
    assert "ppp import FOLDER --name my-pictures" in [one.value for one in app.code]


@pytest.mark.real_data
def test_people_judged_these(home, data_folder):
    get_dataset("agiqa-3k", source=data_folder / "agiqa-3k")
    app = opened("agiqa-3k")
    assert f"{gallery.SHOWN} of 2,982 pictures shown, drawn at random (seed 0)." in captions(app)
    assert sum("alignment **" in one.value and "quality **" in one.value for one in app.markdown) == 14
