"""Tables of prompts are read as they are, or refused with the place and the reason."""

import csv
import io
import json
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.tables import iter_prompts, read_table


def written(folder, contents, name="table.csv"):
    path = folder / name
    path.write_bytes(contents)
    return path


class TestWhatIsRead:
    def test_numbers_become_numbers_and_prompts_stay_text(self, tmp_path):
        path = written(tmp_path, b"prompt,score,n\n12,0.5,3\nnull,NA,4\n")
        frame = read_table(path)
        assert frame["prompt"].tolist() == ["12", "null"]
        assert frame["score"].isna().tolist() == [False, True]
        assert frame["n"].tolist() == [3, 4]

    def test_codes_with_leading_zeros_stay_text(self, tmp_path):
        frame = read_table(written(tmp_path, b"prompt,code\na,007\nb,12\n"))
        assert frame["code"].tolist() == ["007", "12"]

    def test_dates_and_booleans_stay_as_they_came(self, tmp_path):
        frame = read_table(written(tmp_path, b"prompt,day,ok\na,2024-01-01,true\n"))
        assert frame.iloc[0].tolist() == ["a", "2024-01-01", "true"]

    def test_byte_order_mark_is_no_part_of_the_first_column(self, tmp_path):
        frame = read_table(written(tmp_path, b"\xef\xbb\xbfprompt,x\na,1\n"), prompt_column="prompt")
        assert list(frame.columns) == ["prompt", "x"]

    def test_line_breaks_and_commas_inside_quotes(self, tmp_path):
        frame = read_table(written(tmp_path, b'prompt,x\n"a\nb, c",1\n'))
        assert frame["prompt"].tolist() == ["a\nb, c"]

    @pytest.mark.parametrize("name", ["p.jsonl", "p.ndjson", "p.json"])
    def test_json_lines(self, tmp_path, name):
        path = written(tmp_path, b'{"prompt": "a", "x": 1.5}\n\n{"prompt": "b", "x": null}\n', name)
        frame = read_table(path)
        assert frame["prompt"].tolist() == ["a", "b"]
        assert frame["x"].isna().tolist() == [False, True]

    def test_json_array(self, tmp_path):
        path = written(tmp_path, b'[{"prompt": "a"}, {"prompt": "b"}]', "p.json")
        assert read_table(path)["prompt"].tolist() == ["a", "b"]

    def test_parquet_keeps_its_types(self, tmp_path):
        frame = pd.DataFrame({"prompt": ["a", "b"], "x": pd.array([1, None], dtype="Int64")})
        frame.to_parquet(tmp_path / "p.parquet")
        pd.testing.assert_frame_equal(read_table(tmp_path / "p.parquet"), frame)

    def test_plain_text_skips_blank_lines(self, tmp_path):
        frame = read_table(written(tmp_path, b"a cat\r\n\n  \na dog", "p.txt"))
        assert frame["prompt"].tolist() == ["a cat", "a dog"]

    @pytest.mark.parametrize(
        ("contents", "guess"),
        [
            (b"prompt,x\na,1\n", "CSV"),
            (b"x\tprompt\n1\ta\n", "TSV"),
            (b'{"prompt": "a"}\n', "JSON lines"),
            (b"a\n", "plain text, one prompt a line"),
        ],
    )
    def test_standard_input_says_what_it_was_taken_for(self, monkeypatch, contents, guess):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(contents)))
        frame = read_table("-")
        assert frame["prompt"].tolist() == ["a"]
        assert frame.attrs["notes"] == (f"Standard input was read as {guess}.",)

    def test_control_characters_become_spaces_and_are_counted(self, tmp_path):
        lines = [json.dumps({"prompt": "a\x00b\tc\nd"}), json.dumps({"prompt": "\x85"}), '{"prompt": "e"}']
        frame = read_table(written(tmp_path, "\n".join(lines).encode(), "p.jsonl"))
        assert frame["prompt"].tolist() == ["a b\tc\nd", " ", "e"]
        assert frame.attrs["notes"] == ("2 prompts held control characters; each became a space.",)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("contents", "message"),
        [
            (b"", r"table.csv is empty"),
            (b"\xef\xbb\xbf\n\n", r"table.csv is empty"),
            (b"prompt,x\n", r"header but no rows"),
            (b"prompt,x\na,1\nb,2,3\n", r"line 3: wanted 2 values, got 3"),
            (b'prompt,x\n"a\n\na",1\nb\n', r"line 5: wanted 2 values, got 1"),
            (b'prompt,x\na,1\n"b,2\nc,3\n', r"line 4: wanted 2 values, got 1"),
            ("prompt,x\ncafé,1\n".encode("latin-1"), r"byte 12 \(line 2\) cannot be read. Save it as UTF-8"),
            ("prompt\na\n".encode("utf-16"), r"UTF-16"),
            (b"PK\x03\x04rest", r"Excel workbook"),
            (b"prompt,x\na\0,1\n", r"NUL at byte 10"),
            (b"prompt,prompt\na,b\n", r"'prompt' more than once"),
        ],
    )
    def test_bad_csv(self, tmp_path, contents, message):
        with pytest.raises(PPPError, match=message):
            read_table(written(tmp_path, contents))

    @pytest.mark.parametrize("size", [(1 << 20) - 3, 1 << 20, (1 << 20) + 5, 5_000_000])
    def test_place_of_a_bad_byte_far_into_the_file(self, tmp_path, size):
        good = ("prompt\n" + "é" * 40 + "\n").encode()
        start = good + ("é" * 40 + "\n").encode() * (size // 81)
        lines = len(start.splitlines())
        with pytest.raises(PPPError, match=rf"byte {len(start) + 1:,} \(line {lines + 1:,}\)"):
            read_table(written(tmp_path, start + b"q\xff\n"))

    @pytest.mark.parametrize("shift", [0, 1])
    def test_place_of_a_bad_byte_after_a_character_cut_by_a_block(self, tmp_path, shift):
        block = 1 << 20
        start = b"prompt\n" + b"a" * shift
        start += "é".encode() * ((block - len(start)) // 2 + 1)
        with pytest.raises(PPPError, match=rf"byte {len(start):,} \(line 2\)"):
            read_table(written(tmp_path, start + b"\xff\n"))

    def test_missing_column_names_the_near_one(self, tmp_path):
        path = written(tmp_path, b"Prompts,x\na,1\n")
        with pytest.raises(
            PPPError, match=r"no column 'prompt'. Did you mean 'Prompts'\? It has: 'Prompts', 'x'"
        ):
            read_table(path, prompt_column="prompt")

    @pytest.mark.parametrize(
        ("contents", "message"),
        [
            (b'{"prompt": "a"}\n{"prompt": \n', r"line 2: not valid JSON"),
            (b'{"prompt": "a"}\n[1]\n', r"line 2: an object .* got list"),
            (b'[{"prompt": "a"}, 3]', r"item 2: an object .* got int"),
            (b'[{"prompt": "a"}', r"not valid JSON"),
            (b'{"prompt": "\\ud83d\\ude00"}\n{"prompt": "\\ud800"}', r"line 2: half a character"),
            (b"[" * 100_000, r"not valid JSON"),
        ],
    )
    def test_bad_json(self, tmp_path, contents, message):
        with pytest.raises(PPPError, match=message):
            read_table(written(tmp_path, contents, "p.json"))

    def test_truncated_parquet(self, tmp_path):
        pd.DataFrame({"prompt": ["a"] * 100}).to_parquet(tmp_path / "p.parquet")
        whole = (tmp_path / "p.parquet").read_bytes()
        with pytest.raises(PPPError, match=r"cut.parquet is no readable Parquet file"):
            read_table(written(tmp_path, whole[:-30], "cut.parquet"))

    def test_parquet_that_swells(self, tmp_path):
        pd.DataFrame({"prompt": ["x" * 10_000] * 5_000}).to_parquet(tmp_path / "p.parquet")
        with pytest.raises(PPPError, match=r"grows to more than 0\.5 MB in memory"):
            read_table(tmp_path / "p.parquet", max_bytes=100_000)

    def test_missing_file_folder_unknown_ending_and_unknown_format(self, tmp_path):
        with pytest.raises(PPPError, match=r"There is no file .*absent.csv"):
            read_table(tmp_path / "absent.csv")
        with pytest.raises(PPPError, match=r"is a folder"):
            read_table(tmp_path)
        with pytest.raises(PPPError, match=r"unknown ending '.doc'"):
            read_table(written(tmp_path, b"prompt\na\n", "p.doc"))
        with pytest.raises(PPPError, match=r"Unknown table format 'parket'. Did you mean 'parquet'"):
            read_table(written(tmp_path, b"prompt\na\n"), format="parket")

    def test_plain_text_where_a_table_is_wanted(self, tmp_path):
        with pytest.raises(PPPError, match=r"a table with columns was wanted"):
            read_table(written(tmp_path, b"a cat\n", "p.txt"), format="text", text_ok=False)

    def test_file_above_the_limit(self, tmp_path):
        path = tmp_path / "large.csv"
        with path.open("wb") as stream:
            stream.truncate(300_000_000)
        with pytest.raises(PPPError, match=r"at most 200 MB, got 300 MB"):
            read_table(path, max_bytes=200_000_000)

    def test_text_stream_is_told_apart(self):
        with pytest.raises(PPPError, match=r"binary stream was wanted, got StringIO"):
            read_table(io.StringIO("prompt\na\n"))


class TestPromptsThatAreNoText:
    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ([7, 8], r"row 1: a text was wanted, got int 7\. Choose another column"),
            (["a", None, "c", "d"], None),
            ([None, 2.5], r"row 2: a text was wanted, got float 2\.5"),
            ([b"cat", b"dog"], r"row 1: a text was wanted, got bytes b'cat'"),
            ([{"a": "b"}, None], r"row 1: a text was wanted, got dict \{'a': 'b'\}"),
            ([["a", "b"], ["c"]], r"row 1: a text was wanted, got list \['a', 'b'\]"),
            ([True], r"row 1: a text was wanted, got bool True"),
            ([pd.Timestamp("2024-01-01")], r"row 1: a text was wanted, got Timestamp"),
        ],
    )
    def test_in_parquet(self, tmp_path, values, told):
        pd.DataFrame({"prompt": values}).to_parquet(tmp_path / "p.parquet")
        for read in (read_table, lambda path: next(iter_prompts(path))):
            if told is None:
                assert read(tmp_path / "p.parquet")["prompt"].tolist() == ["a", "", "c", "d"]
                continue
            with pytest.raises(PPPError, match=rf"p\.parquet, column 'prompt', {told}"):
                read(tmp_path / "p.parquet")

    @pytest.mark.parametrize(
        ("value", "kind"),
        [("7", "int 7"), ("true", "bool True"), ('["a"]', r"list \['a'\]"), ('{"a": 1}', "dict")],
    )
    def test_in_json_the_row_is_counted_over_the_pieces(self, tmp_path, value, kind):
        lines = f'{{"prompt": "a"}}\n{{"prompt": null}}\n{{"prompt": {value}}}\n'
        path = written(tmp_path, lines.encode(), "p.jsonl")
        with pytest.raises(PPPError, match=f"row 3: a text was wanted, got {kind}"):
            read_table(path)
        with pytest.raises(PPPError, match=f"row 3: a text was wanted, got {kind}"):
            list(iter_prompts(path, chunk=1))

    def test_digits_in_csv_are_text(self, tmp_path):
        path = written(tmp_path, b"prompt,text\n007,1\n12,2.5\n")
        assert read_table(path)["prompt"].tolist() == ["007", "12"]
        assert read_table(path, prompt_column="text")["text"].tolist() == ["1", "2.5"]

    def test_a_dictionary_of_texts_is_text(self, tmp_path):
        pd.DataFrame({"prompt": pd.Categorical(["b", "a", None])}).to_parquet(tmp_path / "p.parquet")
        assert read_table(tmp_path / "p.parquet")["prompt"].tolist() == ["b", "a", ""]


class TestLimits:
    @pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "text", "parquet"])
    def test_rows(self, tmp_path, format):
        path = tmp_path / f"p.{format}"
        frame = pd.DataFrame({"prompt": [f"prompt {number}" for number in range(30)]})
        if format == "parquet":
            frame.to_parquet(path)
        elif format == "jsonl":
            frame.to_json(path, orient="records", lines=True)
        else:
            frame.to_csv(path, index=False, header=format != "text")
        assert len(read_table(path, max_rows=30)) == 30
        with pytest.raises(PPPError, match=r": at most 29 rows were wanted, got more\. Split it"):
            read_table(path, max_rows=29)

    def test_reading_stops_where_the_rows_are_too_many(self):
        class Watched(io.BytesIO):
            taken = 0

            def read(self, size=-1):
                data = super().read(size)
                self.taken += len(data)
                return data

        stream = Watched(b'{"prompt": "a cat that sleeps"}\n' * 500_000)
        with pytest.raises(PPPError, match=r"at most 20,000 rows were wanted, got more"):
            read_table(stream, format="jsonl", max_rows=20_000)
        assert stream.taken < len(stream.getvalue()) / 3

    def test_a_small_parquet_of_one_long_text_repeated(self, tmp_path):
        texts = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["x" * 200_000])
        pq.write_table(pa.table({"prompt": texts}), tmp_path / "p.parquet", compression="zstd")
        assert (tmp_path / "p.parquet").stat().st_size < 5_000  # 4 GB when unpacked
        before = pa.default_memory_pool().max_memory()
        with pytest.raises(PPPError, match=r"p\.parquet grows to more than 5 MB in memory"):
            read_table(tmp_path / "p.parquet", max_bytes=1_000_000)
        assert pa.default_memory_pool().max_memory() < max(before, 100_000_000)

    def test_a_parquet_that_says_how_large_it_becomes_is_not_unpacked(self, tmp_path, monkeypatch):
        pd.DataFrame({"prompt": ["x" * 1000 + str(number) for number in range(10_000)]}).to_parquet(
            tmp_path / "p.parquet", compression="zstd"
        )
        monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *words, **options: pytest.fail("unpacked"))
        with pytest.raises(PPPError, match=r"grows to more than 5 MB in memory"):
            read_table(tmp_path / "p.parquet", max_bytes=1_000_000)

    def test_small_reads_of_parquet_give_the_same_table(self, tmp_path):
        frame = pd.DataFrame({"prompt": [f"prompt {number % 7}" for number in range(5_000)]})
        frame.to_parquet(tmp_path / "p.parquet", row_group_size=900)
        size = (tmp_path / "p.parquet").stat().st_size
        pd.testing.assert_frame_equal(read_table(tmp_path / "p.parquet", max_bytes=max(size, 60_000)), frame)

    def test_json_that_swells(self, tmp_path):
        wide = [json.dumps({"prompt": "a", f"key {number}": 1}) for number in range(900)]
        path = written(tmp_path, "\n".join(wide).encode(), "p.jsonl")
        with pytest.raises(PPPError, match=r"p\.jsonl grows to more than 0\.25 MB in memory"):
            read_table(path, max_bytes=50_000)
        assert read_table(path).shape == (900, 901)

    def test_json_of_too_many_names(self, tmp_path):
        wide = [json.dumps({"prompt": "a", f"key {number}": 1}) for number in range(1_001)]
        path = written(tmp_path, "\n".join(wide).encode(), "p.jsonl")
        with pytest.raises(PPPError, match=r"has more than 1,000 columns: each different name"):
            read_table(path)


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=8))
def test_whatever_the_csv_module_writes_is_read_back(rows):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([("prompt", "note"), *((prompt, f"x{note}") for prompt, note in rows)])
    frame = read_table(io.BytesIO(stream.getvalue().encode()), format="csv")
    assert frame["prompt"].tolist() == [prompt for prompt, _ in rows]
    assert frame["note"].tolist() == [f"x{note}" for _, note in rows]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["csv", "tsv", "jsonl", "text", "parquet"]))
def test_any_bytes_are_read_or_refused_clearly(contents, format):
    message, rows = "", 0
    try:
        rows = len(read_table(io.BytesIO(contents), format=format))
    except PPPError as error:
        message = str(error)
    assert (rows > 0) != bool(message)
    assert "\n" not in message
