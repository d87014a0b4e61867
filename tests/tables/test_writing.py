"""What is written can be read back, and a spreadsheet runs none of it."""

import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.tables import encode_table, escape_formulas, read_table, restore_formulas, write_table

FRAME = pd.DataFrame({"prompt": ["=1+1", 'a, "b"\nc', "-x", "plain"], "score": [-0.1, 1 / 3, None, 2e-17]})


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "json", "jsonl"])
def test_round_trip_keeps_every_digit(tmp_path, ending):
    path = write_table(FRAME, tmp_path / f"out.{ending}")
    back = restore_formulas(read_table(path))
    pd.testing.assert_frame_equal(back, FRAME, check_exact=True)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_formula_like_text_is_escaped_and_numbers_are_not(sign):
    frame = pd.DataFrame({"prompt": [f"{sign}cmd", f"a{sign}"], "score": [-1.5, 2.0]})
    escaped = escape_formulas(frame)
    assert escaped["prompt"].tolist() == [f"'{sign}cmd", f"a{sign}"]
    assert escaped["score"].tolist() == [-1.5, 2.0]


def test_column_names_are_escaped_too():
    assert list(escape_formulas(pd.DataFrame({"=x": [1]})).columns) == ["'=x"]


def test_parquet_and_json_keep_text_as_it_is():
    for format in ("parquet", "json"):
        back = read_table(io.BytesIO(encode_table(FRAME, format=format)), format=format)
        assert back["prompt"].tolist() == FRAME["prompt"].tolist()


def test_nothing_is_left_when_writing_fails(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(PPPError, match=r"Unknown output format 'xlsx'. .*Known: csv, tsv, parquet, json"):
        write_table(FRAME, path, format="xlsx")
    with pytest.raises(TypeError):
        write_table(pd.DataFrame({"prompt": [{1: object()}]}).assign(prompt=[_Broken()]), path)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


class _Broken:
    def __str__(self):
        raise TypeError("cannot be written")


def test_folder_and_missing_ending(tmp_path):
    with pytest.raises(PPPError, match=r"has no ending; name the format: csv, tsv, parquet, json"):
        write_table(FRAME, tmp_path / "out")
    with pytest.raises(PPPError, match=r"is a folder"):
        write_table(FRAME, tmp_path, format="csv")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="'=+-@\t\r ab", max_size=6), min_size=1, max_size=6))
def test_restoring_undoes_escaping(texts):
    frame = pd.DataFrame({"prompt": pd.Series(texts, dtype="str")})
    escaped = escape_formulas(frame)
    assert not escaped["prompt"].str.match(r"[=+\-@\t\r]").any()
    assert restore_formulas(escaped)["prompt"].tolist() == texts
