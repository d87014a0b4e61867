"""Pieces of a table add up to the whole, in memory that does not grow."""

import io
import subprocess
import tracemalloc

import pandas as pd
import pytest

from ppp_core.errors import PPPError
from ppp_core.tables import iter_prompts, read_table


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "text", "parquet"])
@pytest.mark.parametrize("rows", [1, 4, 5, 23])
def test_pieces_add_up_to_the_whole(tmp_path, format, rows):
    frame = pd.DataFrame({"prompt": [f"prompt {i}" for i in range(rows)]})
    path = tmp_path / f"p.{format}"
    if format == "parquet":
        frame.to_parquet(path)
    elif format == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False, header=format != "text")
    pieces = list(iter_prompts(path, chunk=5))
    assert [len(piece) for piece in pieces] == [5] * (rows // 5) + ([rows % 5] if rows % 5 else [])
    assert pd.concat(pieces).index.tolist() == list(range(rows))
    assert pd.concat(pieces)["prompt"].tolist() == read_table(path)["prompt"].tolist()


def test_other_columns_stay_text_in_csv(tmp_path):
    (tmp_path / "p.csv").write_text("prompt,id\na,007\nb,x\n")
    assert next(iter_prompts(tmp_path / "p.csv"))["id"].tolist() == ["007", "x"]


def test_faults_come_after_the_good_pieces(tmp_path):
    (tmp_path / "p.jsonl").write_text('{"prompt": "a"}\n{"prompt": "b"}\nbad\n')
    pieces = iter_prompts(tmp_path / "p.jsonl", chunk=1)
    assert next(pieces)["prompt"].tolist() == ["a"]
    assert next(pieces)["prompt"].tolist() == ["b"]
    with pytest.raises(PPPError, match=r"line 3: not valid JSON"):
        next(pieces)


def test_ragged_row_in_an_upload_names_the_line_and_leaves_it_open():
    upload = io.BytesIO(b'prompt,x\n"a\nb",1\nc,2,3\n')
    with pytest.raises(PPPError, match=r"line 4: wanted 2 values, got 3"):
        list(iter_prompts(upload, format="csv"))
    assert not upload.closed


def test_ragged_row_in_a_pipe_names_the_row(tmp_path):
    (tmp_path / "p.csv").write_bytes(b"prompt,x\na,1\nb,2,3\n")
    with (
        subprocess.Popen(["cat", tmp_path / "p.csv"], stdout=subprocess.PIPE) as process,
        pytest.raises(PPPError, match=r"row 3 with the header: wanted 2 values, got 3"),
    ):
        list(iter_prompts(process.stdout, format="csv"))


def test_missing_column_and_bad_chunk():
    with pytest.raises(PPPError, match=r"no column 'prompt'"):
        list(iter_prompts(io.BytesIO(b"text,x\na,1\n"), format="csv"))
    with pytest.raises(PPPError, match=r"at least one row was wanted, got 0"):
        list(iter_prompts(io.BytesIO(b"a\n"), chunk=0, format="text"))


def test_line_without_end_is_refused_before_it_fills_memory():
    with pytest.raises(PPPError, match=r"line 2: at most 1,000,000 characters"):
        list(iter_prompts(io.BytesIO(b"a\n" + b"b" * 1_500_000), format="text"))


class _Endless(io.RawIOBase):
    """So many equal lines, made as they are read."""

    def __init__(self, lines):
        self.left = lines

    def readable(self):
        return True

    def read(self, size=-1):
        count = min(self.left, size // 50)
        self.left -= count
        return (b"x" * 49 + b"\n") * count


def test_memory_does_not_grow_with_the_stream():
    def peak(lines):
        tracemalloc.start()
        rows = sum(len(piece) for piece in iter_prompts(_Endless(lines), chunk=1000, format="text"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows == lines
        return used

    peak(1000)
    assert peak(120_000) < 3 * peak(30_000)
