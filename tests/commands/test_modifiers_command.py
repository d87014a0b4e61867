"""``ppp modifiers``: what it prints, and what it refuses."""

import json

import pandas as pd
import pytest

from ppp_core.modifiers import parse
from ppp_core.modifiers.table import modifier_columns, modifiers_frame, parse_file
from ppp_core.tables import read_table

PROMPTS = (
    b"a small fox, oil painting by Hokusai, (soft lighting:1.3) --ar 3:2\n\na hen in the snow --no cars\n"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_standard_input_is_csv_on_standard_output(ppp):
    ran = ppp("modifiers", "-", stdin=PROMPTS)
    lines = ran.out.splitlines()
    assert (ran.status, len(lines)) == (0, 3)
    assert lines[0].split(",") == modifier_columns()
    assert "Standard input was read as plain text, one prompt a line." in ran.err


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet", "json"])
def test_every_format_to_a_file(ppp, here, format):
    (here / "in.txt").write_bytes(PROMPTS)
    ran = ppp("modifiers", "in.txt", "--out", f"out.{format}", "--no-grammar")
    assert (ran.status, ran.out) == (0, "")
    table = read_table(here / f"out.{format}")
    assert table["medium"].tolist()[0] == "oil painting"
    assert table["modifiers_lexicon"].tolist() == [3, 0]
    assert table["weights"].tolist()[0] == "soft lighting: 1.3"
    assert table["negative"].tolist()[1] == "cars"
    assert "attribute" not in table
    assert "modifiers_all" not in table


def test_json_tells_the_place_of_every_part(ppp):
    ran = ppp("modifiers", "-", "--format", "json", stdin=PROMPTS)
    for line in ran.out.splitlines():
        row = json.loads(line)
        parsed = parse(row["prompt"])
        told = [(part["start"], part["end"], part["kind"], part["weight"]) for part in row["parts"]]
        parts = [part for part in parsed.parts if part.kind != "separator"]
        assert told == [(part.start, part.end, part.kind, part.weight) for part in parts]
        assert all(row["prompt"][part["start"] : part["end"]] == part["text"] for part in row["parts"])


def test_definitions_are_columns(ppp):
    ran = ppp("modifiers", "-", "--definition", "all", "--definition", "segments", stdin=PROMPTS)
    header, first, second = (line.split(",") for line in ran.out.splitlines())
    assert header[2:4] == ["modifiers_segments", "modifiers_all"]
    assert second[2:4] == ["0", "1"]
    assert len(first) > len(header)  # commas in the prompt, quoted


def test_another_column(ppp, here):
    (here / "in.tsv").write_text("text\tn\na fox, 4k\t1\n")
    ran = ppp("modifiers", "in.tsv", "--prompt-column", "text", "--no-grammar", "--definition", "lexicon")
    assert ran.out.splitlines()[1].startswith('"a fox, 4k",a fox,1,')


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--definition", "segment"], "count of modifiers 'segment'. Did you mean 'segments'"),
        (["--definition", "all", "--no-grammar"], "The definition 'all' counts what grammar finds."),
        (["--format", "xlsx"], "Unknown output format 'xlsx'"),
        (["--out", "out"], "out has no ending; name the format"),
        (["--out", "."], "is a folder; a file to write was wanted"),
        (["--prompt-column", "text", "--out", "out.csv"], "has no column 'text'"),
        (["--bogus"], "No such option: --bogus"),
    ],
)  # fmt: skip
def test_options_that_will_not_do(refused, here, options, told):
    (here / "in.csv").write_text("prompt,n\na fox,1\n")
    assert told in refused("modifiers", "in.csv", *options)
    assert [path.name for path in here.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("name", "contents", "told"),
    [
        ("nowhere.csv", None, "There is no file nowhere.csv"),
        ("empty.csv", b"", "empty.csv is empty"),
        ("blank.csv", b'prompt\n" "\n', "got only blank ones"),
        ("latin.csv", b"prompt\ncaf\xe9\n", "is not UTF-8: byte 10"),
        ("late.csv", b"prompt\n" + b"a fox\n" * 6_000 + b"a,b\n", "wanted 1 values, got 2"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_nothing_is_written(refused, here, name, contents, told):
    if contents is not None:
        (here / name).write_bytes(contents)
    before = sorted(here.iterdir())
    assert told in refused("modifiers", name, "--out", "out.csv", "--no-grammar")
    assert sorted(here.iterdir()) == before


def test_the_file_that_is_read_is_not_written_over(refused, here):
    (here / "in.csv").write_text("prompt\na fox\n")
    assert "in.csv is the file that is read" in refused("modifiers", "in.csv", "--out", "in.csv")
    assert (here / "in.csv").read_text() == "prompt\na fox\n"


def test_a_public_demo_writes_to_standard_output_alone(ppp, refused, here, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    told = refused("modifiers", "-", "--out", "out.csv", stdin=PROMPTS)
    assert told.startswith("Writing a table of modifiers is switched off in this public demo")
    assert len(ppp("modifiers", "-", "--no-grammar", stdin=PROMPTS).out.splitlines()) == 3


def test_blank_prompts_are_told(ppp):
    ran = ppp("modifiers", "-", "--no-grammar", stdin=b'prompt,n\na fox,1\n" ",2\n')
    assert "Blank prompts left out: 1." in ran.err


def test_pieces_are_joined_and_progress_is_told(tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("".join(f"fox {number}, 4k\n" for number in range(25)))
    done = []
    result = parse_file(source, tmp_path / "out.csv", grammar=False, chunk=10, progress=done.append)
    assert (result.rows, done) == (25, [10, 20, 25])
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["prompt"].tolist() == [f"fox {number}, 4k" for number in range(25)]
    assert table["quality"].tolist() == ["4k"] * 25


def test_a_frame_of_nothing_has_its_columns():
    assert list(modifiers_frame([], grammar=False).columns) == modifier_columns(grammar=False)
