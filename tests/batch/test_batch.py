"""Files of prompts scored piece by piece, interrupted, resumed, in every format."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ppp_core
from ppp_core import batch
from ppp_core.batch import score_file, score_frame, score_stream
from ppp_core.errors import PPPError
from ppp_core.predictors.explanation import explain
from ppp_core.predictors.scoring import score, score_columns
from ppp_core.tables import read_table, restore_formulas

ROOT = Path(ppp_core.__file__).parents[1]
PROMPTS = [
    *(
        "red fox in the forest",
        "blue car",
        "red fox in the forest",
        "=1+1 red",
        "שלום 🦊",
        'say "cheese", fox',
    ),
    *("two\nlines of fox", "green boat tiny", "grey dog " * 6, "forest"),
]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    pd.DataFrame({"prompt": PROMPTS, "id": range(len(PROMPTS))}).to_csv(path, index=False)
    return path


@pytest.fixture
def expected(trained):
    return score(PROMPTS, [trained])


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "json"])
@pytest.mark.parametrize("chunk", [3, 5000])
def test_every_format_holds_the_same_table(table, trained, expected, ending, chunk):
    out = table.with_name(f"out.{ending}")
    result = score_file(table, out, [trained], chunk=chunk)
    found = restore_formulas(read_table(out)) if ending in ("csv", "tsv") else read_table(out)
    assert found.columns.tolist() == score_columns(["made/worth"])
    assert found["prompt"].tolist() == PROMPTS
    pd.testing.assert_frame_equal(
        found.astype({"unfamiliar": "str"}), expected.astype({"unfamiliar": "str"}), check_dtype=False
    )
    assert (result.rows, result.resumed, result.truncated) == (10, 0, 1)
    assert [path.name for path in sorted(table.parent.iterdir())] == ["in.csv", out.name]


def test_a_formula_is_escaped_for_spreadsheets_alone(table, trained):
    score_file(table, table.with_name("out.csv"), [trained])
    score_file(table, table.with_name("out.parquet"), [trained])
    assert "\n'=1+1 red," in table.with_name("out.csv").read_text(encoding="utf-8")
    assert pd.read_parquet(table.with_name("out.parquet"))["prompt"][3] == "=1+1 red"


def test_blank_prompts_are_left_out_and_counted(tmp_path, trained):
    lines = io.BytesIO(b'prompt,n\nred fox,1\n" ",2\n\tcar,3\n"",4\n')
    result = score_file(lines, tmp_path / "out.parquet", [trained])
    assert pd.read_parquet(tmp_path / "out.parquet")["prompt"].tolist() == ["red fox", "\tcar"]
    assert "Blank prompts left out: 2." in result.told()


def test_only_blank_prompts_are_refused_and_nothing_is_written(tmp_path, trained):
    with pytest.raises(PPPError, match="At least one prompt was wanted, got only blank ones"):
        score_file(io.BytesIO(b'prompt\n" "\n" "\n'), tmp_path / "out.csv", [trained])
    assert list(tmp_path.iterdir()) == []


def test_explained_phrases_are_what_explain_tells(tmp_path, trained):
    score_file(io.BytesIO(b"prompt\nred fox in the forest\n"), tmp_path / "o.json", [trained], explained=True)
    row = json.loads((tmp_path / "o.json").read_text())
    assert list(row)[-1] == "made/worth_phrases"
    told = json.loads(row["made/worth_phrases"])
    effects = explain(trained, "red fox in the forest").phrases
    assert [one["text"] for one in told] == ["red fox", "in the forest"]
    assert [one["effect"] for one in told] == [one.effect for one in effects]
    assert [(one["clear"], one["cut"]) for one in told] == [(one.clear, one.cut) for one in effects]


class _Stop(Exception):
    pass


def _interrupted(table, out, predictors, *, after, **options):
    def stop(rows):
        if rows >= after:
            raise _Stop

    with pytest.raises(_Stop):
        score_file(table, out, predictors, chunk=2, progress=stop, **options)


def _watch_score(monkeypatch, tell):
    def watched(prompts, predictors):
        tell(prompts)
        return score(prompts, predictors)

    monkeypatch.setattr(batch, "score", watched)


def test_an_interrupted_run_goes_on_and_gives_the_same_table(table, trained, monkeypatch):
    score_file(table, table.with_name("whole.csv"), [trained], chunk=2)
    out = table.with_name("out.csv")
    _interrupted(table, out, [trained], after=6)
    assert not out.exists()
    asked = []
    _watch_score(monkeypatch, asked.extend)
    result = score_file(table, out, [trained], chunk=2)
    assert asked == PROMPTS[6:]
    assert (result.rows, result.resumed) == (10, 6)
    assert "6 of 10 prompts had been scored by an interrupted run." in result.told()
    assert out.read_bytes() == table.with_name("whole.csv").read_bytes()
    assert not table.with_name(".out.csv.parts").exists()


def test_what_was_kept_is_not_taken_for_other_prompts_predictors_or_columns(table, trained, make_data):
    from ppp_core.evaluation.training import train

    out = table.with_name("out.csv")
    other = train(make_data(seed=9), predictor="linear-probe", encoder=trained.encoder)
    assert (other.version, other.target) == (trained.version, trained.target)  # both unsaved
    _interrupted(table, out, [trained], after=6)
    assert score_file(table, out, [other], chunk=2).resumed == 0
    _interrupted(table, out, [trained], after=6)
    assert score_file(table, out, [trained], chunk=2, explained=True).resumed == 0
    _interrupted(table, out, [trained], after=6)
    changed = table.with_name("changed.csv")
    changed.write_text(table.read_text(encoding="utf-8").replace("blue car", "blue cat"), encoding="utf-8")
    assert score_file(changed, out, [trained], chunk=2).resumed == 4  # the first piece differs


def test_a_damaged_piece_is_scored_again(table, trained):
    out = table.with_name("out.parquet")
    _interrupted(table, out, [trained], after=4)
    first = min(table.with_name(".out.parquet.parts").iterdir())
    first.write_bytes(first.read_bytes()[:100])
    assert score_file(table, out, [trained], chunk=2).resumed == 2
    assert pd.read_parquet(out)["prompt"].tolist() == PROMPTS


KILLED = """
import os, signal, sys
from ppp_core.batch import score_file
from ppp_core.predictors.artefact import load_trained
def progress(rows):
    print(rows, flush=True)
    if rows >= 6: os.kill(os.getpid(), signal.SIGKILL)
score_file(sys.argv[1], sys.argv[2], [load_trained(sys.argv[3])], chunk=2, progress=progress)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_process_leaves_no_table_and_its_work_is_taken_up(table, tfidf_folder):
    from ppp_core.predictors.artefact import load_trained

    out = table.with_name("out.csv")
    command = [sys.executable, "-c", KILLED, str(table), str(out), str(tfidf_folder)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()
    predictors = [load_trained(tfidf_folder)]
    assert score_file(table, out, predictors, chunk=2).resumed == 6
    score_file(table, table.with_name("whole.csv"), predictors, chunk=2)
    assert out.read_bytes() == table.with_name("whole.csv").read_bytes()


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("out.xlsx", r"Unknown output format '\.xlsx'"),
        ("out", "has no ending; name the format"),
        (".", "is a folder; a file to write was wanted"),
        ("in.csv", r"in\.csv is the file that is read\. Name another one to write"),
        ("in.csv/out.csv", "Cannot write .*Nothing was written"),
    ],
)
def test_a_place_that_will_not_do_is_told_and_nothing_is_written(table, trained, out, told):
    before = table.read_bytes()
    with pytest.raises(PPPError, match=told):
        score_file(table, table.parent / out, [trained])
    assert list(table.parent.iterdir()) == [table]
    assert table.read_bytes() == before


def test_a_full_disk_leaves_what_stood_there(table, trained, monkeypatch):
    out = table.with_name("out.csv")
    out.write_text("old")

    def full(*words, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PPPError, match=r"No space left on device\. Nothing was written"):
        score_file(table, out, [trained])
    assert out.read_text() == "old"
    assert sorted(path.name for path in table.parent.iterdir()) == ["in.csv", "out.csv"]


def test_no_more_than_a_piece_is_in_memory_at_once(trained, monkeypatch, tmp_path):
    sizes = []
    monkeypatch.setattr(
        batch, "score", lambda prompts, *rest: sizes.append(len(prompts)) or score(prompts, *rest)
    )
    lines = io.BytesIO(b"red fox\n" * 95)
    assert score_file(lines, tmp_path / "out.csv", [trained], chunk=10).rows == 95
    assert sizes == [10] * 9 + [5]


class _Watched(io.BytesIO):
    """Remembers how much had been written when something was read, and the other way round."""

    def __init__(self):
        super().__init__()
        self.lines_at_write = []

    def write(self, data):
        self.lines_at_write.append(bytes(data).count(b"\n"))
        return super().write(data)


def test_a_stream_is_written_while_it_is_read(trained):
    out = _Watched()
    result = score_stream(io.BytesIO(b"red fox\n" * 25), out, [trained], chunk=10)
    assert result.rows == 25
    assert max(out.lines_at_write) <= 11  # a header and a piece
    assert out.getvalue().count(b"\n") == 26


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet", "json"])
def test_a_stream_gets_what_a_file_would(table, trained, format):
    out = io.BytesIO()
    score_stream(table, out, [trained], format=format, chunk=4)
    score_file(table, table.with_name(f"out.{format}"), [trained], chunk=4)
    written = table.with_name(f"out.{format}")
    if format == "parquet":
        assert pd.read_parquet(io.BytesIO(out.getvalue())).equals(pd.read_parquet(written))
    else:
        assert out.getvalue() == written.read_bytes()


def test_a_frame_is_scored_with_its_notes(trained, expected):
    frame = pd.DataFrame({"text": [*PROMPTS, " "], "id": range(11)})
    frame.attrs["notes"] = ("One thing was changed.",)
    seen = []

    def told(done, total):
        seen.append((done, total))

    result, scored = score_frame(frame, [trained], prompt_column="text", chunk=4, progress=told)
    pd.testing.assert_frame_equal(scored, expected)
    assert seen == [(4, 10), (8, 10), (10, 10)]
    assert result.notes == ("One thing was changed.", "Blank prompts left out: 1.")
    assert result.told()[-1].startswith(f"{int(expected['unfamiliar'].sum())} of 10 prompts are unlike")


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ({"promt": ["a"]}, r"The table has no column 'prompt'\. Did you mean 'promt'"),
        ({"prompt": [" ", ""]}, "got only blank ones"),
        ({"prompt": ["a", 3]}, "The table, column 'prompt', row 2: a text was wanted, got int 3"),
    ],
)
def test_a_frame_without_prompts_is_refused(trained, frame, told):
    with pytest.raises(PPPError, match=told):
        score_frame(pd.DataFrame(frame), [trained])


def test_a_frame_with_missing_prompts_leaves_them_out(trained):
    result, scored = score_frame(pd.DataFrame({"prompt": ["red fox", None]}), [trained])
    assert scored["prompt"].tolist() == ["red fox"]
    assert result.notes == ("1 prompt was missing; it is empty.", "Blank prompts left out: 1.")


def test_two_at_once_to_one_file_are_not_mixed(table, trained):
    out = table.parent / "new" / "out.csv"
    refusals = []

    def second(rows):
        with pytest.raises(PPPError) as refused:
            score_file(table, out, [trained], chunk=4)
        refusals.append(str(refused.value))

    assert score_file(table, out, [trained], chunk=4, progress=second).rows == 10
    assert refusals == [f"Another process is writing {out}. Wait for it, or name another file."] * 3
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]
    assert score_file(table, out, [trained]).rows == 10


def test_a_fault_before_the_first_score_leaves_no_new_folder(table, trained, monkeypatch):
    def failing(*words):
        raise PPPError("No score.")

    monkeypatch.setattr(batch, "score", failing)
    with pytest.raises(PPPError, match=r"No score\."):
        score_file(table, table.parent / "new" / "out.csv", [trained])
    assert list(table.parent.iterdir()) == [table]


def test_a_late_fault_leaves_finished_pieces_for_a_file_and_the_start_on_a_stream(tmp_path, trained):
    path = tmp_path / "in.jsonl"
    path.write_text('{"prompt": "red fox"}\n' * 4 + "bad\n")
    stream = io.BytesIO()
    for act in (
        lambda: score_stream(path, stream, [trained], chunk=2),
        lambda: score_file(path, tmp_path / "out.csv", [trained], chunk=2),
    ):
        with pytest.raises(PPPError, match="line 5: not valid JSON"):
            act()
    assert stream.getvalue().count(b"\n") == 5
    assert sorted(one.name for one in tmp_path.iterdir()) == [".out.csv.parts", "in.jsonl"]
    path.write_text('{"prompt": "red fox"}\n' * 5)
    assert score_file(path, tmp_path / "out.csv", [trained], chunk=2).resumed == 4


def test_a_stream_tells_its_progress(table, trained):
    seen = []
    score_stream(table, io.BytesIO(), [trained], chunk=4, progress=seen.append)
    assert seen == [4, 8, 10]


def test_a_public_demo_writes_no_table(table, trained, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Writing a table of scores is switched off in this public demo"):
        score_file(table, table.with_name("out.csv"), [trained])
    assert list(table.parent.iterdir()) == [table]
    assert score_stream(table, io.BytesIO(), [trained]).rows == 10
