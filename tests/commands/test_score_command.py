"""``ppp score``: what it prints, and what it refuses."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ppp_core
from ppp_core import batch
from ppp_core.predictors.artefact import load_trained
from ppp_core.predictors.evidence import command_line
from ppp_core.predictors.scoring import predict_all, score, score_columns
from ppp_core.predictors.shipped import load_shipped, shipped_targets
from ppp_core.tables import read_table

ROOT = Path(ppp_core.__file__).parents[1]


@pytest.fixture
def made(tfidf_folder):
    return ["--target", tfidf_folder]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_scores_of_standard_input_are_csv_on_standard_output(ppp, made, tfidf_folder):
    ran = ppp("score", "-", *made, stdin=b"red fox\nblue car in the street\n")
    lines = ran.out.splitlines()
    assert (ran.status, len(lines)) == (0, 3)
    assert lines[0].split(",") == score_columns(["made/worth"])
    expected = score(["red fox", "blue car in the street"], [load_trained(tfidf_folder)])
    assert [float(line.split(",")[1]) for line in lines[1:]] == expected["made/worth"].tolist()
    assert "Standard input was read as plain text, one prompt a line." in ran.err.splitlines()


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet", "json"])
def test_every_format_to_a_file(ppp, made, here, format):
    (here / "in.txt").write_text("red fox\nblue car\nred fox\n")
    ran = ppp("score", "in.txt", *made, "--out", f"out.{format}")
    assert (ran.status, ran.out) == (0, "")
    assert read_table(here / f"out.{format}")["prompt"].tolist() == ["red fox", "blue car", "red fox"]
    assert sorted(path.name for path in here.iterdir()) == ["in.txt", f"out.{format}"]


def test_json_is_one_object_a_line_with_plain_values(ppp, made):
    ran = ppp("score", "-", *made, "--format", "json", "--explain", stdin=b"red fox, in the forest")
    (row,) = map(json.loads, ran.out.splitlines())
    assert list(row) == [*score_columns(["made/worth"]), "made/worth_phrases"]
    assert isinstance(row["unfamiliar"], bool)
    assert (row["tokens"], row["truncated"]) == (5, 0)
    phrases = json.loads(row["made/worth_phrases"])
    assert [list(one) for one in phrases] == [["text", "effect", "clear", "cut"]] * 2
    assert [one["text"] for one in phrases] == ["red fox,", "in the forest"]


def test_another_column_and_several_targets(ppp, made, here):
    (here / "in.tsv").write_text("text\tn\nred fox\t1\n")
    target = shipped_targets()[0]
    ran = ppp("score", "in.tsv", "--prompt-column", "text", *made, "--target", target)
    assert ran.out.splitlines()[0].split(",") == score_columns(["made/worth", target])


def test_formulas_are_escaped_in_csv(ppp, made):
    ran = ppp("score", "-", *made, stdin=b"=HYPERLINK(1)\n@fox\n-red\n")
    assert [line[:3] for line in ran.out.splitlines()[1:]] == ["'=H", "'@f", "'-r"]


def test_odd_prompts_go_through(ppp, made):
    prompts = ["bell \x07 rings", "\u202eשלום עולם", "🦊👨‍👩‍👧‍👦", "a\tb", "e\u0301" * 300]
    records = "\n".join(json.dumps({"prompt": prompt}) for prompt in prompts)
    ran = ppp("score", "-", *made, "--format", "json", stdin=records.encode())
    rows = [json.loads(line) for line in ran.out.split("\n")[:-1]]
    assert [row["prompt"] for row in rows] == ["bell   rings", *prompts[1:]]
    assert "1 prompt held control characters; each became a space." in ran.err


def test_a_prompt_of_a_million_characters_is_scored_and_a_longer_one_refused(ppp, refused, made):
    line = b"red fox, " * 111_111
    ran = ppp("score", "-", *made, "--format", "json", "--explain", stdin=line[:999_999])
    assert len(json.loads(json.loads(ran.out)["made/worth_phrases"])) == 24
    assert "at most 1,000,000 characters a line" in refused("score", "-", *made, stdin=line * 2)
    quoted = b'prompt\n"' + line * 2 + b'"\n'
    assert "Prompt 1 has 1,999,998 characters, at most 1,000,000 are read" in refused(
        "score", "-", *made, stdin=quoted
    )


@pytest.mark.parametrize(
    ("name", "contents", "told"),
    [
        ("nowhere.csv", None, "There is no file nowhere.csv"),
        ("empty.csv", b"", "empty.csv is empty; a table of prompts was wanted"),
        ("header.csv", b"prompt,n\n", "has a header but no rows"),
        ("blank.csv", b'prompt\n" "\n', "got only blank ones"),
        ("zip.csv", b"PK\x03\x04abc", "Excel workbook or a zip archive"),
        ("nul.csv", b"prompt\nred\x00fox\n", "it is a binary file, not text"),
        ("latin.csv", b"prompt\ncaf\xe9\n", "is not UTF-8: byte 10"),
        ("wrong.csv", b"promt,n\nred fox,1\n", "has no column 'prompt'. Did you mean 'promt'?"),
        ("ragged.csv", b"prompt,n\nred fox,1\na,b,c\n", "line 3: wanted 2 values, got 3"),
        ("torn.parquet", b"PAR1abc", "no readable Parquet file"),
        ("bad.jsonl", b'{"prompt": "a"}\n{"prompt": \n', "line 2: not valid JSON"),
        ("sheet.xlsx", b"anything", "unknown ending '.xlsx'"),
        ("folder.csv", "folder", "is a folder; a file was wanted"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_nothing_is_written(refused, made, here, name, contents, told):
    if contents == "folder":
        (here / name).mkdir()
    elif contents is not None:
        (here / name).write_bytes(contents)
    before = sorted(here.iterdir())
    assert told in refused("score", name, *made, "--out", "out.csv")
    assert sorted(here.iterdir()) == before


def test_an_unknown_target_is_answered_with_near_ones(refused):
    known = shipped_targets()[0]
    told = refused("score", "-", "--target", f"{known}e", stdin=b"red fox")
    assert told.startswith(f"Unknown target '{known}e'. Did you mean '{known}'")


def test_one_target_twice_is_refused(refused, made):
    assert "one or more different targets" in refused("score", "-", *made, *made, stdin=b"red fox")


def test_a_flipped_byte_in_an_artefact_is_told(refused, tfidf_folder, tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in tfidf_folder.iterdir():
        contents = bytearray(file.read_bytes())
        if file.name == "model.safetensors":
            contents[len(contents) // 2] ^= 1
        (folder / file.name).write_bytes(contents)
    told = refused("score", "-", "--target", folder, stdin=b"red fox")
    assert "is damaged: its checksum does not match. Train or fetch it again." in told


def test_a_place_below_a_file_cannot_be_written(refused, made, here):
    (here / "file").write_text("")
    told = refused("score", "-", *made, "--out", "file/out.csv", stdin=b"red fox")
    assert told.startswith("Cannot write ")
    assert [path.name for path in here.iterdir()] == ["file"]


def test_a_full_disk_is_one_line(refused, made, here, monkeypatch):
    def full(*words, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = refused("score", "-", *made, "--out", "out.csv", stdin=b"red fox")
    assert "No space left on device" in told
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "xlsx"], "Unknown output format 'xlsx'"),
        (["--out", "out"], "out has no ending; name the format"),
        (["--bogus"], "No such option: --bogus"),
    ],
)
def test_options_that_will_not_do(refused, made, here, options, told):
    assert told in refused("score", "-", *made, *options, stdin=b"red fox")
    assert list(here.iterdir()) == []


def test_ctrl_c_stops_and_a_second_call_goes_on(ppp, made, here, monkeypatch):
    (here / "in.txt").write_text("red fox\nblue car\n")
    whole = batch.write_atomically
    calls = []

    def interrupted(path):
        calls.append(path)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(path)

    with monkeypatch.context() as patched:
        patched.setattr(batch, "write_atomically", interrupted)
        ran = ppp("score", "in.txt", *made, "--out", "out.csv")
    assert (ran.status, ran.err) == (130, "Stopped.\n")
    assert not (here / "out.csv").exists()
    assert "2 of 2 prompts had been scored" in ppp("score", "in.txt", *made, "--out", "out.csv").err
    assert len(pd.read_csv(here / "out.csv")) == 2


def _shell(script, **options):
    command = f'ppp() {{ "{sys.executable}" -m ppp_core "$@"; }}\n{script}'
    return subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, check=False, **options)


unix_only = pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no /bin/sh")
NASTY = [
    'a cat\'s "hat"',
    "two\nlines and a tab\there",
    "back\\slash \\n \\u0041 %s %d",
    "$HOME `ls` $(ls) !! ; rm & > <",
    "🦊 שלום 山 ’curly’",
    "--target x",
]


@unix_only
def test_the_printed_command_line_gives_the_same_score():
    target = shipped_targets()[0]
    commands = [command_line(prompt, target).rsplit(" | ", 1) for prompt in NASTY]
    (scoring,) = {command for _, command in commands}
    records = "\n".join(printing for printing, _ in commands)
    ran = _shell(f"{{ {records}\n}} | {scoring} --format json")
    rows = [json.loads(line) for line in ran.stdout.decode().split("\n")[:-1]]
    assert [row["prompt"] for row in rows] == NASTY, ran.stderr.decode()
    for prompt, row in zip(NASTY, rows, strict=True):
        one = predict_all(prompt, [load_shipped(target)])[target]
        # batches of another shape differ in the last bits of single precision
        assert row[target] == pytest.approx(one.value, abs=1e-4)
        assert (row["tokens"], row["unfamiliar"]) == (one.tokens, one.unfamiliar)


@unix_only
def test_a_reader_that_leaves_early_and_a_full_disk_give_no_traceback(made):
    lines = "\n".join(f"red fox {number}" for number in range(2000))
    target = f'--target "{made[1]}"'
    early = _shell(f"{{ ppp score - {target}; echo $? >&2; }} | head -1", input=lines.encode())
    assert early.stdout.decode().split(",")[0] == "prompt"
    assert early.stderr.decode().splitlines()[-1] == "0"
    assert "Traceback" not in early.stderr.decode()
    assert "Exception" not in early.stderr.decode()
    if Path("/dev/full").exists():
        full = _shell(f"ppp score - {target} > /dev/full", input=b"red fox")
        assert full.returncode == 2
        assert full.stderr.decode() == "ppp: Cannot go on with the output: No space left on device.\n"


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("to_file", [True, False])
def test_long_work_shows_a_bar_on_a_terminal(ppp, made, here, monkeypatch, to_file):
    (here / "in.txt").write_text("red fox\nblue car\n")
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    ran = ppp("score", "in.txt", *made, *(["--out", "out.csv"] if to_file else []))
    assert ran.status == 0
    assert "scored" in terminal.getvalue()
    assert "2/?" in terminal.getvalue()
    assert "scored" not in ran.out
    assert len(ran.out.splitlines()) == (0 if to_file else 3)


def test_without_a_terminal_there_is_no_bar(ppp, made):
    assert "scored" not in ppp("score", "-", *made, stdin=b"red fox").err


def test_what_an_encoder_has_to_say_is_told_once(ppp, made, monkeypatch):
    monkeypatch.setattr("ppp_core.encoders.tfidf.Tfidf.notes", ("Made anew at every start.",), raising=False)
    ran = ppp("score", "-", *made, stdin=b"red fox")
    assert ran.err.splitlines().count("Made anew at every start.") == 1


def test_a_public_demo_scores_to_standard_output_alone(ppp, refused, made, here, monkeypatch):
    target = ["--target", shipped_targets()[0]]
    monkeypatch.setenv("PPP_PUBLIC", "1")
    told = refused("score", "-", *target, "--out", "out.csv", stdin=b"red fox")
    assert told.startswith("Writing a table of scores is switched off in this public demo")
    assert list(here.iterdir()) == []
    assert len(ppp("score", "-", *target, stdin=b"red fox").out.splitlines()) == 2


def test_numbers_in_place_of_prompts_are_refused(refused, made, here):
    pd.DataFrame({"prompt": [3, 4]}).to_parquet(here / "in.parquet")
    assert "row 1: a text was wanted, got int 3" in refused("score", "in.parquet", *made)
