"""What goes wrong on the page about the gap is one line, and another choice is still possible."""

import io

import numpy as np
import pytest

from pages import _cache_gap as cache
from ppp_core import PPPError


def test_a_file_that_is_no_archive_is_one_line(fresh, page):
    page.query_params["data"] = "file"
    page.run()
    page.file_uploader[0].set_value(("no.npz", b"text", "application/octet-stream")).run()
    assert not page.exception
    (error,) = page.error
    assert "no.npz cannot be read" in error.value.replace("\\", "")


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"text": np.eye(30)}, "no array image"),
        ({"text": np.eye(30), "image": np.ones((29, 30))}, "text and image of one shape"),
        ({"text": np.eye(5), "image": np.eye(5)}, "at least 20 different prompts with pictures, got 5"),
        ({"text": np.eye(30), "image": np.full((30, 30), np.nan)}, "image needs finite numbers"),
    ],
)
def test_arrays_that_are_no_pairs_are_one_line(fresh, page, arrays, told):
    file = io.BytesIO()
    np.savez(file, **arrays)
    page.query_params["data"] = "file"
    page.run()
    page.file_uploader[0].set_value(("odd.npz", file.getvalue(), "application/octet-stream")).run()
    assert not page.exception
    (error,) = page.error
    assert told in error.value.replace("\\", "")


def test_a_data_set_that_cannot_be_embedded_is_one_line(mine, page, monkeypatch):
    def broken(*_, **__):
        raise PPPError("No picture of [x](https://elsewhere) can be read.")

    monkeypatch.setattr(cache, "pairs_of", broken)
    page.open()
    assert [one.value.replace("\\", "") for one in page.error] == [
        "No picture of [x](https://elsewhere) can be read."
    ]
    assert "[x](" not in page.error[0].value
    assert page.selectbox(key="gap_data").value == "mine"  # another choice is still possible


def test_a_link_brings_the_choice_and_nonsense_in_it_is_ignored(mine, page):
    page.open(neighbours="1e9", distance="nan", seed="<b>", strength="0.3", colour="<i>", lines="off")
    assert page.session_state.gap_neighbours == 15
    assert page.session_state.gap_distance == 0.1
    assert page.session_state.gap_seed == 0
    assert page.session_state.gap_strength == 0.3
    assert page.session_state.gap_colour == "modality"
    assert page.toggle(key="gap_lines").value is False
    assert "<b>" not in page.texts()
